package import Columnar

/// One function of a window node: a value for each row, made of the rows of its partition.
package struct WindowCall: Hashable, Sendable {
    /// What is computed.
    package var function: WindowFunction
    /// Of the row itself; empty for `count(*)` and the numbers of rows. What an order of values or a fraction is to
    /// an aggregate stands in ``function``.
    package var arguments: [Expression]
    /// `FILTER (WHERE …)`, of aggregates alone.
    package var filter: Expression?
    /// The rows around each row that are looked at; functions that look at the partition have the default one.
    package var frame: WindowFrame
    /// Type of the result.
    package var type: ColumnType

    package init(
        function: WindowFunction, arguments: [Expression] = [], filter: Expression? = nil,
        frame: WindowFrame = .standard, type: ColumnType
    ) {
        self.function = function
        self.arguments = arguments
        self.filter = filter
        self.frame = frame
        self.type = type
    }
}

/// Functions over a window. Semantics are PostgreSQL 15's.
package enum WindowFunction: Hashable, Sendable {
    case rowNumber, rank, denseRank, percentRank, cumulativeDistribution
    /// (into how many parts): 1 for the rows of the first part.
    case tile
    /// (value, how many rows away, value where there is none): of a row before or behind.
    case lag, lead
    /// Of the frame; (value) and (value, the how-manieth).
    case firstValue, lastValue, nthValue
    /// Over the rows of the frame.
    case aggregate(AggregateFunction)

    /// Whether the frame decides about it.
    package var looksAtFrame: Bool {
        switch self {
        case .firstValue, .lastValue, .nthValue, .aggregate: true
        case .rowNumber, .rank, .denseRank, .percentRank, .cumulativeDistribution, .tile, .lag, .lead: false
        }
    }
}

/// Which rows of the partition a row's frame has.
package struct WindowFrame: Hashable, Sendable {
    /// In what a frame is measured: rows, distance of the only key of the order, rows of equal keys.
    package enum Unit: Hashable, Sendable { case rows, range, groups }

    /// One end of a frame.
    package enum Bound: Hashable, Sendable {
        case unboundedPreceding
        /// So far before the row: a whole number from 0 on, for `range` what is taken off the key.
        case preceding(Scalar)
        /// The row itself; for `range` and `groups` all whose keys are as its own.
        case currentRow
        case following(Scalar)
        case unboundedFollowing

        /// Whether it is measured from the row.
        package var offset: Scalar? {
            switch self {
            case .preceding(let offset), .following(let offset): offset
            case .unboundedPreceding, .currentRow, .unboundedFollowing: nil
            }
        }
    }

    /// In what it is measured.
    package var unit: Unit
    /// Its first row.
    package var start: Bound
    /// Its last row.
    package var end: Bound

    package init(_ unit: Unit, from start: Bound, to end: Bound) {
        self.unit = unit
        self.start = start
        self.end = end
    }

    /// What holds where nothing is said: from the partition's beginning to the last row whose keys are as the row's.
    package static let standard = WindowFrame(.range, from: .unboundedPreceding, to: .currentRow)

    /// Whether it is the whole partition, whatever the row.
    /// - Parameter isOrdered: whether the window has an order; without one all rows of a partition are alike.
    package func isWholePartition(isOrdered: Bool) -> Bool {
        let startsThere = start == .unboundedPreceding || (start == .currentRow && unit != .rows && !isOrdered)
        let endsThere = end == .unboundedFollowing || (end == .currentRow && unit != .rows && !isOrdered)
        return startsThere && endsThere
    }

    /// Where a `range` frame ends that is measured from the row: the value that keys are compared with.
    /// - Parameters:
    ///   - offset: of that end.
    ///   - key: the only key of the order.
    package static func bound(_ offset: Scalar, isPreceding: Bool, of key: SortKey) -> Expression {
        let value = measured(key.expression, by: offset)
        let function: ScalarFunction = isPreceding == key.isDescending ? .add : .subtract
        let offsetType: ColumnType =
            switch offset {
            case .integer: .integer
            case .numeric(_, let scale): .numeric(scale: scale)
            case .double: .double
            default: .interval
            }
        return .call(function, [value, .literal(offset, offsetType)], value.type)
    }

    /// The key as it is compared with ``bound(_:isPreceding:of:)``. Whole numbers are decimals there, so that none is
    /// too great.
    package static func measured(_ key: Expression, by offset: Scalar) -> Expression {
        switch (key.type, offset) {
        case (.integer, .numeric(_, let scale)), (.numeric, .numeric(_, let scale)):
            let type = ColumnType.numeric(scale: max(scale, key.type.scale))
            return key.type == type ? key : .cast(key, type)
        case (.date, _): return .cast(key, .timestamp)
        default: return key
        }
    }
}

extension WindowCall {
    /// The same function with its arguments and its filter replaced.
    package func mapExpressions<Failure: Error>(_ transform: (Expression) throws(Failure) -> Expression) throws(Failure)
        -> WindowCall
    {
        var call = self
        call.arguments = try mapAll(arguments, transform)
        if let filter { call.filter = try transform(filter) }
        return call
    }

    /// Every expression it reads.
    package var expressions: [Expression] { arguments + (filter.map { [$0] } ?? []) }
}
