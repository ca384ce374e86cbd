package import Execution
import Plans
package import Platform
package import Columnar
import SQLText

/// SQL text to rows, over one snapshot: what `/v1/sql` and `plimsoll query` share.
package struct StatementRunner: Sendable {
    private let executor: QueryExecutor
    private let workers: any Workers

    /// The clock measures time limits; the workers share the work of each question.
    package init(clock: any Clock, workers: any Workers) {
        executor = QueryExecutor(clock: clock)
        self.workers = workers
    }

    /// Compiles and runs one statement. EXPLAIN answers its lines as rows; SET answers none, for there is no session to keep it.
    /// - Throws: `QueryError`; corruption errors of the store as they come.
    package func run(
        _ sql: String, over catalog: any TableCatalog, options: QueryOptions, cancellation: QueryCancellation? = nil
    ) throws -> ResultSet {
        let statement = try SQLCompiler(catalog: catalog, timeZone: options.timeZone).compile(sql)
        switch statement {
        case .query(let plan):
            return try executor.run(plan, catalog: catalog, options: options, workers: workers, cancellation: cancellation)
        case .explain(let plan, let analyze):
            let prepared = try executor.prepared(plan, catalog: catalog, options: options)
            guard analyze else { return lines(prepared.explained(), statement, catalog) }
            let result = try executor.run(plan, catalog: catalog, options: options, workers: workers, cancellation: cancellation)
            return lines(result.analysis(of: prepared), statement, catalog)
        case .set:
            return ResultSet(
                columns: [], chunks: [], position: catalog.position, watermark: catalog.watermark, statistics: QueryStatistics())
        case .show(let name):
            guard name == "timezone" || name == "time zone" else {
                throw QueryError(sqlState: "42704", message: "there is no setting \(name)", hint: "known: timezone")
            }
            return lines([options.timeZone], statement, catalog)
        }
    }

    private func lines(_ lines: [String], _ statement: CompiledStatement, _ catalog: any TableCatalog) -> ResultSet {
        let vector = Vector(type: .text, count: lines.count, storage: .scalars(lines.map { .text($0) }))
        return ResultSet(
            columns: statement.columns, chunks: [Chunk(columns: [vector], rowCount: lines.count)], position: catalog.position,
            watermark: catalog.watermark, statistics: QueryStatistics())
    }
}
