internal import Bytes

/// Rows by whether their text is a given one, for vectors that are stored as codes.
extension Vector {
    /// By row: whether its text is `text`; what is said of a null row means nothing. nil for vectors that are stored
    /// otherwise.
    /// - Complexity: O(rows + texts of the dictionary), several bytes of a text at a time.
    package func rows(ofText text: [UInt8]) -> [Bool]? {
        guard case .text(let codes, let dictionary) = storage else { return nil }
        let source = codes.span
        var result = [Bool](repeating: false, count: codes.count)
        guard dictionary.count <= codes.count else {
            // Of many texts few occur: each row looks at its own.
            for row in 0..<source.count where Int(source[row]) < dictionary.count {
                result[row] = dictionary.isText(Int(source[row]), text.span)
            }
            return result
        }
        let found = (0..<dictionary.count).filter { dictionary.isText($0, text.span) }
        guard let first = found.first else { return result }
        var rows = result.mutableSpan
        if found.count == 1 {
            let code = UInt32(first)
            for row in 0..<source.count { rows[row] = source[row] == code }
            return result
        }
        // Nothing keeps a dictionary from holding a text twice.
        var isFound = [Bool](repeating: false, count: dictionary.count)
        for code in found { isFound[code] = true }
        for row in 0..<source.count { rows[row] = isFound[Int(source[row])] }
        return result
    }
}

extension TextDictionary {
    @inline(__always)
    fileprivate func isText(_ code: Int, _ text: Span<UInt8>) -> Bool {
        let (start, end) = (Int(offsets[code]), Int(offsets[code + 1]))
        return end - start == text.count && bytes.span.isEqual(at: start, to: text, at: 0, length: text.count)
    }
}
