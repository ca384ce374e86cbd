package import Columnar

extension Expression {
    /// The expressions directly inside this one; subqueries are plans and not among them.
    package var children: [Expression] {
        switch self {
        case .column, .literal, .scalarSubquery, .placeholder: []
        case .call(_, let arguments, _): arguments
        case .cast(let inner, _), .oneOf(let inner, _): [inner]
        case .conditional(let branches, let otherwise, _):
            branches.flatMap { [$0.condition, $0.value] } + (otherwise.map { [$0] } ?? [])
        }
    }

    /// The same expression with each direct child replaced.
    package func mapChildren<Failure: Error>(_ transform: (Expression) throws(Failure) -> Expression) throws(Failure)
        -> Expression
    {
        switch self {
        case .column, .literal, .scalarSubquery, .placeholder:
            return self
        case .call(let function, let arguments, let type):
            return .call(function, try mapAll(arguments, transform), type)
        case .cast(let inner, let type):
            return .cast(try transform(inner), type)
        case .oneOf(let inner, let constants):
            return .oneOf(try transform(inner), constants)
        case .conditional(let branches, let otherwise, let type):
            var mapped: [ConditionalBranch] = []
            for branch in branches {
                mapped.append(
                    ConditionalBranch(condition: try transform(branch.condition), value: try transform(branch.value)))
            }
            var last: Expression?
            if let otherwise { last = try transform(otherwise) }
            return .conditional(mapped, otherwise: last, type)
        }
    }

    /// Adds the input columns that this expression reads. O(size).
    package func collectColumns(into columns: inout Set<Int>) {
        if case .column(let index, _) = self { columns.insert(index) }
        for child in children { child.collectColumns(into: &columns) }
    }

    /// The input columns that this expression reads.
    package var columnsRead: Set<Int> {
        var columns: Set<Int> = []
        collectColumns(into: &columns)
        return columns
    }

    /// The same expression over other column numbers.
    func renumbered(_ newIndex: (Int) -> Int) -> Expression {
        if case .column(let index, let type) = self { return .column(newIndex(index), type) }
        return mapChildren { $0.renumbered(newIndex) }
    }

    /// The same expression with each column replaced by the expression that computes it.
    package func substituting(_ columns: [Expression]) -> Expression {
        if case .column(let index, _) = self { return columns[index] }
        return mapChildren { $0.substituting(columns) }
    }

    /// The constant this is, if it is one.
    package var constant: Scalar? {
        if case .literal(let value, _) = self { return value }
        return nil
    }

    /// The conditions that all must hold: the flattened arguments of nested `and`.
    package var conjuncts: [Expression] {
        if case .call(.and, let arguments, _) = self { return arguments.flatMap(\.conjuncts) }
        return [self]
    }

    /// One condition of many that all must hold; nil for none.
    package static func conjunction(_ conditions: [Expression]) -> Expression? {
        guard let first = conditions.first else { return nil }
        return conditions.count == 1 ? first : .call(.and, conditions, .boolean)
    }

    /// Whether a scalar subquery occurs anywhere inside.
    var containsSubquery: Bool {
        if case .scalarSubquery = self { return true }
        return children.contains(where: \.containsSubquery)
    }

    /// Whether a placeholder occurs anywhere inside, plans of subqueries included.
    package var holdsPlaceholder: Bool {
        switch self {
        case .placeholder: true
        case .scalarSubquery(let plan, _): plan.holdsPlaceholder
        case .column, .literal, .call, .cast, .conditional, .oneOf: children.contains(where: \.holdsPlaceholder)
        }
    }

    /// Whether the value may differ from row to row.
    package var readsRow: Bool {
        switch self {
        case .column, .placeholder: true
        case .literal, .scalarSubquery: false
        case .call, .cast, .conditional, .oneOf: children.contains(where: \.readsRow)
        }
    }

    /// Whether it is computed, and of constants alone: its value, or that there is none, is known before any row is.
    package var isOfConstants: Bool {
        switch self {
        case .literal, .column, .scalarSubquery, .placeholder: false
        case .call, .cast, .conditional, .oneOf:
            children.allSatisfy { child in
                if case .literal = child { true } else { child.isOfConstants }
            }
        }
    }

    /// Whether evaluating may fail (overflow, division by zero, a text that is no number, a subquery of two rows): such
    /// an expression must not meet rows that a condition before it would have kept away.
    package var mayFail: Bool {
        // Without columns it is one value, computed before any row is met.
        if !readsRow { return false }
        switch self {
        case .column, .literal, .scalarSubquery, .placeholder: return false
        case .cast(let inner, let type): return inner.mayFail || !Self.isWidening(inner.type, type)
        case .oneOf(let inner, _): return inner.mayFail
        case .conditional: return children.contains(where: \.mayFail)
        case .call(.like, let arguments, _), .call(.ilike, let arguments, _):
            // A pattern that ends in its escape fails where a text is as it says up to there.
            guard case .text(let pattern)? = arguments[1].constant, LikeEscape.isComplete(pattern) else {
                return arguments[1].constant?.isNull != true || arguments[0].mayFail
            }
            return arguments[0].mayFail
        case .call(let function, let arguments, _):
            return !function.isTotal || arguments.contains(where: \.mayFail)
        }
    }

    private static func isWidening(_ from: ColumnType, _ to: ColumnType) -> Bool {
        switch (from, to) {
        case (.null, _), (.integer, .double), (.numeric, .double), (.boolean, .integer), (.date, .timestamp),
            (_, .text):
            true
        case (.integer, .numeric(let scale)): scale == 0
        case (.numeric(let old), .numeric(let new)): new <= old
        default: from == to
        }
    }
}

extension ScalarFunction {
    /// Never fails, whatever the values.
    var isTotal: Bool {
        switch self {
        case .and, .or, .not, .isNull, .isNotNull, .isDistinctFrom, .isNotDistinctFrom, .isTrue, .isFalse, .isNotTrue,
            .isNotFalse, .coalesce, .nullIf, .greatest, .least, .equal, .notEqual, .less, .lessOrEqual, .greater,
            .greaterOrEqual, .concatenate, .concat, .lower, .upper, .length, .octetLength, .startsWith,
            .jsonText, .jsonField, .userToken, .arrayLength:
            true
        default: false
        }
    }
}

/// `map` for transforms with typed errors, which the standard one widens.
func mapAll<Element, Result, Failure: Error>(
    _ elements: [Element], _ transform: (Element) throws(Failure) -> Result
) throws(Failure) -> [Result] {
    var results: [Result] = []
    results.reserveCapacity(elements.count)
    for element in elements { results.append(try transform(element)) }
    return results
}
