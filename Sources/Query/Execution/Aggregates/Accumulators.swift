import Columnar
import Plans

/// Makes the state that an aggregate call needs.
enum Accumulators {
    /// - Throws: `.notSupported` for argument types that the function does not take, `.numberOutOfRange` for a fraction
    ///   outside 0...1.
    static func make(_ call: AggregateCall, zone: ZoneOffsets) throws -> any Accumulator {
        if call.isDistinct, !call.arguments.isEmpty, call.function != .minimum, call.function != .maximum {
            var plain = call
            plain.isDistinct = false
            return AggregateStates.distinct(
                call.arguments[0].type, isCount: call.function == .count, orderKeys: call.order.count,
                try make(plain, zone: zone))
        }
        let type = call.arguments.first?.type ?? call.order.first?.expression.type ?? .null
        switch call.function {
        case .countRows, .count: return AggregateStates.count()
        case .sum: return try quotientSum(call) ?? sum("sum", type, call.type, isAverage: false)
        case .average: return try quotientSum(call) ?? sum("avg", type, call.type, isAverage: true)
        case .minimum: return AggregateStates.extremum(type, isMaximum: false)
        case .maximum: return AggregateStates.extremum(type, isMaximum: true)
        case .booleanAnd: return AggregateStates.boolean(isAnd: true)
        case .booleanOr: return AggregateStates.boolean(isAnd: false)
        case .variance: return variance(call, type, isSample: true)
        case .variancePopulation: return variance(call, type)
        case .standardDeviation: return variance(call, type, isSample: true, isDeviation: true)
        case .standardDeviationPopulation: return variance(call, type, isDeviation: true)
        case .percentileContinuous(let fractions, let asArray):
            return try percentile(call, fractions: fractions, asArray: asArray, isContinuous: true)
        case .percentileDiscrete(let fractions, let asArray):
            return try percentile(call, fractions: fractions, asArray: asArray, isContinuous: false)
        case .approximatePercentile(let fractions, let asArray):
            try check(fractions)
            // Of rollup rows the arguments are histograms, counts and sums: the sums have the values' type.
            let values = call.arguments.count == 3 ? call.arguments[2].type : type
            return AggregateStates.approximatePercentile(
                values, fractions: fractions, asArray: asArray, type: call.type)
        case .stringAggregate(let separator):
            return collected(call, separator: ScalarText.text(separator, zone: zone), zone: zone)
        case .arrayAggregate: return collected(call, separator: nil, zone: zone)
        case .mergedCount: return AggregateStates.mergedCount()
        case .mergedAverage: return try sum("avg", type, call.type, isAverage: true)
        case .mergedHistogram: return AggregateStates.histogram(.integer)
        }
    }

    private static func sum(
        _ name: String, _ argument: ColumnType, _ type: ColumnType, isAverage: Bool
    ) throws -> any Accumulator {
        guard let state = AggregateStates.sum(argument, type: type, isAverage: isAverage) else {
            throw QueryError(.undefinedFunction, "function \(name)(\(argument.sqlName)) does not exist")
        }
        return state
    }

    private static func quotientSum(_ call: AggregateCall) -> (any Accumulator)? {
        guard let (dividend, divisor) = call.quotient else { return nil }
        return AggregateStates.quotientSum(
            dividend.type, by: divisor, quotient: call.arguments[0].type, type: call.type,
            isAverage: call.function == .average)
    }

    private static func variance(
        _ call: AggregateCall, _ argument: ColumnType, isSample: Bool = false, isDeviation: Bool = false
    ) -> any Accumulator {
        AggregateStates.variance(argument, isSample: isSample, isDeviation: isDeviation, type: call.type)
    }

    private static func percentile(
        _ call: AggregateCall, fractions: [Double], asArray: Bool, isContinuous: Bool
    ) throws -> any Accumulator {
        let argument = call.order.first?.expression.type ?? call.arguments.first?.type ?? .null
        if isContinuous, !argument.isNumber, argument != .null {
            throw QueryError.unsupported("percentile_cont over \(argument.sqlName)")
        }
        try check(fractions)
        return AggregateStates.percentile(
            argument, fractions: fractions, asArray: asArray, isContinuous: isContinuous,
            isDescending: call.order.first?.isDescending ?? false, type: call.type)
    }

    private static func check(_ fractions: [Double]) throws {
        if let wrong = fractions.first(where: { !($0 >= 0 && $0 <= 1) }) {
            throw QueryError(.numberOutOfRange, "percentile value \(wrong) is not between 0 and 1")
        }
    }

    private static func collected(_ call: AggregateCall, separator: String?, zone: ZoneOffsets) -> any Accumulator {
        let order = call.order.map {
            CollectedOrder(type: $0.expression.type, isDescending: $0.isDescending, nullsFirst: $0.nullsFirst)
        }
        return AggregateStates.collected(type: call.type, separator: separator, order: order) {
            ScalarText.text($0, zone: zone)
        }
    }

    /// Whether the result depends on the order in which rows arrive, doubles' rounding included.
    static func isOrderSensitive(_ call: AggregateCall) -> Bool {
        switch call.function {
        case .stringAggregate, .arrayAggregate: true
        case .variance, .variancePopulation, .standardDeviation, .standardDeviationPopulation: true
        case .sum, .average: call.arguments.first?.type == .double
        default: false
        }
    }
}
