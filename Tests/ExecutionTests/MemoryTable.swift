import Columnar
import Execution
import Plans
import Platform

/// A table of rows in memory, cut into morsels of a given size.
struct MemoryTable: TableSource {
    let name: String
    let columns: [TableColumn]
    let pieces: [MemoryMorsel]
    let reads = ScanStatistics()
    /// Done before there are morsels.
    var whileListing: (@Sendable (ScanRequest) -> Void)?

    init(
        _ name: String, _ columns: [(String, ColumnType)], rows: [[Scalar]], morselRows: Int = 7,
        hasSummaries: Bool = true
    ) {
        self.name = name
        self.columns = columns.map { TableColumn(name: $0.0, type: $0.1) }
        let types = columns.map(\.1)
        let reads = reads
        pieces = stride(from: 0, to: rows.count, by: morselRows).map { start in
            let part = Array(rows[start..<min(start + morselRows, rows.count)])
            return MemoryMorsel(
                rowCount: part.count,
                vectors: types.indices.map { index in Vector(type: types[index], scalars: part.map { $0[index] }) },
                hasSummaries: hasSummaries, reads: reads)
        }
    }

    init(_ name: String, _ columns: [TableColumn], pieces: [[Vector]]) {
        self.name = name
        self.columns = columns
        let reads = reads
        self.pieces = pieces.map { MemoryMorsel(rowCount: $0[0].count, vectors: $0, hasSummaries: false, reads: reads) }
    }

    /// Without the pieces that summaries refute, as the store leaves them off.
    func morsels(for request: ScanRequest) -> [any Morsel] {
        whileListing?(request)
        return pieces.filter { piece in
            !request.predicates.contains { predicate in
                piece.summary(predicate.column).map { predicate.comparison.isRefuted(by: $0, rowCount: piece.rowCount) }
                    ?? false
            }
        }
    }
}

struct MemoryMorsel: Morsel {
    let rowCount: Int
    let vectors: [Vector]
    let hasSummaries: Bool
    let reads: ScanStatistics

    func column(_ index: Int) -> Vector {
        reads.add(pagesRead: 1)
        return vectors[index]
    }

    /// As pages of whole numbers find them.
    func rows(_ index: Int, first count: Int, descending: Bool) -> [UInt32]? {
        guard hasSummaries, count < rowCount, case .int64(let values) = vectors[index].storage,
            vectors[index].validity == nil
        else { return nil }
        let last = values.sorted { descending ? $0 > $1 : $0 < $1 }[count - 1]
        return values.indices.filter { descending ? values[$0] >= last : values[$0] <= last }.map { UInt32($0) }
    }

    /// As pages find them: of times without nulls.
    func rows(_ index: Int, within times: ClosedRange<Int64>) -> [UInt32]? {
        guard hasSummaries, vectors[index].type == .timestamptz, case .int64(let values) = vectors[index].storage,
            vectors[index].validity == nil
        else { return nil }
        return values.indices.filter { times.contains(values[$0]) }.map { UInt32($0) }
    }

    func summary(_ index: Int) -> ColumnSummary? {
        guard hasSummaries else { return nil }
        let values = (0..<rowCount).map { vectors[index].scalar(at: $0) }.filter { !$0.isNull }
        var sum: Int128?
        switch vectors[index].type {
        case .integer, .numeric:
            sum = 0
            for value in values {
                let number: Int128 =
                    switch value {
                    case .integer(let number): Int128(number)
                    case .numeric(let mantissa, _): mantissa
                    default: 0
                    }
                sum = sum.flatMap { Decimal128.sum($0, number) }
            }
        default: break
        }
        let isOrdered = !values.contains { if case .double(let number) = $0 { number.isNaN } else { false } }
        return ColumnSummary(
            minimum: isOrdered ? values.min { ScalarOrder.compare($0, $1) < 0 } ?? .null : .null,
            maximum: isOrdered ? values.max { ScalarOrder.compare($0, $1) < 0 } ?? .null : .null,
            nullCount: rowCount - values.count,
            sum: sum)
    }
}

struct MemoryCatalog: TableCatalog {
    var tables: [MemoryTable]
    var position: Int64 = 42
    var watermark: Int64 = 1_785_574_800_000_000_000
    var now: Int64 = 1_785_574_800_000_000_000

    func table(named name: String) -> (any TableSource)? { tables.first { $0.name == name } }
    var tableNames: [String] { tables.map(\.name).sorted() }
    func userToken(_ userID: String) -> String { "token-\(userID)" }

    /// A plan that reads a whole table.
    func scan(_ name: String) -> Plan {
        guard let table = tables.first(where: { $0.name == name }) else {
            preconditionFailure("tests name tables that exist")
        }
        return .scan(table: name, columns: Array(table.columns.indices), output: table.columns, predicates: [])
    }
}

extension QueryEngine {
    /// The rows of a plan, value by value.
    func rows(
        _ plan: Plan, _ catalog: MemoryCatalog = MemoryCatalog(tables: []), options: QueryOptions = QueryOptions()
    ) throws -> [[Scalar]] {
        try run(plan, catalog: catalog, options: options).rows
    }
}

extension ResultSet {
    var rows: [[Scalar]] {
        chunks.flatMap { chunk in (0..<chunk.rowCount).map { row in chunk.columns.map { $0.scalar(at: row) } } }
    }
}

/// The engine on one thread and on two.
let executor: any QueryEngine = LocalEngine(clock: SimulatedClock())
/// However few rows there are.
let sharing: any QueryEngine = LocalEngine(
    clock: SimulatedClock(), workers: ThreadWorkers(parallelism: 2), sharedRowsMin: 0)

extension Plan {
    /// What a failing test shows of a plan.
    var shown: String { explained().joined(separator: "\n") }
}

/// The value of an expression without a table.
func value(_ expression: Expression, options: QueryOptions = QueryOptions()) throws -> Scalar {
    let plan = Plan.values(rows: [[expression]], output: [TableColumn(name: "v", type: expression.type)])
    return try executor.rows(plan, options: options)[0][0]
}
