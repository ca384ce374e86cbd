import Bytes
import Domain
import JSONTexts
import Reports
import Testing

/// People read one name of an objective wherever it stands; programs have those of settings and addresses.
@Suite struct ObjectiveTitleTests {
    /// What the first column of a section says to people and to programs.
    private static func names(_ report: Report, _ section: String) throws -> [(text: String?, exact: String?)] {
        let cells = try JSONReader.parse(Array(report.rendered(.cells).utf8))
        let found = try #require(cells["sections"]?.array?.first { $0["name"]?.string == section })
        return (found["rows"]?.array ?? []).map { row in
            let cell = row.array?.first
            return (text: cell?["text"]?.string, exact: cell?["exact"]?.string)
        }
    }

    @Test func allReportsCallThemTheSame() throws {
        var sample = try SampleStore.filled()
        let runner = try sample.runner()
        let levels = try runner.report(.sla, ReportRequest())
        let titles: [String?] = [
            "Availability", "Answer p50", "Answer p95", "Error rate", "Cost per answer", "Satisfaction",
            "First token p50",
        ]
        let names: [String?] = [
            "availability", "answer_p50", "answer_p95", "error_rate", "cost_per_answer", "satisfaction",
            "first_token_p50",
        ]
        for (report, section) in [
            (levels, "objectives"), (levels, "service_level_objectives"), (try runner.status(), "objectives"),
            (try runner.budgets(), "budgets"), (try runner.budgets(), "coverage"),
        ] {
            let found = try Self.names(report, section)
            #expect(found.map { $0.text } == titles, "\(report.name) \(section)")
            #expect(found.map { $0.exact?.replacing("-", with: "_") } == names, "\(report.name) \(section)")
        }
        // As a breakdown heads its columns.
        let by = try runner.report(.sla, ReportRequest(by: [.channel])).rendered(.table)
        #expect(by.contains("  Availability  Answer p50  Answer p95  Error rate\n"))
        let mailed = levels.rendered(.html)
        #expect(mailed.contains("<dt>Answer p95</dt>") && !mailed.contains("answer-p95"))
        #expect(levels.rendered(.table).contains("\n  answer_p95 "))
        #expect(levels.rendered(.json).contains("\"answer-p95\""))
    }

    /// Who brings objectives of their own has titles of their own, also under a name that we have, too.
    @Test func othersHaveTheirOwnTitles() throws {
        var sample = try SampleStore.filled()
        let own = ServiceLevelObjective(
            name: "availability", title: "Answers of the shop", indicator: ServiceLevelIndicator(.questions),
            target: 990_000, window: .rolling(30 * Nanoseconds.day))
        let found = try Self.names(try sample.runner().budgets(of: [own]), "budgets")
        #expect(found.map { $0.text } == ["Answers of the shop"] && found.map { $0.exact } == ["availability"])
    }
}
