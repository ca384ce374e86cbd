import Domain
import JSONParsing
import Testing
import WireFormats

@Suite struct HTTPEventsTests {
    func decode(_ headers: [(String, String)], _ body: String) throws -> DecodedBatch {
        try decode(headers, bytes: Array(body.utf8))
    }

    func decode(_ headers: [(String, String)], bytes: [UInt8]) throws -> DecodedBatch {
        var decoder = makeDecoder()
        return try decoder.decode(headers: headers.map { (name: $0.0, value: $0.1) }, body: bytes.span)
    }

    @Test func binaryMode() throws {
        let batch = try decode(
            [
                ("Content-Type", "application/json; charset=utf-8"), ("ce-specversion", "1.0"),
                ("Ce-Id", "a%20b%E2%82%AC%zz"),
                ("ce-source", "\"quoted \\\"s\\\"\""), ("ce-type", "llm.call"), ("ce-time", "2026-08-01T00:00:00Z"),
                ("ce-subject", "c-1"), ("ce-region2", "eu"), ("x-other", "left alone"),
                ("traceparent", "00-0f5ee02a2e35937b3c6537cfcc16b38d-00f067aa0ba902b7-01"),
            ], #"{"turn":1}"#)
        #expect(
            dump(batch.batch) == """
                llm.call @2026-08-01T00:00:00Z id='a b€%zz' source='quoted "s"' tenant='default' conversation_id='c-1' turn=1 \
                trace_id='0f5ee02a2e35937b3c6537cfcc16b38d' span_id='00f067aa0ba902b7' attributes={"region2":"eu"}
                """)
    }

    /// Of an event in binary mode with this header: its row, or why there is none.
    private func told(_ name: String, _ value: String, more: [(String, String)] = []) throws -> String {
        var headers = [("ce-specversion", "1.0"), ("ce-type", "llm.call"), (name, value)]
        if name != "ce-id" { headers.append(("ce-id", "1")) }
        if name != "ce-source" { headers.append(("ce-source", "s")) }
        let batch = try decode(headers + more, "")
        #expect(batch.batch.count + batch.rejectedCount == 1)
        return batch.rejections.first.map { "refused: " + $0.error } ?? dump(batch.batch)
    }

    /// Header values are percent-encoded UTF-8 (HTTP binding, 3.1.3.2): unneeded escapes are undone, once.
    @Test(arguments: [
        ("help%20desk%2Fcaf%C3%A9", "help desk/café"), ("help%20desk%2fcaf%c3%a9", "help desk/café"),
        ("20%2D2", "20-2"),
        ("100%25", "100%"), ("%2541", "%41"), ("20-%2", "20-%2"), ("20-%", "20-%"), ("%zz", "%zz"), ("%C3%A9", "é"),
        ("e%CC%81", "e\u{301}"), ("raw é", "raw é"), ("\"a%20\\\"b\"", "a \"b"), ("%22a%22", "\"a\""),
        ("%EF%BF%BD", "\u{FFFD}"),
        ("%F0%9F%98%80", "😀"), ("a%00", "a\0"),
    ])
    func headerValuesAreDecoded(value: String, text: String) throws {
        let row = try told("ce-id", value)
        #expect(Array(row.utf8) == Array("llm.call id='\(text)' source='s' tenant='default'".utf8))
    }

