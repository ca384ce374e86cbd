import Bytes
import Columnar
import Testing

/// Pages are decoded after their checksum held; yet a decoder alone must never crash, hang or outgrow the limits,
/// whatever it gets.
struct PageCorruptionTests {
    static func decode(_ headerBytes: [UInt8], _ payload: [UInt8], _ type: ColumnType) -> Vector? {
        var cursor = ByteCursor(headerBytes)
        guard let header = try? PageHeader(from: &cursor, type: type) else { return nil }
        guard let vector = try? PageDecoder.decode(header, payload: payload[...], type: type) else { return nil }
        #expect(vector.count == header.rowCount && vector.count <= PageLimits.rowsMax)
        let some = vector.count > 8 ? [UInt32(vector.count / 2)] : []
        let known = PageLandmarks(payloadBytes: payload.count)
        // The second time something is known of the page.
        for landmarks in [nil, known, known] {
            let picked = try? PageDecoder.decode(
                header, payload: payload[...], type: type, rows: some,
                landmarks: header.compression == .none ? landmarks : nil)
            if let picked {
                #expect(sameRows(picked, vector.gather(some)))
            } else {
                Issue.record("a page that can be read cannot be picked from")
            }
        }
        if case .text(let codes, let dictionary) = vector.storage {
            #expect(codes.allSatisfy { Int($0) < dictionary.count || dictionary.count == 0 })
        }
        return vector
    }

    static let samples =
        sampleVectors(count: 40, seed: 21)
        + sampleVectors(count: 40, seed: 22).map {
            ($0.name + " with nulls", withNulls($0.vector, where: { $0 % 3 == 1 }))
        }
        + sampleVectors(count: 1_100, seed: 23).filter { ["tail", "few", "runs", "mostly decimals"].contains($0.name) }

    @Test func everyFlippedByteIsAnErrorOrRows() {
        for (_, vector) in Self.samples {
            let page = PageEncoder.encode(vector, options: PageOptions(compression: vector.count == 40 ? .lz4 : .none))
            let header = page.headerBytes
            for index in header.indices {
                for flip: UInt8 in [1, 0x80, 0xFF] {
                    var changed = header
                    changed[index] ^= flip
                    _ = Self.decode(changed, page.payload, vector.type)
                }
            }
            for index in page.payload.indices {
                for flip: UInt8 in [1, 0x80, 0xFF] {
                    var changed = page.payload
                    changed[index] ^= flip
                    _ = Self.decode(header, changed, vector.type)
                }
            }
        }
    }

    @Test func everyTruncationIsAnError() {
        for (name, vector) in Self.samples {
            let page = PageEncoder.encode(vector)
            let header = page.headerBytes
            for length in 0..<header.count {
                var cursor = ByteCursor(Array(header[..<length]))
                #expect(throws: DecodingError.self, "\(name)") { try PageHeader(from: &cursor, type: vector.type) }
            }
            for length in 0..<page.payload.count {
                #expect(
                    Self.decode(header, Array(page.payload[..<length]), vector.type) == nil, "\(name) cut to \(length)")
            }
        }
    }

    @Test func randomPayloadsAreErrorsOrRows() {
        var random = SampleGenerator(state: 5)
        for _ in 0..<20_000 {
            let encoding = PageEncoding.allCases[Int(random.next() % UInt64(PageEncoding.allCases.count))]
            let types: [ColumnType] = [.integer, .numeric(scale: 2), .double, .boolean, .text]
            let type = types[Int(random.next() % 5)]
            let payload = (0..<Int(random.next() % 60)).map { _ in UInt8(truncatingIfNeeded: random.next() % 20) }
            let rows = Int(random.next() % 100)
            let nulls = random.next() % 2 == 0 ? 0 : Int(random.next() % UInt64(rows + 1))
            let header = PageHeader(
                encoding: encoding, rowCount: rows,
                summary: ColumnSummary(minimum: .null, maximum: .null, nullCount: nulls),
                storedBytes: payload.count, payloadBytes: payload.count)
            if let vector = try? PageDecoder.decode(header, payload: payload[...], type: type) {
                #expect(vector.count == rows)
            }
            let some = rows > 8 ? [0, UInt32(rows - 1)].prefix(rows / 8) : []
            let known = PageLandmarks(payloadBytes: payload.count)
            for landmarks in [nil, known, known] {
                let picked = try? PageDecoder.decode(
                    header, payload: payload[...], type: type, rows: Array(some), landmarks: landmarks)
                if let picked { #expect(picked.count == some.count) }
                _ = try? PageDecoder.rows(
                    ofText: [97], header, payload: payload[...], type: type, landmarks: landmarks)
            }
        }
    }
}
