import Access

/// The rows of dashboards.
extension RouteTable {
    private static let known = RouteParameter.header(
        "If-None-Match", .text, "tags of what is there already: 304 where it still holds")
    private static let html = RouteContent("text/html", .text)

    /// Their addresses are Grafana's, so that path and query of a link to one work for the other. Parameters that
    /// nobody knows are passed over, as are wrong values, which the page names.
    static let dashboards: [Route] = {
        let uid = RouteParameter.path("uid", .text, "the dashboard, such as plimsoll-cost")
        var page = Route(.dashboardPage, .get, "/d/{uid}", needs: .read, .pages, "a dashboard")
        (page.parameters, page.answers) = ([uid, known], [html])
        page.otherStatuses = [304, 404]
        var titled = page.elsewhere(.dashboardPageElsewhere, at: "/d/{uid}/{slug}")
        titled.parameters.insert(.path("slug", .text, "its title: not looked at"), at: 1)

        var model = Route(
            .dashboardModel, .get, "/d/{uid}/model", needs: .read, .pages, "what a dashboard is drawn from")
        (model.parameters, model.answers) = (page.parameters, [RouteContent("application/json", .map(.any))])
        model.otherStatuses = [304, 404]

        var data = Route(
            .dashboardData, .get, "/d/{uid}/data", needs: .read, .pages, "the figures of a dashboard, panel by panel")
        data.detail =
            "A line for the range, each variable, each panel, each annotation, and last for what they stand on. All "
            + "are of one state of the store and have the time of one question together. What is wrong with a panel's "
            + "question stands in its line. Values of variables are told as var-NAME, several times; find-NAME lists "
            + "values that hold a text, in either case. A panel that stands for values of a variable has a line for "
            + "each, by the numbers of its line `repeat`."
        data.parameters = [
            uid, known,
            .query("from", .text, "start of the range: now-6h, RFC 3339 or ms since 1970; the dashboard's without it"),
            .query("to", .text, "its end, not included; the dashboard's without it"),
            .query("timezone", .text, "an IANA name, by which now/d begins; UTC without it"),
            .query("width", .integer, "CSS pixels of the page; 1200 without it"),
            .query("panel", .list(.integer), "these panels alone, several times; without it all but folded ones"),
            .query(
                "part", .choice(["all", "panels", "variables"]),
                "which lines besides range and basis: variables, panels and marks without it"),
        ]
        (data.answers, data.otherStatuses) = ([RouteContent("application/x-ndjson", .text)], [304, 404, 429, 503])

        var named = Route(
            .dashboardByName, .get, "/dashboards/{name}", needs: .read, .pages, "where a dashboard of the program is")
        named.parameters = [.path("name", .choice(["operational", "business", "cost", "quality"]), "its short name")]
        (named.redirects, named.otherStatuses) = (true, [404])
        return [page, model, data, titled, named].map { route in
            // Where a browser asks, it is told in words.
            var route = route
            route.refusals.append(html)
            return route
        }
    }()
}
