import Columnar
import Plans
import Testing

/// What may pass a window: whole partitions, and no row of one by itself.
@Suite struct WindowRewriteTests {
    private let columns = [("a", ColumnType.text), ("b", .integer), ("d", .double)].map {
        TableColumn(name: $0.0, type: $0.1)
    }
    private var scan: Plan { .scan(table: "x", columns: [0, 1, 2], output: columns, predicates: []) }

    private func window(_ input: Plan, by partition: [Expression]) -> Plan {
        .window(
            input, partition: partition,
            order: [SortKey(expression: .column(1, .integer), isDescending: false, nullsFirst: false)],
            calls: [
                WindowCall(function: .rowNumber, type: .integer),
                WindowCall(
                    function: .lag, arguments: [.column(2, .double), .literal(.integer(1), .integer)], type: .double),
            ],
            output: columns
                + [TableColumn(name: "n", type: .integer), TableColumn(name: "before", type: .double)])
    }

    private func equals(_ column: Int, _ type: ColumnType, _ value: Scalar) -> Expression {
        .call(.equal, [.column(column, type), .literal(value, type)], .boolean)
    }

    @Test func conditionsOfPartitionsGoBelow() {
        let partition = [Expression.column(0, .text), .column(2, .double)]
        let ofPartition = equals(0, .text, .text("web"))
        let others = [
            equals(1, .integer, .integer(2)), equals(3, .integer, .integer(1)),
            // Zeros with and without a sign are of one partition, and not the same to everybody.
            equals(2, .double, .double(0)),
        ]
        #expect(
            Plan.filter(window(scan, by: partition), ofPartition).pushingFiltersDown()
                == window(.filter(scan, ofPartition), by: partition))
        for other in others {
            let plan = Plan.filter(window(scan, by: partition), other)
            #expect(plan.pushingFiltersDown() == plan)
        }
        let computed = [Expression.call(.upper, [.column(0, .text)], .text)]
        let plan = Plan.filter(window(scan, by: computed), ofPartition)
        #expect(plan.pushingFiltersDown() == plan)
        let apart = Plan.filter(window(scan, by: []), ofPartition)
        #expect(apart.pushingFiltersDown() == apart)
    }

    @Test func columnsThatNobodyReadsAreLeftOut() {
        let whole = window(scan, by: [.column(0, .text)])
        let number = Plan.project(whole, [.column(3, .integer)], output: [TableColumn(name: "n", type: .integer)])
        let pruned = Plan.project(
            .window(
                .scan(table: "x", columns: [0, 1], output: Array(columns.prefix(2)), predicates: []),
                partition: [.column(0, .text)],
                order: [SortKey(expression: .column(1, .integer), isDescending: false, nullsFirst: false)],
                calls: [WindowCall(function: .rowNumber, type: .integer)],
                output: columns.prefix(2) + [TableColumn(name: "n", type: .integer)]),
            [.column(2, .integer)], output: [TableColumn(name: "n", type: .integer)])
        #expect(number.pruningColumns() == pruned)
        // Without its functions nothing is left of a window.
        let plain = Plan.project(whole, [.column(1, .integer)], output: [columns[1]])
        #expect(
            plain.pruningColumns()
                == .project(
                    .scan(table: "x", columns: [1], output: [columns[1]], predicates: []), [.column(0, .integer)],
                    output: [columns[1]]))
    }

    /// Of rows of which nothing counts but that they come first there is one for each partition, whatever the order.
    @Test func whoCountsFirstRowsAsksForNoOrder() {
        let partition = [Expression.column(0, .text), .column(1, .integer)]
        let counted = TableColumn(name: "count", type: .integer)
        let count = AggregateCall(function: .countRows, arguments: [], type: .integer)
        func counting(_ input: Plan) -> Plan {
            .aggregate(input, groups: [], aggregates: [count], output: [counted])
        }
        func bound(_ function: ScalarFunction, _ value: Int64, mirrored: Bool = false) -> Expression {
            let sides: [Expression] = [.column(3, .integer), .literal(.integer(value), .integer)]
            return .call(function, mirrored ? sides.reversed() : sides, .boolean)
        }
        let groups = ["partition", "partition"].enumerated().map {
            TableColumn(name: $0.element, type: partition[$0.offset].type)
        }
        let two = Plan.scan(table: "x", columns: [0, 1], output: Array(columns.prefix(2)), predicates: [])
        let firsts = Plan.aggregate(two, groups: partition, aggregates: [], output: groups)
        let conditions = [
            bound(.equal, 1), bound(.lessOrEqual, 1), bound(.less, 2), bound(.equal, 1, mirrored: true),
            bound(.greater, 2, mirrored: true),
        ]
        for condition in conditions {
            let plan = counting(.filter(window(scan, by: partition), condition))
            #expect(plan.pruningColumns() == counting(firsts))
        }
        let none = Plan.scan(table: "x", columns: [], output: [], predicates: [])
        #expect(
            counting(.filter(window(scan, by: []), conditions[0])).pruningColumns()
                == counting(.limit(none, count: 1, offset: 0)))
        // The number itself is known.
        let number = TableColumn(name: "n", type: .integer)
        let shown = Plan.project(
            .filter(window(scan, by: partition), conditions[0]), [.column(3, .integer)], output: [number])
        #expect(
            shown.pruningColumns()
                == .project(
                    .project(firsts, [.literal(.integer(1), .integer)], output: [number]), [.column(0, .integer)],
                    output: [number]))
        // Others ask which rows they are, or how many there are of each partition.
        let others = [
            bound(.lessOrEqual, 2), bound(.equal, 2), bound(.less, 1), bound(.greaterOrEqual, 1), bound(.notEqual, 1),
            .call(.and, [conditions[0], equals(1, .integer, .integer(2))], .boolean),
        ]
        for condition in others {
            guard case .aggregate(.filter(.window, _), _, _, _) = counting(
                .filter(window(scan, by: partition), condition)
            ).pruningColumns() else {
                Issue.record("no window is left")
                continue
            }
        }
    }

    /// Groups that are only counted are the texts that make them, and one more where some rows have none.
    @Test func countedGroupsAreTexts() {
        let text = Expression.column(0, .text)
        let counted = TableColumn(name: "count", type: .integer)
        let count = AggregateCall(function: .countRows, arguments: [], type: .integer)
        func counting(_ input: Plan, _ call: AggregateCall) -> Plan {
            .aggregate(input, groups: [], aggregates: [call], output: [counted])
        }
        let groups = Plan.aggregate(scan, groups: [text], aggregates: [], output: [columns[0]])
        let one = Plan.project(scan, [text], output: [columns[0]])
        for (plan, rows) in [(groups, scan), (.distinct(one), one)] {
            guard
                case .project(.aggregate(let input, let none, let calls, _), let results, let output) =
                    counting(plan, count).countingGroups()
            else {
                Issue.record("groups are still made")
                continue
            }
            #expect(input == rows && none.isEmpty && output == [counted] && results.count == 1)
            #expect(calls.map(\.function) == [.count, .countRows, .count])
            #expect(calls.map(\.isDistinct) == [true, false, false])
            #expect(calls.map(\.arguments) == [[text], [], [text]])
        }
        var filtered = count
        filtered.filter = .call(.isNotNull, [text], .boolean)
        let largest = AggregateCall(function: .maximum, arguments: [text], type: .text)
        let whole = Plan.aggregate(
            scan, groups: [text], aggregates: [largest], output: [columns[0], columns[0]])
        let numbers = Plan.aggregate(
            scan, groups: [.column(1, .integer)], aggregates: [], output: [columns[1]])
        for plan in [
            counting(groups, filtered), counting(groups, largest), counting(whole, count), counting(numbers, count),
            counting(.distinct(scan), count), counting(scan, count),
        ] { #expect(plan.countingGroups() == plan) }
    }

    /// A limit cuts what comes out, and no row that a function looks at.
    @Test func limitsStayAbove() {
        let sorted = Plan.sort(scan, [], limit: nil)
        let plan = Plan.limit(window(sorted, by: []), count: 1, offset: 0)
        #expect(plan.limitingSorts() == plan)
    }
}
