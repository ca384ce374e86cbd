internal import Bytes

/// Collects distinct texts and hands out their codes, first seen first.
///
/// Open addressing over the texts' bytes; a run of equal texts is answered without hashing.
package struct TextDictionaryBuilder: Sendable {
    private var bytes: [UInt8] = []
    private var offsets: [UInt32] = [0]
    /// By hash: the hash above, code + 1 below; 0 is free. A power of two, at most half full. Of most texts that are in
    /// none this look alone is out of the cache.
    private var slots: [UInt64] = []
    private var lastCode: UInt32 = 0

    package init() {}

    package var count: Int { offsets.count - 1 }
    package var byteCount: Int { bytes.count }

    /// The code of a text given as a range of `source`; a new one is added. O(length).
    package mutating func code(of range: Range<Int>, in source: [UInt8]) -> UInt32 {
        code(of: source.span.extracting(range))
    }

    /// The code of a text; a new one is added. O(length).
    package mutating func code(of text: Span<UInt8>) -> UInt32 {
        if count > 0, matches(lastCode, text) { return lastCode }
        let hash = Self.hash(text)
        if count * 2 >= slots.count { grow() }
        assert(count * 2 < slots.count, "a free slot ends every search")
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while slots[slot] != 0 {
            let entry = slots[slot]
            if UInt32(truncatingIfNeeded: entry &>> 32) == hash {
                let code = UInt32(truncatingIfNeeded: entry) &- 1
                if matches(code, text) {
                    lastCode = code
                    return code
                }
            }
            slot = (slot + 1) & mask
        }
        let code = UInt32(count)
        bytes.append(contentsOf: text)
        offsets.append(UInt32(bytes.count))
        slots[slot] = UInt64(hash) &<< 32 | UInt64(code + 1)
        lastCode = code
        return code
    }

    package mutating func code(of text: String) -> UInt32 { code(of: text.utf8.span) }

    package func finish() -> TextDictionary { TextDictionary(bytes: bytes, offsets: offsets) }

    private func matches(_ code: UInt32, _ text: Span<UInt8>) -> Bool {
        let start = Int(offsets[Int(code)])
        guard Int(offsets[Int(code) + 1]) - start == text.count else { return false }
        return bytes.span.isEqual(at: start, to: text, at: 0, length: text.count)
    }

    /// Multiply and shift over words of 64 bits: short keys, no adversary that could fill more than one group of rows.
    private static func hash(_ text: Span<UInt8>) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(text.count)
        var index = 0
        while index + 8 <= text.count {
            hash = (hash ^ text.loadUInt64(at: index)) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
            index += 8
        }
        hash = (hash ^ text.loadPartialUInt64(at: index, length: text.count - index)) &* 0x9E37_79B9_7F4A_7C15
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }

    private mutating func grow() {
        let size = max(16, slots.count * 2)
        let old = slots
        slots = Array(repeating: 0, count: size)
        for entry in old where entry != 0 {
            var slot = Int(truncatingIfNeeded: entry &>> 32) & (size - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = entry
        }
    }
}
