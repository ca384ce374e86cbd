/// Listed values that the fold compares fields with, as bytes.
enum Spelling {
    static let answer = Array("answer".utf8)
    static let error = Array("error".utf8)
}

/// Whether a range of bytes spells a text. O(length).
func equals(_ bytes: [UInt8], _ range: Range<Int>, _ text: [UInt8]) -> Bool {
    guard range.count == text.count else { return false }
    for index in text.indices where bytes[range.lowerBound + index] != text[index] { return false }
    return true
}
