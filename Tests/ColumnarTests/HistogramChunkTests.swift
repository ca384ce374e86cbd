import Bytes
import Columnar
import Testing

@Suite struct HistogramChunkTests {
    /// Chunks of every shape, counted at once, give the histograms of their rows counted one by one.
    @Test(arguments: [64, 65, 66]) func chunksAreCountedAsTheirRows(seed: UInt64) throws {
        var random = RandomScalars(seed: seed)
        let spreads: [(low: Int64, width: Int)] = [
            (1, 3), (1_000_000, 40_000_000), (0, 2), (-40, 81), (-9_000_000, 8_000_000), (5, 1 << 40),
        ]
        // One group, runs, rows by rows, and more groups than rows.
        for (groups, isSorted) in [(1, true), (3, true), (3, false), (40, false), (2_000, false)] {
            var parts = (0..<2).map { _ in AggregateStates.histogram(.integer) }
            var plain = [ExponentialHistogram](repeating: ExponentialHistogram(), count: groups)
            for index in parts.indices { parts[index].grow(to: groups) }
            for count in [1, 7, 900, 33, 900, 1_400, 0] {
                var (values, numbers): ([Scalar], [UInt32]) = ([], [])
                let (hasNulls, spread) = (random.below(2) == 0, spreads[random.below(spreads.count)])
                for row in 0..<count {
                    let group = isSorted ? row * groups / count : random.below(groups)
                    // Each group has a width of its own, from one bucket to more than a run holds.
                    let width = random.below(30) == 0 ? 1 << 62 : spread.width >> (group % 4) + 1
                    let value = random.below(2_000) == 0 ? Int64.min : spread.low + Int64(random.below(width))
                    let isNull = hasNulls && random.below(6) == 0
                    values.append(isNull ? .null : .integer(value))
                    numbers.append(UInt32(group))
                    if !isNull { plain[group].add(value) }
                }
                let assignment = groups == 1 ? GroupAssignment(single: count) : GroupAssignment(numbers)
                try parts[random.below(2)].update([Vector(type: .integer, scalars: values)], assignment)
            }
            let mapping = (0..<UInt32(groups)).map { $0 }
            try parts[0].merge(parts[1], mapping)
            let found = try parts[0].finish(mapping)
            for group in 0..<groups {
                let text = plain[group].count > 1 ? String(decoding: plain[group].text, as: UTF8.self) : nil
                #expect(found.scalar(at: group) == text.map { .text($0) } ?? .null, "seed \(seed), \(groups) groups")
            }
        }
    }

    private static let fractions = [0, 0.2, 0.5, 0.95, 0.99, 1]

    private static func percentiles() -> any Accumulator {
        AggregateStates.approximatePercentile(
            .integer, fractions: fractions, asArray: true, type: .array(.double))
    }

    private static func percentiles(of histogram: ExponentialHistogram) -> Scalar {
        histogram.count == 0 ? .null : .array(fractions.map { .double(histogram.quantile($0) ?? .nan) })
    }

