import ArgumentParser
import Asking
import Domain
import EventStores
import JSONTexts
import Platform
import PromQLText
import RuleFiles
import Rules
import Settings

extension AlertsCommand {
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "Which alerts are pending or fire, and which rules fail.",
            discussion: """
                Of a server what it knows now, why rule files are not taken as they are, and who cannot be told. Of a \
                directory how its rules stood when that was noted last: at each change, else every five minutes; the \
                rules are those of --config FILE, else those of the objectives in force. Alerts of other rules that \
                were noted are listed behind them.
                """)

        enum Format: String, CaseIterable, ExpressibleByArgument { case table, json }

        @OptionGroup var source: SourceOptions

        @Option(help: ArgumentHelp("A settings file whose rules are meant.", valueName: "file"))
        var config: String?

        @Option(help: "How to print: table or json, which is what Prometheus' HTTP API says of rules.")
        var format = Format.table

        func run() async throws {
            let text = try await source.text(at: "/api/v1/rules") { store, machine in
                let settings = try SettingsReading.serve(config: config, in: machine.fileSystem)
                let snapshot = store.snapshot()
                let set = try RuleSetup.rules(settings, objectives: snapshot.objectives.current.set, on: machine)
                let manager = RuleManager(set, from: snapshot.rules) { [] }
                let others = manager.alertsOfOthers(in: snapshot.rules)
                return JSONWriter.object { json in
                    json.member("status", "success")
                    json.key("data")
                    json.raw(RulesJSON.groups(manager, RulesJSON.Filter()))
                    if others.isEmpty { return }
                    json.key("warnings")
                    json.array([hint(others.count)]) { $1.value($0) }
                    json.key("noted")
                    json.raw(RulesJSON.alerts(ofOthers: others))
                }
            }
            switch format {
            case .json: try StandardStream.output.show(Array(text.utf8) + (text.hasSuffix("\n") ? [] : [10]))
            case .table: try StandardStream.output.show(Array(Self.table(text).utf8))
            }
        }

        /// - Parameter count: of alerts that are of other rules than those that are meant.
        private func hint(_ count: Int) -> String {
            let rules = config == nil ? "give --config FILE with their rules" : "--config names none of their rules"
            return "\(count) \(count == 1 ? "alert of other rules is" : "alerts of other rules are") noted: \(rules)"
        }

        /// Alerts, then rules that fail, then alerts of other rules.
        private static func table(_ text: String) throws -> String {
            let limits = JSONReader.Limits(depthMax: 16, bytesMax: 256 << 20)
            let document = try JSONReader.parse(Array(text.utf8)[...], limits: limits)
            let groups = document["data"]?["groups"]?.array ?? []
            let rules = groups.flatMap { group in
                (group["rules"]?.array ?? []).map { (group: group["name"]?.string ?? "", rule: $0) }
            }
            var rows: [[String]] = []
            for (group, rule) in rules {
                for alert in rule["alerts"]?.array ?? [] { rows.append(row(alert, of: group)) }
            }
            let noted = (document["noted"]?.array ?? []).map { row($0, of: $0["group"]?.string ?? "") }
            let failing = rules.filter { $0.rule["health"]?.string == "err" }.map { rule in
                "\(rule.group), \(rule.rule["name"]?.string ?? ""): \(rule.rule["lastError"]?.string ?? "")\n"
            }
            let warnings = (document["warnings"]?.array ?? []).map { ($0.string ?? "") + "\n" }.joined()
            let head = ["state", "alert", "pending since", "value", "group", "labels"]
            return warnings
                + (rows.isEmpty ? "\(rules.count) rules, no alerts\n" : renderAligned([head] + rows.sorted(by: comes)))
                + (failing.isEmpty ? "" : "\nrules that fail:\n" + failing.joined())
                + (noted.isEmpty ? "" : "\nalerts of other rules, as noted last:\n")
                + (noted.isEmpty ? "" : renderAligned([head] + noted.sorted(by: comes)))
        }

        private static func row(_ alert: JSONValue, of group: String) -> [String] {
            let labels = (alert["labels"]?.members ?? []).filter { $0.name != "alertname" }.map {
                "\($0.name)=\($0.value.string ?? "")"
            }
            return [
                alert["state"]?.string ?? "", alert["labels"]?["alertname"]?.string ?? "",
                alert["activeAt"]?.string ?? "", number(alert["value"]?.string ?? ""), group,
                labels.joined(separator: " "),
            ]
        }

        /// As `alerts replay` and `promql` write it; Prometheus' API writes all of alerts with an exponent.
        private static func number(_ text: String) -> String { Double(text).map(WrittenNumber.general) ?? text }

        /// What fires first, then by name.
        private static func comes(_ one: [String], before other: [String]) -> Bool {
            (one[0] == "firing" ? 0 : 1, one[1], one[5]) < (other[0] == "firing" ? 0 : 1, other[1], other[5])
        }
    }
}
