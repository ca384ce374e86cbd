import Columnar
import Execution
import Plans
import Synchronization
import Testing

/// Rows of a stretch of time are found without reading when they were, whatever else is asked and in whatever order.
@Suite struct FoundRowsTests {
    // Of each test its own: what is read of it is counted.
    private let base = MemoryTable(
        "t", [("t", .timestamptz), ("s", .text), ("k", .integer)],
        rows: (0..<300).map { [.timestamptz(Int64($0)), .text("s-\($0 % 3)"), .integer(Int64($0))] },
        morselRows: 100)
    private var catalog: MemoryCatalog { MemoryCatalog(tables: [base]) }

    private static func time(_ function: ScalarFunction, _ time: Int64, isExchanged: Bool = false) -> Expression {
        let sides = [Expression.column(0, .timestamptz), .literal(.timestamptz(time), .timestamptz)]
        return .call(function, isExchanged ? sides.reversed() : sides, .boolean)
    }

    private static let isOne = Expression.call(
        .equal, [.column(1, .text), .literal(.text("s-1"), .text)], .boolean)

    /// The numbers of the rows that conditions leave, and how often a column of a piece was read for that.
    private func numbers(
        _ conditions: [Expression], usesSummaries: Bool = true
    ) throws -> (found: [Int64], reads: Int) {
        var plan = catalog.scan("t")
        for condition in conditions { plan = .filter(plan, condition) }
        let output = [TableColumn(name: "k", type: .integer)]
        plan = .project(plan, [.column(2, .integer)], output: output)
        var options = QueryOptions()
        options.usesSummaries = usesSummaries
        let before = base.reads.pagesRead.load(ordering: .relaxed)
        let rows = try executor.rows(plan, catalog, options: options)
        let found = rows.compactMap { if case .integer(let number) = $0[0] { number } else { nil } }
        return (found, base.reads.pagesRead.load(ordering: .relaxed) - before)
    }

    @Test func timesAreNotRead() throws {
        let from = Self.time(.greaterOrEqual, 150)
        // Of the second piece a part and of the third one all: the number of each.
        let late = try numbers([from])
        #expect(late.found == Array(150..<300) && late.reads == 2)
        let exchanged = try numbers([Self.time(.lessOrEqual, 150, isExchanged: true)])
        #expect(exchanged.found == late.found && exchanged.reads == 2)
        // A stretch within one piece, whichever condition comes first; a text is read for its rows alone.
        for conditions in [
            [from, Self.time(.less, 160), Self.isOne], [Self.isOne, Self.time(.less, 160), from],
        ] {
            let some = try numbers(conditions)
            #expect(some.found == [151, 154, 157] && some.reads == 2)
        }
        #expect(try numbers([Self.time(.equal, 42)]).found == [42])
        #expect(try numbers([Self.time(.greater, 42), Self.time(.less, 43)]).found == [])
        #expect(try numbers([Self.time(.less, .min)]).found == [])
    }

    @Test func theyAreThoseOfRowsOneByOne() throws {
        let functions: [ScalarFunction] = [.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual]
        for one in functions {
            for other in functions {
                for isExchanged in [false, true] {
                    let conditions = [Self.time(one, 120, isExchanged: isExchanged), Self.isOne, Self.time(other, 180)]
                    let found = try numbers(conditions).found
                    #expect(try found == numbers(conditions, usesSummaries: false).found, "\(one), \(other)")
                }
            }
        }
    }
}
