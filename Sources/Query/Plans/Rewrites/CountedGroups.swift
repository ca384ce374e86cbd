import Columnar

extension Plan {
    // tests: each rewrite is held against the plan by itself.
    /// The plan with groups of which nothing counts but how many they are counted as the texts that make them, and one
    /// more where some are null: who only counts texts needs no row for each, and mostly no page. For plans that were
    /// answered from rollups where these know the groups.
    package func countingGroups() -> Plan {
        rewriteUp { node in
            guard case .aggregate(let input, let groups, let calls, let output) = node, groups.isEmpty, !calls.isEmpty,
                calls.allSatisfy({ $0.function == .countRows && $0.filter == nil }), let (rows, key) = input.countedKey
            else { return node }
            let counts = [
                AggregateCall(function: .count, arguments: [key], isDistinct: true, type: .integer),
                AggregateCall(function: .countRows, arguments: [], type: .integer),
                AggregateCall(function: .count, arguments: [key], type: .integer),
            ]
            let names = ["texts", "rows", "filled"].map { TableColumn(name: $0, type: .integer) }
            let (texts, all, filled) = (
                Expression.column(0, .integer), Expression.column(1, .integer), Expression.column(2, .integer)
            )
            let hasNull = ConditionalBranch(
                condition: .call(.greater, [all, filled], .boolean), value: .literal(.integer(1), .integer))
            let ofNull = Expression.conditional([hasNull], otherwise: .literal(.integer(0), .integer), .integer)
            return .project(
                .aggregate(rows, groups: [], aggregates: counts, output: names),
                calls.map { _ in .call(.add, [texts, ofNull], .integer) }, output: output)
        }
    }

    /// The rows, and the column of texts by which alone they are put into groups; nil for other plans.
    private var countedKey: (rows: Plan, key: Expression)? {
        switch self {
        case .aggregate(let input, let groups, let calls, _):
            guard calls.isEmpty, groups.count == 1, case .column(_, .text) = groups[0] else { return nil }
            return (input, groups[0])
        case .distinct(let input):
            let columns = input.output
            return columns.count == 1 && columns[0].type == .text ? (input, .column(0, .text)) : nil
        case .scan, .values, .filter, .project, .window, .sort, .limit, .join, .union: return nil
        }
    }
}
