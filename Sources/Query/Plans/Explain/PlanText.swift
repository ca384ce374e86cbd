import Columnar

extension Plan {
    /// The plan as EXPLAIN shows it: a line a node, inputs indented below, subqueries under the node that needs their
    /// value.
    ///
    /// `notes` adds what is known of a node, by its number in reading order (the root is 0, subqueries before inputs):
    /// the engine says there what running it took.
    package func explained(notes: (_ node: Int) -> [String] = { _ in [] }) -> [String] {
        var lines: [String] = []
        var number = 0
        explain(depth: 0, number: &number, notes: notes, into: &lines)
        return lines
    }

    private func explain(depth: Int, number: inout Int, notes: (Int) -> [String], into lines: inout [String]) {
        let indent = String(repeating: "  ", count: depth)
        lines.append(indent + headline)
        let details = detailLines + notes(number)
        lines += details.map { indent + "    " + $0 }
        number += 1
        for subquery in subqueries {
            lines.append(indent + "    subquery")
            subquery.explain(depth: depth + 3, number: &number, notes: notes, into: &lines)
        }
        for input in inputs { input.explain(depth: depth + 1, number: &number, notes: notes, into: &lines) }
    }

    private var headline: String {
        switch self {
        case .scan(let table, let columns, let output, _):
            return "Scan \(table)" + (columns.isEmpty ? "" : ": " + names(output))
        case .values(let rows, _):
            return "Values, \(rows.count) row" + (rows.count == 1 ? "" : "s")
        case .filter(let input, let condition):
            return "Filter \(condition.text(over: input.output))"
        case .project(let input, let expressions, let output):
            let items = zip(expressions, output).map { expression, column in
                let text = expression.text(over: input.output)
                return text == column.name ? text : "\(text) AS \(column.name)"
            }
            return "Project " + items.joined(separator: ", ")
        case .aggregate(let input, let groups, let aggregates, _):
            let by = groups.map { $0.text(over: input.output) }
            let calls = aggregates.map { $0.text(over: input.output) }
            return ["Aggregate", calls.joined(separator: ", "), by.isEmpty ? "" : "by " + by.joined(separator: ", ")]
                .filter { !$0.isEmpty }.joined(separator: " ")
        case .window(let input, let partition, let order, let calls, _):
            let columns = input.output
            let by = partition.map { $0.text(over: columns) }.joined(separator: ", ")
            let keys = order.map { $0.text(over: columns) }.joined(separator: ", ")
            return [
                "Window", calls.map { $0.text(over: columns) }.joined(separator: ", "),
                by.isEmpty ? "" : "by \(by)", keys.isEmpty ? "" : "in order of \(keys)",
            ]
            .filter { !$0.isEmpty }.joined(separator: " ")
        case .distinct:
            return "Distinct"
        case .sort(let input, let keys, let limit):
            let by = keys.map { $0.text(over: input.output) }.joined(separator: ", ")
            return "Sort \(by)" + (limit.map { ", first \($0)" } ?? "")
        case .limit(_, let count, let offset):
            return "Limit" + (count.map { " \($0)" } ?? "") + (offset > 0 ? " offset \(offset)" : "")
        case .join(let left, let right, let kind, let leftKeys, let rightKeys, let residual):
            let keys = zip(leftKeys, rightKeys).map { "\($0.text(over: left.output)) = \($1.text(over: right.output))" }
            let name =
                switch kind {
                case .inner: "Inner join"
                case .left: "Left join"
                case .cross: "Cross join"
                }
            let rest = residual.map { $0.text(over: output) }
            return [
                name, keys.isEmpty ? "" : "on " + keys.joined(separator: " AND "), rest.map { "where \($0)" } ?? "",
            ]
            .filter { !$0.isEmpty }.joined(separator: " ")
        case .union:
            return "Union all"
        }
    }

    private var detailLines: [String] {
        guard case .scan(_, let columns, let output, let predicates) = self, !predicates.isEmpty else { return [] }
        let texts = predicates.map { predicate in
            let place = columns.firstIndex(of: predicate.column)
            return predicate.comparison.text(for: place.map { output[$0].name } ?? "#\(predicate.column)")
        }
        return ["skips by " + texts.joined(separator: ", ")]
    }

    private var subqueries: [Plan] {
        var found: [Plan] = []
        _ = mapExpressions { expression in
            expression.mapSubqueries { plan in
                found.append(plan)
                return plan
            }
        }
        return found
    }

    private func names(_ columns: [TableColumn]) -> String { columns.map(\.name).joined(separator: ", ") }
}

extension ColumnPredicate.Comparison {
    fileprivate func text(for name: String) -> String {
        switch self {
        case .equal(let value): "\(name) = \(value.planText)"
        case .notEqual(let value): "\(name) <> \(value.planText)"
        case .less(let value): "\(name) < \(value.planText)"
        case .lessOrEqual(let value): "\(name) <= \(value.planText)"
        case .greater(let value): "\(name) > \(value.planText)"
        case .greaterOrEqual(let value): "\(name) >= \(value.planText)"
        case .oneOf(let values): "\(name) IN (\(values.map(\.planText).joined(separator: ", ")))"
        case .isNull: "\(name) IS NULL"
        case .isNotNull: "\(name) IS NOT NULL"
        }
    }
}
