/// Which group each row of a chunk belongs to. Rows of one group in a row are a run, which aggregates sum without
/// looking at groups again: an ungrouped chunk is one run, sorted times make long ones.
package struct GroupAssignment: Sendable {
    struct Run: Sendable {
        var group: Int
        var rows: Range<Int>
    }

    /// Rows of the chunk.
    package let rowCount: Int
    /// Empty when `runs` says it all.
    let groups: [UInt32]
    let runs: [Run]?

    /// Every row in group 0.
    package init(single rowCount: Int) {
        self.rowCount = rowCount
        groups = []
        runs = rowCount == 0 ? [] : [Run(group: 0, rows: 0..<rowCount)]
    }

    /// A group for each row.
    package init(_ groups: [UInt32]) {
        rowCount = groups.count
        self.groups = groups
        let source = groups.span
        let changesMax = groups.count / 16
        var (changes, last) = (0, 0)
        // Where rows come in no order, their first part tells.
        while changes < changesMax, last < source.count - 1 {
            let end = min(last + 1_024, source.count - 1)
            for row in last..<end { changes &+= source[row] == source[row + 1] ? 0 : 1 }
            last = end
        }
        guard changes < changesMax else {
            runs = groups.isEmpty ? [] : nil
            return
        }
        var found: [Run] = []
        var start = 0
        for row in 1...source.count where row == source.count || source[row] != source[start] {
            found.append(Run(group: Int(source[start]), rows: start..<row))
            start = row
        }
        assert(found.last?.rows.upperBound == rowCount, "runs make up the rows")
        runs = found
    }

    /// The same for the rows a filter kept.
    package func gather(_ rows: [UInt32]) -> GroupAssignment {
        if groups.isEmpty { return GroupAssignment(single: rows.count) }
        assert(rows.allSatisfy { $0 < rowCount }, "rows of the chunk")
        return GroupAssignment(rows.map { groups[Int($0)] })
    }

    /// Calls the step with every row and its group.
    @inline(__always)
    func forEach<Failure: Error>(_ step: (_ row: Int, _ group: Int) throws(Failure) -> Void) throws(Failure) {
        if let runs {
            for run in runs { for row in run.rows { try step(row, run.group) } }
            return
        }
        let source = groups.span
        for row in 0..<source.count { try step(row, Int(source[row])) }
    }
}
