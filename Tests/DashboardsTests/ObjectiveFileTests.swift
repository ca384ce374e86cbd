import Alerting
import Bytes
import Domain
import EmbeddedAlerts
import Foundation
import Testing

/// No number of an objective stands twice: the files of `Alerts` and `Dashboards` are what templates give for the
/// built-in set, and other sets give files that are as sound.
@Suite struct ObjectiveFileTests {
    private static let folders: [ObjectiveFiles: String] = [
        .rules: "Alerts/rules", .slos: "Alerts/slos", .dashboards: "Dashboards", .runbooks: "Alerts/runbooks",
    ]

    /// Lines gone, lines new, every number another one.
    static var other: ObjectiveSet {
        var set = ObjectiveSet(
            objectives: [
                Objective(
                    .availability, target: .share(partsPerMillion: 980_000),
                    alertLimit: .share(partsPerMillion: 960_000)),
                Objective(.errorRate, target: .share(partsPerMillion: 30_000), alertLimit: nil),
                Objective(
                    .costPerAnswer, target: .costPerAnswer(picoUSD: 11_000_000_000),
                    alertLimit: .costPerAnswer(picoUSD: 70_000_000_000)),
            ],
            answerLimits: AnswerLimits(
                nanoseconds: 25_000_000_000,
                channels: [AnswerLimits.Channel(name: Array("email".utf8), nanoseconds: 400_000_000_000)]),
            budgetDays: 28)
        for (permille, target, alert) in [(900, 4_000, 7_500), (992, 12_000, nil)] as [(Int, Int64, Int64?)] {
            set.add(
                Objective(
                    .answerDuration(Percentile(permille: permille)!),
                    target: .duration(nanoseconds: target * 1_000_000),
                    alertLimit: alert.map { .duration(nanoseconds: $0 * 1_000_000) }))
        }
        return set
    }

    /// `REWRITE_GOLDENS=1` in the environment writes the files anew.
    @Test(arguments: ObjectiveFiles.allCases) func committedFilesAreThoseOfTheBuiltInSet(_ kind: ObjectiveFiles) throws
    {
        let folder = try #require(Self.folders[kind])
        let files = kind.files(.builtIn)
        if ProcessInfo.processInfo.environment["REWRITE_GOLDENS"] == "1" {
            for file in files {
                try Data(file.bytes).write(to: Repository.root.appending(path: "\(folder)/\(file.name)"))
            }
        }
        let committed = try FileManager.default.contentsOfDirectory(
            atPath: Repository.root.appending(path: folder).path
        ).sorted()
        #expect(files.map(\.name).sorted() == committed)
        for file in files {
            let text = try Repository.text(Repository.root.appending(path: "\(folder)/\(file.name)"))
            #expect(text == String(decoding: file.bytes, as: UTF8.self), "\(file.name) is not what its template gives")
        }
    }

    /// Also those that the built-in set makes no file of.
    @Test func everyTemplateIsBuiltIn() throws {
        let built: [String: [EmbeddedFile]] = [
            "rules": EmbeddedAlerts.rules, "slos": EmbeddedAlerts.slos, "dashboards": EmbeddedAlerts.dashboards,
            "runbooks": EmbeddedAlerts.runbooks,
        ]
        let templates = Repository.root.appending(path: "Alerts/templates")
        let folders = try FileManager.default.contentsOfDirectory(atPath: templates.path)
        #expect(folders.sorted() == built.keys.sorted())
        for folder in folders {
            for name in try FileManager.default.contentsOfDirectory(atPath: templates.appending(path: folder).path) {
                let file = try #require(built[folder]?.first { $0.name == name }, "\(folder)/\(name) is not built in")
                let bytes = try Data(contentsOf: templates.appending(path: "\(folder)/\(name)"))
                #expect(file.bytes == Array(bytes), "\(folder)/\(name)")
            }
        }
    }

