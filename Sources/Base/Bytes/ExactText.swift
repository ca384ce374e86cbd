extension String {
    /// Whether both texts have the same bytes. `==` holds different spellings of a letter (composed, decomposed) equal;
    /// texts of events, which are compared by bytes everywhere, are then one here and two there.
    /// - Complexity: O(bytes).
    package func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}

/// A text as a key: equal, hashed and in order by its bytes. See ``Swift/String/hasSameBytes(as:)``.
package struct ExactText: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// What it says.
    package let text: String

    /// Takes any text.
    package init(_ text: String) { self.text = text }
    package init(stringLiteral text: String) { self.text = text }

    package var description: String { text }
    /// The bytes.
    package var utf8: String.UTF8View { text.utf8 }

    package static func == (left: ExactText, right: ExactText) -> Bool { left.text.hasSameBytes(as: right.text) }

    package static func < (left: ExactText, right: ExactText) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    /// Over the bytes as well: of one letter there are so many spellings that texts could be made to collide.
    package func hash(into hasher: inout Hasher) {
        // Sound: the bytes are those of the text's own span, while it lives.
        unsafe text.utf8.span.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        // No byte of UTF-8, so that texts one after the other don't run into each other.
        hasher.combine(0xFF as UInt8)
    }
}

extension Dictionary where Key == ExactText {
    /// The value of a text.
    package subscript(text: String) -> Value? {
        get { self[ExactText(text)] }
        set { self[ExactText(text)] = newValue }
    }
}
