internal import Bytes

/// Which group each row of a chunk belongs to. Rows of one group in a row are a run, which aggregates sum without
/// looking at groups again: an ungrouped chunk is one run, sorted times make long ones.
package struct GroupAssignment: Sendable {
    struct Run: Sendable {
        var group: Int
        var rows: Range<Int>
    }

    /// Rows of the chunk.
    package let rowCount: Int
    /// By row; empty where every row is in group 0; nil where `runs` came alone.
    private let numbers: [UInt32]?
    let runs: [Run]?
    /// The groups that occur lie in it, and it is shorter than the rows; nil where runs tell, or groups are many.
    let dense: Range<Int>?
    /// How many rows each group of `dense` has, counted once for all aggregates; nil where one asks at most.
    let rowsOfGroups: [Int64]?

    /// Every row in one group.
    package init(single rowCount: Int, group: Int = 0) {
        self.rowCount = rowCount
        numbers = group == 0 ? [] : nil
        runs = rowCount == 0 ? [] : [Run(group: group, rows: 0..<rowCount)]
        (dense, rowsOfGroups) = (nil, nil)
    }

    /// So many rows a group are so many that those of other rows do not matter.
    private static let rowsOfFewGroups = 64

    /// A group for each row.
    /// - Parameters:
    ///   - bound: what all groups are below, where that is known.
    ///   - countsRows: whether several aggregates want to know how many rows each group has.
    package init(_ groups: [UInt32], below bound: Int = .max, countsRows: Bool = false) {
        rowCount = groups.count
        numbers = groups
        runs = groups.isEmpty ? [] : Self.runs(of: groups.span)
        assert(runs == nil || runs?.last?.rows.upperBound ?? 0 == groups.count, "runs make up the rows")
        guard runs == nil else {
            (dense, rowsOfGroups) = (nil, nil)
            return
        }
        // Few groups in all are as good as those alone that occur, which take a look at each row.
        let range = bound <= groups.count / Self.rowsOfFewGroups ? 0..<bound : groups.span.range
        guard range.count <= groups.count / 8 else {
            (dense, rowsOfGroups) = (nil, nil)
            return
        }
        dense = range
        rowsOfGroups = countsRows ? groups.span.counts(within: range) : nil
    }

    /// A group for each row, where runs are known already.
    /// - Precondition: they make up the rows.
    init(runs: [Run]) {
        rowCount = runs.last?.rows.upperBound ?? 0
        (numbers, self.runs, dense, rowsOfGroups) = (nil, runs, nil, nil)
        assert(runs.indices.allSatisfy { runs[$0].rows.lowerBound == ($0 == 0 ? 0 : runs[$0 - 1].rows.upperBound) })
    }

    /// By row; empty where every row is in group 0, which `runs` says then.
    /// - Complexity: O(1), or O(rows) where runs came alone: most look at these and at no row.
    var groups: [UInt32] {
        if let numbers { return numbers }
        var groups = [UInt32](repeating: 0, count: rowCount)
        var target = groups.mutableSpan
        for run in runs ?? [] { target.fill(run.rows, with: UInt32(truncatingIfNeeded: run.group)) }
        return groups
    }

    /// How many runs serve at most.
    static func runsMax(rows: Int) -> Int { rows / 16 }

    /// nil where they are too short to serve.
    private static func runs(of groups: Span<UInt32>) -> [Run]? {
        let most = runsMax(rows: groups.count)
        if groups.changes(upTo: most) >= most { return nil }
        var found: [Run] = []
        var start = 0
        while start < groups.count {
            let end = groups.endOfRun(from: start)
            found.append(Run(group: Int(groups[start]), rows: start..<end))
            start = end
        }
        return found
    }

    /// The same for some rows, in any order.
    package func gather(_ rows: [UInt32]) -> GroupAssignment {
        assert(rows.allSatisfy { $0 < rowCount }, "rows of the chunk")
        let groups = groups
        if groups.isEmpty { return GroupAssignment(single: rows.count) }
        let (source, wanted) = (groups.span, rows.span)
        var picked = [UInt32](repeating: 0, count: rows.count)
        var target = picked.mutableSpan
        for row in 0..<wanted.count { target[row] = source[Int(wanted[row])] }
        return GroupAssignment(picked)
    }

    /// The same for rows that ascend, as filters leave them: no row is looked at where `runs` came alone.
    /// - Complexity: O(runs · log rows), or O(rows).
    package func gather(ascending rows: [UInt32]) -> GroupAssignment {
        assert(zip(rows, rows.dropFirst()).allSatisfy { $0 < $1 }, "rows ascend")
        guard numbers == nil, let runs else { return gather(rows) }
        var left: [Run] = []
        var start = 0
        for run in runs where start < rows.count {
            let end = rows[start...].partitioningIndex { Int($0) >= run.rows.upperBound }
            if end > start { left.append(Run(group: run.group, rows: start..<end)) }
            start = end
        }
        assert(start == rows.count, "rows of the chunk")
        return GroupAssignment(runs: left)
    }

    /// Adds to each group's number how many rows it has here.
    func addRows(to counts: inout [Int64]) {
        var numbers = counts.mutableSpan
        if let runs {
            for run in runs { numbers[run.group] &+= Int64(run.rows.count) }
        } else if let dense, let rowsOfGroups {
            for group in dense { numbers[group] &+= rowsOfGroups[group - dense.lowerBound] }
        } else {
            let groups = groups
            let source = groups.span
            for row in 0..<source.count { numbers[Int(source[row])] &+= 1 }
        }
    }

    /// Adds to each group's number how many of its rows have a value.
    func addRows(of value: Vector, to counts: inout [Int64]) {
        assert(value.count == rowCount, "a value or none for each row")
        if value.hasNoNulls { return addRows(to: &counts) }
        guard let validity = value.validity, !value.isOfScalars else {
            return forEach { row, group in if !value.isNull(row) { counts[group] &+= 1 } }
        }
        let words = validity.words.span
        var numbers = counts.mutableSpan
        if let runs {
            for run in runs {
                for row in run.rows { numbers[run.group] &+= Int64((words[row >> 6] &>> UInt64(row & 63)) & 1) }
            }
            return
        }
        let groups = groups
        let source = groups.span
        for row in 0..<source.count {
            numbers[Int(source[row])] &+= Int64((words[row >> 6] &>> UInt64(row & 63)) & 1)
        }
    }

    /// Calls the step with every row and its group.
    @inline(__always)
    func forEach<Failure: Error>(_ step: (_ row: Int, _ group: Int) throws(Failure) -> Void) throws(Failure) {
        if let runs {
            for run in runs { for row in run.rows { try step(row, run.group) } }
            return
        }
        let groups = groups
        let source = groups.span
        for row in 0..<source.count { try step(row, Int(source[row])) }
    }
}

