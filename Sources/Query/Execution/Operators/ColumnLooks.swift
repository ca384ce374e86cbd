import Columnar
import Plans

/// At what of a plan's rows somebody looks who takes them.
struct ColumnLooks: Sendable {
    /// The columns that anything is asked of; in the others there may be anything.
    var columns: Set<Int>
    /// Those of texts of which nothing counts but which are equal, and which are null, see ``Morsel/keys(_:)``.
    var keys: Set<Int> = []

    /// At every column, as it is.
    static func all(of plan: Plan) -> ColumnLooks { ColumnLooks(columns: Set(0..<plan.outputCount)) }

    /// At the rows below a projection.
    func below(_ expressions: [Expression]) -> ColumnLooks {
        var below = ColumnLooks(columns: [])
        var values: Set<Int> = []
        for (place, expression) in expressions.enumerated() {
            expression.collectColumns(into: &below.columns)
            if case .column(let column, .text) = expression, keys.contains(place) || !columns.contains(place) {
                below.keys.insert(column)
            } else {
                expression.collectValues(into: &values)
            }
        }
        below.keys.subtract(values)
        return below
    }

    /// At the rows of which conditions leave those that are looked at.
    func below(conditions: [Expression]) -> ColumnLooks {
        var below = self
        var values: Set<Int> = []
        for condition in conditions {
            condition.collectColumns(into: &below.columns)
            condition.collectValues(into: &values)
        }
        below.keys.subtract(values)
        return below
    }

    /// At the rows below a window, whose first columns they are. Texts that only part them need only tell which are
    /// equal.
    func below(
        windowsOver partition: [Expression], order: [SortKey], _ calls: [WindowCall], inputCount: Int
    ) -> ColumnLooks {
        var below = ColumnLooks(columns: columns.filter { $0 < inputCount }, keys: keys.filter { $0 < inputCount })
        var values: Set<Int> = []
        for key in partition {
            key.collectColumns(into: &below.columns)
            if case .column(let column, .text) = key, keys.contains(column) || !columns.contains(column) {
                below.keys.insert(column)
            } else {
                key.collectValues(into: &values)
            }
        }
        for expression in order.map(\.expression) + calls.flatMap(\.expressions) {
            expression.collectColumns(into: &below.columns)
            expression.collectValues(into: &values)
        }
        below.keys.subtract(values)
        return below
    }

    /// At the rows of both sides of a join, by whose keys rows pair up. A pair of keys that are columns of texts of
    /// tables, and are looked at by nobody else, or as keys, need only tell which are equal.
    func below(
        joining left: Plan, _ leftKeys: [Expression], _ right: Plan, _ rightKeys: [Expression], residual: Expression?
    ) -> (left: ColumnLooks, right: ColumnLooks) {
        let leftCount = left.outputCount
        var values = columns.subtracting(keys)
        var all = columns
        residual?.collectValues(into: &values)
        residual?.collectColumns(into: &all)
        var sides = (left: ColumnLooks(columns: []), right: ColumnLooks(columns: []))
        var ofValues: (left: Set<Int>, right: Set<Int>) = ([], [])
        // order: sets are made of sets.
        for column in all {
            if column < leftCount {
                sides.left.columns.insert(column)
            } else {
                sides.right.columns.insert(column - leftCount)
                // The right side is kept as one chunk, with all texts of its dictionaries.
                ofValues.right.insert(column - leftCount)
            }
        }
        // order: likewise.
        for column in values where column < leftCount { ofValues.left.insert(column) }
        sides.left.keys = keys.filter { $0 < leftCount }
        for (leftKey, rightKey) in zip(leftKeys, rightKeys) {
            leftKey.collectColumns(into: &sides.left.columns)
            rightKey.collectColumns(into: &sides.right.columns)
            if case .column(_, .text) = leftKey, case .column(let column, .text) = rightKey, right.isOfTable(column) {
                continue
            }
            leftKey.collectValues(into: &ofValues.left)
            rightKey.collectValues(into: &ofValues.right)
        }
        for (leftKey, rightKey) in zip(leftKeys, rightKeys) {
            guard case .column(let ofLeft, .text) = leftKey, case .column(let ofRight, .text) = rightKey,
                !ofValues.left.contains(ofLeft), !ofValues.right.contains(ofRight)
            else { continue }
            sides.left.keys.insert(ofLeft)
            sides.right.keys.insert(ofRight)
        }
        sides.left.keys.subtract(ofValues.left)
        return sides
    }
}

extension Plan {
    /// Whether a column's values are those of a table's column, as they come from there.
    fileprivate func isOfTable(_ column: Int) -> Bool {
        switch self {
        case .scan: return true
        case .filter(let input, _), .distinct(let input): return input.isOfTable(column)
        case .project(let input, let expressions, _): return input.isOfTable(expressions[column])
        case .aggregate(let input, let groups, _, _):
            return column < groups.count && input.isOfTable(groups[column])
        case .values, .window, .sort, .limit, .join, .union: return false
        }
    }

    private func isOfTable(_ expression: Expression) -> Bool {
        if case .column(let column, _) = expression { isOfTable(column) } else { false }
    }
}
