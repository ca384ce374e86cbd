import Columnar
import Testing

/// Percentiles of so many values that these are searched, not sorted: each is the value at its place in their order.
@Suite struct PercentileSearchTests {
    private static let fractions = [0, 0.25, 0.5, 0.95, 0.999, 1]

    /// Pseudorandom numbers below `bound`, some apart by far.
    private func numbers(_ count: Int, below bound: UInt64, step: Int64, seed: UInt64) -> [Int64] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (Int64((state >> 16) % bound) - Int64(bound / 2)) * step
        }
    }

    @Test(arguments: [
        (UInt64(1), Int64(1)), (3, 1), (100, 1_000_000_007), (2_000, 1), (10_000_000_000, 1), (1 << 40, 1 << 20),
    ])
    func eachIsTheValueAtItsPlace(_ bound: UInt64, _ step: Int64) throws {
        // The first group is searched; beside it the second, which is sorted.
        let groups = [(20_000, 7), (900, 8)].map { numbers($0, below: bound, step: step, seed: $1) }
        for isDescending in [false, true] {
            func state(isContinuous: Bool) -> any Accumulator {
                AggregateStates.percentile(
                    .integer, fractions: Self.fractions, asArray: true, isContinuous: isContinuous,
                    isDescending: isDescending, type: .array(isContinuous ? .double : .integer))
            }
            for count in [1, 2] {
                var (discrete, continuous) = (state(isContinuous: false), state(isContinuous: true))
                let values = groups[..<count].flatMap { $0 }
                let owners = groups[..<count].enumerated().flatMap { [UInt32](repeating: UInt32($0), count: $1.count) }
                let chunk = Vector(type: .integer, scalars: values.map { .integer($0) } + [.null])
                discrete.grow(to: count)
                continuous.grow(to: count)
                try discrete.update([chunk], GroupAssignment(owners + [0]))
                try continuous.update([chunk], GroupAssignment(owners + [0]))
                for group in 0..<count {
                    let sorted = groups[group].sorted { isDescending ? $0 > $1 : $0 < $1 }
                    #expect(try discrete.finish([UInt32(group)]).scalar(at: 0) == .array(Self.discrete(sorted)))
                    #expect(try continuous.finish([UInt32(group)]).scalar(at: 0) == .array(Self.continuous(sorted)))
                }
            }
        }
    }

    /// Doubles that come many at a time are as if they came one by one, whatever stands among them.
    @Test(arguments: [(9_000, 5, false), (9_000, 3, true), (300, 7, false)])
    func doublesInPieces(rows: Int, groups: Int, inRuns: Bool) throws {
        var random = SampleGenerator(state: 9)
        let edges: [Double] = [.nan, -.infinity, .infinity, -0.0, 0, 1.5, -2.25]
        let values = (0..<rows).map { _ -> Double in
            let draw = random.next()
            return draw % 11 == 0 ? edges[Int(draw >> 8) % edges.count] : Double(draw % 1_000) / 8
        }
        let owners = (0..<rows).map { UInt32(inRuns ? $0 * groups / rows : $0 * 7 % groups) }
        func state() -> any Accumulator {
            var state = AggregateStates.percentile(
                .double, fractions: Self.fractions, asArray: true, isContinuous: false, isDescending: false,
                type: .array(.double))
            state.grow(to: groups)
            return state
        }
        var (whole, single) = (state(), state())
        try whole.update([Vector(type: .double, count: rows, storage: .double(values))], GroupAssignment(owners))
        for row in 0..<rows {
            let value = Vector(type: .double, count: 1, storage: .double([values[row]]))
            try single.update([value], GroupAssignment([owners[row]]))
        }
        let all = (0..<UInt32(groups)).map { $0 }
        let (found, expected) = (try whole.finish(all), try single.finish(all))
        // What is no number equals nothing.
        for group in 0..<groups { #expect("\(found.scalar(at: group))" == "\(expected.scalar(at: group))") }
    }

    private static let helpers = KernelHelpers { count, job in
        for index in (0..<count).reversed() { job(index) }
    }

    /// Values that come in pieces of any size, in runs or not, with nulls, to several states one of which takes in the
    /// others, also such as had taken in others; finished by one or by several.
    @Test(arguments: 1...12 as ClosedRange<UInt64>) func piecesMakeUpTheirGroups(seed: UInt64) throws {
        var random = SampleGenerator(state: seed)
        func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
        let groups = [1, 2, 9, 300][Int(seed % 4)]
        var states = (0..<4).map { _ in
            AggregateStates.percentile(
                .integer, fractions: Self.fractions, asArray: true, isContinuous: false, isDescending: false,
                type: .array(.integer))
        }
        // Each numbers the groups in its own way.
        let names = (0..<4).map { _ in (0..<UInt32(groups)).map { $0 }.shuffled(using: &random) }
        var values = [[Int64]](repeating: [], count: groups)
        for step in 0..<24 {
            let rows = [1, 90, 4_095, 4_096, 30_000][below(5)]
            let (state, isDense, isRun) = (below(4), below(3) > 0, below(3) == 0)
            let drawn = numbers(rows, below: 5_000, step: 7, seed: random.next())
            let owners = (0..<rows).map { UInt32(isRun ? $0 / 500 % groups : below(groups)) }
            let isNull = (0..<rows).map { _ in !isDense && below(5) == 0 }
            for row in 0..<rows where !isNull[row] { values[Int(names[state][Int(owners[row])])].append(drawn[row]) }
            let chunk = Vector(
                type: .integer, scalars: (0..<rows).map { isNull[$0] ? .null : .integer(drawn[$0]) })
            states[state].grow(to: groups)
            let assignment =
                groups == 1 && step % 2 == 0 ? GroupAssignment(single: rows) : GroupAssignment(owners, below: groups)
            try states[state].update([chunk], assignment)
        }
        for state in states.indices { states[state].grow(to: groups) }
        // The second takes in the third, the first the fourth and what the second has become.
        func mapping(_ from: Int, _ to: Int) -> [UInt32] {
            var back = [UInt32](repeating: 0, count: groups)
            for group in 0..<groups { back[Int(names[to][group])] = UInt32(group) }
            return names[from].map { back[Int($0)] }
        }
        try states[1].merge(states[2], mapping(2, 1))
        try states[0].merge(states[3], mapping(3, 0))
        try states[0].merge(states[1], mapping(1, 0))
        let wanted = (0..<UInt32(groups)).map { $0 }.shuffled(using: &random)
        let alone = try states[0].finish(wanted)
        let shared = try states[0].finish(wanted, KernelWatch { true }, Self.helpers)
        for (place, group) in wanted.enumerated() {
            let sorted = values[Int(names[0][Int(group)])].sorted()
            let expected = sorted.isEmpty ? Scalar.null : .array(Self.discrete(sorted))
            #expect(alone.scalar(at: place) == expected, "seed \(seed), group \(group)")
            #expect(shared.scalar(at: place) == expected, "seed \(seed), group \(group)")
        }
        if groups > 1 {
            #expect(throws: KernelError.stopped) { try states[0].finish(wanted, KernelWatch { false }, Self.helpers) }
        }
    }

    private static func discrete(_ sorted: [Int64]) -> [Scalar] {
        fractions.map { fraction in
            .integer(sorted[max(0, Int((fraction * Double(sorted.count)).rounded(.up)) - 1)])
        }
    }

    private static func continuous(_ sorted: [Int64]) -> [Scalar] {
        fractions.map { fraction in
            let place = fraction * Double(sorted.count - 1)
            let (low, high) = (Int(place.rounded(.down)), Int(place.rounded(.up)))
            let (first, second) = (Double(sorted[low]), Double(sorted[high]))
            return .double(low == high ? first : first + (place - Double(low)) * (second - first))
        }
    }
}
