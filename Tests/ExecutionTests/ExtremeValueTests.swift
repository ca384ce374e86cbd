import Columnar
import Execution
import Plans
import Testing

/// Every function, operator and cast over the ends of what its types hold: each gives a value or a typed error, as a
/// constant and as a column, in UTC and in a zone whose offset changes.
@Suite struct ExtremeValueTests {
    @Test(arguments: ScalarFunction.allCases)
    func functions(_ function: ScalarFunction) {
        let forms = Extremes.forms(of: function)
        #expect(!forms.isEmpty, "\(function) is called by nobody here")
        for (types, result) in forms {
            for arguments in Extremes.tuples(of: types) {
                expectAnswer(arguments, types) { .call(function, $0, result) }
            }
        }
    }

    @Test(arguments: Extremes.types)
    func casts(to type: ColumnType) {
        for source in Extremes.types {
            for value in Extremes.values(of: source) { expectAnswer([value], [source]) { .cast($0[0], type) } }
        }
    }

    @Test(arguments: Extremes.types)
    func aggregates(of type: ColumnType) {
        let all = Extremes.values(of: type)
        let values = stride(from: 0, to: all.count, by: all.count > 12 ? 7 : 1).map { all[$0] }
        let functions: [AggregateFunction] = [
            .count, .sum, .average, .minimum, .maximum, .standardDeviation, .variancePopulation, .arrayAggregate,
            .percentileContinuous([0, 0.3, 1], asArray: true), .percentileDiscrete([0.5], asArray: false),
            .approximatePercentile([0.5], asArray: false),
        ]
        for function in functions {
            for result in [type, .double, .numeric(scale: 6)] {
                for pair in values.flatMap({ first in values.map { [first, $0] } }) {
                    let catalog = MemoryCatalog(tables: [MemoryTable("t", [("c", type)], rows: pair.map { [$0] })])
                    let call = AggregateCall(function: function, arguments: [.column(0, type)], type: result)
                    let plan = Plan.aggregate(
                        catalog.scan("t"), groups: [], aggregates: [call],
                        output: [TableColumn(name: "r", type: result)])
                    expectState("\(function) of \(pair)") { _ = try executor.run(plan, catalog: catalog).rows }
                }
            }
        }
    }

    private func expectAnswer(_ arguments: [Scalar], _ types: [ColumnType], _ make: ([Expression]) -> Expression) {
        let constants = zip(arguments, types).map { Expression.literal($0, $1) }
        let columns = types.enumerated().map { Expression.column($0.offset, $0.element) }
        let named = types.enumerated().map { ("c\($0.offset)", $0.element) }
        let catalog = MemoryCatalog(tables: [MemoryTable("t", named, rows: [arguments, arguments])])
        expectState(arguments) { _ = try value(.cast(make(constants), .text)) }
        let plan = Plan.project(
            catalog.scan("t"), [make(columns)], output: [TableColumn(name: "r", type: make(columns).type)])
        expectState(arguments) { _ = try executor.run(plan, catalog: catalog).rendered(.json) }
        guard types.contains(where: { [.timestamptz, .timestamp, .date].contains($0) }) else { return }
        var options = QueryOptions()
        options.timeZone = "Europe/Berlin"
        expectState(arguments) {
            var result = try executor.run(plan, catalog: catalog, options: options)
            result.timeZone = "Europe/Berlin"
            _ = result.rendered(.json)
        }
    }

    private func expectState(_ what: @autoclosure () -> Any, _ run: () throws -> Void) {
        do {
            try run()
        } catch let error as QueryError {
            if error.kind == .damagedData { Issue.record("\(what()): \(error)") }
        } catch {
            Issue.record("\(what()): \(error)")
        }
    }
}
