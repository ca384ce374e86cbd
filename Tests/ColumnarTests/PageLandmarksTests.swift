import Bytes
import Columnar
import Synchronization
import Testing

/// What is known of a page beside it changes no answer, and saves the way to the wanted values.
struct PageLandmarksTests {
    private static let masks: [@Sendable (Int) -> Bool] = [
        { _ in false }, { $0 % 3 == 0 }, { $0 % 700 == 1 }, { $0 % 700 != 1 }, { $0 / 200 % 2 == 0 },
    ]

    /// Whatever was read before, rows are those of the page.
    @Test(arguments: [64, 1_025, 4_000]) func rowsAreThoseOfThePage(count: Int) throws {
        var random = SampleGenerator(state: 41)
        for (name, vector) in sampleVectors(count: count, seed: 42) {
            for (number, isNull) in Self.masks.enumerated() {
                let vector = number == 0 ? vector : withNulls(vector, where: isNull)
                let page = PageEncoder.encode(vector, options: PageOptions(compression: .none))
                let landmarks = PageLandmarks(payloadBytes: page.payload.count)
                for share in [500, 20, 500, 9] {
                    let rows = (0..<UInt32(count)).filter { _ in random.next() % UInt64(share) == 0 }
                    let picked = try PageDecoder.decode(
                        page.header, payload: page.payload[...], type: vector.type, rows: rows, landmarks: landmarks)
                    #expect(picked.fault == nil)
                    #expect(sameRows(picked, vector.gather(rows)), "\(name), mask \(number), one in \(share)")
                }
            }
        }
    }

    /// The same of rows that are found by their text, before and after rows were read.
    @Test(arguments: [64, 1_025, 4_000]) func textsAreFoundWhereTheyStand(count: Int) throws {
        for (name, vector) in sampleVectors(count: count, seed: 43) where vector.type == .text {
            for (number, isNull) in Self.masks.enumerated() {
                let vector = number == 0 ? vector : withNulls(vector, where: isNull)
                let page = PageEncoder.encode(vector, options: PageOptions(compression: .none))
                let landmarks = PageLandmarks(payloadBytes: page.payload.count)
                for row in [count / 2, 0, count - 1, count / 3, count / 2] {
                    guard case .text(let text) = vector.scalar(at: row) else { continue }
                    for wanted in [text, text + "0", "absent"] {
                        let found = try PageDecoder.rows(
                            ofText: Array(wanted.utf8), page.header, payload: page.payload[...], type: .text,
                            landmarks: landmarks)
                        let plain = try PageDecoder.rows(
                            ofText: Array(wanted.utf8), page.header, payload: page.payload[...], type: .text)
                        #expect(found == plain, "\(name), mask \(number), \(wanted)")
                    }
                    let picked = try PageDecoder.decode(
                        page.header, payload: page.payload[...], type: .text, rows: [UInt32(row)],
                        landmarks: landmarks)
                    #expect(sameRows(picked, vector.gather([UInt32(row)])), "\(name), mask \(number), row \(row)")
                }
            }
        }
    }

    /// Of times, which are kept as differences, a block is added up, wherever the row stands.
    @Test func differencesAreAddedUpFromTheNearestBlock() throws {
        let count = 20_000
        let times = try #require(sampleVectors(count: count, seed: 44).first { $0.name == "times" }).vector
        let page = PageEncoder.encode(times, options: PageOptions(compression: .none))
        let landmarks = PageLandmarks(payloadBytes: page.payload.count)
        func unpacked(_ rows: [UInt32]) throws -> Int {
            let before = landmarks.blocksUnpacked.load(ordering: .relaxed)
            let picked = try PageDecoder.decode(
                page.header, payload: page.payload[...], type: times.type, rows: rows, landmarks: landmarks)
            #expect(sameRows(picked, times.gather(rows)))
            return landmarks.blocksUnpacked.load(ordering: .relaxed) - before
        }
        #expect(try unpacked([19_999]) == 1)
        let known = landmarks.takeGrowth()
        // A number for each block of 1,024 rows, and little besides.
        #expect((1...1_000).contains(known), "\(known) bytes")
        for rows in [[19_999], [10_000, 10_001, 10_200], [0], [1_024]] as [[UInt32]] {
            #expect(try unpacked(rows) == 1, "\(rows)")
        }
        #expect(try unpacked([5, 7, 19_998]) == 2)
        #expect(landmarks.takeGrowth() == 0)
    }

    /// What is patched of a column with many outliers is found out once, for whoever reads rows of it.
    @Test func patchesAreKnownToTheNextReader() throws {
        let count = 65_536
        var random = SampleGenerator(state: 48)
        let values = (0..<count).map { _ in
            Int64(random.next() % (random.next() % 16 == 0 ? 1 << 40 : 1 << 6))
        }
        let vector = Vector(type: .integer, count: count, storage: .int64(values))
        let page = PageEncoder.encode(vector, options: PageOptions(compression: .none))
        // Some four thousand of them.
        #expect(page.payload.count < 100_000)
        let landmarks = PageLandmarks(payloadBytes: page.payload.count)
        for (read, rows) in ([[7, 65_000], [0, 1, 2, 40_000], [65_535]] as [[UInt32]]).enumerated() {
            let picked = try PageDecoder.decode(
                page.header, payload: page.payload[...], type: .integer, rows: rows, landmarks: landmarks)
            #expect(sameRows(picked, vector.gather(rows)), "\(rows)")
            #expect((landmarks.takeGrowth() > 0) == (read == 0), "\(rows)")
        }
    }

