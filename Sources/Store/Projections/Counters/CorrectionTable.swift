/// What was counted in a ``LabelTable`` and taken back later: as many words for each of its sets, none while nothing
/// was.
struct CorrectionTable: Sendable {
    private let stride: Int
    private var words: [UInt64] = []

    init(stride: Int) { self.stride = stride }

    var isEmpty: Bool { words.isEmpty }

    /// Adds to a word.
    mutating func count(_ word: Int, of set: Int, times: UInt64) {
        guard times > 0 else { return }
        reserve(set)
        assert(word >= 0 && word < stride, "a word of the set")
        words[set * stride + word] &+= times
    }

    /// Adds to the 128 bits at a word, low half first.
    mutating func add(_ value: Int128, at word: Int, of set: Int) {
        guard value != 0 else { return }
        reserve(set)
        assert(word >= 0 && word + 1 < stride, "two words of the set")
        let index = set * stride + word
        let sum = Int128(high: words[index + 1], low: words[index]) &+ value
        words[index] = UInt64(truncatingIfNeeded: sum)
        words[index + 1] = UInt64(truncatingIfNeeded: sum >> 64)
    }

    /// Adds to a word; for reading a state back into words that begin at zero.
    mutating func restore(_ value: UInt64, at word: Int, of set: Int) {
        guard value != 0 else { return }
        reserve(set)
        words[set * stride + word] &+= value
    }

    /// The words of one metric in one set.
    func words(_ range: Range<Int>, of set: Int) -> [UInt64] {
        guard (set + 1) * stride <= words.count else { return Array(repeating: 0, count: range.count) }
        return Array(words[(set * stride + range.lowerBound)..<(set * stride + range.upperBound)])
    }

    private mutating func reserve(_ set: Int) {
        let missing = (set + 1) * stride - words.count
        if missing > 0 { words.append(contentsOf: repeatElement(0, count: missing)) }
    }
}
