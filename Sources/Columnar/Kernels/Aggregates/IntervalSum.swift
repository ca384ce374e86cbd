/// `sum` and `avg` of intervals, part by part.
struct IntervalSumAccumulator: Accumulator {
    let isAverage: Bool
    private var sums: [Interval] = []
    private var counts: [Int64] = []

    init(isAverage: Bool) { self.isAverage = isAverage }

    var memoryBytes: Int { sums.capacity * 24 + counts.capacity * 8 }

    mutating func grow(to groups: Int) {
        sums.pad(to: groups, with: Interval())
        counts.pad(to: groups, with: 0)
    }

    private mutating func add(_ value: Interval, _ count: Int64, _ group: Int) throws(KernelError) {
        guard let sum = IntervalMath.add(sums[group], value) else { throw KernelError.intervalOverflow }
        sums[group] = sum
        counts[group] &+= count
    }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) throws(KernelError) {
        if case .interval(let values) = arguments[0].storage {
            let validity = arguments[0].validity
            return try assignment.forEach { (row, group) throws(KernelError) in
                if validity?[row] ?? true { try add(values[row], 1, group) }
            }
        }
        try assignment.forEach { (row, group) throws(KernelError) in
            if case .interval(let value) = arguments[0].scalar(at: row) { try add(value, 1, group) }
        }
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) throws(KernelError) {
        for group in other.sums.indices { try add(other.sums[group], other.counts[group], Int(mapping[group])) }
    }

    func finish(_ groups: [UInt32]) throws(KernelError) -> Vector {
        Vector(
            type: .interval,
            scalars: try groups.map { (group) throws(KernelError) -> Scalar in
                let index = Int(group)
                guard counts[index] > 0 else { return .null }
                if !isAverage { return .interval(sums[index]) }
                guard let average = IntervalMath.divide(sums[index], by: Double(counts[index]))
                else { throw KernelError.intervalOverflow }
                return .interval(average)
            })
    }
}
