internal import Bytes

/// Distinct texts of one thread, numbered as first seen: an arena of bytes and an open-addressing table over it.
struct TextInterner: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var offsets: [UInt32] = [0]
    /// The hash, then number + 1 in the lower half; 0 is free. A power of two, at most half full. Growing needs no
    /// text.
    private var slots: [UInt64] = Array(repeating: 0, count: 64)

    var count: Int { offsets.count - 1 }
    var memoryBytes: Int { bytes.capacity + offsets.capacity * 4 + slots.count * 8 }

    /// The number of a text given as a range of `source`; a new one is added.
    mutating func intern(_ source: [UInt8], _ start: Int, _ length: Int) -> UInt32 {
        let hash = Self.hash(source, start, length)
        let tag = hash & 0xFFFF_FFFF_0000_0000
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash >> 32) & mask
        while slots[slot] != 0 {
            let entry = slots[slot]
            if entry & 0xFFFF_FFFF_0000_0000 == tag {
                let number = UInt32(truncatingIfNeeded: entry) - 1
                if matches(Int(number), source, start, length) { return number }
            }
            slot = (slot + 1) & mask
        }
        let number = UInt32(count)
        precondition(bytes.count + length < UInt32.max, "the memory budget keeps arenas below 4 GiB")
        bytes.append(contentsOf: source.span.extracting(start..<start + length))
        offsets.append(UInt32(bytes.count))
        slots[slot] = tag | UInt64(number + 1)
        if count * 2 > slots.count { grow() }
        assert(count * 2 <= slots.count, "a free slot ends every search")
        return number
    }

    /// The number of a text, nil when it was never interned.
    func find(_ source: [UInt8], _ start: Int, _ length: Int) -> UInt32? {
        let hash = Self.hash(source, start, length)
        let tag = hash & 0xFFFF_FFFF_0000_0000
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash >> 32) & mask
        while slots[slot] != 0 {
            let entry = slots[slot]
            let number = UInt32(truncatingIfNeeded: entry) &- 1
            if entry & 0xFFFF_FFFF_0000_0000 == tag, matches(Int(number), source, start, length) { return number }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// Makes room for another interner's texts, so that taking them in grows nothing step by step.
    mutating func reserve(adding other: TextInterner) {
        bytes.reserveCapacity(bytes.count + other.bytes.count)
        offsets.reserveCapacity(offsets.count + other.count)
        while slots.count < (count + other.count) * 2 { grow() }
    }

    /// Everything interned, codes equal to numbers.
    var dictionary: TextDictionary { TextDictionary(bytes: bytes, offsets: offsets) }

    /// The same as one of a family.
    func dictionary(of family: TextFamily) -> TextDictionary {
        TextDictionary(bytes: bytes, offsets: offsets, family: family)
    }

    private func matches(_ number: Int, _ source: [UInt8], _ start: Int, _ length: Int) -> Bool {
        let own = Int(offsets[number])
        guard Int(offsets[number + 1]) - own == length else { return false }
        var index = 0
        while index + 8 <= length {
            if bytes.loadUInt64(at: own + index) != source.loadUInt64(at: start + index) { return false }
            index += 8
        }
        while index < length {
            if bytes[own + index] != source[start + index] { return false }
            index += 1
        }
        return true
    }

    private mutating func grow() {
        var larger = [UInt64](repeating: 0, count: slots.count * 2)
        let mask = larger.count - 1
        for entry in slots where entry != 0 {
            var slot = Int(truncatingIfNeeded: entry >> 32) & mask
            while larger[slot] != 0 { slot = (slot + 1) & mask }
            larger[slot] = entry
        }
        slots = larger
    }

    /// Multiply-and-fold over eight bytes at a time; the seed is fixed, so that equal data behaves equally.
    private static func hash(_ source: [UInt8], _ start: Int, _ length: Int) -> UInt64 {
        var state = UInt64(truncatingIfNeeded: length) ^ 0x9E37_79B9_7F4A_7C15
        var index = 0
        while index + 8 <= length {
            state = Mixing.mix(state ^ source.loadUInt64(at: start + index))
            index += 8
        }
        if index < length {
            state = Mixing.mix(state ^ source.loadPartialUInt64(at: start + index, length: length - index))
        }
        return state
    }
}

/// Hash mixing of 64-bit words.
enum Mixing {
    /// Full multiplication folded, with an odd constant of well-spread bits.
    @inline(__always)
    static func mix(_ value: UInt64) -> UInt64 {
        let wide = (value ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
        return wide.high ^ wide.low
    }
}
