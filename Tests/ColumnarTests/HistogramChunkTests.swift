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
