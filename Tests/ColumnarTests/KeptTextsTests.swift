import Columnar
import Testing

/// Ids of segments become numbers without their texts, once these were asked for before, and as long as there is room.
@Suite struct KeptTextsTests {
    /// Segments that follow each other, with some ids in common.
    private static func segments(_ count: Int, _ random: inout SampleGenerator) throws -> [TextSegment] {
        try (0..<count).map { number in
            try TextSegment(
                origin: UInt64(number + 1),
                (0..<3).map { page in
                    TextSegment.vector(
                        &random, rows: 900, texts: 120, from: number * 200 + page * 60, nulls: page == 1 ? 5 : 0)
                })
        }
    }

    private static func dictionary(_ vector: Vector) -> TextDictionary? {
        if case .text(_, let dictionary) = vector.storage { dictionary } else { nil }
    }

    @Test func columnsAreThoseOfTheirTexts() throws {
        var random = SampleGenerator(state: 91)
        let kept = KeptTexts(bytesMax: 8 << 20)
        var segments = try Self.segments(4, &random)
        var last: [TextDictionary] = []
        for round in 0..<4 {
            // The last one comes later.
            for number in 0..<(round < 2 ? 3 : 4) {
                for place in 0..<3 {
                    let found = try segments[number].column(place, kept)
                    if round == 1 || round == 3 { #expect(found != nil, "round \(round), segment \(number)") }
                    guard let found else { continue }
                    #expect(sameRows(found, segments[number].vectors[place]), "seed 91, segment \(number)")
                    #expect(found.fault == nil)
                    if round == 3, let dictionary = Self.dictionary(found) { last.append(dictionary) }
                }
            }
            // Each block is read once, however many pages and questions there are.
            #expect(segments.allSatisfy { $0.blockCount == 1 && $0.readings <= 1 })
        }
        #expect(segments.map(\.readings) == [1, 1, 1, 1])
        #expect(last.count == 12 && last.allSatisfy { $0.agrees(with: last[0]) && $0.isKept })
        // Each id has eighteen letters.
        #expect(last.allSatisfy { $0.longestBytes == 18 })
    }

    /// Pages that name several blocks, of which they have most of the texts or few.
    @Test func pagesOfSeveralBlocks() throws {
        func vector(_ numbers: [Int]) -> Vector {
            var builder = TextDictionaryBuilder()
            let codes = numbers.map { builder.code(of: "c-" + hex(UInt64($0) &* 0x9E37_79B9_7F4A_7C15, 16)) }
            return Vector(
                type: .text, count: numbers.count, storage: .text(codes: codes, dictionary: builder.finish()))
        }
        let whole = vector(Array(0..<40_000))
        let few = vector((0..<1_500).map { $0 * 7_919 % 40_000 })
        let neighbours = withNulls(vector(Array(16_000..<17_500))) { $0 % 7 == 0 }
        var segment = try TextSegment(origin: 3, [whole, few, neighbours])
        #expect(segment.blockCount == 3)
        let kept = KeptTexts(bytesMax: 8 << 20)
        for round in 0..<4 {
            for place in 0..<3 {
                let found = try segment.column(place, kept)
                if round > 1 { #expect(found != nil, "round \(round), page \(place)") }
                guard let found else { continue }
                #expect(sameRows(found, segment.vectors[place]) && found.fault == nil, "page \(place)")
            }
        }
        #expect(segment.readings == 3)
    }

    /// Who asks once pays nothing for others.
    @Test func theFirstQuestionReadsNothingMore() throws {
        var random = SampleGenerator(state: 92)
        let kept = KeptTexts(bytesMax: 8 << 20)
        var segment = try TextSegment(
            origin: 1, [TextSegment.vector(&random, rows: 500, texts: 90, from: 0)])
        #expect(try segment.column(0, kept) == nil && segment.readings == 0)
        #expect(try segment.column(0, kept) == nil && segment.readings == 1)
        for _ in 0..<3 { #expect(try segment.column(0, kept) != nil && segment.readings == 1) }
    }

    @Test func whatHasNoRoomIsNotReadForNothing() throws {
        var random = SampleGenerator(state: 93)
        var segments = try Self.segments(2, &random)
        let kept = KeptTexts(bytesMax: 16_000)
        for _ in 0..<5 {
            for place in 0..<3 {
                _ = try segments[0].column(place, kept)
                #expect(try segments[1].column(place, kept) == nil)
            }
        }
        #expect(segments.map(\.readings) == [1, 0])
        #expect(try segments[0].column(0, kept) != nil)
        // What is let go makes room.
        kept.forget(origin: 1)
        for _ in 0..<2 { for place in 0..<3 { _ = try segments[1].column(place, kept) } }
        #expect(try segments[1].column(2, kept).map { sameRows($0, segments[1].vectors[2]) } == true)
        #expect(segments.map(\.readings) == [1, 1])
        // Nothing is known of that any more.
        #expect(try segments[0].column(0, kept) == nil)

        let nothing = KeptTexts(bytesMax: 0)
        var unread = try Self.segments(1, &random)
        for _ in 0..<3 { #expect(try unread[0].column(0, nothing) == nil) }
        #expect(unread[0].readings == 0)
    }

    /// Texts that turn out to be long are read once, and not again for each question.
    @Test func longTextsThatDoNotFitAreReadOnce() throws {
        let texts = (0..<20).map { String(repeating: "x", count: 2_000) + "\($0)" }
        let vector = Vector(type: .text, scalars: (0..<60).map { .text(texts[$0 % 20]) })
        var segment = try TextSegment(origin: 5, [vector])
        let kept = KeptTexts(bytesMax: 20_000)
        for _ in 0..<6 { #expect(try segment.column(0, kept) == nil) }
        #expect(segment.readings == 1)
    }
}
