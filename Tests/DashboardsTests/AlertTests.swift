import Alerting
import Domain
import Foundation
import Testing

/// What `Alerts/` promises: each rule names only what exists, has a runbook, and was seen to fire and not to fire.
@Suite struct AlertTests {
    let rules: [Rule]
    let known: KnownSeries

    init() throws {
        rules = try RuleFile.all()
        known = KnownSeries(rules)
    }

    var alerts: [Rule] { rules.filter(\.isAlert) }

    /// Alerts of rules that are made of OpenSLO documents: they have pages, too, whatever the objectives in force.
    static let ofDocuments = ["SLOBudgetBurnsFast", "SLOBudgetBurnsSlowly"]

    @Test func everyRuleIsRead() throws {
        let files = try Repository.files(in: "Alerts/rules", ending: ".yaml")
        let outcome = try Checker.run("promtool", ["check", "rules"] + files.map(\.path))
        #expect(outcome.status == 0, "\(outcome.text)")
        let counted = outcome.text.split(separator: " ").indices.reduce(0) { sum, index in
            let words = outcome.text.split(separator: " ")
            return words[index].hasPrefix("rules") && index > 0 ? sum + (Int(words[index - 1]) ?? 0) : sum
        }
        #expect(rules.count == counted)
        #expect(rules.allSatisfy { !$0.expression.isEmpty })
        #expect(Set(rules.map(\.name)).count == rules.count)
    }

    @Test func seriesAndLabelsExist() {
        for rule in rules {
            for complaint in known.complaints(about: rule.expression) { Issue.record("\(rule.name): \(complaint)") }
            // Templates ask questions of their own.
            for text in rule.annotations.values.flatMap(queries) {
                for complaint in known.complaints(about: text) {
                    Issue.record("\(rule.name), annotation: \(complaint)")
                }
            }
        }
    }

    /// A recorded name says the labels that are left, and rules that use it count on them.
    @Test func recordedNamesSayTheirLabels() {
        for rule in rules where !rule.isAlert && rule.name.split(separator: ":").count > 2 {
            let texts = PromQLNames(rule.expression).texts
            let left = known.labels(of: rule.expression).subtracting(texts)
            #expect(left == known.labels(of: rule.name), "\(rule.name)")
        }
    }

