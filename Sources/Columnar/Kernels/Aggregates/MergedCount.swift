/// The sum of counts, 0 of none: `count` over rows that stand for several.
struct MergedCountAccumulator: Accumulator {
    private var counts: [Int64] = []

    var memoryBytes: Int { counts.capacity * 8 }

    mutating func grow(to groups: Int) { counts.pad(to: groups, with: 0) }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) {
        let value = arguments[0]
        if value.isAllNull { return }
        switch (value.storage, value.validity) {
        case (.int64(let values), nil): assignment.forEach { row, group in counts[group] &+= values[row] }
        case (.constant(.integer(let number)), _): assignment.forEach { _, group in counts[group] &+= number }
        default: assignment.forEach { row, group in counts[group] &+= value.wholeNumber(at: row) }
        }
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) {
        for (group, count) in other.counts.enumerated() { counts[Int(mapping[group])] &+= count }
    }

    func finish(_ groups: [UInt32]) -> Vector {
        Vector(type: .integer, count: groups.count, storage: .int64(groups.map { counts[Int($0)] }))
    }

    mutating func updateFromSummary(_ summary: ColumnSummary?, rowCount: Int) -> Bool {
        guard let sum = summary?.sum, let narrow = Int64(exactly: sum) else { return false }
        counts[0] &+= narrow
        return true
    }
}

extension Vector {
    /// The whole number of a row; 0 where it has none.
    func wholeNumber(at row: Int) -> Int64 {
        switch storage {
        case .int64(let values): return validity?[row] ?? true ? values[row] : 0
        default: if case .integer(let value) = scalar(at: row) { return value } else { return 0 }
        }
    }
}
