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
            let (together, starts) = Self.together(groups, of: 0..<groupCount)
            rows = together
            // Of every partition there is a row.
            partitions = Self.ofRows(starts)
        } else {
            rows = (0..<UInt32(rowCount)).map { $0 }
            partitions = rowCount == 0 ? [0] : [0, UInt32(rowCount)]
        }
        peers = partitions
    }

    /// Rows by their partitions, and in order there, where that is the order of one word each. Several share the work,
    /// each with some of the partitions.
    /// - Parameters:
    ///   - groups: the partition of each row.
    ///   - groupCount: what groups are below.
    ///   - lanes: how many share the work.
    ///   - watch: is asked by each of them.
    /// - Returns: nil where the key is no words: such rows are sorted by one alone.
    /// - Throws: `.stopped` where nobody wants the order any more.
    /// - Precondition: 32 bits count the rows.
    /// - Complexity: as of ``sort(by:wantsPeers:look:)``; each goes through all groups.
    package static func sorted(
        _ groups: [UInt32], groupCount: Int, by key: WindowKey, wantsPeers: Bool, lanes: Int, _ helpers: KernelHelpers,
        _ watch: KernelWatch
    ) throws(KernelError) -> WindowRows? {
        guard case .words(let words) = key.form else { return nil }
        precondition(groups.count < UInt32.max && lanes > 0, "32 bits count the rows, and one number is none of them")
        assert(groups.count == words.count && groups.allSatisfy { $0 < groupCount }, "a partition for each row")
        let parts = helpers.map(count: lanes) { lane -> Part? in
            let wanted = lane * groupCount / lanes..<(lane + 1) * groupCount / lanes
            var (rows, starts) = Self.together(groups, of: wanted)
            do {
                try watch.look()
                let peers = try SortOrder.sort(
                    &rows, within: starts, by: words, wantsPeers: wantsPeers, look: { try watch.look() })
                return Part(rows: rows, partitions: Self.ofRows(starts), peers: peers)
            } catch {
                return nil
            }
        }
        // A part that was stopped is no part.
        if parts.contains(where: { $0 == nil }) { throw .stopped }
        return WindowRows(parts.compactMap { $0 }, rowCount: groups.count)
    }

    /// The rows of some partitions, by places of their own.
    private struct Part: Sendable {
        var rows: [UInt32]
        var partitions: [UInt32]
        var peers: [UInt32]
    }

    /// Parts that have all rows together.
    private init(_ parts: [Part], rowCount: Int) {
        if parts.count == 1 {
            (rows, partitions, peers) = (parts[0].rows, parts[0].partitions, parts[0].peers)
            return
        }
        (rows, peers) = ([], [])
        rows.reserveCapacity(rowCount)
        var partitions: [UInt32] = []
        for part in parts {
            let first = UInt32(truncatingIfNeeded: rows.count)
            rows += part.rows
            // Where the part ends the next one begins.
            for start in part.partitions.dropLast() { partitions.append(first + start) }
            for start in part.peers.dropLast() { peers.append(first + start) }
        }
        partitions.append(UInt32(truncatingIfNeeded: rows.count))
        if parts.contains(where: { !$0.peers.isEmpty }) { peers.append(UInt32(truncatingIfNeeded: rows.count)) }
        self.partitions = partitions
        assert(rows.count == rowCount, "every row is of a partition")
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
    /// - Parameter wanted: the groups; rows of others are passed over.
    private static func together(
        _ groups: [UInt32], of wanted: Range<Int>
    ) -> (rows: [UInt32], starts: [UInt32]) {
        let source = groups.span
        let first = UInt32(truncatingIfNeeded: wanted.lowerBound)
        let count = UInt32(truncatingIfNeeded: wanted.count)
        var starts = [UInt32](repeating: 0, count: wanted.count + 1)
        do {
            var counts = starts.mutableSpan
            for row in 0..<source.count {
                let group = source[row] &- first
                if group < count { counts[Int(group) &+ 1] &+= 1 }
            }
            for group in 0..<wanted.count { counts[group + 1] &+= counts[group] }
        }
        var next = starts
        var rows = [UInt32](repeating: 0, count: Int(starts[wanted.count]))
        var places = next.mutableSpan
        var target = rows.mutableSpan
        for row in 0..<source.count {
            let group = source[row] &- first
            if group >= count { continue }
            target[Int(places[Int(group)])] = UInt32(truncatingIfNeeded: row)
            places[Int(group)] &+= 1
        }
        return (rows, starts)
    }

    /// Where partitions begin, of where groups do of which some may have no rows, and the number of rows.
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
