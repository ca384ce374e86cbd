import Dashboarding
import JSONTexts

extension PageDocument {
    /// A dashboard: headings at once, so that a browser's search finds them; scripts draw below them.
    init(_ dashboard: Dashboard) {
        let sections = dashboard.panels.map { panel -> HTML in
            let (id, hidden): (Int, HTML) = (panel.id, panel.row == nil ? .empty : " hidden")
            if panel.isRow {
                return """
                    <section class="row" id="panel-\(id)" aria-labelledby="title-\(id)"\(hidden)>\
                    <h2 id="title-\(id)">\(panel.title)</h2></section>

                    """
            }
            return """
                <section class="panel" id="panel-\(id)" aria-labelledby="title-\(id)"\(hidden)>\
                <h3 id="title-\(id)">\(panel.title)</h3></section>

                """
        }
        self.init(
            dashboard.title, at: "/d/" + dashboard.uid,
            content: """
                <noscript><p>Charts are drawn by scripts. Without them there are
                <a href="/v1/reports/sla?format=table">service levels</a> and
                <a href="/v1/reports/cost?format=table">cost</a> to read.</p></noscript>
                <div id="variables"></div>
                <div id="panels" data-uid="\(dashboard.uid)">
                \(sections)</div>
                <div id="basis"></div>

                """,
            scripts: ["dashboard.js"])
        (styles, hasRange, isRefreshed, hasCharts) = (["dashboard.css"], true, true, true)
    }
}
