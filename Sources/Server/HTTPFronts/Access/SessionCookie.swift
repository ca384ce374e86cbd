import HTTPTypes
import Hummingbird

/// The cookie by which a browser shows that it has a session: 256 random bits in hexadecimal digits, unreadable to
/// scripts, sent to this server alone and by no form or script of another site.
struct SessionCookie: Sendable {
    private static let name = "plimsoll_session"
    /// Browsers take a cookie of this name over TLS alone, for the host alone that set it.
    private static let guardedName = "__Host-plimsoll_session"

    /// What it says.
    let secret: String

    /// The one that a request shows; nil where there is none. What came over TLS counts first: it cannot have been
    /// written by whoever listens.
    init?(_ headers: HTTPFields) {
        var plain: Substring?
        var guarded: Substring?
        for pair in headers[values: .cookie].flatMap({ $0.split(separator: ";") }) {
            let pair = pair.drop(while: Self.isSpace)
            guard let equals = pair.firstIndex(of: "=") else { continue }
            // A browser puts no spaces around a value; a proxy that joins cookies may.
            var value = pair[pair.index(after: equals)...].drop(while: Self.isSpace)
            while value.last.map(Self.isSpace) == true { value.removeLast() }
            if pair[..<equals] == Self.guardedName { guarded = guarded ?? value }
            if pair[..<equals] == Self.name { plain = plain ?? value }
        }
        guard let secret = guarded ?? plain else { return nil }
        self.secret = String(secret)
    }

    private static func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" }

    /// Has a browser show `secret` from now on.
    /// - Parameter isTLS: whether it reached the server, or the proxy before it, over TLS.
    static func setting(_ secret: String, isTLS: Bool) -> String {
        (isTLS ? "\(guardedName)=\(secret); Secure" : "\(name)=\(secret)") + "; Path=/; HttpOnly; SameSite=Lax"
    }

    /// Has a browser forget it, whichever way it was set.
    static let forgetting = [setting("", isTLS: false), setting("", isTLS: true)].map { $0 + "; Max-Age=0" }
}
