import Bytes
import JSONTexts
import PromQLText

/// Reads files of unit tests.
struct RuleTestFileReader {
    private(set) var reading = YAMLReading()

    mutating func read(_ bytes: [UInt8], name: String) -> RuleTestFile? {
        let root: YAMLNode?
        do throws(RuleFileError.Fault) {
            root = try YAMLTree.read(bytes)
        } catch {
            reading.faults = [error]
            return nil
        }
        let fields = ["rule_files", "evaluation_interval", "group_eval_order", "tests", "fuzzy_compare"]
        guard let root else {
            reading.object("the file has no tests", at: nil)
            return nil
        }
        guard !reading.refuseOther(root, .tests), let members = reading.members(root, fields, of: "a test file")
        else { return nil }
        let files = texts(members["rule_files"], of: "rule_files")
        let order = texts(members["group_eval_order"], of: "group_eval_order")
        var seen: Set<ByteText> = []
        for group in order where !seen.insert(group).inserted {
            reading.object("group name repeated in evaluation order: \(group)", at: members["group_eval_order"])
        }
        let interval = positive(members["evaluation_interval"], of: "evaluation_interval") ?? 60_000
        let isFuzzy = reading.flag(members["fuzzy_compare"], of: "fuzzy_compare")
        var tests: [RuleTest] = []
        for (index, node) in reading.list(members["tests"], of: "tests").enumerated() {
            reading.context = "test \(index + 1), "
            if let test = readTest(node, interval) { tests.append(test) }
        }
        reading.context = ""
        return RuleTestFile(
            name: name, ruleFiles: files.map(\.description), interval: interval, order: order, isFuzzy: isFuzzy,
            tests: tests)
    }

    private mutating func texts(_ node: YAMLNode?, of kind: String) -> [ByteText] {
        reading.list(node, of: kind).compactMap { reading.text($0, of: kind) }
    }

    /// Nothing, or zero, is as nothing said.
    private mutating func positive(_ node: YAMLNode?, of name: String) -> Int64? {
        reading.duration(node, of: name).flatMap { $0 == 0 ? nil : $0 }
    }

    private mutating func readTest(_ node: YAMLNode, _ interval: Int64) -> RuleTest? {
        let fields = [
            "name", "interval", "input_series", "alert_rule_test", "promql_expr_test", "external_labels",
            "external_url", "start_timestamp",
        ]
        guard let members = reading.members(node, fields, of: "a test") else { return nil }
        let name = reading.text(members["name"], of: "name") ?? ""
        if !name.isEmpty { reading.context = "test \"\(name)\", " }
        let series = reading.list(members["input_series"], of: "series").compactMap { readSeries($0) }
        let alerts = reading.list(members["alert_rule_test"], of: "alert tests").compactMap { readAlerts($0) }
        let answers = reading.list(members["promql_expr_test"], of: "expressions").compactMap { readAnswer($0) }
        return RuleTest(
            name: name, step: positive(members["interval"], of: "interval") ?? interval,
            start: readStart(members["start_timestamp"]), series: series,
            externalLabels: labels(members["external_labels"], of: "external_labels"),
            externalURL: reading.text(members["external_url"], of: "external_url") ?? "", alerts: alerts,
            expressions: answers)
    }

    private mutating func labels(_ node: YAMLNode?, of kind: String, _ more: [(ByteText, ByteText)] = []) -> LabelSet {
        LabelSet(reading.texts(node, of: kind).map { ($0.name, $0.value) } + more)
    }

    /// Seconds since 1970, or a time of RFC 3339.
    private mutating func readStart(_ node: YAMLNode?) -> Int64 {
        guard let text = reading.text(node, of: "start_timestamp"), !text.isEmpty else { return 0 }
        if let seconds = Double(text.description), seconds.isFinite, seconds.magnitude < 1e12 {
            return Int64((seconds * 1000).rounded())
        }
        do throws(TimestampError) {
            return floorDivide(try RFC3339.parse(text.bytes.span), 1_000_000)
        } catch {
            reading.object("start_timestamp: expected seconds since 1970, or \(error)", at: node)
            return 0
        }
    }

