package import Columnar

/// What answers plans. The engine of `Execution` is the local one; others may hand the same plans to another database.
///
/// The contract: a plan comes in as the compiler gave it, rewritten as far as its text alone tells; the engine prepares
/// it itself (``Preparation``), since what is best to run differs from engine to engine. The rows come out in the order
/// that the plan asks for, in chunks of at most `Chunk.rowsMax` rows, none of them empty, with the basis that they rest
/// on and what answering took. Answers are the same whichever engine gives them: semantics are PostgreSQL's, integers
/// and decimals exact; of sums and deviations of doubles the last digits may differ, as additions round. Memory, time
/// and cancellation come with the options and hold for all of it, subqueries included. Safe on any thread.
package protocol QueryEngine: Sendable {
    /// Answers a plan over one snapshot of a catalog's tables.
    ///
    /// It blocks until all rows are there.
    /// - Throws: `QueryError`; what the tables' storage throws (damage above all) as it comes.
    func run(_ plan: Plan, catalog: any TableCatalog, options: QueryOptions) throws -> ResultSet

    /// The plan as it would run: subqueries answered, rewritten. EXPLAIN shows it.
    /// - Throws: as ``run(_:catalog:options:)``.
    func prepared(_ plan: Plan, catalog: any TableCatalog, options: QueryOptions) throws -> Plan

    /// Calls the job once for each number below `count`, several at one time where the engine has threads for that, and
    /// returns when all are done: for questions that do not wait for each other, of which each is too small to keep
    /// all threads busy.
    func together(_ count: Int, _ job: @Sendable (Int) -> Void)
}

extension QueryEngine {
    /// One after the other.
    package func together(_ count: Int, _ job: @Sendable (Int) -> Void) { for index in 0..<count { job(index) } }

    /// Answers a plan with the memory and time that questions have when nobody says otherwise.
    package func run(_ plan: Plan, catalog: any TableCatalog) throws -> ResultSet {
        try run(plan, catalog: catalog, options: QueryOptions())
    }
}
