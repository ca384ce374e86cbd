package import Platform

/// A server, and what lets us in.
package struct ServerEndpoint: Sendable, CustomStringConvertible {
    /// Where it listens.
    package var address: ListenAddress
    /// Sent as `Authorization: Bearer`; nil sends none. Visible ASCII only.
    package var token: String?
    /// Nil: plain HTTP.
    var tls: ServerTLS?

    /// Takes each part as given.
    package init(_ address: ListenAddress, token: String? = nil, tls: ServerTLS? = nil) {
        self.address = address
        self.token = token
        self.tls = tls
    }

    /// How an address of the server begins.
    package var origin: String { "\(tls == nil ? "http" : "https")://\(address)" }

    /// The address alone: a token goes into no message.
    package var description: String { address.description }
}

/// How a server is asked over TLS. That it proves its name is never left out.
package struct ServerTLS: Hashable, Sendable {
    /// A file of certificates, PEM, of those who may vouch for the server; nil: those that this machine knows.
    var authorityFile: String?

    /// Takes the part as given.
    package init(authorityFile: String? = nil) { self.authorityFile = authorityFile }
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
