extension Vector {
    /// By row: whether its text is wanted. Each text of a dictionary is looked at once.
    /// - Parameter orNull: what is said of a null; what is neither a text nor a null is never wanted.
    /// - Complexity: O(rows + texts of the dictionary).
    package func rows(whereText isWanted: (ArraySlice<UInt8>) -> Bool, orNull: Bool) -> [Bool] {
        guard case .text(let codes, let dictionary) = storage else {
            return (0..<count).map { row in
                if case .text(let text) = scalar(at: row) { return isWanted(Array(text.utf8)[...]) }
                return orNull && isNull(row)
            }
        }
        let accepted = (0..<dictionary.count).map { isWanted(dictionary.utf8($0)) }
        return codes.indices.map { row in
            if let validity, !validity[row] { return orNull }
            return accepted[Int(codes[row])]
        }
    }

    /// The same of a few texts.
    /// - Complexity: O(rows + texts of the dictionary · texts).
    package func rows(ofTexts texts: [[UInt8]], orNull: Bool) -> [Bool] {
        rows(whereText: { text in texts.contains { $0.elementsEqual(text) } }, orNull: orNull)
    }
}
