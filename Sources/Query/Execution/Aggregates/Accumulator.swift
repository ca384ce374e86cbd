import Columnar
import Plans

/// The state of one aggregate over all groups of one thread: grow, update by chunks, merge with other threads', finish.
protocol Accumulator: Sendable {
    /// Makes room for groups numbered below `groups`.
    mutating func grow(to groups: Int)
    /// Takes in a chunk's arguments. - Throws: `.numberOutOfRange` on overflow.
    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) throws
    /// Takes in another thread's state; `mapping` gives its groups' numbers here.
    mutating func absorb(_ other: Self, _ mapping: [UInt32]) throws
    /// The results of groups, in the order asked for.
    func finish(_ groups: [UInt32]) throws -> Vector
    /// Takes in a whole page by what its header says of it; false, and nothing happened, when that is not enough.
    mutating func updateFromSummary(_ summary: ColumnSummary?, rowCount: Int) -> Bool
    var memoryBytes: Int { get }
}

extension Accumulator {
    /// As `absorb`, of a state of the same kind.
    mutating func merge(_ other: any Accumulator, _ mapping: [UInt32]) throws {
        guard let other = other as? Self else { preconditionFailure("states of one aggregate are of one kind") }
        try absorb(other, mapping)
    }

    mutating func updateFromSummary(_ summary: ColumnSummary?, rowCount: Int) -> Bool { false }
}

extension Array {
    /// Appends `value` until there are `count` elements.
    mutating func pad(to newCount: Int, with value: Element) {
        if newCount > count { append(contentsOf: repeatElement(value, count: newCount - count)) }
    }
}

/// Makes the state that an aggregate call needs.
enum Accumulators {
    /// - Throws: `.notSupported` for argument types that the function does not take.
    static func make(_ call: AggregateCall, zone: ZoneOffsets) throws -> any Accumulator {
        if call.isDistinct, !call.arguments.isEmpty, call.function != .minimum, call.function != .maximum {
            var plain = call
            plain.isDistinct = false
            return DistinctAccumulator(call: plain, inner: try make(plain, zone: zone))
        }
        let type = call.arguments.first?.type ?? call.order.first?.expression.type ?? .null
        switch call.function {
        case .countRows, .count: return CountAccumulator()
        case .sum: return try sum(type, call.type)
        case .average: return try average(type, call.type)
        case .minimum: return extremum(type, isMaximum: false)
        case .maximum: return extremum(type, isMaximum: true)
        case .booleanAnd: return BooleanAccumulator(isAnd: true)
        case .booleanOr: return BooleanAccumulator(isAnd: false)
        case .variance, .variancePopulation, .standardDeviation, .standardDeviationPopulation:
            return VarianceAccumulator(function: call.function, argument: type, type: call.type)
        case .percentileContinuous(let fractions, let asArray):
            return try PercentileAccumulator(call, fractions: fractions, asArray: asArray, isContinuous: true)
        case .percentileDiscrete(let fractions, let asArray):
            return try PercentileAccumulator(call, fractions: fractions, asArray: asArray, isContinuous: false)
        case .approximatePercentile(let fractions, let asArray):
            // Of rollup rows the arguments are histograms, counts and sums: the sums have the values' type.
            let values = call.arguments.count == 3 ? call.arguments[2].type : type
            return try ApproximatePercentileAccumulator(argument: values, fractions: fractions, asArray: asArray, type: call.type)
        case .stringAggregate(let separator):
            return CollectAccumulator(call, separator: ScalarText.text(separator, zone: zone), zone: zone)
        case .arrayAggregate: return CollectAccumulator(call, separator: nil, zone: zone)
        case .mergedCount: return MergedCountAccumulator()
        case .mergedAverage: return SumAccumulator(argument: type, type: call.type, isAverage: true)
        case .mergedHistogram: return MergedHistogramAccumulator()
        }
    }

    private static func sum(_ argument: ColumnType, _ type: ColumnType) throws -> any Accumulator {
        switch argument {
        case .double: return DoubleSumAccumulator(isAverage: false)
        case .integer, .numeric, .null: return SumAccumulator(argument: argument, type: type, isAverage: false)
        case .interval: return IntervalSumAccumulator(isAverage: false)
        default: throw QueryError(.undefinedFunction, "function sum(\(argument.sqlName)) does not exist")
        }
    }

    private static func average(_ argument: ColumnType, _ type: ColumnType) throws -> any Accumulator {
        switch argument {
        case .double: return DoubleSumAccumulator(isAverage: true)
        case .integer, .numeric, .null: return SumAccumulator(argument: argument, type: type, isAverage: true)
        case .interval: return IntervalSumAccumulator(isAverage: true)
        default: throw QueryError(.undefinedFunction, "function avg(\(argument.sqlName)) does not exist")
        }
    }

    private static func extremum(_ type: ColumnType, isMaximum: Bool) -> any Accumulator {
        switch type {
        case .integer, .timestamptz, .timestamp, .date: IntegerExtremumAccumulator(type: type, isMaximum: isMaximum)
        default: ExtremumAccumulator(type: type, isMaximum: isMaximum)
        }
    }

    /// Whether the result depends on the order in which rows arrive, doubles' rounding included.
    static func isOrderSensitive(_ call: AggregateCall) -> Bool {
        switch call.function {
        case .stringAggregate, .arrayAggregate, .variance, .variancePopulation, .standardDeviation, .standardDeviationPopulation: true
        case .sum, .average: call.arguments.first?.type == .double
        default: false
        }
    }
}
