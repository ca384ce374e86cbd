import Clients
import Compression
import EventStores
import HTTPFronts
import JSONTexts
import Testing

/// `GET /v1/conversations/{id}` as columns.
@Suite struct ConversationColumnsTests {
    /// The columns of one part of an answer, read as a page reads them.
    private struct Columns {
        let count: Int
        private let columns: JSONValue?
        private let names: [JSONValue]

        init(_ answer: JSONValue, _ part: String) {
            count = Int(answer[part]?["count"]?.integer ?? -1)
            columns = answer[part]?["columns"]
            names = answer["names"]?.array ?? []
        }

        var all: [String] { columns?.members?.map(\.name) ?? [] }

        func values(_ name: String) -> [JSONValue] { columns?[name]?["values"]?.array ?? [] }

        func texts(_ name: String) -> [String?] {
            values(name).map { value in value.integer.flatMap { names[Int($0)].string } }
        }

        func picoUSD(_ name: String) -> Int64 { values(name).compactMap(\.picoUSD).reduce(0, +) }
    }

    private func withEvents(
        _ events: ConversationEvents, seed: UInt64, _ body: @Sendable @escaping (ServerClient) async throws -> Void
    ) async throws {
        try await withServer(try simulatedStore(seed: seed)) { client, _ in
            try await client.post(events)
            try await body(client)
        }
    }

