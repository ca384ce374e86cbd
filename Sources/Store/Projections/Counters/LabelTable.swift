import Hashing

/// The label sets of the metrics that share labels, each with a row of counting words. Set 0 is `other`.
///
/// A key is each label's value, one length byte ahead. Open addressing by XXH3, so that finding a set allocates
/// nothing.
struct LabelTable: Sendable {
    /// Words of one set.
    let stride: Int
    private let setsMax: Int
    private var hashes: [UInt64] = [0]
    private var keys: [UInt8] = []
    private var keyEnds: [Int] = [0]
    /// Index of a set, or 0 for a free place; a power of two, at most half full.
    private var places: [Int32] = Array(repeating: 0, count: 16)
    private(set) var words: [UInt64]

    init(stride: Int, setsMax: Int) {
        (self.stride, self.setsMax) = (stride, setsMax)
        words = Array(repeating: 0, count: stride)
    }

    /// Sets with `other`.
    var setCount: Int { hashes.count }

    /// The key of a set; empty for `other`.
    func key(of set: Int) -> ArraySlice<UInt8> { keys[(set == 0 ? 0 : keyEnds[set - 1])..<keyEnds[set]] }

    /// The set of a key that was taken in; nil for another.
    func known(_ key: [UInt8]) -> Int? { (0..<setCount).first { $0 > 0 && isEqual(key, $0) } }

    /// The set of a key, taken in while there is room; 0 when there is none.
    mutating func set(of key: [UInt8]) -> Int {
        let hash = xxh3(key.span)
        var place = Int(truncatingIfNeeded: hash) & (places.count - 1)
        while places[place] != 0 {
            let set = Int(places[place])
            if hashes[set] == hash, isEqual(key, set) { return set }
            place = (place + 1) & (places.count - 1)
        }
        guard setCount <= setsMax else { return 0 }
        let set = setCount
        hashes.append(hash)
        keys.append(contentsOf: key)
        keyEnds.append(keys.count)
        words.append(contentsOf: repeatElement(0, count: stride))
        assert(keyEnds.count == setCount && words.count == setCount * stride, "a row of words for each set")
        places[place] = Int32(set)
        if setCount * 2 > places.count { grow() }
        assert(setCount * 2 <= places.count, "a free place ends every search")
        return set
    }

    private func isEqual(_ key: [UInt8], _ set: Int) -> Bool {
        assert(set > 0 && set < setCount, "the set of a key")
        let first = keyEnds[set - 1]
        guard keyEnds[set] - first == key.count else { return false }
        for index in key.indices where keys[first + index] != key[index] { return false }
        return true
    }

    private mutating func grow() {
        places = Array(repeating: 0, count: places.count * 2)
        for set in 1..<setCount {
            var place = Int(truncatingIfNeeded: hashes[set]) & (places.count - 1)
            while places[place] != 0 { place = (place + 1) & (places.count - 1) }
            places[place] = Int32(set)
        }
    }

    /// Adds one, or as many as given, to a word.
    mutating func count(_ word: Int, of set: Int, times: UInt64 = 1) { words[set * stride + word] &+= times }

    /// Adds to the 128 bits at a word, low half first.
    mutating func add(_ value: Int128, at word: Int, of set: Int) {
        let index = set * stride + word
        assert(word >= 0 && word + 1 < stride && set < setCount, "two words of the set")
        let sum = wide(at: index) &+ value
        words[index] = UInt64(truncatingIfNeeded: sum)
        words[index + 1] = UInt64(truncatingIfNeeded: sum >> 64)
    }

    /// Adds to a word; for reading a state back into words that begin at zero.
    mutating func restore(_ value: UInt64, at word: Int, of set: Int) { words[set * stride + word] &+= value }

    /// The words of one metric in one set.
    func words(_ range: Range<Int>, of set: Int) -> ArraySlice<UInt64> {
        words[(set * stride + range.lowerBound)..<(set * stride + range.upperBound)]
    }

    private func wide(at index: Int) -> Int128 { Int128(high: words[index + 1], low: words[index]) }
}

extension Int128 {
    /// From two words in two's complement.
    init(high: UInt64, low: UInt64) { self = Int128(Int64(bitPattern: high)) << 64 | Int128(low) }
}
