import Bytes
package import Domain
import EmbeddedAlerts

/// A file that follows from objectives.
package struct ObjectiveFile: Hashable, Sendable {
    /// Without a folder.
    package var name: String
    /// UTF-8.
    package var bytes: [UInt8]
}

/// What follows from a set of objectives: rules for Prometheus, OpenSLO documents, dashboards for Grafana, runbooks.
/// The files in `Alerts` and `Dashboards` are those of the built-in set.
package enum ObjectiveFiles: String, Hashable, Sendable, CaseIterable {
    case rules, slos, dashboards, runbooks

    /// Where runbooks are unless somebody says so: a server that was told no address.
    package static let runbooksAddress = "http://127.0.0.1:8910/runbooks"

    /// The files of a set, by name.
    /// - Parameter runbooks: where links to runbooks lead, without the name of an alert and the slash before it.
    /// - Complexity: O(bytes of the templates).
    package func files(_ set: ObjectiveSet, runbooks: String = Self.runbooksAddress) -> [ObjectiveFile] {
        let values = ObjectiveValues.values(set, runbooks: runbooks)
        let files = templates.flatMap { template in
            let text = TemplateText(template.bytes)
            return scopes(template.name, values).map { ObjectiveFile(name: $0.name, bytes: text.rendered($0.values)) }
        }
        return files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private var templates: [EmbeddedFile] {
        switch self {
        case .rules: EmbeddedAlerts.rules
        case .slos: EmbeddedAlerts.slos
        case .dashboards: EmbeddedAlerts.dashboards
        case .runbooks: EmbeddedAlerts.runbooks
        }
    }

    /// The files that a template makes: one, one for each percentile, or none where the set has no such line.
    private func scopes(_ template: String, _ values: TemplateValues) -> [(name: String, values: TemplateValues)] {
        func each(
            _ list: String, _ name: (TemplateValues) -> String, where isWanted: (TemplateValues) -> Bool = { _ in true }
        )
            -> [(name: String, values: TemplateValues)]
        {
            (values.lists[list] ?? []).filter(isWanted).map { (name($0), $0.over(values)) }
        }
        func dashed(_ line: TemplateValues) -> String { "\(line.texts["dashed"] ?? "").yaml" }
        func isAlerting(_ line: TemplateValues) -> Bool { line.flags.contains("alerting") }
        func isMedian(_ line: TemplateValues) -> Bool { line.texts["percentile.quantile"] == Percentile.p50.quantile }
        func runbook(_ kind: String) -> (TemplateValues) -> String {
            { "Support\(kind)\($0.texts["percentile.camel"] ?? "")High.md" }
        }
        switch template {
        case "answer-percentile.yaml": return each("answer", dashed)
        case "first-token-percentile.yaml": return each("first_token", dashed)
        case "SupportAnswerMedianHigh.md":
            return each("answer", runbook("Answer"), where: { isAlerting($0) && isMedian($0) })
        case "SupportAnswerPercentileHigh.md":
            return each("answer", runbook("Answer")) { isAlerting($0) && !isMedian($0) }
        case "SupportFirstTokenPercentileHigh.md": return each("first_token", runbook("FirstToken"), where: isAlerting)
        case "availability.yaml", "error-rate.yaml", "cost-per-answer.yaml", "satisfaction.yaml":
            let line = template.prefix { $0 != "." }.replacing("-", with: "_")
            return values.flags.contains(String(line)) ? [(template, values)] : []
        default:
            let isThere = self != .runbooks || values.alerts.contains(String(template.prefix { $0 != "." }))
            return isThere ? [(template, values)] : []
        }
    }
}

extension ObjectiveFiles {
    /// The files as one text, where a reader takes them so: rules as one rule file, OpenSLO documents one behind the
    /// other; nil for others.
    package func text(_ set: ObjectiveSet, runbooks: String = Self.runbooksAddress) -> String? {
        let texts = files(set, runbooks: runbooks).map { String(decoding: $0.bytes, as: UTF8.self) }
        switch self {
        case .rules:
            // One key `groups` over the groups of all.
            let bodies = texts.map { text in
                text.split(separator: "\n", omittingEmptySubsequences: false).filter { $0 != "groups:" }
            }
            return "groups:\n" + bodies.map { $0.joined(separator: "\n") }.joined(separator: "\n")
        case .slos: return texts.joined(separator: "---\n")
        case .dashboards, .runbooks: return nil
        }
    }
}
