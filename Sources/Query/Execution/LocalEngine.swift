package import Columnar
package import Plans
package import Platform
import Synchronization

/// Runs plans over a catalog's tables: vectorised, on the given threads, within a memory budget and a time limit.
package struct QueryExecutor: Sendable {
    private let clock: any Clock

    /// - Parameter clock: measures elapsed time and the time limit.
    package init(clock: any Clock) { self.clock = clock }

    /// Answers a plan as the binder built it.
    ///
    /// Scalar subqueries run first; the plan is then rewritten (constants folded, filters pushed down, columns pruned, predicates
    /// derived) and executed.
    /// - Throws: `QueryError`; corruption errors of the store as they come.
    package func run(
        _ plan: Plan, catalog: any TableCatalog, options: QueryOptions = QueryOptions(), workers: any Workers = InlineWorkers(),
        cancellation: QueryCancellation? = nil
    ) throws -> ResultSet {
        let started = clock.monotonicNanoseconds()
        let context = try QueryContext(
            catalog: catalog, options: options, workers: workers, cancellation: cancellation, clock: clock)
        let prepared = try Preparation(context: context).prepare(plan)
        let pipeline = try PlanRunner(context: context).pipeline(prepared)
        let chunks = try pipeline.collect(context)
        let columns = zip(plan.output, pipeline.columns).map { TableColumn(name: $0.name, type: $1.type) }
        return ResultSet(
            columns: columns, chunks: chunks, position: catalog.position, watermark: catalog.watermark,
            statistics: context.queryStatistics(since: started))
    }

    /// The plan as it would run: subqueries evaluated, rewritten.
    package func prepared(_ plan: Plan, catalog: any TableCatalog, options: QueryOptions = QueryOptions()) throws -> Plan {
        let context = try QueryContext(
            catalog: catalog, options: options, workers: InlineWorkers(), cancellation: nil, clock: clock)
        return try Preparation(context: context).prepare(plan)
    }
}

/// What happens to a plan before it runs.
struct Preparation {
    let context: QueryContext

    /// Replaces scalar subqueries by their values, innermost first, and rewrites what is left.
    func prepare(_ plan: Plan) throws -> Plan {
        let (zone, rollups) = (context.options.timeZone, context.catalog.rollups)
        let rewritten = try replacingSubqueries(plan.mergingRollups(rollups)).rewritten(timeZone: zone)
        guard context.options.usesRollups else { return rewritten }
        let answered = rewritten.answeredFromRollups(rollups, timeZone: zone)
        return answered == rewritten ? rewritten : answered.rewritten(timeZone: zone)
    }

    private func replacingSubqueries(_ plan: Plan) throws -> Plan {
        try plan.mapInputs { input throws in try replacingSubqueries(input) }
            .mapExpressions { expression throws in try replacingSubqueries(expression) }
    }

    private func replacingSubqueries(_ expression: Expression) throws -> Expression {
        if case .scalarSubquery(let plan, let type) = expression { return .literal(try value(of: plan), type) }
        return try expression.mapChildren { child throws in try replacingSubqueries(child) }
    }

    private func value(of plan: Plan) throws -> Scalar {
        let chunks = try PlanRunner(context: context).pipeline(prepare(plan)).collect(context)
        let rows = chunks.reduce(0) { $0 + $1.rowCount }
        if rows > 1 {
            throw QueryError(.tooManyRows, "more than one row returned by a subquery used as an expression")
        }
        guard let chunk = chunks.first(where: { $0.rowCount > 0 }), let column = chunk.columns.first else { return .null }
        return column.scalar(at: 0)
    }
}

extension QueryContext {
    /// The counters so far.
    func queryStatistics(since started: Int64) -> QueryStatistics {
        var result = QueryStatistics()
        result.elapsedNanoseconds = now() &- started
        result.groupsTotal = statistics.groupsTotal.load(ordering: .relaxed)
        result.groupsSkipped = statistics.groupsSkipped.load(ordering: .relaxed)
        result.pagesRead = statistics.pagesRead.load(ordering: .relaxed)
        result.bytesRead = statistics.bytesRead.load(ordering: .relaxed)
        result.rowsScanned = statistics.rowsScanned.load(ordering: .relaxed)
        result.memoryPeakBytes = budget.peakBytes
        return result
    }
}
