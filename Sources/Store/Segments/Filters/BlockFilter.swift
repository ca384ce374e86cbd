package import Bytes

// A split-block Bloom filter (Putze, Sanders, Singler 2007; the shape that Parquet uses): a key sets one bit in each of
// the eight 32-bit words of one 32-byte block, so a probe touches one cache line. The blocks are the whole content,
// words little-endian.

/// The filters of all texts of a column: where pages have texts in common, one for each block of them.
package struct TextFilter: Sendable {
    let parts: [BlockFilter]

    /// False proves that no text has the hash.
    package func mightContain(_ hash: UInt64) -> Bool { parts.contains { $0.mightContain(hash) } }
}

/// A set of 64-bit hashes that answers "surely not" or "perhaps".
package struct BlockFilter: Sendable, Equatable {
    /// Bits a key for less than 1 % false answers.
    static let identityBitsPerKey = 12
    /// Bits a key for less than 5 % false answers: enough to pass over groups.
    static let lookupBitsPerKey = 8
    private static let blockWords = 8
    private static let salts: [UInt32] = [
        0x47B6_137B, 0x4497_4D91, 0x8824_AD5B, 0xA2B7_289D, 0x7054_95C7, 0x2DF1_424B, 0x9EFC_4947, 0x5C6B_FB31,
    ]

    private var words: [UInt32]

    /// An empty filter with room for `keyCount` keys.
    package init(keyCount: Int, bitsPerKey: Int) {
        precondition(keyCount >= 0 && bitsPerKey > 0, "a number of keys")
        let blocks = max(1, (keyCount * bitsPerKey + 255) / 256)
        words = Array(repeating: 0, count: blocks * Self.blockWords)
    }

    /// Memory held, bytes.
    package var byteCount: Int { words.count * 4 }

    private func firstWord(_ hash: UInt64) -> Int {
        assert(!words.isEmpty && words.count % Self.blockWords == 0, "whole blocks")
        let blocks = UInt64(words.count / Self.blockWords)
        return Int(truncatingIfNeeded: ((hash >> 32) &* blocks) >> 32) * Self.blockWords
    }

    /// Adds a hash. O(1).
    package mutating func insert(_ hash: UInt64) {
        let first = firstWord(hash)
        assert(first + Self.blockWords <= words.count, "a block of the filter")
        let key = UInt32(truncatingIfNeeded: hash)
        for lane in 0..<Self.blockWords { words[first + lane] |= 1 << ((key &* Self.salts[lane]) >> 27) }
    }

    /// False proves that the hash was never inserted.
    package func mightContain(_ hash: UInt64) -> Bool {
        let first = firstWord(hash)
        assert(first + Self.blockWords <= words.count, "a block of the filter")
        let key = UInt32(truncatingIfNeeded: hash)
        for lane in 0..<Self.blockWords where words[first + lane] & (1 << ((key &* Self.salts[lane]) >> 27)) == 0 {
            return false
        }
        return true
    }

    /// Appends the blocks.
    package func write(into sink: inout ByteSink) {
        for word in words { sink.append(littleEndian: word) }
    }

    /// Throws unless the bytes are whole blocks.
    package init(_ bytes: ArraySlice<UInt8>) throws(DecodingError) {
        guard !bytes.isEmpty, bytes.count % (Self.blockWords * 4) == 0 else {
            throw DecodingError(offset: 0, expectation: "whole blocks of a filter")
        }
        words = try BitPacking.unpack32(bytes, count: bytes.count / 4, width: 32)
    }
}
