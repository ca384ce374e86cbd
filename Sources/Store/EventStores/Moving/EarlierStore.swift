import Bytes
package import Domain
package import Platform
import Segments

/// A store as it was known at an earlier moment: what an export of it says up to then, taken over into memory. That is
/// a replay, so prices, corrections and ratings are what they were then. What later spans changed of an event stands as
/// it does now, since an export has the rows that count.
///
/// It may go on to later moments; each step makes a segment. What it takes is files in a volume in memory, which keeps
/// one copy of what is in them, and what readers of segments keep; while a part is taken in, its rows and columns, too.
package struct EarlierStore {
    /// Up to where things are known.
    package enum Moment: Hashable, Sendable {
        /// What was received up to a time, ns since 1970 UTC.
        case received(Int64)
        /// The events up to a position, and what happened before the next one.
        case position(Int64)
    }

    /// What it takes, for whoever bounds it.
    package struct Need: Sendable {
        /// Bytes of memory, the next step included.
        package let bytes: Int
        /// About the bytes that it comes to where it goes on to the moment.
        package let expectedBytes: Int
    }

    private let store: EventStore
    /// nil where it is no store in memory.
    private let volume: OverlayFileSystem?
    private let restorer: StoreRestorer
    private var source: any ExportSource
    private var page = ExportPage()
    /// How much of the page has been taken.
    private var (rows, records) = (0, 0)
    private var hasEnded = false
    /// The last position that has been taken in; 0: none.
    package private(set) var position: Int64 = 0
    /// Positions of the source.
    private let positions: Int64

    /// Events that are taken in at one time, so that what a step takes is bounded however long a page is.
    private static let partRowsMax = 32_768
    /// What a row takes while a part is taken in, beside its bytes: its place in the table of identities, in what is
    /// sorted, and in the columns of its type.
    private static let partRowBytes = 512
    /// What the files of a part and their readers take, however few its events are.
    private static let partBytes = 4 << 20
    /// What an event takes in segments as long as none of this source is known.
    private static let sealedRowBytes = 96
    /// What costs through late prices may take.
    private static let keptCostBytesMax = 4 << 20
    /// Schemas, prices, the log's buffer, and kept costs.
    private static let baseBytes = (8 << 20) + keptCostBytesMax

    /// Before everything.
    /// - Parameters:
    ///   - source: an export of all times.
    ///   - registry: of the store that it is of: what ids in its rows mean.
    ///   - now: ns since 1970 UTC; nothing was received later.
    /// - Throws: ``RestoreRefusal`` where the export is a part of its store; what opening a store throws.
    package init(_ source: any ExportSource, of registry: SchemaRegistry, now: Int64, workers: any Workers) throws {
        // A volume that nothing outlives: over one that is empty, so that nothing is held twice, as it is where power
        // may fail, nor what was removed.
        let volume = OverlayFileSystem(SimulatedFileSystem(seed: 1))
        let context = StoreContext(
            fileSystem: volume, clock: SimulatedClock(wallNanoseconds: now),
            randomness: SeededRandomness(seed: 1), workers: workers)
        var options = StoreOptions()
        options.schemaNames = try SchemaNames(parsing: registry.serialised)
        // The log has records alone, and lets go of those that segments hold.
        options.logFileBytes = 1 << 20
        options.keptCostBytesMax = Self.keptCostBytesMax
        // One question asks for each of its times.
        options.keptTextBytesMax = 0
        store = try EventStore.open(at: "/data", context: context, options: options)
        // Nobody asks it for the token of a user, so that its own key will do.
        var beginning = source.beginning
        beginning.hasUsers = false
        (self.volume, positions) = (volume, beginning.position)
        restorer = try StoreRestorer(beginning, into: store)
        self.source = source
    }

    /// Before everything, in a store of its own that outlives it: one that is empty, has the source's key, and what ids
    /// in its rows mean of it.
    /// - Throws: as ``init(_:of:now:workers:)``.
    init(_ source: any ExportSource, into store: EventStore) throws {
        (self.store, volume, positions) = (store, nil, source.beginning.position)
        restorer = try StoreRestorer(source.beginning, into: store)
        self.source = source
    }

    /// What is known by then.
    package var snapshot: StoreSnapshot { store.snapshot() }

    /// Bytes of memory that it holds between two steps: the volume, what readers keep of segments (their footers as
    /// values, and filters of identities), counters, and what no segment holds.
    /// - Complexity: O(segments).
    package var heldBytes: Int {
        let version = store.publishedVersion
        let segments = version.sealed.segments.reduce(0) {
            $0 + 8 * $1.reader.footerBytes + 2 * ($1.positions?.count ?? 0)
        }
        let newest = version.tail.byteCount + version.systemRecords.byteCount
        return Self.baseBytes + (volume?.heldBytes ?? 0) + segments + 4 * stateBytes + newest
    }

    /// Length of the latest state: what it says is there as values, too.
    private var stateBytes: Int {
        guard let id = store.publishedVersion.sealed.segments.last?.id else { return 0 }
        let path = StoreFiles(root: store.directory).segments + "/" + StoreFiles.stateName(id)
        return (try? store.context.fileSystem.lengthBytes(of: path)) ?? 0
    }

    // tests: what is booked is at least this.
    /// Bytes of its segments and what is beside them, as they are listed, and of rows that no segment holds.
    package var contentBytes: Int {
        get throws {
            let directory = StoreFiles(root: store.directory).segments
            let fileSystem = store.context.fileSystem
            return try fileSystem.list(directory).reduce(store.publishedVersion.tail.byteCount) {
                try $0 + (fileSystem.lengthBytes(of: directory + "/" + $1.name) ?? 0)
            }
        }
    }

    /// Takes in what was known at a moment; nothing where that is before the one at which it stands.
    /// - Parameter look: asked before each step with what it takes; throws where there is to be no other.
    /// - Throws: what reading the source and writing into memory throws; it is good for nothing then.
    /// - Complexity: O(events since the last moment), but a segment of the source is read whole.
    package mutating func advance(to moment: Moment, look: (Need) throws -> Void = { _ in }) throws {
        while !hasEnded {
            if rows == page.events.count, records == page.records.count {
                // It goes before the next one is made.
                (page, rows, records) = (ExportPage(), 0, 0)
                try look(need(of: source.nextPageBytes, to: moment))
                guard let next = try source.next() else {
                    hasEnded = true
                    return
                }
                page = next
                continue
            }
            let (row, record) = reach(of: moment)
            guard row > rows || record > records else { return }
            let share = page.events.count == 0 ? 0 : page.heldBytes / page.events.count
            try look(need(of: Self.partBytes + (row - rows) * (2 * share + Self.partRowBytes), to: moment))
            _ = try restorer.restore([part(rows..<row, records..<record)])
            position += Int64(row - rows)
            (rows, records) = (row, record)
        }
    }

    /// - Parameter stepBytes: what the next step takes beside what is held.
    private func need(of stepBytes: Int, to moment: Moment) -> Need {
        let held = heldBytes
        let last: Int64 =
            switch moment {
            case .position(let last): min(last, positions)
            case .received: positions
            }
        let eventBytes =
            position == 0 ? Self.sealedRowBytes : max(0, held - Self.baseBytes) / Int(clamping: position) + 1
        let bytes = held + source.heldBytes + page.heldBytes + stepBytes
        let (more, isBeyond) = Int(clamping: max(0, last - position)).multipliedReportingOverflow(by: eventBytes)
        return Need(bytes: bytes, expectedBytes: isBeyond || more > .max - bytes ? .max : bytes + more)
    }

    /// How much of the page is known at a moment, up to the end of a part.
    private func reach(of moment: Moment) -> (row: Int, record: Int) {
        let all = min(page.events.count, rows + Self.partRowsMax)
        let row: Int
        switch moment {
        case .received(let time): row = page.receivedTimes[rows..<all].firstIndex { $0 > time } ?? all
        case .position(let last):
            row = Int(min(Int64(all), Int64(rows).saturatingAdd(max(0, last.saturatingSubtract(position)))))
        }
        var record = records
        while record < page.records.count {
            let (rowsBefore, one) = page.records[record]
            let isKnown =
                switch moment {
                case .received(let time): one.receivedTime <= time
                case .position(let last): one.position <= last
                }
            // What stands before an event that is known is known, whatever its time.
            guard rowsBefore < row || rowsBefore == row && isKnown else { break }
            record += 1
        }
        return (row, record)
    }

    private func part(_ rows: Range<Int>, _ records: Range<Int>) -> RestoredBatch {
        let costs = page.bookedCosts.filter { rows.contains($0.key) }.sorted { $0.key < $1.key }
        return RestoredBatch(
            events: EventRows(bytes: page.events.bytes, starts: Array(page.events.starts[rows])),
            receivedTimes: page.receivedTimes[rows].map { Optional($0) },
            bookedCosts: costs.map { (row: $0.key - rows.lowerBound, text: $0.value) },
            records: page.records[records].map {
                (rowsBefore: $0.rowsBefore - rows.lowerBound, record: $0.record, line: 0)
            },
            lines: [Int](repeating: 0, count: rows.count))
    }
}
