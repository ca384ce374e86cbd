/// Why somebody is not let in. A front says it in the words of its wire.
package enum AccessRefusal: Error, Hashable, Sendable {
    /// He showed no token, or one that is not worth what would have been needed.
    case denied(AccessDenialReason, needed: AccessScope)
    /// He showed too many wrong tokens, and may show another one after so many seconds.
    case tooManyTries(retrySeconds: Int)
    /// Tokens cannot be checked now; the log says why.
    case unverifiable

    /// What is wrong, in one line.
    package var message: String {
        switch self {
        case .denied(.missing, _): "a token is needed"
        case .denied(.unknown, _): "the token is none of this server's"
        case .denied(.expired, _): "the token has expired"
        case .denied(.revoked, _): "the token was revoked"
        case .denied(.scope, let needed): "the token lacks the scope \(needed.rawValue)"
        case .tooManyTries: "too many wrong tokens were shown"
        case .unverifiable: "credentials cannot be checked now"
        }
    }
}
