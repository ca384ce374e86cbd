import Bytes
import Columnar
import Testing

/// Pages of one column share codes: the values are those of each page by itself, whatever is read first.
@Suite struct SharedTextsTests {
    private struct Piece {
        let vector: Vector
        let header: PageHeader
        let payload: [UInt8]

        init(_ vector: Vector) throws {
            let page = PageEncoder.encode(vector, options: PageOptions(compression: .none))
            var cursor = ByteCursor(page.headerBytes)
            self.vector = vector
            header = try PageHeader(from: &cursor, type: vector.type)
            payload = page.payload
        }

        func read(_ texts: SharedTexts?, origin: UInt64 = 1, piece: Int = 0) throws -> Vector {
            let sharing = texts.map { SharedTexts.Page($0, column: "tenant", origin: origin, piece: UInt64(piece)) }
            return try PageDecoder.decode(header, payload: payload[...], type: .text, sharing: sharing)
        }
    }

    private static func dictionary(_ vector: Vector) -> TextDictionary? {
        guard case .text(_, let dictionary) = vector.storage else { return nil }
        return dictionary
    }

    /// Whether two readings have one dictionary.
    private static func isShared(_ piece: Piece, _ texts: SharedTexts) throws -> Bool {
        let first = try #require(dictionary(try piece.read(texts, piece: 1)))
        return first.agrees(with: try #require(dictionary(try piece.read(texts, piece: 1))))
    }

    private static func codes(_ vector: Vector) -> [UInt32] {
        guard case .text(let codes, _) = vector.storage else { return [] }
        return codes
    }

    /// Rows of few texts, some null, others in each page.
    private static func piece(_ random: inout SampleGenerator, rows: Int, texts: Int, from first: Int) throws -> Piece {
        let values = (0..<rows).map { _ -> Scalar in
            random.next() % 7 == 0 ? .null : .text("tenant-\(first + Int(random.next() % UInt64(texts)))")
        }
        return try Piece(Vector(type: .text, scalars: values))
    }

    @Test func valuesAreThoseOfThePagesAlone() throws {
        var random = SampleGenerator(state: 71)
        for round in 0..<30 {
            let texts = SharedTexts()
            let pieces = try (0..<6).map { place in
                try Self.piece(&random, rows: 400, texts: 1 + place * 20, from: place * 7)
            }
            // In any order, and again when each is known.
            let order = Array(0..<6).shuffled(using: &random)
            for place in order + order.reversed() {
                let found = try pieces[place].read(texts, piece: place)
                #expect(sameRows(found, pieces[place].vector), "seed 71, round \(round), page \(place)")
                #expect(found.fault == nil)
            }
            let dictionaries = try pieces.indices.compactMap {
                Self.dictionary(try pieces[$0].read(texts, piece: $0))
            }
            #expect(dictionaries.count == 6 && dictionaries.allSatisfy { $0.agrees(with: dictionaries[0]) })
            let own = try #require(Self.dictionary(try pieces[0].read(nil)))
            #expect(!own.agrees(with: dictionaries[0]))
        }
    }

    @Test func groupsAndJoinedRowsAreThoseOfPagesAlone() throws {
        var random = SampleGenerator(state: 72)
        let texts = SharedTexts()
        let pieces = try (0..<5).map { try Self.piece(&random, rows: 300, texts: 40, from: $0 * 13) }
        var (alone, shared) = (GroupTable(types: [.text]), GroupTable(types: [.text]))
        for (place, piece) in pieces.enumerated() {
            let one = alone.assign([try piece.read(nil)], ordinal: UInt64(place))
            #expect(shared.assign([try piece.read(texts, piece: place)], ordinal: UInt64(place)) == one)
        }
        // An earlier dictionary of the family after a later one.
        let first = try pieces[0].read(texts, piece: 0)
        #expect(shared.assign([first], ordinal: 9) == alone.assign([pieces[0].vector], ordinal: 9))
        #expect(shared.count == alone.count)

        let read = try pieces.indices.map { try pieces[$0].read(texts, piece: $0) }
        let joined = Vector.concatenate(read, type: .text)
        #expect(sameRows(joined, Vector.concatenate(pieces.map(\.vector), type: .text)) && joined.fault == nil)
    }

    /// Users: many, but each of them in several rows.
    @Test func textsOfTwoRowsEachAreShared() throws {
        let texts = SharedTexts()
        let twice = try Piece(Vector(type: .text, scalars: (0..<2_000).map { .text("user \($0 % 1_000)") }))
        #expect(try Self.isShared(twice, texts))
        #expect(sameRows(try twice.read(texts, piece: 1), twice.vector))
        let rarer = try Piece(Vector(type: .text, scalars: (0..<2_000).map { .text("trace \($0 % 1_001)") }))
        #expect(try !Self.isShared(rarer, SharedTexts()))
        #expect(sameRows(try rarer.read(texts, piece: 2), rarer.vector))
    }

    /// Pages that keep their texts between such that share them.
    @Test func groupsAreThoseOfPagesAloneWhicheverShare() throws {
        var random = SampleGenerator(state: 73)
        let texts = SharedTexts()
        // Few texts and many, for each of which there is a way of its own.
        for most in [40, 700] {
            let pieces = try (0..<6).map { place in
                try Piece(
                    Vector(
                        type: .text,
                        scalars: (0..<2_000).map { _ in
                            .text("user \(place * most / 3 + Int(random.next() % UInt64(most)))")
                        }))
            }
            var (alone, mixed) = (GroupTable(types: [.text]), GroupTable(types: [.text]))
            for (place, piece) in (pieces + pieces).enumerated() {
                let sharing = place % 3 == 1 ? nil : texts
                let expected = alone.assign([try piece.read(nil)], ordinal: UInt64(place) << 32)
                let read = try piece.read(sharing, origin: UInt64(most), piece: place % 6)
                #expect(mixed.assign([read], ordinal: UInt64(place) << 32) == expected, "page \(place)")
                #expect(mixed.lookUp([read]) == alone.lookUp([piece.vector]))
            }
            #expect(mixed.count == alone.count)
        }
    }

    @Test func manyTextsStayWithTheirPages() throws {
        let texts = SharedTexts()
        let unlike = try Piece(Vector(type: .text, scalars: (0..<2_000).map { .text("user \($0 * 7)x") }))
        #expect(try !Self.isShared(unlike, texts))
        #expect(sameRows(try unlike.read(texts), unlike.vector))

        // A column that comes to too many gives up; what was read before stays as it is.
        let kept = try Piece(Vector(type: .text, scalars: (0..<1_000).map { .text("web \($0 % 3)") }))
        let before = try kept.read(texts, piece: 1)
        #expect(try Self.isShared(kept, texts))
        for page in 0...(SharedTexts.textsMax / SharedTexts.fewTexts) {
            let values = (0..<SharedTexts.fewTexts).map { Scalar.text("page \(page) text \($0)") }
            // Few rows would be worse off with all of them.
            let long = try Piece(Vector(type: .text, scalars: (0..<SharedTexts.fewTexts).flatMap { _ in values }))
            #expect(sameRows(try long.read(texts, piece: 10 + page), long.vector))
        }
        #expect(try !Self.isShared(kept, texts))
        #expect(sameRows(try kept.read(texts, piece: 1), kept.vector) && sameRows(before, kept.vector))
    }

    @Test func fewRowsKeepTheirOwnBesideALongDictionary() throws {
        let texts = SharedTexts()
        let long = try Piece(Vector(type: .text, scalars: (0..<4_000).map { .text("user \($0 % 900)") }))
        #expect(Self.dictionary(try long.read(texts, piece: 1))?.count == 900)
        let short = try Piece(Vector(type: .text, scalars: (0..<50).map { .text("user \($0 % 5)") }))
        #expect(Self.dictionary(try short.read(texts, piece: 2))?.count == 5)
    }

    @Test func codesAreForgottenWithTheirOrigin() throws {
        let texts = SharedTexts()
        let one = try Piece(Vector(type: .text, scalars: ["a", "b", "a"].map { .text($0) }))
        let other = try Piece(Vector(type: .text, scalars: ["c", "c", "b"].map { .text($0) }))
        #expect(Self.codes(try one.read(texts, origin: 5)) == [0, 1, 0])
        #expect(Self.codes(try other.read(texts, origin: 6)) == [2, 2, 1])
        texts.forget(origin: 5)
        // The number is free for another page; texts keep their codes.
        #expect(Self.codes(try other.read(texts, origin: 5)) == [2, 2, 1])
        #expect(sameRows(try other.read(texts, origin: 5), other.vector))
        #expect(sameRows(try other.read(texts, origin: 6), other.vector))
    }

    @Test func damagedPagesAreFoundAsBefore() throws {
        let piece = try Piece(Vector(type: .text, scalars: (0..<600).map { .text("agent \($0 % 50) of us") }))
        for length in stride(from: 0, to: piece.payload.count, by: 11) {
            let texts = SharedTexts()
            var header = piece.header
            header.storedBytes = length
            let page = SharedTexts.Page(texts, column: "tenant", origin: 1, piece: 0)
            #expect(throws: DecodingError.self) {
                try PageDecoder.decode(header, payload: piece.payload[..<length], type: .text, sharing: page)
            }
            // Nothing of it is kept.
            #expect(sameRows(try piece.read(texts, piece: 0), piece.vector))
        }
    }
}