extension Vector {
    fileprivate var isOfScalars: Bool { if case .scalars = storage { true } else { false } }
}

extension Span<UInt32> {
    /// How often a value differs from the one before; once `most` is reached, a number from there on.
    fileprivate func changes(upTo most: Int) -> Int {
        var changes = 0
        var row = 1
        while row < count, changes < most {
            let end = Swift.min(row + 1_024, count)
            changes += extracting(row..<end).changes(after: self[row - 1])
            row = end
        }
        return changes
    }

    /// How often a value differs from the one before, the first from another's. One value is read a row, so that the
    /// compiler takes several rows at once.
    private func changes(after value: UInt32) -> Int {
        var (last, found): (UInt32, UInt32) = (value, 0)
        for place in 0..<count {
            let value = self[place]
            found &+= value != last ? 1 : 0
            last = value
        }
        return Int(found)
    }

    /// The shortest range that holds all of them.
    fileprivate var range: Range<Int> {
        var (smallest, greatest) = (UInt32.max, UInt32(0))
        for row in 0..<count {
            smallest = Swift.min(smallest, self[row])
            greatest = Swift.max(greatest, self[row])
        }
        return count == 0 ? 0..<0 : Int(smallest)..<Int(greatest) + 1
    }

    /// How often each number of a range occurs.
    /// - Precondition: all lie in it.
    fileprivate func counts(within range: Range<Int>) -> [Int64] {
        let first = UInt32(range.lowerBound)
        // Two tables, since a number that follows itself would wait for its own count.
        var even = [Int64](repeating: 0, count: range.count)
        var odd = even
        var evens = even.mutableSpan
        var odds = odd.mutableSpan
        var row = 0
        while row + 1 < count {
            evens[Int(self[row] &- first)] &+= 1
            odds[Int(self[row + 1] &- first)] &+= 1
            row += 2
        }
        if row < count { evens[Int(self[row] &- first)] &+= 1 }
        for number in 0..<range.count { evens[number] &+= odds[number] }
        return even
    }
}
