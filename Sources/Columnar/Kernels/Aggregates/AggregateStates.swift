/// The states that aggregates are computed in, by what they compute; of one kind only, so that they merge.
package enum AggregateStates {
    /// How many rows, or values that are not null where there is an argument.
    package static func count() -> any Accumulator { CountAccumulator() }

    /// The sum of counts, 0 of none.
    package static func mergedCount() -> any Accumulator { MergedCountAccumulator() }

    /// Exact sums of whole numbers and decimals, compensated ones of doubles, those of intervals by their parts; null
    /// of no values. A second argument says how many values each row stands for.
    /// - Parameters:
    ///   - argument: what is added up.
    ///   - type: of the result.
    /// - Returns: nil for a type that is not added up.
    package static func sum(_ argument: ColumnType, type: ColumnType, isAverage: Bool = false) -> (any Accumulator)? {
        switch argument {
        case .double: DoubleSumAccumulator(isAverage: isAverage)
        case .integer, .numeric, .null: SumAccumulator(argument: argument, type: type, isAverage: isAverage)
        case .interval: IntervalSumAccumulator(isAverage: isAverage)
        default: nil
        }
    }

    /// The sum of quotients by one number, which takes what is divided as well where that comes to the same.
    /// - Parameters:
    ///   - dividend: what is divided.
    ///   - quotient: what is added up.
    ///   - type: of the result.
    /// - Returns: nil where it always wants the quotients: for a number that is no power of ten.
    package static func quotientSum(
        _ dividend: ColumnType, by divisor: Scalar, quotient: ColumnType, type: ColumnType, isAverage: Bool = false
    ) -> (any Accumulator)? {
        QuotientSumAccumulator(dividend, by: divisor, quotient: quotient, type: type, isAverage: isAverage)
    }

    /// The smallest or the greatest value; null of none.
    package static func extremum(_ type: ColumnType, isMaximum: Bool) -> any Accumulator {
        switch type {
        case .integer, .timestamptz, .timestamp, .date: IntegerExtremumAccumulator(type: type, isMaximum: isMaximum)
        case .text: TextExtremumAccumulator(isMaximum: isMaximum)
        default: ExtremumAccumulator(type: type, isMaximum: isMaximum)
        }
    }

    /// Whether all values are true, or any is.
    package static func boolean(isAnd: Bool) -> any Accumulator { BooleanAccumulator(isAnd: isAnd) }

    /// The variance or its root, of a sample or of all there is.
    package static func variance(
        _ argument: ColumnType, isSample: Bool, isDeviation: Bool, type: ColumnType
    ) -> any Accumulator {
        VarianceAccumulator(argument, isSample: isSample, isDeviation: isDeviation, type: type)
    }

    /// Exact percentiles, from all values.
    /// - Precondition: `fractions` lie in 0...1; a continuous percentile is one of numbers.
    package static func percentile(
        _ argument: ColumnType, fractions: [Double], asArray: Bool, isContinuous: Bool, isDescending: Bool,
        type: ColumnType
    ) -> any Accumulator {
        PercentileAccumulator(
            argument, fractions: fractions, asArray: asArray, isContinuous: isContinuous, isDescending: isDescending,
            type: type)
    }

    /// Percentiles of histograms, of values or of rows of rollups (histogram, count, sum).
    /// - Precondition: `fractions` lie in 0...1.
    package static func approximatePercentile(
        _ argument: ColumnType, fractions: [Double], asArray: Bool, type: ColumnType
    ) -> any Accumulator {
        ApproximatePercentileAccumulator(argument, fractions: fractions, asArray: asArray, type: type)
    }

    /// One histogram as text, of values or of rows of rollups (histogram, count, sum); null of fewer than two values.
    /// - Precondition: whole numbers.
    package static func histogram(_ argument: ColumnType) -> any Accumulator { HistogramAccumulator(argument) }

    /// Every value, in the order asked for, else in that of the rows: as one text, or as an array where there is no
    /// separator.
    /// - Parameter text: what a value is in a text.
    package static func collected(
        type: ColumnType, separator: String?, order: [CollectedOrder], text: @escaping @Sendable (Scalar) -> String
    ) -> any Accumulator {
        CollectAccumulator(type: type, separator: separator, keys: order, text: text)
    }

    /// Another aggregate over each value once.
    /// - Parameters:
    ///   - argument: the type of the values.
    ///   - isCount: whether the other one counts values.
    ///   - orderKeys: how many keys of order the other one takes behind its argument.
    package static func distinct(
        _ argument: ColumnType, isCount: Bool, orderKeys: Int, _ inner: any Accumulator
    ) -> any Accumulator {
        DistinctAccumulator(argument, isCount: isCount, orderKeys: orderKeys, inner: inner)
    }
}
