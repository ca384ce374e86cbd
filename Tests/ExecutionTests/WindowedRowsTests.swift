import Columnar
import Execution
import Plans
import Synchronization
import Testing

/// The latest row of each conversation and its kin, over tables.
@Suite struct WindowedRowsTests {
    private static let columns: [(String, ColumnType)] = [
        ("conversation", .text), ("time", .timestamptz), ("content", .text), ("turn", .integer),
    ]
    private let order = [SortKey(expression: .column(1, .timestamptz), isDescending: true, nullsFirst: true)]

    private func table(_ count: Int, conversations: Int, morselRows: Int) -> MemoryTable {
        MemoryTable(
            "t", Self.columns,
            rows: (0..<count).map { row in
                [
                    .text("conversation \(row % conversations)"), .timestamptz(Int64(row)), .text("content \(row)"),
                    .integer(Int64(row)),
                ]
            }, morselRows: morselRows)
    }

    /// Rows with a number in their conversation, the latest first.
    private func window(_ catalog: MemoryCatalog, _ function: WindowFunction) -> Plan {
        let output = Self.columns.map { TableColumn(name: $0.0, type: $0.1) }
        return .window(
            catalog.scan("t"), partition: [.column(0, .text)], order: order,
            calls: [WindowCall(function: function, type: .integer)],
            output: output + [TableColumn(name: "n", type: .integer)])
    }

    /// Those whose number is one.
    private func latest(_ catalog: MemoryCatalog) -> Plan {
        let number = Expression.column(4, .integer)
        return .filter(
            window(catalog, .rowNumber), .call(.equal, [number, .literal(.integer(1), .integer)], .boolean))
    }

    /// Of ten morsels two columns are read, and all of the one that has the latest rows.
    @Test func whatIsNotWindowedIsReadOfTheRowsThatAreLeft() throws {
        let table = table(100, conversations: 4, morselRows: 10)
        let catalog = MemoryCatalog(tables: [table])
        let rows = try executor.run(latest(catalog), catalog: catalog, options: QueryOptions()).rows
        let expected: [[Scalar]] = (96..<100).map { row in
            [
                .text("conversation \(row % 4)"), .timestamptz(Int64(row)), .text("content \(row)"),
                .integer(Int64(row)), .integer(1),
            ]
        }
        #expect(rows == expected)
        // There all columns are, to be shown.
        #expect(table.reads.pagesRead.load(ordering: .relaxed) == 10 * 2 + 4)
    }

    /// Morsels of more rows than a chunk may have, as the newest rows come in.
    @Test func largeMorselsAreCut() throws {
        let count = Chunk.rowsMax + 10
        let catalog = MemoryCatalog(tables: [table(count, conversations: 3, morselRows: count)])
        let whole = Plan.window(
            catalog.scan("t"), partition: [.column(0, .text)], order: [],
            calls: [WindowCall(function: .aggregate(.countRows), type: .integer)],
            output: Self.columns.map { TableColumn(name: $0.0, type: $0.1) }
                + [TableColumn(name: "n", type: .integer)])
        let all = Expression.call(
            .greater, [.column(4, .integer), .literal(.integer(1), .integer)], .boolean)
        for plan in [whole, .filter(whole, all)] {
            let found = try executor.run(plan, catalog: catalog, options: QueryOptions())
            #expect(found.rowCount == count)
            #expect(found.chunks.allSatisfy { $0.rowCount <= Chunk.rowsMax })
        }
        #expect(try executor.run(latest(catalog), catalog: catalog, options: QueryOptions()).rowCount == 3)
    }

