/// Where something stands in its text. No part of what is said: places of two trees are equal wherever they are, so
/// that trees compare by meaning.
package struct Place: Hashable, Sendable {
    /// Bytes from the beginning of the text.
    package var range: Range<Int>

    init(_ range: Range<Int>) { self.range = range }

    /// From the beginning of one to the end of the other.
    init(from first: Place, to last: Place) {
        range = first.range.lowerBound..<max(first.range.lowerBound, last.range.upperBound)
    }

    package static func == (left: Place, right: Place) -> Bool { true }
    package func hash(into hasher: inout Hasher) {}
}
