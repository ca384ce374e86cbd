package import Columnar

extension WindowCall {
    /// The function in SQL-like text, without its window's partition and order.
    package func text(over columns: [TableColumn]) -> String {
        var values = arguments.map { $0.text(over: columns) }
        switch function {
        case .aggregate(.countRows): values = ["*"]
        case .aggregate(.stringAggregate(let separator)): values.append(separator.planText)
        case .aggregate(.approximatePercentile(let fractions, let asArray)):
            let list = fractions.map { "\($0)" }.joined(separator: ", ")
            values.append(asArray ? "{\(list)}" : list)
        default: break
        }
        let condition = filter.map { " FILTER (WHERE \($0.text(over: columns)))" } ?? ""
        let shown = function.looksAtFrame && frame != .standard ? " \(frame.text)" : ""
        return "\(function.name)(\(values.joined(separator: ", ")))\(condition)\(shown)"
    }
}

extension WindowFunction {
    /// The SQL name.
    package var name: String {
        switch self {
        case .rowNumber: "row_number"
        case .rank: "rank"
        case .denseRank: "dense_rank"
        case .percentRank: "percent_rank"
        case .cumulativeDistribution: "cume_dist"
        case .tile: "ntile"
        case .lag: "lag"
        case .lead: "lead"
        case .firstValue: "first_value"
        case .lastValue: "last_value"
        case .nthValue: "nth_value"
        case .aggregate(let function): function.name
        }
    }
}

extension WindowFrame {
    /// `ROWS BETWEEN 2 PRECEDING AND CURRENT ROW`
    var text: String {
        let unit =
            switch self.unit {
            case .rows: "ROWS"
            case .range: "RANGE"
            case .groups: "GROUPS"
            }
        return "\(unit) BETWEEN \(start.text) AND \(end.text)"
    }
}

extension WindowFrame.Bound {
    fileprivate var text: String {
        switch self {
        case .unboundedPreceding: "UNBOUNDED PRECEDING"
        case .preceding(let offset): "\(offset.planText) PRECEDING"
        case .currentRow: "CURRENT ROW"
        case .following(let offset): "\(offset.planText) FOLLOWING"
        case .unboundedFollowing: "UNBOUNDED FOLLOWING"
        }
    }
}
