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
