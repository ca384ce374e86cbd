import Domain
import Foundation
import Testing

/// What `Dashboards/` promises: panels name only what exists, every line of the service level table has its panel,
/// links lead somewhere.
@Suite struct DashboardTests {
    typealias Object = [String: Any]

    /// Links and histories of users hang on these; they never change.
    static let uids = [
        "business.json": "plimsoll-business", "cost.json": "plimsoll-cost", "operational.json": "plimsoll-operational",
        "quality.json": "plimsoll-quality",
    ]

    struct Dashboard {
        var name: String
        var content: Object
        /// Those of collapsed rows too.
        var panels: [Object] {
            ((content["panels"] as? [Object]) ?? []).flatMap { [$0] + (($0["panels"] as? [Object]) ?? []) }
        }
        var variables: [Object] { ((content["templating"] as? Object)?["list"] as? [Object]) ?? [] }
        var annotations: [Object] { ((content["annotations"] as? Object)?["list"] as? [Object]) ?? [] }
    }

    let dashboards: [Dashboard]
    let rules: [Rule]
    let known: KnownSeries

    init() throws {
        rules = try RuleFile.all()
        known = KnownSeries(rules)
        dashboards = try Repository.files(in: "Dashboards", ending: ".json").map { file in
            let content = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? Object
            return Dashboard(name: file.lastPathComponent, content: try #require(content))
        }
    }

    private func targets(_ panel: Object) -> [Object] { (panel["targets"] as? [Object]) ?? [] }

    /// An expression with an interval in place of Grafana's.
    private func plain(_ expression: String) -> String {
        var text = expression
        for (name, value) in [("$__rate_interval", "5m"), ("$__interval", "1m"), ("$__range", "1h")] {
            text = text.replacingOccurrences(of: name, with: value)
        }
        return text
    }

    private func expressions(_ dashboard: Dashboard) -> [String] {
        (dashboard.panels.flatMap(targets) + dashboard.annotations).compactMap { $0["expr"] as? String }
    }

    @Test func uidsAreStableAndUnique() {
        let found = Dictionary(uniqueKeysWithValues: dashboards.map { ($0.name, $0.content["uid"] as? String) })
        #expect(found.count == Self.uids.count)
        for (name, uid) in Self.uids { #expect(found[name] == uid) }
        for dashboard in dashboards {
            let ids = dashboard.panels.compactMap { $0["id"] as? Int }
            #expect(
                ids.count == dashboard.panels.count && Set(ids).count == ids.count, "\(dashboard.name): ids of panels")
            let version = dashboard.content["schemaVersion"] as? Int ?? 0
            #expect((36...39).contains(version), "\(dashboard.name): schema \(version)")
        }
    }

    @Test func expressionsNameWhatExists() {
        for dashboard in dashboards {
            #expect(expressions(dashboard).count > 15)
            for expression in expressions(dashboard) {
                for complaint in known.complaints(about: plain(expression)) {
                    Issue.record("\(dashboard.name): \(complaint): \(expression)")
                }
            }
        }
    }

    @Test func expressionsParse() throws {
        for dashboard in dashboards {
            #expect(try Checker.complaints(about: expressions(dashboard).map(plain)) == "", "\(dashboard.name)")
        }
    }

    @Test func everythingAsksTheChosenDatasource() {
        for dashboard in dashboards {
            #expect(
                dashboard.variables.contains {
                    $0["type"] as? String == "datasource" && $0["name"] as? String == "datasource"
                })
            for panel in dashboard.panels where panel["type"] as? String != "row" && panel["type"] as? String != "text"
            {
                let title = "\(dashboard.name): \(panel["title"] ?? "?")"
                #expect((panel["datasource"] as? Object)?["uid"] as? String == "${datasource}", "\(title)")
                #expect(!targets(panel).isEmpty && (panel["description"] as? String)?.isEmpty == false, "\(title)")
                for target in targets(panel) {
                    #expect((target["datasource"] as? Object)?["uid"] as? String == "${datasource}", "\(title)")
                }
            }
        }
    }

