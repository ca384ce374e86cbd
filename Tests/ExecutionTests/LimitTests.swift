import Columnar
import Execution
import Plans
import Platform
import Synchronization
import Testing

/// A clock that moves on a second whenever it is read.
private final class TickingClock: Clock {
    private let inner = SimulatedClock()

    func wallNanoseconds() -> Int64 { inner.wallNanoseconds() }
    func monotonicNanoseconds() -> Int64 {
        inner.advance(nanoseconds: 1_000_000_000)
        return inner.monotonicNanoseconds()
    }
}

@Suite struct LimitTests {
    private let catalog = MemoryCatalog(tables: [
        MemoryTable("t", [("k", .integer)], rows: (0..<20_000).map { [.integer(Int64($0 * 7))] }, morselRows: 500)
    ])
    private let key = Expression.column(0, .integer)
    private let output = [TableColumn(name: "k", type: .integer)]

    private func expectState(_ sqlState: String, _ run: () throws -> Void) {
        do {
            try run()
            Issue.record("expected SQLSTATE \(sqlState)")
        } catch let error as QueryError {
            #expect(error.sqlState == sqlState)
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test func budgetIsKept() {
        var options = QueryOptions()
        options.memoryBudgetBytes = 100_000
        let plans: [Plan] = [
            .aggregate(catalog.scan("t"), groups: [key], aggregates: [], output: output),
            .sort(catalog.scan("t"), [SortKey(expression: key, isDescending: true, nullsFirst: false)], limit: nil),
            .distinct(catalog.scan("t")), catalog.scan("t"),
        ]
        for plan in plans { expectState("53200") { _ = try executor.rows(plan, catalog, options: options) } }
        let topTen = Plan.sort(catalog.scan("t"), [SortKey(expression: key, isDescending: true, nullsFirst: false)], limit: 10)
        #expect(throws: Never.self) { try executor.rows(topTen, catalog, options: options) }
    }

    @Test func timeLimitEndsAQuery() {
        var options = QueryOptions()
        options.timeLimitNanoseconds = 5_000_000_000
        expectState("57014") { _ = try QueryExecutor(clock: TickingClock()).rows(catalog.scan("t"), catalog, options: options) }
    }

    @Test func cancellationEndsAQuery() {
        let cancellation = QueryCancellation()
        cancellation.cancel()
        expectState("57014") { _ = try executor.run(catalog.scan("t"), catalog: catalog, cancellation: cancellation) }
    }

    @Test func limitStopsReading() throws {
        let rows = try executor.rows(.limit(catalog.scan("t"), count: 3, offset: 499), catalog)
        let expected: [[Scalar]] = [[.integer(3493)], [.integer(3500)], [.integer(3507)]]
        #expect(rows == expected)
        #expect(catalog.tables[0].reads.pagesRead.load(ordering: .relaxed) == 2)
    }

    @Test func unknownTablesAndLongSubqueriesAreRefused() {
        expectState("42P01") { _ = try executor.rows(.scan(table: "nothing", columns: [], output: [], predicates: []), catalog) }
        let subquery = Expression.scalarSubquery(catalog.scan("t"), .integer)
        expectState("21000") { _ = try executor.rows(.filter(catalog.scan("t"), .call(.equal, [key, subquery], .boolean)), catalog) }
    }

    /// A subquery's value becomes a constant, so that page headers can rule morsels out: only the last of forty is read.
    @Test func subqueriesReachPageHeaders() throws {
        let table = MemoryTable("t", [("k", .integer)], rows: (0..<20_000).map { [.integer(Int64($0))] }, morselRows: 500)
        let catalog = MemoryCatalog(tables: [table])
        let latest = Plan.aggregate(
            catalog.scan("t"), groups: [], aggregates: [AggregateCall(function: .maximum, arguments: [key], type: .integer)],
            output: output)
        let bound = Expression.call(.subtract, [.scalarSubquery(latest, .integer), .literal(.integer(9), .integer)], .integer)
        let rows = try executor.rows(.filter(catalog.scan("t"), .call(.greaterOrEqual, [key, bound], .boolean)), catalog)
        #expect(rows.count == 10)
        #expect(table.reads.pagesRead.load(ordering: .relaxed) == 1)
    }
}
