package import Columnar

/// A logical plan. Every node knows its output columns; expressions inside a node refer to its input's columns by
/// index.
package indirect enum Plan: Hashable, Sendable {
    /// Reads `columns` (indices into the table's columns) of a table. `predicates` refer to the table's columns, were
    /// derived from filters above and only serve to skip; the filters themselves stay above.
    case scan(table: String, columns: [Int], output: [TableColumn], predicates: [ColumnPredicate])
    /// Literal rows (`SELECT 1`, `VALUES …`).
    case values(rows: [[Expression]], output: [TableColumn])
    case filter(Plan, Expression)
    case project(Plan, [Expression], output: [TableColumn])
    /// Output: the groups, then the aggregates. No groups: exactly one row.
    case aggregate(Plan, groups: [Expression], aggregates: [AggregateCall], output: [TableColumn])
    case distinct(Plan)
    /// Output: the input's columns, then a column for each call; rows keep their order. All calls look at the same
    /// partitions in the same order; rows alike in it stand in that of the input.
    case window(Plan, partition: [Expression], order: [SortKey], calls: [WindowCall], output: [TableColumn])
    /// With `limit`, only the first rows are kept (top-k).
    case sort(Plan, [SortKey], limit: Int?)
    case limit(Plan, count: Int?, offset: Int)
    /// Output: left columns, then right columns. Equal keys pair up, NULL keys never; `residual` sees both sides'
    /// columns.
    case join(
        left: Plan, right: Plan, kind: JoinKind, leftKeys: [Expression], rightKeys: [Expression], residual: Expression?)
    /// UNION ALL; inputs have equal types.
    case union([Plan])

    /// Names and types of the columns that come out.
    /// - Complexity: O(columns + joins).
    package var output: [TableColumn] {
        switch self {
        case .scan(_, _, let output, _), .values(_, let output), .project(_, _, let output),
            .aggregate(_, _, _, let output), .window(_, _, _, _, let output):
            output
        case .filter(let input, _), .distinct(let input), .sort(let input, _, _), .limit(let input, _, _): input.output
        case .join:
            // Along a chain of joins each column is copied once.
            joined.flatMap(\.output)
        case .union(let inputs): inputs.first?.output ?? []
        }
    }

    /// How many columns come out.
    /// - Complexity: O(nodes).
    package var outputCount: Int {
        switch self {
        case .scan(_, _, let output, _), .values(_, let output), .project(_, _, let output),
            .aggregate(_, _, _, let output), .window(_, _, _, _, let output):
            output.count
        case .filter(let input, _), .distinct(let input), .sort(let input, _, _), .limit(let input, _, _):
            input.outputCount
        case .join(let left, let right, _, _, _, _): left.outputCount + right.outputCount
        case .union(let inputs): inputs.first?.outputCount ?? 0
        }
    }

    /// What a chain of joins along the left side joins, from left to right.
    private var joined: [Plan] {
        var parts: [Plan] = []
        var first = self
        while case .join(let left, let right, _, _, _, _) = first {
            parts.append(right)
            first = left
        }
        parts.append(first)
        return parts.reversed()
    }
}

/// What becomes of rows without a partner: dropped, kept from the left side, or all pairs without a condition.
package enum JoinKind: Hashable, Sendable { case inner, left, cross }

/// One term of `ORDER BY`.
package struct SortKey: Hashable, Sendable {
    /// What is compared.
    package var expression: Expression
    /// Greatest first.
    package var isDescending: Bool
    /// Where NULL goes, whatever the direction.
    package var nullsFirst: Bool

    package init(expression: Expression, isDescending: Bool, nullsFirst: Bool) {
        self.expression = expression
        self.isDescending = isDescending
        self.nullsFirst = nullsFirst
    }
}

/// One aggregate of an aggregate node.
package struct AggregateCall: Hashable, Sendable {
    /// What is computed.
    package var function: AggregateFunction
    /// Empty for `count(*)`.
    package var arguments: [Expression]
    /// Counts each value once.
    package var isDistinct: Bool
    /// `FILTER (WHERE …)`.
    package var filter: Expression?
    /// `ORDER BY` inside `string_agg`/`array_agg`, or the ordered-set argument of `percentile_cont`/`percentile_disc`.
    package var order: [SortKey]
    /// Type of the result.
    package var type: ColumnType

    package init(
        function: AggregateFunction, arguments: [Expression], isDistinct: Bool = false, filter: Expression? = nil,
        order: [SortKey] = [], type: ColumnType
    ) {
        self.function = function
        self.arguments = arguments
        self.isDistinct = isDistinct
        self.filter = filter
        self.order = order
        self.type = type
    }
}

/// Functions of many rows. NULLs are left out, except by `countRows` and `arrayAggregate`. Semantics are PostgreSQL
/// 15's.
package enum AggregateFunction: Hashable, Sendable {
    case countRows, count, sum, average, minimum, maximum
    case booleanAnd, booleanOr
    case standardDeviation, standardDeviationPopulation, variance, variancePopulation
    /// Fractions; one gives a value, several (asArray) an array. Exact.
    case percentileContinuous([Double], asArray: Bool)
    case percentileDiscrete([Double], asArray: Bool)
    /// Base-2 exponential histogram, scale 6: within 0.54 % of `percentile_disc`, a double.
    case approximatePercentile([Double], asArray: Bool)
    /// The separator is a text; NULL separates as an empty one.
    case stringAggregate(separator: Scalar)
    case arrayAggregate
    /// The sum of counts; 0 of none.
    case mergedCount
    /// (sums, counts): the quotient, as `average` of the values gives it.
    case mergedAverage
    /// (histograms, counts, sums) of rollup rows: one histogram as text. `approximatePercentile` takes the same three.
    case mergedHistogram
}
