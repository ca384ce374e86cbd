import Columnar
import Testing

/// Values that are counted once a group, few and dense or many and sparse: what keeps the pairs changes with what
/// comes, and the counts are those of a plain set.
@Suite struct DistinctPairsTests {
    /// How many groups and values there may be, and how many rows come.
    struct Shape: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var groups: Int
        var values: Int
        var rows: Int
    }

    static let shapes = [
        Shape(testDescription: "one group, many values", groups: 1, values: 40_000, rows: 60_000),
        Shape(testDescription: "many groups, few values", groups: 20_000, values: 5, rows: 60_000),
        Shape(testDescription: "days of users", groups: 9, values: 6_000, rows: 60_000),
        // Bits would take 128 times as much as the pairs.
        Shape(testDescription: "values nearly in groups of their own", groups: 8_000, values: 8_000, rows: 24_000),
        Shape(testDescription: "more groups than values, sparse", groups: 30_000, values: 4_000, rows: 40_000),
    ]

    /// Each value is of one group or of a few, as a conversation's user is: the values are chained, one state's and
    /// then both's.
    @Test(arguments: [1, 3, 30]) func valuesThatTellTheirGroup(groupsOfValue: Int) throws {
        var random = RandomScalars(seed: 72)
        let (groups, values) = (3_000, 30_000)
        var expected = [Set<Int64>](repeating: [], count: groups)
        var states = (0..<2).map { _ in
            AggregateStates.distinct(.integer, isCount: true, orderKeys: 0, AggregateStates.count())
        }
        for index in states.indices { states[index].grow(to: groups) }
        for chunk in 0..<60 {
            let numbers = (0..<1_000).map { _ in Int64(random.below(values)) }
            let own = numbers.map { UInt32((Int($0) + random.below(groupsOfValue) * 97) % groups) }
            for (group, number) in zip(own, numbers) { expected[Int(group)].insert(number) }
            let column = Vector(type: .integer, count: 1_000, storage: .int64(numbers))
            try states[chunk % 2].update([column], GroupAssignment(own))
        }
        let same = (0..<UInt32(groups)).map { $0 }
        var merged = states[0]
        try merged.merge(states[1], same)
        let found = try merged.finish(same)
        #expect((0..<groups).allSatisfy { found.scalar(at: $0) == .integer(Int64(expected[$0].count)) })
    }

    @Test(arguments: shapes) func countsAreThoseOfASet(shape: Shape) throws {
        var random = RandomScalars(seed: 71)
        var expected = [Set<Int64>](repeating: [], count: shape.groups)
        var states = (0..<2).map { _ in
            AggregateStates.distinct(.integer, isCount: true, orderKeys: 0, AggregateStates.count())
        }
        // Groups and values come to be known step by step, and in runs or row by row.
        for start in stride(from: 0, to: shape.rows, by: 1_000) {
            let known = max(1, shape.groups * (start + 1_000) / shape.rows)
            let inRuns = start / 1_000 % 2 == 0
            let groups = (0..<1_000).map { row in
                UInt32(inRuns ? (row / 250) % known : random.below(known))
            }
            let values = groups.map { group -> Scalar in
                if random.below(50) == 0 { return .null }
                let value = Int64(random.below(shape.values)) - 100
                expected[Int(group)].insert(value)
                return .integer(value)
            }
            let state = random.below(2)
            states[state].grow(to: known)
            try states[state].update([Vector(type: .integer, scalars: values)], GroupAssignment(groups))
        }
        for index in states.indices { states[index].grow(to: shape.groups) }
        // The second one's groups are numbered the other way round here.
        var merged = AggregateStates.distinct(.integer, isCount: true, orderKeys: 0, AggregateStates.count())
        merged.grow(to: shape.groups)
        let same = (0..<UInt32(shape.groups)).map { $0 }
        for state in states { try merged.merge(state, same) }
        let found = try merged.finish(same)
        #expect((0..<shape.groups).allSatisfy { found.scalar(at: $0) == .integer(Int64(expected[$0].count)) })
        var turned = AggregateStates.distinct(.integer, isCount: true, orderKeys: 0, AggregateStates.count())
        turned.grow(to: shape.groups)
        for state in states.reversed() { try turned.merge(state, same.reversed()) }
        let foundTurned = try turned.finish(same.reversed())
        #expect((0..<shape.groups).allSatisfy { foundTurned.scalar(at: $0) == .integer(Int64(expected[$0].count)) })
        // One that knows few of them takes in one that knows many as it would by itself.
        var small = AggregateStates.distinct(.integer, isCount: true, orderKeys: 0, AggregateStates.count())
        small.grow(to: shape.groups)
        try small.update([Vector(type: .integer, scalars: [.integer(-100)])], GroupAssignment([0]))
        try small.merge(merged, same)
        expected[0].insert(-100)
        let foundSmall = try small.finish(same)
        #expect((0..<shape.groups).allSatisfy { foundSmall.scalar(at: $0) == .integer(Int64(expected[$0].count)) })
        #expect(small.memoryBytes < 3 * merged.memoryBytes, "\(small.memoryBytes) and \(merged.memoryBytes)")
        // A row of bits for each of 8,000 groups would take 8 MB.
        #expect(merged.memoryBytes < 4 << 20, "\(merged.memoryBytes)")
    }
}
