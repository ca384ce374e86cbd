import Clients
import EventStores
import HTTPFronts
import JSONTexts
import Testing

/// `GET /v1/conversations`.
@Suite struct ConversationListTests {
    private static let day = "from=2026-08-01&to=2026-08-02"
    private static let sorts = ["newest", "cost", "duration", "errors", "slowest", "last"]
    /// Each from either end.
    private static let lists = sorts + sorts.map { "\($0)&order=asc" }

    /// A dozen conversations, each of another kind.
    private static let events: ConversationEvents = {
        var events = ConversationEvents()
        for index in 0..<12 {
            let id = "c-\(index)"
            let context =
                #""channel":"\#(index % 2 == 0 ? "web" : "email")","variant":"v\#(index % 2)","#
                + #""experiment":"tone","user_id":"u\#(index % 4)""#
            for turn in 1...(index % 3 + 1) {
                events.addTurn(
                    of: id, turn, at: index * 100 + turn * 10, status: index % 5 == 0 ? "error" : "ok",
                    model: index == 7 ? "nobody-knows" : "gpt-4o-mini", context: context, seconds: 1 + index * 7 % 5)
            }
            events.add("conversation.classified", of: id, at: index * 100 + 11, #""topic":"t\#(index % 3)""#)
            switch index % 4 {
            case 0: events.add("conversation.resolved", of: id, at: index * 100 + 60, #""by":"agent""#)
            case 1: events.add("escalation.raised", of: id, at: index * 100 + 60, #""reason":"policy""#)
            case 2: events.add("feedback.submitted", of: id, at: index * 100 + 60, #""score":4"#)
            default: break
            }
            events.add("conversation.closed", of: id, at: index * 100 + 61, #""reason":"completed""#)
        }
        return events
    }()

    private func withEvents(_ body: @Sendable @escaping (ServerClient) async throws -> Void) async throws {
        try await withServer(try simulatedStore(seed: 71)) { client, _ in
            try await client.post(Self.events)
            try await body(client)
        }
    }

    /// A date, and a day of words, begin where they do in the zone that is said, of lists as of reports and budgets.
    @Test func daysAreThoseOfTheZone() async throws {
        try await withEvents { client in
            for (zone, from, to) in [
                ("", "2026-08-01T00:00:00Z", "2026-08-02T00:00:00Z"),
                ("&timezone=Europe%2FBerlin", "2026-07-31T22:00:00Z", "2026-08-01T22:00:00Z"),
                ("&timezone=Asia%2FKolkata", "2026-07-31T18:30:00Z", "2026-08-01T18:30:00Z"),
            ] {
                let list = try await client.json("/v1/conversations?\(Self.day)\(zone)")
                #expect(list["from"]?.string == from && list["to"]?.string == to, "\(zone)")
                let budgets = try await client.json("/v1/slos?to=2026-08-02\(zone)")
                #expect(budgets["to"]?.string == to, "\(zone)")
                let history = try await client.json("/v1/slos/history?at=2026-08-01&at=2026-08-02\(zone)")
                let ends = (history["history"]?.array ?? []).compactMap { $0["window_end"]?.string }
                #expect(ends.count == 14 && ends.first == from && ends.last == to, "\(zone): \(ends)")
            }
            let told = try await client.json("/v1/slos?to=2026-08-02&timezone=Asia%2FKolkata&format=cells")
            #expect(told["timezone"]?.string == "Asia/Kolkata")
            #expect(told["period"]?.string?.contains(" to 2026-08-02T00:00:00+05:30 ") == true)
            for path in ["/v1/slos", "/v1/slos/history", "/v1/conversations"] {
                let answer = try await client.send("GET", path + "?timezone=Mars")
                #expect(answer.status == 400 && answer.text.contains("there is no time zone Mars"), "\(path)")
            }
        }
    }

    private func ids(_ list: JSONValue) -> [String] {
        (list["conversations"]?.array ?? []).compactMap { $0["conversation_id"]?.string }
    }

    @Test func figuresAreThoseOfTheTables() async throws {
        try await withEvents { client in
            let list = try await client.json("/v1/conversations?limit=500&\(Self.day)")
            let found = try #require(list["conversations"]?.array)
            #expect(found.count == 12 && list["matching"]?.integer == 12 && list["next"] == nil)
            let columns = [
                "conversation_id", "tenant", "outcome", "turns", "answers", "errors", "escalations",
                "escalation_reason", "score", "cost_usd", "cost_low_usd", "cost_high_usd", "price_state",
                "input_tokens", "user_id", "channel", "topic", "variant", "start_time", "closed_time",
            ]
            let rows = try await client.rows(
                "select \(columns.joined(separator: ", ")) from conversations order by start_time desc")
            for (told, row) in zip(found, rows) {
                for (name, value) in zip(columns, row) {
                    // SQL writes all decimals of money.
                    let isMoney = name.hasPrefix("cost_")
                    let known = isMoney ? value.flatMap { JSONValue.string($0).picoUSD }.map { "\($0)" } : value
                    let found = isMoney ? told[name]?.picoUSD.map { "\($0)" } : told[name]?.plain
                    #expect(found == known, "\(row[0] ?? ""): \(name)")
                }
                let calls = try await client.rows(
                    "select count(*), count(*) filter (where price_state <> 'priced') from llm_call "
                        + "where conversation_id = '\(row[0] ?? "")'")
                #expect(told["calls"]?.plain == calls[0][0] && told["calls_unpriced"]?.plain == calls[0][1])
                #expect(told["user_id"]?.string?.hasPrefix("u_") == true)
            }
            let last = try #require(found.last)
            #expect(last["start_time"]?.string == "2026-08-01T09:00:10Z" && last["duration_ns"]?.integer != nil)
        }
    }

    @Test func sumsAreThoseOfTheReports() async throws {
        try await withEvents { client in
            let found = try #require(try await client.json("/v1/conversations?\(Self.day)")["conversations"]?.array)
            let cost = try #require(try await client.json("/v1/reports/cost?\(Self.day)")["total"]?.array?.first)
            let sum = found.compactMap { $0["cost_low_usd"]?.picoUSD }.reduce(0, +)
            #expect(cost["cost_usd"]?.picoUSD == sum && sum > 0, "\(cost)")
            #expect(cost["unpriced"]?.integer == found.compactMap { $0["calls_unpriced"]?.integer }.reduce(0, +))
            #expect(cost["calls"]?.integer == found.compactMap { $0["calls"]?.integer }.reduce(0, +))
            let outcomes = try #require(
                try await client.json("/v1/reports/outcomes?\(Self.day)")["outcomes"]?.array?.first)
            for outcome in ["resolved", "escalated", "abandoned"] {
                let listed = try await client.json("/v1/conversations?\(Self.day)&outcome=\(outcome)")
                #expect(listed["matching"]?.integer == outcomes[outcome]?.integer, "\(outcome)")
                #expect(self.ids(listed).count == Int(outcomes[outcome]?.integer ?? -1), "\(outcome)")
            }
        }
    }

    @Test func filtersLetThroughWhatTheySay() async throws {
        try await withEvents { client in
            let token = try #require(try await client.rows("select user_token('u1')")[0][0])
            for (query, condition) in [
                ("channel=email", "channel = 'email'"), ("topic=t1", "topic = 't1'"), ("variant=v1", "variant = 'v1'"),
                ("outcome=escalated", "outcome = 'escalated'"), ("user=\(token)", "user_id = user_token('u1')"),
                ("id=c-1", "conversation_id like 'c-1%'"), ("errors=2", "errors >= 2"),
                ("min_cost=0.0004", "cost_low_usd >= 0.0004"), ("tenant=default", "true"), ("tenant=nobody", "false"),
                ("min_duration=20.5", "last_activity_time - start_time >= interval '20.5 seconds'"),
                ("channel=web&topic=t0&min_cost=0.000000000001", "channel = 'web' and topic = 't0'"),
                ("rule=silence-resolves-1&outcome=resolved", "outcome_silence_resolves = 'resolved'"),
            ] {
                let list = try await client.json("/v1/conversations?\(Self.day)&\(query)")
                let rows = try await client.rows(
                    "select conversation_id from conversations where \(condition) order by start_time desc")
                #expect(self.ids(list) == rows.compactMap { $0[0] }, "\(query)")
                #expect(rows.isEmpty == (condition == "false"), "\(query)")
                #expect(list["matching"]?.integer == Int64(rows.count), "\(query)")
            }
            // What lies across the edges of the range happened in it, too.
            let inner = "from=2026-08-01T09:00:12Z&to=2026-08-01T09:00:13Z"
            #expect(self.ids(try await client.json("/v1/conversations?\(inner)")) == ["c-0"])
        }
    }

    @Test func theOrderIsTheOneAskedFor() async throws {
        try await withEvents { client in
            for (sort, expression) in [
                ("newest", "start_time"), ("cost", "coalesce(cost_low_usd, 0)"), ("errors", "errors"),
                ("duration", "last_activity_time - start_time"), ("last", "last_time"),
            ] {
                let list = try await client.json("/v1/conversations?\(Self.day)&sort=\(sort)")
                let rows = try await client.rows(
                    "select conversation_id from conversations order by \(expression) desc, start_time desc, 1")
                #expect(self.ids(list) == rows.compactMap { $0[0] }, "\(sort)")
                let turned = try await client.json("/v1/conversations?\(Self.day)&sort=\(sort)&order=asc")
                #expect(self.ids(turned) == self.ids(list).reversed(), "\(sort)")
            }
        }
    }

    /// However many have the same value, and whatever comes in between: of those that nothing happens to each stands
    /// on one page.
    @Test(arguments: sorts) func pagesLeaveOutNothing(sort: String) async throws {
        try await withServer(try simulatedStore(seed: 72)) { client, _ in
            var events = ConversationEvents()
            for index in 0..<41 {
                events.addTurn(of: index < 30 ? "tie-\(index)" : "c'\\%_\(index)", 1, at: index < 35 ? 10 : index * 10)
            }
            try await client.post(events)
            let whole = self.ids(try await client.json("/v1/conversations?\(Self.day)&sort=\(sort)&limit=500"))
            #expect(whole.count == 41)
            var cursor = ""
            var seen: [String] = []
            for page in 0..<20 {
                let list = try await client.json("/v1/conversations?\(Self.day)&sort=\(sort)&limit=7\(cursor)")
                seen += self.ids(list)
                #expect((list["matching"] != nil) == (page == 0))
                guard let next = list["next"]?.string else { break }
                cursor = "&cursor=" + next
                guard page < 6 else { continue }
                // Others come, late ones too, before and behind where the page ended; and one that was shown goes on.
                var late = ConversationEvents("late\(page)-")
                for second in [1, 10, 400] { late.addTurn(of: "new-\(page)-\(second)", 1, at: second) }
                late.addTurn(of: seen[0], page + 2, at: 500 + page, status: "error")
                try await client.post(late)
            }
            let old = seen.filter { !$0.hasPrefix("new-") && $0 != seen[0] }
            #expect(Set(old).count == old.count, "\(sort): \(old)")
            #expect(Set(old) == Set(whole).subtracting([seen[0]]), "\(sort)")
            #expect(seen.filter { $0 == seen[0] }.count == 1, "what went forwards is not shown again")
            #expect(Set(seen).count == seen.count)
        }
    }

    /// From any row one goes to those on both sides of it, as the list has them, to either end.
    @Test(arguments: lists) func aRowLeadsToItsNeighbours(sort: String) async throws {
        try await withEvents { client in
            let query = "\(Self.day)&sort=\(sort)&channel=web"
            let whole = try #require(try await client.json("/v1/conversations?\(query)")["conversations"]?.array)
            #expect(whole.count == 6)
            for (place, row) in whole.enumerated() {
                let cursor = try #require(row["cursor"]?.string)
                let path = "/v1/conversations?sort=\(sort)&channel=web&limit=2"
                let behind = try await client.json("\(path)&cursor=\(cursor)")
                #expect(behind["conversations"] == .array(Array(whole[(place + 1)...].prefix(2))), "\(sort) \(place)")
                #expect((behind["next"] != nil) == (place < 3) && behind["matching"] == nil)
                let before = try await client.json("\(path)&before=\(cursor)")
                #expect(before["conversations"] == .array(Array(whole[..<place].suffix(2))), "\(sort) \(place)")
                #expect((before["previous"] != nil) == (place > 2), "\(sort) \(place)")
                #expect(before["from"] == behind["from"], "the range of the list")
            }
        }
    }

    /// Who went forwards page by page comes back over the same pages.
    @Test(arguments: lists) func pagesGoBothWays(sort: String) async throws {
        try await withEvents { client in
            let path = "/v1/conversations?\(Self.day)&sort=\(sort)&limit=5"
            var (pages, page) = ([JSONValue](), try await client.json(path))
            while let next = page["next"]?.string {
                pages.append(page)
                page = try await client.json("\(path)&cursor=\(next)")
            }
            #expect(self.ids(page).count == 2 && pages.count == 2)
            for expected in pages.reversed() {
                let previous = try #require(page["previous"]?.string)
                page = try await client.json("\(path)&before=\(previous)")
                #expect(page["conversations"] == expected["conversations"] && page["next"] == expected["next"])
            }
            #expect(page["previous"] == nil, "the first page has none before it")
        }
    }

    @Test func aCursorKeepsTheRangeOfItsFirstPage() async throws {
        try await withEvents { client in
            let first = try await client.json("/v1/conversations?\(Self.day)&limit=5")
            let next = try #require(first["next"]?.string)
            #expect(next.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") })
            let second = try await client.json("/v1/conversations?from=now-1s&limit=5&cursor=\(next)")
            #expect(second["from"] == first["from"] && second["to"] == first["to"] && self.ids(second).count == 5)
        }
    }

    @Test func whatIsNoneIsRefusedAndRepeatsNobodysWords() async throws {
        try await withEvents { client in
            let cursor = try #require(
                try await client.json("/v1/conversations?\(Self.day)&limit=5")["next"]?.string)
            let most = Int128.max
            for (query, said) in [
                ("limit=0", "limit is not between 1 and 500"), ("limit=501", "limit is not between"),
                ("limit=x", "limit is not a whole number"), ("sort=costs", "did you mean cost?"),
                ("order=up", "there is no order up"), ("outcome=won", "there is no outcome won"),
                ("rule=house", "there is no outcome rule house"),
                ("errors=-1", "errors is not a whole number"), ("min_cost=cheap", "min_cost is not an amount in USD"),
                ("min_cost=0.0000000000001", "min_cost is not"), ("min_duration=1e3", "min_duration is not a number"),
                ("min_cost=1e-3", "min_cost is not an amount"), ("errors=+1", "errors is not a whole number"),
                ("user=mail@example.org", "user is no token"), ("user=u_12", "user is no token"),
                ("topic=", "topic is a text that no conversation has"), ("id=a%00b", "id is a text that no"),
                ("from=2026-08-02&to=2026-08-01", "holds no time"), ("from=x", "x is no time"),
                ("cursor=1.newest", "the cursor is none of ours"), ("cursor=\(cursor)0", "the cursor is none of ours"),
                ("before=\(cursor)0", "the cursor is none of ours"),
                ("cursor=\(cursor)&before=\(cursor)", "cursor and before are given together"),
                ("before=\(cursor)&sort=cost", "the cursor is of a list that is sorted by newest"),
                ("cursor=\(cursor)&sort=cost", "the cursor is of a list that is sorted by newest"),
                ("cursor=\(cursor)&order=asc", "the cursor is of a list in the order desc"),
                ("cursor=\(cursor.replacing(".newest.", with: ".newest-as."))", "the cursor is none of ours"),
                // Values that no list is sorted by, and no number of SQL holds.
                ("cursor=1.cost.0.1.\(most).0.78.&sort=cost", "the cursor is none of ours"),
                ("cursor=1.errors.0.1.-\(most).0.78.&sort=errors", "the cursor is none of ours"),
                ("usr=u", "did you mean user?"),
            ] {
                let answer = try await client.send("GET", "/v1/conversations?\(query)")
                #expect(answer.status == 400 && answer.text.contains(said), "\(query): \(answer.text)")
                #expect(!answer.text.contains("mail@example.org"), "\(query)")
            }
        }
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "'; drop table events; --", "a\"b\\c", "100%_of", "ü\u{301}/?#&=+",
        "line\nend\ttab",
    ]) func hostileTextsAreTexts(text: String) async throws {
        try await withServer(try simulatedStore(seed: 73)) { client, _ in
            var events = ConversationEvents()
            // What it is about is the last that somebody says of it whole, and no matter of one message.
            for (id, topic, second) in [(text, text, 1), ("other", "plain", 2)] {
                events.addTurn(of: id, 1, at: second)
                events.add("conversation.classified", of: id, at: second + 1, "\"topic\":\(JSONWriter.text(topic))")
            }
            try await client.post(events)
            let escaped = PercentText.escaped(text) { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            }
            for query in ["topic=\(escaped)", "id=\(escaped)"] {
                let list = try await client.json("/v1/conversations?\(Self.day)&\(query)")
                let ids = self.ids(list)
                #expect(ids.count == 1 && ids.first?.utf8.elementsEqual(text.utf8) == true, "\(query): \(ids)")
            }
            let first = try await client.json("/v1/conversations?\(Self.day)&limit=1")
            let next = try #require(first["next"]?.string)
            let second = try await client.json("/v1/conversations?\(Self.day)&limit=1&cursor=\(next)")
            #expect(Set(self.ids(first) + self.ids(second)) == [text, "other"])
            let one = try await client.json("/v1/conversations/\(escaped)?format=columns")
            #expect(one["conversation_id"]?.string?.utf8.elementsEqual(text.utf8) == true)
        }
    }

    @Test func nobodyKeepsAnAnswer() async throws {
        try await withEvents { client in
            for path in ["/v1/conversations?\(Self.day)", "/v1/conversations/c-1?format=columns"] {
                let plain = try await client.send("GET", path)
                #expect(plain.headers["Cache-Control"] == "no-store" && plain.headers["Content-Encoding"] == nil)
                #expect(plain.headers["Vary"] == "Accept-Encoding")
            }
        }
    }
}
