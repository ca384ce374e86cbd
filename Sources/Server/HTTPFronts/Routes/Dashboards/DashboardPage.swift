import Dashboarding

/// The document of a dashboard: headings at once, so that a browser's search finds them; scripts draw below them.
enum DashboardPage {
    /// What stands inside `main`: a heading, a place for controls, a section for each panel.
    static func content(_ dashboard: Dashboard) -> String {
        var html = "<header><h1>\(escaped(dashboard.title))</h1></header>\n"
        html += "<div id=\"controls\"></div>\n<div id=\"panels\" data-uid=\"\(escaped(dashboard.uid))\">\n"
        for panel in dashboard.panels {
            let title = escaped(panel.title)
            let level = panel.isRow ? "h2" : "h3"
            let hidden = panel.row == nil ? "" : " hidden"
            let kind = panel.isRow ? "row" : "panel"
            html += "<section class=\"\(kind)\" id=\"panel-\(panel.id)\" "
            html += "aria-labelledby=\"title-\(panel.id)\"\(hidden)>"
            html += "<\(level) id=\"title-\(panel.id)\">\(title)</\(level)></section>\n"
        }
        return html + "</div>\n<div id=\"basis\"></div>\n<noscript><p>Charts are drawn by scripts.</p></noscript>\n"
    }

    /// The whole document.
    static func document(_ dashboard: Dashboard) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(escaped(dashboard.title))</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="/pages/style.css">
        <link rel="stylesheet" href="/pages/dashboard.css">
        <script type="module" src="/pages/dashboard.js"></script>
        </head>
        <body>
        <main class="dashboard">
        \(content(dashboard))</main>
        </body>
        </html>

        """
    }

    static func escaped(_ text: String) -> String {
        var html = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\"": html += "&quot;"
            case "'": html += "&#39;"
            default: html.unicodeScalars.append(scalar)
            }
        }
        return html
    }
}
