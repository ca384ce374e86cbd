import Bytes
import Clients
import EmbeddedPages
import HTTPFronts
import Platform
import Testing

/// What the scripts of dashboards do with what they are sent; `Tests/Outside/pages.py` sees them do it.
@Suite struct DashboardPageTests {
    private func script(_ name: String) throws -> String {
        let file = try #require(EmbeddedPages.files.first { $0.name == name })
        return String(decoding: file.bytes, as: UTF8.self)
    }

    private func expect(_ name: String, has parts: [String]) throws {
        let text = try script(name)
        for part in parts { #expect(text.contains(part), "\(name): \(part)") }
    }

    /// One request for all panels near the view, one for those that come near; a hidden tab asks nothing.
    @Test func whatNobodySeesIsNotAsked() throws {
        try expect(
            "dashboard.js",
            has: [
                "await this.fetch(near, { times: this.wantedTimes, isWhole: true, signal })",
                "if (document.hidden || this.isLoading || !this.basis) return;", "{ part: \"panels\" }",
                "times: this.shownTimes, isWhole: false",
            ])
        try expect("shell.js", has: ["isDue = document.hidden;\n  if (isDue) return;", "isDue || (isRefreshed()"])
    }

    /// What somebody points at, has opened, sorted or is about to choose outlives new figures.
    @Test func newFiguresTakeNothingAway() throws {
        try expect("shell.js", has: ["[data-holds-refresh]:focus-within"])
        try expect("choices.js", has: ["dataset.holdsRefresh", "if (this.bar.contains(document.activeElement))"])
        try expect("chart.js", has: ["if (!this.tip.hidden) this.tell();", "replace(this.legend, common, table);"])
        try expect("panels.js", has: ["orders.get(host) ?? sorting", "scroll.scrollLeft] = [top, start]"])
        try expect("dashboard.js", has: ["more.open = wasOpen;"])
    }

    /// Paper has its own width and colours before a browser looks at it, all rows, and what was chosen.
    @Test func paperIsDrawnBeforeItIsPrinted() throws {
        try expect("shell.js", has: ["[\"beforeprint\", true]", "document.documentElement.dataset.printing = \"\";"])
        try expect("chart.js", has: ["\"printing\" in document.documentElement.dataset) return \"light\";"])
        try expect("panels.js", has: ["isPrinting() ? sorted.length : rowsMax"])
        try expect("dashboard.js", has: ["await this.more(true);", "setText(this.printed"])
        try expect("dashboard.css", has: [":root[data-printing] main:has(#panels)", ".printed { display: block"])
    }

    @Test func whatMayStillChangeIsStriped() throws {
        try expect(
            "chart.js",
            has: [
                "> finished ? hatched(ctx, one.color) : one.color",
                "> finished || context.p0.parsed.x < begun ? [3, 3] : undefined",
            ])
    }

    /// Lines at round times and values, and how long each point is, beside 24 hours a day.
    @Test func axesHaveLinesAndPanelsTheirStep() throws {
        let grids = try script("chart.js").ranges(of: "grid: { color: faint(ink) }")
        #expect(grids.count == 2)
        try expect("panels.js", has: ["\"each point \" + length(step)"])
        try expect("time.js", has: ["hourCycle: \"h23\""])
    }

    /// Headings of all panels stand in the document, those that a row folds away as well.
    @Test func everyHeadingIsThereBeforeAnyFigure() async throws {
        try await withServer { client, _ in
            for name in ["operational", "business", "cost", "quality"] {
                let page = try await client.send("GET", "/d/plimsoll-" + name).text
                let sections = page.matches(of: /<section class="(?:panel|row)"/).count
                #expect(sections == page.matches(of: /<h[23] id="title-/).count, "\(name)")
                #expect(page.matches(of: /<h3 id="title-/).count >= 15, "\(name)")
            }
        }
    }
}
