import Columnar
import Execution
import Plans
import Synchronization
import Testing

@Suite struct LocalEngineTests {
    private let catalog = MemoryCatalog(tables: [
        MemoryTable(
            "calls", [("model", .text), ("tokens", .integer), ("cost", .numeric(scale: 12))],
            rows: [
                [.text("gpt"), .integer(10), .numeric(1_000_000_000_000, scale: 12)],
                [.text("llama"), .integer(20), .numeric(0, scale: 12)],
                [.text("gpt"), .integer(30), .null],
                [.null, .null, .numeric(5, scale: 12)],
                [.text("llama"), .integer(5), .numeric(7, scale: 12)],
            ], morselRows: 2)
    ])

    private let model = Expression.column(0, .text)
    private let tokens = Expression.column(1, .integer)
    private let cost = Expression.column(2, .numeric(scale: 12))

    @Test func groupsSumsAndSorts() throws {
        let plan = Plan.sort(
            .aggregate(
                catalog.scan("calls"), groups: [model],
                aggregates: [
                    AggregateCall(function: .sum, arguments: [cost], type: .numeric(scale: 12)),
                    AggregateCall(function: .sum, arguments: [tokens], type: .numeric(scale: 0)),
                    AggregateCall(function: .countRows, arguments: [], type: .integer),
                    AggregateCall(function: .average, arguments: [tokens], type: .numeric(scale: 16)),
                    AggregateCall(function: .maximum, arguments: [tokens], type: .integer),
                ],
                output: ["model", "cost", "tokens", "calls", "mean", "most"].map { TableColumn(name: $0, type: .text) }),
            [SortKey(expression: .column(0, .text), isDescending: false, nullsFirst: false)], limit: nil)
        let rows = try executor.rows(plan, catalog)
        #expect(
            rows == [
                [
                    .text("gpt"), .numeric(1_000_000_000_000, scale: 12), .numeric(40, scale: 0), .integer(2),
                    .numeric(200_000_000_000_000_000, scale: 16), .integer(30),
                ].map { $0 },
                [
                    .text("llama"), .numeric(7, scale: 12), .numeric(25, scale: 0), .integer(2),
                    .numeric(125_000_000_000_000_000, scale: 16),
                    .integer(20),
                ],
                [.null, .numeric(5, scale: 12), .null, .integer(1), .null, .null],
            ])
    }

    /// What a plan of very many parts takes is booked while it runs; a usual one is nothing beside its answer.
    @Test func aLongPlanIsBooked() throws {
        func peak(parts: Int, budget: Int) throws -> Int {
            let constants = (0..<parts).map { Expression.literal(.integer(Int64($0)), .integer) }
            let plan = Plan.values(
                rows: [[.call(.greatest, constants, .integer)]], output: [TableColumn(name: "a", type: .integer)])
            var options = QueryOptions()
            options.memoryBudgetBytes = budget
            return try executor.run(plan, catalog: catalog, options: options).statistics.memoryPeakBytes
        }
        let error = #expect(throws: QueryError.self) { try peak(parts: 60_000, budget: 8 << 20) }
        #expect(error?.kind == .memoryExceeded)
        #expect(try peak(parts: 60_000, budget: 64 << 20) >= 60_000 * 100)
        #expect(try peak(parts: 10, budget: 64 << 10) < 64 << 10)
    }

    @Test func filtersProjectsAndLimits() throws {
        let plan = Plan.limit(
            .project(
                .filter(catalog.scan("calls"), .call(.greater, [tokens, .literal(.integer(5), .integer)], .boolean)),
                [.call(.multiply, [tokens, .literal(.integer(2), .integer)], .integer)],
                output: [TableColumn(name: "t", type: .integer)]),
            count: 2, offset: 1)
        #expect(try executor.rows(plan, catalog) == [[.integer(40)], [.integer(60)]])
    }

    @Test func ungroupedAggregatesOfNothingAnswerOneRow() throws {
        let plan = Plan.aggregate(
            .filter(catalog.scan("calls"), .literal(.boolean(false), .boolean)), groups: [],
            aggregates: [
                AggregateCall(function: .countRows, arguments: [], type: .integer),
                AggregateCall(function: .sum, arguments: [tokens], type: .numeric(scale: 0)),
            ], output: [TableColumn(name: "n", type: .integer), TableColumn(name: "s", type: .numeric(scale: 0))])
        #expect(try executor.rows(plan, catalog) == [[.integer(0), .null]])
    }

    @Test func maximumComesFromPageHeaders() throws {
        let plan = Plan.aggregate(
            catalog.scan("calls"), groups: [],
            aggregates: [
                AggregateCall(function: .maximum, arguments: [tokens], type: .integer),
                AggregateCall(function: .sum, arguments: [cost], type: .numeric(scale: 12)),
            ], output: [TableColumn(name: "n", type: .integer), TableColumn(name: "s", type: .numeric(scale: 12))])
        #expect(try executor.rows(plan, catalog) == [[.integer(30), .numeric(1_000_000_000_012, scale: 12)]])
        #expect(catalog.tables[0].reads.pagesRead.load(ordering: .relaxed) == 0)
    }
}
