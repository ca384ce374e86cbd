import Bytes
import PromQLText

/// Remarks in Prometheus' words.
enum RemarkWords: Hashable {
    case invalidQuantile(String)
    case invalidRatio(String, cappedTo: String)
    case badBucketLabel(name: ByteText, label: ByteText)
    case mixedSamples(name: ByteText)
    case mixedAggregation
    case mixedHistograms(name: ByteText)
    case notCounter(name: ByteText)
    case notGauge(name: ByteText)
    case mixedSchemas(name: ByteText)
    case incompatibleBuckets(operation: String)
    case resetCollision(operation: String)
    case possibleNonCounter(name: ByteText)
    case sortWithoutEffect
    case forcedMonotonicity(name: ByteText)
    case incompatibleSamples(operation: String, left: String, right: String)
    case ignoredInAggregation(String)
    case ignoredInRange(name: ByteText)
    case quantileOfNothing(name: ByteText)
    case skewedQuantile(name: ByteText)
    case fractionWithoutSome(name: ByteText)
    case mismatchedEnds(operation: String)

    var isWarning: Bool {
        switch self {
        case .invalidQuantile, .invalidRatio, .badBucketLabel, .mixedSamples, .mixedAggregation, .mixedHistograms,
            .notCounter, .notGauge, .mixedSchemas, .incompatibleBuckets, .resetCollision, .sortWithoutEffect:
            true
        case .possibleNonCounter, .forcedMonotonicity, .incompatibleSamples, .ignoredInAggregation, .ignoredInRange,
            .quantileOfNothing, .skewedQuantile, .fractionWithoutSome, .mismatchedEnds:
            false
        }
    }

    var text: String {
        func quoted(_ name: ByteText) -> String { QuotedText.quoted(name.bytes) }
        func suffix(_ name: ByteText) -> String { name.isEmpty ? "" : " for metric name " + quoted(name) }
        switch self {
        case .invalidQuantile(let value): return "quantile value should be between 0 and 1, got " + value
        case .invalidRatio(let value, let cap):
            return "ratio value should be between -1 and 1, got \(value), capping to \(cap)"
        case .badBucketLabel(let name, let label):
            return "bucket label \"le\" is missing or has a malformed value of " + quoted(label) + suffix(name)
        case .mixedSamples(let name):
            return "encountered a mix of histograms and floats for metric name " + quoted(name)
        case .mixedAggregation: return "encountered a mix of histograms and floats for aggregation"
        case .mixedHistograms(let name): return "vector contains a mix of classic and native histograms" + suffix(name)
        case .notCounter(let name): return "this native histogram metric is not a counter: " + quoted(name)
        case .notGauge(let name): return "this native histogram metric is not a gauge: " + quoted(name)
        case .mixedSchemas(let name):
            return "vector contains a mix of histograms with exponential and custom buckets schemas for metric name "
                + quoted(name)
        case .incompatibleBuckets(let operation):
            return "incompatible bucket layout encountered for binary operator " + operation
        case .resetCollision(let operation):
            return "conflicting counter resets during histogram \(operation)"
        case .possibleNonCounter(let name):
            return "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: " + quoted(name)
        case .sortWithoutEffect:
            return "sort is ineffective for range queries since results are always ordered by labels"
        case .forcedMonotonicity(let name):
            return "input to histogram_quantile needed to be fixed for monotonicity (see "
                + "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)"
                + suffix(name)
        case .incompatibleSamples(let operation, let left, let right):
            return "incompatible sample types encountered for binary operator \"\(operation)\": "
                + "\(left) \(operation) \(right)"
        case .ignoredInAggregation(let name): return "ignored histogram in \(name) aggregation"
        case .ignoredInRange(let name):
            return "ignored histograms in a range containing both floats and histograms for metric name "
                + quoted(name)
        case .quantileOfNothing(let name):
            return "input to histogram_quantile has NaN observations, result is NaN" + suffix(name)
        case .skewedQuantile(let name):
            return "input to histogram_quantile has NaN observations, result is skewed higher" + suffix(name)
        case .fractionWithoutSome(let name):
            return "input to histogram_fraction has NaN observations, which are excluded from all fractions"
                + suffix(name)
        case .mismatchedEnds(let operation):
            return "mismatched custom buckets were reconciled during \(operation)"
        }
    }
}
