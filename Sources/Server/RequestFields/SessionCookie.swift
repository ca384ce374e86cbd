/// The cookie by which a browser shows that it has a session: 256 random bits in hexadecimal digits, unreadable to
/// scripts, sent to this server alone and by no form or script of another site.
package struct SessionCookie: Sendable {
    private static let name = "plimsoll_session"
    /// Browsers take a cookie of this name over TLS alone, for the host alone that set it.
    private static let guardedName = "__Host-plimsoll_session"

    /// What it says.
    package let secret: String

    /// The one that a request shows; nil where there is none. What came over TLS counts first: it cannot have been
    /// written by whoever listens.
    /// - Parameter fields: the values of `Cookie`.
    /// - Complexity: O(bytes).
    package init?(_ fields: [String]) {
        var plain: ArraySlice<UInt8>?
        var guarded: ArraySlice<UInt8>?
        // By bytes: a character may begin with a sign that ends something here.
        for pair in fields.flatMap({ Array($0.utf8).split(separator: UInt8(ascii: ";")) }) {
            let pair = pair.drop(while: Self.isSpace)
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            guard name.endIndex < pair.endIndex else { continue }
            // A browser puts no spaces around a value; a proxy that joins cookies may.
            var value = pair[(name.endIndex + 1)...].drop(while: Self.isSpace)
            while value.last.map(Self.isSpace) == true { value.removeLast() }
            if name.elementsEqual(Self.guardedName.utf8) { guarded = guarded ?? value }
            if name.elementsEqual(Self.name.utf8) { plain = plain ?? value }
        }
        guard let secret = guarded ?? plain else { return nil }
        self.secret = String(decoding: secret, as: UTF8.self)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    /// Has a browser show `secret` from now on.
    /// - Parameter isTLS: whether it reached the server, or the proxy before it, over TLS.
    package static func setting(_ secret: String, isTLS: Bool) -> String {
        (isTLS ? "\(guardedName)=\(secret); Secure" : "\(name)=\(secret)") + "; Path=/; HttpOnly; SameSite=Lax"
    }

    /// Has a browser forget it, whichever way it was set.
    package static let forgetting = [setting("", isTLS: false), setting("", isTLS: true)].map { $0 + "; Max-Age=0" }
}
