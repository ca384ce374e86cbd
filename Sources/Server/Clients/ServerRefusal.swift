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
    /// This answer where it is a success.
    /// - Parameter about: what was sent, for messages; nil: that is clear.
    /// - Throws: ``AccessDeniedError`` for 401 and 403, ``ServerRefusal`` for other 4xx, ``UnreachableError`` for
    ///   whatever else is no 200.
    package func checked(from server: ServerEndpoint, about: String? = nil) throws -> ServerAnswer {
        guard status != 200 else { return self }
        try checkAccess(to: server)
        let json = try? JSONReader.parse(body)
        let (prefix, message) = (about.map { "\($0): " } ?? "", json?["error"]?.string ?? text)
        guard (400..<500).contains(status) else {
            throw UnreachableError(description: "\(prefix)\(server) answered \(status): \(refusal)")
        }
        throw ServerRefusal(
            status: status, description: "\(prefix)\(server) answered \(status): \(message)",
            hint: json?["hint"]?.string)
    }
}
