import Domain
import Testing
import WireFormats

/// Lines that are read without the parser give what the parser's way gives, to the byte, and nothing that is refused or
/// warned of goes past it.
@Suite struct PlainLineTests {
    /// So near the end words cannot be read; a line of blanks is none.
    static let tail = String(repeating: " ", count: 120)

    static let call = #"""
        {"specversion":"1.0","id":"019fc830-2626-7a86-87ed-984cb868f059","source":"agent/bench","type":"llm.call",\#
        "time":"2026-08-03T15:13:46.534915538Z","data":{"conversation_id":"c-000000e69","turn":0,"user_id":"u00128",\#
        "tenant":"tenant-4","channel":"web","agent":"billing","variant":"control",\#
        "trace_id":"f8b72030c9bf8eaa2f5220c2704f7f2e","provider":"anthropic","status":"ok","output_tokens":65,\#
        "route":"cloud","time_to_first_token_ns":526454640,"cache_read_tokens":0,"duration_ns":1029835053,\#
        "input_tokens":603,"request_model":"claude-3-5-haiku"}}
        """#

    /// Decodes lines both ways, with one decoder each.
    private static func both(_ lines: [String]) -> (quick: DecodedBatch, parsed: DecodedBatch, plainLines: Int) {
        let text = Array((lines.joined(separator: "\n") + "\n" + tail).utf8)
        var quick = makeDecoder()
        var parsing = makeDecoder()
        parsing.readsPlainly = false
        let batch = quick.decodeLines(text.span)
        return (batch, parsing.decodeLines(text.span), quick.plainLines)
    }

    private static func expectSame(_ left: DecodedBatch, _ right: DecodedBatch, _ what: String) {
        #expect(left.batch.bytes == right.batch.bytes && left.batch.starts == right.batch.starts, "\(what)")
        #expect(left.eventIndexes == right.eventIndexes && left.eventCount == right.eventCount, "\(what)")
        #expect(left.rejections == right.rejections && left.rejectedCount == right.rejectedCount, "\(what)")
        #expect(left.warnings == right.warnings && left.warnedIndexes == right.warnedIndexes, "\(what)")
        #expect(left.withheld == right.withheld && left.unknownValues == right.unknownValues, "\(what)")
        #expect(left.slips == right.slips && left.deadLetterCount == right.deadLetterCount, "\(what)")
    }

    @Test func plainLinesNeedNoParser() {
        // The same with a blank behind each sign, with other ends of lines, and without a time.
        let spaced = Self.call.replacing(",\"", with: ", \"").replacing("\":", with: "\": ")
        let timeless = Self.call.replacing(#""time":"2026-08-03T15:13:46.534915538Z","#, with: "")
        let withNull = Self.call.replacing(#""route":"cloud""#, with: #""route":null"#)
        let lines = [Self.call, spaced, Self.call + "\r", timeless, withNull]
        let (quick, parsed, plainLines) = Self.both(lines)
        #expect(plainLines == 5)
        #expect(quick.batch.count == 5 && quick.warnings.isEmpty && quick.rejectedCount == 0)
        Self.expectSame(quick, parsed, "plain lines")
        let first = dump(quick.batch).split(separator: "\n")[0]
        #expect(first.hasPrefix("llm.call @2026-08-03T15:13:46.534915538Z id='019fc830-2626-7a86-87ed-984cb868f059'"))
        #expect(first.contains(" duration_ns=1029835053 ") && first.contains(" input_tokens=603 "))
        #expect(dump(quick.batch).split(separator: "\n")[3].hasPrefix("llm.call id='019fc830"))
    }

    /// What is written so is read by the parser, whatever it then says of it.
    @Test(arguments: [
        (#""turn":0"#, #""turn":00"#), (#""turn":0"#, #""turn":-0"#), (#""turn":0"#, #""turn":0.0"#),
        (#""turn":0"#, #""turn":1e2"#), (#""turn":0"#, #""turn":12345678901234567890"#),
        (#""turn":0"#, #""turn":12345678901234567"#), (#""turn":0"#, #""turn":0,"turn":0"#),
        (#""turn":0"#, #""turn":nul"#), (#""turn":0"#, #""turn":0,"colour":1"#), (#""turn":0"#, #""turn":0,"#),
        (#""turn":0"#, #""turn" :0"#), (#""turn":0"#, #""turn":  0"#), (#""turn":0"#, #""turn":-1"#),
        ("tenant-4", #"tenant\u002d4"#), ("tenant-4", "tenänt"), ("tenant-4", "ten\tant"),
        ("tenant-4", "ten\u{7F}ant"),
        ("tenant-4", ""), ("tenant-4", " "), ("tenant-4", "\0"), (#""ok""#, #""fine""#),
        ("claude-3-5-haiku", "sk-proj-0123456789abcdef"),
        ("15:13:46", "24:13:46"), ("15:13:46", "15:60:46"), ("15:13:46", "15:13:60"), ("08-03T", "08-32T"),
        ("08-03T", "08-03t"), ("46.534915538Z", "46.Z"), ("46.534915538Z", "46.5349155381Z"),
        ("46.534915538Z", "46.534915538+02:00"), ("46.534915538Z", "46,5Z"), ("2026-08-03T", "1500-08-03T"),
        ("}}", "}},"), ("}}", "} }"), ("}}", "}} "), ("}}", "}"), ("}}", #"},"subject":"c-1"}"#), ("1.0", "0.3"),
        (#"{"specversion":"1.0","#, "{"), (#""id":"#, #""id":7,"id":"#), ("llm.call", "llm.cell"),
        ("conversation_id", "conversation-id"), (#""data":{"#, #""data":[{"#),
    ])
    func allElseIsParsed(what: String, instead: String) {
        let line = Self.call.replacing(what, with: instead)
        let (quick, parsed, plainLines) = Self.both([line, Self.call])
        // The one behind it is read without.
        #expect(plainLines == 1)
        Self.expectSame(quick, parsed, line)
    }

    /// Integers to their last digit.
    @Test(arguments: [
        "0", "7", "1234567", "12345678", "123456789", "999999999999999", "1234567890123456",
    ])
    func integersAreExact(text: String) {
        let line = Self.call.replacing(#""duration_ns":1029835053"#, with: #""duration_ns":\#(text)"#)
        let (quick, parsed, plainLines) = Self.both([line])
        #expect(plainLines == 1 && dump(quick.batch).contains(" duration_ns=\(text) "))
        Self.expectSame(quick, parsed, line)
    }

    /// Numbers with a point are those that the parser rounds to, to the last bit.
    @Test func doublesAreExact() {
        let scores = [
            "0.1", "0.5", "1", "0.333333", "0.07", "0.99999999", "0.12345678", "0.0", "0", "0.10", "-1.5",
            "1234567.12345678", "9007199254740993",
        ]
        let lines = scores.map {
            #"{"specversion":"1.0","id":"e1","source":"s","type":"retrieval.query","data":{"agent":"a","#
                + #""top_score":\#($0)}}"#
        }
        let (quick, parsed, plainLines) = Self.both(lines)
        #expect(plainLines == scores.count && quick.batch.count == scores.count)
        Self.expectSame(quick, parsed, "scores")
    }

    @Test func timesAreExact() {
        let times = [
            "2026-08-03T00:00:00Z", "2026-08-03T23:59:59.999999999Z", "2026-08-03T00:00:00.1Z",
            "2026-08-03T09:08:07.12345678Z", "2024-02-29T12:00:00.000001Z", "1969-12-31T23:59:59.5Z",
        ]
        let lines = times.map { Self.call.replacing("2026-08-03T15:13:46.534915538Z", with: $0) }
        let (quick, parsed, plainLines) = Self.both(lines)
        #expect(plainLines == times.count)
        Self.expectSame(quick, parsed, "times")
        #expect(quick.batch[5].time == -500_000_000)
        #expect(quick.batch[1].time - quick.batch[0].time == 86_399_999_999_999)
    }

    /// Events of all types with texts of all kinds, whole and damaged in one place.
    @Test(arguments: 1...4)
    func randomLinesAreTheSame(seed: Int) {
        var generator = Generator(state: UInt64(seed))
        let scraps: [[UInt8]] = ["\"", "\\", ",", "}", "{", ":", " ", "0", "-", ".", "é", "\u{1}", "null", "["].map {
            Array($0.utf8)
        }
        var lines: [String] = []
        for _ in 0..<600 {
            let type = registry.types[generator.next(registry.types.count)]
            var line = Array((generator.next(2) == 0 ? Self.call : generator.event(type)).utf8)
            if generator.next(3) == 0 {
                let place = generator.next(line.count)
                switch generator.next(3) {
                case 0: line.remove(at: place)
                case 1: line.insert(contentsOf: scraps[generator.next(scraps.count)], at: place)
                default: line.replaceSubrange(place...place, with: scraps[generator.next(scraps.count)])
                }
            }
            // Damage may leave what is no UTF-8, which a text cannot hold; the tests of the parser have that.
            lines.append(String(decoding: line, as: UTF8.self))
        }
        // One by one, so that a fault names its line.
        var quick = makeDecoder()
        var parsing = makeDecoder()
        parsing.readsPlainly = false
        for line in lines {
            let text = Array((line + "\n" + Self.tail).utf8)
            Self.expectSame(quick.decodeLines(text.span), parsing.decodeLines(text.span), line)
        }
        let (plainLines, parsedPlainly) = (quick.plainLines, parsing.plainLines)
        #expect(plainLines > 10 && plainLines < 600 && parsedPlainly == 0)
    }
}
