import Clients
import JSONTexts

/// Lines of events of conversations, on 2026-08-01.
struct ConversationEvents {
    private(set) var lines: [String] = []
    private var count = 0
    /// What ids of events begin with: of two batches they differ.
    let prefix: String

    init(_ prefix: String = "e") { self.prefix = prefix }

    /// - Parameters:
    ///   - seconds: after nine o'clock.
    ///   - data: members beside the conversation, as JSON.
    mutating func add(
        _ type: String, of conversation: String, at seconds: Int, _ data: String = "", tenant: String? = nil
    ) {
        count += 1
        let nine = 9 * 3600 + seconds
        let clock = [nine / 3600, nine / 60 % 60, nine % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        let line = JSONWriter.object { json in
            json.member("specversion", "1.0")
            json.member("id", "\(prefix)\(count)")
            json.member("source", "test")
            json.member("type", type)
            json.member("time", "2026-08-01T\(clock)Z")
            json.key("data")
            let owner = tenant.map { ",\"tenant\":\(JSONWriter.text($0))" } ?? ""
            let more = data.isEmpty ? "" : "," + data
            json.raw("{\"conversation_id\":\(JSONWriter.text(conversation))\(owner)\(more)}")
        }
        lines.append(line)
    }

    /// A question, its model call and its answer, which comes two seconds after it.
    /// - Parameter seconds: how long it says that it took.
    mutating func addTurn(
        of conversation: String, _ turn: Int, at time: Int, status: String = "ok", model: String = "gpt-4o-mini",
        context: String = #""channel":"web""#, seconds: Int = 2
    ) {
        let common = "\"turn\":\(turn),\(context)"
        add("message.received", of: conversation, at: time, common + #","author":"user","characters":312"#)
        add(
            "llm.call", of: conversation, at: time + 1,
            common + #","status":"ok","provider":"openai","request_model":"\#(model)","input_tokens":1000,"#
                + #""output_tokens":100,"duration_ns":900000000"#)
        add(
            "message.sent", of: conversation, at: time + 2,
            common + #","author":"agent","status":"\#(status)","duration_ns":\#(seconds)000000000,"#
                + #""time_to_first_token_ns":600000000,"characters":640"#)
    }
}

extension JSONWriter {
    /// A text as JSON has it.
    static func text(_ text: String) -> String {
        var json = JSONWriter()
        json.value(text)
        return json.text
    }
}

extension ServerClient {
    /// Sends events, so many at a time.
    func post(_ events: ConversationEvents, by count: Int = 5_000) async throws {
        for first in stride(from: 0, to: events.lines.count, by: count) {
            let part = events.lines[first..<min(first + count, events.lines.count)]
            let answer = try await post(part.joined(separator: "\n"))
            guard answer.status == 200, answer.text.contains(#""rejected":[]"#) else {
                throw UnreachableError(description: answer.text)
            }
        }
    }

    /// The answer as JSON.
    func json(_ path: String) async throws -> JSONValue {
        let answer = try await send("GET", path)
        guard answer.status == 200 else { throw UnreachableError(description: "\(path): \(answer.text)") }
        return try JSONReader.parse(answer.body)
    }

    /// Rows of a question, each value as text.
    func rows(_ sql: String) async throws -> [[String?]] {
        let answer = try await send(
            "POST", "/v1/sql", headers: [("Content-Type", "application/sql")], body: Array(sql.utf8))
        guard answer.status == 200 else { throw UnreachableError(description: answer.text) }
        return try JSONReader.parse(answer.body)["rows"]?.array?.map { row in (row.array ?? []).map(\.plain) } ?? []
    }
}

extension JSONValue {
    /// A text, or digits as they are written; nil for null.
    var plain: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .boolean(let truth): truth ? "true" : "false"
        default: nil
        }
    }

    /// Pico-USD of a decimal text.
    var picoUSD: Int64? { string.flatMap { try? DecimalText.parse($0, scale: DecimalText.usdScale) } }
}
