import Columnar
import Plans
import Platform
import Synchronization

/// What every operator of one query shares: snapshot, limits, zone, counters. Safe on any thread.
final class QueryContext: Sendable {
    let catalog: any TableCatalog
    let options: QueryOptions
    let zone: ZoneOffsets
    let budget: MemoryBudget
    let statistics = ScanStatistics()
    let patterns = PatternCache()
    let workers: any Workers
    /// The most rows that an operator hands on at a time.
    let chunkRowsMax: Int
    private let clock: any Clock
    private let deadline: Int64?

    init(
        catalog: any TableCatalog, options: QueryOptions, workers: any Workers, clock: any Clock, chunkRowsMax: Int
    ) throws {
        self.chunkRowsMax = chunkRowsMax
        self.catalog = catalog
        self.options = options
        self.workers = workers
        self.clock = clock
        zone = try ZoneOffsets.named(options.timeZone)
        budget = MemoryBudget(limitBytes: options.memoryBudgetBytes)
        deadline = options.timeLimitNanoseconds.map { clock.monotonicNanoseconds() &+ $0 }
    }

    /// The monotonic clock.
    func now() -> Int64 { clock.monotonicNanoseconds() }

    /// - Throws: `.cancelled`, `.deadlineExceeded`. Called once a chunk.
    func check() throws {
        if let cancellation = options.cancellation, cancellation.isCancelled {
            throw QueryError(.cancelled, "canceling statement due to user request")
        }
        if let deadline, clock.monotonicNanoseconds() > deadline {
            throw QueryError(
                .deadlineExceeded, "canceling statement due to statement timeout",
                hint: "narrow the time range, or raise the query's time limit")
        }
    }
}

/// Bytes that one query's tables, sorts and results hold.
final class MemoryBudget: Sendable {
    private let limitBytes: Int
    private let used = Atomic<Int>(0)
    private let peak = Atomic<Int>(0)

    init(limitBytes: Int) { self.limitBytes = limitBytes }

    var peakBytes: Int { peak.load(ordering: .relaxed) }

    /// Gives back what was booked.
    func release(_ bytes: Int) { _ = used.subtract(bytes, ordering: .relaxed) }

    /// Books bytes; a negative amount gives back. - Throws: `.memoryExceeded` when the limit is passed.
    func reserve(_ bytes: Int) throws {
        let now = used.add(bytes, ordering: .relaxed).newValue
        assert(now >= 0, "no more is given back than was booked")
        if bytes > 0 { _ = peak.max(now, ordering: .relaxed) }
        if bytes > 0, now > limitBytes {
            throw QueryError(
                .memoryExceeded, "query needs more than its memory budget of \(limitBytes >> 20) MiB",
                hint: "group by fewer values, add a filter or a limit, or raise the budget")
        }
    }
}