    /// Of texts that lie end to end, the lengths before a wanted one are added up from the nearest block.
    @Test func textsAreFoundByTheLengthsOfTheirBlock() throws {
        let count = 20_000
        let texts = try #require(sampleVectors(count: count, seed: 46).first { $0.name == "unique" }).vector
        let page = PageEncoder.encode(texts, options: PageOptions(compression: .none))
        let landmarks = PageLandmarks(payloadBytes: page.payload.count)
        for rows in [[19_999], [0], [7, 8, 9], [4_096, 4_098], [19_999]] as [[UInt32]] {
            let before = landmarks.blocksUnpacked.load(ordering: .relaxed)
            let picked = try PageDecoder.decode(
                page.header, payload: page.payload[...], type: .text, rows: rows, landmarks: landmarks)
            #expect(sameRows(picked, texts.gather(rows)))
            #expect(landmarks.blocksUnpacked.load(ordering: .relaxed) - before == 1, "\(rows)")
        }
        #expect(landmarks.takeGrowth() < 2_000)
    }

    /// The first values in an order are found in the blocks that may have them, with all that equal the last of them.
    @Test func firstRowsAreFoundInFewBlocks() throws {
        let count = 12_000
        var found = 0
        for (name, vector) in sampleVectors(count: count, seed: 45) {
            guard case .int64(let values) = vector.storage else { continue }
            let page = PageEncoder.encode(vector, options: PageOptions(compression: .none))
            let landmarks = PageLandmarks(payloadBytes: page.payload.count)
            for descending in [false, true] {
                let sorted = values.sorted { descending ? $0 > $1 : $0 < $1 }
                for wanted in [1, 50, 1_100, 12_000] {
                    let before = landmarks.blocksUnpacked.load(ordering: .relaxed)
                    let rows = try PageDecoder.rows(
                        first: wanted, descending: descending, page.header, payload: page.payload[...],
                        landmarks: landmarks)
                    let unpacked = landmarks.blocksUnpacked.load(ordering: .relaxed) - before
                    if name == "times", wanted < count {
                        #expect(rows != nil && unpacked <= 3, "\(unpacked) blocks for \(wanted)")
                    }
                    guard let rows else { continue }
                    found += 1
                    let last = sorted[wanted - 1]
                    let expected = values.indices.filter { descending ? values[$0] >= last : values[$0] <= last }
                    #expect(rows == expected.map { UInt32($0) }, "\(name), \(wanted), \(descending)")
                }
            }
        }
        #expect(found > 6)
    }

    /// Values within bounds are found where these blocks have them alone, and looked for in those at the bounds.
    @Test func rowsWithinBoundsAreFoundInFewBlocks() throws {
        let count = 12_000
        var found = 0
        for (name, vector) in sampleVectors(count: count, seed: 47) {
            guard case .int64(let values) = vector.storage else { continue }
            let page = PageEncoder.encode(vector, options: PageOptions(compression: .none))
            let landmarks = PageLandmarks(payloadBytes: page.payload.count)
            let (low, high) = (values[count / 3], values[count / 2])
            for range in [low...max(low, high), low...low, Int64.min...low, high...Int64.max, .min ... .max] {
                let before = landmarks.blocksUnpacked.load(ordering: .relaxed)
                let rows = try PageDecoder.rows(
                    within: range, page.header, payload: page.payload[...], landmarks: landmarks)
                let unpacked = landmarks.blocksUnpacked.load(ordering: .relaxed) - before
                if name == "times" { #expect(rows != nil && unpacked <= 2, "\(unpacked) blocks") }
                guard let rows else { continue }
                found += 1
                let expected = values.indices.filter { range.contains(values[$0]) }.map { UInt32($0) }
                #expect(rows == expected, "\(name), \(range)")
            }
        }
        #expect(found > 10)
    }

    /// Ids stand near each other, as conversations do that go on at the same time: who looks for one unpacks those
    /// blocks alone whose bounds have it.
    @Test func blocksThatCannotHoldATextAreLeftAlone() throws {
        let count = 20_000
        var builder = TextDictionaryBuilder()
        let codes = (0..<count).map { builder.code(of: "c-" + hex(UInt64($0 / 40 * 10 + $0 % 10), 9)) }
        let vector = Vector(type: .text, count: count, storage: .text(codes: codes, dictionary: builder.finish()))
        let page = PageEncoder.encode(vector, options: PageOptions(compression: .none))
        let landmarks = PageLandmarks(payloadBytes: page.payload.count)
        for number in [7, 4_003, 2_500, 4_999, 5_000, 7] {
            let before = landmarks.blocksUnpacked.load(ordering: .relaxed)
            let found = try PageDecoder.rows(
                ofText: Array(("c-" + hex(UInt64(number), 9)).utf8), page.header, payload: page.payload[...],
                type: .text, landmarks: landmarks)
            let first = UInt32(number / 10 * 40 + number % 10)
            #expect(found == (number < 5_000 ? [first, first + 10, first + 20, first + 30] : []))
            // Of the ids one, of the rows one or, at an edge, two: of 25 in all.
            #expect(landmarks.blocksUnpacked.load(ordering: .relaxed) - before <= 3, "number \(number)")
        }
    }
}
