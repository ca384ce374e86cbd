import Bytes
import PromQLText

/// Native histograms with listed ends, made of counters by `le`.
enum ListedHistograms {
    private struct Parts {
        var buckets: [Double: Double] = [:]
        var count: Double?
        var sum = 0.0
    }

    static func made(of series: [LabelSet: [Int64: SampleValue]]) -> [LabelSet: [Int64: SampleValue]] {
        var parts: [LabelSet: [Int64: Parts]] = [:]
        // order: each sample has a place of its own.
        for (labels, samples) in series {
            guard let (base, end) = bucket(labels) else { continue }
            // order: likewise.
            for (time, sample) in samples {
                if case .float(let count) = sample, !count.isStaleMarker {
                    parts[base, default: [:]][time, default: Parts()].buckets[end] = count
                }
            }
        }
        // order: likewise.
        for (labels, samples) in series {
            let (countOf, sumOf) = (base(labels, "_count"), base(labels, "_sum"))
            // order: likewise.
            for (time, sample) in samples {
                guard case .float(let value) = sample, !value.isStaleMarker else { continue }
                if let countOf, parts[countOf]?[time] != nil { parts[countOf]?[time]?.count = value }
                if let sumOf, parts[sumOf]?[time] != nil { parts[sumOf]?[time]?.sum = value }
            }
        }
        return parts.mapValues { $0.compactMapValues { histogram($0).map { .histogram($0) } } }
    }

    private static func histogram(_ parts: Parts) -> NativeHistogram? {
        let ends = parts.buckets.keys.sorted()
        var result = NativeHistogram()
        result.schema = -53
        result.customEnds = ends.filter { $0 != .infinity }
        var below = 0.0
        var counts: [Double] = []
        for end in result.customEnds {
            let count = parts.buckets[end] ?? 0
            guard count >= below else { return nil }
            counts.append(count - below)
            below = count
        }
        let all = parts.count ?? parts.buckets[.infinity] ?? below
        guard all >= below else { return nil }
        counts.append(all - below)
        result.positive = HistogramBuckets(from: 0, counts)
        (result.count, result.sum) = (all, parts.sum)
        return result.compacted
    }

    private static func bucket(_ labels: LabelSet) -> (base: LabelSet, end: Double)? {
        guard let base = base(labels, "_bucket") else { return nil }
        let text = labels["le"].description
        guard let end = text == "+Inf" || text == "Inf" ? Double.infinity : Double(text) else { return nil }
        return (base.dropping(["le"]), end)
    }

    /// The labels with a name without its ending; nil where it has another.
    private static func base(_ labels: LabelSet, _ ending: String) -> LabelSet? {
        let name = labels["__name__"].bytes
        guard name.count > ending.utf8.count, name.suffix(ending.utf8.count).elementsEqual(ending.utf8) else {
            return nil
        }
        return labels.setting("__name__", to: ByteText(name.dropLast(ending.utf8.count)))
    }
}