    @Test func templatesAskInOneForm() {
        for rule in rules {
            for (key, text) in rule.annotations {
                let asked = text.components(separatedBy: "query ").count - 1
                #expect(
                    asked == queries(text).count,
                    "\(rule.name), \(key): write query (printf \"…\" …), so that it is checked")
            }
        }
    }

    private func queries(_ template: String) -> [String] { RuleFile.queries(in: template) }

    /// Each `%q` has its value.
    @Test func queriesOfTemplatesAreFilled() {
        for rule in rules {
            for text in rule.annotations.values {
                for rest in text.components(separatedBy: "query (printf \"").dropFirst() {
                    let call = rest.components(separatedBy: ") }}")[0]
                    let values =
                        call.components(separatedBy: "\" .").last.map { ("." + $0).split(separator: " ").count } ?? 0
                    #expect(call.components(separatedBy: "%q").count - 1 == values, "\(rule.name): \(call)")
                }
            }
        }
    }

    @Test func queriesOfTemplatesParse() throws {
        let texts = alerts.sorted { $0.name < $1.name }.flatMap {
            $0.annotations.sorted { $0.key < $1.key }.flatMap { queries($0.value) }
        }
        #expect(texts.count >= 8)
        #expect(try Checker.complaints(about: texts) == "")
    }

    @Test func everyAlertSaysWhatItIs() {
        for alert in alerts {
            let severity = alert.labels["severity"] ?? ""
            #expect(["critical", "warning", "info", "none"].contains(severity), "\(alert.name): severity \(severity)")
            #expect(["sre", "finance", "product"].contains(alert.labels["audience"] ?? ""), "\(alert.name): audience")
            // A label that changes makes another alert of the same trouble.
            #expect(
                Set(alert.labels.keys).isSubset(of: ["severity", "audience", "objective"]), "\(alert.name): labels")
            for key in ["summary", "description", "runbook_url"] {
                #expect(alert.annotations[key]?.isEmpty == false, "\(alert.name): \(key)")
            }
            #expect(alert.hasDuration || alert.name == "Watchdog", "\(alert.name) fires on a single sample")
        }
    }

    @Test func everyAlertHasItsRunbook() throws {
        let folder = Repository.root.appending(path: "Alerts/runbooks")
        let commands = try Repository.files(in: "Sources/Commands/plimsoll", ending: "Command.swift")
            .map { String($0.lastPathComponent.dropLast("Command.swift".count)).lowercased() }
        for alert in alerts {
            #expect(alert.annotations["runbook_url"] == "\(ObjectiveFiles.runbooksAddress)/\(alert.name)")
        }
        for name in alerts.map(\.name) + Self.ofDocuments {
            let text = try Repository.text(folder.appending(path: name + ".md"))
            for part in ["# \(name)\n", "\n## What it means\n", "\n## What to look at\n", "\n## What to do\n"] {
                #expect(text.hasPrefix(part) || text.contains(part), "\(name).md: \(part)")
            }
            for piece in text.components(separatedBy: "    plimsoll ").dropFirst() {
                let command = piece.prefix { $0.isLetter || $0 == "-" }.filter(\.isLetter)
                #expect(commands.contains(command), "\(name).md: there is no command plimsoll \(command)")
            }
        }
        let names = Set((alerts.map(\.name) + Self.ofDocuments + ["README"]).map { $0 + ".md" })
        for file in try Repository.files(in: "Alerts/runbooks", ending: ".md") {
            #expect(names.contains(file.lastPathComponent), "\(file.lastPathComponent) is of no alert")
        }
    }

    @Test func everyAlertIsTestedFiringAndNotFiring() throws {
        var fires: Set<String> = []
        var rests: Set<String> = []
        for file in try Repository.files(in: "Alerts/tests", ending: ".yaml") {
            let lines = try Repository.text(file).split(separator: "\n")
            for (line, next) in zip(lines, lines.dropFirst()) where line.contains(" alertname: ") {
                let name = line.components(separatedBy: ": ")[1]
                if next.hasSuffix("exp_alerts: []") { rests.insert(name) }
                if next.hasSuffix("exp_alerts:") { fires.insert(name) }
            }
        }
        for alert in alerts {
            #expect(fires.contains(alert.name), "\(alert.name) has no test in which it fires")
            #expect(
                rests.contains(alert.name) || alert.name == "Watchdog",
                "\(alert.name) has no test in which it does not fire")
        }
    }

    @Test(
        arguments: try Repository.files(in: "Alerts/tests", ending: ".yaml").map {
            "Alerts/tests/" + $0.lastPathComponent
        })
    func promtoolAgrees(_ file: String) throws {
        let outcome = try Checker.run("promtool", ["test", "rules", file])
        #expect(outcome.status == 0, "\(outcome.text)")
    }

    @Test func everyServiceLevelHasItsAlert() {
        for objective in ObjectiveSet.builtIn.objectives {
            let bound = limit(of: objective.alertLimit ?? objective.target)
            let alert = alerts.first {
                $0.labels["objective"] == objective.name && numbers(in: $0.expression).contains(bound)
            }
            #expect(alert != nil, "no alert for \(objective.name) at \(bound)")
        }
    }

    /// A bound in base units as it stands in an expression.
    private func limit(of bound: ObjectiveBound) -> Double {
        switch bound {
        case .share(let partsPerMillion): Double(partsPerMillion) / 1e6
        case .duration(let nanoseconds): Double(nanoseconds) / 1e9
        case .costPerAnswer(let picoUSD): Double(picoUSD) / 1e12
        }
    }

    private func numbers(in expression: String) -> [Double] {
        expression.split { " \n()".contains($0) }.compactMap { Double($0) }
    }

    @Test func objectivesAreOpenSLO() throws {
        let files = try Repository.files(in: "Alerts/slos", ending: ".yaml")
        var names: Set<String> = []
        var expressions: [String] = []
        for file in files {
            let text = try Repository.text(file)
            for document in text.components(separatedBy: "\n---\n") {
                #expect(document.contains("apiVersion: openslo/v1\n"), "\(file.lastPathComponent)")
                guard document.contains("kind: SLO\n") else { continue }
                let name = document.components(separatedBy: "\n  name: ")[1].prefix { $0 != "\n" }
                names.insert(String(name))
                for key in ["service: ", "timeWindow:", "budgetingMethod: ", "objectives:", "indicator:"] {
                    #expect(document.contains("\n  " + key), "\(name): \(key)")
                }
                expressions += document.components(separatedBy: "query: ").dropFirst().map {
                    String($0.prefix { $0 != "\n" })
                }
            }
        }
        let wanted = Set(ObjectiveSet.builtIn.objectives.map { $0.name.replacingOccurrences(of: "_", with: "-") })
        #expect(names == wanted)
        #expect(expressions.count >= wanted.count)
        for expression in expressions { #expect(known.complaints(about: expression) == [], "\(expression)") }
        #expect(try Checker.complaints(about: expressions) == "")
    }

    @Test func sampleConfigurationsAreSound() throws {
        let prometheus = try Checker.run("promtool", ["check", "config", "Deploy/prometheus/prometheus.yml"])
        #expect(prometheus.status == 0, "\(prometheus.text)")
        let alertmanager = try Checker.run("amtool", ["check-config", "Deploy/alertmanager/alertmanager.yml"])
        #expect(alertmanager.status == 0, "\(alertmanager.text)")
    }
}
