internal import Bytes

/// Rows by whether their text is a given one, for vectors that are stored as codes.
extension Vector {
    /// By row: whether its text is `text`; what is said of a null row means nothing. nil for vectors that are stored
    /// otherwise.
    /// - Complexity: O(rows + texts of the dictionary), several bytes of a text at a time.
    package func rows(ofText text: [UInt8]) -> [Bool]? {
        guard case .text(let codes, let dictionary) = storage else { return nil }
        let (bytes, offsets, count) = (dictionary.bytes, dictionary.offsets, dictionary.count)
        let texts = bytes.span
        let starts = offsets.span
        let wanted = text.span
        let source = codes.span
        var result = [Bool](repeating: false, count: codes.count)
        guard count <= codes.count else {
            // Of many texts few occur: each row looks at its own.
            for row in 0..<source.count where Int(source[row]) < count {
                result[row] = texts.isText(Int(source[row]), wanted, starts)
            }
            return result
        }
        var found: [Int] = []
        for code in 0..<count where texts.isText(code, wanted, starts) { found.append(code) }
        guard let first = found.first else { return result }
        if found.count == 1 {
            let code = UInt32(first)
            for row in 0..<source.count { result[row] = source[row] == code }
            return result
        }
        // Nothing keeps a dictionary from holding a text twice.
        var isFound = [Bool](repeating: false, count: count)
        for code in found { isFound[code] = true }
        for row in 0..<source.count { result[row] = isFound[Int(source[row])] }
        return result
    }
}

extension Span where Element == UInt8 {
    /// Whether of texts that lie end to end one is `text`.
    @inline(__always)
    fileprivate func isText(_ code: Int, _ text: Span<UInt8>, _ starts: Span<UInt32>) -> Bool {
        let (start, end) = (Int(starts[code]), Int(starts[code + 1]))
        return end - start == text.count && isEqual(at: start, to: text, at: 0, length: text.count)
    }
}
