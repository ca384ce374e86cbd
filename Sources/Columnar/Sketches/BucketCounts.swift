import Bytes

/// How often each bucket occurred: few buckets as sorted pairs, many near each other as a run, so that an update is a
/// search among at most thirty-two pairs or one addition. Which of the two never shows in a result.
struct BucketCounts: Sendable {
    private static let pairsMax = 32
    private static let runBucketsMax = 1 << 13

    /// Ascending, while there are pairs.
    private var indices: [Int32] = []
    /// Beside `indices`, or the run.
    private var counts: [UInt64] = []
    /// First index of the run; nil while there are pairs.
    private var runStart: Int32?

    mutating func add(_ index: Int32, _ count: UInt64 = 1) {
        assert(count > 0, "an empty bucket is none")
        if let start = runStart {
            let place = Int(index) - Int(start)
            if counts.indices.contains(place) {
                counts[place] += count
                return
            }
            if widenRun(start, toHold: index) {
                counts[Int(index) - Int(runStart ?? start)] += count
                return
            }
            becomePairs(start)
        }
        addPair(index, count)
    }

    /// Counts the buckets of some rows of a chunk.
    /// - Parameters:
    ///   - buckets: by row; `HistogramScale.none` where there is none.
    ///   - bounds: the first and the last of these rows' buckets.
    ///   - isEveryRow: whether each of the rows has a bucket.
    mutating func add(
        _ buckets: Span<Int32>, _ rows: Range<Int>, within bounds: ClosedRange<Int32>, isEveryRow: Bool
    ) {
        let buckets = buckets.extracting(rows)
        guard makeRun(toHold: bounds, rows.count), let start = runStart.map({ Int($0) }) else {
            for row in 0..<buckets.count where buckets[row] != HistogramScale.none { add(buckets[row]) }
            return
        }
        var numbers = counts.mutableSpan
        if isEveryRow {
            for row in 0..<buckets.count { numbers[Int(buckets[row]) &- start] &+= 1 }
        } else {
            for row in 0..<buckets.count where buckets[row] != HistogramScale.none {
                numbers[Int(buckets[row]) &- start] &+= 1
            }
        }
    }

    /// Bytes held, roughly.
    var memoryBytes: Int { indices.capacity * 4 + counts.capacity * 8 }

    mutating func merge(_ other: BucketCounts) {
        if counts.isEmpty {
            self = other
            return
        }
        guard let first = other.runStart, makeRun(toHold: first...other.lastIndex(of: first), other.counts.count),
            let start = runStart
        else {
            other.forEach { add($0, $1) }
            return
        }
        let more = other.counts.span
        let distance = Int(first) - Int(start)
        var numbers = counts.mutableSpan
        for place in 0..<more.count { numbers[distance + place] += more[place] }
    }

    /// Counts what stands beside buckets, which ascend.
    mutating func add(_ buckets: Span<Int32>, counting more: Span<UInt64>) {
        guard buckets.count > 0 else { return }
        assert(more.count == buckets.count, "a number beside each bucket")
        let bounds = buckets[0]...buckets[buckets.count - 1]
        // So many would become a run one by one.
        if runStart == nil, buckets.count > Self.pairsMax { becomeRun(toHold: bounds, most: .max) }
        guard makeRun(toHold: bounds, buckets.count), let start = runStart.map({ Int($0) }) else {
            for place in 0..<buckets.count { add(buckets[place], more[place]) }
            return
        }
        var numbers = counts.mutableSpan
        for place in 0..<buckets.count { numbers[Int(buckets[place]) &- start] &+= more[place] }
    }

    /// The non-empty buckets, ascending.
    func forEach(_ body: (Int32, UInt64) -> Void) {
        if let start = runStart {
            let numbers = counts.span
            var first = 0
            while first < numbers.count {
                let end = min(first &+ 8, numbers.count)
                // Of a run most buckets may be empty.
                var any: UInt64 = 0
                for place in first..<end { any |= numbers[place] }
                if any != 0 {
                    for place in first..<end where numbers[place] > 0 { body(start + Int32(place), numbers[place]) }
                }
                first = end
            }
        } else {
            for place in indices.indices { body(indices[place], counts[place]) }
        }
    }

    /// A place among the buckets, from the first one on, and how much all before it hold.
    struct Place {
        fileprivate var index = 0
        fileprivate var seen: UInt64 = 0
    }

    /// Whether there is none.
    var isEmpty: Bool { counts.isEmpty }

