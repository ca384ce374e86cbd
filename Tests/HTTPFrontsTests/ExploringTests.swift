import Access
import Clients
import Columnar
import Domain
import EventStores
import Foundation
import HTTPFronts
import JSONTexts
import Platform
import Synchronization
import Testing

/// The pages of questions, prices and schemas, and what they are made of: figures and names are those of the addresses
/// that programs ask.
@Suite struct ExploringTests {
    private static let json = ("Content-Type", "application/json")

    private static func sql(_ client: ServerClient, _ text: String) async throws -> ServerAnswer {
        let body = JSONWriter.object { $0.member("sql", text) }
        return try await client.send("POST", "/v1/sql", headers: [json], body: Array(body.utf8))
    }

    // MARK: Schemas

    @Test func everyTableAndColumnOfAStoreIsTold() async throws {
        let store = try simulatedStore(seed: 61)
        let names = store.pinnedTables().tableNames
        try await withServer(store) { client, _ in
            let told = try JSONReader.parse(try await client.send("GET", "/v1/schemas").body)
            let tables = try #require(told["tables"]?.array)
            #expect(tables.compactMap { $0["name"]?.string }.sorted() == names)
            let common = try #require(told["common"]?.array)
            for table in tables {
                let name = table["name"]?.string ?? ""
                let isOfEvents = table["event_type"]?.string != nil
                let columns = (table["columns"]?.array ?? []) + (isOfEvents ? common : [])
                let columnNames = columns.compactMap { $0["name"]?.string }
                #expect(Set(columnNames).count == columns.count, "\(name)")
                let list = columnNames.joined(separator: ", ")
                let answer = try await Self.sql(client, "select \(list) from \(name) limit 0")
                #expect(answer.status == 200, "\(name): \(answer.text)")
                let types = try JSONReader.parse(answer.body)["columns"]?.array?.map { $0["type"]?.string }
                #expect(types == columns.map { $0["type"]?.string }, "\(name)")
                let all = try JSONReader.parse(try await Self.sql(client, "select * from \(name) limit 0").body)
                #expect(all["columns"]?.array?.count == columns.count, "\(name)")
            }
        }
    }

