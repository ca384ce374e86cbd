// tests: how often digits are looked for.
/// Texts of the doubles that were written last. Percentiles are the middles of few buckets, so a column of them has the
/// same ones again and again, and the digits of a double take longer than all that is written around them.
package struct DoubleTexts: Sendable {
    /// By place the bits of the double whose text stands there; both are empty before the first one.
    private var bits: [UInt64] = []
    private var texts: [String] = []

    /// How many texts were made.
    package private(set) var made = 0

    /// A power of two.
    private static let places = 1_024

    /// None are known.
    package init() {}

    /// The text of a double, as ``ScalarText/double(_:)`` gives it.
    package mutating func text(_ value: Double) -> String {
        if texts.isEmpty {
            bits = Array(repeating: 0, count: Self.places)
            texts = Array(repeating: "", count: Self.places)
        }
        // Neighbours differ in their lowest bits, round numbers in their highest: the product's highest know of both.
        let pattern = value.bitPattern
        let mixed = (pattern ^ (pattern >> 32)) &* 0x9E37_79B9_7F4A_7C15
        let place = Int(truncatingIfNeeded: mixed >> 54)
        assert(place < Self.places, "ten bits")
        if bits[place] == pattern, !texts[place].isEmpty { return texts[place] }
        let text = ScalarText.double(value)
        (bits[place], texts[place]) = (pattern, text)
        made += 1
        return text
    }
}