    /// What is no UTF-8 is no text: nothing stands in for it, or two ids would be one.
    @Test(arguments: [
        "20-%FF", "20-%FE", "%C3", "%C3%28", "%ED%A0%80", "%C0%AF", "%F4%90%80%80", "a%80b", "\"%FF\"", "raw \u{FFFD}",
        "%ED%A0%BD%ED%B8%80",
    ])
    func headersThatAreNoTextAreRefused(value: String) throws {
        for name in ["ce-id", "ce-source", "ce-subject", "ce-tenant", "ce-extra"] {
            let refused = try told(name, value)
            #expect(
                refused.hasPrefix("refused: \(name.dropFirst(3)): expected percent-encoded UTF-8 in \(name), found "),
                "\(refused)")
        }
    }

    /// The request's own trace is no part of the event where it is no text; a repaired one would be kept with it.
    @Test func aTraceParentThatIsNoTextIsNotKept() throws {
        let row = try told("ce-id", "a", more: [("traceparent", "00-\u{FFFD}")])
        #expect(row == "llm.call id='a' source='s' tenant='default'")
        let kept = try told("ce-id", "a", more: [("traceparent", "00-x")])
        #expect(kept.contains(#""traceparent":"00-x""#))
    }

    @Test func anAttributeIsToldOnce() throws {
        let refused = try told("ce-id", "a", more: [("CE-Id", "b")])
        #expect(refused == "refused: id: expected one header ce-id, found several")
    }

    /// The same kinds at the other borders of JSON: bytes and escapes that are no text are no JSON; NUL is a character
    /// like others.
    @Test func textsOfOtherBordersAreNeverRepaired() throws {
        for id in [#"\ud800"#, #"\udc00\ud800"#, #"\ud83dx"#] {
            let line = #"{"specversion":"1.0","id":"\#(id)","source":"s","type":"llm.call"}"#
            #expect(row(line).hasPrefix("refused: "), "\(id)")
            #expect(throws: BodyError.self) { try decode([("content-type", "application/cloudevents+json")], line) }
        }
        for bytes in [[0xFF], [0xFE], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xC0, 0xAF]] as [[UInt8]] {
            let line =
                Array(#"{"specversion":"1.0","source":"s","type":"llm.call","id":""#.utf8) + bytes + Array(#""}"#.utf8)
            let batch = try decode([("content-type", "application/x-ndjson")], bytes: line)
            #expect(batch.batch.count == 0 && batch.rejectedCount == 1)
            #expect(throws: BodyError.self) {
                try decode([("content-type", "application/cloudevents+json")], bytes: line)
            }
        }
        let ids = [#"a"#, #"a\u0000"#, #"e\u0301"#, "é", #"\u00e9"#, #"😀"#, #"\ud83d\ude00"#].map { id -> [UInt8] in
            let batch = decodeLines(#"{"specversion":"1.0","id":"\#(id)","source":"s","type":"llm.call"}"#).batch
            return Array(batch.bytes[batch[0].identityRange])
        }
        #expect(Set(ids).count == 5)
        #expect(ids[3] == ids[4] && ids[5] == ids[6] && ids[0] != ids[1] && ids[2] != ids[3])
    }

    @Test func binaryBodiesCannotReachTheEnvelope() throws {
        let headers = [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "s"), ("ce-type", "llm.call")]
        #expect(throws: BodyError.self) { try decode(headers, #"{},"id":"evil""#) }
        #expect(throws: BodyError.self) { try decode(headers, #"1,"type":"price.set""#) }
        #expect(
            dump(try decode(headers + [("ce-data", "{}")], "").batch) == "llm.call id='1' source='s' tenant='default'")
        let xml = try decode(headers + [("content-type", "text/xml")].filter { _ in false }, "  ")
        #expect(xml.batch.count == 1)
    }

    @Test func contentTypesChooseTheMode() throws {
        #expect(try decode([("content-type", "application/cloudevents+json; charset=utf-8")], event()).batch.count == 1)
        #expect(
            try decode([("content-type", "application/cloudevents-batch+json")], "[" + event() + "]").batch.count == 1)
        #expect(try decode([("content-type", "application/x-ndjson")], event() + "\n" + event()).batch.count == 2)
        #expect(try decode([("content-type", "Application/JSON")], "[" + event() + "]").batch.count == 1)
        #expect(try decode([], event()).batch.count == 1)
        #expect(throws: BodyError.unsupportedMediaType("image/png")) {
            try decode([("content-type", "image/png")], event())
        }
        #expect(throws: BodyError.json(JSONError(offset: 0, expectation: "a value"))) {
            try decode([("content-type", "application/json")], "")
        }
    }
}
