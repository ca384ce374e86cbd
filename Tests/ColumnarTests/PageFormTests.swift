import Columnar
import Testing

/// Every form that pages have holds what it can, whether it is the shortest one or not.
@Suite struct PageFormTests {
    private static let masks: [@Sendable (Int) -> Bool] = [{ _ in false }, { $0 % 3 == 0 }, { $0 % 700 == 1 }]

    private static func encoded(_ vector: Vector, _ form: PageForm?) -> EncodedPage {
        PageForm.$forced.withValue(form) { PageEncoder.encode(vector) }
    }

    @Test(arguments: PageForm.allCases)
    func everyShapeComesBack(form: PageForm) throws {
        for count in [1, 2, 3, 64, 1_025] {
            for (name, vector) in sampleVectors(count: count, seed: 15) {
                for (number, isNull) in Self.masks.enumerated() {
                    let vector = number == 0 ? vector : withNulls(vector, where: isNull)
                    try Self.compare(vector, Self.encoded(vector, form), "\(name) of \(count), mask \(number)")
                }
            }
        }
    }

    /// A page as a whole, some of its rows with what is known of it and without, and the rows of one text.
    private static func compare(_ vector: Vector, _ page: EncodedPage, _ name: String) throws {
        let back = try PageDecoder.decode(page.header, payload: page.payload[...], type: vector.type)
        #expect(sameRows(vector, back), "\(name)")
        let plain = try PageDecoder.plainPayload(page.header, page.payload[...])
        var header = page.header
        header.compression = .none
        header.storedBytes = plain.count
        let landmarks = PageLandmarks(payloadBytes: plain.count)
        let rows = (0..<UInt32(vector.count)).filter { $0 % 97 == 1 }
        for known in [nil, landmarks] {
            let picked = try PageDecoder.decode(
                header, payload: plain, type: vector.type, rows: rows, landmarks: known)
            #expect(sameRows(picked, vector.gather(rows)), "\(name), some rows")
            let text = rowKey(vector, vector.count - 1)
            let found = try PageDecoder.rows(
                ofText: Array(text.utf8), header, payload: plain, type: vector.type, landmarks: known)
            if let found {
                let present = (0..<vector.count).filter { vector.validity?[$0] ?? true }
                let wanted = present.filter { rowKey(vector, $0) == text }
                #expect(found.map { Int($0) } == wanted, "\(name), rows of a text")
            }
        }
    }

    /// What is forced is no promise alone: some page becomes another one by it.
    @Test func eachFormIsTaken() {
        var samples = sampleVectors(count: 3_000, seed: 16).flatMap { sample in
            Self.masks.map { withNulls(sample.vector, where: $0) }
        }
        // Powers of two: short by their bits, long as decimals.
        samples.append(
            Vector(type: .double, count: 3_000, storage: .double((0..<3_000).map { Double(1 << ($0 * 7 % 50)) })))
        // Too short to be compressed otherwise.
        let texts = TextDictionary(["x", "y"].map { String(repeating: $0, count: 25) })
        samples.append(Vector(type: .text, count: 2, storage: .text(codes: [0, 1], dictionary: texts)))
        func payloads(_ form: PageForm?) -> [[UInt8]] { samples.map { Self.encoded($0, form).payload } }
        let shortest = payloads(nil)
        for form in PageForm.allCases where form != .ownTexts && form != .sharedTexts {
            #expect(payloads(form) != shortest, "\(form)")
        }
    }

    @Test func textsAreSharedOrNot() throws {
        let sample = sampleVectors(count: 3_000, seed: 17).first { $0.name == "uuid4" }
        let vector = try #require(sample?.vector)
        let page = try #require(TextPage(vector))
        let few = TextDictionary([rowKey(vector, 7), rowKey(vector, 9)])
        let short = try #require(
            TextPage(Vector(type: .text, count: 2, storage: .text(codes: [0, 1], dictionary: few))))
        func isShared(_ page: TextPage, _ pool: inout TextPool, _ form: PageForm?) -> Bool {
            PageForm.$forced.withValue(form) { pool.share(page, compression: .lz4) } != nil
        }
        var pool = TextPool()
        let alone = isShared(page, &pool, .ownTexts)
        #expect(!alone && pool.count == 0)
        let first = isShared(page, &pool, nil)
        // Two texts of three thousand are better off alone.
        let second = isShared(short, &pool, nil)
        let third = isShared(short, &pool, .sharedTexts)
        #expect(first && !second && third)
    }

    /// Zstandard lies over texts, where it saves more than LZ4, and over numbers not at all.
    @Test func coldPagesAreSmallerWhereTextsAre() throws {
        var random = SampleGenerator(state: 18)
        let words = ["answer", "order", "refund", "invoice", "please", "address", "parcel", "late", "again", "thanks"]
        let sentences = (0..<2_000).map { number in
            "\(number): " + (0..<12).map { _ in words[Int(random.next() % 10)] }.joined(separator: " ")
        }
        let texts = Vector(
            type: .text, count: 2_000,
            storage: .text(codes: (0..<2_000).map { UInt32($0) }, dictionary: TextDictionary(sentences)))
        // One in twenty is another: numbers of one bit that come to far less than a bit.
        let rare = Vector(
            type: .text, count: 60_000,
            storage: .text(
                codes: (0..<60_000).map { _ in random.next() % 20 == 0 ? 1 : 0 },
                dictionary: TextDictionary(["ok", "error"])))
        func cold(_ vector: Vector) -> EncodedPage {
            PageEncoder.encode(vector, options: PageOptions(compression: .zstd))
        }
        let hot = PageEncoder.encode(texts)
        #expect(cold(texts).header.compression == .zstd && cold(texts).payload.count * 10 <= hot.payload.count * 9)
        #expect(cold(rare).header.compression != .zstd)
        let open = try #require(TextPage(texts))
        #expect(open.withOwnTexts(compression: .zstd).payload == cold(texts).payload)
        let ids = try #require(sampleVectors(count: 3_000, seed: 18).first { $0.name == "uuid4" })
        #expect(cold(ids.vector).header.compression == .none)
        func archived(_ vector: Vector) -> EncodedPage {
            PageEncoder.encode(vector, options: PageOptions(compression: .archive))
        }
        #expect(archived(texts).payload.count <= cold(texts).payload.count)
        // Numbers as well, as long as that saves anything to speak of: such as come again and again.
        let once = (0..<1_000).map { _ in Int64(random.next() % 65_536) }
        let again = Vector(type: .integer, count: 30_000, storage: .int64((0..<30).flatMap { _ in once }))
        #expect(cold(again).header.compression == .lz4 && archived(again).header.compression == .zstd)
        #expect(archived(again).payload.count < cold(again).payload.count)
        #expect(archived(rare).payload.count <= cold(rare).payload.count)
        #expect(archived(texts).payload == archived(texts).payload)
        for vector in [texts, rare, ids.vector, again] {
            for page in [cold(vector), archived(vector)] {
                let back = try PageDecoder.decode(page.header, payload: page.payload[...], type: vector.type)
                #expect(sameRows(vector, back))
            }
        }
    }
}
