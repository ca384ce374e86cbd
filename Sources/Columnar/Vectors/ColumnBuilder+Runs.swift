// Values that come many at a time, as a walk over rows spreads them: each a word, and beside it its row. What one call
// appends is what one call for each value would.

extension ColumnBuilder {
    /// Appends integers, doubles as their bits, or truths as 0 and 1; rows between are null.
    /// - Parameter rows: beside each word its row, counted from `base`; ascending and not before ``count``.
    /// - Precondition: no column of texts.
    /// - Complexity: O(rows up to the last).
    package mutating func append(words: Span<UInt64>, rows: Span<UInt16>, from base: Int) {
        guard makeRoom(rows, from: base) else { return }
        put(words, rows, base)
    }

    /// Appends texts of one source; rows between are null.
    /// - Parameters:
    ///   - texts: where each begins in the source, above 32 bits, and its length below.
    ///   - rows: beside each text its row, counted from `base`; ascending and not before ``count``.
    /// - Precondition: a column of texts.
    /// - Complexity: O(rows up to the last, bytes).
    package mutating func append(
        texts: Span<UInt64>, of source: [UInt8], rows: Span<UInt16>, from base: Int
    ) {
        guard makeRoom(rows, from: base) else { return }
        put(texts, of: source.span, rows, base)
    }
}
