import Bytes
import Columnar
import Testing

/// Who looks for a text in a page finds the rows that have it in the page when it is decoded.
struct PageSearchTests {
    @Test(arguments: [1, 64, 1_025, 4_000]) func textsAreFoundAsTheyArePacked(count: Int) throws {
        let masks: [(Int) -> Bool] = [
            { _ in false }, { $0 % 3 == 0 }, { $0 % 700 == 1 }, { $0 % 700 != 1 }, { $0 / 200 % 2 == 0 },
        ]
        for (name, vector) in sampleVectors(count: count, seed: 15) where vector.type == .text {
            for (number, isNull) in masks.enumerated() {
                let vector = number == 0 ? vector : withNulls(vector, where: isNull)
                let page = PageEncoder.encode(vector, options: PageOptions(compression: number == 1 ? .lz4 : .none))
                for text in Self.texts(of: vector) {
                    let found = try PageDecoder.rows(
                        ofText: Array(text.utf8), page.header, payload: page.payload[...], type: .text)
                    guard page.header.encoding == .texts else {
                        #expect(found == nil, "\(name), mask \(number)")
                        continue
                    }
                    let expected = (0..<count).filter { vector.scalar(at: $0) == .text(text) }.map { UInt32($0) }
                    #expect(found == expected, "\(name), mask \(number), \(text)")
                }
            }
        }
    }

    /// Some that occur, their neighbours in every form, and some that occur nowhere.
    private static func texts(of vector: Vector) -> [String] {
        var texts = ["", "absent", "0", "c-00002a8f1", "pod-01", "u00001", String(repeating: "a", count: 36)]
        for row in [0, vector.count / 2, vector.count - 1] {
            guard case .text(let text) = vector.scalar(at: row) else { continue }
            texts += [text, text + "0", String(text.dropLast()), text.uppercased()]
        }
        return texts
    }

    /// A page may hold a text twice: all of its rows are found.
    @Test func aTextThatStandsTwiceIsFoundTwice() throws {
        let dictionary = TextDictionary(["b", "a", "b", "ccc"])
        let vector = Vector(
            type: .text, count: 6, storage: .text(codes: [2, 1, 0, 3, 2, 1], dictionary: dictionary))
        let page = PageEncoder.encode(vector)
        let found = try PageDecoder.rows(ofText: [98], page.header, payload: page.payload[...], type: .text)
        #expect(found == [0, 2, 4])
    }

    /// What is cut short or says too much is refused as when it is decoded.
    @Test func lengthsAreChecked() throws {
        for (name, vector) in sampleVectors(count: 1_100, seed: 16) where vector.type == .text {
            let page = PageEncoder.encode(vector, options: PageOptions(compression: .none))
            guard page.header.encoding == .texts else { continue }
            var header = page.header
            for cut in [1, 9, page.payload.count / 2] {
                header.storedBytes = page.payload.count - cut
                header.payloadBytes = header.storedBytes
                let payload = page.payload.dropLast(cut)
                #expect(throws: DecodingError.self, "\(name), \(cut) less") {
                    try PageDecoder.rows(ofText: [97], header, payload: payload, type: .text)
                }
            }
        }
    }
}
