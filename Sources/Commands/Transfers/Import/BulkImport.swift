package import EventStores
import Intakes
package import Platform
import Synchronization
import WireFormats

/// Imports newline-delimited events into a store in this process: durable, de-duplicated, priced, and queryable when it
/// returns.
///
/// Works in rounds. In each, one job writes what the round before decoded while the others read and decode the next
/// blocks; these give way to what the writing itself has several threads do, and fill the time in which it goes on
/// alone or waits for the disk. So cores and disk are busy together; results are applied in the order of the input.
/// Memory holds two rounds of decoded events, and beside them a piece a thread of files, or two blocks a thread.
package struct BulkImport {
    /// Blocks of one round: about as many events as one segment wants.
    private static let blocksPerRound = 24
    /// Beyond it what is free is given back between two rounds: of what the allocator keeps much is free by then.
    private static let heldBytesMax = 768 << 20

    private let store: EventStore
    private let workers: any Workers
    private let decoders: DecoderPool
    private let clock: any Clock
    private var progress: ProgressLine
    private let mustEnd: @Sendable () -> Bool
    private let takesExportsAsNew: Bool
    private var summary = ImportSummary()

    /// - Parameters:
    ///   - progress: told after each round.
    ///   - takesExportsAsNew: an export is not moved, its events are taken as if they were sent now.
    ///   - mustEnd: asked after each round; what was read by then is still written.
    package init(
        store: EventStore, workers: any Workers, clock: any Clock, progress: ProgressLine,
        takesExportsAsNew: Bool = false,
        mustEnd: @escaping @Sendable () -> Bool = { false }
    ) {
        self.mustEnd = mustEnd
        self.takesExportsAsNew = takesExportsAsNew
        self.store = store
        self.workers = workers
        self.clock = clock
        self.progress = progress
        decoders = DecoderPool(registry: store.registry, userTokenKey: store.userTokenKey)
    }

    /// Imports the sources one after the other. An export is moved: it must be whole, and the store must be one that
    /// has none of its events or went on from it.
    /// - Throws: ``ImportError``, ``RestoreRefusal``, what reading and the store throw. What the rounds before brought
    ///   in stays.
    package mutating func run(_ sources: [any ByteSource]) throws -> ImportSummary {
        let start = clock.monotonicNanoseconds()
        // Whatever is told next begins a line.
        defer { progress.clear() }
        let totalBytes = sources.lengthBytes
        var doneBytes = 0
        for source in sources where !summary.isInterrupted {
            try importAll(of: source, doneBytes: doneBytes, totalBytes: totalBytes)
            doneBytes &+= source.lengthBytes ?? 0
        }
        // Each round left the state of the one before it.
        try store.letGoOfFilesBefore()
        summary.elapsedNanoseconds = clock.monotonicNanoseconds() - start
        return summary
    }

    /// - Throws: ``ImportError`` and the like; what was handed to the store before stays in it.
    private mutating func importAll(of source: any ByteSource, doneBytes: Int, totalBytes: Int?) throws {
        let feed = BlockFeed(source)
        var way = try way(of: source, feed)
        var linesBefore = 0
        var decoded: [DecodedBatch] = []
        // Where the source cannot be read any further: what was read before is written first.
        let broken = Mutex<(place: Int, error: any Error)?>(nil)
        repeat {
            let written = try Written(decoded, &way, source: source.name, linesBefore: linesBefore)
            let (store, decoders, isEnding, origin) = (store, decoders, summary.isInterrupted, way.origin)
            let outcome = Mutex(Outcome())
            let next = Mutex<[(place: Int, batch: DecodedBatch)]>([])
            // Whoever writes must not be the one who waits for a pipe.
            let isAtHand = source.lengthBytes != nil
            try workers.runGivingWay(count: Self.blocksPerRound + 1, fillsWaiting: isAtHand) { job in
                if job == 0 {
                    let made = try written.write(to: store)
                    outcome.withLock { $0 = made }
                } else if !isEnding {
                    // What comes before all that cannot be read has all that was handed out.
                    var place = Int.max
                    do {
                        guard let part = try feed.next() else { return }
                        place = part.place
                        let batch = try decoders.withDecoder { try feed.decode(part.lines, with: &$0, from: origin) }
                        next.withLock { $0.append((place, batch)) }
                    } catch {
                        feed.stop()
                        broken.withLock { if place <= $0?.place ?? .max { $0 = (place, error) } }
                    }
                }
            }
            let made = outcome.withLock { $0 }
            if let failure = written.failure { throw failure }
            for (batch, result) in zip(decoded, made.appended) {
                summary.add(
                    IngestAnswer(batch, result, registry: store.registry), source: source.name, linesBefore: linesBefore
                )
                linesBefore += batch.eventCount
            }
            if let restored = made.restored { summary.add(restored) }
            if mustEnd() { summary.isInterrupted = true }
            if let held = residentMemoryBytes(), held > Self.heldBytesMax { returnFreeMemory() }
            // Others may have gone on behind it.
            let end = broken.withLock { $0?.place ?? .max }
            decoded = next.withLock { $0.filter { $0.place < end }.sorted { $0.place < $1.place }.map(\.batch) }
            progress.update(
                done: doneBytes &+ feed.sourceBytes, total: totalBytes,
                count: summary.accepted + summary.duplicates + summary.rejected,
                unit: "events")
        } while !decoded.isEmpty
        if let error = broken.withLock({ $0?.error }) {
            guard let damage = error as? ImportError else { throw error }
            if case .moving(_, let lines) = way { throw lines.broken(off: damage.reason) }
            throw ImportError(source: damage.source, reason: "\(damage.reason); the lines before it were taken")
        }
        if case .moving(_, let lines) = way, !summary.isInterrupted { try lines.checkEnd() }
    }

    /// How a source is imported, by its first line. Nothing of it was written by then.
    private mutating func way(of source: any ByteSource, _ feed: BlockFeed) throws -> ImportWay {
        // Whatever was done to an export: with a first line or without, its events are events.
        if takesExportsAsNew { return .asNewEvents }
        guard let beginning = try feed.first().flatMap({ try ExportHeader(firstOf: $0, decoders: decoders) }) else {
            return .events
        }
        let restoring = try StoreRestorer(beginning, into: store)
        if !beginning.hasChecksums {
            summary.remarks.append(
                "\(source.name): an export of format 1 holds no checksums, so that not every damage is noticed")
        }
        return .moving(restoring, ExportLines(beginning, source: source))
    }
}

