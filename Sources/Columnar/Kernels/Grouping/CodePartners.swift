/// Rows by their only key, a text that no two of them have, where the keys are codes of one kept dictionary
/// (``KeptTexts``): by code it says which row has it, and no text is looked at.
package struct CodePartners: Sendable {
    private let dictionary: TextDictionary
    /// By code; `UInt32.max` where no row has it.
    private let rows: [UInt32]

    /// Of a longer dictionary there is a table only where there are so many rows.
    private static let (codesOfFewRows, codesPerRow) = (1 << 16, 8)

    /// - Parameter keys: of the rows, in pieces. A null is no key.
    /// - Returns: nil where they come otherwise, or two rows have one key.
    /// - Complexity: O(rows).
    package init?(_ keys: [Vector]) {
        var newest: TextDictionary?
        for part in keys {
            guard case .text(_, let dictionary) = part.storage, dictionary.isKept,
                newest?.agrees(with: dictionary) ?? true
            else { return nil }
            // Of a family the one that has all their codes.
            if dictionary.count >= newest?.count ?? 0 { newest = dictionary }
        }
        let rowCount = keys.reduce(0) { $0 + $1.count }
        guard let newest, rowCount < Int(UInt32.max),
            newest.count <= max(Self.codesOfFewRows, rowCount * Self.codesPerRow)
        else { return nil }
        var rows = [UInt32](repeating: .max, count: newest.count)
        var first: UInt32 = 0
        for part in keys {
            guard case .text(let codes, _) = part.storage, Self.put(codes, part.validity, from: first, into: &rows)
            else { return nil }
            first += UInt32(part.count)
        }
        (dictionary, self.rows) = (newest, rows)
    }

    /// Enters rows.
    /// - Returns: false where a code was there already.
    private static func put(
        _ codes: [UInt32], _ validity: Validity?, from first: UInt32, into rows: inout [UInt32]
    ) -> Bool {
        let source = codes.span
        var table = rows.mutableSpan
        for row in 0..<source.count {
            if let validity, !validity[row] { continue }
            let code = Int(source[row])
            if table[code] != .max { return false }
            table[code] = first &+ UInt32(truncatingIfNeeded: row)
        }
        return true
    }

    /// What the table holds, roughly: for budgets.
    package var memoryBytes: Int { rows.capacity * 4 }

    /// The row that has the same key, by row; `UInt32.max` for null and where none has it.
    /// - Complexity: O(rows), and of texts without such codes O(bytes of those that occur).
    package func partners(of keys: Vector) -> [UInt32] {
        var keys = keys.expanded()
        if case .scalars(let values) = keys.storage { keys = Vector(type: .text, scalars: values) }
        guard case .text(let codes, let other) = keys.storage else {
            preconditionFailure("texts pair up with texts")
        }
        // A code beyond the table is that of a text which came later: no row has it.
        if dictionary.agrees(with: other) { return Self.look(codes, keys.validity, in: rows) }
        return Self.look(codes, keys.validity, in: rows(of: other, codes, keys.validity))
    }

    private static func look(_ codes: [UInt32], _ validity: Validity?, in table: [UInt32]) -> [UInt32] {
        let (source, byCode) = (codes.span, table.span)
        var result = [UInt32](repeating: .max, count: source.count)
        var found = result.mutableSpan
        for row in 0..<source.count where Int(source[row]) < byCode.count { found[row] = byCode[Int(source[row])] }
        if let validity {
            for row in 0..<source.count where !validity[row] { found[row] = .max }
        }
        return result
    }

    /// By code of another dictionary the row that has its text, for codes that occur.
    private func rows(of other: TextDictionary, _ codes: [UInt32], _ validity: Validity?) -> [UInt32] {
        var isWanted = [Bool](repeating: false, count: other.count)
        var wanted: [UInt32] = []
        for row in codes.indices where validity?[row] ?? true {
            let code = Int(codes[row])
            if isWanted[code] { continue }
            isWanted[code] = true
            wanted.append(codes[row])
        }
        var found = [UInt32](repeating: .max, count: other.count)
        guard let index = dictionary.index else { preconditionFailure("a kept dictionary finds its texts") }
        let known = index.interner.find(wanted, of: other, missing: .max)
        for (place, code) in wanted.enumerated() where known[place] != .max {
            found[Int(code)] = rows[Int(known[place])]
        }
        return found
    }
}