    private mutating func readSeries(_ node: YAMLNode) -> SeriesDescription? {
        guard let members = reading.members(node, ["series", "values"], of: "a series"),
            let series = reading.text(members["series"], of: "series")
        else {
            reading.object("a series needs `series: 'name{label=\"value\"}'`", at: node)
            return nil
        }
        let values = reading.text(members["values"], of: "values") ?? ""
        return description(Array(series.bytes + [0x20] + values.bytes), at: members["values"] ?? node)
    }

    private mutating func description(_ text: [UInt8], at node: YAMLNode) -> SeriesDescription? {
        do throws(PromQLError) {
            return try SeriesDescription(text)
        } catch {
            reading.object("\(error)", at: node)
            return nil
        }
    }

    private mutating func readAlerts(_ node: YAMLNode) -> RuleTest.Alerts? {
        let fields = ["eval_time", "alertname", "exp_alerts"]
        guard let members = reading.members(node, fields, of: "a test of alerts") else { return nil }
        let time = reading.duration(members["eval_time"], of: "eval_time") ?? 0
        let name = reading.text(members["alertname"], of: "alertname") ?? ""
        if name.isEmpty {
            reading.object("an item under alert_rule_test misses required attribute alertname", at: node)
        }
        var expected: [RuleTest.Alert] = []
        for node in reading.list(members["exp_alerts"], of: "alerts") {
            guard let members = reading.members(node, ["exp_labels", "exp_annotations"], of: "an alert")
            else { continue }
            expected.append(
                RuleTest.Alert(
                    labels: labels(members["exp_labels"], of: "exp_labels", [("alertname", name)]),
                    annotations: labels(members["exp_annotations"], of: "exp_annotations")))
        }
        return RuleTest.Alerts(time: time, alert: name, expected: expected)
    }

    private mutating func readAnswer(_ node: YAMLNode) -> RuleTest.Answer? {
        let fields = ["expr", "eval_time", "exp_samples"]
        guard let members = reading.members(node, fields, of: "a test of an expression") else { return nil }
        let time = reading.duration(members["eval_time"], of: "eval_time") ?? 0
        let expression = reading.text(members["expr"], of: "expr") ?? ""
        let samples = reading.list(members["exp_samples"], of: "samples").compactMap { readSample($0) }
        return RuleTest.Answer(time: time, expression: expression, expected: samples)
    }

    private mutating func readSample(_ node: YAMLNode) -> RuleTest.Sample? {
        guard let members = reading.members(node, ["labels", "value", "histogram"], of: "a sample"),
            let written = reading.text(members["labels"], of: "labels"),
            let labels = description(written.bytes, at: members["labels"] ?? node)?.labels
        else { return nil }
        if let histogram = reading.text(members["histogram"], of: "histogram"), !histogram.isEmpty {
            guard let values = description(Array("{} ".utf8) + histogram.bytes, at: node)?.values else { return nil }
            guard values.count == 1, case .sample(.histogram(let value), _) = values[0] else {
                reading.object("histogram: expected one histogram", at: members["histogram"])
                return nil
            }
            return RuleTest.Sample(labels: labels, value: .histogram(value))
        }
        guard let value = Self.number(members["value"]) else {
            reading.object("value: expected a number", at: members["value"])
            return nil
        }
        return RuleTest.Sample(labels: labels, value: .float(value))
    }

    /// As YAML writes numbers; where none is written, zero.
    private static func number(_ node: YAMLNode?) -> Double? {
        guard let node, !node.isNull else { return 0 }
        switch node.text?.lowercased() {
        case nil: return nil
        case ".nan": return .nan
        case ".inf", "+.inf": return .infinity
        case "-.inf": return -.infinity
        case .some(let text): return Double(text.filter { $0 != "_" })
        }
    }
}
