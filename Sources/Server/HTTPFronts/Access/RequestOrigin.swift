import Access
import HTTPTypes
import Hummingbird

/// What a log may say of a request: who sent it and what was asked for, with nothing that a stranger could have
/// written.
enum RequestOrigin {
    /// The client, whom a proxy names where it is believed.
    static func client(_ peer: String?, _ headers: HTTPFields, _ proxies: TrustedProxies) -> String {
        proxies.client(peer: peer ?? "unknown") {
            HTTPField.Name(proxies.field.rawValue).map { headers[values: $0].joined(separator: ",") } ?? ""
        }
    }

    /// Method and route, or of an unknown address the words that are nobody's: `POST /v1/trace`, `GET /v1/…`.
    static func action(_ method: HTTPRequest.Method, _ path: String, route: String? = nil) -> String {
        let method = methods.contains(method) ? method.rawValue : "…"
        // What has no route is given a name of its own by the router, which is no path.
        if let route, route.hasPrefix("/") { return "\(method) \(route)" }
        let parts = path.prefix { $0 != "?" && $0 != "#" }.split(separator: "/")
        let shown = parts.prefix(partsMax).map { part in words.contains(String(part)) ? String(part) : "…" }
        return "\(method) /" + (shown + (parts.count > partsMax ? ["…"] : [])).joined(separator: "/")
    }

    private static let methods: Set<HTTPRequest.Method> = [
        .get, .head, .post, .put, .delete, .options, .patch, .trace, .connect,
    ]
    private static let partsMax = 6

    /// Parts of our addresses, and of those that clients of others try here; whatever else stands in an address may be
    /// an id, a name or a secret.
    private static let words = Set(
        RouteTable.routes.flatMap { $0.path.split(separator: "/").map(String.init) }.filter { !$0.contains("{") } + [
            "v1", "v2", "api", "trace", "spans", "span", "logs", "otlp", "otel", "event", "query", "report",
            "conversation", "health", "ready", "live", "favicon.ico", "robots.txt", "graphql", "write", "push",
            "ingest", "chat", "completions", "opentelemetry.proto.collector.trace.v1.TraceService", "Export",
        ])
}
