/// Finds the words of a few ranks without putting the others in order: three passes over all, then over the few that
/// begin as the wanted ones do.
enum RankSelection {
    private static let digitBits = 11
    /// So few are sorted.
    private static let sortedMax = 1024

    /// The words that would stand at some places if all stood in order, in the order of the places.
    /// - Precondition: the places ascend and lie within the words.
    /// - Throws: `.stopped` where the work is not wanted any more.
    static func words(
        _ words: Span<UInt64>, at places: ArraySlice<Int>, _ watch: KernelWatch
    ) throws(KernelError) -> [UInt64] {
        guard let last = places.last else { return [] }
        precondition(last < words.count, "a place among the words")
        try watch.look()
        var smallest = UInt64.max
        var largest = UInt64.min
        for index in 0..<words.count {
            smallest = min(smallest, words[index])
            largest = max(largest, words[index])
        }
        let bits = 64 - (largest - smallest).leadingZeroBitCount
        if bits == 0 { return [UInt64](repeating: smallest, count: places.count) }
        let shift = UInt64(max(0, bits - digitBits))
        let counts = Self.counts(words, smallest, shift)
        var found: [UInt64] = []
        var place = places.startIndex
        var before = 0
        for digit in 0..<counts.count where place < places.endIndex {
            let end = before + counts[digit]
            let first = place
            while place < places.endIndex, places[place] < end { place += 1 }
            if place > first {
                let start = before
                let inner = places[first..<place].map { $0 - start }
                var own = Self.words(words, startingWith: UInt64(digit), smallest, shift, count: counts[digit])
                if shift == 0 || own.count <= sortedMax {
                    // Without a shift all of one digit are equal.
                    if shift > 0 { own.sort() }
                    for place in inner { found.append(own[place]) }
                } else {
                    found += try self.words(own.span, at: inner[...], watch)
                }
            }
            before = end
        }
        return found
    }

    /// How many words have each leading digit.
    private static func counts(_ words: Span<UInt64>, _ smallest: UInt64, _ shift: UInt64) -> [Int] {
        var counts = [Int](repeating: 0, count: 1 << digitBits)
        var numbers = counts.mutableSpan
        for index in 0..<words.count { numbers[Int((words[index] &- smallest) &>> shift)] &+= 1 }
        return counts
    }

    private static func words(
        _ words: Span<UInt64>, startingWith digit: UInt64, _ smallest: UInt64, _ shift: UInt64, count: Int
    ) -> [UInt64] {
        var found: [UInt64] = []
        found.reserveCapacity(count)
        for index in 0..<words.count where (words[index] &- smallest) &>> shift == digit { found.append(words[index]) }
        assert(found.count == count, "as many as were counted")
        return found
    }
}