    private func text(_ kind: ObjectiveFiles, _ set: ObjectiveSet) -> String {
        kind.files(set).map { $0.name + "\n" + String(decoding: $0.bytes, as: UTF8.self) }.joined(separator: "\n")
    }

    /// A number of the built-in set in the files of another one would stand in a template.
    @Test func noNumberOfAnObjectiveStandsInATemplate() {
        for kind in ObjectiveFiles.allCases {
            let text = text(kind, Self.other)
            for number in [
                "99.9", "99.5", "0.999", "0.995", "30 s", "30000000000", "80%", "85 %", "0.85", "$0.02", "$0.05",
                "0.05 USD", "5 s)",
                "8 s)", "be less than 5 s", "14.4", "p95_5m", "SupportAnswerP95", "SupportSatisfaction",
                "SupportFirstToken",
                "duration: 30d",
                "30 days (", "0.9333",
            ] { #expect(!text.contains(number), "\(kind): \(number)") }
        }
        let rules = text(.rules, Self.other)
        for number in [
            "< 0.96\n", "> 13.44 * 0.02", "> 2.8 * 0.02", "> 0.03\n", "p90_5m > 7.5", "p99_2_5m > 12",
            "SupportAnswerP99_2High",
            "within 25 s; email 400 s",
            "the target is 3%", "budget of 28 days (2 % of the questions)",
        ] { #expect(rules.contains(number), "\(number)") }
        #expect(
            text(.runbooks, Self.other).contains(
                "duration_ns > case channel when 'email' then 400000000000 else 25000000000 end"))
        #expect(text(.slos, Self.other).contains("_bucket{le=~\"4|4.0\"}"))
    }

    /// A target so lax that the fast rates cannot be reached has no rule that cannot fire.
    @Test func ratesThatCannotBeReachedHaveNoRule() {
        var set = ObjectiveSet.builtIn
        set.objectives[0] = Objective(
            .availability, target: .share(partsPerMillion: 700_000), alertLimit: .share(partsPerMillion: 600_000))
        let rules = text(.rules, set)
        #expect(!rules.contains("SupportAvailabilityBurnFast") && rules.contains("SupportAvailabilityBurnSlow"))
        #expect(!text(.runbooks, set).contains("SupportAvailabilityBurnFast"))
        #expect(!text(.dashboards, set).contains("runbooks}/SupportAvailabilityBurnFast"))
    }

    /// A window too long for a budget of few days would compare with less than what the target allows, so it is left
    /// out; the branches of each alert, by days.
    @Test(
        arguments: [
            (1, [], []), (2, [], []), (3, ["1.44"], []), (4, ["1.92"], []), (5, ["2.4", "1"], []),
            (9, ["4.32", "1.8"], []),
            (10, ["4.8", "2"], ["1"]), (29, ["13.92", "5.8"], ["2.9"]), (30, ["14.4", "6"], ["3", "1"]),
            (366, ["175.68", "73.2"], ["36.6", "12.2"]),
        ] as [(Int, [String], [String])])
    func burnsAreFasterThanAllowed(days: Int, fast: [String], slow: [String]) throws {
        var set = ObjectiveSet.builtIn
        set.budgetDays = days
        let file = try #require(ObjectiveFiles.rules.files(set).first { $0.name == "service-levels.yaml" })
        let text = String(decoding: file.bytes, as: UTF8.self)
        let rules = try RuleFile.rules(in: text, file: file.name)
        for (name, factors) in [("SupportAvailabilityBurnFast", fast), ("SupportAvailabilityBurnSlow", slow)] {
            let rule = rules.first { $0.name == name }
            // Each branch compares a long and a short window.
            let pieces = (rule?.expression ?? "").components(separatedBy: " * 0.001").dropLast()
            let found = pieces.map { $0.components(separatedBy: "> ").last ?? "" }
            #expect(found == factors.flatMap { [$0, $0] }, "\(name)")
            #expect(rule?.expression.components(separatedBy: "\nor\n").count ?? 0 == factors.count, "\(name)")
            let runbooks = self.text(.runbooks, set)
            #expect(
                runbooks.contains("| [\(name)]") == !factors.isEmpty
                    && runbooks.contains("\(name).md\n") == !factors.isEmpty)
        }
        // The panel has a line for each branch but one of the slow alert.
        let dashboards = self.text(.dashboards, set)
        let lines =
            zip(fast, ["1 h", "6 h"]).map { "\($0) (\($1))" }
            + slow.suffix(1).map { "\($0) (\(slow.count == 2 ? "3 d" : "1 d"))" }
        let said = "where the burn alerts stand" + (lines.isEmpty ? "" : ": " + lines.joined(separator: ", ") + ".")
        #expect(dashboards.contains(said) == !lines.isEmpty, "\(said)")
        #expect(
            text.contains("No alert of a slow burn") == slow.isEmpty
                && text.contains("No alert of a fast burn") == fast.isEmpty)
        #expect(try Checker.complaints(about: rules.map(\.expression)) == "")
    }

    /// Where no alert was asked for there is no rule, no page about it and no link to one; a line that says nothing of
    /// alerts has a notice.
    @Test func noAlertIsNoRule() throws {
        for index in ObjectiveSet.builtIn.objectives.indices {
            var set = ObjectiveSet.builtIn
            set.objectives[index].alertLimit = nil
            set.objectives[index].isSilent = true
            let name = set.objectives[index].name
            let files = ObjectiveFiles.rules.files(set)
            let rules = try files.flatMap {
                try RuleFile.rules(in: String(decoding: $0.bytes, as: UTF8.self), file: $0.name)
            }
            // Probes stand beside availability.
            #expect(!rules.contains { $0.labels["objective"] == name && $0.name != "SupportProbesFailing" }, "\(name)")
            // A page for each alert, and the list of them.
            let names = rules.filter(\.isAlert).map(\.name) + AlertTests.ofDocuments + ["README"]
            let pages = Set(names.map { $0 + ".md" })
            #expect(Set(ObjectiveFiles.runbooks.files(set).map(\.name)) == pages, "\(name)")
            let slo = ObjectiveFiles.slos.files(set).first { $0.name == name.replacing("_", with: "-") + ".yaml" }
            #expect(
                slo.map { String(decoding: $0.bytes, as: UTF8.self).contains("plimsoll/alerts") } == false, "\(name)")
            for link in text(.dashboards, set).components(separatedBy: "${runbooks}/").dropFirst()
            where !link.hasPrefix("../reports/") {
                #expect(pages.contains(link.prefix { $0 != "\"" } + ".md"), "\(name): \(link.prefix(40))")
            }
        }
        let rules = text(.rules, .builtIn)
        #expect(rules.contains("SupportFirstTokenP50High") && rules.contains("severity: info"))
    }

    /// Lines about certain channels select these wherever they are measured, and nothing else changes.
    @Test func linesOfCertainChannelsSelectThem() throws {
        var set = ObjectiveSet.builtIn
        for index in set.objectives.indices where set.objectives[index].measure.knowsChannels {
            set.objectives[index].channels = [Array("a.b+c".utf8), Array("email".utf8)]
        }
        let matcher = "channel=~\"a[.]b[+]c|email\""
        let files = ObjectiveFiles.rules.files(set)
        let rules = try files.flatMap {
            try RuleFile.rules(in: String(decoding: $0.bytes, as: UTF8.self), file: $0.name)
        }
        #expect(try Checker.complaints(about: rules.map(\.expression)) == "")
        for rule in rules where !rule.isAlert {
            for name in [
                "support_questions", "support_feedback", "support_answer_duration", "support_time_to_first_token",
            ] {
                for part in rule.expression.components(separatedBy: name + "_").dropFirst()
                where rule.name.contains(name) {
                    #expect(part.prefix { $0 != ")" }.contains(matcher), "\(rule.name): \(part)")
                }
            }
        }
        let late = try #require(rules.first { $0.name == "SupportAnswerP95High" })
        #expect(late.expression.contains("support_answers_total{\(matcher)}[5m]"))
        let known = KnownSeries(rules)
        for rule in rules {
            for complaint in known.complaints(about: rule.expression) { Issue.record("\(rule.name): \(complaint)") }
        }
        let queries = rules.flatMap { $0.annotations.values.flatMap { RuleFile.queries(in: $0) } }
        #expect(try Checker.complaints(about: queries) == "")
        for file in ObjectiveFiles.slos.files(set)
        where file.name != "cost-per-answer.yaml" && file.name != "service.yaml" {
            let queries = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n").filter {
                $0.contains("query: ")
            }
            #expect(!queries.isEmpty && queries.allSatisfy { $0.contains(matcher) }, "\(file.name)")
        }
        for file in ObjectiveFiles.dashboards.files(set) {
            #expect((try? JSONSerialization.jsonObject(with: Data(file.bytes))) != nil, "\(file.name)")
        }
        #expect(text(.dashboards, set).contains("availability budget is used, channel a.b+c, email."))
        // All channels: no matcher at all.
        #expect(!text(.rules, .builtIn).contains("channel=~") && !text(.slos, .builtIn).contains("channel=~"))
    }

    @Test func filesOfAnotherSetAreSound() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "plimsoll-objectives-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for kind in ObjectiveFiles.allCases {
            try FileManager.default.createDirectory(
                at: folder.appending(path: kind.rawValue), withIntermediateDirectories: true)
            for file in kind.files(Self.other) {
                try Data(file.bytes).write(to: folder.appending(path: "\(kind.rawValue)/\(file.name)"))
            }
        }
        let files = ObjectiveFiles.rules.files(Self.other)
        let checked = try Checker.run(
            "promtool", ["check", "rules"] + files.map { folder.appending(path: "rules/\($0.name)").path })
        #expect(checked.status == 0, "\(checked.text)")
        // All in one file, as the command prints them.
        let whole = folder.appending(path: "whole.yaml")
        try #require(ObjectiveFiles.rules.text(Self.other)).write(to: whole, atomically: true, encoding: .utf8)
        let one = try Checker.run("promtool", ["check", "rules", whole.path])
        #expect(one.status == 0, "\(one.text)")
        let test = folder.appending(path: "test.yaml")
        let written = try Repository.text(Repository.root.appending(path: "Tests/Goldens/Alerting/other-set.yaml"))
        try written.write(to: test, atomically: true, encoding: .utf8)
        let tested = try Checker.run("promtool", ["test", "rules", test.path])
        #expect(tested.status == 0, "\(tested.text)")

        let rules = try files.flatMap {
            try RuleFile.rules(in: String(decoding: $0.bytes, as: UTF8.self), file: $0.name)
        }
        let known = KnownSeries(rules)
        let runbooks = Set(ObjectiveFiles.runbooks.files(Self.other).map(\.name))
        for rule in rules {
            for complaint in known.complaints(about: rule.expression) { Issue.record("\(rule.name): \(complaint)") }
            if rule.isAlert { #expect(runbooks.contains(rule.name + ".md"), "\(rule.name) has no runbook") }
        }
        for file in ObjectiveFiles.dashboards.files(Self.other) {
            let dashboard = try #require(
                try JSONSerialization.jsonObject(with: Data(file.bytes)) as? [String: Any], "\(file.name)")
            let panels = (dashboard["panels"] as? [[String: Any]]) ?? []
            let ids = panels.compactMap { $0["id"] as? Int }
            #expect(ids.count == panels.count && Set(ids).count == ids.count, "\(file.name): ids")
            let text = String(decoding: file.bytes, as: UTF8.self)
            for link in text.components(separatedBy: "${runbooks}/").dropFirst()
            where !link.hasPrefix("../reports/") {
                #expect(runbooks.contains(link.prefix { $0 != "\"" } + ".md"), "\(file.name): \(link.prefix(40))")
            }
        }
    }
}
