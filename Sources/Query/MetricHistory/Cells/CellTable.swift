/// What was counted, by label set, point of time and code: how many, and their sum. Sparse, in the order in which cells
/// were first met; open addressing, so that finding one allocates nothing.
struct CellTable {
    private(set) var sets: [UInt32] = []
    /// Point above, code below.
    private(set) var places: [UInt64] = []
    private(set) var counts: [Int64] = []
    private(set) var sums: [Int128] = []
    /// Of a cell one more than its number, or 0; a power of two, at most half full.
    private var slots: [UInt32] = Array(repeating: 0, count: 64)
    private var last = -1

    /// Codes are below.
    static let codeBits: UInt64 = 16

    var count: Int { sets.count }

    /// Roughly.
    var memoryBytes: Int { sets.capacity * (4 + 8 + 8 + 16) + slots.count * 4 }

    func point(of cell: Int) -> Int64 { Self.point(in: places[cell]) }
    func code(of cell: Int) -> Int { Self.code(in: places[cell]) }

    /// The point of one of the places.
    static func point(in place: UInt64) -> Int64 { PackedPoint.point(in: place >> codeBits) }
    /// The code of one of the places.
    static func code(in place: UInt64) -> Int { Int(place & (1 << codeBits - 1)) }

    /// Adds to a cell.
    mutating func add(_ set: Int, point: Int64, code: Int, count: Int64, sum: Int128) {
        assert(code >= 0 && code < 1 << Self.codeBits, "a code in its bits")
        let set = UInt32(truncatingIfNeeded: set)
        let place = PackedPoint.packed(point) << Self.codeBits | UInt64(code)
        let cell = last >= 0 && sets[last] == set && places[last] == place ? last : cell(set, place)
        last = cell
        counts[cell] &+= count
        sums[cell] &+= sum
    }

    /// Adds a cell without looking for one of its set, point and code: for those who add up what they read. None is
    /// added to afterwards.
    mutating func append(_ set: Int, point: Int64, code: Int, count: Int64, sum: Int128) {
        assert(code >= 0 && code < 1 << Self.codeBits, "a code in its bits")
        sets.append(UInt32(truncatingIfNeeded: set))
        places.append(PackedPoint.packed(point) << Self.codeBits | UInt64(code))
        counts.append(count)
        sums.append(sum)
    }

    private mutating func cell(_ set: UInt32, _ place: UInt64) -> Int {
        var slot = start(set, place)
        while slots[slot] != 0 {
            let cell = Int(slots[slot]) - 1
            if sets[cell] == set, places[cell] == place { return cell }
            slot = (slot + 1) & (slots.count - 1)
        }
        precondition(sets.count < 1 << 31, "the memory budget ends sooner")
        sets.append(set)
        places.append(place)
        counts.append(0)
        sums.append(0)
        slots[slot] = UInt32(sets.count)
        if sets.count * 2 > slots.count { grow() }
        return sets.count - 1
    }

    private func start(_ set: UInt32, _ place: UInt64) -> Int {
        var hash = place &* 0x9E37_79B9_7F4A_7C15
        hash = (hash ^ (hash >> 29) ^ UInt64(set)) &* 0xBF58_476D_1CE4_E5B9
        return Int(truncatingIfNeeded: hash >> 32) & (slots.count - 1)
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        for cell in sets.indices {
            var slot = start(sets[cell], places[cell])
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(cell + 1)
        }
    }
}