    @Test func ratesFollowTheScrapeInterval() {
        for dashboard in dashboards {
            for expression in expressions(dashboard)
            where expression.contains("rate(") || expression.contains("increase(") {
                let windows = expression.components(separatedBy: "[").dropFirst().map {
                    String($0.prefix { $0 != "]" })
                }
                for window in windows {
                    #expect(
                        ["$__rate_interval", "$__range", "1h", "1d"].contains(window),
                        "\(dashboard.name): \(expression)")
                }
            }
        }
    }

    @Test func legendsAndVariablesNameLabels() throws {
        for dashboard in dashboards {
            for target in dashboard.panels.flatMap(targets) {
                let labels = known.labels(of: plain(target["expr"] as? String ?? ""))
                for piece in (target["legendFormat"] as? String ?? "").components(separatedBy: "{{").dropFirst() {
                    let label = piece.components(separatedBy: "}}")[0]
                    #expect(labels.contains(label), "\(dashboard.name): legend \(label)")
                }
            }
            let names = dashboard.variables.compactMap { $0["name"] as? String }
            for variable in dashboard.variables where variable["type"] as? String == "query" {
                let text = try #require((variable["query"] as? Object)?["query"] as? String)
                #expect(text.hasPrefix("label_values(") && text.hasSuffix(")"))
                let inner = text.dropFirst("label_values(".count).dropLast()
                let comma = try #require(inner.lastIndex(of: ","))
                let label = inner[inner.index(after: comma)...].trimmingCharacters(in: .whitespaces)
                #expect(known.complaints(about: String(inner[..<comma])) == [], "\(dashboard.name): \(text)")
                #expect(known.labels(of: String(inner[..<comma])).contains(label), "\(dashboard.name): \(text)")
            }
            for expression in expressions(dashboard) {
                for piece in plain(expression).components(separatedBy: "$").dropFirst() {
                    let name = String(piece.prefix { $0.isLetter || $0 == "_" })
                    #expect(names.contains(name), "\(dashboard.name): variable \(name)")
                }
            }
        }
    }

    @Test func everyServiceLevelHasItsPanel() throws {
        let operational = try #require(dashboards.first { $0.name == "operational.json" })
        for objective in ObjectiveSet.builtIn.objectives {
            let panel = operational.panels.first {
                $0["title"] as? String == objective.title && $0["type"] as? String == "stat"
            }
            let defaults = try #require(
                (panel?["fieldConfig"] as? Object)?["defaults"] as? Object, "no panel \(objective.title)")
            let steps = ((defaults["thresholds"] as? Object)?["steps"] as? [Object] ?? []).compactMap {
                $0["value"] as? Double
            }
            let bounds = [objective.target, objective.alertLimit].compactMap { $0 }.map(value).sorted()
            #expect(steps == bounds, "\(objective.title): thresholds")
            let document = "Alerts/slos/\(objective.name.replacingOccurrences(of: "_", with: "-")).yaml"
            let queries = try Repository.text(Repository.root.appending(path: document)).components(
                separatedBy: "query: "
            ).dropFirst()
            let asked = targets(panel ?? [:]).compactMap { $0["expr"] as? String }
            let wanted = queries.map { String($0.prefix { $0 != "\n" }) }
            #expect(series(asked.map(plain)) == series(wanted), "\(objective.title): other series than \(document)")
            for (name, quantile) in [("p50", "0.5"), ("p95", "0.95")] where objective.title.hasSuffix(name) {
                #expect(
                    asked.allSatisfy { $0.hasPrefix("histogram_quantile(\(quantile),") }, "\(objective.title): quantile"
                )
            }
        }
    }

    /// The series of expressions; those of a histogram are one.
    private func series(_ expressions: [String]) -> Set<String> {
        Set(
            expressions.flatMap { PromQLNames($0).selectors }.map { selector in
                ["_bucket", "_count", "_sum"].first(where: selector.series.hasSuffix).map {
                    String(selector.series.dropLast($0.count))
                }
                    ?? selector.series
            })
    }

    private func value(_ bound: ObjectiveBound) -> Double {
        switch bound {
        case .share(let partsPerMillion): Double(partsPerMillion) / 1e6
        case .duration(let nanoseconds): Double(nanoseconds) / 1e9
        case .costPerAnswer(let picoUSD): Double(picoUSD) / 1e12
        }
    }

    @Test func linksLeadToRunbooksAndDashboards() throws {
        let runbooks = Set(
            try Repository.files(in: "Alerts/runbooks", ending: ".md").map {
                $0.deletingPathExtension().lastPathComponent
            })
        var linked: Set<String> = []
        for dashboard in dashboards {
            let links =
                dashboard.panels.flatMap { ($0["links"] as? [Object]) ?? [] }
                + ((dashboard.content["links"] as? [Object]) ?? [])
            for url in links.compactMap({ $0["url"] as? String }) where !url.isEmpty {
                if let report = Self.report(url) {
                    #expect(["sla", "cost", "outcomes"].contains(report), "\(dashboard.name): \(url)")
                } else if url.hasPrefix("${runbooks}/") {
                    let name = String(url.dropFirst("${runbooks}/".count))
                    #expect(runbooks.contains(name), "\(dashboard.name): \(url)")
                    linked.insert(name)
                } else {
                    #expect(Self.uids.values.contains { url.hasPrefix("/d/" + $0) }, "\(dashboard.name): \(url)")
                }
            }
        }
        for alert in rules
        where alert.isAlert && alert.labels["objective"].map({ ObjectiveMeasure(name: $0) != nil }) == true {
            #expect(linked.contains(alert.name), "no panel links to \(alert.name)")
        }
    }

    /// The report that a link leads to, of the time that is shown; nil for others. It is served where runbooks are.
    private static func report(_ url: String) -> String? {
        let (start, end) = ("${runbooks}/../reports/", "?${__url_time_range}")
        guard url.hasPrefix(start), url.hasSuffix(end) else { return nil }
        return String(url.dropFirst(start.count).dropLast(end.count))
    }

    private func reports(_ panel: Object) -> [String] {
        ((panel["links"] as? [Object]) ?? []).compactMap { $0["url"] as? String }.compactMap(Self.report)
    }

    /// A percentile of buckets is none of the answers that there were: it says so, and leads to the report that has it.
    @Test func whatIsEstimatedSaysSo() {
        for dashboard in dashboards {
            var estimated = 0
            for panel in dashboard.panels {
                let asked = targets(panel).compactMap { $0["expr"] as? String }.joined(separator: "\n")
                guard asked.contains("histogram_quantile") else { continue }
                let title = "\(dashboard.name): \(panel["title"] ?? "")"
                let said = panel["description"] as? String ?? ""
                #expect(said.contains("Estimated from buckets"), "\(title)")
                estimated += 1
                guard asked.contains("support_answer_duration") || asked.contains("support_time_to_first_token") else {
                    continue
                }
                #expect(said.contains("the report of service levels has it exactly"), "\(title)")
                #expect(reports(panel).contains("sla"), "\(title)")
            }
            #expect(estimated > 0 || !["operational.json", "quality.json"].contains(dashboard.name))
        }
    }

    /// What counters of events give is another figure than that of closed conversations: it has another name than in
    /// the report of outcomes, says how that one is made, and leads there.
    @Test func whatIsCountedOtherwiseIsCalledOtherwise() throws {
        let names: Set<String> = [
            "resolved", "resolution", "resolution rate", "reopened", "reopen rate", "escalation", "escalation rate",
            "response", "response rate", "rated, of closed",
        ]
        let counters = ["conversations_closed_total", "conversations_resolved_total", "conversations_reopened_total"]
        for dashboard in dashboards {
            for panel in dashboard.panels where panel["type"] as? String == "stat" {
                let title = try #require(panel["title"] as? String)
                #expect(!names.contains(title.lowercased()), "\(dashboard.name): \(title)")
                let asked = targets(panel).compactMap { $0["expr"] as? String }.joined(separator: "\n")
                guard asked.contains("\n/"), counters.contains(where: asked.contains) else { continue }
                #expect(!reports(panel).isEmpty, "\(dashboard.name): \(title)")
                #expect((panel["description"] as? String)?.contains("events") == true, "\(dashboard.name): \(title)")
            }
            let columns = dashboard.panels.flatMap { ($0["transformations"] as? [Object]) ?? [] }.flatMap {
                ((($0["options"] as? Object)?["renameByName"] as? [String: String]) ?? [:]).values
            }
            for column in columns { #expect(!names.contains(column), "\(dashboard.name): column \(column)") }
        }
    }

    @Test func panelsDoNotOverlap() throws {
        for dashboard in dashboards {
            var taken: Set<Int> = []
            for panel in (dashboard.content["panels"] as? [Object]) ?? [] {
                let place = try #require(panel["gridPos"] as? [String: Int])
                let (x, y, width, height) = (place["x"] ?? 0, place["y"] ?? 0, place["w"] ?? 0, place["h"] ?? 0)
                #expect(x >= 0 && width > 0 && x + width <= 24 && height > 0)
                for row in y..<(y + height) {
                    for column in x..<(x + width) {
                        #expect(taken.insert(row * 24 + column).inserted, "\(dashboard.name): \(panel["title"] ?? "")")
                    }
                }
            }
        }
    }
}
