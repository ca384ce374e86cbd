import JSONTexts
import Reports

extension PageDocument {
    /// A report with its breakdown, comparison and charts, filled by its script from the report's own address, which
    /// writes the same as one document for whoever runs no scripts.
    static func report(_ kind: ReportKind) -> PageDocument {
        let doors = ReportKind.allCases.map { other -> HTML in
            let mark: HTML = other == kind ? " aria-current=\"true\"" : .empty
            return "<li><a href=\"/reports/\(other.rawValue)\"\(mark)>\(title(other))</a></li>\n"
        }
        let dimensions = kind.dimensions.map(\.rawValue).joined(separator: " ")
        var page = PageDocument(
            title(kind), at: "/reports/sla",
            content: """
                <ul class="doors" aria-label="Reports">
                \(doors)</ul>
                <noscript><p>Charts, comparison and breakdowns are made by scripts. Without them there is
                <a href="/v1/reports/\(kind.rawValue)?format=html">the report of the last 30 days as a
                document</a>.</p></noscript>
                <p id="period" class="soft">…</p>
                <div id="asked" class="asked" role="group" aria-label="Breakdown and comparison"></div>
                <div id="report" data-kind="\(kind.rawValue)" data-dimensions="\(dimensions)">
                <div id="figures"></div>
                <div id="basis"></div>
                </div>
                <p id="doors" class="doors"></p>

                """,
            scripts: ["reports.js"])
        page.styles = ["figures.css"]
        page.hasRange = true
        page.hasCharts = true
        return page
    }

    private static func title(_ kind: ReportKind) -> String {
        switch kind {
        case .sla: "Service levels"
        case .cost: "Cost"
        case .outcomes: "Outcomes"
        }
    }

    /// Error budgets.
    static let budgets: PageDocument = {
        var page = PageDocument(
            "Service level objectives", at: "/slos",
            content: """
                <noscript><p>This page is made by scripts. Without them there is
                <a href="/v1/slos?format=html">the same as a document</a>.</p></noscript>
                <div id="budgets" class="tiles"></div>
                <section aria-labelledby="burndown-title">
                <h2 id="burndown-title">How budgets went</h2>
                <div id="burndown"><p class="soft">…</p></div>
                </section>
                <div id="figures"></div>
                <div id="basis"></div>

                """,
            scripts: ["slos.js"])
        page.styles = ["figures.css"]
        (page.hasRange, page.isRefreshed, page.hasCharts) = (true, true, true)
        return page
    }()
}
