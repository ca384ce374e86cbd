package import Columnar

extension Expression {
    /// The expression in SQL-like text over the names of its input's columns. Columns out of range show as `#index`.
    package func text(over columns: [TableColumn]) -> String {
        switch self {
        case .column(let index, _):
            return columns.indices.contains(index) ? columns[index].name : "#\(index)"
        case .literal(let value, _):
            return value.planText
        case .cast(let inner, let type):
            return "\(inner.operandText(over: columns))::\(type.sqlName)"
        case .oneOf(let inner, let constants):
            return "\(inner.operandText(over: columns)) IN (\(constants.map(\.planText).joined(separator: ", ")))"
        case .conditional(let branches, let otherwise, _):
            let whens = branches.map { "WHEN \($0.condition.text(over: columns)) THEN \($0.value.text(over: columns))" }
            let last = otherwise.map { " ELSE \($0.text(over: columns))" } ?? ""
            return "CASE \(whens.joined(separator: " "))\(last) END"
        case .scalarSubquery:
            return "(subquery)"
        case .placeholder(.outer(let place), _):
            return "#outer\(place)"
        case .placeholder(.window(let place), _):
            return "#window\(place)"
        case .placeholder(.aggregate(let place), _):
            return "#aggregate\(place)"
        case .call(let function, let arguments, _):
            return callText(function, arguments, columns)
        }
    }

    private func callText(_ function: ScalarFunction, _ arguments: [Expression], _ columns: [TableColumn]) -> String {
        let texts = arguments.map { $0.operandText(over: columns) }
        if let symbol = function.infixSymbol, texts.count >= 2 { return texts.joined(separator: " \(symbol) ") }
        switch function {
        case .not: return "NOT \(texts.joined())"
        case .negate: return "-\(texts.joined())"
        case .isNull: return "\(texts.joined()) IS NULL"
        case .isNotNull: return "\(texts.joined()) IS NOT NULL"
        case .isTrue: return "\(texts.joined()) IS TRUE"
        case .isFalse: return "\(texts.joined()) IS FALSE"
        case .isNotTrue: return "\(texts.joined()) IS NOT TRUE"
        case .isNotFalse: return "\(texts.joined()) IS NOT FALSE"
        default: return "\(function.rawValue)(\(arguments.map { $0.text(over: columns) }.joined(separator: ", ")))"
        }
    }

    /// In parentheses where an operator around it could be misread.
    private func operandText(over columns: [TableColumn]) -> String {
        let plain = text(over: columns)
        switch self {
        case .call(let function, _, _) where function.infixSymbol != nil || function == .not: return "(\(plain))"
        case .oneOf: return "(\(plain))"
        case .column, .literal, .call, .cast, .conditional, .scalarSubquery, .placeholder: return plain
        }
    }
}

extension ScalarFunction {
    fileprivate var infixSymbol: String? {
        switch self {
        case .and: "AND"
        case .or: "OR"
        case .isDistinctFrom: "IS DISTINCT FROM"
        case .isNotDistinctFrom: "IS NOT DISTINCT FROM"
        case .equal: "="
        case .notEqual: "<>"
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .add: "+"
        case .subtract: "-"
        case .multiply: "*"
        case .divide: "/"
        case .modulo: "%"
        case .power: "^"
        case .concatenate: "||"
        case .regexMatch: "~"
        case .regexMatchInsensitive: "~*"
        case .jsonText: "->>"
        case .jsonField: "->"
        default: nil
        }
    }
}

extension AggregateCall {
    /// The aggregate in SQL-like text.
    package func text(over columns: [TableColumn]) -> String {
        let distinct = isDistinct ? "DISTINCT " : ""
        var values = arguments.map { $0.text(over: columns) }
        var within = ""
        let keys = order.map { $0.text(over: columns) }.joined(separator: ", ")
        switch function {
        case .countRows: values = ["*"]
        case .percentileContinuous(let fractions, let asArray), .percentileDiscrete(let fractions, let asArray):
            values = [fractionText(fractions, asArray)]
            within = " WITHIN GROUP (ORDER BY \(keys))"
        case .approximatePercentile(let fractions, let asArray): values.append(fractionText(fractions, asArray))
        case .stringAggregate(let separator): values.append(separator.planText)
        default: break
        }
        let ordered = within.isEmpty && !keys.isEmpty ? " ORDER BY \(keys)" : ""
        let condition = filter.map { " FILTER (WHERE \($0.text(over: columns)))" } ?? ""
        return "\(function.name)(\(distinct)\(values.joined(separator: ", "))\(ordered))\(within)\(condition)"
    }

    private func fractionText(_ fractions: [Double], _ asArray: Bool) -> String {
        let list = fractions.map { "\($0)" }.joined(separator: ", ")
        return asArray ? "{\(list)}" : list
    }
}

extension SortKey {
    /// `c DESC`, with NULLS named only where they differ from the default (last ascending, first descending).
    package func text(over columns: [TableColumn]) -> String {
        let nulls = nullsFirst == isDescending ? "" : (nullsFirst ? " NULLS FIRST" : " NULLS LAST")
        return expression.text(over: columns) + (isDescending ? " DESC" : "") + nulls
    }
}

extension AggregateFunction {
    /// The SQL name.
    package var name: String {
        switch self {
        case .countRows, .count: "count"
        case .sum: "sum"
        case .average: "avg"
        case .minimum: "min"
        case .maximum: "max"
        case .booleanAnd: "bool_and"
        case .booleanOr: "bool_or"
        case .standardDeviation: "stddev_samp"
        case .standardDeviationPopulation: "stddev_pop"
        case .variance: "var_samp"
        case .variancePopulation: "var_pop"
        case .percentileContinuous: "percentile_cont"
        case .percentileDiscrete: "percentile_disc"
        case .approximatePercentile: "approx_percentile"
        case .stringAggregate: "string_agg"
        case .arrayAggregate: "array_agg"
        case .mergedCount: "merged_count"
        case .mergedAverage: "merged_avg"
        case .mergedHistogram: "merged_histogram"
        }
    }
}
