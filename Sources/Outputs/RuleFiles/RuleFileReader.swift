import AlertTemplates
import Bytes
import PromQLText

/// Reads rule files, in the manner of Prometheus' own check.
struct RuleFileReader {
    private var reading = YAMLReading()
    private var seenRules: Set<Identity> = []

    /// What makes two rules of a file the same.
    private struct Identity: Hashable {
        let name: ByteText
        let labels: [[ByteText]]
    }

    var faults: [RuleFileError.Fault] {
        reading.faults.enumerated().sorted {
            ($0.element.line ?? 0, $0.element.column ?? 0, $0.offset)
                < ($1.element.line ?? 0, $1.element.column ?? 0, $1.offset)
        }.map(\.element)
    }

    mutating func read(_ bytes: [UInt8]) -> [RuleGroup] {
        let root: YAMLNode?
        do throws(RuleFileError.Fault) {
            root = try YAMLTree.read(bytes)
        } catch {
            reading.faults = [error]
            return []
        }
        guard let root, !reading.refuseOther(root, .rules),
            let members = reading.members(root, ["groups"], of: "a rule file")
        else { return [] }
        var names: Set<ByteText> = []
        var groups: [RuleGroup] = []
        for node in reading.list(members["groups"], of: "groups") {
            reading.context = ""
            guard let group = readGroup(node) else { continue }
            reading.context = ""
            if !names.insert(group.name).inserted {
                reading.object("groupname: \"\(group.name)\" is repeated in the same file", at: node)
            }
            groups.append(group)
        }
        return groups
    }

    private mutating func readGroup(_ node: YAMLNode) -> RuleGroup? {
        let fields = ["name", "interval", "query_offset", "limit", "labels", "rules"]
        guard let members = reading.members(node, fields, of: "a group") else { return nil }
        let name = reading.text(members["name"], of: "name") ?? ""
        if name.isEmpty { reading.object("Groupname must not be empty", at: members["name"] ?? node) }
        reading.context = "group \"\(name)\", "
        let labels = readLabels(members["labels"])
        let interval = reading.duration(members["interval"], of: "interval")
        let limit = reading.number(members["limit"], of: "limit") ?? 0
        if limit < 0 { reading.object("limit: expected a number of at least 0", at: members["limit"]) }
        let offset = reading.duration(members["query_offset"], of: "query_offset")
        var rules: [Rule] = []
        for (index, node) in reading.list(members["rules"], of: "rules").enumerated() {
            reading.context = "group \"\(name)\", rule \(index + 1), "
            if let rule = readRule(node, groupLabels: labels, groupName: name, index + 1) { rules.append(rule) }
        }
        return RuleGroup(
            // An interval of nothing is none.
            name: name, interval: interval == 0 ? nil : interval, limit: max(limit, 0), queryOffset: offset,
            rules: rules)
    }

    private typealias Labels = [(name: ByteText, node: YAMLNode, value: ByteText)]

    private mutating func readLabels(_ node: YAMLNode?) -> Labels {
        let labels = reading.texts(node, of: "labels")
        for label in labels where label.name.isEmpty || label.name == LabelMatcher.metricName {
            reading.object("invalid label name: \(label.name)", at: label.node)
        }
        return labels
    }

    private mutating func readRule(
        _ node: YAMLNode, groupLabels: Labels, groupName: ByteText, _ number: Int
    ) -> Rule? {
        let fields = ["record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"]
        guard let members = reading.members(node, fields, of: "a rule") else { return nil }
        let record = reading.text(members["record"], of: "record") ?? ""
        let alert = reading.text(members["alert"], of: "alert") ?? ""
        let name = alert.isEmpty ? record : alert
        reading.context = "group \"\(groupName)\", rule \(number), \"\(name)\": "
        if !record.isEmpty, !alert.isEmpty {
            reading.object("only one of 'record' and 'alert' must be set", at: members["record"])
        }
        if name.isEmpty { reading.object("one of 'record' or 'alert' must be set", at: node) }
        let isAlert = !alert.isEmpty
        let expression = readExpression(members["expr"], node)
        let own = readLabels(members["labels"])
        let hold = reading.duration(members["for"], of: "for")
        let keepFiring = reading.duration(members["keep_firing_for"], of: "keep_firing_for")
        let annotations = reading.texts(members["annotations"], of: "annotations")
        if !isAlert { refuseOfRecords(members, name, hold ?? 0, keepFiring ?? 0, annotations.isEmpty) }
        for annotation in annotations where annotation.name.isEmpty {
            reading.object("invalid annotation name: \(annotation.name)", at: annotation.node)
        }
        let names = Set(own.map(\.name))
        let all = (groupLabels.filter { !names.contains($0.name) } + own).sorted { $0.name < $1.name }
        let texts = all.map { text("label", $0.name, $0.value, $0.node, isTemplate: isAlert) }
        let notes = annotations.map { text("annotation", $0.name, $0.value, $0.node, isTemplate: isAlert) }
        let identity = Identity(name: name, labels: all.map { [$0.name, $0.value] })
        if !name.isEmpty, !seenRules.insert(identity).inserted {
            reading.object("another rule of the file has this name and these labels", at: node)
        }
        guard let expression else { return nil }
        let terms = Rule.AlertTerms(hold: hold ?? 0, keepFiring: keepFiring ?? 0, annotations: notes)
        return Rule(
            kind: isAlert ? .alert(terms) : .record, name: name, expression: expression, labels: texts,
            line: node.line, expressionLine: members["expr"]?.line)
    }

    /// What only alerts have.
    private mutating func refuseOfRecords(
        _ members: [String: YAMLNode], _ name: ByteText, _ hold: Int64, _ keepFiring: Int64,
        _ hasNoAnnotations: Bool
    ) {
        if !hasNoAnnotations {
            reading.object("invalid field 'annotations' in recording rule", at: members["annotations"])
        }
        if hold != 0 { reading.object("invalid field 'for' in recording rule", at: members["for"]) }
        if keepFiring != 0 {
            reading.object("invalid field 'keep_firing_for' in recording rule", at: members["keep_firing_for"])
        }
        // A name may be any text, but one in braces was meant to be a selector.
        if name.bytes.contains(UInt8(ascii: "{")) || name.bytes.contains(UInt8(ascii: "}")) {
            reading.object(
                "braces present in the recording rule name; should it be in expr?: \(name)", at: members["record"])
        }
    }

    private mutating func readExpression(_ node: YAMLNode?, _ rule: YAMLNode) -> PromQLExpression? {
        guard let text = reading.text(node, of: "expr"), !text.isEmpty else {
            reading.object("field 'expr' must be set in rule", at: node ?? rule)
            return nil
        }
        do throws(PromQLError) {
            return try PromQLExpression(text.bytes)
        } catch {
            reading.object("could not parse expression: \(error)", at: node)
            return nil
        }
    }

    private mutating func text(
        _ kind: String, _ name: ByteText, _ value: ByteText, _ node: YAMLNode, isTemplate: Bool
    ) -> RuleText {
        guard isTemplate else { return RuleText(name: name, text: value, template: nil) }
        do throws(TemplateError) {
            return RuleText(name: name, text: value, template: try AlertTemplate(value))
        } catch {
            reading.object("\(kind) \"\(name)\": \(error)", at: node)
            return RuleText(name: name, text: value, template: nil)
        }
    }
}
