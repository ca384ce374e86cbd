import Bytes
import Columnar
import Testing

struct PageRoundTripTests {
    /// Through the bytes of header and payload and back.
    static func roundTrip(_ vector: Vector, _ options: PageOptions = PageOptions()) throws -> (Vector, PageHeader) {
        let page = PageEncoder.encode(vector, options: options)
        var cursor = ByteCursor(page.headerBytes)
        let header = try PageHeader(from: &cursor, type: vector.type)
        #expect(cursor.isAtEnd)
        return (try PageDecoder.decode(header, payload: page.payload[...], type: vector.type), header)
    }

    @Test(arguments: [0, 1, 2, 63, 64, 65, 1_023, 1_024, 1_025, 5_000, 65_536])
    func everyShapeComesBack(count: Int) throws {
        for compression in [PageEffort.none, .lz4, .zstd, .archive] {
            if count > 5_000, compression == .zstd || compression == .archive { continue }
            for (name, vector) in sampleVectors(count: count, seed: 11) {
                let (back, _) = try Self.roundTrip(vector, PageOptions(compression: compression))
                #expect(sameRows(vector, back), "\(name) of \(count) rows, \(compression)")
            }
        }
    }

    /// What exceptions add to differences does not depend on the order in which they stand.
    @Test func exceptionsOfDifferencesMayStandInAnyOrder() throws {
        // Differences from 100 on, none of them with bits of its own, and two exceptions of 10 each.
        let head: [UInt8] = [2, 0xC8, 1, 0, 1, 0, 2]
        let ascending: [UInt8] = [1, 4, 1, 2, 0, 0b11_00, 0, 0, 0, 0, 0, 0, 0]
        let descending: [UInt8] = [1, 4, 1, 2, 0, 0b00_11, 0, 0, 0, 0, 0, 0, 0]
        for positions in [ascending, descending] {
            let payload = head + positions + [0, 20]
            let header = PageHeader(
                encoding: .integers, rowCount: 8,
                summary: ColumnSummary(minimum: .integer(100), maximum: .integer(120), nullCount: 0),
                storedBytes: payload.count, payloadBytes: payload.count)
            let vector = try PageDecoder.decode(header, payload: payload[...], type: .integer)
            let wanted: [Int64] = [100, 100, 100, 110, 110, 110, 120, 120]
            #expect((0..<8).map { vector.scalar(at: $0) } == wanted.map { .integer($0) })
        }
    }

    /// Ids are kept as numbers only where each character is what would be written again.
    @Test(arguments: ["0f9a1b2c-3d4e-7a5b-8c6d-7e8f90a1b2c3", "0f9a1b2c3d4e7a5b8c6d7e8f90a1b2c3", "u-0a1b2", "9f"])
    func whatOnlyLooksLikeAnIDComesBackAsItWas(text: String) throws {
        let id = Array(text.utf8)
        for place in id.indices {
            for byte in "/09:@AFG`afgz-".utf8 {
                var other = id
                other[place] = byte
                var builder = TextDictionaryBuilder()
                let codes = [id, other, id].map { builder.code(of: $0.span) }
                let vector = Vector(
                    type: .text, count: 3, storage: .text(codes: codes, dictionary: builder.finish()))
                let (back, _) = try Self.roundTrip(vector)
                #expect(sameRows(vector, back), "\(String(decoding: other, as: UTF8.self))")
            }
        }
    }

    @Test(arguments: [1, 64, 1_025, 4_000])
    func nullsComeBack(count: Int) throws {
        let masks: [(String, (Int) -> Bool)] = [
            ("third", { $0 % 3 == 0 }), ("few", { $0 % 700 == 1 }), ("most", { $0 % 700 != 1 }), ("all", { _ in true }),
            ("blocks", { $0 / 200 % 2 == 0 }), ("none", { _ in false }),
        ]
        for (name, vector) in sampleVectors(count: count, seed: 12) {
            for (mask, isNull) in masks {
                let vector = withNulls(vector, where: isNull)
                let (back, header) = try Self.roundTrip(vector)
                #expect(sameRows(vector, back), "\(name), \(mask) null")
                #expect(header.summary.nullCount == vector.validity?.nullCount)
                if case .int64(let values) = back.storage, let validity = back.validity {
                    #expect(values.indices.allSatisfy { validity[$0] || values[$0] == 0 }, "zeros below nulls")
                }
            }
        }
    }

