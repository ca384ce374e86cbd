/// Distinct pairs of two numbers, numbered as first seen. Where one side follows from the other, or nearly, as a
/// conversation's channel does, the few pairs of each number of the side that has more are a chain: a new one costs an
/// entry at the end and no place in a table. A table takes over for good where a number is in many.
struct PairNumbers: Sendable {
    /// Left in the upper, right in the lower half.
    private var keys: [UInt64] = []
    /// By number of the chained side: its last pair + 1, 0 where it is in none.
    private var heads: [UInt32] = []
    /// By pair: the one before it in its chain + 1, 0 for the first.
    private var links: [UInt32] = []
    /// Whether the left side is the chained one.
    private var isByLeft = true
    /// All pairs, once chains were left.
    private var table = NumberTable()
    private var isChained = true
    /// Whether somebody else knows where each pair is, so that there are neither chains nor a table.
    private var isBare = false

    /// Pairs of one number.
    private static let chainMax = 8

    var count: Int { isChained ? keys.count : table.count }

    /// Whether pairs are found in a hash table.
    var isHashed: Bool { !isChained }

    var memoryBytes: Int { keys.capacity * 8 + (heads.capacity + links.capacity) * 4 + table.memoryBytes }

    /// Left in the upper, right in the lower half.
    @inline(__always)
    static func key(_ left: UInt32, _ right: UInt32) -> UInt64 { UInt64(left) << 32 | UInt64(right) }

    /// The pair of a number, as ``key(_:_:)`` has it.
    @inline(__always)
    func key(of number: UInt32) -> UInt64 { isChained ? keys[Int(number)] : table.keys[Int(number)] }

    /// Is told how many numbers each side has: chains are those of the side that has more.
    /// - Complexity: O(pairs) where one side has become twice as long as the other that was, otherwise O(1).
    mutating func expect(lefts: Int, rights: Int) {
        guard isChained, !isBare, isByLeft ? rights / 2 > lefts : lefts / 2 > rights else { return }
        isByLeft.toggle()
        let known = keys
        (keys, heads, links) = ([], [], [])
        for key in known { _ = number(of: UInt32(key >> 32), UInt32(truncatingIfNeeded: key)) }
    }

    /// The number of a pair; a new one is added.
    @inline(__always)
    mutating func number(of left: UInt32, _ right: UInt32) -> UInt32 {
        assert(!isBare, "nobody else knows the pairs")
        let key = Self.key(left, right)
        guard isChained else { return table.number(of: key) }
        let chained = Int(isByLeft ? left : right)
        if chained >= heads.count { makeRoom(for: chained) }
        var (entry, length) = (heads[chained], 0)
        while entry != 0 {
            let number = entry &- 1
            if keys[Int(number)] == key { return number }
            entry = links[Int(number)]
            length &+= 1
        }
        if length >= Self.chainMax {
            leaveChains()
            return table.number(of: key)
        }
        links.append(heads[chained])
        keys.append(key)
        heads[chained] = UInt32(truncatingIfNeeded: keys.count)
        assert(links.count == keys.count, "a link for each pair")
        return UInt32(truncatingIfNeeded: keys.count &- 1)
    }

    /// The number of a pair; nil when it was never added.
    func find(_ left: UInt32, _ right: UInt32) -> UInt32? {
        assert(!isBare, "nobody else knows the pairs")
        let key = Self.key(left, right)
        guard isChained else { return table.find(key) }
        let chained = Int(isByLeft ? left : right)
        var entry = chained < heads.count ? heads[chained] : 0
        while entry != 0 {
            if keys[Int(entry) - 1] == key { return entry - 1 }
            entry = links[Int(entry) - 1]
        }
        return nil
    }

    /// The next number, for a pair that is new.
    /// - Precondition: somebody else knows the others.
    mutating func add(_ left: UInt32, _ right: UInt32) -> UInt32 {
        assert(isBare, "pairs are known elsewhere")
        keys.append(Self.key(left, right))
        return UInt32(truncatingIfNeeded: keys.count &- 1)
    }

    /// Keeps no more than what each number stands for: somebody else knows each pair's from now on.
    mutating func strip() {
        if isBare { return }
        if !isChained { keys = table.keys }
        (heads, links, table, isChained, isBare) = ([], [], NumberTable(), true, true)
    }

    /// Finds pairs by itself again.
    /// - Complexity: O(pairs).
    mutating func restore() {
        guard isBare else { return }
        let known = keys
        (keys, isBare) = ([], false)
        for key in known { _ = number(of: UInt32(key >> 32), UInt32(truncatingIfNeeded: key)) }
        assert(count == known.count, "each pair was there once")
    }

    private mutating func makeRoom(for chained: Int) {
        var size = max(256, heads.count)
        while size <= chained { size *= 2 }
        heads.pad(to: size, with: 0)
    }

    /// The table has every pair under its number.
    private mutating func leaveChains() {
        var table = NumberTable()
        for key in keys { _ = table.number(of: key) }
        assert(table.count == keys.count, "each pair was there once")
        self.table = table
        isChained = false
        (keys, heads, links) = ([], [], [])
    }
}
