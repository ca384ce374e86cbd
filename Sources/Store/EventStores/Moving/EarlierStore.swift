import Bytes
package import Domain
package import Platform

/// A store as it was known at an earlier moment: what an export of it says up to then, taken over into memory. That is
/// a replay, so prices, corrections and ratings are what they were then. What later spans changed of an event stands as
/// it does now, since an export has the rows that count.
///
/// It may go on to later moments; each step makes a segment.
package struct EarlierStore {
    /// Up to where things are known.
    package enum Moment: Hashable, Sendable {
        /// What was received up to a time, ns since 1970 UTC.
        case received(Int64)
        /// The events up to a position, and what happened before the next one.
        case position(Int64)
    }

    private let store: EventStore
    private let restorer: StoreRestorer
    private var source: any ExportSource
    private var page = ExportPage()
    /// How much of the page has been taken.
    private var (rows, records) = (0, 0)
    private var hasEnded = false
    /// The last position that has been taken in; 0: none.
    package private(set) var position: Int64 = 0
    /// Bytes of rows that have been taken in, roughly.
    private var heldBytes = 0

    /// Before everything.
    /// - Parameters:
    ///   - source: an export of all times.
    ///   - registry: of the store that it is of: what ids in its rows mean.
    ///   - now: ns since 1970 UTC; nothing was received later.
    /// - Throws: ``RestoreRefusal`` where the export is a part of its store; what opening a store throws.
    package init(_ source: any ExportSource, of registry: SchemaRegistry, now: Int64, workers: any Workers) throws {
        // A volume that nothing outlives.
        let context = StoreContext(
            fileSystem: SimulatedFileSystem(seed: 1), clock: SimulatedClock(wallNanoseconds: now),
            randomness: SeededRandomness(seed: 1), workers: workers)
        var options = StoreOptions()
        options.schemaNames = try SchemaNames(parsing: registry.serialised)
        store = try EventStore.open(at: "/data", context: context, options: options)
        // Nobody asks it for the token of a user, so that its own key will do.
        var beginning = source.beginning
        beginning.hasUsers = false
        restorer = try StoreRestorer(beginning, into: store)
        self.source = source
    }

    /// What is known by then.
    package var snapshot: StoreSnapshot { store.snapshot() }

    /// Takes in what was known at a moment; nothing where that is before the one at which it stands.
    /// - Parameter look: asked before each step with the bytes that are taken in; throws where there is to be no other.
    /// - Throws: what reading the source and writing into memory throws; it is good for nothing then.
    /// - Complexity: O(events since the last moment), but a segment of the source is read whole.
    package mutating func advance(to moment: Moment, look: (Int) throws -> Void = { _ in }) throws {
        while !hasEnded {
            if rows == page.events.count, records == page.records.count {
                try look(heldBytes)
                guard let next = try source.next() else {
                    hasEnded = true
                    return
                }
                (page, rows, records) = (next, 0, 0)
                continue
            }
            let (row, record) = reach(of: moment)
            guard row > rows || record > records else { return }
            _ = try restorer.restore([part(rows..<row, records..<record)])
            heldBytes += (row - rows) * (page.heldBytes / max(1, page.events.count))
            position += Int64(row - rows)
            (rows, records) = (row, record)
        }
    }

    /// How much of the page is known at a moment.
    private func reach(of moment: Moment) -> (row: Int, record: Int) {
        let all = page.events.count
        let row: Int
        switch moment {
        case .received(let time): row = page.receivedTimes[rows...].firstIndex { $0 > time } ?? all
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
