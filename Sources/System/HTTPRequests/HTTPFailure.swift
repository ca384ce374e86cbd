/// Why a request brought no answer.
package struct HTTPFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// What has another remedy than to ask again, or elsewhere.
    package enum Kind: Sendable {
        /// Nobody known vouches for the server's certificate.
        case unknownAuthority
        /// The certificate is for other names.
        case otherName
        /// The certificate holds no longer, or not yet.
        case outOfDate
        /// The certificate proves nothing for another reason.
        case badCertificate
        /// The certificates of those who may vouch cannot be read.
        case unreadableAuthorities
        /// The server speaks no TLS, or none that both know.
        case noTLS
        case other
    }

    /// What happened, as a clause.
    package var description: String
    /// What it is, for whoever knows what to do.
    package var kind: Kind

    /// Takes each part as given.
    package init(description: String, kind: Kind = .other) { (self.description, self.kind) = (description, kind) }
}
