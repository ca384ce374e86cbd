import Columnar

extension Plan {
    // tests: each rewrite is held against the plan by itself.
    /// The plan with each scan told which simple conditions the filters right above it demand, so that zone maps can
    /// skip. The filters stay. Run it after scalar subqueries were replaced by their values: only constants can refute
    /// a page.
    package func derivingPredicates(timeZone: String, within options: QueryOptions = QueryOptions()) -> Plan {
        let arithmetic = ScalarArithmetic(timeZone: timeZone)
        return rewriteUp { node in
            guard case .filter(let input, let condition) = node else { return node }
            return .filter(input.told(condition.conjuncts, arithmetic, options), condition)
        }
    }

    /// Hands conditions over this plan's output down to the scan below, through nodes that keep rows as they are.
    private func told(_ conditions: [Expression], _ arithmetic: ScalarArithmetic, _ options: QueryOptions) -> Plan {
        if conditions.isEmpty || options.isOver { return self }
        switch self {
        case .scan(let table, let columns, let output, let known):
            var predicates = known
            var told = Set(known)
            for condition in conditions {
                let plain = columnPredicate(condition, arithmetic).map { [$0] }
                for predicate in plain ?? truncatedTimePredicates(condition) where predicate.column < columns.count {
                    let derived = ColumnPredicate(column: columns[predicate.column], comparison: predicate.comparison)
                    if told.insert(derived).inserted { predicates.append(derived) }
                }
            }
            return .scan(table: table, columns: columns, output: output, predicates: predicates)
        case .filter(let input, let condition):
            return .filter(input.told(conditions, arithmetic, options), condition)
        case .project(let input, let expressions, let output):
            var growth = SubstitutionGrowth(expressions)
            let below = conditions.compactMap { condition in
                let isKnown = condition.columnsRead.allSatisfy { $0 < expressions.count } && growth.admits(condition)
                return isKnown ? condition.substituting(expressions) : nil
            }
            return .project(input.told(below, arithmetic, options), expressions, output: output)
        case .values, .aggregate, .window, .distinct, .sort, .limit, .join, .union:
            return self
        }
    }
}

/// The condition as `column comparison constant`, if it has that form.
private func columnPredicate(_ condition: Expression, _ arithmetic: ScalarArithmetic) -> ColumnPredicate? {
    switch condition {
    case .column(let index, .boolean):
        return ColumnPredicate(column: index, comparison: .equal(.boolean(true)))
    case .call(.not, let arguments, _):
        guard case .column(let index, .boolean)? = arguments.first else { return nil }
        return ColumnPredicate(column: index, comparison: .equal(.boolean(false)))
    case .call(.isNull, let arguments, _):
        guard case .column(let index, _)? = arguments.first else { return nil }
        return ColumnPredicate(column: index, comparison: .isNull)
    case .call(.isNotNull, let arguments, _):
        guard case .column(let index, _)? = arguments.first else { return nil }
        return ColumnPredicate(column: index, comparison: .isNotNull)
    case .oneOf(let value, let constants):
        guard case .column(let index, let type) = value else { return nil }
        let typed = constants.compactMap { arithmetic.cast($0, to: type) }
        return typed.count == constants.count ? ColumnPredicate(column: index, comparison: .oneOf(typed)) : nil
    case .call(let function, let arguments, _):
        guard arguments.count == 2 else { return nil }
        if case .column(let index, let type) = arguments[0], let constant = arguments[1].constant {
            return comparison(function, constant, type, arithmetic).map {
                ColumnPredicate(column: index, comparison: $0)
            }
        }
        if case .column(let index, let type) = arguments[1], let constant = arguments[0].constant,
            let mirrored = function.mirrored
        {
            return comparison(mirrored, constant, type, arithmetic).map {
                ColumnPredicate(column: index, comparison: $0)
            }
        }
        return nil
    case .column, .literal, .cast, .conditional, .scalarSubquery, .placeholder:
        return nil
    }
}

private func comparison(
    _ function: ScalarFunction, _ constant: Scalar, _ type: ColumnType, _ arithmetic: ScalarArithmetic
) -> ColumnPredicate.Comparison? {
    guard !constant.isNull, let value = arithmetic.cast(constant, to: type) else { return nil }
    switch function {
    case .equal: return .equal(value)
    case .notEqual: return .notEqual(value)
    case .less: return .less(value)
    case .lessOrEqual: return .lessOrEqual(value)
    case .greater: return .greater(value)
    case .greaterOrEqual: return .greaterOrEqual(value)
    default: return nil
    }
}

extension ScalarFunction {
    /// The comparison that says the same with its sides exchanged; nil for other functions.
    var mirrored: ScalarFunction? {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        default: nil
        }
    }
}
