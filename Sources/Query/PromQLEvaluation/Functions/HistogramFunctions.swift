import PromQLText

/// Functions of one native histogram.
enum HistogramFunctions {
    static let byName: [String: @Sendable (NativeHistogram) -> Double] = [
        "histogram_count": { $0.count }, "histogram_sum": { $0.sum }, "histogram_avg": { $0.sum / $0.count },
        "histogram_stdvar": { $0.variance }, "histogram_stddev": { $0.variance.squareRoot() },
    ]
}
