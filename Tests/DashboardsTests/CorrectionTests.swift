import Domain
import Foundation
import Testing

/// No counter is shown or judged without what was taken back of it. Histograms are not concerned: classic buckets less
/// others need not be buckets any more, and a quantile is of what was observed when it was.
@Suite struct CorrectionTests {
    /// By counter.
    private static let companions: [String: String] = Dictionary(
        uniqueKeysWithValues: MetricCatalogue.all.compactMap { metric -> (String, String)? in
            guard metric.kind == .counter, case .corrections(let counted) = metric.source else { return nil }
            return (counted, metric.name)
        })

    /// Selectors of counters, and whether the expression has one of the companion with the same matchers.
    private func uses(_ expression: String) -> [(series: String, isCorrected: Bool)] {
        let selectors = PromQLNames(expression).selectors
        return selectors.compactMap { selector in
            Self.companions[selector.series].map { companion in
                (selector.series, selectors.contains { $0.series == companion && $0.labels == selector.labels })
            }
        }
    }

    private func check(_ expressions: [String], of name: String, atLeast count: Int) {
        var found = 0
        for expression in expressions {
            for use in uses(expression) {
                found += 1
                #expect(use.isCorrected, "\(name): \(use.series) without what was taken back: \(expression)")
            }
        }
        #expect(found >= count, "\(name)")
    }

    @Test func theTestSeesWhatIsMissing() {
        #expect(Self.companions["support_feedback_total"] == "support_feedback_corrected_total")
        #expect(Self.companions["support_llm_unpriced_calls_total"] == "support_llm_unpriced_calls_corrected_total")
        let (total, corrected) = (
            "increase(support_feedback_total{score=\"5\"}[1h])", "increase(support_feedback_corrected_total[1h])"
        )
        #expect(uses("sum(\(total))").map(\.isCorrected) == [false])
        #expect(uses("sum(\(total) - \(corrected))").map(\.isCorrected) == [false])
        #expect(
            uses("sum(\(total) - \(total.replacing("_total", with: "_corrected_total")))").map(\.isCorrected) == [true])
    }

    @Test func dashboards() throws {
        for file in try Repository.files(in: "Dashboards", ending: ".json") {
            let content = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
            let shown = (content?["panels"] as? [[String: Any]]) ?? []
            let panels = shown.flatMap { [$0] + (($0["panels"] as? [[String: Any]]) ?? []) }
            let notes = ((content?["annotations"] as? [String: Any])?["list"] as? [[String: Any]]) ?? []
            let expressions = (panels.flatMap { ($0["targets"] as? [[String: Any]]) ?? [] } + notes).compactMap {
                $0["expr"] as? String
            }
            check(expressions, of: file.lastPathComponent, atLeast: 10)
        }
    }

    @Test func rules() throws {
        let rules = try RuleFile.all()
        check(rules.map(\.expression), of: "rules", atLeast: 30)
        check(
            rules.flatMap { $0.annotations.values.flatMap { RuleFile.queries(in: $0) } }, of: "annotations", atLeast: 6)
    }

    @Test func serviceLevelDocuments() throws {
        let lines = try Repository.files(in: "Alerts/slos", ending: ".yaml").flatMap {
            try Repository.text($0).split(separator: "\n")
        }
        let queries = lines.compactMap { line -> String? in
            let text = line.trimmingCharacters(in: .whitespaces)
            return text.hasPrefix("query: ") ? String(text.dropFirst("query: ".count)) : nil
        }
        check(queries, of: "slos", atLeast: 7)
    }

    /// A share of ratings stays one where conversations are rated again.
    @Test func sharesOfRatingsAreHeldWithinWhatAShareCanBe() throws {
        for rule in try RuleFile.all() where rule.name.hasPrefix("job:support_feedback:satisfied_ratio") {
            #expect(rule.expression.hasPrefix("clamp(") && rule.expression.hasSuffix(", 0, 1)"), "\(rule.name)")
        }
        for file in try Repository.files(in: "Dashboards", ending: ".json") {
            for line in try Repository.text(file).split(separator: "\n") where line.contains("support_feedback_total") {
                guard line.contains("score=~\\\"4|5\\\"") else { continue }
                #expect(line.contains("\"expr\": \"clamp(") && line.contains(", 0, 1)\""), "\(file.lastPathComponent)")
            }
        }
    }
}
