/// Why a question is not looked into. A front says it in the words of its wire; what is wrong with a statement is a
/// `QueryError`.
package struct QueryRefusal: Error, Hashable, Sendable {
    /// What whoever asks can do about it.
    package enum Kind: Hashable, Sendable {
        /// It cannot be read.
        case malformed
        /// Too many wait already; the same question may be taken soon.
        case busy
        /// There is less memory for it than it takes.
        case outOfMemory
        /// Nobody is answered: the server holds more memory than it may, or is about to end.
        case unavailable
    }

    /// What whoever asks can do about it.
    package var kind: Kind
    /// What is wrong.
    package var message: String
    /// What to do.
    package var hint: String?
    /// Where: a byte offset into the body.
    package var position: Int?
    /// When the same may be taken.
    package var retryAfterSeconds: Int?

    /// Takes each part as given.
    package init(
        _ kind: Kind, _ message: String, hint: String? = nil, position: Int? = nil, retryAfterSeconds: Int? = nil
    ) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.position = position
        self.retryAfterSeconds = retryAfterSeconds
    }
}
