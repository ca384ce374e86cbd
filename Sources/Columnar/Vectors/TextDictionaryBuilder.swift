/// Collects distinct texts and hands out their codes, first seen first.
///
/// Open addressing over the texts' bytes; a run of equal texts is answered without hashing.
package struct TextDictionaryBuilder: Sendable {
    private var bytes: [UInt8] = []
    private var offsets: [UInt32] = [0]
    /// Code + 1 by hash; 0 is free. A power of two, at most half full.
    private var slots: [UInt32] = []
    private var hashes: [UInt32] = []
    private var lastCode: UInt32 = 0

    package init() {}

    package var count: Int { offsets.count - 1 }
    package var byteCount: Int { bytes.count }

    /// The code of a text given as a range of `source`; a new one is added. O(length).
    package mutating func code(of range: Range<Int>, in source: [UInt8]) -> UInt32 {
        if count > 0, matches(lastCode, range, source) { return lastCode }
        let hash = Self.hash(range, source)
        if count * 2 >= slots.count { grow() }
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while slots[slot] != 0 {
            let code = slots[slot] - 1
            if hashes[Int(code)] == hash, matches(code, range, source) {
                lastCode = code
                return code
            }
            slot = (slot + 1) & mask
        }
        let code = UInt32(count)
        bytes.append(contentsOf: source[range])
        offsets.append(UInt32(bytes.count))
        hashes.append(hash)
        slots[slot] = code + 1
        lastCode = code
        return code
    }

    package mutating func code(of text: String) -> UInt32 {
        let utf8 = Array(text.utf8)
        return code(of: 0..<utf8.count, in: utf8)
    }

    package func finish() -> TextDictionary { TextDictionary(bytes: bytes, offsets: offsets) }

    private func matches(_ code: UInt32, _ range: Range<Int>, _ source: [UInt8]) -> Bool {
        let start = Int(offsets[Int(code)])
        guard Int(offsets[Int(code) + 1]) - start == range.count else { return false }
        for index in 0..<range.count where bytes[start + index] != source[range.lowerBound + index] { return false }
        return true
    }

    /// FNV-1a over 32-bit steps, finished by a multiply: short keys, no adversary that could fill more than one group of rows.
    private static func hash(_ range: Range<Int>, _ source: [UInt8]) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(range.count)
        var index = range.lowerBound
        while index + 4 <= range.upperBound {
            let word =
                UInt64(source[index]) | UInt64(source[index + 1]) << 8 | UInt64(source[index + 2]) << 16
                | UInt64(source[index + 3]) << 24
            hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
            index += 4
        }
        while index < range.upperBound {
            hash = (hash ^ UInt64(source[index])) &* 0x9E37_79B9_7F4A_7C15
            index += 1
        }
        hash ^= hash >> 32
        return UInt32(truncatingIfNeeded: hash)
    }

    private mutating func grow() {
        let size = max(16, slots.count * 2)
        slots = Array(repeating: 0, count: size)
        for code in 0..<count {
            var slot = Int(hashes[code]) & (size - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = UInt32(code) + 1
        }
    }
}
