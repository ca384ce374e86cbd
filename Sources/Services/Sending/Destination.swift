import WireFormats

/// Where something is sent. Its description, by which status, metrics, log and marks call it, never shows what in the
/// address opens something; the whole address goes to the connection alone.
package struct DestinationURL: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// As it was given, for the request.
    let address: String
    /// Without values of the question, and with a star for each part of the path that opens something: addresses that
    /// differ in nothing else are one destination, so that a key may change.
    package let description: String
    /// Who is asked there, with the port where the address has one, in small letters.
    package let host: String

    /// As the description.
    package var debugDescription: String { description }
    /// The description alone.
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }

    /// An endpoint for traces: a URL without a path gets `/v1/traces`, as OpenTelemetry's exporters have it.
    /// - Returns: nil for what is no `http` or `https` URL, or one with a user in it: that goes into a header.
    package init?(traces text: String) { self.init(text) { $0.allSatisfy { $0 == "/" } ? "/v1/traces" : $0 } }

    /// An Alertmanager by the address below which its API is.
    /// - Returns: nil as for traces.
    package init?(alertmanager text: String) {
        self.init(text) { path in
            var path = path
            while path.last == "/" { path.removeLast() }
            return path.hasSuffix("/api/v2/alerts") ? path : path + "/api/v2/alerts"
        }
    }

    /// A receiver that is called as Alertmanager calls a webhook, at the address as it stands.
    /// - Returns: nil as for traces.
    package init?(webhook text: String) { self.init(text) { $0.isEmpty ? "/" : $0 } }

    private init?(_ text: String, _ completed: (Substring) -> Substring) {
        guard let scheme = ["http://", "https://"].first(where: text.hasPrefix) else { return nil }
        let rest = text.dropFirst(scheme.count)
        let host = rest.prefix { $0 != "/" && $0 != "?" }
        guard !host.isEmpty, !host.contains("@"), !rest.contains(where: { $0.isWhitespace || $0 == "\"" || $0 == "#" })
        else { return nil }
        let question = rest.firstIndex(of: "?")
        let path = completed(rest[host.endIndex..<(question ?? rest.endIndex)])
        self.host = host.lowercased()
        address = scheme + host + path + (question.map { rest[$0...] } ?? "")
        description =
            scheme + CredentialText.without(String(host) + path, .random)
            + (question.map { Self.shown(rest[$0...]) } ?? "")
    }

    /// The names of a question, without what they are set to.
    private static func shown(_ question: Substring) -> String {
        "?"
            + question.dropFirst().split(separator: "&", omittingEmptySubsequences: false).map { part in
                part.firstIndex(of: "=").map { part[...$0] + "*" } ?? (part.isEmpty ? "" : "*")
            }.joined(separator: "&")
    }

    /// A text about the destination, such as its answer, without what opens it.
    func hiding(in text: String, _ headers: [DestinationHeader]) -> String {
        var text = text
        let values = address.split(whereSeparator: { $0 == "?" || $0 == "&" }).dropFirst().compactMap { part in
            part.firstIndex(of: "=").map { String(part[part.index(after: $0)...]) }
        }
        for secret in values + headers.flatMap(\.secrets) where secret.utf8.count >= 3 {
            text = text.replacing(secret, with: "*")
        }
        return CredentialText.without(text, .random)
    }
}

/// A field of requests to a destination, a credential mostly. Its description has the name alone.
package struct DestinationHeader: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible,
    CustomDebugStringConvertible, CustomReflectable
{
    /// `Name: value`, for the request.
    let line: String

    /// - Parameter line: `Name: value`.
    package init(_ line: String) { self.line = line }

    /// As ``init(_:)``.
    package init(stringLiteral line: String) { self.init(line) }

    package var description: String { line.prefix { $0 != ":" } + ": *" }
    /// As the description.
    package var debugDescription: String { description }
    /// The description alone.
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }

    /// The value, whole and by its words.
    fileprivate var secrets: [String] {
        let value = line.drop { $0 != ":" }.dropFirst().drop { $0 == " " }
        return [String(value)] + value.split(separator: " ").filter { $0.utf8.count >= 8 }.map(String.init)
    }
}
