package import Platform

/// A server, and what lets us in.
package struct ServerEndpoint: Sendable, CustomStringConvertible {
    /// Where it listens.
    package var address: ListenAddress
    /// Sent as `Authorization: Bearer`; nil sends none. Visible ASCII only.
    package var token: String?

    /// Takes each part as given.
    package init(_ address: ListenAddress, token: String? = nil) {
        self.address = address
        self.token = token
    }

    /// The address alone: a token goes into no message.
    package var description: String { address.description }
}

/// The server wants a token, or another one.
package struct AccessDeniedError: Error, Sendable, CustomStringConvertible {
    /// What the server said.
    package var description: String
}

extension ServerAnswer {
    /// Throws when nobody was let in.
    /// - Throws: ``AccessDeniedError`` for 401, and for 403 where a token would help.
    func checkAccess(to server: ServerEndpoint) throws(AccessDeniedError) {
        guard status == 401 || status == 403 && headers["WWW-Authenticate"] != nil else { return }
        throw AccessDeniedError(description: "\(server) lets nobody in without the right token: \(refusal)")
    }
}
