import Columnar
import Plans
import Testing

/// Tables that are never read: preparing knows plans, not rows.
private struct NoTables: TableCatalog {
    func table(named name: String) -> (any TableSource)? { nil }
    var tableNames: [String] { [] }
    var position: Int64 { 0 }
    var watermark: Int64 { 0 }
    var now: Int64 { 0 }
    func userToken(_ userID: String) -> String { userID }
}

@Suite struct PreparationTests {
    private let columns = [TableColumn(name: "a", type: .integer)]
    private func scan(_ table: String) -> Plan { .scan(table: table, columns: [0], output: columns, predicates: []) }
    private func isEqual(to value: Expression) -> Expression { .call(.equal, [.column(0, .integer), value], .boolean) }
    private func chunk(_ values: [Int64]) -> Chunk {
        Chunk(columns: [Vector(type: .integer, scalars: values.map { .integer($0) })], rowCount: values.count)
    }

    /// A subquery inside another comes first, and sees the outer one's plan with its value in it.
    @Test func subqueriesAreAnsweredInnermostFirst() throws {
        let inner = Plan.filter(scan("inner"), isEqual(to: .literal(.integer(1), .integer)))
        let middle = Plan.filter(scan("middle"), isEqual(to: .scalarSubquery(inner, .integer)))
        let plan = Plan.filter(scan("outer"), isEqual(to: .scalarSubquery(middle, .integer)))
        var asked: [String] = []
        let prepared = try Preparation(catalog: NoTables(), options: QueryOptions()).prepare(plan) { subquery in
            asked.append(contentsOf: subquery.tablesRead)
            return subquery.tablesRead == ["inner"] ? [chunk([7])] : [chunk([8])]
        }
        #expect(asked == ["inner", "middle"])
        guard case .filter(.scan(_, _, _, let predicates), let condition) = prepared else {
            Issue.record("not a filter over a scan: \(prepared)")
            return
        }
        #expect(condition == isEqual(to: .literal(.integer(8), .integer)))
        #expect(predicates == [ColumnPredicate(column: 0, comparison: .equal(.integer(8)))])
    }

    @Test func noRowIsNullAndTwoAreRefused() throws {
        let preparation = Preparation(catalog: NoTables(), options: QueryOptions())
        let plan = Plan.project(scan("outer"), [.scalarSubquery(scan("inner"), .integer)], output: columns)
        let prepared = try preparation.prepare(plan) { _ in [] }
        guard case .project(_, let expressions, _) = prepared else {
            Issue.record("not a projection: \(prepared)")
            return
        }
        #expect(expressions == [.literal(.null, .integer)])
        #expect { try preparation.prepare(plan) { _ in [chunk([1]), chunk([2])] } } throws: {
            ($0 as? QueryError)?.kind == .tooManyRows
        }
    }
}
