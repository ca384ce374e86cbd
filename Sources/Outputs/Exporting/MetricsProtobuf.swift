import Bytes
import Domain
package import Projections

// Format: messages `io.prometheus.client.MetricFamily`, each with its length ahead
// (https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto). Numbers there are
// doubles: the sums that stand exactly in the text formats are rounded once, here.

// tests: each format by itself, without the choice among them.
/// Renders metrics as protocol buffers: histograms with classic and, where they were kept, native buckets.
package enum MetricsProtobuf {
    /// Values of `MetricType`.
    private enum Kind: UInt64 {
        case counter = 0
        case gauge = 1
        case histogram = 4

        init(_ kind: MetricKind) {
            switch kind {
            case .counter: self = .counter
            case .gauge: self = .gauge
            case .histogram: self = .histogram
            }
        }
    }

    /// The families in their order; those without series are left out.
    package static func render(_ families: [MetricFamily]) -> [UInt8] {
        var writer = ProtobufWriter()
        for family in families where !family.series.isEmpty {
            writer.delimited { append(family, to: &$0) }
        }
        return writer.bytes
    }

    private static func append(_ family: MetricFamily, to writer: inout ProtobufWriter) {
        let definition = family.definition
        writer.field(1, text: definition.name)
        writer.field(2, text: definition.help)
        let kind = Kind(definition.kind)
        writer.field(3, varint: kind.rawValue)
        for series in family.series {
            writer.message(4) { metric in
                for (label, value) in zip(definition.labels, series.labels) {
                    metric.message(1) {
                        $0.field(1, text: label.name)
                        $0.field(2, text: value)
                    }
                }
                switch series.value {
                case .number(let value): append(Double(value), kind, to: &metric)
                case .picoUSD(let value): append(Double(value) / 1e12, kind, to: &metric)
                case .histogram(let counts, let sum):
                    metric.message(7) { append(definition, counts, sum, series, to: &$0) }
                }
            }
        }
    }

    private static func append(_ value: Double, _ kind: Kind, to metric: inout ProtobufWriter) {
        metric.message(kind == .counter ? 3 : 2) { $0.field(1, double: value) }
    }

    private static func append(
        _ definition: MetricDefinition, _ counts: [UInt64], _ sumNanoseconds: Int128, _ series: MetricSeries,
        to histogram: inout ProtobufWriter
    ) {
        histogram.field(1, varint: counts.reduce(0, &+))
        histogram.field(2, double: Double(sumNanoseconds) / 1e9)
        var total: UInt64 = 0
        for (index, count) in counts.enumerated() {
            total &+= count
            let exemplar = index < series.exemplars.count ? series.exemplars[index] : nil
            let isLast = index == definition.bucketBoundsNanoseconds.count
            // The bucket without a bound is implied, unless it has an example to show.
            if isLast, exemplar == nil { continue }
            histogram.message(3) {
                $0.field(1, varint: total)
                $0.field(2, double: isLast ? .infinity : Double(definition.bucketBoundsNanoseconds[index]) / 1e9)
                if let exemplar { append(exemplar, to: &$0) }
            }
        }
        if let exponential = series.exponential { append(exponential, to: &histogram) }
    }

    private static func append(_ exemplar: MetricExemplar, to bucket: inout ProtobufWriter) {
        bucket.message(3) { message in
            message.message(1) {
                $0.field(1, text: "trace_id")
                $0.field(2, text: exemplar.traceID)
            }
            message.field(2, double: Double(exemplar.nanoseconds) / 1e9)
            message.message(3) {
                $0.field(1, varint: UInt64(bitPattern: exemplar.time / 1_000_000_000))
                $0.field(2, varint: UInt64(bitPattern: exemplar.time % 1_000_000_000))
            }
        }
    }

    /// Runs of neighbouring buckets as spans, counts as differences to the bucket before.
    private static func append(_ exponential: ExponentialBuckets, to histogram: inout ProtobufWriter) {
        histogram.field(5, zigzag: Int64(ExponentialBuckets.schema))
        histogram.field(6, double: 0)
        histogram.field(7, varint: exponential.zeroCount)
        var (next, first) = (0, 0)
        while first < exponential.buckets.count {
            let start = exponential.buckets[first].index
            var end = first + 1
            while end < exponential.buckets.count, exponential.buckets[end].index == start + end - first { end += 1 }
            histogram.message(12) {
                $0.field(1, zigzag: Int64(start - next))
                $0.field(2, varint: UInt64(end - first))
            }
            (next, first) = (start + end - first, end)
        }
        var before: Int64 = 0
        let differences = exponential.buckets.map { bucket -> Int64 in
            let count = Int64(clamping: bucket.count)
            defer { before = count }
            return count - before
        }
        histogram.field(13, packedZigzags: differences)
    }
}
