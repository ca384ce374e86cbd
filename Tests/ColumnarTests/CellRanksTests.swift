import Columnar
import Testing

/// Ranks that are found by cells are those of a histogram of all values.
@Suite struct CellRanksTests {
    private static let fractions = [0, 0.01, 0.5, 0.95, 0.99, 1, 0.25]

    private static func expect(
        _ values: [Int64], by ranks: inout CellRanks, parts: Int, _ comment: Comment,
        _ location: SourceLocation = #_sourceLocation
    ) {
        ranks.removeAll()
        var histogram = ExponentialHistogram()
        histogram.add(values)
        for part in 0..<parts {
            ranks.add(values[part * values.count / parts..<(part + 1) * values.count / parts])
        }
        let wanted = fractions.compactMap { histogram.quantile($0) }
        #expect(ranks.quantiles(fractions) == wanted, comment, sourceLocation: location)
    }

    /// Values of any size, few and many, which lie near each other or far apart; one state serves one group after the
    /// other.
    @Test(arguments: [81, 82, 83]) func ranksAreThoseOfHistograms(seed: UInt64) {
        var random = RandomScalars(seed: seed)
        var ranks = CellRanks()
        for round in 0..<200 {
            let count = random.below([2, 60, 2_500][round % 3])
            let (bits, start) = (random.below(51) + 1, Int64(1) << Int64(random.below(51)))
            let values = (0..<count).map { _ in
                let wide = Int64(random.below(1 << bits) + 1)
                return random.below(4) == 0 ? wide : start + Int64(random.below(Int(start)))
            }
            Self.expect(values, by: &ranks, parts: 1 + round % 4, "seed \(seed), round \(round)")
        }
    }

    /// Wherever a bucket ends, the values on both sides of its end are told apart: whole numbers from 1 to 2^52.
    @Test func valuesAtBoundariesAreToldApart() {
        var ranks = CellRanks()
        for octave in 0..<52 {
            var values: [Int64] = []
            for part in 0..<128 {
                // 2^(octave + part / 128), by square roots.
                var boundary = Double(Int64(1) << Int64(octave))
                var root = 2.0
                for bit in 0..<7 {
                    root = root.squareRoot()
                    if part >> (6 - bit) & 1 != 0 { boundary *= root }
                }
                for step in -1...1 as ClosedRange<Int64> {
                    let value = Int64(boundary) + step
                    if value >= 1, value < 1 << 52 { values.append(value) }
                }
            }
            Self.expect(values, by: &ranks, parts: 1, "octave \(octave)")
            for first in stride(from: 0, to: values.count - 60, by: 30) {
                Self.expect(Array(values[first..<first + 60]), by: &ranks, parts: 1, "octave \(octave), \(first)")
            }
        }
    }

    @Test func onlyWholeNumbersBelowTwoToThe52AreTaken() {
        func isTaken(_ values: [Int64]) -> Bool { CellRanks.takes(values.span) }
        for values in [[], [1], [1, 7, 1 << 52 - 1]] as [[Int64]] { #expect(isTaken(values)) }
        for value in [0, -1, 1 << 52, .min, .max] as [Int64] { #expect(!isTaken([5, value, 9]), "\(value)") }
    }

    /// Values are gone through once for all ranks, and once more for each rank at most; for which are the outermost
    /// ones only where these are asked for.
    @Test func valuesAreGoneThroughFewTimes() {
        var random = RandomScalars(seed: 84)
        let values = (0..<10_000).map { _ in Int64(1_000_000 + random.below(1 << 30)) }
        var ranks = CellRanks()
        ranks.add(values[...])
        _ = ranks.quantiles([0.3, 0.5, 0.7])
        #expect((values.count...4 * values.count).contains(ranks.looks))
        let before = ranks.looks
        _ = ranks.quantiles([0, 1])
        #expect(ranks.looks - before == 2 * values.count)
    }
}