/// What a round writes.
private struct Written {
    private var events: [IngestBatch] = []
    private var moved: [RestoredBatch] = []
    private var restoring: StoreRestorer?
    /// Why nothing comes after it.
    private(set) var failure: ImportError?

    /// - Throws: ``ImportError`` where a line is none that belongs there.
    init(_ decoded: [DecodedBatch], _ way: inout ImportWay, source: String, linesBefore: Int) throws(ImportError) {
        switch way {
        case .moving(let restoring, var lines):
            self.restoring = restoring
            for batch in decoded { moved += lines.take(batch) }
            failure = lines.failure
            way = .moving(restoring, lines)
        case .events:
            var lines = linesBefore
            for batch in decoded {
                if let aside = batch.asides.first {
                    let line = lines + aside.index + 1
                    let what =
                        aside.type == ExportNames.begun
                        ? "import the export as a file of its own"
                        : "its first line is missing, so that it is no whole export"
                    throw ImportError(source: source, reason: "line \(line) is one of an export: \(what)")
                }
                lines += batch.eventCount
            }
            events = decoded.map(\.ingestBatch)
        case .asNewEvents: events = decoded.map(\.ingestBatch)
        }
    }

    func write(to store: EventStore) throws -> Outcome {
        if !moved.isEmpty, let restoring { return Outcome(restored: try Self.restore(moved, restoring)) }
        return Outcome(appended: events.isEmpty ? [] : try store.importBulk(events))
    }
}

extension Written {
    /// All runs at once; where one of them is refused, those before it by themselves, so that they are kept.
    private static func restore(_ runs: [RestoredBatch], _ restoring: StoreRestorer) throws -> RestoreResult {
        do {
            return try restoring.restore(runs)
        } catch is RestoreRefusal {
            var whole = RestoreResult()
            do {
                for run in runs {
                    let result = try restoring.restore([run])
                    whole.accepted += result.accepted
                    whole.duplicates += result.duplicates
                    whole.records += result.records
                    whole.lastPosition = result.lastPosition
                }
                return whole
            } catch let refusal as RestoreRefusal {
                let events = restoring.events
                let kept = events == 0 ? "nothing of it is kept" : "the first \(events) events are kept"
                throw RestoreRefusal(reason: "\(refusal.reason); \(kept)", advice: refusal.advice)
            }
        }
    }
}

