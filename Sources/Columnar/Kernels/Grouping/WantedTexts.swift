/// A few texts, null among them or not, and the rows of a column that have one of them. Where columns come with kept
/// numbers (``KeptTexts``) a bit for each number tells, and no text is looked at.
package struct WantedTexts: Sendable {
    private var texts = KeyColumn(type: .text)
    /// Of the dictionary whose numbers are asked about: bit `code % 64` of word `code / 64`; nil where one of the texts
    /// has no number there.
    private let bits: [UInt64]?
    private let kept: TextDictionary
    /// By text as it was given: equal ones have one number, and these are those of the first of each.
    package let numbers: [UInt32]

    /// - Parameters:
    ///   - wanted: the texts.
    ///   - kept: a dictionary that columns have, or one of its family.
    /// - Complexity: O(texts of the dictionary / 64), and of the bytes of those that are wanted.
    package init(_ wanted: Vector, kept: TextDictionary) {
        precondition(wanted.type == .text, "texts are wanted")
        // It is met first, so that the texts are known by its numbers.
        _ = texts.encode(Vector(type: .text, count: 0, storage: .text(codes: [], dictionary: kept)))
        numbers = texts.encode(wanted)
        self.kept = kept
        bits = texts.keptCodes.map { codes in
            var words = [UInt64](repeating: 0, count: (kept.count + 63) / 64)
            for code in codes where Int(code) < kept.count { words[Int(code) / 64] |= 1 << UInt64(code & 63) }
            return words
        }
    }

    /// Whether null is one of them.
    package var hasNull: Bool { texts.nullNumber != nil }

    /// The rows that have one of the texts, ascending, and the numbers of these.
    /// - Complexity: O(rows), where the dictionary is another one also of its texts that the rows have.
    package func rows(of column: Vector) -> (rows: [UInt32], numbers: [UInt32]) {
        if case .constant = column.storage, column.count > 0 {
            let number = texts.lookUp(.constant(column.scalar(at: 0), type: .text, count: 1), nullsToo: true)[0]
            if number == .max { return ([], []) }
            return ((0..<UInt32(column.count)).map { $0 }, Array(repeating: number, count: column.count))
        }
        if case .text(let codes, let dictionary) = column.storage, let bits, dictionary.agrees(with: kept),
            column.hasNoNulls || !hasNull
        {
            var rows = Self.rows(of: codes.span, in: bits.span)
            // Nulls have code 0.
            if !column.hasNoNulls { rows.removeAll { column.isNull(Int($0)) } }
            return (rows, texts.lookUp(column.gather(rows)))
        }
        let all = texts.lookUp(column, nullsToo: true)
        let rows = (0..<UInt32(all.count)).filter { all[Int($0)] != .max }
        return (rows, rows.map { all[Int($0)] })
    }

    /// The rows whose bit is set; none is of codes beyond.
    private static func rows(of codes: Span<UInt32>, in bits: Span<UInt64>) -> [UInt32] {
        var rows: [UInt32] = []
        for row in 0..<codes.count {
            let code = codes[row]
            let word = Int(code >> 6)
            if word < bits.count, (bits[word] &>> UInt64(code & 63)) & 1 != 0 {
                rows.append(UInt32(truncatingIfNeeded: row))
            }
        }
        return rows
    }
}
