package import Columnar

/// A typed expression over the columns of one input. The SQL binder builds it fully typed: casts are explicit and
/// both sides of a comparison have one type, so that the engine never guesses.
package indirect enum Expression: Hashable, Sendable {
    /// The input's column at an index.
    case column(Int, ColumnType)
    case literal(Scalar, ColumnType)
    case call(ScalarFunction, [Expression], ColumnType)
    case cast(Expression, ColumnType)
    /// Branches in order; nil `otherwise` is NULL.
    case conditional([ConditionalBranch], otherwise: Expression?, ColumnType)
    /// `value IN (constants)`.
    case oneOf(Expression, [Scalar])
    /// An uncorrelated subquery of one column, at most one row (more is `.tooManyRows`). Runs once, before the plan
    /// around it, and is replaced by its value, so that zone maps can use it.
    case scalarSubquery(Plan, ColumnType)
    /// Stands, while a query is bound, for a value of a node that is not built yet. None is left in a plan
    /// (``Plan/holdsPlaceholder``): the binder puts the node's column in its place.
    case placeholder(Placeholder, ColumnType)

    /// Type of its values.
    package var type: ColumnType {
        switch self {
        case .column(_, let type), .literal(_, let type), .call(_, _, let type), .cast(_, let type),
            .conditional(_, _, let type), .scalarSubquery(_, let type), .placeholder(_, let type):
            type
        case .oneOf: .boolean
        }
    }
}

/// What a node that is not built yet will give.
package enum Placeholder: Hashable, Sendable {
    /// The aggregate of that number of the query that is bound.
    case aggregate(Int)
    /// The window function of that number.
    case window(Int)
    /// The column of that number of the FROM of the query around.
    case outer(Int)
}

/// One `WHEN … THEN …`.
package struct ConditionalBranch: Hashable, Sendable {
    /// Chosen where it is true; NULL counts as false.
    package var condition: Expression
    /// Evaluated only for the rows that chose it.
    package var value: Expression

    package init(condition: Expression, value: Expression) {
        self.condition = condition
        self.value = value
    }
}

/// Functions of one row. NULL in, NULL out, except where the name says otherwise. Semantics are PostgreSQL 15's.
package enum ScalarFunction: String, Hashable, Sendable, CaseIterable {
    // Three-valued logic.
    case and, or, not
    case isNull, isNotNull, isDistinctFrom, isNotDistinctFrom, isTrue, isFalse, isNotTrue, isNotFalse
    case coalesce, nullIf, greatest, least
    // Comparison; both sides of one type (numeric scales may differ).
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    // Arithmetic: integer, double, numeric; timestamp ± interval, timestamp − timestamp, interval ± interval, interval
    // × number, date ± integer.
    case add, subtract, multiply, divide, modulo, power, negate, absolute, round, ceiling, floor, truncate, sign,
        squareRoot
    case exponential, naturalLogarithm, logarithm
    /// What casts check: (integer, lowest, highest) is the integer, (numeric, digits) the numeric, when it fits.
    case checkedInteger, checkedNumeric
    /// `x::numeric` of a double or a text, at twelve places; a small value of which too little would be left is
    /// refused.
    case numericOf
    // Text.
    case concatenate, concat, lower, upper, length, octetLength, substring, trim, trimLeading, trimTrailing, replace,
        position
    case left, right, splitPart, startsWith, repeatText, reverseText, padLeft, padRight
    /// (text, pattern): `%`, `_`, and a backslash before what means itself.
    case like, ilike
    /// (pattern, escape): the pattern as `like` takes it.
    case likeEscape
    /// POSIX regular expressions: `~`, `~*`.
    case regexMatch, regexMatchInsensitive
    // Time. Arguments as in SQL: field or zone text first where SQL has it first.
    case dateTrunc, dateBin, extract, atTimeZone, toTimestamp, makeInterval, toChar, age
    // json ->> 'key', json -> 'key'
    case jsonText, jsonField
    /// array[…], element access, 1-based, and how many elements there are.
    case makeArray, arrayElement, arrayLength
    /// The keyed token of a user id.
    case userToken
}
