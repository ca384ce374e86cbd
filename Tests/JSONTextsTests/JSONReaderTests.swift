import Bytes
import JSONTexts
import Platform
import Testing

@Suite struct JSONReaderTests {
    @Test(
        arguments: [
            ("null", .null), (" true\n", .boolean(true)), ("\tfalse\r", .boolean(false)), ("0", .number("0")),
            ("-0", .number("-0")), ("-0.0e-0", .number("-0.0e-0")), ("1E+400", .number("1E+400")),
            ("123456789012345678901234567890", .number("123456789012345678901234567890")),
            ("0.1000", .number("0.1000")),
            (#""""#, .string("")), (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")),
            (#""\u0000\u001F\u00e9\uFFFF""#, .string("\u{0}\u{1F}é\u{FFFF}")),
            (#""\ud83d\ude00\uD800\uDC00""#, .string("😀\u{10000}")), ("\"é漢😀\u{7F}\"", .string("é漢😀\u{7F}")),
            ("[]", .array([])), (" [ ] ", .array([])), ("{}", .object([])), ("{ }", .object([])),
            ("[1,[2,[]],{}]", .array([.number("1"), .array([.number("2"), .array([])]), .object([])])),
            (
                #"{"":1,"a":{"b":[null]},"a":2}"#,
                .object([
                    JSONMember(name: "", value: .number("1")),
                    JSONMember(name: "a", value: .object([JSONMember(name: "b", value: .array([.null]))])),
                    JSONMember(name: "a", value: .number("2")),
                ])
            ),
            ("[ 1 , 2 ]", .array([.number("1"), .number("2")])),
            (
                "{ \"a\" : 1 , \"b\" : 2 }",
                .object([
                    JSONMember(name: "a", value: .number("1")), JSONMember(name: "b", value: .number("2")),
                ])
            ),
        ] as [(String, JSONValue)])
    func reads(_ text: String, _ expected: JSONValue) throws {
        #expect(try JSONReader.parse(text) == expected)
        #expect(try JSONReader.parse(Array(text.utf8)) == expected)
        // A slice of more is read by itself, its offsets counted from its beginning.
        let more = Array("x".utf8) + Array(text.utf8) + Array("y".utf8)
        #expect(try JSONReader.parse(more[1..<(more.count - 1)]) == expected)
    }

    @Test(arguments: [
        ("", 0), ("   ", 3), ("{", 1), ("[", 1), ("]", 0), ("[1,]", 3), ("[,1]", 1), ("{\"a\" 1}", 5), ("{a:1}", 1),
        ("[1 2]", 3), ("nul", 0), ("nulL", 0), ("True", 0), ("[01]", 2), ("[-]", 2), ("[1.]", 3), ("[+1]", 1),
        ("[.5]", 1), ("[1e]", 3), ("[1e+]", 4), ("[0x10]", 2), ("NaN", 0), ("[Infinity]", 1), ("[-Infinity]", 2),
        ("{} {}", 3), ("1 2", 2), ("[\"\u{1}\"]", 2), ("\"a\nb\"", 2), ("[\"\\x\"]", 3), ("[\"\\", 3),
        ("[\"\\ud800\"]", 8), ("[\"\\ud800\\n\"]", 8), ("[\"\\ud800\\u0041\"]", 8), ("[\"\\udc00\"]", 4),
        ("[\"\\u12g4\"]", 6), ("[\"\\u12", 6), ("[\"open", 6), ("\u{FEFF}{}", 0), ("{\"a\":1,}", 7), ("{,}", 1),
        ("{\"a\":}", 5), ("{\"a\"", 4), ("{\"a\":1", 6), ("// x", 0), ("[1]]", 3), ("{\"a\":1]", 6), ("[1}", 2),
        ("'a'", 0), ("{\"a\":1 \"b\":2}", 7), ("\u{A0}1", 0),
    ])
    func refusesWithPosition(_ text: String, _ offset: Int) {
        let error = #expect(throws: DecodingError.self, "\(text)") { try JSONReader.parse(text) }
        #expect(error?.offset == offset, "\(text): \(error.map { "\($0)" } ?? "")")
        let inside = Array("xx".utf8) + Array(text.utf8)
        if let error { #expect(throws: error) { try JSONReader.parse(inside[2...]) } }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF],
            [0xF5, 0x80, 0x80, 0x80],
        ] as [[UInt8]])
    func refusesBrokenUTF8(_ bad: [UInt8]) {
        for text in [[0x5B, 0x22] + bad + [0x22, 0x5D], [0x5B, 0x20] + bad + [0x5D]] {
            #expect(throws: DecodingError(offset: 2, expectation: "UTF-8")) { try JSONReader.parse(text) }
        }
    }

    @Test func nestingIsBounded() throws {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            func nested(_ depth: Int) -> String {
                String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
            }
            _ = try JSONReader.parse(nested(64))
            let error = #expect(throws: DecodingError.self) { try JSONReader.parse(nested(65)) }
            #expect(error == DecodingError(offset: 64 * open.utf8.count, expectation: "at most 64 levels of nesting"))
            // Far beyond what the stack would bear.
            #expect(throws: DecodingError.self) { try JSONReader.parse(String(repeating: open, count: 1_000_000)) }
            let limits = JSONReader.Limits(depthMax: 2, bytesMax: 100)
            _ = try JSONReader.parse(nested(2), limits: limits)
            #expect(throws: DecodingError.self) { try JSONReader.parse(nested(3), limits: limits) }
        }
        // Levels beside each other are no depth.
        _ = try JSONReader.parse("[" + String(repeating: "[[{}]],", count: 1_000) + "1]")
    }

    @Test func lengthIsBounded() throws {
        let limits = JSONReader.Limits(depthMax: 1, bytesMax: 5)
        #expect(try JSONReader.parse("[123]", limits: limits) == .array([.number("123")]))
        #expect(throws: DecodingError(offset: 5, expectation: "at most 5 bytes")) {
            try JSONReader.parse("[1234]", limits: limits)
        }
        #expect(throws: DecodingError.self) { try JSONReader.parse("[12] \n", limits: limits) }
    }

    @Test func membersAreFound() throws {
        let json = try JSONReader.parse(
            #"{"a":9223372036854775807,"b":9223372036854775808,"c":1.0,"d":"x","e":[1],"a":2,"f":{"g":-5}}"#)
        #expect(json["a"]?.integer == .max && json["b"]?.integer == nil && json["c"]?.integer == nil)
        #expect(json["d"]?.string == "x" && json["a"]?.string == nil)
        #expect(json["e"]?.array?.count == 1 && json["e"]?["x"] == nil)
        #expect(json["f"]?["g"]?.integer == -5 && json["f"]?.members?.count == 1 && json["z"] == nil)
    }

    // MARK: Round trip

    private static func value(_ random: inout SeededGenerator, depth: Int = 0) -> JSONValue {
        switch random.next(below: depth < 5 ? 8 : 6) {
        case 0: return .null
        case 1: return .boolean(random.next(below: 2) == 0)
        case 2: return .number(String(Int64(bitPattern: random.next()) >> Int64(random.next(below: 64))))
        case 3:
            let number = Double(bitPattern: random.next())
            return .number(number.isFinite ? number.description : "0.10")
        case 4, 5: return .string(text(&random))
        case 6: return .array((0..<random.next(below: 5)).map { _ in value(&random, depth: depth + 1) })
        default:
            let members = (0..<random.next(below: 5)).map { _ in
                JSONMember(name: text(&random), value: value(&random, depth: depth + 1))
            }
            return .object(members)
        }
    }

    private static func text(_ random: inout SeededGenerator) -> String {
        var text = ""
        for _ in 0..<random.next(below: 12) {
            let bound = [0x20, 0x80, 0x800, 0x1_0000, 0x11_0000][random.next(below: 5)]
            if let scalar = UnicodeScalar(UInt32(random.next(below: bound))) { text.unicodeScalars.append(scalar) }
        }
        return text
    }

    private static func write(_ value: JSONValue, to json: inout JSONWriter) {
        switch value {
        case .null: json.null()
        case .boolean(let truth): json.value(truth)
        case .number(let digits): json.raw(digits)
        case .string(let text): json.value(text)
        case .array(let values): json.array(values) { write($0, to: &$1) }
        case .object(let members):
            json.object { json in
                for member in members {
                    json.key(member.name)
                    write(member.value, to: &json)
                }
            }
        }
    }

    /// What is written in any layout reads back as it was.
    @Test func readsBackWhatIsWritten() throws {
        for seed in 1...400 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            let value = Self.value(&random)
            for layout in [.compact, .spaced, .indented] as [JSONWriter.Layout] {
                var json = JSONWriter(layout)
                Self.write(value, to: &json)
                #expect(try JSONReader.parse(json.bytes) == value, "seed \(seed), \(layout): \(json.text)")
            }
        }
    }

    /// Broken documents are refused or read, and never trap.
    @Test func changedBytesNeverTrap() {
        var random = SeededGenerator(seed: 63)
        let alphabet = Array("{}[]\",:\\u0e-.+ tfn\u{1}é".utf8) + [0xFF, 0xC0]
        var read = 0
        for round in 0..<4_000 {
            var json = JSONWriter()
            Self.write(Self.value(&random), to: &json)
            var bytes = json.bytes
            for _ in 0...(round % 3) {
                let place = random.next(below: bytes.count)
                bytes[place] = alphabet[random.next(below: alphabet.count)]
            }
            do throws(DecodingError) {
                _ = try JSONReader.parse(bytes)
                read += 1
            } catch {
                #expect(error.offset >= 0 && error.offset <= bytes.count, "seed 63")
            }
        }
        #expect(read > 0 && read < 4_000)
    }

    /// Counts that somebody else told are added up: none may be negative or near the end of 64 bits.
    @Test(arguments: [
        ("0", 0), ("7", 7), ("1099511627776", 1_099_511_627_776), ("1099511627777", nil), ("-1", nil), ("1.0", nil),
        ("9223372036854775807", nil), ("\"7\"", nil), ("null", nil),
    ] as [(String, Int64?)])
    func countsAreBounded(text: String, count: Int64?) throws { #expect(try JSONReader.parse(text).count == count) }
}
