/// Whole numbers that are not counted yet. Who asks for shares of groups needs counts of no bucket but those in which
/// the shares lie; so a chunk's values stay as they are, beside them which are whose, until somebody asks for a group.
struct WaitingValues: Sendable {
    /// The values of one group in a chunk.
    struct Share: Sendable {
        var group: UInt32
        /// The first of them among the chunk's.
        var start: UInt32
        var count: UInt32

        /// - Parameter run: of a chunk's rows.
        init(_ run: GroupAssignment.Run) {
            group = UInt32(truncatingIfNeeded: run.group)
            start = UInt32(truncatingIfNeeded: run.rows.lowerBound)
            count = UInt32(truncatingIfNeeded: run.rows.count)
        }

        /// The values' places among the chunk's.
        var rows: Range<Int> { Int(start)..<Int(start) + Int(count) }
    }

    private struct Batch: Sendable {
        var values: [Int64]
        var shares: [Share]
    }

    private var batches: [Batch] = []
    /// Bytes held, roughly.
    private(set) var memoryBytes = 0

    /// Keeps the values of a chunk.
    mutating func add(_ values: [Int64], _ shares: [Share]) {
        assert(shares.allSatisfy { $0.rows.upperBound <= values.count }, "shares of the chunk")
        batches.append(Batch(values: values, shares: shares))
        memoryBytes += values.count * 8 + shares.count * MemoryLayout<Share>.stride
    }

    /// Takes in those of another; `mapping` gives its groups' numbers here.
    mutating func absorb(_ other: WaitingValues, _ mapping: [UInt32]) {
        for batch in other.batches {
            var moved = batch
            for index in moved.shares.indices {
                moved.shares[index].group = mapping[Int(moved.shares[index].group)]
            }
            batches.append(moved)
        }
        memoryBytes += other.memoryBytes
    }

    /// Calls the body with each chunk's values and who has a share of them.
    func forEach(_ body: (_ values: Span<Int64>, _ shares: [Share]) -> Void) {
        for batch in batches {
            let values = batch.values
            body(values.span, batch.shares)
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

    /// Calls the body with each stretch of a group's values.
    func forEach(of group: Int, at all: Places, _ body: (ArraySlice<Int64>) -> Void) {
        for place in all.places[all.starts[group]..<all.starts[group + 1]] {
            let batch = batches[Int(place.batch)]
            body(batch.values[batch.shares[Int(place.share)].rows])
        }
    }
}
