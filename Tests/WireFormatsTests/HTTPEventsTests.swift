import Domain
import JSONParsing
import Testing
import WireFormats

@Suite struct HTTPEventsTests {
    func decode(_ headers: [(String, String)], _ body: String) throws -> DecodedBatch {
        var decoder = makeDecoder()
        return try decoder.decode(headers: headers.map { (name: $0.0, value: $0.1) }, body: Array(body.utf8).span)
    }

    @Test func binaryMode() throws {
        let batch = try decode(
            [
                ("Content-Type", "application/json; charset=utf-8"), ("ce-specversion", "1.0"), ("Ce-Id", "a%20b%E2%82%AC%zz"),
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

    @Test func binaryBodiesCannotReachTheEnvelope() throws {
        let headers = [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "s"), ("ce-type", "llm.call")]
        #expect(throws: BodyError.self) { try decode(headers, #"{},"id":"evil""#) }
        #expect(throws: BodyError.self) { try decode(headers, #"1,"type":"price.set""#) }
        #expect(dump(try decode(headers + [("ce-data", "{}")], "").batch) == "llm.call id='1' source='s' tenant='default'")
        let xml = try decode(headers + [("content-type", "text/xml")].filter { _ in false }, "  ")
        #expect(xml.batch.count == 1)
    }

    @Test func contentTypesChooseTheMode() throws {
        #expect(try decode([("content-type", "application/cloudevents+json; charset=utf-8")], event()).batch.count == 1)
        #expect(try decode([("content-type", "application/cloudevents-batch+json")], "[" + event() + "]").batch.count == 1)
        #expect(try decode([("content-type", "application/x-ndjson")], event() + "\n" + event()).batch.count == 2)
        #expect(try decode([("content-type", "Application/JSON")], "[" + event() + "]").batch.count == 1)
        #expect(try decode([], event()).batch.count == 1)
        #expect(throws: BodyError.unsupportedMediaType("image/png")) { try decode([("content-type", "image/png")], event()) }
        #expect(throws: BodyError.json(JSONError(offset: 0, expectation: "a value"))) {
            try decode([("content-type", "application/json")], "")
        }
    }
}
