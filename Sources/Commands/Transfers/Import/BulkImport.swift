package import EventStores
package import Platform
import Server
import Synchronization
import WireFormats

/// Imports newline-delimited events into a store in this process: durable, de-duplicated, priced, and queryable when it returns.
///
/// Works in rounds. In each, one job writes what the round before decoded while the others read and decode the next blocks, so that
/// cores and disk
/// are busy together; results are applied in the order of the input. Memory holds two rounds of decoded events and one block a thread.
package struct BulkImport {
    /// Blocks of one round: about as many events as one segment wants.
    private static let blocksPerRound = 24

    private let store: EventStore
    private let workers: any Workers
    private let decoders: DecoderPool
    private let clock: any Clock
    private var progress: ProgressLine
    private let mustEnd: @Sendable () -> Bool
    private var summary = ImportSummary()

    /// - Parameters:
    ///   - progress: told after each round.
    ///   - mustEnd: asked after each round; what was read by then is still written.
    package init(
        store: EventStore, workers: any Workers, clock: any Clock, progress: ProgressLine,
        mustEnd: @escaping @Sendable () -> Bool = { false }
    ) {
        self.mustEnd = mustEnd
        self.store = store
        self.workers = workers
        self.clock = clock
        self.progress = progress
        decoders = DecoderPool(registry: store.registry, userTokenKey: store.userTokenKey)
    }

    /// Imports the sources one after the other.
    /// - Throws: ``ImportError``, what reading and the store throw. What the rounds before brought in stays.
    package mutating func run(_ sources: [any ByteSource]) throws -> ImportSummary {
        let start = clock.monotonicNanoseconds()
        let totalBytes = sources.reduce(Int?(0)) { total, source in total.flatMap { sum in source.lengthBytes.map { sum + $0 } } }
        var doneBytes = 0
        for source in sources where !summary.isInterrupted {
            try importAll(of: source, doneBytes: doneBytes, totalBytes: totalBytes)
            doneBytes += source.lengthBytes ?? 0
        }
        progress.clear()
        summary.elapsedNanoseconds = clock.monotonicNanoseconds() - start
        return summary
    }

    private mutating func importAll(of source: any ByteSource, doneBytes: Int, totalBytes: Int?) throws {
        let feed = BlockFeed(source)
        var linesBefore = 0
        var decoded: [DecodedBatch] = []
        repeat {
            let written = decoded
            let (store, decoders, isEnding) = (store, decoders, summary.isInterrupted)
            let results = Mutex<[AppendResult]>([])
            let next = Mutex<[(place: Int, batch: DecodedBatch)]>([])
            try workers.run(count: Self.blocksPerRound + 1) { job in
                if job == 0 {
                    guard !written.isEmpty else { return }
                    let appended = try store.importBulk(written.map(\.ingestBatch))
                    results.withLock { $0 = appended }
                } else if !isEnding, let (place, block) = try feed.next() {
                    let batch = decoders.withDecoder { $0.decodeLines(block.span) }
                    next.withLock { $0.append((place, batch)) }
                }
            }
            for (batch, result) in zip(written, results.withLock { $0 }) {
                add(IngestAnswer(batch, result, registry: store.registry), source: source.name, linesBefore: linesBefore)
                linesBefore += batch.eventCount
            }
            if mustEnd() { summary.isInterrupted = true }
            decoded = next.withLock { $0.sorted { $0.place < $1.place }.map(\.batch) }
            progress.update(
                done: doneBytes + feed.sourceBytes, total: totalBytes, count: summary.accepted + summary.duplicates + summary.rejected,
                unit: "events")
        } while !decoded.isEmpty
    }

    private mutating func add(_ answer: IngestAnswer, source: String, linesBefore: Int) {
        summary.add(answer, source: source, linesBefore: linesBefore)
    }
}

extension ImportSummary {
    /// Adds what one batch came to; its first event is line `linesBefore` + 1 of the source.
    mutating func add(_ answer: IngestAnswer, source: String, linesBefore: Int) {
        accepted += answer.accepted
        duplicates += answer.duplicates
        rejected += answer.rejectedCount
        position = max(position, answer.position)
        warned += answer.warningCount
        for warning in answer.warnings where warnings[warning.error] != nil || warnings.count < Self.rejectionsListedMax {
            warnings[warning.error, default: 0] += 1
        }
        for rejection in answer.rejections {
            guard rejections.count < Self.rejectionsListedMax else { break }
            rejections.append(
                Rejection(source: source, line: linesBefore + rejection.index + 1, id: rejection.id, error: rejection.error))
        }
    }
}

/// Hands the blocks of a source to many threads, numbered in order.
private final class BlockFeed: Sendable {
    private struct State: ~Copyable {
        var blocks: LineBlocks
        var count = 0
    }

    private let state: Mutex<State>

    init(_ source: any ByteSource) { state = Mutex(State(blocks: LineBlocks(source))) }

    var sourceBytes: Int { state.withLock { $0.blocks.sourceBytes } }

    func next() throws -> (place: Int, block: [UInt8])? {
        try state.withLock { state in
            guard let block = try state.blocks.next() else { return nil }
            state.count += 1
            return (state.count, block)
        }
    }
}
