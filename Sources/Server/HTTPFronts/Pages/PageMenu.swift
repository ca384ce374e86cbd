import JSONTexts

/// The pages that each page leads to.
enum PageMenu {
    struct Entry: Sendable {
        var name: String
        /// Of the page, or of the first of a kind.
        var path: String
    }

    /// All that there are to be, in the order of the menu.
    private static let planned = [
        Entry(name: "Overview", path: "/"), Entry(name: "Operational", path: "/d/plimsoll-operational"),
        Entry(name: "Business", path: "/d/plimsoll-business"), Entry(name: "Cost", path: "/d/plimsoll-cost"),
        Entry(name: "Quality", path: "/d/plimsoll-quality"), Entry(name: "Conversations", path: "/conversations"),
        Entry(name: "Reports", path: "/reports/sla"), Entry(name: "Alerts", path: "/alerts"),
        Entry(name: "SLOs", path: "/slos"), Entry(name: "Explore", path: "/explore"),
        Entry(name: "Prices", path: "/prices"), Entry(name: "Schemas", path: "/schemas"),
        Entry(name: "Status", path: "/status"), Entry(name: "Runbooks", path: "/runbooks"),
    ]

    /// Those that the server has: a page is linked from the day on which ``RouteTable`` has a row of it.
    static let entries = planned.filter { RouteTable.methods(at: $0.path).contains(.get) }

    /// Whether there is a page at a path.
    static func has(_ path: String) -> Bool { entries.contains { $0.path == path } }

    /// - Parameter current: the path of the entry that is looked at.
    static func html(at current: String?) -> HTML {
        let items = entries.map { entry -> HTML in
            let mark: HTML = entry.path == current ? " aria-current=\"page\"" : .empty
            return "<li><a href=\"\(entry.path)\"\(mark)>\(entry.name)</a></li>\n"
        }
        return "<nav aria-label=\"Pages\"><ul>\n\(items)</ul></nav>\n"
    }
}
