package import Columnar

extension WindowCall {
    /// The function in SQL-like text, without its window's partition and order.
    package func text(over columns: [TableColumn]) -> String {
        let shown = function.looksAtFrame && frame != .standard ? " \(frame.text)" : ""
        if case .aggregate(let function) = function {
            let plain = AggregateCall(function: function, arguments: arguments, filter: filter, type: type)
            return plain.text(over: columns) + shown
        }
        return "\(function.name)(\(arguments.map { $0.text(over: columns) }.joined(separator: ", ")))\(shown)"
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
