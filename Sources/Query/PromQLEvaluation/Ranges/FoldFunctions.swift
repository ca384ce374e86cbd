/// `sum_over_time`, `avg_over_time`, `min_over_time`, …: all floats of a range, one after the other.
struct FoldFunction<Fold: FloatFold>: FloatRangeFunction {
    let result: (Fold) -> Double

    init(_ type: Fold.Type, _ result: @escaping (Fold) -> Double) { self.result = result }

    mutating func value(_ samples: RangeSamples, _ window: RangeWindow) -> Double? {
        var fold = Fold()
        for index in window.range { fold.add(samples.floats[index]) }
        return result(fold)
    }
}

/// `count_over_time`, `last_over_time` and their like: what needs no look at all samples.
struct PickFunction: FloatRangeFunction {
    let pick: (RangeSamples, RangeWindow) -> Double

    mutating func value(_ samples: RangeSamples, _ window: RangeWindow) -> Double? { pick(samples, window) }
}

/// `changes`, `resets`: how often neighbours differ, counted once for all ranges.
struct NeighbourFunction: FloatRangeFunction {
    let differs: (Double, Double) -> Bool
    /// How often from the beginning of the series up to each sample.
    private var counts: [Int] = []

    init(_ differs: @escaping (_ before: Double, _ value: Double) -> Bool) { self.differs = differs }

    mutating func begin(_ samples: RangeSamples) {
        counts.removeAll(keepingCapacity: true)
        guard samples.histograms.isEmpty else { return }
        var count = 0
        for (index, value) in samples.floats.enumerated() {
            if index > 0, differs(samples.floats[index - 1], value) { count += 1 }
            counts.append(count)
        }
    }

    mutating func value(_ samples: RangeSamples, _ window: RangeWindow) -> Double? {
        if counts.count == samples.floats.count {
            return Double(counts[window.range.upperBound - 1] - counts[window.range.lowerBound])
        }
        let floats = samples.floats
        return Double(window.range.dropFirst().count { differs(floats[$0 - 1], floats[$0]) })
    }
}

/// `quantile_over_time`, `mad_over_time`: what needs the floats in their order.
struct OrderFunction: FloatRangeFunction {
    let result: (inout [Double], Int) -> Double
    private var values: [Double] = []

    init(_ result: @escaping (_ values: inout [Double], _ step: Int) -> Double) { self.result = result }

    mutating func value(_ samples: RangeSamples, _ window: RangeWindow) -> Double? {
        values.removeAll(keepingCapacity: true)
        values += samples.floats[window.range]
        return result(&values, window.step)
    }
}

/// `ts_of_max_over_time`, `ts_of_min_over_time`: when.
struct ExtremeTimeFunction: FloatRangeFunction {
    let isBetter: (_ value: Double, _ best: Double) -> Bool

    mutating func value(_ samples: RangeSamples, _ window: RangeWindow) -> Double? {
        var best = window.range.lowerBound
        for index in window.range
        where isBetter(samples.floats[index], samples.floats[best]) || samples.floats[best].isNaN { best = index }
        return Double(samples.times[best]) / 1000
    }
}
