import Domain
import JSONTexts

/// A server answered, and refused the request: its fault is with the request (4xx), not with the server or the way
/// there.
package struct ServerRefusal: Error, Sendable, CustomStringConvertible {
    /// The HTTP status code.
    package var status: Int
    /// Who refused and what it said.
    package var description: String
    /// What to do about it, where the server says so.
    package var hint: String?
}

extension ServerAnswer {
    /// This answer where it is a success of a plimsoll server.
    /// - Parameter about: what was sent, for messages; nil: that is clear.
    /// - Throws: ``AccessDeniedError`` for 401 and 403, ``ServerRefusal`` for other 4xx, ``UnreachableError`` for
    ///   whatever else is no 200, for what may be asked again later, and for what answers without being a plimsoll
    ///   server.
    package func checked(from server: ServerEndpoint, about: String? = nil) throws -> ServerAnswer {
        try checkAccess(to: server)
        let prefix = about.map { "\($0): " } ?? ""
        if !isOfPlimsoll, (300..<400).contains(status), let other = headers["Location"].flatMap(Self.origin) {
            throw UnreachableError(
                description: "\(prefix)what answers at \(server) sends us on to \(other), where nothing was sent",
                advice: "is that the server? then ask it: --server \(other)")
        }
        guard isOfPlimsoll else {
            throw UnreachableError(
                description: "\(prefix)what answers at \(server) is no plimsoll server; it says \(status)",
                advice: "is it the right address, and is what serves there as new as this program?")
        }
        guard status != 200 else { return self }
        let json = try? JSONReader.parse(body)
        let message = json?["error"]?.string ?? beginning
        guard (400..<500).contains(status), ![408, 429].contains(status) else {
            // A question of PromQL that is too large, or comes beside too many others, has no hint of its own.
            let usual = json?["errorType"] == nil ? "it may answer later" : "ask for less, or again later"
            throw UnreachableError(
                description: "\(prefix)\(server) answered \(status): \(message)",
                advice: json?["hint"]?.string ?? usual + "; its log says more")
        }
        throw ServerRefusal(
            status: status, description: "\(prefix)\(server) answered \(status): \(message)",
            hint: json?["hint"]?.string)
    }

    /// The same, with what it does not show told beside it.
    func checked(from server: ServerEndpoint, _ onNotice: (String) -> Void) throws -> ServerAnswer {
        let answer = try checked(from: server)
        for notice in answer.notices { onNotice(notice) }
        return answer
    }

    /// `scheme://host:port` of an address of the web; nil for what is none, or looks like none.
    private static func origin(_ location: String) -> String? {
        let parts = location.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count > 2, ["http:", "https:"].contains(parts[0].lowercased()), parts[1].isEmpty,
            (1...255).contains(parts[2].utf8.count), parts[2].utf8.allSatisfy(isOfAuthority)
        else { return nil }
        return "\(parts[0].lowercased())//\(parts[2])"
    }

    private static func isOfAuthority(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "["),
            UInt8(ascii: "]"):
            true
        default: false
        }
    }
}
