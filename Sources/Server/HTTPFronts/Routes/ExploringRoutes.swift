import Asking
import Bytes
import Domain
import Hummingbird
import JSONTexts
import Plans
import Platform
import RequestFields

extension Routes {
    /// What questions may name, as JSON.
    func schemas(_: QueryParameters) async throws -> Response {
        Response(json: try await threads.figures.run { [store] in SchemaGuide(registry: store.registry).json })
    }

    /// Every table in a line.
    func schemasPage(_ request: Request, _ context: ServerContext) async throws -> Response {
        try guardian.checkHost(request)
        let page = try await threads.figures.run { [store] in
            PageDocument(schemas: SchemaGuide(registry: store.registry))
        }
        return Response(document: page.html(isSession: context.isSession), to: request.headers)
    }

    /// A table whole.
    /// - Throws: 404.
    func schemaPage(_ name: String, _ request: Request, _ context: ServerContext) async throws -> Response {
        try guardian.checkHost(request)
        let (page, names) = try await threads.figures.run { [store] in
            let guide = SchemaGuide(registry: store.registry)
            let page = guide.table(named: name).map { PageDocument(schema: $0, common: guide.common) }
            return (page, guide.tables.flatMap { [$0.name] + [$0.event?.name].compactMap { $0 } })
        }
        guard let page else {
            throw Refusal(
                .notFound, "there is no table or event type \(name)",
                hint: nameHint(to: name, among: names, orElse: "GET /schemas lists them"))
        }
        return Response(document: page.html(isSession: context.isSession), to: request.headers)
    }

    /// Prices, and calls that have none, at one position: what `/v1/prices` and `/v1/prices/check` tell.
    func pricesPage(_ request: Request, _ context: ServerContext) async throws -> Response {
        try guardian.checkHost(request)
        let wish = PricesPage.Wish(FormParameters(query: request.uri.query))
        let now = clock.wallNanoseconds()
        let times = try wish.times.range(now: now)
        let selection = Self.selection(isAll: wish.isAll, of: times, now: now)
        let page = try await queries.run { [self] cancellation in
            let options = questionOptions(cancellation, within: queries.memory)
            return try ofStore {
                let (book, calls) = try store.pricesAndInexactCalls(of: times, look: options.check)
                let booking = try queries.holding(PriceListing.bytesMax(of: book) + Self.answerBytes)
                defer { withExtendedLifetime(booking) {} }
                let listing = try PriceListing(book, selection, as: .table, look: options.check)
                let found = try listing.rows(
                    atMost: PricesPage.rowsMax, behind: wish.skipped, look: options.check, where: wish.isWanted)
                return PageDocument(
                    prices: PricesPage(
                        wish: wish, times: times, rows: found.rows, count: found.count,
                        findings: try book.findings(look: options.check), calls: calls, notice: store.priceNotice))
            }
        }
        return noting(Response(document: page.html(isSession: context.isSession), to: request.headers))
    }
}
