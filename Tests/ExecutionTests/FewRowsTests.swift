import Columnar
import Execution
import Plans
import Platform
import Synchronization
import Testing

/// Few rows are not shared out: waking a thread takes longer than going through them.
@Suite struct FewRowsTests {
    /// Works alone, and counts what others might have been woken for.
    private final class CountingWorkers: Workers {
        let shared = Atomic<Int>(0)
        var parallelism: Int { 4 }

        func run(count: Int, _ job: @Sendable (Int) throws -> Void) throws {
            if count > 1 { shared.add(1, ordering: .relaxed) }
            for index in 0..<count { try job(index) }
        }
    }

    private let catalog = MemoryCatalog(tables: [
        MemoryTable(
            "t", [("k", .integer), ("a", .text)], rows: (0..<90).map { [.integer(Int64($0 % 7)), .text("\($0)")] },
            morselRows: 10)
    ])

    private func rows(_ plan: Plan, sharedRowsMin: Int?) throws -> (rows: [[Scalar]], shared: Int) {
        let workers = CountingWorkers()
        let engine =
            sharedRowsMin.map {
                LocalEngine(clock: SimulatedClock(), workers: workers, sharedRowsMin: $0)
            } ?? LocalEngine(clock: SimulatedClock(), workers: workers)
        let rows = try engine.run(plan, catalog: catalog, options: QueryOptions()).rows
        return (rows, workers.shared.load(ordering: .relaxed))
    }

    @Test func onlyManyAreSharedOut() throws {
        let scan = catalog.scan("t")
        let key = Expression.column(0, .integer)
        let sort = SortKey(expression: .column(1, .text), isDescending: true, nullsFirst: true)
        let most = Expression.call(.greater, [key, .literal(.integer(0), .integer)], .boolean)
        let output = [TableColumn(name: "k", type: .integer), TableColumn(name: "n", type: .integer)]
        let count = AggregateCall(function: .count, arguments: [.column(1, .text)], type: .integer)
        let groups = Plan.aggregate(scan, groups: [key], aggregates: [count], output: output)
        let plans: [Plan] = [
            .filter(scan, most), .sort(scan, [sort], limit: nil), .limit(scan, count: 85, offset: 0), groups,
            .aggregate(.union([scan]), groups: [key], aggregates: [count], output: output),
        ]
        for plan in plans {
            let few = try rows(plan, sharedRowsMin: nil)
            let many = try rows(plan, sharedRowsMin: 90)
            #expect(few.shared == 0 && many.shared > 0, "\(plan.shown)")
            #expect(few.rows == many.rows, "\(plan.shown)")
            #expect(try rows(plan, sharedRowsMin: 91).shared == 0, "\(plan.shown)")
        }
    }

    /// Of what headers answer nothing is shared out, however many rows they speak for; of the rest its rows count.
    @Test func whatHeadersAnswerIsNotSharedOut() throws {
        let (scan, key) = (catalog.scan("t"), Expression.column(0, .integer))
        let sum = AggregateCall(function: .sum, arguments: [key], type: .integer)
        let last = AggregateCall(function: .maximum, arguments: [key], type: .integer)
        let users = AggregateCall(
            function: .count, arguments: [.column(1, .text)], isDistinct: true, type: .integer)
        // Rows 0 to 9 have all numbers up to 6, as any ten of them.
        let most = Expression.call(.greater, [key, .literal(.integer(0), .integer)], .boolean)
        let all = Expression.call(.greater, [key, .literal(.integer(-1), .integer)], .boolean)
        let cases: [(Plan, [AggregateCall], Bool)] = [
            (scan, [sum, last], false), (.filter(scan, all), [sum, last], false),
            (scan, [sum, users], true), (.filter(scan, most), [sum, last], true),
        ]
        for (input, calls, isShared) in cases {
            let plan = Plan.aggregate(
                input, groups: [], aggregates: calls,
                output: calls.map { TableColumn(name: "c", type: $0.type) })
            let found = try rows(plan, sharedRowsMin: 90)
            #expect((found.shared > 0) == isShared, "\(plan.shown)")
            #expect(try found.rows == executor.rows(plan, catalog), "\(plan.shown)")
        }
    }
}
