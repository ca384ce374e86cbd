import Access

/// The rows of what a browser is shown. Parameters that a page does not know are passed over: an address holds all that
/// decides what is seen, and scripts read most of it.
extension RouteTable {
    private static let known = RouteParameter.header(
        "If-None-Match", .text, "tags of what is there already: 304 where it still holds")
    private static let html = RouteContent("text/html", .text)

    /// A document, and its refusals in words for people where a browser asks.
    static func page(_ name: RouteName, _ path: String, _ summary: String) -> Route {
        var page = Route(name, .get, path, needs: .read, .pages, summary)
        (page.parameters, page.answers, page.otherStatuses) = ([known], [html], [304])
        page.refusals.append(html)
        return page
    }

    /// Nothing of what is kept stands in them, and whoever is woken has no token in the browser.
    static let runbooks: [Route] = {
        var list = Route(.runbooks, .get, "/runbooks", needs: nil, .operate, "what to do about each alert")
        (list.parameters, list.answers, list.otherStatuses) = ([known], [html], [304])
        list.refusals.append(html)
        var one = Route(.runbook, .get, "/runbooks/{name}", needs: nil, .operate, "what to do about one alert")
        one.detail = "The alerts are those of the objectives in force."
        one.parameters = [.path("name", .text, "the alert, such as PlimsollDown"), known]
        (one.answers, one.otherStatuses, one.refusals) = (list.answers, [304, 404], list.refusals)
        return [list, one]
    }()

    static let pages: [Route] = {
        // Whoever is to log in needs them, and they hold nothing that is kept.
        var asset = Route(
            .pageAsset, .get, "/assets/{hash}/{file}", needs: nil, .pages, "what pages are made of")
        asset.detail = "A file never changes at its address; other contents have another one."
        asset.parameters = [
            .path("hash", .choice([PageAsset.folder]), "of the contents of all files"),
            .path("file", .choice(PageAsset.names), "its name"), known,
            .header("Accept-Encoding", .text, "gzip: it is sent compressed"),
        ]
        asset.answers = [
            RouteContent("text/css", .text), RouteContent("text/javascript", .text),
            RouteContent("image/svg+xml", .text),
        ]
        asset.otherStatuses = [304, 404]
        return [
            page(.overviewPage, "/", "whether all is well, on one page"),
            page(.statusPage, "/status", "what the server holds and does now, and its addresses"),
        ] + conversationPages + [asset]
    }()

    /// How a browser gets its session: who has none cannot be asked for one.
    static let sessions: [Route] = {
        var form = Route(.sessionForm, .get, "/session", needs: nil, .pages, "the form to log in")
        form.parameters = [.query("to", .text, "where to go from there: an address of this server; / without it")]
        (form.answers, form.refusals) = ([html], form.refusals + [html])
        form.otherStatuses = [403]
        var begin = Route(.beginSession, .post, "/session", needs: nil, .pages, "log in: a token once, then a cookie")
        begin.detail =
            "The session opens what `read` opens, until it is not used for twelve hours, its token is worth nothing "
            + "any more, or the server starts again. 200 where nobody has to show a token."
        begin.bodies = [
            RouteContent(
                MediaType.form,
                .object([
                    .always("token", .text, "With the scope read."), .perhaps("to", .text, "Where to go from there."),
                ]))
        ]
        (begin.answers, begin.refusals) = (form.answers, form.refusals)
        begin.otherStatuses = [303, 401, 403, 408, 413, 415, 429, 503]
        var end = Route(.endSession, .post, "/session/end", needs: nil, .pages, "log out")
        end.bodies = [RouteContent(MediaType.form, .object([]))]
        (end.answers, end.refusals, end.otherStatuses) = (form.answers, form.refusals, [403])
        return [form, begin, end]
    }()
}
