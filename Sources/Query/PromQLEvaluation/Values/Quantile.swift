/// Quantiles of values that are all there.
enum Quantile {
    /// Interpolated between the two values that stand around it.
    static func value(_ quantile: Double, of values: inout [Double]) -> Double {
        guard !values.isEmpty, !quantile.isNaN else { return .nan }
        if quantile < 0 { return -.infinity }
        if quantile > 1 { return .infinity }
        // What is no number stands before all others.
        values.sort { $0 < $1 || ($0.isNaN && !$1.isNaN) }
        let last = Double(values.count - 1)
        let rank = quantile * last
        let lower = max(0, rank.rounded(.down))
        let upper = min(last, lower + 1)
        let weight = rank - rank.rounded(.down)
        return values[Int(lower)] * (1 - weight) + values[Int(upper)] * weight
    }
}
