/// Why a text is no expression, in Prometheus' words: at least one fault, the first found first.
package struct PromQLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What one place is accused of.
    package struct Fault: Hashable, Sendable {
        /// What is wrong, without the place.
        package let message: String
        /// Bytes of the text that it is about.
        package let range: Range<Int>
        /// `line:column`, both from 1, columns in bytes.
        package let position: String
    }

    /// All that were found.
    package let faults: [Fault]
    /// Whether the text goes beyond what is read, however right it may be.
    package let isTooComplex: Bool

    /// The first fault with its place.
    package var description: String {
        guard let first = faults.first else { return "parse error" }
        return first.position + ": parse error: " + first.message
    }
}
