/// `deriv`, `predict_linear`: by least squares.
struct TrendFunction: FloatRangeFunction {
    /// How far ahead, by step, in seconds; nil for the slope.
    let ahead: [Double]?

    mutating func value(_ samples: RangeSamples, _ window: RangeWindow) -> Double? {
        let range = window.range
        guard range.count > 1 else { return nil }
        let origin = ahead == nil ? samples.times[range.lowerBound] : window.time
        let (slope, intercept) = Self.regression(samples, range, origin)
        guard let ahead else { return slope }
        return slope * ahead[window.step] + intercept
    }

    private static func regression(
        _ samples: RangeSamples, _ range: Range<Int>, _ origin: Int64
    ) -> (slope: Double, intercept: Double) {
        var (sumX, sumY, sumXY, sumXX) = (CompensatedSum(), CompensatedSum(), CompensatedSum(), CompensatedSum())
        let first = samples.floats[range.lowerBound]
        var isConstant = true
        for index in range {
            let y = samples.floats[index]
            if y != first, index > range.lowerBound { isConstant = false }
            let x = samples.times[index].seconds(since: origin)
            sumX.add(x)
            sumY.add(y)
            sumXY.add(x * y)
            sumXX.add(x * x)
        }
        if isConstant { return first.isInfinite ? (.nan, .nan) : (0, first) }
        let count = Double(range.count)
        func total(_ sum: CompensatedSum) -> Double { sum.sum + sum.compensation }
        let covariance = total(sumXY) - total(sumX) * total(sumY) / count
        let variance = total(sumXX) - total(sumX) * total(sumX) / count
        let slope = covariance / variance
        return (slope, total(sumY) / count - slope * total(sumX) / count)
    }
}

/// `double_exponential_smoothing`.
struct SmoothingFunction: FloatRangeFunction {
    let smoothing: [Double]
    let trend: [Double]

    mutating func value(_ samples: RangeSamples, _ window: RangeWindow) -> Double? {
        let range = window.range
        guard range.count > 1 else { return nil }
        let (smoothing, trend) = (smoothing[window.step], trend[window.step])
        let first = range.lowerBound
        var (before, smoothed) = (0.0, samples.floats[first])
        var slope = samples.floats[first + 1] - samples.floats[first]
        for index in range.dropFirst() {
            if index > first + 1 { slope = trend * (smoothed - before) + (1 - trend) * slope }
            let next = smoothing * samples.floats[index] + (1 - smoothing) * (smoothed + slope)
            (before, smoothed) = (smoothed, next)
        }
        return smoothed
    }
}
