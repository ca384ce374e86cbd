import Columnar
import Testing

@Suite struct ColumnBuildingTests {
    /// Numbers that mean nothing, always the same.
    private struct Draw {
        var state: UInt64 = 7

        mutating func next(below limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
    }

    @Test func codesAreGivenInTheOrderOfFirstSight() {
        var (draw, builder) = (Draw(), TextDictionaryBuilder())
        var known: [[UInt8]: UInt32] = [:]
        var texts: [[UInt8]] = []
        var (codes, expected): ([UInt32], [UInt32]) = ([], [])
        for _ in 0..<20_000 {
            let text = Array(String(repeating: "x", count: draw.next(below: 3)).utf8)
                + Array("\(draw.next(below: 4_000))".utf8)
            let code = known[text] ?? UInt32(known.count)
            if known[text] == nil { texts.append(text) }
            known[text] = code
            expected.append(code)
            codes.append(builder.code(of: text.span))
        }
        #expect(codes == expected)
        let dictionary = builder.finish()
        #expect(dictionary.count == texts.count)
        #expect(texts.indices.allSatisfy { Array(dictionary.utf8($0)) == texts[$0] })
    }

    @Test func boundsOfAPageOfTextsAreThoseByBytes() {
        var draw = Draw()
        // Beginnings that all share, around the length of a word, and ends of one and two bytes a character.
        for length in 0...16 {
            for _ in 0..<20 {
                let texts = (0..<40).map { _ in
                    String(repeating: "a", count: length)
                        + (0..<draw.next(below: 8)).map { _ in ["a", "b", "é"][draw.next(below: 3)] }.joined()
                }
                var builder = TextDictionaryBuilder()
                let codes = texts.map { builder.code(of: $0) }
                let vector = Vector(
                    type: .text, count: codes.count, storage: .text(codes: codes, dictionary: builder.finish()))
                let summary = PageEncoder.encode(vector).header.summary
                let sorted = texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
                #expect(summary.minimum == .text(sorted[0]) && summary.maximum == .text(sorted[39]))
            }
        }
    }

    @Test func rowsBetweenValuesAreNullHoweverManyTheyAre() {
        var (builder, plain) = (ColumnBuilder(type: .integer), Validity(count: 0, allValid: true))
        var expected: [Int64?] = []
        for gap in [0, 1, 62, 0, 63, 64, 65, 127, 128, 200, 3] {
            for _ in 0..<gap {
                plain.append(false)
                expected.append(nil)
            }
            builder.append(integer: Int64(gap), row: expected.count)
            plain.append(true)
            expected.append(Int64(gap))
        }
        plain.append(false)
        expected.append(nil)
        builder.padNulls(to: expected.count)
        let vector = builder.finish()
        #expect(vector.validity == plain && vector.fault == nil)
        guard case .int64(let values) = vector.storage else {
            Issue.record("integers are kept as such")
            return
        }
        #expect(values == expected.map { $0 ?? 0 })
    }
}
