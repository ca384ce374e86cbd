import Columnar

/// An aggregation straight over the rows of one table: its expressions in terms of what the scan reads, projections
/// looked through.
struct AggregateSource {
    let table: String
    /// The scan itself, to read rows where no rollup can stand for them.
    let scan: Plan
    /// What the scan reads.
    let columns: [TableColumn]
    /// All must hold, in this order.
    let conditions: [Expression]
    let groups: [Expression]
    let calls: [AggregateCall]
    let output: [TableColumn]

    /// nil for other nodes, and where something else than filters and projections lies between.
    init?(_ plan: Plan) {
        guard case .aggregate(let input, let groups, let calls, let output) = plan, let rows = Self.rows(input) else {
            return nil
        }
        guard case .scan(let table, _, let columns, _) = rows.scan else { return nil }
        self.table = table
        self.columns = columns
        scan = rows.scan
        conditions = rows.conditions
        self.groups = groups.map { $0.substituting(rows.expressions) }
        self.calls = calls.map { call in call.mapExpressions { $0.substituting(rows.expressions) } }
        self.output = output
    }

    private struct Rows {
        var scan: Plan
        var conditions: [Expression]
        var expressions: [Expression]
    }

    private static func rows(_ plan: Plan) -> Rows? {
        switch plan {
        case .scan(_, _, let output, _):
            return Rows(
                scan: plan, conditions: [], expressions: output.enumerated().map { .column($0.offset, $0.element.type) }
            )
        case .filter(let input, let condition):
            guard var rows = rows(input) else { return nil }
            rows.conditions += condition.substituting(rows.expressions).conjuncts
            return rows
        case .project(let input, let expressions, _):
            guard var rows = rows(input) else { return nil }
            rows.expressions = expressions.map { $0.substituting(rows.expressions) }
            return rows
        case .values, .aggregate, .window, .distinct, .sort, .limit, .join, .union:
            return nil
        }
    }
}
