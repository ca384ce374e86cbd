/// The rows of a window as its functions see them: partition after partition, each in its order. A place is a number in
/// that sequence, a row one in the input.
package struct WindowRows: Sendable {
    /// By place: the row.
    private(set) var rows: [UInt32]
    /// The place where each partition begins, and behind the last one the number of rows.
    let partitions: [UInt32]
    /// The place where each stretch of rows alike begins, and the number of rows; empty where nobody asked.
    private(set) var peers: [UInt32]

    /// Rows by their partitions, in each as they are in the input and all alike: ``sort(by:wantsPeers:look:)`` is next
    /// where there is an order.
    /// - Parameters:
    ///   - groups: the partition of each row; nil: all are of one.
    ///   - groupCount: what groups are below.
    /// - Precondition: 32 bits count the rows.
    /// - Complexity: O(rows).
    package init(rowCount: Int, groups: [UInt32]?, groupCount: Int) {
        precondition(rowCount < UInt32.max, "32 bits count the rows, and one number is none of them")
        if let groups {
            assert(groups.count == rowCount && groups.allSatisfy { $0 < groupCount }, "a partition for each row")
            let (together, starts) = Self.together(groups, groupCount)
            rows = together
            // Of every partition there is a row.
            partitions = Self.ofRows(starts)
        } else {
            rows = (0..<UInt32(rowCount)).map { $0 }
            partitions = rowCount == 0 ? [0] : [0, UInt32(rowCount)]
        }
        peers = partitions
    }

    /// Puts the rows of each partition in order; of equal rows the first in the input comes first.
    /// - Parameters:
    ///   - wantsPeers: whether a function asks which rows are alike.
    ///   - look: throws when nobody wants the order any more.
    /// - Complexity: O(rows) where rows come in order or go by one key that is no long text, else O(rows · log rows).
    package mutating func sort(by keys: [WindowKey], wantsPeers: Bool, look: () throws -> Void) rethrows {
        peers = try SortOrder.sort(&rows, within: partitions, by: keys, wantsPeers: wantsPeers, look: look)
    }

    /// Rows of one group side by side, each group's ascending, and where each group begins.
    private static func together(_ groups: [UInt32], _ count: Int) -> (rows: [UInt32], starts: [UInt32]) {
        let source = groups.span
        var starts = [UInt32](repeating: 0, count: count + 1)
        do {
            var counts = starts.mutableSpan
            for row in 0..<source.count { counts[Int(source[row]) &+ 1] &+= 1 }
            for group in 0..<count { counts[group + 1] &+= counts[group] }
        }
        var next = starts
        var rows = [UInt32](repeating: 0, count: source.count)
        var places = next.mutableSpan
        var target = rows.mutableSpan
        for row in 0..<source.count {
            let group = Int(source[row])
            target[Int(places[group])] = UInt32(truncatingIfNeeded: row)
            places[group] &+= 1
        }
        return (rows, starts)
    }

    private static func ofRows(_ starts: [UInt32]) -> [UInt32] {
        var found: [UInt32] = [0]
        found.reserveCapacity(starts.count)
        for start in starts where start > found[found.count - 1] { found.append(start) }
        return found
    }

    /// Bytes held.
    package var memoryBytes: Int { (rows.capacity + partitions.capacity + peers.capacity) * 4 }

    /// How many rows.
    var count: Int { rows.count }

    /// The places of a partition.
    func places(_ partition: Int) -> Range<Int> { Int(partitions[partition])..<Int(partitions[partition + 1]) }

    /// The partitions' numbers.
    var numbers: Range<Int> { 0..<partitions.count - 1 }
}
