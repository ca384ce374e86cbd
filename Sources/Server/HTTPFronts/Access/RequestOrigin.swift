import Access
import HTTPTypes
import Hummingbird

/// What a log may say of a request: who sent it and what was asked for, with nothing that a stranger could have written.
enum RequestOrigin {
    /// The client, whom a proxy names where it is believed.
    static func client(_ peer: String?, _ headers: HTTPFields, _ proxies: TrustedProxies) -> String {
        proxies.client(peer: peer ?? "unknown") {
            HTTPField.Name(proxies.field.rawValue).map { headers[values: $0].joined(separator: ",") } ?? ""
        }
    }

    /// Method and route, or as much of an unknown address as looks like words: `POST /v1/trace`, `GET /v1/…`.
    static func action(_ method: HTTPRequest.Method, _ path: String, route: String? = nil) -> String {
        let method = methods.contains(method) ? method.rawValue : "…"
        if let route { return "\(method) \(route)" }
        let parts = path.prefix { $0 != "?" && $0 != "#" }.split(separator: "/")
        let shown = parts.prefix(partsMax).map { part in isWord(part) ? String(part) : "…" }
        return "\(method) /" + (shown + (parts.count > partsMax ? ["…"] : [])).joined(separator: "/")
    }

    private static let methods: Set<HTTPRequest.Method> = [
        .get, .head, .post, .put, .delete, .options, .patch, .trace, .connect,
    ]
    private static let partsMax = 6

    /// Letters, dashes and a digit or two, such as `api`, `v1` and `healthz.json`: too little for a secret or an id.
    private static func isWord(_ part: Substring) -> Bool {
        guard part.utf8.count <= 24 else { return false }
        var digits = 0
        for byte in part.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): break
            default: return false
            }
        }
        return digits <= 2
    }
}