    private static let whole: ConversationEvents = {
        var events = ConversationEvents()
        events.addTurn(of: "c-1", 1, at: 0, context: #""channel":"web","user_id":"u1""#)
        events.addTurn(of: "c-1", 2, at: 60, status: "error", model: "nobody-knows")
        events.addTurn(of: "c-2", 1, at: 0)
        events.add("tool.call", of: "c-1", at: 61, #""turn":2,"tool":"search","status":"error","cost_usd":"0.5""#)
        events.add("usage.reported", of: "c-1", at: 62, #""turn":2,"input_tokens":9000000"#)
        events.add("escalation.raised", of: "c-1", at: 70, #""reason":"policy""#)
        events.add("conversation.resolved", of: "c-1", at: 90, #""by":"human","certainty":"confirmed""#)
        events.add("feedback.submitted", of: "c-1", at: 91, #""score":2"#)
        return events
    }()

    @Test func itIsAllThereAndInOrder() async throws {
        try await withEvents(Self.whole, seed: 81) { client in
            let answer = try await client.json("/v1/conversations/c-1?format=columns")
            let (events, turns) = (Columns(answer, "events"), Columns(answer, "turns"))
            #expect(events.count == 11 && turns.count == 2)
            for (part, name) in [("events", events), ("turns", turns)] {
                #expect(!name.all.isEmpty)
                for column in name.all { #expect(name.values(column).count == name.count, "\(part).\(column)") }
            }
            let rows = try await client.rows(
                "select type, position, status, duration_ns, cost_usd, characters from events "
                    + "where conversation_id = 'c-1' order by time, position")
            #expect(events.texts("type") == rows.map { $0[0] })
            #expect(events.values("position").map(\.plain) == rows.map { $0[1] })
            #expect(events.texts("status") == rows.map { $0[2] })
            #expect(events.values("duration_ns").map(\.plain) == rows.map { $0[3] })
            #expect(events.values("characters").map(\.plain) == rows.map { $0[5] })
            #expect(
                events.values("cost_usd").map(\.picoUSD)
                    == rows.map { row in row[4].flatMap { JSONValue.string($0).picoUSD } })
            // Times are ns behind the first event.
            #expect(answer["base"]?.string == "2026-08-01T09:00:00Z")
            #expect(events.values("time").first?.integer == 0)
            #expect(events.values("time").last?.integer == 91_000_000_000)
            #expect(turns.values("asked_time").map(\.integer) == [0, 60_000_000_000])
            #expect(turns.texts("status") == ["ok", "error"])
            #expect(!events.all.contains("guardrail"), "a column without values is left out")
        }
    }

    @Test func sumsAreOfAllEventsAndEqualTheTables() async throws {
        try await withEvents(Self.whole, seed: 82) { client in
            let answer = try await client.json("/v1/conversations/c-1?format=columns")
            let sums = try #require(answer["sums"])
            let row = try await client.rows(
                "select cost_low_usd, cost_usd, input_tokens, output_tokens, turns from conversations "
                    + "where conversation_id = 'c-1'")[0]
            #expect(sums["cost_low_usd"]?.picoUSD == row[0].flatMap { JSONValue.string($0).picoUSD })
            // One call has no price: no sum is exact, and what tools cost stands apart.
            #expect(sums["cost_usd"] == nil && row[1] == nil)
            #expect(sums["calls"]?.integer == 2 && sums["calls_unpriced"]?.integer == 1)
            #expect(sums["tool_cost_usd"]?.picoUSD == 500_000_000_000 && sums["tool_calls"]?.integer == 1)
            // What is told as a check is not added.
            #expect(sums["input_tokens"]?.plain == row[2] && sums["output_tokens"]?.plain == row[3])
            #expect(sums["turns"]?.plain == row[4] && sums["events"]?.integer == 11)
            #expect(sums["events_not_loaded"]?.integer == 0 && sums["errors"]?.integer == 2)
            // Of these an answer failed and a tool; no model call did.
            #expect(sums["failed_calls"]?.integer == 0 && sums["failed_tool_calls"]?.integer == 1)
            #expect(answer["head"]?["errors"]?.integer == 1)
            let other = try await client.json("/v1/conversations/c-2?format=columns")
            let cost = try await client.rows("select cost_usd from conversations where conversation_id = 'c-2'")[0][0]
            #expect(other["sums"]?["cost_usd"]?.picoUSD == cost.flatMap { JSONValue.string($0).picoUSD })
            #expect(cost != nil)
        }
    }

    /// As the list has it, also where nobody did anything.
    @Test func theLengthIsThatOfTheList() async throws {
        var events = Self.whole
        for second in [5, 55] {
            events.add("quality.scored", of: "c-3", at: second, #""name":"n","quality_score":0.5"#)
        }
        try await withEvents(events, seed: 93) { client in
            let list = try await client.json("/v1/conversations?from=2026-08-01&to=2026-08-02")
            let found = try #require(list["conversations"]?.array)
            #expect(found.count == 3)
            for told in found {
                let id = told["conversation_id"]?.string ?? ""
                let sums = try await client.json("/v1/conversations/\(id)?format=columns")["sums"]
                #expect(sums?["duration_ns"] == told["duration_ns"], "\(id)")
                if id == "c-3" { #expect(sums?["duration_ns"]?.integer == 50_000_000_000) }
            }
        }
    }

    @Test func theOutcomeSaysItsRuleAndWhy() async throws {
        try await withEvents(Self.whole, seed: 83) { client in
            let verdict = try #require(try await client.json("/v1/conversations/c-1?format=columns")["verdict"])
            #expect(verdict["rule"]?.string == "house-1" && verdict["outcome"]?.string == "resolved")
            #expect(verdict["reason"]?.string == "resolved by human (confirmed) at 2026-08-01T09:01:30Z")
            #expect(verdict["definition"]?.string?.hasPrefix("resolved if ") == true)
            let open = try await client.json("/v1/conversations/c-2?format=columns")
            // Two days of silence closed it.
            #expect(open["verdict"]?["outcome"]?.string == "abandoned", "\(open["verdict"] ?? .null)")
            #expect(open["verdict"]?["reason"]?.string?.contains("(idle)") == true)
        }
    }

    @Test func usersAreTokensAndContentIsWithheld() async throws {
        try await withEvents(Self.whole, seed: 84) { client in
            let answer = try await client.send("GET", "/v1/conversations/c-1?format=columns")
            let json = try JSONReader.parse(answer.body)
            #expect(json["head"]?["user_id"]?.string?.hasPrefix("u_") == true && !answer.text.contains("\"u1\""))
            let fields = json["withheld"]?["fields"]?.array?.compactMap(\.string) ?? []
            #expect(fields.contains("content") && fields.contains("comment") && !fields.contains("characters"))
            #expect(json["withheld"]?["reason"]?.string?.contains("characters") == true)
        }
    }

    // MARK: Money

    /// The price of a class with which a call was booked, as the answer tells it.
    private func prices(_ answer: JSONValue, of row: Int) -> [String: String]? {
        let rows = answer["booked"]?["rows"]?.array?.compactMap(\.integer) ?? []
        guard let index = rows.firstIndex(of: Int64(row)),
            let place = answer["booked"]?["price"]?.array?[index].integer
        else { return nil }
        let entries = answer["prices"]?.array?[Int(place)].array ?? []
        return Dictionary(
            entries.map { ($0["class"]?.string ?? "", $0["usd_per_million_tokens"]?.string ?? "") }
        ) { $1 }
    }

    @Test func aCallSaysThePriceThatBookedIt() async throws {
        try await withEvents(Self.whole, seed: 85) { client in
            let answer = try await client.json("/v1/conversations/c-1?format=columns")
            let calls = Columns(answer, "events").texts("type").indices.filter {
                Columns(answer, "events").texts("type")[$0] == "llm.call"
            }
            #expect(calls.count == 2)
            let priced = try #require(self.prices(answer, of: calls[0]))
            #expect(priced["input"] == "0.15" && priced["output"] == "0.60", "\(priced)")
            #expect(self.prices(answer, of: calls[1]) == nil, "nobody knows what it cost")
            #expect(answer["rebooked"]?["rows"]?.array?.isEmpty == true)
        }
    }

    /// What was booked stays when prices change, and so does the price that is told; a correction is marked.
    @Test func laterPricesAreToldOfCallsThatTheyBooked() async throws {
        try await withEvents(Self.whole, seed: 86) { client in
            func price(_ model: String, _ tokenClass: String, _ usd: String, _ id: String) -> String {
                #"{"specversion":"1.0","id":"\#(id)","source":"test","type":"price.set","time":"2026-08-01T08:00:00Z","#
                    + #""data":{"provider":"openai","model":"\#(model)","token_class":"\#(tokenClass)","#
                    + #""usd_per_million_tokens":"\#(usd)","valid_from":"2026-07-01T00:00:00Z"}}"#
            }
            let lines = [
                price("nobody-knows", "input", "1", "p1"), price("nobody-knows", "output", "2", "p2"),
                price("gpt-4o-mini", "input", "7", "p3"), price("gpt-4o-mini", "output", "8", "p4"),
            ]
            #expect(try await client.post(lines.joined(separator: "\n")).text.contains(#""accepted":4"#))
            let after = try await client.json("/v1/conversations/c-1?format=columns")
            let calls = Columns(after, "events").texts("type").enumerated().filter { $1 == "llm.call" }.map(\.offset)
            // It was booked before the price was set; the other one waited for a price.
            #expect(self.prices(after, of: calls[0])?["input"] == "0.15")
            #expect(self.prices(after, of: calls[1])?["input"] == "1.00", "\(after["booked"] ?? .null)")
            #expect(after["rebooked"]?["rows"]?.array?.compactMap(\.integer) == [Int64(calls[1])])
            #expect(after["corrections"]?.array?.first?["reason"]?.string == "first_price")
            let booked = try await client.send(
                "POST", "/v1/prices/rebook", headers: [("Content-Type", "application/json")],
                body: Array(#"{"provider":"openai","model":"gpt-4o-mini"}"#.utf8))
            #expect(booked.status == 200, "\(booked.text)")
            let corrected = try await client.json("/v1/conversations/c-1?format=columns")
            #expect(self.prices(corrected, of: calls[0])?["input"] == "7.00")
            let marked = corrected["rebooked"]?["rows"]?.array?.compactMap(\.integer)
            #expect(marked == calls.map { Int64($0) }, "\(corrected["rebooked"] ?? .null)")
            let cost = try await client.rows(
                "select cost_usd from llm_call where conversation_id = 'c-1' order by time")[0][0]
            let told = Columns(corrected, "events").values("cost_usd")[calls[0]]
            #expect(told.picoUSD == cost.flatMap { JSONValue.string($0).picoUSD })
        }
    }

    /// Prices that come together are records at one position, and each fills what had none: a class keeps its first.
    @Test func pricesThatCameTogetherAreToldAfterALaterOne() async throws {
        try await withEvents(Self.whole, seed: 92) { client in
            func price(_ tokenClass: String, _ usd: String, _ id: String) -> String {
                #"{"specversion":"1.0","id":"\#(id)","source":"test","type":"price.set","time":"2026-08-01T08:00:00Z","#
                    + #""data":{"provider":"openai","model":"nobody-knows","token_class":"\#(tokenClass)","#
                    + #""usd_per_million_tokens":"\#(usd)","valid_from":"2026-07-01T00:00:00Z"}}"#
            }
            let first = [price("input", "1", "p1"), price("input", "5", "p2"), price("output", "2", "p3")]
            #expect(try await client.post(first.joined(separator: "\n")).text.contains(#""accepted":3"#))
            // It is the first of no class: what was booked stays, and the book now says something else of that time.
            #expect(try await client.post(price("output", "9", "p4")).text.contains(#""accepted":1"#))
            let answer = try await client.json("/v1/conversations/c-1?format=columns")
            let calls = Columns(answer, "events").texts("type").enumerated().filter { $1 == "llm.call" }.map(\.offset)
            let told = try #require(self.prices(answer, of: calls[1]), "\(answer["booked"] ?? .null)")
            #expect(told["input"] == "1.00" && told["output"] == "2.00", "\(told)")
            #expect(answer["rebooked"]?["rows"]?.array?.compactMap(\.integer) == [Int64(calls[1])])
        }
    }

    @Test func whatCameLateIsMarked() async throws {
        try await withEvents(Self.whole, seed: 87) { client in
            // The store's clock stands two days later: all of it came late.
            let answer = try await client.json("/v1/conversations/c-1?format=columns")
            #expect(answer["late"]?["rows"]?.array?.count == 11)
            #expect(answer["late"]?["after_ns"]?.integer == 300_000_000_000)
            let now = #"{"specversion":"1.0","id":"n","source":"test","type":"feedback.submitted","#
            _ = try await client.post(now + #""data":{"conversation_id":"c-1","score":5}}"#)
            let later = try await client.json("/v1/conversations/c-1?format=columns")
            #expect(later["events"]?["count"]?.integer == 12 && later["late"]?["rows"]?.array?.count == 11)
        }
    }

    // MARK: Many events

    /// So many spans of one turn, each with a call that tells all its tokens: no input at all counts as not told.
    private static func spans(_ count: Int) -> ConversationEvents {
        var events = ConversationEvents()
        let trace = String(repeating: "a", count: 32)
        for index in 0..<count {
            let digits = String(index + 1, radix: 16)
            let span = String(repeating: "0", count: 16 - digits.count) + digits
            events.add(
                "llm.call", of: "big", at: index / 20,
                #""turn":1,"trace_id":"\#(trace)","span_id":"\#(span)","status":"ok","provider":"openai","#
                    + #""request_model":"gpt-4o-mini","input_tokens":\#(index % 977 + 1),"output_tokens":3,"#
                    + #""duration_ns":1000"#)
        }
        return events
    }

    @Test func twentyThousandSpansAreOneAnswer() async throws {
        try await withEvents(Self.spans(20_000), seed: 88) { client in
            let path = "/v1/conversations/big?format=columns"
            let packed = try await client.send("GET", path, headers: [("Accept-Encoding", "gzip")])
            #expect(packed.status == 200 && packed.headers["Content-Encoding"] == "gzip")
            #expect(packed.body.count < 600_000, "\(packed.body.count) bytes")
            var decoder = StreamDecoder(.gzip, outputBytesMax: 64 << 20)
            var bytes: [UInt8] = []
            try decoder.decode(packed.body.span, into: &bytes)
            try decoder.finish()
            let answer = try JSONReader.parse(bytes)
            let events = Columns(answer, "events")
            #expect(events.count == 20_000 && answer["sums"]?["events"]?.integer == 20_000)
            #expect(answer["booked"]?["rows"]?.array?.count == 20_000 && answer["prices"]?.array?.count == 1)
            let cost = try await client.rows("select sum(cost_usd) from llm_call where conversation_id = 'big'")[0][0]
            #expect(answer["sums"]?["cost_usd"]?.picoUSD == events.picoUSD("cost_usd"))
            #expect(events.picoUSD("cost_usd") == cost.flatMap { JSONValue.string($0).picoUSD })
            // Every text once, whatever says it.
            let names = answer["names"]?.array?.compactMap(\.string) ?? []
            #expect(Set(names.map { Array($0.utf8) }).count == names.count && names.count < 20_100)
            let again = try await client.send("GET", path)
            #expect(again.body == bytes, "the same state is the same bytes")
        }
    }

    @Test func beyondFiftyThousandTheSumsAreStillOfAll() async throws {
        try await withEvents(Self.spans(50_012), seed: 89) { client in
            let answer = try await client.json("/v1/conversations/big?format=columns")
            let events = Columns(answer, "events")
            #expect(events.count == 50_000 && answer["sums"]?["events_not_loaded"]?.integer == 12)
            #expect(answer["sums"]?["events"]?.integer == 50_012 && answer["sums"]?["calls"]?.integer == 50_012)
            let cost = try await client.rows("select sum(cost_usd) from llm_call where conversation_id = 'big'")[0][0]
            let sum = answer["sums"]?["cost_usd"]?.picoUSD
            let failed = try await client.rows(
                "select count(*) from llm_call where conversation_id = 'big' and status = 'error'")[0][0]
            #expect(answer["sums"]?["failed_calls"]?.plain == failed)
            #expect(sum == cost.flatMap { JSONValue.string($0).picoUSD })
            #expect(events.picoUSD("cost_usd") < sum ?? 0)
            // The first ones by time: the last ones that came are those that lack.
            #expect(events.values("position").last?.integer == 50_000)
        }
    }

    // MARK: One event, and what is none

    @Test func oneEventIsToldAlone() async throws {
        try await withEvents(Self.whole, seed: 90) { client in
            let one = try await client.json("/v1/conversations/c-1?event=2")
            #expect(one["events"]?.array?.count == 1 && one["events"]?.array?.first?["position"]?.integer == 2)
            #expect(one["events"]?.array?.first?["type"]?.string == "llm.call" && one["events_omitted"] == nil)
            #expect(one["turn_list"]?.array?.map { $0["turn"]?.integer } == [1], "its turn, and none of the others")
            // It is of another conversation.
            let other = try await client.json("/v1/conversations/c-1?event=7")
            #expect(other["events"]?.array?.isEmpty == true && other["turn_list"]?.array?.isEmpty == true)
            for (query, said) in [
                ("event=x", "event is no position"), ("event=0", "event is no position"),
                ("format=column", "did you mean columns?"), ("format=csv", "there is no format csv"),
            ] {
                let answer = try await client.send("GET", "/v1/conversations/c-1?\(query)")
                #expect(answer.status == 400 && answer.text.contains(said), "\(query): \(answer.text)")
            }
            let missing = try await client.send("GET", "/v1/conversations/none?format=columns")
            #expect(missing.status == 404 && missing.text.contains("no event names the conversation none"))
        }
    }

    @Test func oneOfSeveralTenantsIsNamed() async throws {
        var events = ConversationEvents()
        for tenant in ["acme", "borealis"] {
            events.add("message.received", of: "shared", at: 1, #""turn":1,"author":"user""#, tenant: tenant)
        }
        try await withEvents(events, seed: 91) { client in
            let both = try await client.send("GET", "/v1/conversations/shared?format=columns")
            #expect(both.status == 400 && both.text.contains("acme, borealis"), "\(both.text)")
            let one = try await client.json("/v1/conversations/shared?format=columns&tenant=acme")
            #expect(one["tenant"]?.string == "acme" && one["events"]?["count"]?.integer == 1)
            let list = try await client.json("/v1/conversations?from=2026-08-01&to=2026-08-02")
            #expect(list["conversations"]?.array?.compactMap { $0["tenant"]?.string } == ["acme", "borealis"])
        }
    }
}
