/// Where runs of equal or near values end: blocks are compared as a whole, so that long runs cost little a row.
extension Span where Element: FixedWidthInteger & BitwiseCopyable {
    /// The first row behind `row` whose value differs from that row's; the number of rows where none does.
    /// - Precondition: `row` is a row.
    @inline(__always)
    func endOfRun(from row: Int) -> Int {
        let value = self[row]
        var next = row + 1
        while next + 16 <= count {
            var difference: Element = 0
            for place in next..<next + 16 { difference |= self[place] ^ value }
            if difference != 0 { break }
            next += 16
        }
        while next < count, self[next] == value { next += 1 }
        return next
    }
}

extension Span<Int64> {
    /// The first row behind `row` whose value lies outside `low..<high`; the number of rows where none does.
    /// - Precondition: `low < high`.
    func endOfStretch(from row: Int, low: Int64, high: Int64) -> Int {
        assert(low < high && row < count, "values that may lie in a range")
        let last = high &- 1
        var next = row + 1
        while next + 16 <= count {
            // One of the two distances has its sign bit set where the value lies outside, and both overflow for none.
            var outside: Int64 = 0
            for place in next..<next + 16 { outside |= (self[place] &- low) | (last &- self[place]) }
            if outside < 0 { break }
            next += 16
        }
        while next < count, self[next] >= low, self[next] < high { next += 1 }
        return next
    }

    /// The first row from one on whose value is not known to be of that one's bucket. A bound right behind its value
    /// speaks of this one alone, not of those between it and the beginning.
    func endOfBucket(from row: Int, start: Int64, end: Int64) -> Int {
        let value = self[row]
        let low = end == value &+ 1 ? value : start
        return low <= value && value < end ? endOfStretch(from: row, low: low, high: end) : row + 1
    }

    /// Where the bucket of every value begins. Values that stand together in one bucket are looked at by the block.
    /// - Parameter bucket: where a value's bucket begins, which is handed out for the value in any case, and the bound
    ///   below which all values from the beginning on share it, or the next value where only this one is known to;
    ///   nil: there is no answer.
    /// - Complexity: O(values), and a call for each stretch of values of one bucket.
    package func buckets(
        _ bucket: (Int64) throws -> (start: Int64, end: Int64)?
    ) rethrows -> [Int64]? {
        var result = [Int64](repeating: 0, count: count)
        var starts = result.mutableSpan
        var row = 0
        while row < count {
            let value = self[row]
            guard let (start, end) = try bucket(value) else { return nil }
            let next = endOfBucket(from: row, start: start, end: end)
            starts.fill(row..<next, with: start)
            row = next
        }
        return result
    }
}

extension MutableSpan where Element: BitwiseCopyable {
    /// Stores a value in every row of a range.
    @inline(__always)
    mutating func fill(_ rows: Range<Int>, with value: Element) {
        for row in rows { self[row] = value }
    }
}
