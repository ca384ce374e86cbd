/// A text from outside as its bytes, whatever they are: equal, hashed and in order by them. Where ``ExactText`` holds a
/// text that is UTF-8, this holds what a literal with escapes may spell, too, and costs no decoding.
package struct ByteText: Hashable, Comparable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// What it says.
    package let bytes: [UInt8]

    /// Takes any bytes.
    package init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
    /// The bytes of a literal.
    package init(stringLiteral text: String) { bytes = Array(text.utf8) }

    /// For people: what is no UTF-8 shows as replacement characters.
    package var description: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether nothing is in it.
    package var isEmpty: Bool { bytes.isEmpty }

    package static func < (left: ByteText, right: ByteText) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    package func hash(into hasher: inout Hasher) {
        // Sound: the bytes are those of the array, while the call lasts, and the call keeps none of them.
        unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        // The length, so that texts one after the other don't run into each other.
        hasher.combine(bytes.count)
    }
}
