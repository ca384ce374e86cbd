import Alerting
import Bytes
import Domain
import HTTPTypes
import Hummingbird
import JSONTexts
import Reports

extension Routes {
    /// A page, or 304 where the browser has it already.
    /// - Throws: 403 under a name that is not the server's.
    func page(_ page: PageDocument, _ request: Request, _ context: ServerContext) throws(Refusal) -> Response {
        try guardian.checkHost(request)
        return Response(document: page.html(isSession: context.isSession), to: request.headers)
    }

    /// The page of a report.
    /// - Throws: 404 for what names none.
    func reportPage(_ name: String, _ request: Request, _ context: ServerContext) throws(Refusal) -> Response {
        guard let kind = ReportKind.allCases.first(where: { $0.rawValue.hasSameBytes(as: name) }) else {
            throw Refusal(
                .notFound, "there is no report \(name)",
                hint: nameHint(to: name, known: ReportKind.allCases.map(\.rawValue)))
        }
        return try page(.report(kind), request, context)
    }

    /// The page of an alert, whether or not there is one of this name: files of rules may be read again at any time.
    /// - Parameter component: its name as the address has it.
    /// - Throws: 404 for what is no text.
    func alertPage(_ component: String, _ request: Request, _ context: ServerContext) throws(Refusal) -> Response {
        guard let name = Self.named(component, request) else {
            throw Refusal(.notFound, "the alert's name is no UTF-8", hint: "GET /alerts lists all")
        }
        return try page(.alert(name), request, context)
    }

    /// A file of the pages, or 304 where the browser has it already.
    /// - Throws: 404.
    func asset(_ name: String, in folder: String, _ headers: HTTPFields) throws(Refusal) -> Response {
        guard let file = PageAsset.all.first(where: { $0.name.hasSameBytes(as: name) }) else {
            throw Refusal(
                .notFound, "there is no file \(name) of pages", hint: nameHint(to: name, known: PageAsset.names))
        }
        guard folder.hasSameBytes(as: PageAsset.folder) else {
            throw Refusal(
                .notFound, "this server has no such contents of \(name)", hint: "load the page again: it names its own")
        }
        return file.response(headers)
    }

    /// What to do about an alert, by the objectives in force; the list of all where none is named.
    /// - Throws: 404.
    func runbook(_ name: String?, _ request: Request, _ context: ServerContext) throws(Refusal) -> Response {
        let server = ownAddress()
        let pages = RunbookPages(store.objectives.current.set, at: server)
        guard let runbook = name.map(pages.page) ?? pages.index else {
            throw Refusal(
                .notFound, "there is no alert \(name ?? "")",
                hint: nameHint(
                    to: name ?? "", among: pages.names, orElse: "GET /runbooks lists those of the objectives in force"))
        }
        let document = PageDocument(runbook: runbook, at: server)
        return Response(document: document.html(isSession: context.isSession), to: request.headers)
    }
}

extension PageDocument {
    /// Filled by its script, from addresses that programs ask as well.
    static let overview: PageDocument = {
        var page = PageDocument(
            "Overview", at: "/",
            content: """
                <noscript><p>This page is made by scripts. Without them there are
                <a href="/v1/reports/sla?format=table">service levels</a>,
                <a href="/v1/reports/cost?format=table">cost</a> and <a href="/runbooks">runbooks</a> to
                read.</p></noscript>
                <p id="state" class="state" role="status">…</p>
                <section aria-labelledby="levels-title">
                <h2 id="levels-title">Service levels</h2>
                <div id="levels" class="tiles"></div>
                <p id="budget-left" class="soft"></p>
                </section>
                <section aria-labelledby="alerts-title">
                <h2 id="alerts-title">Alerts and budgets</h2>
                <div id="spent"></div>
                <div id="alerts"></div>
                </section>
                <section aria-labelledby="money-title">
                <h2 id="money-title">Cost today</h2>
                <div id="money" class="tiles"></div>
                </section>
                <section aria-labelledby="outcomes-title">
                <h2 id="outcomes-title">How conversations end</h2>
                <div id="outcomes" class="tiles"></div>
                </section>
                <section aria-labelledby="changes-title">
                <h2 id="changes-title">What changed in the last day</h2>
                <div id="changes"></div>
                </section>
                <p id="freshness" class="soft"></p>

                """,
            scripts: ["overview.js"])
        page.styles = ["figures.css"]
        (page.hasRange, page.isRefreshed) = (true, true)
        return page
    }()

    /// The server in numbers.
    static let status: PageDocument = {
        var page = PageDocument(
            "Status", at: "/status",
            content: """
                <noscript><p>This page is made by scripts. Without them <a href="/v1/status">/v1/status</a> has the same
                numbers.</p></noscript>
                <p><span id="state" class="state" role="status">…</span> <span class="soft" id="since"></span></p>
                <div class="cards" id="cards"></div>
                <div id="addresses"></div>

                """,
            scripts: ["status.js"])
        page.isRefreshed = true
        return page
    }()

    /// A runbook, which has its own heading.
    /// - Parameter server: where this server is reached; nil where nobody knows.
    init(runbook: RunbookPages.Page, at server: String?) {
        let content = HTML(markup: runbook.content)
        let here = server.map { server -> HTML in ", here <code>PLIMSOLL_SERVER=\(server)</code>" } ?? HTML.empty
        self.init(
            runbook.title, at: "/runbooks",
            content: """
                <article class="text">
                \(content)</article>
                <p class="soft">Commands ask the server that <code>PLIMSOLL_SERVER</code> names\(here);
                <code>DIR</code> is its data directory. <a href="/runbooks">All runbooks</a></p>

                """)
        hasOwnHeading = true
    }
}