    /// The bucket in which a count going up reaches the rank; nil where all hold less.
    /// - Parameter place: where the count begins, and afterwards that of the bucket: who asks for ranks in ascending
    ///   order goes through the buckets once.
    func index(reaching rank: UInt64, from place: inout Place) -> Int32? {
        if rank <= place.seen { place = Place() }
        let numbers = counts.span
        var (start, seen) = (place.index, place.seen)
        // Whole blocks below the rank are added up without looking at each.
        while start + 8 <= numbers.count {
            var block: UInt64 = 0
            for index in start..<start + 8 { block &+= numbers[index] }
            if seen + block >= rank { break }
            seen += block
            start += 8
        }
        while start < numbers.count, seen + numbers[start] < rank {
            seen += numbers[start]
            start += 1
        }
        place = Place(index: start, seen: seen)
        if start == numbers.count { return nil }
        return runStart.map { $0 + Int32(start) } ?? indices[start]
    }

    /// How many buckets are not empty.
    var bucketCount: Int { counts.reduce(0) { $0 + ($1 > 0 ? 1 : 0) } }

    /// The non-empty buckets, ascending.
    var buckets: [(index: Int32, count: UInt64)] {
        var result: [(index: Int32, count: UInt64)] = []
        result.reserveCapacity(bucketCount)
        forEach { result.append(($0, $1)) }
        return result
    }

    private mutating func addPair(_ index: Int32, _ count: UInt64) {
        assert(runStart == nil && indices.count == counts.count, "pairs side by side")
        let low = indices.partitioningIndex { $0 >= index }
        assert(low == 0 || indices[low - 1] < index, "pairs ascend")
        assert(low == indices.count || indices[low] >= index, "pairs ascend")
        if low < indices.count, indices[low] == index {
            counts[low] += count
            return
        }
        indices.insert(index, at: low)
        counts.insert(count, at: low)
        if indices.count > Self.pairsMax { becomeRun() }
    }

    private mutating func becomeRun() {
        guard let first = indices.first, let last = indices.last else { return }
        becomeRun(toHold: first...last, most: .max)
    }

    /// Does nothing where the run would be longer than it may be, or than `most`.
    private mutating func becomeRun(toHold bounds: ClosedRange<Int32>, most: Int) {
        let first = min(bounds.lowerBound, indices.first ?? bounds.lowerBound)
        let last = max(bounds.upperBound, indices.last ?? bounds.upperBound)
        guard Int(last) - Int(first) < min(most, Self.runBucketsMax / 2) else { return }
        var run = [UInt64](repeating: 0, count: Int(last - first) + 1)
        for place in indices.indices { run[Int(indices[place] - first)] = counts[place] }
        (runStart, counts, indices) = (first, run, [])
    }

    private func lastIndex(of start: Int32) -> Int32 { start + Int32(counts.count - 1) }

    /// Whether there is a run that holds the bounds. Pairs become one where so many values come that it takes little
    /// memory for each.
    private mutating func makeRun(toHold bounds: ClosedRange<Int32>, _ values: Int) -> Bool {
        let all = indices.count + values
        if runStart == nil, all > Self.pairsMax { becomeRun(toHold: bounds, most: 4 * all) }
        return widenRun(toHold: bounds.lowerBound) && widenRun(toHold: bounds.upperBound)
    }

    private mutating func widenRun(toHold index: Int32) -> Bool {
        guard let start = runStart else { return false }
        return index >= start && index <= lastIndex(of: start) || widenRun(start, toHold: index)
    }

    private mutating func becomePairs(_ start: Int32) {
        let pairs = buckets
        runStart = nil
        indices = pairs.map(\.index)
        counts = pairs.map(\.count)
    }

    private mutating func widenRun(_ start: Int32, toHold index: Int32) -> Bool {
        let low = min(Int(start), Int(index))
        let high = max(Int(start) + counts.count - 1, Int(index))
        guard high - low < Self.runBucketsMax else { return false }
        // Some room on the side that grew spares the next few moves.
        if Int(index) < Int(start) {
            let room = min(64, Self.runBucketsMax - (high - low + 1))
            counts.insert(contentsOf: repeatElement(0, count: Int(start) - low + room), at: 0)
            runStart = Int32(low - room)
        } else {
            counts.append(contentsOf: repeatElement(0, count: high - Int(start) + 1 - counts.count))
        }
        assert(counts.count <= Self.runBucketsMax, "a run is bounded")
        return true
    }
}
