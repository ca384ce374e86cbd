import Bytes
import Columnar
import Testing

/// Pages with texts in common are the same columns as pages with their own.
struct TextPoolTests {
    /// A pool, and what a segment keeps of it.
    private struct Shelf {
        var pool = TextPool()
        var compression = PageEffort.none
        var blocks: [[UInt8]] = []
        var counts: [Int] = []

        mutating func add(_ vector: Vector) throws -> (page: EncodedPage, blocks: [Int])? {
            let page = try #require(TextPage(vector))
            return pool.share(page, compression: compression)
        }

        mutating func close() {
            let texts = (0..<pool.blockCount).map { pool.texts(of: $0) }
            blocks = texts.map { TextPool.encoded($0, compression: compression) }
            counts = texts.map(\.count)
        }

        func read(
            _ page: EncodedPage, _ named: [Int], rows: [UInt32]? = nil, as sharing: SharedTexts.Page? = nil
        ) throws -> Vector {
            var cursor = ByteCursor(page.headerBytes)
            let header = try PageHeader(from: &cursor, type: page.type)
            let codes = try SharedTextCodes(
                header, payload: page.payload[...], type: page.type, textCount: named.reduce(0) { $0 + counts[$1] },
                rows: rows)
            if let known = try codes.known(as: sharing) { return known }
            var parts: [TextDictionary] = []
            var first = 0
            for block in named {
                let wanted = codes.wanted(of: counts[block], after: first)
                if !wanted.isEmpty {
                    parts.append(try SharedTextBlock(blocks[block][...]).texts(count: counts[block], at: wanted))
                }
                first += counts[block]
            }
            return codes.column(of: parts, as: sharing)
        }
    }

    /// `rows` texts of a sequence that goes on over `texts`, some out of their place, some null.
    private static func vector(
        _ random: inout SampleGenerator, rows: Int, texts: Int, from first: Int, nulls: UInt64
    ) -> Vector {
        var builder = TextDictionaryBuilder()
        let codes = (0..<rows).map { row in
            let shift = random.next() % 9 == 0 ? Int(random.next() % 50) : 0
            let number = UInt64((first + row + shift) % texts)
            return builder.code(of: hex(number &* 0x9E37_79B9_7F4A_7C15, 16) + hex(number &* 7_919, 16))
        }
        let whole = Vector(type: .text, count: rows, storage: .text(codes: codes, dictionary: builder.finish()))
        return nulls == 0 ? whole : withNulls(whole) { _ in random.next() % nulls == 0 }
    }

    @Test(arguments: [PageEffort.none, .lz4, .zstd])
    func columnsAreThoseOfPagesAlone(compression: PageEffort) throws {
        var random = SampleGenerator(state: 81)
        var shelf = Shelf()
        shelf.compression = compression
        var pages: [(vector: Vector, page: EncodedPage, blocks: [Int])] = []
        for (rows, first, nulls) in [
            (20_000, 0, 0), (20_000, 3, 0), (19_000, 500, 5), (2_000, 16_000, 0), (2_400, 17_000, 2), (64, 0, 3),
            (30_000, 25_000, 0),
        ] as [(Int, Int, UInt64)] {
            let vector = Self.vector(&random, rows: rows, texts: 60_000, from: first, nulls: nulls)
            if let (page, blocks) = try shelf.add(vector) { pages.append((vector, page, blocks)) }
        }
        // The page of 64 rows would have all texts of a long block read for its own.
        #expect(pages.count == 6)
        shelf.close()
        #expect(shelf.pool.blockCount == 3 && shelf.counts.dropLast().allSatisfy { $0 == TextPool.blockTextsMax })
        #expect(shelf.counts.reduce(0, +) == shelf.pool.count)
        for (number, (vector, page, blocks)) in pages.enumerated() {
            #expect(page.header.encoding == .sharedTexts && blocks == blocks.sorted())
            let alone = PageEncoder.encode(vector).header.summary
            #expect(page.header.summary.minimum == alone.minimum && page.header.summary.maximum == alone.maximum)
            #expect(page.header.summary.nullCount == alone.nullCount)
            let back = try shelf.read(page, blocks)
            #expect(sameRows(back, vector), "seed 81, page \(number)")
            #expect(back.fault == nil)
            if case .text(let codes, let dictionary) = back.storage {
                let used = Set(codes.indices.filter { back.validity?[$0] ?? true }.map { codes[$0] })
                #expect(used.count == dictionary.count, "texts that occur, and no others")
            }
            for share in [2, 40, 5_000] as [UInt64] {
                let rows = (0..<UInt32(vector.count)).filter { _ in random.next() % share == 0 }
                let picked = try shelf.read(page, blocks, rows: rows)
                #expect(sameRows(picked, vector.gather(rows)), "seed 81, page \(number), one in \(share)")
            }
        }
        // Texts that another page has cost their codes alone.
        #expect(pages[1].page.payload.count * 4 < PageEncoder.encode(pages[1].vector).payload.count)
    }

