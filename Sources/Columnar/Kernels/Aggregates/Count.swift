/// `count(*)`, and `count(x)` over values that are not null.
struct CountAccumulator: Accumulator {
    private var counts: [Int64] = []

    var memoryBytes: Int { counts.capacity * 8 }
    var mayRefuse: Bool { false }

    mutating func grow(to groups: Int) { counts.pad(to: groups, with: 0) }
    mutating func reserve(groups: Int) { counts.reserveCapacity(groups) }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) {
        guard let value = arguments.first else { return assignment.addRows(to: &counts) }
        if !value.isAllNull { assignment.addRows(of: value, to: &counts) }
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) {
        assert(other.counts.count <= mapping.count, "every group has a place here")
        let (targets, more) = (mapping.span, other.counts.span)
        var numbers = counts.mutableSpan
        for group in 0..<more.count { numbers[Int(targets[group])] &+= more[group] }
    }

    func finish(_ groups: [UInt32]) -> Vector {
        Vector(type: .integer, count: groups.count, storage: .int64(groups.map { counts[Int($0)] }))
    }

    mutating func updateFromSummary(_ summary: ColumnSummary?, rowCount: Int) -> Bool {
        guard let summary else { return false }
        counts[0] &+= Int64(rowCount - summary.nullCount)
        return true
    }

    /// Adds rows of group 0 without looking at any column.
    mutating func add(rowCount: Int) { counts[0] &+= Int64(rowCount) }
}
