/// The last pair that each number of one side was in. Rows that follow each other are often alike, and where one key
/// follows from another, as a conversation's channel does, each number has one pair alone: these are known without a
/// look into a table of all pairs, which lies farther away than the nearest memory.
struct RecentPairs: Sendable {
    /// By number of the side of which there are more: the other side's number + 1 above, the pair's own below; 0 where
    /// it was in none yet.
    private var entries: [UInt64] = []
    /// Whether the left side has more numbers.
    private(set) var isByLeft = true

    var memoryBytes: Int { entries.count * 8 }

    /// Makes room for all numbers below these.
    mutating func reserve(lefts: Int, rights: Int) {
        let isByLeft = lefts >= rights
        if isByLeft != self.isByLeft { (self.isByLeft, entries) = (isByLeft, []) }
        var size = max(256, entries.count)
        while size < max(lefts, rights) { size *= 2 }
        entries.pad(to: size, with: 0)
    }

    /// The number of each row's pair.
    /// - Parameters:
    ///   - many: the numbers of the side that has more of them, by row.
    ///   - few: those of the other one.
    ///   - find: the number of a pair that is not the last one of its side.
    /// - Precondition: there is room for the numbers.
    @inline(__always)
    mutating func look(
        up many: Span<UInt32>, beside few: Span<UInt32>, _ target: inout MutableSpan<UInt32>,
        _ find: (_ many: UInt32, _ few: UInt32) -> UInt32
    ) {
        precondition(few.count == many.count && target.count == many.count, "two numbers for each row")
        var entries = self.entries.mutableSpan
        for row in 0..<many.count {
            let other = (UInt64(few[row]) &+ 1) << 32
            let entry = entries[Int(many[row])]
            if (entry ^ other) >> 32 == 0 {
                target[row] = UInt32(truncatingIfNeeded: entry)
            } else {
                let number = find(many[row], few[row])
                entries[Int(many[row])] = other | UInt64(number)
                target[row] = number
            }
        }
    }

    /// Notes a pair; false where it was the last one of its side already.
    /// - Precondition: there is room for the numbers.
    @inline(__always)
    mutating func replace(_ many: Int, by few: UInt32) -> Bool {
        let entry = (UInt64(few) &+ 1) << 32
        if entries[many] == entry { return false }
        entries[many] = entry
        return true
    }
}
