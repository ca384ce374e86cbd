import Synchronization

/// What a query may use and how it is to be read.
package struct QueryOptions: Sendable {
    /// What the query may hold at a time; beyond it the query ends with `.memoryExceeded`.
    package var memoryBudgetBytes = 256 << 20
    /// What the query holds is taken from there, too; beyond it, it ends with `.memoryExceeded`. nil: it is alone.
    package var memoryPool: MemoryPool?
    /// From ``startingClock(_:)`` on, else from the start of the query; then the query ends with `.deadlineExceeded`.
    /// nil: no limit.
    package var timeLimitNanoseconds: Int64? = 30_000_000_000
    private var deadline: Deadline?
    /// Ends the query with `.cancelled`; nil: nobody can.
    package var cancellation: QueryCancellation?
    /// IANA name for date_trunc, casts and rendering.
    package var timeZone = "UTC"
    /// Whether rollups may answer; the answer is the same from events.
    package var usesRollups = true
    /// Whether what headers say of groups and pages may decide conditions and aggregates; the answer is the same from
    /// the rows.
    package var usesSummaries = true
    /// Where what the question's plan is prepared to is kept for whoever asks the same again; it is of this plan alone.
    /// nil: nowhere.
    package var preparation: KeptPreparation?

    package init() {}

    /// When the time is over.
    private struct Deadline: Sendable {
        var endNanoseconds: Int64
        /// The monotonic clock.
        var now: @Sendable () -> Int64
    }

    /// The same, its time running from now on: for work before the engine is asked, and for several questions that have
    /// one time together. Where it runs already it goes on.
    /// - Parameter now: the monotonic clock.
    package func startingClock(_ now: @escaping @Sendable () -> Int64) -> QueryOptions {
        guard deadline == nil, let limit = timeLimitNanoseconds else { return self }
        let (end, isNever) = now().addingReportingOverflow(limit)
        var options = self
        options.deadline = Deadline(endNanoseconds: isNever ? .max : end, now: now)
        return options
    }

    /// Whether the work may go on; asked between bounded stretches of it.
    /// - Throws: `.cancelled`, `.deadlineExceeded`.
    package func check() throws(QueryError) {
        if let cancellation, cancellation.isCancelled { throw QueryError.cancelled }
        if let deadline, deadline.now() > deadline.endNanoseconds {
            throw QueryError(
                .deadlineExceeded, "canceling statement due to statement timeout",
                hint: "narrow the time range, or give it more time, as much as the setting limits.query_time of a "
                    + "server lets it")
        }
    }

    /// Books what is told last of what a table holds while it computes, until that is 0 or nobody has this any more.
    /// Rows of conversations are folded from the newest events in any case, since nobody is answered without them: what
    /// they take of the pool others do not find there. At most half of it is taken, so that these find something: what
    /// is left beside the pool for what nobody books is as much again.
    package var bookingOfTables: @Sendable (_ heldBytes: Int) -> Void {
        guard let memoryPool else { return { _ in } }
        let booking = MemoryBooking(in: memoryPool)
        return { booking.set(to: min($0, memoryPool.limitBytes / 2)) }
    }

    /// Whether ``check()`` would throw: for work that can be left undone.
    var isOver: Bool {
        do throws(QueryError) {
            try check()
            return false
        } catch {
            return true
        }
    }

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
    private let isAsked: @Sendable () -> Bool

    /// Not cancelled.
    /// - Parameter isAsked: whether somebody else wants the query to end; asked again and again.
    package init(whenever isAsked: @escaping @Sendable () -> Bool = { false }) { self.isAsked = isAsked }

    /// Has the query end with ``QueryError/Kind/cancelled``.
    package func cancel() { flag.store(true, ordering: .relaxed) }
    /// Whether it is to end.
    package var isCancelled: Bool { flag.load(ordering: .relaxed) || isAsked() }
}
