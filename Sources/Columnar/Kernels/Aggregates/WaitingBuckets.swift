/// Buckets of values that are not counted yet. Where each of many groups has few values in a chunk and these lie in
/// many buckets, counts of all buckets would be far more than the values are; so a chunk's buckets stay as they are,
/// beside them which are whose, until somebody asks for a group.
struct WaitingBuckets: Sendable {
    /// The values of one group in a chunk, each of which has a bucket.
    struct Share: Sendable {
        var group: UInt32
        /// The first of them among the chunk's.
        var start: UInt32
        var count: UInt32
        /// The first and the last of their buckets.
        var bounds: ClosedRange<Int32>

        /// The values' places among the chunk's.
        var rows: Range<Int> { Int(start)..<Int(start) + Int(count) }
    }

    private struct Batch: Sendable {
        var buckets: [Int32]
        var shares: [Share]
    }

    private var batches: [Batch] = []
    /// Bytes held, roughly.
    private(set) var memoryBytes = 0

    /// Keeps the buckets of a chunk.
    mutating func add(_ buckets: [Int32], _ shares: [Share]) {
        assert(shares.allSatisfy { $0.rows.upperBound <= buckets.count }, "shares of the chunk")
        batches.append(Batch(buckets: buckets, shares: shares))
        memoryBytes += buckets.count * 4 + shares.count * MemoryLayout<Share>.stride
    }

    /// Takes in those of another; `mapping` gives its groups' numbers here.
    mutating func absorb(_ other: WaitingBuckets, _ mapping: [UInt32]) {
        for batch in other.batches {
            var moved = batch
            for index in moved.shares.indices {
                moved.shares[index].group = mapping[Int(moved.shares[index].group)]
            }
            batches.append(moved)
        }
        memoryBytes += other.memoryBytes
    }

    /// Calls the body with each share and the buckets that it is a share of.
    func forEach(_ body: (_ share: Share, _ buckets: Span<Int32>) -> Void) {
        for batch in batches {
            let buckets = batch.buckets
            for share in batch.shares { body(share, buckets.span) }
        }
    }

    /// Where the shares of each group are.
    struct Places: Sendable {
        /// Where those of each group begin in `places`; one more for the end.
        fileprivate var starts: [Int]
        fileprivate var places: [Place]
    }

    fileprivate struct Place: Sendable {
        var batch: Int32
        var share: Int32
    }

    /// The shares by their groups, which are numbered below `count`.
    /// - Complexity: O(shares + count).
    func places(groups count: Int) -> Places {
        var starts = [Int](repeating: 0, count: count + 1)
        for batch in batches { for share in batch.shares { starts[Int(share.group) + 1] += 1 } }
        for group in 0..<count { starts[group + 1] += starts[group] }
        var next = starts
        var places = [Place](repeating: Place(batch: 0, share: 0), count: starts[count])
        for (number, batch) in batches.enumerated() {
            for (index, share) in batch.shares.enumerated() {
                let group = Int(share.group)
                places[next[group]] = Place(
                    batch: Int32(truncatingIfNeeded: number), share: Int32(truncatingIfNeeded: index))
                next[group] += 1
            }
        }
        return Places(starts: starts, places: places)
    }

    /// Counts what waits of a group, for who asks for its shares and lets the counts go then.
    func count(_ group: Int, at all: Places, into counts: inout BucketCounts) {
        let range = all.starts[group]..<all.starts[group + 1]
        if range.isEmpty { return }
        var (first, last, values) = (Int32.max, Int32.min, 0)
        for place in all.places[range] {
            let share = batches[Int(place.batch)].shares[Int(place.share)]
            (first, last) = (min(first, share.bounds.lowerBound), max(last, share.bounds.upperBound))
            values += Int(share.count)
        }
        counts.makeRoom(for: values, within: first...last)
        for place in all.places[range] {
            let batch = batches[Int(place.batch)]
            let (share, buckets) = (batch.shares[Int(place.share)], batch.buckets)
            counts.add(buckets.span, share.rows, within: share.bounds, isEveryRow: true)
        }
    }
}