    /// Where few rows are wanted, they are picked from what is packed: they are those of the whole page, and texts that
    /// do not occur in them are not made.
    @Test(arguments: [1, 64, 1_025, 4_000])
    func pickedRowsAreThoseOfThePage(count: Int) throws {
        let masks: [(Int) -> Bool] = [
            { _ in false }, { $0 % 3 == 0 }, { $0 % 700 == 1 }, { $0 % 700 != 1 }, { $0 / 200 % 2 == 0 },
        ]
        var random = SampleGenerator(state: 31)
        for (name, vector) in sampleVectors(count: count, seed: 14) {
            for (number, isNull) in masks.enumerated() {
                let vector = number == 0 ? vector : withNulls(vector, where: isNull)
                let page = PageEncoder.encode(vector, options: PageOptions(compression: number == 1 ? .lz4 : .none))
                for share in [2, 20, 500] {
                    let rows = (0..<UInt32(count)).filter { _ in random.next() % UInt64(share) == 0 }
                    let picked = try PageDecoder.decode(
                        page.header, payload: page.payload[...], type: vector.type, rows: rows)
                    #expect(picked.fault == nil)
                    #expect(sameRows(picked, vector.gather(rows)), "\(name), mask \(number), one in \(share)")
                    if share > 10, case .text(_, let dictionary) = picked.storage, rows.count <= count / 8 {
                        #expect(dictionary.count <= rows.count)
                    }
                }
            }
        }
    }

    @Test func samplesReachEveryEncodingAndForm() {
        let pages = sampleVectors(count: 3_000, seed: 13).map { (name: $0.name, page: PageEncoder.encode($0.vector)) }
        var encodings = Set(pages.map { $0.page.header.encoding })
        encodings.insert(PageEncoder.encode(.constant(.null, type: .text, count: 4)).header.encoding)
        // What the texts of a page are shared with is no vector's: TextPoolTests have it.
        encodings.insert(.sharedTexts)
        #expect(encodings == Set(PageEncoding.allCases))
        let sizes = Dictionary(uniqueKeysWithValues: pages.map { ($0.name, Double($0.page.payload.count) / 3_000) })
        // Bytes a value that the forms promise.
        let limits = [
            "constant": 0.001, "ascending": 0.01, "small": 1.3, "tail": 0.8, "runs": 0.1, "times": 1.8, "money": 1.8,
            "decimals": 1.3,
            "few": 0.42, "uuid4": 15.5, "uuid7": 9.6, "traces": 16.1, "spans": 8.1, "conversations": 0.3, "users": 2.5,
            "pods": 1.4,
        ]
        for (name, limit) in limits {
            #expect(sizes[name, default: .infinity] <= limit, "\(name): \(sizes[name] ?? -1)")
        }
    }

    @Test func summariesAreExact() throws {
        let (_, header) = try Self.roundTrip(Vector(type: .integer, count: 3, storage: .int64([.max, 2, .max])))
        #expect(header.summary.minimum == .integer(2) && header.summary.maximum == .integer(.max))
        #expect(header.summary.sum == Int128(Int64.max) * 2 + 2)
        let negative = PageEncoder.encode(Vector(type: .integer, count: 3, storage: .int64([.min, -1, .min]))).header
            .summary
        #expect(negative.sum == Int128(Int64.min) * 2 - 1)
        let money = PageEncoder.encode(.constant(.numeric(-5, scale: 12), type: .numeric(scale: 12), count: 9)).header
            .summary
        #expect(money.sum == -45)
        let doubles = PageEncoder.encode(Vector(type: .double, count: 3, storage: .double([.nan, 1, 5]))).header.summary
        #expect(doubles.minimum == .double(1))
        guard case .double(let greatest) = doubles.maximum else {
            throw DecodingError(offset: 0, expectation: "a double")
        }
        #expect(greatest.isNaN)
    }

    @Test func longTextsAreBoundedNotKept() throws {
        let long = String(repeating: "z", count: 100)
        let dictionary = TextDictionary(["m", long])
        let (_, header) = try Self.roundTrip(
            Vector(type: .text, count: 2, storage: .text(codes: [0, 1], dictionary: dictionary)))
        guard case .text(let maximum) = header.summary.maximum else {
            throw DecodingError(offset: 0, expectation: "a text")
        }
        #expect(maximum.utf8.count <= PageLimits.summaryTextBytesMax && maximum > long)
        #expect(header.summary.minimum == .text("m"))
    }

    @Test func unusedDictionaryEntriesAreLeftOut() throws {
        let dictionary = TextDictionary((0..<1_000).map { "unused \($0)" })
        let (back, _) = try Self.roundTrip(
            Vector(type: .text, count: 2, storage: .text(codes: [900, 7], dictionary: dictionary)))
        guard case .text(_, let kept) = back.storage else { throw DecodingError(offset: 0, expectation: "texts") }
        #expect(kept.count == 2 && kept[0] == "unused 900")
    }
}
