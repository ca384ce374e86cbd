import Columnar
import Plans
import Testing

/// What every node and every expression must do alike, so that rewrites reach all parts.
@Suite struct WalkingTests {
    private let columns = ["a", "b"].map { TableColumn(name: $0, type: .integer) }
    private var scan: Plan { .scan(table: "x", columns: [0, 1], output: columns, predicates: []) }
    private let mark = Expression.column(0, .integer)
    private let placeholder = Expression.placeholder(.aggregate(3), .integer)

    /// One node of each kind that has expressions, all of them `expression`.
    private func nodes(_ expression: Expression) -> [Plan] {
        let key = SortKey(expression: expression, isDescending: false, nullsFirst: false)
        let call = AggregateCall(
            function: .arrayAggregate, arguments: [expression], filter: expression, order: [key],
            type: .array(.integer))
        return [
            .values(rows: [[expression], [expression]], output: [columns[0]]),
            .filter(scan, expression),
            .project(scan, [expression, expression], output: columns),
            .aggregate(scan, groups: [expression], aggregates: [call], output: columns),
            .window(
                scan, partition: [expression], order: [key],
                calls: [
                    WindowCall(
                        function: .aggregate(.count), arguments: [expression], filter: expression, type: .integer)
                ], output: columns + [columns[0]]),
            .sort(scan, [key], limit: 1),
            .join(
                left: scan, right: scan, kind: .left, leftKeys: [expression], rightKeys: [expression],
                residual: expression),
        ]
    }

    /// One expression of each kind that has others inside.
    private func expressions(_ inner: Expression) -> [Expression] {
        [
            .call(.negate, [inner], .integer), .cast(inner, .text), .oneOf(inner, [.integer(1)]),
            .conditional([ConditionalBranch(condition: mark, value: inner)], otherwise: nil, .integer),
            .conditional([ConditionalBranch(condition: inner, value: mark)], otherwise: nil, .integer),
            .conditional([ConditionalBranch(condition: mark, value: mark)], otherwise: inner, .integer),
            .scalarSubquery(.filter(scan, inner), .integer),
        ]
    }

    @Test func mappingReachesWhatIsListed() {
        for node in nodes(mark) {
            var seen = 0
            let mapped = node.mapExpressions { expression in
                seen += 1
                return expression == mark ? placeholder : expression
            }
            #expect(seen == node.expressions.count, "\(node)")
            #expect(mapped.expressions == node.expressions.map { _ in placeholder })
            #expect(node.mapExpressions { $0 } == node)
            #expect(node.mapInputs { $0 } == node)
            #expect(node.mapBelow { $0 } == node)
        }
    }

    @Test func placeholdersAreFoundWhereverTheyStand() {
        for node in nodes(mark) {
            #expect(!node.holdsPlaceholder)
            #expect(!Plan.limit(node, count: 1, offset: 0).holdsPlaceholder)
        }
        for inner in [placeholder] + expressions(placeholder) {
            #expect(inner.holdsPlaceholder)
            for node in nodes(inner) {
                #expect(node.holdsPlaceholder, "\(node)")
                #expect(Plan.distinct(.limit(node, count: 1, offset: 0)).holdsPlaceholder)
                #expect(Plan.union([scan, node]).holdsPlaceholder)
            }
        }
        for inner in expressions(mark) { #expect(!inner.holdsPlaceholder) }
    }

    /// A placeholder stands for a value that differs from row to row.
    @Test func placeholdersAreNoConstants() {
        #expect(ConstantFolding(timeZone: "UTC").fold(placeholder) == placeholder)
        let quotient = Expression.call(.divide, [.literal(.integer(1), .integer), placeholder], .integer)
        #expect(ConstantFolding(timeZone: "UTC").fold(quotient) == quotient)
        #expect(quotient.mayFail)
        #expect(!placeholder.mayFail)
        #expect(placeholder.columnsRead.isEmpty)
    }

    @Test func rewritingDownGoesOnUntilNothingChanges() {
        // A limit of a limit becomes one, from the root down, inside subqueries too.
        let three = Plan.limit(.limit(.limit(scan, count: 3, offset: 0), count: 2, offset: 0), count: 1, offset: 0)
        func merged(_ plan: Plan) -> Plan {
            plan.rewriteDown { node in
                guard case .limit(.limit(let input, let inner?, 0), let outer?, 0) = node else { return node }
                return .limit(input, count: min(inner, outer), offset: 0)
            }
        }
        let one = Plan.limit(scan, count: 1, offset: 0)
        #expect(merged(three) == one)
        #expect(merged(.distinct(three)) == .distinct(one))
        let asking = Plan.filter(scan, .scalarSubquery(three, .integer))
        #expect(merged(asking) == .filter(scan, .scalarSubquery(one, .integer)))
        #expect(asking.mapSubqueries { _ in one } == .filter(scan, .scalarSubquery(one, .integer)))
    }
}