/// What a round came to.
private struct Outcome {
    var appended: [AppendResult] = []
    var restored: RestoreResult?
}

extension ImportWay {
    fileprivate var origin: LineOrigin {
        switch self {
        case .events: .file
        case .asNewEvents: .newEvents
        case .moving: .export
        }
    }
}

extension ImportSummary {
    /// Adds what runs of an export came to.
    mutating func add(_ result: RestoreResult) {
        accepted += result.accepted
        duplicates += result.duplicates
        records += result.records
        position = max(position, result.lastPosition)
    }

    /// Adds what one batch came to; its first event is line `linesBefore` + 1 of the source.
    mutating func add(_ answer: IngestAnswer, source: String, linesBefore: Int) {
        accepted += answer.accepted
        duplicates += answer.duplicates
        rejected += answer.rejectedCount
        leftOut += answer.asides
        spansLeftOut += answer.spansLeftOut
        position = max(position, answer.position)
        warned += answer.warningCount
        for warning in answer.warnings where warnings.count < Self.rejectionsListedMax {
            warnings.insert(warning.warning)
        }
        for rejection in answer.rejections {
            guard rejections.count < Self.rejectionsListedMax else { break }
            rejections.append(
                Rejection(
                    source: source, line: linesBefore + rejection.index + 1, id: rejection.id, error: rejection.error))
        }
    }
}

/// Hands the lines of a source to many threads, in blocks that are numbered in order. Of a file it says where they
/// stand, so that no thread waits for what another one reads.
private final class BlockFeed: Sendable {
    /// Whole lines.
    enum Lines {
        case block([UInt8])
        case stretch(Range<Int>)
    }

    private struct State: ~Copyable {
        var blocks: LineBlocks
        var count = 0
        /// Reading failed: nothing comes after it.
        var hasFailed = false
        /// The first block while nobody has taken it.
        var first: [UInt8]?
    }

    private let state: Mutex<State>
    private let placed: (any PlacedSource)?

    init(_ source: any ByteSource) {
        state = Mutex(State(blocks: LineBlocks(source)))
        placed = source as? any PlacedSource
    }

    var sourceBytes: Int { state.withLock { $0.blocks.sourceBytes } }

    /// The first block, which ``next()`` hands out all the same.
    func first() throws -> [UInt8]? {
        try state.withLock { state in
            state.first = try state.blocks.next()
            return state.first
        }
    }

    /// Decodes lines that were handed out.
    /// - Throws: what reading them throws; nothing of them is decoded then.
    func decode(_ lines: Lines, with decoder: inout EventDecoder, from origin: LineOrigin) throws -> DecodedBatch {
        switch lines {
        case .block(let block):
            let batch = decoder.decodeLines(block.span, from: origin)
            state.withLock { $0.blocks.giveBack(block) }
            return batch
        case .stretch(let stretch):
            guard let placed else { preconditionFailure("stretches are of a source that has places") }
            do {
                try LinePieces.forEach(in: stretch, of: placed) { decoder.takeLines($0, upTo: $1, from: origin) }
            } catch {
                _ = decoder.finish()
                throw error
            }
            return decoder.finish()
        }
    }

    /// Has nothing handed out any more.
    func stop() { state.withLock { $0.hasFailed = true } }

    func next() throws -> (place: Int, lines: Lines)? {
        try state.withLock { state in
            guard !state.hasFailed else { return nil }
            let lines: Lines?
            do {
                lines = try Self.next(&state)
            } catch {
                state.hasFailed = true
                throw error
            }
            guard let lines else { return nil }
            state.count += 1
            return (state.count, lines)
        }
    }

    private static func next(_ state: inout State) throws -> Lines? {
        if let first = state.first.take() { return .block(first) }
        if let stretch = try state.blocks.nextStretch() { return .stretch(stretch) }
        return try state.blocks.next().map { .block($0) }
    }
}
