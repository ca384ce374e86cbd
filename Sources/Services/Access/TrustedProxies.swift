package import Platform

/// Which proxies in front of the server are believed when they say for whom they ask.
///
/// Anybody can write the field, so it is read from its end: what the last proxy added, then, if that names a proxy that
/// is believed too, what that one added, and so on. Of two fields for it the setting names the one that the proxies
/// write; the other one is a client's.
package struct TrustedProxies: Sendable {
    /// The field in which proxies say it.
    package enum Field: String, CaseIterable, Sendable {
        case forwardedFor = "x-forwarded-for"
        /// RFC 7239.
        case forwarded
    }

    /// Whose word counts; empty: nobody's.
    package var ranges: [IPAddressRange] = []
    /// What they write.
    package var field = Field.forwardedFor

    /// Nobody is believed.
    package init() {}

    /// Who asks, as far as that is sure.
    /// - Parameters:
    ///   - peer: the other end of the connection.
    ///   - told: what the values of ``field`` say, in their order, joined by commas; asked only where it counts.
    package func client(peer: String, told: () -> String) -> String {
        guard !ranges.isEmpty, isBelieved(peer) else { return peer }
        var client = peer
        // No address has a comma, so quotes need no look: what a stranger wrote stands further to the left.
        for part in told().utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).reversed() {
            let text = String(decoding: Array(part), as: UTF8.self)
            guard let address = field == .forwarded ? Self.forwarded(text) : Self.address(text) else { return client }
            client = address
            guard isBelieved(address) else { return client }
        }
        return client
    }

    private func isBelieved(_ text: String) -> Bool {
        guard let address = IPAddress(text) else { return false }
        return ranges.contains { $0.contains(address) }
    }

    /// What stands behind `for=` of `for=192.0.2.60;proto=http`.
    private static func forwarded(_ element: String) -> String? {
        var found: String?
        for pair in element.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, trimmed(parts[0]).lowercased() == "for" else { continue }
            guard found == nil else { return nil }
            var value = trimmed(parts[1])
            if value.count >= 2, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
            found = String(value)
        }
        return found.flatMap(address)
    }

    /// The address in `192.0.2.60`, `192.0.2.60:4711`, `2001:db8::7`, `[2001:db8::7]:4711`; nil where there is none,
    /// for proxies may also say `unknown` or a name of their own.
    private static func address(_ text: String) -> String? {
        var text = trimmed(text[...])
        if text.first == "[" {
            guard let end = text.lastIndex(of: "]") else { return nil }
            text = text[..<end].dropFirst()
        } else if text.contains("."), let colon = text.firstIndex(of: ":"), text.lastIndex(of: ":") == colon {
            text = text[..<colon]
        }
        let address = text.lowercased()
        return IPAddress(address) != nil && !address.contains("%") ? address : nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
