import Foundation

extension Data {
    /// Where the bytes of a word stand, in order, in one pass: `range(of:in:)` copies all that it looks through, each
    /// time.
    func places(of word: String) -> [Range<Int>] {
        let (bytes, needle) = (Array(self), Array(word.utf8))
        var result: [Range<Int>] = []
        var start = 0
        while let first = bytes[start...].firstIndex(of: needle[0]) {
            start = first + 1
            guard bytes[first...].starts(with: needle) else { continue }
            result.append((startIndex + first)..<(startIndex + first + needle.count))
            start = first + needle.count
        }
        return result
    }
}
