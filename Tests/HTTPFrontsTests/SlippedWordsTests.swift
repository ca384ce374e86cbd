import Clients
import EventStores
import HTTPFronts
import Platform
import Testing

/// Words that miss known ones by a slip: the log of a server has each once, whichever way it came.
@Suite struct SlippedWordsTests {
    private static func event(_ id: String, _ type: String, _ data: String) -> String {
        #"{"specversion":"1.0","id":"\#(id)","source":"t","type":"\#(type)","data":{\#(data)}}"#
    }

    /// Turns whose roots name their channels, each in a trace of its own.
    private static func turns(_ channels: [String], from number: Int) -> String {
        let turns = channels.enumerated().map { turn($0.element, trace: number + $0.offset) }
        return "{\"resourceSpans\":[\(turns.joined(separator: ","))]}"
    }

    /// - Parameter trace: of three digits to the base of 16.
    private static func turn(_ channel: String, trace: Int) -> String {
        let now = SystemClock().wallNanoseconds()
        let id = "0f5ee02a2e35937b3c6537cfcc16b" + String(trace, radix: 16)
        func span(_ span: String, _ parent: String, _ operation: String, _ more: String) -> String {
            #"{"traceId":"\#(id)","spanId":"\#(span)",\#(parent)"name":"s","#
                + #""startTimeUnixNano":"\#(now - 1_000_000)","endTimeUnixNano":"\#(now)","attributes":["#
                + #"{"key":"gen_ai.operation.name","value":{"stringValue":"\#(operation)"}}\#(more)]}"#
        }
        let root = span(
            "b7ad6b7169203331", "", "invoke_agent",
            #",{"key":"gen_ai.conversation.id","value":{"stringValue":"c-1"}},"#
                + #"{"key":"plimsoll.channel","value":{"stringValue":"\#(channel)"}}"#)
        let call = span("00f067aa0ba902b7", #""parentSpanId":"b7ad6b7169203331","#, "chat", "")
        return #"{"scopeSpans":[{"spans":[\#(root),\#(call)]}]}"#
    }

    /// A sender's own word is no slip, however many there are, and of what only one type has the sender alone is told.
    @Test func eachIsToldOnce() async throws {
        let lines = LogLines()
        let context = StoreContext(
            fileSystem: SimulatedFileSystem(seed: 12), clock: SystemClock(), randomness: SeededRandomness(seed: 1),
            workers: InlineWorkers())
        try await withServer(try EventStore.open(at: "/data", context: context), log: lines.log) { client, _ in
            for (number, data) in [
                #""channel":"Emial""#, #""channel":"Emial","environment":"Production""#,
                #""channel":"whatsapp","environment":"eu-1""#,
            ].enumerated() {
                let answer = try await client.post(Self.event("\(number)", "llm.call", data))
                #expect(answer.text.contains("\"accepted\":1"), "\(answer.text)")
            }
            _ = try await client.post(
                Self.event("3", "conversation.resolved", #""conversation_id":"c-1","by":"agnt""#))
            let own = "abcdefghijklmnopq".flatMap { first in "abcdefghijklmnopq".map { "shop-\(first)\($0)" } }
            for (channels, number) in [(own, 0x400), (["chatt"], 0x800)] {
                let sent = try await client.send(
                    "POST", "/v1/traces", headers: [("Content-Type", "application/json")],
                    body: Array(Self.turns(channels, from: number).utf8))
                #expect(sent.status == 200, "\(sent.text)")
            }
            #expect(try await lines.line(with: "channel \"chatt\"") != nil, "\(lines.texts())")
        }
        let told = lines.texts().filter { $0.contains("no figure knows this word") }
        let end = "advice=\"`plimsoll doctor` says who sends them\""
        #expect(
            told == [
                "warning channel \"Emial\": no figure knows this word; did you mean email? \(end)",
                "warning environment \"Production\": no figure knows this word; did you mean production? \(end)",
                "warning channel \"chatt\": no figure knows this word; did you mean chat? \(end)",
            ])
    }
}
