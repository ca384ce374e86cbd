/// `bool_and` and `bool_or`.
struct BooleanAccumulator: Accumulator {
    private let isAnd: Bool
    /// nil until a value came.
    private var results: [Bool?] = []

    init(isAnd: Bool) { self.isAnd = isAnd }

    var memoryBytes: Int { results.capacity }

    mutating func grow(to groups: Int) { results.pad(to: groups, with: nil) }

    private mutating func take(_ value: Bool, _ group: Int) {
        let known = results[group] ?? isAnd
        results[group] = isAnd ? known && value : known || value
    }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) {
        let value = arguments[0]
        if value.isAllNull { return }
        guard case .boolean(let values) = value.storage else {
            assignment.forEach { row, group in
                if case .boolean(let truth) = value.scalar(at: row) { take(truth, group) }
            }
            return
        }
        let dense = value.hasNoNulls
        assignment.forEach { row, group in if dense || !value.isNull(row) { take(values[row], group) } }
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) {
        for (group, value) in other.results.enumerated() { if let value { take(value, Int(mapping[group])) } }
    }

    func finish(_ groups: [UInt32]) -> Vector {
        Vector(type: .boolean, scalars: groups.map { results[Int($0)].map { .boolean($0) } ?? .null })
    }
}