    /// Percentiles of groups whose values wait until they are asked for are those of histograms that count each value
    /// as it comes; whoever shares the work.
    @Test(arguments: [67, 68, 69]) func percentilesAreThoseOfAllValues(seed: UInt64) throws {
        var random = RandomScalars(seed: seed)
        for groups in [1, 5, 300] {
            var parts = (0..<2).map { _ in Self.percentiles() }
            var plain = [ExponentialHistogram](repeating: ExponentialHistogram(), count: groups)
            for index in parts.indices { parts[index].grow(to: groups) }
            for count in [1, 40, 3_000, 6_000, 500, 6_000, 0] {
                var (values, numbers): ([Scalar], [UInt32]) = ([], [])
                let (hasNulls, isSorted) = (random.below(3) == 0, random.below(2) == 0)
                // Some chunks have values that no bucket holds, some such as cannot wait.
                let low = Int64(random.below(3)) * 2_000_000 - 1_000_000
                let widest = random.below(3) == 0 ? 60 : 50
                for row in 0..<count {
                    let group = isSorted ? row * groups / count : random.below(groups)
                    // The first group has values of all sizes.
                    let width = group == 0 ? 1 << widest : 1 << (10 + group % 24)
                    let value = low + Int64(random.below(width))
                    let isNull = hasNulls && random.below(6) == 0
                    values.append(isNull ? .null : .integer(value))
                    numbers.append(UInt32(group))
                    if !isNull { plain[group].add(value) }
                }
                let assignment =
                    groups == 1 ? GroupAssignment(single: count) : GroupAssignment(numbers, countsRows: true)
                try parts[random.below(2)].update([Vector(type: .integer, scalars: values)], assignment)
            }
            // The other's groups are numbered the other way round.
            let mapping = (0..<UInt32(groups)).map { UInt32(groups) - 1 - $0 }
            var merged = Self.percentiles()
            merged.grow(to: groups)
            for part in parts { try merged.merge(part, mapping) }
            let backwards = KernelHelpers { count, job in for index in (0..<count).reversed() { job(index) } }
            for found in [
                try merged.finish(mapping), try merged.finish(mapping, KernelWatch { true }, backwards),
            ] {
                for group in 0..<groups {
                    let wanted = Self.percentiles(of: plain[group])
                    #expect(found.scalar(at: group) == wanted, "seed \(seed), group \(group) of \(groups)")
                }
            }
        }
    }

    /// However many values come, no more of them wait than take eight mebibytes.
    @Test func notAllValuesWait() throws {
        let (groups, rows) = (300, 30_000)
        var random = RandomScalars(seed: 70)
        var state = Self.percentiles()
        state.grow(to: groups)
        var plain = [ExponentialHistogram](repeating: ExponentialHistogram(), count: groups)
        let assignment = GroupAssignment((0..<rows).map { UInt32($0 % groups) }, countsRows: true)
        var most = 0
        for _ in 0..<48 {
            let values = (0..<rows).map { _ in Int64(1_000_000 + random.below(1 << 30)) }
            for row in values.indices { plain[row % groups].add(values[row]) }
            try state.update([Vector(type: .integer, count: rows, storage: .int64(values))], assignment)
            most = max(most, state.memoryBytes)
        }
        // Histograms of eight kilobytes at most, and what waits.
        #expect(most < groups * (8_192 + 512) + 8_900_000)
        let found = try state.finish((0..<UInt32(groups)).map { $0 })
        for group in 0..<groups { #expect(found.scalar(at: group) == Self.percentiles(of: plain[group])) }
    }

    /// Histograms written as texts add up to that of all their values, whatever each holds; a text with a character
    /// that is none of its digits is refused, wherever it stands.
    @Test(arguments: [71, 72, 73]) func textsAddUp(seed: UInt64) throws {
        var random = RandomScalars(seed: seed)
        let spreads: [(low: Int64, width: Int)] = [
            (1, 3), (1_000_000, 40_000_000), (0, 2), (-40, 81), (-9_000_000, 8_000_000), (5, 1 << 40), (7, 1 << 62),
        ]
        for count in [1, 2, 3, 12, 12, 12] {
            var (all, merged) = (ExponentialHistogram(), ExponentialHistogram())
            for _ in 0..<count {
                let spread = spreads[random.below(spreads.count)]
                var part = ExponentialHistogram()
                for _ in 0..<[1, 20, 34, 700][random.below(4)] {
                    let value =
                        random.below(500) == 0 ? Int64.min : spread.low + Int64(random.below(spread.width))
                    part.add(value)
                    all.add(value)
                }
                let text = part.text
                try merged.merge(text: text[...])
                var damaged = text
                damaged[random.below(text.count)] = UInt8(ascii: "!")
                var other = ExponentialHistogram()
                #expect(throws: DecodingError.self) { try other.merge(text: damaged[...]) }
            }
            #expect(merged.text == all.text && merged.count == all.count, "seed \(seed), \(count) texts")
        }
    }
}
