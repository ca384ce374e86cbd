import Domain
import Hummingbird

extension Routes {
    /// `GET /v1/prices` and `/v1/prices/check`: text for people, as `plimsoll prices` prints it.
    func addPrices(to router: Router<ServerContext>) {
        router.get("/v1/prices") { request, _ in
            let isSetOnly = request.uri.queryParameters["set_only"] == "true"
            return Self.plain(store.priceBook.render(includesBuiltIn: !isSetOnly))
        }
        router.get("/v1/prices/check") { _, _ in Self.plain(PriceText.findings(store.priceBook)) }
    }

    private static func plain(_ text: String) -> Response {
        Response(bytes: Array(text.utf8), contentType: "text/plain; charset=utf-8")
    }
}
