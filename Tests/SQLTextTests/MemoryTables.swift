import Columnar
import Execution
import Plans
import Platform
import SQLText

/// A table of rows in memory, in morsels of a few rows.
struct RowTable: TableSource {
    var name: String
    var columns: [TableColumn]
    var rows: [[Scalar]] = []

    func morsels(for request: ScanRequest) -> [any Morsel] {
        stride(from: 0, to: rows.count, by: 7).map { start in
            let part = rows[start..<min(start + 7, rows.count)]
            return RowMorsel(
                rowCount: part.count,
                vectors: columns.indices.map { place in
                    Vector(type: columns[place].type, scalars: part.map { $0[place] })
                })
        }
    }
}

struct RowMorsel: Morsel {
    let rowCount: Int
    let vectors: [Vector]

    func column(_ index: Int) -> Vector { vectors[index] }
    func summary(_ index: Int) -> ColumnSummary? { nil }
}

/// Tables in memory by name, and SQL over them.
struct RowCatalog: TableCatalog {
    var tables: [String: RowTable] = [:]

    func table(named name: String) -> (any TableSource)? { tables[name] }
    var tableNames: [String] { tables.keys.sorted() }
    var position: Int64 { 1 }
    var watermark: Int64 { 1 }
    /// 2026-08-01T12:00:00Z
    var now: Int64 { 1_785_585_600_000_000_000 }
    func userToken(_ userID: String) -> String { "token-of-\(userID)" }

    /// What the engine answers.
    func result(_ sql: String, timeZone: String = "UTC") throws -> ResultSet {
        guard case .query(let plan) = try SQLCompiler(catalog: self, timeZone: timeZone).compile(sql) else {
            throw QueryError(.notSupported, "not a question")
        }
        var options = QueryOptions()
        options.timeZone = timeZone
        return try LocalEngine(clock: SimulatedClock()).run(plan, catalog: self, options: options)
    }

    /// The rows that a question gives.
    func answer(_ sql: String, timeZone: String = "UTC") throws -> (columns: [TableColumn], rows: [[Scalar]]) {
        let result = try result(sql, timeZone: timeZone)
        let rows = result.chunks.flatMap { chunk in
            (0..<chunk.rowCount).map { row in chunk.columns.map { $0.scalar(at: row) } }
        }
        return (result.columns, rows)
    }
}
