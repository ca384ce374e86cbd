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

    private func expectFault(_ kind: QueryError.Kind, _ run: () throws -> Void) {
        do {
            try run()
            Issue.record("expected \(kind)")
        } catch let error as QueryError {
            #expect(error.kind == kind)
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
        for plan in plans { expectFault(.memoryExceeded) { _ = try executor.rows(plan, catalog, options: options) } }
        let topTen = Plan.sort(
            catalog.scan("t"), [SortKey(expression: key, isDescending: true, nullsFirst: false)], limit: 10)
        #expect(throws: Never.self) { try executor.rows(topTen, catalog, options: options) }
    }

    @Test func timeLimitEndsAQuery() {
        var options = QueryOptions()
        options.timeLimitNanoseconds = 5_000_000_000
        let engine = LocalEngine(clock: TickingClock())
        expectFault(.deadlineExceeded) { _ = try engine.rows(catalog.scan("t"), catalog, options: options) }
    }

    @Test func cancellationEndsAQuery() {
        let cancellation = QueryCancellation()
        cancellation.cancel()
        expectFault(.cancelled) {
            _ = try executor.rows(catalog.scan("t"), catalog, options: QueryOptions().cancelled(by: cancellation))
        }
    }

    @Test func limitStopsReading() throws {
        let rows = try executor.rows(.limit(catalog.scan("t"), count: 3, offset: 499), catalog)
        let expected: [[Scalar]] = [[.integer(3493)], [.integer(3500)], [.integer(3507)]]
        #expect(rows == expected)
        #expect(catalog.tables[0].reads.pagesRead.load(ordering: .relaxed) == 2)
    }

    /// Of 502 rows 500 are the first morsel's; a filter has to look at all rows of a morsel, yet not at the next one.
    @Test func noMoreRowsAreReadThanWanted() throws {
        func scanned(_ plan: Plan) throws -> Int {
            try executor.run(plan, catalog: catalog, options: QueryOptions()).statistics.rowsScanned
        }
        #expect(try scanned(.limit(catalog.scan("t"), count: 3, offset: 499)) == 502)
        #expect(try scanned(.limit(catalog.scan("t"), count: 1, offset: 0)) == 1)
        let plan = Plan.project(catalog.scan("t"), [.call(.add, [key, key], .integer)], output: output)
        #expect(try scanned(.limit(plan, count: 7, offset: 0)) == 7)
        let odd = Expression.call(.greater, [key, .literal(.integer(70), .integer)], .boolean)
        #expect(try scanned(.limit(.filter(catalog.scan("t"), odd), count: 2, offset: 1)) == 500)
    }

    @Test func theFirstRowsAreThoseOfTheWholeAnswer() throws {
        var random = SeededGenerator(seed: 17)
        for round in 0..<150 {
            let rows = (0..<Int.random(in: 0..<90, using: &random)).map { row -> [Scalar] in
                [row % 5 == 3 ? .null : .integer(Int64(row % 11)), .text("row \(row)")]
            }
            let table = MemoryTable(
                "t", [("k", .integer), ("b", .text)], rows: rows, morselRows: Int.random(in: 1..<10, using: &random))
            let catalog = MemoryCatalog(tables: [table])
            var plan = catalog.scan("t")
            if Bool.random(using: &random) {
                let end = Expression.literal(.integer(Int64.random(in: 0..<12, using: &random)), .integer)
                plan = .filter(plan, .call(.less, [key, end], .boolean))
            }
            if Bool.random(using: &random) {
                plan = .project(plan, [.column(1, .text), key], output: [table.columns[1], table.columns[0]])
            }
            let count = Int.random(in: 0..<20, using: &random), offset = Int.random(in: 0..<20, using: &random)
            let whole = try executor.rows(plan, catalog)
            for engine in [executor, sharing] {
                let first = try engine.rows(.limit(plan, count: count, offset: offset), catalog)
                #expect(first == Array(whole.dropFirst(offset).prefix(count)), "round \(round)")
            }
        }
    }

    @Test func unknownTablesAndLongSubqueriesAreRefused() {
        let nothing = Plan.scan(table: "nothing", columns: [], output: [], predicates: [])
        expectFault(.undefinedTable) { _ = try executor.rows(nothing, catalog) }
        let subquery = Expression.scalarSubquery(catalog.scan("t"), .integer)
        let asking = Plan.filter(catalog.scan("t"), .call(.equal, [key, subquery], .boolean))
        expectFault(.tooManyRows) { _ = try executor.rows(asking, catalog) }
    }

    /// A subquery's value becomes a constant, so that page headers can rule morsels out: only the last of forty is
    /// read.
    @Test func subqueriesReachPageHeaders() throws {
        let table = MemoryTable(
            "t", [("k", .integer)], rows: (0..<20_000).map { [.integer(Int64($0))] }, morselRows: 500)
        let catalog = MemoryCatalog(tables: [table])
        let latest = Plan.aggregate(
            catalog.scan("t"), groups: [],
            aggregates: [AggregateCall(function: .maximum, arguments: [key], type: .integer)],
            output: output)
        let bound = Expression.call(
            .subtract, [.scalarSubquery(latest, .integer), .literal(.integer(9), .integer)], .integer)
        let rows = try executor.rows(
            .filter(catalog.scan("t"), .call(.greaterOrEqual, [key, bound], .boolean)), catalog)
        #expect(rows.count == 10)
        #expect(table.reads.pagesRead.load(ordering: .relaxed) == 1)
    }
}

