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
    /// Fewer rows are gone through by one thread.
    let sharedRowsMin: Int
    private let clock: any Clock

    init(
        catalog: any TableCatalog, options: QueryOptions, workers: any Workers, clock: any Clock, chunkRowsMax: Int,
        sharedRowsMin: Int
    ) throws {
        self.sharedRowsMin = sharedRowsMin
        self.chunkRowsMax = chunkRowsMax
        self.catalog = catalog
        self.options = options.startingClock { clock.monotonicNanoseconds() }
        self.workers = workers
        self.clock = clock
        zone = try ZoneOffsets.named(options.timeZone)
        budget = MemoryBudget(limitBytes: options.memoryBudgetBytes, pool: options.memoryPool)
    }

    /// The monotonic clock.
    func now() -> Int64 { clock.monotonicNanoseconds() }

    /// Looks for kernels, which know no query.
    var watch: KernelWatch {
        KernelWatch { [self] in
            do { try check() } catch { return false }
            return true
        }
    }

    /// The query's threads, for kernels, which know none.
    var helpers: KernelHelpers {
        KernelHelpers { [workers] count, job in
            // Only jobs fail, and these cannot.
            _ = try? workers.run(count: count, job)
        }
    }

    /// - Throws: `.cancelled`, `.deadlineExceeded`. Called between bounded stretches of work.
    func check() throws { try options.check() }
}

/// Bytes that one query's tables, sorts and results hold.
final class MemoryBudget: Sendable {
    /// Dictionaries count their bytes in 32 bits, and joining two of them may double what is booked.
    private static let limitBytesMax = 1984 << 20

    private let limitBytes: Int
    private let pool: MemoryPool?
    private let used = Atomic<Int>(0)
    private let peak = Atomic<Int>(0)

    /// - Parameter pool: what is booked is taken from there, and given back with the budget.
    init(limitBytes: Int, pool: MemoryPool? = nil) {
        self.limitBytes = min(limitBytes, Self.limitBytesMax)
        self.pool = pool
    }

    deinit { pool?.give(used.load(ordering: .relaxed)) }

    var peakBytes: Int { peak.load(ordering: .relaxed) }

    /// Gives back what was booked.
    func release(_ bytes: Int) {
        _ = used.subtract(bytes, ordering: .relaxed)
        pool?.give(bytes)
    }

    /// Leaves what rows hold to their booking. nil without a pool.
    func booking(of bytes: Int) -> MemoryBooking? {
        guard let pool else { return nil }
        let booking = MemoryBooking(in: pool)
        let left = min(bytes, max(0, used.load(ordering: .relaxed)))
        release(left)
        booking.set(to: bytes)
        return booking
    }

    /// Books bytes; a negative amount gives back.
    /// - Throws: `.memoryExceeded` when the limit is passed.
    func reserve(_ bytes: Int) throws {
        if bytes <= 0 { return release(-bytes) }
        // What was refused is given back as well, with the budget or by whoever asked for it.
        let now = used.add(bytes, ordering: .relaxed).newValue
        // Its own limit first: who is beyond it would not fit if it were alone, either.
        if now > limitBytes {
            _ = used.subtract(bytes, ordering: .relaxed)
            throw QueryError.memoryExceeded(limitBytes: limitBytes)
        }
        if let pool, !pool.take(bytes) {
            _ = used.subtract(bytes, ordering: .relaxed)
            throw QueryError.memoryTaken
        }
        _ = peak.max(now, ordering: .relaxed)
    }
}
