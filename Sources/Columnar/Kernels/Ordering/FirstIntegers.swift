/// The first of many integers in their order, found without sorting them or making keys of them: a block at a time is
/// looked at, the block with the best value first, and where no later one can have any that is wanted the rest is left.
enum FirstIntegers {
    private static let blockRows = 1_024
    /// Blocks between two looks.
    private static let blocksPerLook = 256

    /// A value in its place, the better the smaller.
    private struct Candidate {
        var value: Int64
        var row: UInt32

        func precedes(_ other: Candidate) -> Bool {
            value < other.value || (value == other.value && row < other.row)
        }
    }

    /// The rows of the first values, best first; of equal values the first rows.
    /// - Parameter look: throws when nobody wants them any more.
    /// - Precondition: `limit` is above 0 and not above the number of values, which 32 bits count.
    /// - Complexity: O(values), and O(limit · log limit) for each so many candidates.
    static func rows(
        of values: [Int64], descending: Bool, limit: Int, look: () throws -> Void
    ) rethrows -> [UInt32] {
        precondition(limit > 0 && limit <= values.count && values.count <= Int(UInt32.max), "rows that are there")
        let source = values.span
        // Of descending values the complement ascends.
        let flip: Int64 = descending ? ~0 : 0
        let blocks = (0..<(values.count + blockRows - 1) / blockRows).map { block in
            Candidate(
                value: least(source, range(block, values.count), flip), row: UInt32(truncatingIfNeeded: block))
        }
        var found: [Candidate] = []
        found.reserveCapacity(2 * limit)
        // The last that is wanted, once as many are known.
        var last: Candidate?
        for (number, block) in blocks.sorted(by: { $0.precedes($1) }).enumerated() {
            if let last, last.value < block.value { break }
            if number % blocksPerLook == blocksPerLook - 1 { try look() }
            for row in range(Int(block.row), values.count) {
                let candidate = Candidate(value: source[row] ^ flip, row: UInt32(truncatingIfNeeded: row))
                if let last, !candidate.precedes(last) { continue }
                found.append(candidate)
                if found.count == 2 * limit { last = cut(&found, limit) }
            }
            if last == nil, found.count >= limit { last = cut(&found, limit) }
        }
        _ = cut(&found, limit)
        assert(found.count == limit, "as many rows as were asked for")
        return found.map(\.row)
    }

    private static func range(_ block: Int, _ count: Int) -> Range<Int> {
        block * blockRows..<min((block + 1) * blockRows, count)
    }

    private static func least(_ source: Span<Int64>, _ rows: Range<Int>, _ flip: Int64) -> Int64 {
        let block = source.extracting(rows)
        var least = Int64.max
        for index in 0..<block.count { least = min(least, block[index] ^ flip) }
        return least
    }

    /// The first so many, in order, and the last of them.
    private static func cut(_ found: inout [Candidate], _ limit: Int) -> Candidate {
        found.sort { $0.precedes($1) }
        found.removeSubrange(limit...)
        return found[limit - 1]
    }
}
