import Bytes
import Domain
import JSONTexts
import PromQLText

/// The `spec` of an indicator: which queries it names.
struct IndicatorFields {
    enum Metric {
        /// A share: of all that count those that are good, or bad.
        case ratio(part: ShownQuery, isGood: Bool, total: ShownQuery)
        /// A value that is compared with a bound.
        case threshold(ShownQuery)
    }

    /// A query and where it stands.
    struct ShownQuery {
        let fields: Fields
        let expression: Expression

        func finding(_ message: String) -> OpenSLOFinding {
            fields.finding("\(fields.path)query: \(message)", at: "query")
        }
    }

    let metric: Metric
    private let spec: Fields

    init(_ spec: Fields) throws(OpenSLOFinding) {
        self.spec = spec
        try spec.allow(["description", "ratioMetric", "thresholdMetric"])
        guard spec.has("ratioMetric") != spec.has("thresholdMetric") else {
            throw spec.finding("\(spec.path.dropLast()): expected either a ratioMetric or a thresholdMetric")
        }
        guard spec.has("ratioMetric") else {
            let threshold = try spec.fields("thresholdMetric")
            try threshold.allow(["metricSource"])
            metric = .threshold(try Self.query(threshold))
            return
        }
        let ratio = try spec.fields("ratioMetric")
        try ratio.allow(["counter", "good", "bad", "total"])
        guard try ratio.optionalText("counter")?.hasSameBytes(as: "true") == true else {
            throw ratio.finding("\(ratio.path)counter: expected true, since events are counted", at: "counter")
        }
        guard ratio.has("good") != ratio.has("bad") else {
            throw ratio.finding("\(ratio.path.dropLast()): expected either good or bad, and total")
        }
        let name = ratio.has("good") ? "good" : "bad"
        let (part, total) = (try ratio.fields(name), try ratio.fields("total"))
        try part.allow(["metricSource"])
        try total.allow(["metricSource"])
        metric = .ratio(part: try Self.query(part), isGood: name == "good", total: try Self.query(total))
    }

    private static func query(_ fields: Fields) throws(OpenSLOFinding) -> ShownQuery {
        let source = try fields.fields("metricSource")
        try source.allow(["metricSourceRef", "type", "spec"])
        if let type = try source.optionalText("type"), !type.hasSameBytes(as: "Prometheus") {
            throw source.finding("\(source.path)type \(type): expected Prometheus", at: "type")
        }
        let spec = try source.fields("spec")
        try spec.allow(["query"])
        let text = try spec.text("query")
        do throws(PromQLError) {
            return ShownQuery(fields: spec, expression: try PromQLExpression(Array(text.utf8)).root)
        } catch {
            throw spec.finding("\(spec.path)query: \(error)", at: "query")
        }
    }
}
