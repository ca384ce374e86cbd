import Columnar
import Testing

/// Sums take 64 bits a group as long as what has come cannot come to more, and 128 from then on: the results are those
/// of 128 bits throughout.
@Suite struct SumWidthTests {
    private struct Part {
        var values: [Int64]
        var groups: [UInt32]
        var validity: Validity?
    }

    private static func part(_ random: inout RandomScalars, rows: Int, groups: Int, bits: Int, form: Int) -> Part {
        // In runs; few groups; a group for every other row.
        let numbers = (0..<rows).map { row in
            UInt32([row * 20 / rows, random.below(min(groups, 5)), random.below(groups)][form])
        }
        var validity = Validity(count: rows, allValid: true)
        let values = (0..<rows).map { row -> Int64 in
            if form == 1, random.below(9) == 0 {
                validity[row] = false
                return 0
            }
            let magnitude = Int64(random.below(1 << 31)) << 31 | Int64(random.below(1 << 31))
            let value = bits == 0 ? 0 : magnitude >> Int64(62 - bits)
            return random.below(3) == 0 ? -value : value
        }
        return Part(values: values, groups: numbers, validity: validity.nullCount > 0 ? validity : nil)
    }

    private static func vector(_ part: Part) -> Vector {
        Vector(
            type: .numeric(scale: 12), count: part.values.count, storage: .int64(part.values), validity: part.validity)
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func anyPartsComeToTheSame(seed: UInt64) throws {
        var random = RandomScalars(seed: seed)
        let groups = 400
        let type = ColumnType.numeric(scale: 12)
        for round in 0..<12 {
            var sums = [Int128](repeating: 0, count: groups)
            var counts = [Int](repeating: 0, count: groups)
            // The second one's groups are numbered the other way round.
            let mappings = [(0..<UInt32(groups)).map { $0 }, (0..<UInt32(groups)).map { UInt32(groups) - 1 - $0 }]
            var states = try (0..<2).map { _ in try #require(AggregateStates.sum(type, type: type)) }
            var averages = try (0..<2).map { _ in
                try #require(AggregateStates.sum(type, type: .double, isAverage: true))
            }
            for index in states.indices {
                states[index].grow(to: groups)
                averages[index].grow(to: groups)
            }
            for step in 0..<6 {
                // Few bits for long, then more, up to all.
                let bits = [0, 20, 40, 52, 61, 62][min(step, round % 6)]
                let part = Self.part(&random, rows: 800, groups: groups, bits: bits, form: random.below(3))
                let state = random.below(2)
                for row in part.values.indices where part.validity?[row] ?? true {
                    let group = Int(mappings[state][Int(part.groups[row])])
                    sums[group] += Int128(part.values[row])
                    counts[group] += 1
                }
                try states[state].update([Self.vector(part)], GroupAssignment(part.groups, below: groups))
                try averages[state].update([Self.vector(part)], GroupAssignment(part.groups, below: groups))
            }
            let order = [[0, 1], [1, 0]][round % 2]
            var merged = try #require(AggregateStates.sum(type, type: type))
            var merges = try #require(AggregateStates.sum(type, type: .double, isAverage: true))
            merged.grow(to: groups)
            merges.grow(to: groups)
            for index in order {
                try merged.merge(states[index], mappings[index])
                try merges.merge(averages[index], mappings[index])
            }
            let all = (0..<UInt32(groups)).map { $0 }
            let (found, means) = (try merged.finish(all), try merges.finish(all))
            for group in 0..<groups {
                let isNone = counts[group] == 0
                #expect(
                    found.scalar(at: group) == (isNone ? .null : .numeric(sums[group], scale: 12)),
                    "seed \(seed), round \(round), group \(group)")
                let mean = Decimal128.toDouble(sums[group], scale: 12) / Double(max(1, counts[group]))
                #expect(means.scalar(at: group) == (isNone ? .null : .double(mean)), "seed \(seed), round \(round)")
            }
        }
    }

    @Test func manySmallSumsTakeHalfTheRoom() throws {
        let groups = 10_000
        func state(_ value: Int64) throws -> any Accumulator {
            var state = try #require(AggregateStates.sum(.integer, type: .numeric(scale: 0)))
            state.grow(to: groups)
            let values = [Int64](repeating: value, count: groups)
            try state.update(
                [Vector(type: .integer, count: groups, storage: .int64(values))],
                GroupAssignment((0..<UInt32(groups)).map { $0 }))
            return state
        }
        let (small, large) = (try state(1_000_000_000_000), try state(.max))
        // Beside how many values each group has.
        #expect(small.memoryBytes < groups * 17 && large.memoryBytes >= groups * 24)
        for (state, value) in [(small, 1_000_000_000_000), (large, Int64.max), (try state(.min), .min)] {
            let found = try state.finish((0..<UInt32(groups)).map { $0 })
            #expect((0..<groups).allSatisfy { found.scalar(at: $0) == .numeric(Int128(value), scale: 0) })
        }
    }

    /// The bound of what may come counts every value without its sign, so that no order of them matters.
    @Test func sumsAtTheEdgeOfSixtyFourBits() throws {
        let half: Int64 = 1 << 61
        for values in [[Int64.max, 1, -1], [.max, .max, .min, .min], [.min, .min], [half, half, half, half]] {
            var state = try #require(AggregateStates.sum(.integer, type: .numeric(scale: 0)))
            state.grow(to: 1)
            for value in values {
                try state.update(
                    [Vector(type: .integer, count: 1, storage: .int64([value]))], GroupAssignment(single: 1))
            }
            let sum = values.reduce(Int128(0)) { $0 + Int128($1) }
            #expect(try state.finish([0]).scalar(at: 0) == .numeric(sum, scale: 0))
        }
        // So little comes at a time that none of it reaches far.
        var state = try #require(AggregateStates.sum(.integer, type: .numeric(scale: 0)))
        state.grow(to: 1)
        for _ in 0..<40 {
            try state.update(
                [Vector(type: .integer, count: 2, storage: .int64([1 << 57, 1 << 57]))], GroupAssignment(single: 2))
        }
        #expect(try state.finish([0]).scalar(at: 0) == .numeric(Int128(1 << 57) * 80, scale: 0))
    }
}
