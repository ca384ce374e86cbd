import Domain
import JSONParsing
import WireFormats

/// Events of clients in each of their forms.
extension FuzzTarget {
    static let events: [FuzzTarget] = [lines, document, binary]

    static let key = [UInt8](repeating: 7, count: 32)

    static func freshDecoder() -> EventDecoder {
        EventDecoder(registry: .builtIn, tokeniser: UserTokeniser(key: key))
    }

    private static let lines = FuzzTarget(
        "events-lines", "read without the parser and with it alike; written out and read again the same rows",
        texts: eventTexts + [eventTexts.joined(separator: "\n")]
    ) { bytes in
        var quick = freshDecoder()
        var parsing = freshDecoder()
        parsing.readsPlainly = false
        // Near the end of a text nothing is read plainly.
        let text = bytes + [0x0A] + [UInt8](repeating: 0x20, count: 120)
        let (left, right) = (quick.decodeLines(text.span), parsing.decodeLines(text.span))
        try require(
            left.batch.bytes == right.batch.bytes && left.batch.starts == right.batch.starts, "the two ways give rows")
        try require(left.rejections == right.rejections, "the two ways refuse the same")
        try require(left.warnings == right.warnings && left.slips == right.slips, "the two ways warn of the same")
        try require(left.withheld == right.withheld, "the two ways withhold the same")
        try keeps(left.batch)
    }

    private static let document = FuzzTarget(
        "events-document", "written out and read again the same rows",
        texts: eventTexts + ["[" + eventTexts.joined(separator: ",") + "]"]
    ) { bytes in
        var decoder = freshDecoder()
        let batch: DecodedBatch
        do throws(JSONError) {
            batch = try decoder.decodeDocument(bytes.span)
        } catch {
            return try require((0...bytes.count).contains(error.offset), "a place in the document, \(error.offset)")
        }
        try keeps(batch.batch)
    }

    private static let binary = FuzzTarget(
        "events-binary", "headers, an empty line and a body; written out and read again the same rows",
        texts: [
            """
            content-type: application/json
            ce-specversion: 1.0
            ce-id: e-1
            ce-source: agent/a
            ce-type: llm.call
            ce-time: 2026-08-03T15:13:46.5Z

            {"provider":"openai","request_model":"gpt-4o","input_tokens":12,"status":"ok"}
            """,
            "content-type: application/cloudevents+json\n\n" + eventTexts[0],
            "content-type: application/x-ndjson; charset=utf-8\n\n" + eventTexts[1],
        ]
    ) { bytes in
        let (headers, body) = FuzzTarget.headers(of: bytes)
        var decoder = freshDecoder()
        let batch: DecodedBatch
        do throws(BodyError) { batch = try decoder.decode(headers: headers, body: body.span) } catch { return }
        try keeps(batch.batch)
    }

    /// Lines with a colon up to an empty line, and what stands behind it.
    static func headers(of bytes: [UInt8]) -> (headers: [(name: String, value: String)], body: [UInt8]) {
        var (headers, rest) = ([(name: String, value: String)](), bytes[...])
        while let end = rest.firstIndex(of: 0x0A) {
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { break }
            let value = line[(colon + 1)...].drop { $0 == 0x20 }
            headers.append((String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self)))
        }
        return (headers, Array(rest))
    }

    /// Rows pass the check of those that the log is read with, and an export of them is an import of the same rows.
    private static func keeps(_ rows: EventRows) throws(FuzzFinding) {
        try sound(rows)
        var renderer = EventRenderer(registry: .builtIn)
        var text: [UInt8] = []
        for row in rows { renderer.append(row, to: &text) }
        var reading = freshDecoder()
        let again = reading.decodeLines(text.span, from: .export)
        try require(again.batch.bytes == rows.bytes, "rows that are written out are read as they were")
    }

    /// Rows pass the check of those that the log is read with.
    static func sound(_ rows: EventRows) throws(FuzzFinding) {
        do {
            let checked = try EventRows(checking: rows.bytes, registry: .builtIn)
            try require(checked.starts == rows.starts, "rows begin where they are said to")
        } catch let finding as FuzzFinding {
            throw finding
        } catch {
            throw FuzzFinding("rows that the log would refuse: \(error)")
        }
    }

    static let eventTexts = [
        #"{"specversion":"1.0","id":"e-1","source":"agent/a","type":"llm.call","time":"2026-08-03T15:13:46.534Z","#
            + #""data":{"conversation_id":"c-1","turn":0,"user_id":"u-1","tenant":"t","channel":"web","agent":"b","#
            + #""provider":"openai","request_model":"gpt-4o","status":"ok","input_tokens":603,"output_tokens":65,"#
            + #""duration_ns":1029835053,"trace_id":"f8b72030c9bf8eaa2f5220c2704f7f2e"}}"#,
        #"{"specversion":"1.0","id":"e-2","source":"agent/a","type":"message.received","time":"2026-08-03T15:13:40Z","#
            + #""data":{"conversation_id":"c-1","turn":0,"text":"where is my order\u00e9?","role":"user"}}"#,
        #"{"specversion":"1.0","id":"e-3","source":"agent/a","type":"retrieval.query","#
            + #""data":{"agent":"a","top_score":0.125,"unknown":{"z":[1,null,-0.5]}}}"#,
        #"{"specversion":"1.0","id":"e-4","source":"agent/a","type":"feedback.recorded","subject":"c-1","#
            + #""data":{"conversation_id":"c-1","rating":4}}"#,
    ]
}
