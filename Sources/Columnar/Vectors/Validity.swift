/// Which rows of a vector have a value: one bit a row, set = present. Absent altogether when all have one.
package struct Validity: Hashable, Sendable {
    package private(set) var words: [UInt64]
    package private(set) var count: Int

    package init(count: Int, allValid: Bool) {
        assert(count >= 0, "a number of rows")
        self.count = count
        words = Array(repeating: allValid ? ~0 : 0, count: (count + 63) / 64)
        clearTail()
    }

    /// - Precondition: `words.count == (count + 63) / 64`.
    package init(words: [UInt64], count: Int) {
        precondition(words.count == (count + 63) / 64)
        self.words = words
        self.count = count
        clearTail()
    }

    package subscript(row: Int) -> Bool {
        get { words[row >> 6] & (1 << UInt64(row & 63)) != 0 }
        set {
            assert(row >= 0 && row < count, "a row of the vector")
            if newValue {
                words[row >> 6] |= 1 << UInt64(row & 63)
            } else {
                words[row >> 6] &= ~(1 << UInt64(row & 63))
            }
        }
    }

    var validCount: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
    package var nullCount: Int { count - validCount }
    /// As vectors have it: nil where all rows have a value.
    package var unlessWhole: Validity? { nullCount == 0 ? nil : self }

    package mutating func append(_ valid: Bool) {
        assert(words.count == (count + 63) / 64, "a bit for each row")
        if count & 63 == 0 { words.append(0) }
        count += 1
        if valid { words[(count - 1) >> 6] |= 1 << UInt64((count - 1) & 63) }
    }

    /// Appends rows without a value.
    mutating func append(nulls more: Int) {
        assert(more >= 0 && words.count == (count + 63) / 64, "a bit for each row")
        count += more
        // Those of the last word beyond its rows are zeros already.
        let missing = (count + 63) / 64 - words.count
        if missing > 0 { words.append(contentsOf: repeatElement(0, count: missing)) }
    }

    /// Appends the rows of another one.
    /// - Complexity: O(rows / 64).
    mutating func append(_ other: Validity) {
        let (first, shift) = (count >> 6, UInt64(count & 63))
        append(nulls: other.count)
        for (place, word) in other.words.enumerated() {
            words[first + place] |= word << shift
            // What is beyond the last word is none of the rows.
            if shift > 0, first + place + 1 < words.count { words[first + place + 1] |= word >> (64 - shift) }
        }
    }

    /// Appends rows that all have a value.
    mutating func append(valid more: Int) {
        var row = count
        append(nulls: more)
        while row < count {
            let bits = min(64 - row & 63, count - row)
            words[row >> 6] |= (UInt64.max >> UInt64(64 - bits)) << UInt64(row & 63)
            row += bits
        }
    }

    /// Appends rows up to `end`, of which those have a value whose numbers, counted from `base`, are given.
    mutating func append(rows: Span<UInt16>, from base: Int, upTo end: Int) {
        append(nulls: end - count)
        var words = words.mutableSpan
        for index in rows.indices {
            let row = base &+ Int(rows[index])
            words[row >> 6] |= 1 &<< UInt64(truncatingIfNeeded: row & 63)
        }
    }

    /// Bits beyond `count` stay zero, so that counting and comparing need no mask.
    private mutating func clearTail() {
        if count & 63 != 0 { words[words.count - 1] &= (1 << UInt64(count & 63)) - 1 }
    }
}
