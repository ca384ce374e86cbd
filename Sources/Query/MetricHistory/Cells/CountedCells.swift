import Bytes

/// Takes what was added up elsewhere, at wanted times.
protocol CellSink {
    /// - Parameter set: the number of a label set.
    mutating func add(_ set: Int, point: Int64, code: Int, count: Int64, sum: Int128)
}

/// What was counted, put in the order of label sets, codes and wanted times: it comes in stretches that are in this
/// order already.
struct CountedCells: CellSink {
    private let times: [Int64]
    private let hasSums: Bool
    /// Set, code and place among the times as one number.
    private var keys: [UInt64] = []
    private(set) var counts: [Int64] = []
    /// Empty where nothing is summed.
    private(set) var sums: [Int128] = []
    /// Where stretches begin.
    private var starts: [Int] = []
    /// The place of the last cell.
    private var last = 0

    private static let placeBits: UInt64 = 32

    /// - Parameter times: wanted points, ascending; fewer than 2³¹.
    init(_ times: [Int64], hasSums: Bool) { (self.times, self.hasSums) = (times, hasSums) }

    var count: Int { keys.count }
    /// Roughly, with what ``order()`` takes.
    var memoryBytes: Int { keys.count * (hasSums ? 64 : 32) + starts.count * 8 }

    /// The set above, the code below.
    func group(of cell: Int) -> UInt64 { keys[cell] >> Self.placeBits }
    /// Its wanted time.
    func point(of cell: Int) -> Int64 { times[Int(truncatingIfNeeded: keys[cell] & (1 << Self.placeBits - 1))] }

    /// Adds to the last cell, or one behind it; nothing behind the last time.
    mutating func add(_ set: Int, point: Int64, code: Int, count: Int64, sum: Int128) {
        assert(set < CellRun.setsMax && code >= 0 && code < 1 << CellTable.codeBits, "each in its bits")
        last = times.place(atOrAfter: point, near: last)
        guard last < times.count else { return }
        append((UInt64(set) << CellTable.codeBits | UInt64(code)) << Self.placeBits | UInt64(last), count, sum)
    }

    private mutating func append(_ key: UInt64, _ count: Int64, _ sum: Int128) {
        let before = keys.count - 1
        if before >= 0, keys[before] == key {
            counts[before] &+= count
            if hasSums { sums[before] &+= sum }
            return
        }
        if before < 0 || keys[before] > key { starts.append(keys.count) }
        keys.append(key)
        counts.append(count)
        if hasSums { sums.append(sum) }
    }

    /// Makes one stretch of all: to be called once all is added.
    /// - Complexity: O(n · log(stretches)).
    mutating func order() {
        while starts.count > 1 {
            var merged = CountedCells(times, hasSums: hasSums)
            merged.keys.reserveCapacity(keys.count)
            merged.counts.reserveCapacity(keys.count)
            if hasSums { merged.sums.reserveCapacity(keys.count) }
            for stretch in stride(from: 0, to: starts.count, by: 2) {
                let (begin, middle) = (starts[stretch], stretch + 1 < starts.count ? starts[stretch + 1] : keys.count)
                let end = stretch + 2 < starts.count ? starts[stretch + 2] : keys.count
                merged.add(begin..<middle, middle..<end, of: self)
            }
            self = merged
        }
    }

    /// Adds two stretches as one.
    private mutating func add(_ one: Range<Int>, _ two: Range<Int>, of other: CountedCells) {
        var (left, right) = (one.lowerBound, two.lowerBound)
        while left < one.upperBound || right < two.upperBound {
            let isLeft = right == two.upperBound || left < one.upperBound && other.keys[left] <= other.keys[right]
            let cell = isLeft ? left : right
            append(other.keys[cell], other.counts[cell], hasSums ? other.sums[cell] : 0)
            if isLeft { left += 1 } else { right += 1 }
        }
    }
}
