import PromQLEvaluation
import PromQLText

// Values as reports show them.
extension SampleValue {
    var shown: String {
        switch self {
        case .float(let float): WrittenNumber.general(float)
        case .histogram(let histogram): histogram.shown
        }
    }
}

extension NativeHistogram {
    /// In the shorthand of scripts, each bucket with its number.
    fileprivate var shown: String {
        func buckets(_ name: String, _ buckets: HistogramBuckets) -> String {
            let all = zip(buckets.indices, buckets.counts).map { "\($0):\(WrittenNumber.general($1))" }
            return all.isEmpty ? "" : " \(name):[" + all.joined(separator: " ") + "]"
        }
        let hint = resetHint == .unknown ? "" : " counter_reset_hint:\(resetHint.rawValue)"
        let ends = customEnds.isEmpty ? "" : " custom_values:\(customEnds)"
        return "{{schema:\(schema) count:\(WrittenNumber.general(count)) sum:\(WrittenNumber.general(sum))"
            + " z_bucket:\(WrittenNumber.general(zeroCount)) z_bucket_w:\(WrittenNumber.general(zeroThreshold))"
            + ends + buckets("buckets", positive) + buckets("n_buckets", negative) + hint + "}}"
    }
}

extension SeriesDescription.Value {
    var shown: String {
        switch self {
        case .omitted: "_"
        case .sample(let value, let saysHint): value.shown + (saysHint ? " with its hint" : "")
        }
    }
}

extension Question.Answer {
    var shown: String {
        switch self {
        case .series(let series), .ranges(let series, _, _, _):
            if series.isEmpty { return "nothing" }
            return series.map { one in
                "\(one.labels) " + one.values.prefix(50).map(\.shown).joined(separator: " ")
            }.joined(separator: "; ")
        case .scalar(let value): return value.shown
        case .string(let literal): return "\(literal)"
        }
    }
}

extension PromQLAnswer.Value {
    var shown: String {
        switch self {
        case .scalar(_, let value): WrittenNumber.general(value)
        case .string(let text): "\(text)"
        case .vector(let samples):
            samples.map { "\($0.labels) \($0.value.shown)" }.joined(separator: "; ")
        case .matrix(let series): "\(series.count) series"
        }
    }
}