    /// The codes that all groups of a store share are found with and without the blocks.
    @Test func codesOfTheStoreAreTheSame() throws {
        var random = SampleGenerator(state: 82)
        var shelf = Shelf()
        let vectors = (0..<3).map {
            Self.vector(&random, rows: 4_000, texts: 600, from: $0 * 40, nulls: UInt64($0 * 3))
        }
        let added = try vectors.map { try shelf.add($0) }
        let pages = added.compactMap(\.self)
        #expect(pages.count == 3)
        shelf.close()
        let texts = SharedTexts()
        var dictionaries: [TextDictionary] = []
        for round in 0..<2 {
            for (place, vector) in vectors.enumerated() {
                let page = SharedTexts.Page(texts, column: "user_id", origin: 1, piece: UInt64(place))
                // The second time no block is needed.
                if round == 1 { shelf.blocks = shelf.blocks.map { _ in [] } }
                let found = try shelf.read(pages[place].page, pages[place].blocks, as: page)
                #expect(sameRows(found, vector) && found.fault == nil, "seed 82, page \(place)")
                if case .text(_, let dictionary) = found.storage { dictionaries.append(dictionary) }
            }
        }
        #expect(dictionaries.count == 6 && dictionaries.allSatisfy { $0.agrees(with: dictionaries[0]) })
    }

    /// Bytes on disk are a promise.
    @Test func aSmallPoolKeepsItsBytes() throws {
        var pool = TextPool()
        let page = try #require(TextPage(Vector(type: .text, scalars: ["x", "yz", "x"].map { .text($0) })))
        let shared = pool.share(page, compression: .lz4)
        let (encoded, blocks) = try #require(shared)
        #expect(blocks == [0])
        // Version, encoding, flags; three rows, none null; from x to yz; six bytes.
        #expect(encoded.headerBytes == [1, 8, 1, 3, 0, 1, 0x78, 2, 0x79, 0x7A, 6])
        // Codes 0, 1, 0 in one bit each.
        #expect(encoded.payload == [16, 1, 0b010, 0, 0, 0])
        // Version, compression; two texts, plain; lengths 1 and 2 in one bit each over 1; the texts.
        let block = TextPool.encoded(pool.texts(of: 0), compression: .lz4)
        #expect(block == [1, 0, 2, 0, 1, 2, 1, 1, 0, 0b10, 0, 0, 0, 0, 0, 0, 0, 0x78, 0x79, 0x7A])
    }

    @Test func whatIsNoColumnOfTextsIsLeftAlone() {
        #expect(TextPage(.constant(.text("a"), type: .text, count: 9)) == nil)
        #expect(TextPage(Vector(type: .text, scalars: [.null, .text("a"), .text("a")])) == nil)
        #expect(TextPage(Vector(type: .integer, count: 2, storage: .int64([1, 2]))) == nil)
        #expect(TextPage(Vector(type: .text, scalars: [.text("a"), .text("b")])) != nil)
    }

    @Test func aPageWithItsOwnTextsIsAsItAlwaysWas() throws {
        for (name, vector) in sampleVectors(count: 300, seed: 83) {
            guard let page = TextPage(withNulls(vector) { $0 % 7 == 3 }) else { continue }
            let plain = PageEncoder.encode(withNulls(vector) { $0 % 7 == 3 })
            let own = page.withOwnTexts(compression: .lz4)
            #expect(own.payload == plain.payload && own.headerBytes == plain.headerBytes, "\(name)")
        }
    }

    @Test func everyFlippedByteIsAnErrorOrRows() throws {
        var random = SampleGenerator(state: 84)
        for compression in [PageEffort.none, .lz4] {
            var shelf = Shelf()
            shelf.compression = compression
            let vectors = (0..<2).map { Self.vector(&random, rows: 60, texts: 90, from: $0 * 9, nulls: UInt64($0 * 4)) }
            let added = try vectors.map { try shelf.add($0) }
            let pages = added.compactMap(\.self)
            #expect(pages.count == 2)
            shelf.close()
            func look(_ page: EncodedPage, _ blocks: [Int], _ shelf: Shelf) {
                for rows in [nil, [0, 31]] as [[UInt32]?] {
                    guard let found = try? shelf.read(page, blocks, rows: rows) else { continue }
                    #expect(found.count == rows?.count ?? 60)
                    if case .text(let codes, let dictionary) = found.storage {
                        #expect(codes.allSatisfy { Int($0) < dictionary.count })
                    }
                }
            }
            for flip: UInt8 in [1, 0x80, 0xFF] {
                for (page, blocks) in pages {
                    for index in page.payload.indices {
                        var changed = page
                        changed.payload[index] ^= flip
                        look(changed, blocks, shelf)
                    }
                }
                for index in shelf.blocks[0].indices {
                    var changed = shelf
                    changed.blocks[0][index] ^= flip
                    for (page, blocks) in pages { look(page, blocks, changed) }
                }
            }
            for length in shelf.blocks[0].indices {
                #expect(throws: DecodingError.self, "cut to \(length)") {
                    try SharedTextBlock(shelf.blocks[0][..<length]).texts(count: shelf.counts[0])
                }
            }
            for length in pages[0].page.payload.indices {
                var changed = pages[0].page
                changed.payload = Array(changed.payload[..<length])
                changed.header.storedBytes = length
                #expect(throws: DecodingError.self, "cut to \(length)") {
                    try shelf.read(changed, pages[0].blocks)
                }
            }
        }
    }

    /// A form of a newer version is told from damage.
    @Test func newerFormsAreNamed() throws {
        let block = TextPool.encoded(TextDictionary(["a", "b"]), compression: .none)
        #expect(try SharedTextBlock(block[...]).texts(count: 2)[1] == "b")
        for place in 0..<2 {
            var changed = block
            changed[place] = 9
            let error = #expect(throws: DecodingError.self) { try SharedTextBlock(changed[...]).texts(count: 2) }
            #expect(error?.isOfNewerForm == true)
        }
        #expect(throws: DecodingError.self) { try SharedTextBlock(block[...]).texts(count: 3) }
    }
}
