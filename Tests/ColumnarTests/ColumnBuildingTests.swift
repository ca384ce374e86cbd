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

    /// Values of 300 rows, some hundred at a time, against the same values one by one.
    @Test(arguments: [ColumnType.integer, .double, .boolean, .text, .json], [0, 1, 2, 9])
    func whatComesManyAtATimeIsWhatComesOneByOne(type: ColumnType, gap: Int) {
        var (draw, many, single) = (Draw(), ColumnBuilder(type: type, rowsExpected: 300), ColumnBuilder(type: type))
        let source = Array("ababababbbbbbbbbbbbbbbbbbbbbbbbcdefghijkl".utf8)
        // Of the rows 170 to 229 none has a value.
        for (base, count) in [(0, 70), (70, 30), (100, 1), (101, 69), (230, 70)] {
            let rows = (0..<count).filter { _ in gap == 0 || draw.next(below: gap + 1) == 0 }.map { UInt16($0) }
            let words = rows.map { _ -> UInt64 in
                switch type {
                case .integer: UInt64(bitPattern: Int64(draw.next(below: 1000) - 500))
                case .double: (Double(draw.next(below: 50)) / 3).bitPattern
                case .boolean: UInt64(draw.next(below: 2))
                default: UInt64(draw.next(below: 20)) << 32 | UInt64(draw.next(below: 20))
                }
            }
            if type == .text || type == .json {
                many.append(texts: words.span, of: source, rows: rows.span, from: base)
            } else {
                many.append(words: words.span, rows: rows.span, from: base)
            }
            for (word, row) in zip(words, rows) {
                single.padNulls(to: base + Int(row))
                switch type {
                case .integer: single.append(integer: Int64(bitPattern: word))
                case .double: single.append(double: Double(bitPattern: word))
                case .boolean: single.append(boolean: word == 1)
                default:
                    let start = Int(word >> 32)
                    single.append(utf8: start..<(start + Int(word & 0xFFFF)), of: source)
                }
            }
            #expect(many.count == single.count)
        }
        many.padNulls(to: 301)
        single.padNulls(to: 301)
        let (vector, plain) = (many.finish(), single.finish())
        #expect(vector.fault == nil && vector.validity == plain.validity)
        #expect((0..<301).allSatisfy { vector.scalar(at: $0) == plain.scalar(at: $0) })
        guard case .text(let codes, let dictionary) = vector.storage, case .text(let others, let other) = plain.storage
        else { return }
        #expect(codes == others && dictionary.bytes == other.bytes && dictionary.offsets == other.offsets)
    }

    /// Texts that begin alike, that end within what others begin with, and that have zeros there.
    @Test func boundsOfTextsAreTheirFirstAndTheirLast() {
        var draw = Draw()
        for round in 0..<200 {
            var (builder, texts) = (ColumnBuilder(type: .text), [[UInt8]]())
            for _ in 0..<(1 + draw.next(below: 6)) {
                let shared = [UInt8](repeating: 97, count: draw.next(below: 3) * draw.next(below: 6))
                let text = shared + (0..<draw.next(below: 4)).map { _ in UInt8(draw.next(below: 2) * 98) }
                texts.append(text)
                builder.append(utf8: 0..<text.count, of: text)
            }
            texts.sort { $0.lexicographicallyPrecedes($1) }
            let summary = PageEncoder.encode(builder.finish()).header.summary
            func bound(_ text: [UInt8]) -> Scalar { .text(String(decoding: text, as: UTF8.self)) }
            #expect(summary.minimum == bound(texts[0]), "\(round): \(texts)")
            #expect(summary.maximum == bound(texts[texts.count - 1]), "\(round): \(texts)")
        }
    }

    /// Texts up to sixteen bytes long, which two words and their length tell, and longer ones, of which these do not
    /// tell two.
    @Test func textsThatAlternateAreSearchedOnce() {
        var (draw, builder, plain) = (Draw(), TextDictionaryBuilder(), TextDictionaryBuilder())
        var texts = (0...18).map { String(repeating: "a", count: $0) }
        texts += ["tenant-1", "tenant-2", "12345678x12345678", "12345678y12345678", "12345678x123456789"]
        var (source, words): ([UInt8], [UInt64]) = ([], [])
        for text in texts {
            words.append(UInt64(source.count) << 32 | UInt64(text.utf8.count))
            source += Array(text.utf8)
        }
        let picks = (0..<4_000).map { _ in draw.next(below: texts.count) }
        var codes = [UInt32](repeating: 0, count: picks.count)
        for first in stride(from: 0, to: picks.count, by: 250) {
            let part = picks[first..<(first + 250)]
            let (own, rows) = (part.map { words[$0] }, (0..<250).map { UInt16($0) })
            var places = codes.mutableSpan
            builder.put(codesOf: own.span, of: source.span, rows: rows.span, from: first, to: &places)
        }
        #expect(codes == picks.map { plain.code(of: texts[$0]) })
        let (dictionary, other) = (builder.finish(), plain.finish())
        #expect(dictionary.bytes == other.bytes && dictionary.offsets == other.offsets)
        // Each once, or now and then where two have one place.
        #expect(builder.searches < 1_200 && plain.searches > 3_000)
    }

    /// Of every length, with some that come again: the codes are those that each by itself would get, first seen first.
    @Test func textsOfWhichMostAreNewHaveTheSameCodes() {
        var (draw, builder, plain) = (Draw(), TextDictionaryBuilder(), TextDictionaryBuilder())
        var (source, words, texts): ([UInt8], [UInt64], [[UInt8]]) = ([], [], [])
        for number in 0..<3_000 {
            let isKnown = number > 0 && draw.next(below: 10) == 0
            let text =
                isKnown
                ? texts[draw.next(below: number)]
                : Array("\(number)\(String(repeating: "x", count: draw.next(below: 40)))".utf8)
            texts.append(text)
            words.append(UInt64(source.count) << 32 | UInt64(text.count))
            source += text
        }
        var codes = [UInt32](repeating: 0, count: texts.count)
        for first in stride(from: 0, to: texts.count, by: 250) {
            let (own, rows) = (Array(words[first..<(first + 250)]), (0..<250).map { UInt16($0) })
            var places = codes.mutableSpan
            // In turns with the other way, which knows texts that this one has met, and the other way round.
            if first % 750 == 500 {
                builder.put(codesOf: own.span, of: source.span, rows: rows.span, from: first, to: &places)
            } else {
                builder.put(codesOfNew: own.span, of: source.span, rows: rows.span, from: first, to: &places)
            }
        }
        #expect(codes == texts.map { plain.code(of: $0.span) })
        let (dictionary, other) = (builder.finish(), plain.finish())
        #expect(dictionary.bytes == other.bytes && dictionary.offsets == other.offsets)
        #expect(builder.searches <= texts.count)
    }

    @Test func integersOfManyRowsFollowNulls() {
        var builder = ColumnBuilder(type: .integer)
        builder.append(integers: [])
        builder.padNulls(to: 60)
        builder.append(integers: Array(1...70))
        builder.append(integer: 71, row: 140)
        let vector = builder.finish()
        #expect(vector.fault == nil && vector.count == 141 && vector.validity?.nullCount == 70)
        var expected = [Scalar](repeating: .null, count: 141)
        for row in 60..<130 { expected[row] = .integer(Int64(row - 59)) }
        expected[140] = .integer(71)
        #expect((0..<141).map { vector.scalar(at: $0) } == expected)
    }
}
