/// Why something that was sent is not taken in. A front says it in the words of its wire.
package struct IntakeRefusal: Error, Hashable, Sendable {
    /// What a sender can do about it.
    package enum Kind: Hashable, Sendable {
        /// It cannot be read; the same again would fail again.
        case malformed
        /// Its media type or its encoding is none that is taken.
        case unsupported
        /// It is longer than what is taken at once.
        case tooLarge
        /// Decompressed it is.
        case decodedTooLarge
        /// It is sound and asks for more than one step of the store can do.
        case tooMuch
        /// It is something else than what is taken this way.
        case conflicting
        /// There is no room now; the same again may be taken soon.
        case busy
        /// Nothing is taken now.
        case unavailable
        /// It needs a place of a file that is damaged, or of a newer form.
        case damaged
    }

    /// What a sender can do about it.
    package var kind: Kind
    /// What is wrong.
    package var message: String
    /// What to do.
    package var hint: String?
    /// Where: a byte offset into the decoded body.
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

    /// A body that is longer than a limit.
    /// - Parameters:
    ///   - isDecoded: whether it is so decompressed.
    ///   - hint: nil: what senders of events do.
    package static func bodyTooLarge(_ bytesMax: Int, isDecoded: Bool = false, hint: String? = nil) -> IntakeRefusal {
        IntakeRefusal(
            isDecoded ? .decodedTooLarge : .tooLarge,
            isDecoded
                ? "the body, decompressed, is larger than \(bytesMax) bytes"
                : "the body is larger than \(bytesMax) bytes",
            hint: hint ?? "send smaller batches, or use `plimsoll import` for whole files")
    }
}