/// Text that expressions make counts as what tables hold does.
@Suite struct MadeTextTests {
    private let catalog = MemoryCatalog(tables: [
        MemoryTable("one", [("id", .text)], rows: (0..<4000).map { [.text("id-\($0)")] }, morselRows: 4000),
        MemoryTable("many", [("id", .text)], rows: (0..<4000).map { [.text("id-\($0)")] }, morselRows: 20),
    ])

    private func made(_ table: String, times: Int64) -> Plan {
        let text = Expression.call(.repeatText, [.column(0, .text), .literal(.integer(times), .integer)], .text)
        return .project(catalog.scan(table), [text], output: [TableColumn(name: "r", type: .text)])
    }

    private func total(_ plan: Plan) -> Plan {
        let length = Expression.call(.length, [.column(0, .text)], .integer)
        return .aggregate(
            plan, groups: [],
            aggregates: [AggregateCall(function: .sum, arguments: [length], type: .numeric(scale: 0))],
            output: [TableColumn(name: "s", type: .numeric(scale: 0))])
    }

    private func fault(
        _ plan: Plan, _ clock: any Clock = SimulatedClock(), _ change: (inout QueryOptions) -> Void
    ) throws -> QueryError.Kind? {
        var options = QueryOptions()
        change(&options)
        do {
            _ = try LocalEngine(clock: clock).run(plan, catalog: catalog, options: options)
            return nil
        } catch let error as QueryError {
            return error.kind
        }
    }

    @Test func itIsBooked() throws {
        #expect(try fault(total(made("one", times: 5000))) { $0.memoryBudgetBytes = 16 << 20 } == .memoryExceeded)
    }

    /// 28 MB pass through, a part of a megabyte at a time.
    @Test func itIsGivenBack() throws {
        #expect(try fault(total(made("many", times: 1000))) { $0.memoryBudgetBytes = 4 << 20 } == nil)
    }

    @Test func resultsThatKeepItBookIt() throws {
        #expect(try fault(made("many", times: 1000)) { $0.memoryBudgetBytes = 4 << 20 } == .memoryExceeded)
    }

    @Test func theTimeLimitHoldsWithinAChunk() throws {
        let found = try fault(total(made("one", times: 1)), TickingClock()) { $0.timeLimitNanoseconds = 12_000_000_000 }
        #expect(found == .deadlineExceeded)
    }

    /// Kept rows do not hold on to the texts of all the others.
    @Test func keptRowsKeepTheirTextsAlone() throws {
        let wanted = Expression.call(.equal, [.column(0, .text), .literal(.text("id-7"), .text)], .boolean)
        let result = try executor.run(.filter(catalog.scan("one"), wanted), catalog: catalog)
        guard case .text(_, let dictionary)? = result.chunks.first?.columns.first?.storage else {
            Issue.record("no text: \(result.rows)")
            return
        }
        #expect(result.rows == [[.text("id-7")]])
        #expect(dictionary.count == 1)
    }
}
