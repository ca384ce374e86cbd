import Synchronization

/// What a query may use and how it is to be read.
package struct QueryOptions: Sendable {
    /// What the query may hold at a time; beyond it the query ends with `.memoryExceeded`.
    package var memoryBudgetBytes = 256 << 20
    /// What the query holds is taken from there, too; beyond it, it ends with `.memoryExceeded`. nil: it is alone.
    package var memoryPool: MemoryPool?
    /// From the start of the query on, beyond it the query ends with `.deadlineExceeded`; nil: no limit.
    package var timeLimitNanoseconds: Int64? = 30_000_000_000
    /// Ends the query with `.cancelled`; nil: nobody can.
    package var cancellation: QueryCancellation?
    /// IANA name for date_trunc, casts and rendering.
    package var timeZone = "UTC"
    /// Whether rollups may answer; the answer is the same from events.
    package var usesRollups = true
    /// Whether what headers say of groups and pages may decide conditions and aggregates; the answer is the same from
    /// the rows.
    package var usesSummaries = true

    package init() {}

    /// The same, for a query that can be told to end.
    package func cancelled(by cancellation: QueryCancellation) -> QueryOptions {
        var options = self
        options.cancellation = cancellation
        return options
    }
}

/// Tells a running query to end; any thread may ask. An engine looks between bounded stretches of work.
package final class QueryCancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    /// Not cancelled.
    package init() {}

    /// Has the query end with ``QueryError/Kind/cancelled``.
    package func cancel() { flag.store(true, ordering: .relaxed) }
    /// Whether it is to end.
    package var isCancelled: Bool { flag.load(ordering: .relaxed) }
}
