import Foundation
import JSONParsing
import Testing

@Suite struct JSONTortureTests {
    @Test(arguments: [
        ("", 0), ("   ", 3), ("{", 1), ("[1,]", 3), ("{\"a\" 1}", 5), ("{a:1}", 1), ("[1 2]", 3), ("nul", 0),
        ("[01]", 1),
        ("[1.]", 3), ("[+1]", 1), ("[.5]", 1), ("[1e]", 3), ("NaN", 0), ("[Infinity]", 1), ("{} {}", 3),
        ("[\"\u{1}\"]", 2),
        ("[\"\\x\"]", 3), ("[\"\\ud800\"]", 8), ("[\"\\udc00\"]", 8), ("[\"\\u12g4\"]", 6), ("[\"open", 6),
        ("\u{FEFF}{}", 0),
        ("{\"a\":1,}", 7), ("// x", 0), ("[1e400]", 1), ("[18446744073709551616]", 1), ("[-9223372036854775809]", 1),
        ("]", 0),
    ])
    func refusesWithPosition(text: String, offset: Int) throws {
        let error = try #require(failure(Array(text.utf8)), "\(text)")
        #expect(error.offset == offset, "\(text): \(error)")
    }

    @Test func refusesBrokenUTF8() throws {
        for bad: [UInt8] in [
            [0x80], [0xC0, 0x80], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF],
            [0xF5, 0x80, 0x80, 0x80],
        ] {
            let error = try #require(failure([0x5B, 0x22] + bad + [0x22, 0x5D]), "\(bad)")
            #expect(error.offset == 2)
        }
    }

    @Test func acceptsTheEdges() throws {
        for text in [
            "[9223372036854775807,-9223372036854775808,18446744073709551615,1.7976931348623157e308,5e-324,1e-999,-0]",
            #"["\u0000","\ud83d\ude00","😀","\/"]"#, "\t\r\n [ ] ", "[" + String(repeating: "9", count: 18) + "]",
        ] { #expect(failure(Array(text.utf8)) == nil, "\(text)") }
        let tape = try parsed(#"["\u0000"]"#)
        #expect(Array(tape.string(2)) == [0])
    }

    @Test func nestingIsBounded() throws {
        for depth in [120, 5_000, 2_000_000] {
            let text = [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth)
            let error = failure(text)
            #expect((error == nil) == (depth <= 127))
            if let error { #expect(error.expectation.contains("levels")) }
        }
    }

    @Test func everyTruncationIsRefused() throws {
        let text = Array(#"{"id":"é\u00e9😀","n":[-12.5e-3,true,false,null,{"k":"v"}],"z":{}}"#.utf8)
        for length in 0..<text.count {
            let error = try #require(failure(Array(text[..<length])), "length \(length)")
            #expect(error.offset <= length)
        }
    }

    @Test func agreesWithAnotherReader() {
        let seed: UInt64 = 0xC0FFEE
        var state = seed
        let text = Array(#"{"id":"aé\n","n":[-12.5e-3,true,null,{"k":"v"}],"z":{},"u":"\u0041\ud83d\ude00"}"#.utf8)
        var accepted = 0
        for round in 0..<4_000 {
            var bytes = text
            for _ in 0..<(round % 3 + 1) {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let place = Int(state >> 33) % bytes.count
                switch state >> 30 & 3 {
                case 0: bytes[place] ^= 1 << UInt8(state >> 20 & 7)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(Array("{}[],:\"\\0e.-tn \u{1}".utf8)[Int(state >> 10 & 15)], at: place)
                default: bytes.swapAt(place, bytes.count / 2)
                }
            }
            let error = failure(bytes)
            if error == nil {
                accepted += 1
                let other = try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
                #expect(other != nil, "seed \(seed), round \(round)")
            } else {
                // The position was found, not guessed: the checker saw the fault itself.
                #expect(error?.expectation.contains("simdjson") == false, "seed \(seed), round \(round)")
                #expect(
                    error.map { $0.expectation.hasSuffix(".") } == false,
                    "seed \(seed), round \(round): \(String(describing: error))")
            }
        }
        #expect(accepted > 100)
    }
}