    /// What windows hold is booked, and given back with the answer.
    @Test func memoryIsBooked() throws {
        let catalog = MemoryCatalog(tables: [table(20_000, conversations: 500, morselRows: 5_000)])
        let number = Expression.column(4, .integer)
        let second = Plan.filter(
            window(catalog, .rowNumber), .call(.greater, [number, .literal(.integer(1), .integer)], .boolean))
        var options = QueryOptions()
        let peak = try executor.run(second, catalog: catalog, options: options).statistics.memoryPeakBytes
        // Conversations and times, and the group of each row.
        #expect(peak > 20_000 * 15)
        // Of the latest rows alone few are kept until all are read.
        let few = try executor.run(latest(catalog), catalog: catalog, options: options).statistics.memoryPeakBytes
        #expect(few < 20_000 * 15)
        options.memoryBudgetBytes = 20_000 * 10
        let error = #expect(throws: QueryError.self) {
            try executor.run(second, catalog: catalog, options: options)
        }
        #expect(error?.kind == .memoryExceeded)
    }

    /// Random tables under conditions on numbers of rows: which rows are let go of before all are read is seen in no
    /// answer.
    @Test(arguments: 1...8) func firstRowsAreThoseOfTheReference(part: Int) throws {
        for seed in part * 100..<part * 100 + 50 {
            var generator = PlanGenerator(seed: UInt64(seed))
            let rows = generator.rows(generator.pick([0, 1, 20, 200]))
            let plan = generator.firstRows()
            func catalog(_ morselRows: Int) -> MemoryCatalog {
                let table = MemoryTable("t", PlanGenerator.columns, rows: rows, morselRows: morselRows)
                return MemoryCatalog(tables: [table])
            }
            let expected = try Reference(catalog: catalog(1_000)).rows(plan)
            for morselRows in [1, 7, 1_000] {
                let catalog = catalog(morselRows)
                for (name, engine) in [("one thread", executor), ("two threads", sharing)] {
                    let isSame = try engine.rows(plan, catalog) == expected
                    #expect(isSame, "seed \(seed), morsels of \(morselRows), \(name)\n\(plan.shown)")
                }
            }
        }
    }

    /// Values of other rows by which these are ordered are taken from the order's key.
    @Test func valuesOfTheOrderAreThoseOfTheReference() throws {
        for seed in 1...60 {
            var generator = PlanGenerator(seed: UInt64(seed))
            let rows = generator.rows(generator.pick([1, 40, 150]))
            let place = generator.pick([0, 5, 6])
            let key = Expression.column(place, PlanGenerator.types[place])
            let distances = (0..<3).map { _ in
                Expression.literal(.integer(generator.pick([0, 1, 1, 2, -1])), .integer)
            }
            let functions = [WindowFunction.lag, .lead, .lag, .lag]
            let calls = zip(functions, distances + [.column(1, .integer)]).map {
                WindowCall(function: $0, arguments: [key, $1], type: key.type)
            }
            let order = SortKey(
                expression: key, isDescending: generator.chance(50), nullsFirst: generator.chance(50))
            func plan(_ catalog: MemoryCatalog) -> Plan {
                .window(
                    catalog.scan("t"), partition: generator.chance(50) ? [.column(2, .text)] : [], order: [order],
                    calls: calls,
                    output: PlanGenerator.output + calls.map { TableColumn(name: "c", type: $0.type) })
            }
            let table = MemoryTable("t", PlanGenerator.columns, rows: rows, morselRows: 16)
            let catalog = MemoryCatalog(tables: [table])
            let asked = plan(catalog)
            let expected = try Reference(catalog: catalog).rows(asked)
            for engine in [executor, sharing] {
                let isSame = try engine.rows(asked, catalog) == expected
                #expect(isSame, "seed \(seed)\n\(asked.shown)")
            }
        }
    }

    /// A number of parts, or of a row, that cannot be; where no row asks, nothing is refused.
    @Test func wrongNumbersAreRefused() throws {
        let zero = Expression.literal(.integer(0), .integer)
        let calls: [(WindowCall, QueryError.Kind)] = [
            (WindowCall(function: .tile, arguments: [zero], type: .integer), .invalidTiles),
            (WindowCall(function: .nthValue, arguments: [.column(3, .integer), zero], type: .integer), .invalidPlace),
        ]
        for (call, kind) in calls {
            for count in [0, 5] {
                let catalog = MemoryCatalog(tables: [table(count, conversations: 2, morselRows: 3)])
                let plan = Plan.window(
                    catalog.scan("t"), partition: [], order: order, calls: [call],
                    output: Self.columns.map { TableColumn(name: $0.0, type: $0.1) }
                        + [TableColumn(name: "n", type: .integer)])
                if count == 0 {
                    #expect(try executor.rows(plan, catalog).isEmpty)
                } else {
                    let error = #expect(throws: QueryError.self) { try executor.rows(plan, catalog) }
                    #expect(error?.kind == kind)
                }
            }
        }
    }
}
