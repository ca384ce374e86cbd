import Domain
import JSONTexts
package import Projections

// Formats: Prometheus text 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/) and OpenMetrics 1.0
// (https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md). In OpenMetrics bounds are
// canonical numbers with a point, and the text ends with `# EOF`.
//
// A counter has help under its full name and no type there. Typed, its family would have the name without `_total`, and
// linters that know the older text only (`promtool check metrics`) then miss the help of the samples; help under both
// names is refused by strict readers. Untyped under the full name is legal in both and costs readers nothing but the
// word.

// tests: each format by itself, without the choice among them.
/// Renders metrics as text.
package enum MetricsText {
    /// The families in their order; those without series are left out.
    /// - Precondition: a text format.
    package static func render(_ families: [MetricFamily], format: ExpositionFormat) -> String {
        var text = ""
        for family in families where !family.series.isEmpty { append(family, to: &text, format) }
        if format == .openMetrics { text += "# EOF\n" }
        return text
    }

    private static func append(_ family: MetricFamily, to text: inout String, _ format: ExpositionFormat) {
        let definition = family.definition
        let name = definition.name
        text += "# HELP \(name) \(escaped(definition.help, quotes: format == .openMetrics))\n"
        let isTyped = format != .openMetrics || definition.kind != .counter
        if isTyped { text += "# TYPE \(name) \(definition.kind.rawValue)\n" }
        if isTyped, format == .openMetrics, !definition.unit.isEmpty, name.hasSuffix("_" + definition.unit) {
            text += "# UNIT \(name) \(definition.unit)\n"
        }
        let labels = definition.labels.map(\.name)
        for series in family.series {
            let pairs = zip(labels, series.labels).map { "\($0)=\"\(escaped($1, quotes: true))\"" }
            switch series.value {
            case .number(let value): append(definition.name, pairs, String(value), to: &text)
            case .picoUSD(let value): append(definition.name, pairs, dollarText(value), to: &text)
            case .histogram(let counts, let sum):
                append(histogram: definition, pairs, counts, sum, series.exemplars, to: &text, format)
            }
        }
    }

    private static func append(_ name: String, _ pairs: [String], _ value: String, to text: inout String) {
        text += name
        if !pairs.isEmpty { text += "{\(pairs.joined(separator: ","))}" }
        text += " \(value)\n"
    }

    private static func append(
        histogram definition: MetricDefinition, _ pairs: [String], _ counts: [UInt64], _ sum: Int128,
        _ exemplars: [MetricExemplar?], to text: inout String, _ format: ExpositionFormat
    ) {
        let name = definition.name
        var total: UInt64 = 0
        for (index, count) in counts.enumerated() {
            total &+= count
            var bound = "+Inf"
            if index < counts.count - 1 {
                bound = secondsText(Int128(definition.bucketBoundsNanoseconds[index]))
                if format == .openMetrics, !bound.contains(".") { bound += ".0" }
            }
            var value = String(total)
            if format == .openMetrics, index < exemplars.count, let exemplar = exemplars[index] {
                value += Self.text(of: exemplar)
            }
            append(name + "_bucket", pairs + ["le=\"\(bound)\""], value, to: &text)
        }
        append(name + "_sum", pairs, secondsText(sum), to: &text)
        append(name + "_count", pairs, String(total), to: &text)
    }

    /// As OpenMetrics has it behind a bucket; its labels have 39 of the 128 characters that are allowed.
    private static func text(of exemplar: MetricExemplar) -> String {
        let time = DecimalText.render(Int128(exemplar.time / 1_000_000), scale: 3)
        return " # {trace_id=\"\(exemplar.traceID)\"} \(secondsText(Int128(exemplar.nanoseconds))) \(time)"
    }

    /// Backslash, line feed and, where they delimit, quotes are escaped.
    private static func escaped(_ value: String, quotes: Bool) -> String {
        guard value.utf8.contains(where: { $0 == 0x5C || $0 == 0x0A || $0 == 0x22 }) else { return value }
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\"" where quotes: text += "\\\""
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
