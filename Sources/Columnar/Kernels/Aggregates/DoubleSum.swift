/// `sum` and `avg` of doubles, with the rounding error of every addition carried along (Neumaier's compensated
/// summation).
struct DoubleSumAccumulator: Accumulator {
    let isAverage: Bool
    private var sums: [Double] = []
    private var errors: [Double] = []
    private var counts: [Int64] = []
    /// Whether an infinity or NaN came in: then the sum may be one, too.
    private var hasInfinite: [Bool] = []

    init(isAverage: Bool) { self.isAverage = isAverage }

    var memoryBytes: Int { (sums.capacity + errors.capacity + counts.capacity) * 8 }

    mutating func grow(to groups: Int) {
        sums.pad(to: groups, with: 0)
        errors.pad(to: groups, with: 0)
        counts.pad(to: groups, with: 0)
        hasInfinite.pad(to: groups, with: false)
    }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) {
        let value = arguments[0]
        if value.isAllNull { return }
        let dense = value.hasNoNulls
        switch value.doubles {
        case .array(let values)?:
            assignment.forEach { row, group in if dense || !value.isNull(row) { take(values[row], group) } }
        case .constant(let constant)?: assignment.forEach { _, group in take(constant, group) }
        case nil:
            assignment.forEach { row, group in
                if case .double(let number) = value.scalar(at: row) { take(number, group) }
            }
        }
    }

    @inline(__always)
    private mutating func take(_ value: Double, _ group: Int) {
        if !value.isFinite { hasInfinite[group] = true }
        add(value, 1, group)
    }

    @inline(__always)
    private mutating func add(_ value: Double, _ count: Int64, _ group: Int) {
        let sum = sums[group] + value
        if sum.isFinite {
            errors[group] += abs(sums[group]) >= abs(value) ? (sums[group] - sum) + value : (value - sum) + sums[group]
        }
        sums[group] = sum
        counts[group] &+= count
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) {
        for group in other.sums.indices {
            add(other.sums[group], other.counts[group], Int(mapping[group]))
            errors[Int(mapping[group])] += other.errors[group]
            if other.hasInfinite[group] { hasInfinite[Int(mapping[group])] = true }
        }
    }

    /// - Throws: where finite values make an infinite sum.
    func finish(_ groups: [UInt32]) throws(KernelError) -> Vector {
        Vector(
            type: .double,
            scalars: try groups.map { (group) throws(KernelError) -> Scalar in
                let index = Int(group)
                guard counts[index] > 0 else { return .null }
                if !sums[index].isFinite, !hasInfinite[index] { throw KernelError.outOfRange(.double) }
                let sum = sums[index].isFinite ? sums[index] + errors[index] : sums[index]
                return .double(isAverage ? sum / Double(counts[index]) : sum)
            })
    }
}
