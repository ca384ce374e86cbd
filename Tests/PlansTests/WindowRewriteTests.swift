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

    /// A limit cuts what comes out, and no row that a function looks at.
    @Test func limitsStayAbove() {
        let sorted = Plan.sort(scan, [], limit: nil)
        let plan = Plan.limit(window(sorted, by: []), count: 1, offset: 0)
        #expect(plan.limitingSorts() == plan)
    }
}
