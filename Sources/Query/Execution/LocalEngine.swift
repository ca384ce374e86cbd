package import Columnar
package import Plans
package import Platform
import Synchronization

/// The local engine: runs plans over a catalog's tables in this process, vectorised, on the given threads.
package struct LocalEngine: QueryEngine {
    private let clock: any Clock
    private let workers: any Workers
    private let chunkRowsMax: Int
    private let sharedRowsMin: Int

    /// - Parameters:
    ///   - clock: measures elapsed time and the time limit.
    ///   - workers: share the work of each query.
    ///   - chunkRowsMax: the most rows that operators hand on at a time; answers do not depend on it.
    ///   - sharedRowsMin: fewer rows are gone through by the thread that asks, since it takes longer to wake another
    ///     one and to put together what both have; answers do not depend on it, either.
    /// - Precondition: `chunkRowsMax` within `1...Chunk.rowsMax`.
    package init(
        clock: any Clock, workers: any Workers = InlineWorkers(), chunkRowsMax: Int = Chunk.rowsMax,
        sharedRowsMin: Int = 2_048
    ) {
        precondition((1...Chunk.rowsMax).contains(chunkRowsMax), "a chunk has 1 to \(Chunk.rowsMax) rows")
        self.clock = clock
        self.workers = workers
        self.chunkRowsMax = chunkRowsMax
        self.sharedRowsMin = sharedRowsMin
    }

    package func run(_ plan: Plan, catalog: any TableCatalog, options: QueryOptions) throws -> ResultSet {
        let started = clock.monotonicNanoseconds()
        let context = try context(catalog, options)
        let pipeline = try PlanRunner(context: context).pipeline(context.prepared(plan))
        let chunks = try pipeline.collect(context)
        assert(plan.output.count == pipeline.columns.count, "rewriting keeps the columns that come out")
        let columns = zip(plan.output, pipeline.columns).map { TableColumn(name: $0.name, type: $1.type) }
        var result = ResultSet(
            columns: columns, chunks: chunks, position: catalog.position, watermark: catalog.watermark,
            statistics: context.queryStatistics(since: started))
        result.notices = context.statistics.notices
        result.booking = context.budget.booking(of: result.heldBytes)
        return result
    }

    package func prepared(_ plan: Plan, catalog: any TableCatalog, options: QueryOptions) throws -> Plan {
        try context(catalog, options).prepared(plan)
    }

    /// On the threads that share the work of each question, too: whoever has none of his own left helps others.
    package func together(_ count: Int, _ job: @Sendable (Int) -> Void) {
        // Only jobs fail, and these cannot.
        _ = try? workers.run(count: count, job)
    }

    private func context(_ catalog: any TableCatalog, _ options: QueryOptions) throws -> QueryContext {
        try QueryContext(
            catalog: catalog, options: options, workers: workers, clock: clock, chunkRowsMax: chunkRowsMax,
            sharedRowsMin: sharedRowsMin)
    }
}

extension QueryContext {
    /// The plan to run, its subqueries answered within the same limits.
    fileprivate func prepared(_ plan: Plan) throws -> Plan {
        try budget.reserve(plan.heldBytes)
        return try Preparation(catalog: catalog, options: options).prepare(plan) { subquery in
            try PlanRunner(context: self).pipeline(subquery).collect(self)
        }
    }

    /// The counters so far.
    fileprivate func queryStatistics(since started: Int64) -> QueryStatistics {
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
