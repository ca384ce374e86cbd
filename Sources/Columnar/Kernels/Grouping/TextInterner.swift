internal import Bytes

/// Distinct texts of one thread, numbered as first seen: an arena of bytes and an open-addressing table over it.
struct TextInterner: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var offsets: [UInt32] = [0]
    /// The hash, then number + 1 in the lower half; 0 is free. A power of two, at most half full. Growing needs no
    /// text.
    private var slots: [UInt64] = Array(repeating: 0, count: 64)
    /// What an entry has of the hash.
    private static let tagBits: UInt64 = 0xFFFF_FFFF_0000_0000

    var count: Int { offsets.count - 1 }
    var memoryBytes: Int { bytes.capacity + offsets.capacity * 4 + slots.count * 8 }

    /// The number of a text given as a range of `source`; a new one is added.
    mutating func intern(_ source: [UInt8], _ start: Int, _ length: Int) -> UInt32 {
        intern(source, start, length, hash: Self.hash(source, start, length))
    }

    /// The numbers of a dictionary's texts, by their codes; new ones are added in this order. Tables of many texts lie
    /// far from the processor: blocks of texts are looked up side by side, so that it waits for several at a time. New
    /// texts that lie side by side come into the arena together.
    /// - Precondition: every code is one of the dictionary's.
    mutating func intern(_ codes: [UInt32], of dictionary: TextDictionary) -> [UInt32] {
        reserve(adding: codes.count)
        let (source, ends) = (dictionary.bytes, dictionary.offsets)
        var numbers = [UInt32](repeating: 0, count: codes.count)
        var (hashes, entries) = ([UInt64](repeating: 0, count: 64), [UInt64](repeating: 0, count: 64))
        // There is room for all, so it is this table to the end.
        var table: [UInt64] = []
        swap(&table, &slots)
        let mask = table.count - 1
        // New texts in the dictionary that are numbered and not in the arena yet, and the number of the first.
        var (fresh, firstFresh) = (0..<0, UInt32(count))
        for first in stride(from: 0, to: codes.count, by: 64) {
            let end = min(first + 64, codes.count)
            for index in first..<end {
                let start = Int(ends[Int(codes[index])])
                hashes[index - first] = Self.hash(source, start, Int(ends[Int(codes[index]) + 1]) - start)
            }
            // By itself, or fewer of the loads were under way at once.
            for place in 0..<end - first {
                entries[place] = table[Int(truncatingIfNeeded: hashes[place] >> 32) & mask]
            }
            for index in first..<end {
                let range = Int(ends[Int(codes[index])])..<Int(ends[Int(codes[index]) + 1])
                let tag = hashes[index - first] & Self.tagBits
                var slot = Int(truncatingIfNeeded: tag >> 32) & mask
                // What stood in a slot stays in it; one that was free may have been taken meanwhile.
                var entry = entries[index - first] != 0 ? entries[index - first] : table[slot]
                var number = UInt32(count)
                while entry != 0 {
                    let known = UInt32(truncatingIfNeeded: entry) &- 1
                    if entry & Self.tagBits == tag {
                        if known >= firstFresh { takeIn(source, &fresh, &firstFresh) }
                        if matches(Int(known), source, range.lowerBound, range.count) {
                            number = known
                            break
                        }
                    }
                    slot = (slot + 1) & mask
                    entry = table[slot]
                }
                numbers[index] = number
                if number < count { continue }
                table[slot] = tag | UInt64(number + 1)
                if range.lowerBound != fresh.upperBound { takeIn(source, &fresh, &firstFresh) }
                fresh = (fresh.isEmpty ? range.lowerBound : fresh.lowerBound)..<range.upperBound
                precondition(bytes.count + fresh.count < UInt32.max, "the memory budget keeps arenas below 4 GiB")
                offsets.append(UInt32(bytes.count + fresh.count))
            }
        }
        takeIn(source, &fresh, &firstFresh)
        swap(&table, &slots)
        assert(count * 2 <= slots.count && Int(offsets[count]) == bytes.count, "room for the next, and all texts")
        return numbers
    }

    /// Copies new texts into the arena.
    private mutating func takeIn(_ source: [UInt8], _ fresh: inout Range<Int>, _ firstFresh: inout UInt32) {
        if !fresh.isEmpty { bytes.append(contentsOf: source.span.extracting(fresh)) }
        fresh = 0..<0
        firstFresh = UInt32(count)
    }

    private mutating func intern(_ source: [UInt8], _ start: Int, _ length: Int, hash: UInt64) -> UInt32 {
        let tag = hash & Self.tagBits
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash >> 32) & mask
        while slots[slot] != 0 {
            let entry = slots[slot]
            if entry & Self.tagBits == tag {
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
        if count * 2 > slots.count { grow(to: slots.count * 2) }
        assert(count * 2 <= slots.count, "a free slot ends every search")
        return number
    }

    /// The number of a text, nil when it was never interned.
    func find(_ source: [UInt8], _ start: Int, _ length: Int) -> UInt32? {
        let hash = Self.hash(source, start, length)
        let tag = hash & Self.tagBits
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash >> 32) & mask
        while slots[slot] != 0 {
            let entry = slots[slot]
            let number = UInt32(truncatingIfNeeded: entry) &- 1
            if entry & Self.tagBits == tag, matches(Int(number), source, start, length) { return number }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// The numbers of a dictionary's texts, by their codes, looked up side by side as by ``intern(_:of:)``.
    /// - Parameter missing: what stands for a text that was never interned.
    /// - Precondition: every code is one of the dictionary's.
    func find(_ codes: [UInt32], of dictionary: TextDictionary, missing: UInt32) -> [UInt32] {
        let (source, ends, table) = (dictionary.bytes, dictionary.offsets, slots)
        let mask = table.count - 1
        var numbers = [UInt32](repeating: missing, count: codes.count)
        var (hashes, entries) = ([UInt64](repeating: 0, count: 64), [UInt64](repeating: 0, count: 64))
        for first in stride(from: 0, to: codes.count, by: 64) {
            let end = min(first + 64, codes.count)
            for index in first..<end {
                let start = Int(ends[Int(codes[index])])
                hashes[index - first] = Self.hash(source, start, Int(ends[Int(codes[index]) + 1]) - start)
            }
            for place in 0..<end - first {
                entries[place] = table[Int(truncatingIfNeeded: hashes[place] >> 32) & mask]
            }
            for index in first..<end {
                let range = Int(ends[Int(codes[index])])..<Int(ends[Int(codes[index]) + 1])
                let tag = hashes[index - first] & Self.tagBits
                var slot = Int(truncatingIfNeeded: tag >> 32) & mask
                var entry = entries[index - first]
                while entry != 0 {
                    let known = UInt32(truncatingIfNeeded: entry) &- 1
                    if entry & Self.tagBits == tag, matches(Int(known), source, range.lowerBound, range.count) {
                        numbers[index] = known
                        break
                    }
                    slot = (slot + 1) & mask
                    entry = table[slot]
                }
            }
        }
        return numbers
    }

    /// The numbers of all texts of another interner here; new ones are added.
    mutating func takeIn(_ other: TextInterner) -> [UInt32] {
        intern((0..<UInt32(other.count)).map { $0 }, of: other.dictionary)
    }

    /// So many texts are looked up in one piece of work.
    private static let textsPerPiece = 1 << 13

    /// As interning all of another interner's texts, for the last time: new ones are not entered in the table, which is
    /// given up, so that many are taken in by those who help, who only read.
    /// - Returns: the numbers of the other's texts here.
    mutating func takeIn(last other: TextInterner, _ helpers: KernelHelpers) -> [UInt32] {
        guard other.count > 2 * Self.textsPerPiece else { return takeIn(other) }
        var numbers = find(all: other.dictionary, helpers)
        slots = []
        let (source, ends) = (other.bytes, other.offsets)
        var (fresh, firstFresh) = (0..<0, UInt32(0))
        for text in numbers.indices where numbers[text] == .max {
            let range = Int(ends[text])..<Int(ends[text + 1])
            if range.lowerBound != fresh.upperBound { takeIn(source, &fresh, &firstFresh) }
            fresh = (fresh.isEmpty ? range.lowerBound : fresh.lowerBound)..<range.upperBound
            precondition(bytes.count + fresh.count < UInt32.max, "the memory budget keeps arenas below 4 GiB")
            numbers[text] = UInt32(count)
            offsets.append(UInt32(bytes.count + fresh.count))
        }
        takeIn(source, &fresh, &firstFresh)
        assert(Int(offsets[count]) == bytes.count, "all texts lie in the arena")
        return numbers
    }

    /// The numbers of all texts of a dictionary; `UInt32.max` for those that were never interned.
    private func find(all dictionary: TextDictionary, _ helpers: KernelHelpers) -> [UInt32] {
        let (size, all) = (Self.textsPerPiece, dictionary.count)
        let pieces = helpers.map(count: (all + size - 1) / size) { piece in
            let codes = (UInt32(piece * size)..<UInt32(min((piece + 1) * size, all))).map { $0 }
            return find(codes, of: dictionary, missing: .max)
        }
        return pieces.flatMap { $0 }
    }

    /// Makes room for another interner's texts, so that taking them in grows nothing step by step.
    /// - Parameter entries: whether they are entered in the table.
    mutating func reserve(adding other: TextInterner, entries: Bool) {
        bytes.reserveCapacity(bytes.count + other.bytes.count)
        offsets.reserveCapacity(offsets.count + other.count)
        if entries { reserve(adding: other.count) }
    }

    /// Makes room for so many texts more, at once.
    private mutating func reserve(adding more: Int) {
        var size = slots.count
        while size < (count + more) * 2 { size *= 2 }
        if size > slots.count { grow(to: size) }
    }

    /// Everything interned, codes equal to numbers.
    var dictionary: TextDictionary { TextDictionary(bytes: bytes, offsets: offsets) }

    /// The same as one of a family.
    func dictionary(of family: TextFamily) -> TextDictionary {
        TextDictionary(bytes: bytes, offsets: offsets, family: family)
    }

    /// The same with an index.
    /// - Parameter longest: bytes of the longest text.
    func indexed(of family: TextFamily, longest: Int) -> TextDictionary {
        TextDictionary(
            bytes: bytes, offsets: offsets, family: family, index: TextIndex(interner: self, longest: longest))
    }

    private func matches(_ number: Int, _ source: [UInt8], _ start: Int, _ length: Int) -> Bool {
        let own = Int(offsets[number])
        guard Int(offsets[number + 1]) - own == length else { return false }
        var index = 0
        while index + 8 <= length {
            if bytes.loadUInt64(at: own + index) != source.loadUInt64(at: start + index) { return false }
            index += 8
        }
        if index > 0 {
            // The last word overlaps the one before.
            return bytes.loadUInt64(at: own + length - 8) == source.loadUInt64(at: start + length - 8)
        }
        while index < length {
            if bytes[own + index] != source[start + index] { return false }
            index += 1
        }
        return true
    }

    private mutating func grow(to size: Int) {
        assert(size > slots.count && size & (size - 1) == 0, "a greater power of two")
        var larger = [UInt64](repeating: 0, count: size)
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
            // The last word overlaps the one before where there is one.
            let rest =
                index > 0
                ? source.loadUInt64(at: start + length - 8) : source.loadPartialUInt64(at: start, length: length)
            state = Mixing.mix(state ^ rest)
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
