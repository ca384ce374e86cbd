import Columnar

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
        let truth = TruthTable(arguments[0])
        assignment.forEach { row, group in if truth.isKnown(row) { take(truth.values[row], group) } }
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) {
        for (group, value) in other.results.enumerated() { if let value { take(value, Int(mapping[group])) } }
    }

    func finish(_ groups: [UInt32]) -> Vector {
        Vector(type: .boolean, scalars: groups.map { results[Int($0)].map { .boolean($0) } ?? .null })
    }
}
