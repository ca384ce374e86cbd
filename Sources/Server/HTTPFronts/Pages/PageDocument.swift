import JSONTexts

/// A page as the shell shows it: header, menu, controls, one heading, content. The whole is plain HTML, so that what
/// the server writes can be read without scripts.
struct PageDocument: Sendable {
    /// Names the page in the browser's tab, and above the content.
    var title: String
    /// The path of its entry in ``PageMenu``; nil: it has none.
    var place: String?
    /// What stands below the heading.
    var content: HTML
    /// Modules that it runs besides those of the shell: names of files in `Server/Pages`.
    var scripts: [String] = []
    /// Styles besides the one of all pages, likewise.
    var styles: [String] = []
    /// Whether the content begins with a heading of its own.
    var hasOwnHeading = false
    /// Whether what it shows is of a range of time, which can be chosen.
    var hasRange = false
    /// Whether it asks again and again, as often as can be chosen.
    var isRefreshed = false
    /// Whether it draws charts: their library and their style are loaded.
    var hasCharts = false

    init(_ title: String, at place: String? = nil, content: HTML, scripts: [String] = []) {
        (self.title, self.place, self.content, self.scripts) = (title, place, content, scripts)
    }

    /// - Parameter isSession: whether who asks has a session, which can be ended.
    func html(isSession: Bool) -> HTML {
        let heading: HTML = hasOwnHeading ? .empty : "<h1>\(title)</h1>\n"
        let leave: HTML = isSession ? Self.logOut : .empty
        return """
            <!doctype html>
            <html lang="en">
            \(head)<body>
            <a class="skip" href="#main">Skip to the content</a>
            <header class="top">
            <a class="brand" href="/">Plimsoll</a>
            \(PageMenu.html(at: place))\(controls)\(leave)</header>
            <main id="main" tabindex="-1">
            \(heading)\(notices)\(content)</main>
            </body>
            </html>

            """
    }

    private var head: HTML {
        let modules = (["shell.js"] + scripts).map { name -> HTML in
            "<script type=\"module\" src=\"\(PageAsset.address(name))\"></script>\n"
        }
        let styles = (["style.css"] + (hasCharts ? ["chart.css"] : []) + styles).map { name -> HTML in
            "<link rel=\"stylesheet\" href=\"\(PageAsset.address(name))\">\n"
        }
        let charts: HTML =
            hasCharts ? "<script defer src=\"\(PageAsset.address("chart.min.js"))\"></script>\n" : .empty
        return """
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title) · Plimsoll</title>
            <link rel="icon" type="image/svg+xml" href="\(PageAsset.address("icon.svg"))">
            \(styles)<script src="\(PageAsset.address("theme.js"))"></script>
            \(charts)\(modules)</head>

            """
    }

    /// What can be chosen works by script, which fills the place.
    private var controls: HTML {
        let range: HTML = hasRange ? " data-range" : .empty
        let refresh: HTML = isRefreshed ? " data-refresh" : .empty
        return "<div id=\"controls\" class=\"controls\" role=\"group\" aria-label=\"View\"\(range)\(refresh)></div>\n"
    }

    /// Where scripts say what went wrong.
    private var notices: HTML { "<div id=\"notices\" class=\"notices\" role=\"status\"></div>\n" }

    private static let logOut: HTML =
        "<form class=\"leave\" method=\"post\" action=\"/session/end\"><button>Log out</button></form>\n"
}