    @Test func everyFunctionThatIsToldIsKnown() async throws {
        try await withServer(try simulatedStore(seed: 62)) { client, _ in
            let functions = try #require(
                try JSONReader.parse(try await client.send("GET", "/v1/schemas").body)["functions"])
            func names(_ language: String) -> [String] { functions[language]?.array?.compactMap(\.string) ?? [] }
            #expect(names("sql").contains("date_trunc") && names("sql").contains("count"))
            for name in names("sql") {
                let answer = try await Self.sql(client, "select \(name)() from events").text
                #expect(!answer.contains("Did you mean"), "\(name): \(answer)")
            }
            #expect(names("promql").contains("rate") && names("promql_aggregations").contains("sum"))
            for name in names("promql") + names("promql_aggregations") {
                let answer = try await client.send("GET", "/api/v1/query?query=\(name)()").text
                #expect(
                    !answer.contains("unknown function") && !answer.contains("not enabled"), "\(name): \(answer)")
            }
        }
    }

    /// What stands on a page to be copied works as it stands.
    @Test func examplesAreTakenAndAnswered() async throws {
        try await withServer(try simulatedStore(seed: 63)) { client, _ in
            let list = try await client.send("GET", "/schemas").text
            let pages = list.matches(of: /href="(\/schemas\/[a-z0-9_]+)"/).map { String($0.1) }
            #expect(pages.count > 60 && Set(pages).count == pages.count)
            var events: [String] = []
            for page in pages {
                let text = try await client.send("GET", page).text
                let question = try #require(Self.copied("the question", text), "\(page)")
                let answer = try await Self.sql(client, question)
                #expect(answer.status == 200, "\(page): \(answer.text)")
                let escaped = question.addingPercentEncoding(withAllowedCharacters: Self.plain) ?? ""
                #expect(text.contains("<a href=\"/explore#\(escaped)\">"), "\(page)")
                if let event = Self.copied("the event", text) { events.append(event) }
            }
            #expect(events.count == SchemaRegistry.builtIn.types.count - 1)
            let answer = try await client.post(events.joined(separator: "\n"))
            #expect(answer.text.contains(#""accepted":\#(events.count),"#), "\(answer.text)")
            #expect(!answer.text.contains(#""error""#) && !answer.text.contains(#""warning""#), "\(answer.text)")
        }
    }

    /// What stands in an address as it is.
    private static let plain = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    private static func copied(_ what: String, _ page: String) -> String? {
        let parts = page.components(separatedBy: "<pre data-copy=\"\(what)\"><code>")
        return parts.count == 2 ? parts[1].components(separatedBy: "</code>").first.map(unescaped) : nil
    }

    private static func unescaped(_ text: String) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
            .reduce(text) { $0.replacing($1.0, with: $1.1) }
    }

    @Test func aTableIsFoundByEitherNameAndAWrongOneIsNot() async throws {
        try await withServer { client, _ in
            let page = try await client.send("GET", "/schemas/llm_call")
            #expect(page.text.contains("<h1>llm_call</h1>") && page.text.contains("<b>required</b>") == false)
            #expect(page.text.contains("gen_ai.usage.input_tokens") && page.text.contains("Columns of every event"))
            #expect(try await client.send("GET", "/schemas/llm.call").body == page.body)
            #expect(try await client.send("GET", "/schemas/price_set").text.contains("<b>required</b>"))
            #expect(!(try await client.send("GET", "/schemas/turns").text.contains("As it is sent")))
            let near = try await client.send("GET", "/schemas/llm_cal", headers: [("Accept", "text/html")])
            #expect(near.status == 404 && near.text.contains("llm_call"), "\(near.text)")
            let hostile = try await client.send(
                "GET", "/schemas/%3Cscript%3Ealert(1)%3C%2Fscript%3E", headers: [("Accept", "text/html")])
            #expect(hostile.status == 404 && !hostile.text.contains("<script>alert"), "\(hostile.text)")
        }
    }

    // MARK: Prices

    private static func line(_ type: String, _ id: String, _ data: String) -> String {
        #"{"specversion":"1.0","id":"\#(id)","source":"test","type":"\#(type)","time":"2026-08-03T01:00:00Z","#
            + #""data":{\#(data)}}"#
    }

    private static let hostile = "<img src=x onerror=alert(1)>'\"&amp;"

    /// A model with a price, calls that have none, two of them of one model, and names that would be markup.
    private func withPrices(_ body: @Sendable @escaping (ServerClient) async throws -> Void) async throws {
        try await withServer(try simulatedStore(seed: 64)) { client, _ in
            let price =
                #""model":"small","token_class":"input","usd_per_million_tokens":"0.000002","#
                + #""valid_from":"2026-07-28T05:00:00Z""#
            let hostile = Self.hostile.replacing("\"", with: "\\\"")
            let usage = #""status":"ok","input_tokens":1000,"output_tokens":7"#
            let answer = try await client.post(
                [
                    Self.line("price.set", "p1", #""provider":"house",\#(price)"#),
                    Self.line("price.set", "p2", #""provider":"\#(hostile)",\#(price)"#),
                    Self.line("llm.call", "c1", #""provider":"house","request_model":"small",\#(usage)"#),
                    Self.line("llm.call", "c2", #""provider":"\#(hostile)","request_model":"none",\#(usage)"#),
                    Self.line(
                        "llm.call", "c3",
                        #""provider":"house","request_model":"small","service_tier":"batch",\#(usage)"#),
                ].joined(separator: "\n"))
            #expect(answer.text.contains(#""accepted":5"#), "\(answer.text)")
            try await body(client)
        }
    }

    /// Rows of a table of a document as its cells, without what leads on.
    private static func rows(_ id: String, _ page: String) -> [[String]] {
        let parts = page.components(separatedBy: "<table id=\"\(id)\" class=\"steady\">")
        let table = parts.count == 2 ? parts[1].components(separatedBy: "</table>")[0] : ""
        return table.components(separatedBy: "<tr>").dropFirst(2).map { row in
            row.matches(of: /<td[^>]*>([^<]*)<\/td>/).map { unescaped(String($0.1)) }
        }
    }

    /// Rows of a text for people below a header that begins with PROVIDER.
    private static func rows(_ text: String) -> [[String]] {
        let lines = text.components(separatedBy: "\n").drop { !$0.hasPrefix("PROVIDER") }.dropFirst()
        return lines.prefix { !$0.isEmpty }.map { $0.split(separator: /\ {2,}/).map(String.init) }
    }

    @Test func pricesOfThePageAreThoseOfTheAPI() async throws {
        try await withPrices { client in
            for (page, list) in [("/prices", "/v1/prices"), ("/prices?all=true", "/v1/prices?all=true")] {
                let shown = Self.rows("prices", try await client.send("GET", page).text)
                let told = Self.rows(try await client.send("GET", list).text)
                #expect(shown.count == 100 && shown == Array(told.prefix(100)), "\(page)")
                // The others stand on pages of their own.
                let sign = page.contains("?") ? "&" : "?"
                let next = Self.rows("prices", try await client.send("GET", "\(page)\(sign)page=2").text)
                #expect(!next.isEmpty && next == Array(told.dropFirst(100).prefix(100)), "\(page)")
            }
            let page = try await client.send("GET", "/prices").text
            let unpriced = Self.rows("unpriced", page)
            #expect(unpriced == Self.rows(try await client.send("GET", "/v1/prices/check").text), "\(unpriced)")
            #expect(unpriced.count == 3 && unpriced.contains { $0[0] == "house" && $0[5] == "0.000000002" })
        }
    }

    /// What holds at some time of a range, and calls of it that lack something: the same figures as the API's of it.
    @Test func pricesAndCallsAreThoseOfTheRange() async throws {
        try await withPrices { client in
            func told(_ range: String, _ path: String = "/v1/prices") async throws -> [[String]] {
                Self.rows(try await client.send("GET", "\(path)?\(range)").text)
            }
            // Before the price of the house, around its beginning, and when its calls had come.
            for (range, prices, calls) in [
                ("from=2026-07-01&to=2026-07-20", 0, 0), ("from=2026-07-20&to=2026-07-31", 1, 0),
                ("from=2026-08-03&to=2026-08-04", 1, 3),
            ] {
                let page = try await client.send("GET", "/prices?provider=house&\(range)").text
                let shown = Self.rows("prices", page)
                #expect(shown.count == prices, "\(range): \(shown)")
                #expect(try await told(range).filter { $0[0] == "house" } == shown, "\(range)")
                let unpriced = Self.rows("unpriced", page)
                #expect(unpriced.count == calls, "\(range): \(unpriced)")
                #expect(try await told(range, "/v1/prices/check") == unpriced, "\(range)")
                #expect(page.contains("Prices in force in the range") && page.contains("in the range</h2>"))
                // Which one that is stands on the page.
                let days = range.matches(of: /\d{4}-\d{2}-\d{2}/).map { "\($0.output)T00:00:00Z" }
                #expect(page.contains(">The range is \(days[0]) to \(days[1]) (end not included).</p>"), "\(page)")
                #expect(page.contains("name=\"from\" value=\"\(range.dropFirst(5).prefix(10))\""), "\(page)")
            }
            let day = try await client.send("GET", "/prices?to=2026-08-02&timezone=Europe/Berlin").text
            #expect(day.contains(">The range is up to 2026-08-02T00:00:00+02:00 (end not included).</p>"), "\(day)")
            let all = try await client.send("GET", "/prices").text
            #expect(all.contains("of all times</h2>") && all.contains("Prices in force now"))
            #expect(!all.contains("The range is"))
            for wrong in ["from=soon", "from=2026-08-02&to=2026-08-01", "to=2026-08-01&timezone=Nowhere"] {
                for path in ["/prices", "/v1/prices", "/v1/prices/check"] {
                    #expect(try await client.send("GET", "\(path)?\(wrong)").status == 400, "\(path) \(wrong)")
                }
            }
        }
    }

    @Test func pricesAreFoundByProviderAndModel() async throws {
        try await withPrices { client in
            let house = Self.rows("prices", try await client.send("GET", "/prices?provider=house").text)
            #expect(house.count == 1 && house[0][1] == "small" && house[0][4] == "0.000002", "\(house)")
            #expect(Self.rows("prices", try await client.send("GET", "/prices?provider=hous").text).isEmpty)
            let mini = Self.rows("prices", try await client.send("GET", "/prices?model=4o-mini").text)
            #expect(!mini.isEmpty && mini.allSatisfy { $0[1].contains("4o-mini") })
            let none = try await client.send("GET", "/prices?model=no-such&all=true").text
            #expect(none.contains("No price is like that") && none.contains("value=\"no-such\""))
            #expect(none.contains("name=\"all\" value=\"true\" checked"))
        }
    }

    @Test func namesOfOthersAreShownAndNeverMarkup() async throws {
        try await withPrices { client in
            let escaped = Self.hostile.addingPercentEncoding(withAllowedCharacters: Self.plain) ?? ""
            let page = try await client.send("GET", "/prices?provider=\(escaped)&model=\(escaped)").text
            #expect(page.contains("&lt;img src=x onerror=alert(1)&gt;&#39;") && !page.contains("<img"), "\(page)")
            // Which calls they are stands behind the sign that no server is told of.
            let questions = page.matches(of: /href="\/explore#([^"]*)"/).compactMap {
                String($0.1).removingPercentEncoding
            }
            #expect(questions.count == 3)
            for question in questions {
                let answer = try JSONReader.parse(try await Self.sql(client, question).body)
                #expect(answer["rows"]?.array?.count == 1, "\(question)")
            }
        }
    }

    @Test func aPageHasNoMoreRowsThanItSays() {
        let listing = PriceListing(BuiltInPrices.book, .all, as: .table, look: {})
        let all = listing.rows(atMost: .max, look: {}, where: { _ in true })
        let few = listing.rows(atMost: 3, look: {}, where: { $0.provider == "openai" })
        #expect(all.rows.count == all.count && few.rows.count == 3 && few.count > 3 && few.count < all.count)
        #expect(few.rows.allSatisfy { $0.count == PriceListing.header.count && $0[0] == "openai" })
    }

    @Test func pricesAreAnsweredWithinTheRulesOfQuestions() async throws {
        try await withServer { client, _ in
            let first = try await client.send("GET", "/prices")
            #expect(first.status == 200 && first.text.contains("✓ none"))
            #expect(first.headers["Cache-Control"] == "private, no-cache")
        }
        let store = FakeStore()
        store.state.withLock { $0.lossNotice = "events 3 to 5 are lost" }
        try await withServer(store) { client, _ in
            let page = try await client.send("GET", "/prices")
            #expect(page.text.contains("events 3 to 5 are lost") && page.headers["Plimsoll-Missing"] != nil)
        }
    }

    // MARK: Questions

    @Test func theLimitsOfQuestionsAreSaid() async throws {
        var limits = ServerLimits()
        limits.queryTimeLimit = .seconds(17)
        limits.queryTextBytesMax = 12 << 10
        try await withServer(limits: limits) { client, _ in
            let page = try await client.send("GET", "/explore").text
            #expect(page.contains("17 s and") && page.contains("12 KiB long"), "\(page)")
            #expect(page.contains("<label for=\"text\">") && page.contains("<noscript>"))
        }
    }

    /// A session asks by JSON alone, and gets what others get who ask by a form.
    @Test func seriesAreAskedByJSONAsByAForm() async throws {
        try await withServer(try simulatedStore(seed: 65)) { client, _ in
            let form = ("Content-Type", "application/x-www-form-urlencoded")
            for (path, text, fields) in [
                ("query", #"{"query":"vector(1) + 2","time":"60"}"#, "query=vector(1)%20%2B%202&time=60"),
                (
                    "query_range", #"{"query":"vector(1)","start":"0","end":"60","step":"15"}"#,
                    "query=vector(1)&start=0&end=60&step=15"
                ),
                ("series", #"{"match[]":["up","ALERTS"],"limit":"5"}"#, "match[]=up&match[]=ALERTS&limit=5"),
                ("query", #"{"query":"sum("}"#, "query=sum("), ("query", "{}", ""),
            ] {
                let asked = try await client.send(
                    "POST", "/api/v1/\(path)", headers: [Self.json], body: Array(text.utf8))
                let formed = try await client.send("POST", "/api/v1/\(path)", headers: [form], body: Array(fields.utf8))
                #expect(asked.status == formed.status && asked.body == formed.body, "\(text): \(asked.text)")
            }
            for text in ["{", "[]", "\"up\"", #"{"query":1}"#, #"{"query":["up",2]}"#, #"{"query":null}"#, ""] {
                let answer = try await client.send(
                    "POST", "/api/v1/query", headers: [Self.json], body: Array(text.utf8))
                #expect(answer.status == 400 && answer.text.contains(#""errorType":"bad_data""#), "\(text)")
            }
        }
    }

    @Test func aSessionAsksFromPagesOfThisServerAlone() async throws {
        let file = TokenFile(dataDirectory: "/data", fileSystem: SimulatedFileSystem(seed: 66))
        let reader = try file.update { book in
            try book.create(name: "", scopes: [.read], expires: nil, now: 1, randomness: SystemRandomness())
        }
        let own = ("Sec-Fetch-Site", "same-origin")
        try await withServer(tokens: file) { client, _ in
            let login = try await client.send(
                "POST", "/session", headers: [("Content-Type", "application/x-www-form-urlencoded"), own],
                body: Array("token=\(reader.text)&to=/explore".utf8))
            #expect(login.status == 303 && login.headers["Location"] == "/explore")
            let cookie = ("Cookie", String(try #require(login.headers["Set-Cookie"]).prefix { $0 != ";" }))
            for path in ["/explore", "/prices", "/schemas", "/schemas/turns", "/v1/schemas"] {
                #expect(try await client.send("GET", path, headers: [cookie]).status == 200, "\(path)")
                #expect(try await client.send("GET", path).status == 401, "\(path)")
            }
            for (path, body) in [
                ("/v1/sql", #"{"sql":"select 1 as one"}"#), ("/api/v1/query", #"{"query":"vector(1)"}"#),
                ("/api/v1/query_range", #"{"query":"vector(1)","start":"0","end":"1","step":"1"}"#),
            ] {
                for (headers, status) in [
                    ([own, Self.json], 200), ([Self.json], 403),
                    ([("Sec-Fetch-Site", "cross-site"), Self.json], 403),
                    ([("Origin", "https://evil.example"), Self.json], 403),
                    ([own, ("Content-Type", "text/plain")], 415),
                    ([own, ("Content-Type", "application/x-www-form-urlencoded")], 415),
                ] {
                    let answer = try await client.send(
                        "POST", path, headers: [cookie] + headers, body: Array(body.utf8))
                    #expect(answer.status == status, "\(path) \(headers): \(answer.text)")
                }
            }
        }
    }
}
