import Clients
import Domain
import EventStores
import Foundation
import HTTPFronts
import Platform
import Testing

/// Reports, conversations, prices and status over a store on disk.
@Suite struct ReadingTests {
    private func withConversation(_ body: @Sendable @escaping (ServerClient) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "plimsoll-reading-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let context = StoreContext(
            fileSystem: POSIXFileSystem(), clock: SystemClock(), randomness: SystemRandomness(),
            workers: ThreadWorkers(parallelism: 2))
        let common = #""specversion":"1.0","source":"test","time":"2026-08-01T09:00:0"#
        let lines = [
            #"{\#(common)0Z","id":"1","type":"message.received","data":{"conversation_id":"c 1/ü","turn":1,"author":"user"}}"#,
            #"{\#(common)1Z","id":"2","type":"llm.call","data":{"conversation_id":"c 1/ü","turn":1,"status":"ok","#
                + #""provider":"openai","request_model":"gpt-4o-mini","input_tokens":1000,"output_tokens":100}}"#,
            #"{\#(common)2Z","id":"3","type":"message.sent","data":{"conversation_id":"c 1/ü","turn":1,"status":"ok","#
                + #""author":"agent","duration_ns":2000000000}}"#,
        ]
        try await withServer(try EventStore.open(at: directory.path, context: context)) { client, _ in
            let answer = try await client.post(lines.joined(separator: "\n"))
            #expect(answer.text.contains(#""accepted":3"#), "\(answer.text)")
            try await body(client)
        }
    }

    @Test func reportsAnswerInEveryFormat() async throws {
        try await withConversation { client in
            for kind in ["sla", "cost", "outcomes"] {
                let period = "from=2026-08-01T00:00:00Z&to=2026-08-02T00%3A00%3A00Z"
                let json = try await client.send("GET", "/v1/reports/\(kind)?\(period)")
                #expect(json.status == 200, "\(json.text)")
                #expect(json.text.hasPrefix("{"))
                let table = try await client.send("GET", "/v1/reports/\(kind)?\(period)&format=table")
                #expect(table.status == 200 && !table.text.hasPrefix("{"))
                let csv = try await client.send(
                    "GET", "/v1/reports/\(kind)?\(period)", headers: [("Accept", "text/csv")])
                #expect(csv.text.contains(","))
            }
        }
    }

    @Test func breakdownsAreAskedForByName() async throws {
        try await withConversation { client in
            let period = "from=2026-08-01&to=2026-08-02&timezone=Europe%2FBerlin"
            for by in ["by=month,model&by=hour", "by=month%2Cmodel,hour"] {
                let csv = try await client.send("GET", "/v1/reports/cost?\(period)&\(by)&format=csv")
                #expect(csv.text.hasPrefix("month,model,hour,calls,"), "\(csv.text)")
                #expect(csv.text.contains("\r\n2026-08,gpt-4o-mini,2026-08-01T"), "\(csv.text)")
                #expect(csv.text.contains(":00:00+02:00,1,0.00021,"), "\(csv.text)")
            }
            let tokens = try await client.send("GET", "/v1/reports/cost?\(period)&format=csv&section=tokens")
            #expect(tokens.text.hasPrefix("token_class,tokens\r\ninput,1000\r\n"))
            let all = try await client.send("GET", "/v1/reports/cost?\(period)&format=csv&section=all")
            #expect(all.status == 200)
            #expect(all.text.contains("filename=\"cost-by_model.csv\"\r\n\r\nmodel,calls,cost_usd,"))
        }
    }

    @Test func badReportsAreRefused() async throws {
        try await withConversation { client in
            #expect(try await client.send("GET", "/v1/reports/weather").status == 404)
            let wrong = [
                "by=colour", "from=yesterday", "from=now&to=now-1d", "format=pdf", "rule=none", "by=topic&by=topic",
                "timezone=Mars",
                "section=none", "by=topic,",
            ]
            for query in wrong {
                let answer = try await client.send("GET", "/v1/reports/outcomes?\(query)")
                #expect(answer.status == 400, "\(query)")
            }
        }
    }

    @Test func aConversationIsToldWhole() async throws {
        try await withConversation { client in
            let answer = try await client.send("GET", "/v1/conversations/c%201%2F%C3%BC")
            #expect(answer.status == 200, "\(answer.text)")
            let root = try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
            let events = try #require(root["events"] as? [[String: Any]])
            #expect(events.map { $0["type"] as? String } == ["message.received", "llm.call", "message.sent"])
            #expect(root["turns"] as? Int == 1)
            let unknown = try await client.send("GET", "/v1/conversations/c'%3B--")
            #expect(unknown.status == 404)
        }
    }

    @Test func pricesAreListedAndChecked() async throws {
        try await withConversation { client in
            let list = try await client.send("GET", "/v1/prices")
            #expect(list.text.contains("gpt-4o-mini"))
            // It is longer than a piece, and is sent whole.
            let whole = PriceListing(BuiltInPrices.book, .all, as: .table, look: {}).text
            #expect(whole.utf8.count > 64 << 10)
            #expect(try await client.send("GET", "/v1/prices?all=true").text == whole)
            let setOnly = try await client.send("GET", "/v1/prices?set_only=true")
            #expect(!setOnly.text.contains("gpt-4o-mini"))
            #expect(try await client.send("GET", "/v1/prices/check").status == 200)
        }
    }

    private func status(_ client: ServerClient) async throws -> [String: Any] {
        let answer = try await client.send("GET", "/v1/status")
        return try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
    }

    @Test func statusCountsWhatCame() async throws {
        try await withConversation { client in
            let root = try await status(client)
            #expect(root["accepted"] as? Int == 3 && root["position"] as? Int == 3 && root["tail_events"] as? Int == 3)
            #expect(root["queued_batches"] as? Int == 0 && root["resident_bytes"] as? Int ?? 0 > 1 << 20)
        }
    }

    @Test func whatDidNotEnterIsCountedInStatusAndMetrics() async throws {
        try await withConversation { client in
            func event(_ id: String, _ type: String, _ data: String) -> String {
                #"{"specversion":"1.0","id":"\#(id)","source":"test","type":"\#(type)","time":"2026-08-01T09:00:00Z","data":\#(data)}"#
            }
            let withheld = event("w", "message.received", #"{"content":"secret","author":"martian"}"#)
            let lines = [
                withheld, withheld, event("w", "message.received", #"{"turn":2}"#), event("u", "no.such", "{}"),
                event("i", "message.received", #"{"turn":"two"}"#), "{broken",
            ]
            _ = try await client.post(lines.joined(separator: "\n"))
            let root = try await status(client)
            let refused = try #require(root["refused_events"] as? [String: Int])
            #expect(refused["duplicates"] == 1 && refused["conflicts"] == 1 && refused["dead_letters"] == 1)
            #expect(root["duplicates"] as? Int == 1 && root["rejected"] as? Int == 4)
            let metrics = try await client.send("GET", "/metrics?format=text").text
            for line in [
                "plimsoll_events_duplicate_total 1", #"plimsoll_events_rejected_total{reason="conflict"} 1"#,
                #"plimsoll_events_rejected_total{reason="unknown_type"} 1"#,
                #"plimsoll_events_rejected_total{reason="invalid"} 2"#,
                #"plimsoll_withheld_values_total{field="content"} 2"#,
                #"plimsoll_unlisted_values_total{field="author"} 2"#,
                "plimsoll_queued_batches 0",
            ] {
                #expect(metrics.contains(line + "\n"), "\(line)")
            }
            #expect(metrics.contains("\nplimsoll_resident_bytes ") && metrics.contains("\nprocess_open_fds "))
            #expect(metrics.contains("\nprocess_max_fds \(1 << 20)\n"))
            #expect(metrics.contains("plimsoll_flush_duration_seconds_count "))
            #expect(!metrics.contains("plimsoll_flush_duration_seconds_count 0\n"))
            let binary = try await client.send("GET", "/metrics?format=protobuf")
            #expect(binary.status == 200 && binary.text.contains("plimsoll_flush_duration_seconds"))
        }
    }
}
