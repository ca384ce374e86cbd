import Bytes
import Domain
import Foundation
import JSONTexts
import Reports
import Testing

/// Reports as documents that are mailed, and as pages show them.
@Suite struct ReportDocumentTests {
    private func reports() throws -> [Report] {
        var sample = try SampleStore.filled()
        let runner = try sample.runner()
        let named = try ReportKind.allCases.map { kind in
            try runner.report(kind, ReportRequest(by: kind == .cost ? [.month, .team, .model] : [.channel]))
        }
        let history = try runner.budgetHistory(endingAt: [SampleStore.start, SampleStore.start + Nanoseconds.hour])
        return try named + [runner.budgets(of: nil, to: nil), history, runner.status()]
    }

    private static func count(_ piece: String, _ text: String) -> Int { text.components(separatedBy: piece).count - 1 }

    private static func section(_ name: String, of html: String) throws -> String {
        let parts = html.components(separatedBy: "<section id=\"\(name)\">")
        #expect(parts.count == 2)
        return try #require(parts.last?.components(separatedBy: "</section>").first)
    }

    /// No other file, no script, no address: whoever gets it by mail sees all of it, and tells nobody.
    @Test func aDocumentNeedsNothingElse() throws {
        for report in try reports() {
            let html = report.rendered(.html)
            #expect(html.hasPrefix("<!doctype html>\n") && html.hasSuffix("</html>\n"), "\(report.name)")
            let policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"\(ReportHTML.policy)\">"
            #expect(html.contains(policy), "\(report.name)")
            let (said, styled) = (html.firstRange(of: policy), html.firstRange(of: "<style"))
            #expect(try #require(said).lowerBound < (try #require(styled)).lowerBound)
            for forbidden in [
                "<script", "<link", "<img", "<iframe", "<form", "<a ", "src=", "href=", "url(", "@import", "http:",
                "https:", "javascript:", " style=",
            ] { #expect(!html.contains(forbidden), "\(report.name): \(forbidden)") }
            #expect(html.firstMatch(of: /\son[a-z]+\s*=/) == nil, "\(report.name)")
            // Each element that is opened is closed.
            for name in [
                "section", "table", "thead", "tbody", "tr", "th", "td", "figure", "svg", "g", "text", "h2", "div", "p",
                "dl", "dt", "dd",
            ] {
                let opened = Self.count("<\(name) ", html) + Self.count("<\(name)>", html)
                #expect(opened == Self.count("</\(name)>", html), "\(report.name): \(name)")
            }
        }
    }

    /// Each figure of the table stands in the document, in the same words.
    @Test func figuresAreThoseOfTheTable() throws {
        for report in try reports() {
            let (html, table) = (report.rendered(.html), report.rendered(.table))
            let cells = try JSONReader.parse(Array(report.rendered(.cells).utf8))
            let sections = try #require(cells["sections"]?.array)
            #expect(sections.map { $0["name"]?.string } == report.sections.map(\.name), "\(report.name)")
            var texts = 0
            for cell in sections.flatMap({ $0["rows"]?.array ?? [] }).flatMap({ $0.array ?? [] }) {
                guard let text = cell["text"]?.string else {
                    #expect(cell == .null, "\(cell)")
                    continue
                }
                texts += 1
                let escaped: HTML = "\(text)"
                // A row of a part of its time says so behind its name.
                let ends = ["</t", " <span class=\"soft\">in part</span></t"]
                let isThere = ends.contains { html.contains(">\(escaped.text)\($0)") }
                #expect(isThere, "\(report.name): \(text)")
                // A long text goes on in the next line of a table's cell, and objectives have their names there.
                let name = cell["exact"]?.string ?? text
                if text.count < 20 {
                    #expect(table.contains(text) || table.contains(name), "\(report.name): \(text)")
                }
            }
            #expect(texts > 10, "\(report.name)")
            let definitions = try #require(cells["definitions"]?.array)
            #expect(definitions.map { $0["meaning"]?.string } == report.definitions.map(\.meaning), "\(report.name)")
            for definition in definitions {
                let (word, meaning) = (definition["term"]?.string ?? "", definition["meaning"]?.string ?? "")
                let term: HTML = "<dt>\(word)</dt><dd>\(meaning)</dd>"
                #expect(html.contains(term.text), "\(word)")
            }
        }
    }

    /// What programs read stands beside what people read, and both are one value.
    @Test func cellsAreExact() throws {
        var sample = try SampleStore.filled()
        let report = try sample.runner().report(.cost, ReportRequest(by: [.model]))
        let cells = try JSONReader.parse(Array(report.rendered(.cells).utf8))
        let json = try JSONReader.parse(Array(report.rendered(.json).utf8))
        let section = try #require(cells["sections"]?.array?.first { $0["name"]?.string == "by_model" })
        let columns = try #require(section["columns"]?.array)
        let rows = try #require(json["by_model"]?.array)
        #expect(columns.filter { $0["is_key"] == .boolean(true) }.map { $0["name"]?.string } == ["model"])
        for (row, expected) in zip(try #require(section["rows"]?.array), rows) {
            for (cell, column) in zip(try #require(row.array), columns) {
                let name = try #require(column["name"]?.string)
                let value = try #require(expected[name])
                switch cell["kind"]?.string {
                case nil: #expect(value == .null)
                case "unknown"?: #expect(value.string == "unknown" && cell["text"]?.string == "unknown")
                case "share"?, "usd_per"?:
                    #expect(cell["exact"]?.string == value["value"]?.string)
                    let quotient = "\(value["numerator"]?.string ?? "") ÷ \(value["denominator"]?.string ?? "")"
                    #expect(cell["of"]?.string == quotient)
                case "count"?: #expect(cell["exact"]?.string.map(JSONValue.number) == value)
                default: #expect(cell["exact"]?.string == value.string)
                }
            }
        }
    }

    /// Names come from whoever sends events: in cells, in names of bars, in what shows where these are pointed at.
    @Test func textsOfStrangersStayTexts() throws {
        var sample = try SampleStore()
        let hostile = "</title></svg><script>alert(\"1\")</script>'&"
        for (place, channel) in [hostile, "web", String(repeating: "long", count: 20)].enumerated() {
            sample.addTurn("c\(place)", 1, at: Double(place), channel: channel)
        }
        let html = try sample.runner().report(.sla, ReportRequest(by: [.channel])).rendered(.html)
        #expect(!html.contains("<script") && !html.contains("</title></svg>"))
        #expect(html.contains("&lt;/title&gt;&lt;/svg&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;"))
        // A long name is shortened beside its bar alone.
        #expect(html.contains("…") && html.contains(String(repeating: "long", count: 20)))
    }

    /// A bar is as long as its figure is large, and none is drawn of what nobody knows.
    @Test func barsAreAsLongAsFigures() throws {
        var sample = try SampleStore.filled()
        let html = try sample.runner().report(.cost, ReportRequest(by: [.model])).rendered(.html)
        let section = try Self.section("tokens", of: html)
        let bars = section.matches(of: /<title>([^<]*)<\/title>[\s\S]*?width="(\d+)"/).map {
            (String($0.1), Int($0.2))
        }
        #expect(bars.count == 6)
        // Who hears the document is told of what they are.
        #expect(section.contains("<figure aria-label=\"Tokens by class: tokens\">"))
        #expect(bars.first?.0 == "input: 6,000" && bars.first?.1 == 340)
        #expect(bars.dropFirst().first?.0 == "output: 600" && bars.dropFirst().first?.1 == 34)
        #expect(bars.last?.0 == "reasoning: 0" && bars.last?.1 == 0)
        // One figure is no comparison, and two of three of the models have none.
        #expect(try !Self.section("by_model", of: html).contains("<svg"))
    }

    /// However many groups there are, so many bars are drawn, and the table has all rows.
    @Test func manyGroupsAreFewBars() throws {
        var sample = try SampleStore()
        for place in 0..<60 {
            sample.addTurn("c\(place)", 1, at: Double(place), channel: "channel \(place)")
        }
        let html = try sample.runner().report(.sla, ReportRequest(by: [.channel])).rendered(.html)
        let section = try Self.section("by_channel", of: html)
        #expect(Self.count("<rect ", section) == 40 && section.contains("the first 40 of 60"))
        #expect(Self.count("<tr>", section) == 61)
    }
}
