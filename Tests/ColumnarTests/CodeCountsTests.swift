import Columnar
import Testing

/// Pairs of groups and texts, held against a plain list of them.
@Suite struct CodeCountsTests {
    private struct Pair: Hashable {
        var group: UInt32
        var text: Scalar
    }

    @Test(arguments: [(1, 1), (3, 40), (40, 3), (200, 300)]) func pairsAreThoseOfAList(groups: Int, texts: Int) throws {
        var random = RandomScalars(seed: 91)
        for rows in [0, 1, 64, 500, 5_000] {
            let numbers = (0..<rows).map { _ in UInt32(random.below(groups)) }
            let values = (0..<rows).map { _ -> Scalar in
                let text = random.below(texts + 1)
                return text == texts ? .null : .text("text \(text)")
            }
            let column = Vector(type: .text, scalars: values)
            guard let counted = CodeCounts(numbers, groupCount: groups, of: column) else {
                // Nothing but nulls may come without codes.
                #expect(rows == 0 || values.allSatisfy(\.isNull))
                continue
            }
            var (order, counts): ([Pair], [Pair: Int64]) = ([], [:])
            for (group, text) in zip(numbers, values) {
                let pair = Pair(group: group, text: text)
                if counts[pair] == nil { order.append(pair) }
                counts[pair, default: 0] += 1
            }
            let found = counted.groups.indices.map {
                Pair(group: counted.groups[$0], text: counted.texts.scalar(at: $0))
            }
            #expect(found == order, "\(rows) rows")
            #expect(counted.counts == order.map { counts[$0] ?? 0 })
            #expect(counted.texts.fault == nil && counted.texts.count == order.count)
        }
    }

    @Test func whatHasNoCodesOrTooManyPairsIsNotCounted() {
        let numbers = Vector(type: .integer, scalars: [.integer(1), .integer(2)])
        #expect(CodeCounts([0, 1], groupCount: 2, of: numbers) == nil)
        #expect(CodeCounts([0, 1], groupCount: 2, of: .constant(.text("a"), type: .text, count: 2)) == nil)
        let texts = Vector(type: .text, scalars: (0..<100).map { .text("\($0)") })
        #expect(CodeCounts([UInt32](repeating: 7, count: 100), groupCount: 1_000_000, of: texts) == nil)
        #expect(CodeCounts([UInt32](repeating: 7, count: 100), groupCount: .max, of: texts) == nil)
        #expect(CodeCounts([UInt32](repeating: 7, count: 100), groupCount: 8, of: texts) != nil)
    }
}
