/// Finds a short name among a few hundred by its bytes, without an allocation: open addressing over five sampled bytes
/// and the length.
struct NameTable: Sendable {
    private static let empty: UInt16 = .max

    /// All names end to end; name `i` occupies `ends[i - 1]..<ends[i]`.
    private let bytes: [UInt8]
    private let ends: [Int]
    /// Index of a name, or ``empty``; a power of two of slots, at least four for each name.
    private let slots: [UInt16]
    private let shift: UInt32

    /// - Precondition: names are distinct, not empty, and fewer than 65,535.
    init(_ names: [String]) {
        precondition(names.count < Int(NameTable.empty))
        var bits: UInt32 = 4
        while 1 << Int(bits) < names.count * 4 { bits += 1 }
        var bytes: [UInt8] = []
        var ends: [Int] = []
        var slots = [UInt16](repeating: NameTable.empty, count: 1 << Int(bits))
        for (index, name) in names.enumerated() {
            let utf8 = Array(name.utf8)
            precondition(!utf8.isEmpty)
            var slot = Int(NameTable.hash(utf8.span) >> (32 - bits))
            while slots[slot] != NameTable.empty {
                precondition(names[Int(slots[slot])] != name, "\(name) is listed twice")
                slot = (slot + 1) & (slots.count - 1)
            }
            slots[slot] = UInt16(index)
            bytes.append(contentsOf: utf8)
            ends.append(bytes.count)
        }
        assert(ends.count == names.count && names.count * 2 < slots.count, "a free slot ends every search")
        (self.bytes, self.ends, self.slots, shift) = (bytes, ends, slots, 32 - bits)
    }

    /// Names differ mostly at their ends and in length: five bytes spread over the name tell nearly all of ours apart.
    private static func hash(_ name: Span<UInt8>) -> UInt32 {
        let count = name.count
        var hash = UInt32(truncatingIfNeeded: count) &* 0x9E37_79B1
        hash = (hash ^ UInt32(name[0])) &* 0x85EB_CA77
        hash = (hash ^ UInt32(name[count >> 2])) &* 0x85EB_CA77
        hash = (hash ^ UInt32(name[count >> 1])) &* 0x85EB_CA77
        hash = (hash ^ UInt32(name[count - 1 - (count >> 2)])) &* 0x85EB_CA77
        return (hash ^ UInt32(name[count - 1])) &* 0x9E37_79B1
    }

    /// Index of the name; nil where it is not listed.
    func find(_ name: Span<UInt8>) -> UInt16? {
        guard !name.isEmpty else { return nil }
        var slot = Int(NameTable.hash(name) >> shift)
        while true {
            let index = slots[slot]
            if index == NameTable.empty { return nil }
            if isEqual(name, Int(index)) { return index }
            slot = (slot + 1) & (slots.count - 1)
        }
    }

    private func isEqual(_ name: Span<UInt8>, _ index: Int) -> Bool {
        assert(index < ends.count, "slots hold indices of names")
        let start = index == 0 ? 0 : ends[index - 1]
        guard ends[index] - start == name.count else { return false }
        let listed = bytes.span.extracting(start..<ends[index])
        for place in name.indices where name[place] != listed[place] { return false }
        return true
    }
}
