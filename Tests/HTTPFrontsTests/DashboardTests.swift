import Clients
import Dashboarding
import Domain
import EventStores
import HTTPFronts
import JSONTexts
import Platform
import PromQLText
import Synchronization
import Testing

/// Dashboards over HTTP: their figures are those of Prometheus' API, panel by panel.
@Suite struct DashboardTests {
    private static let range = "from=1970-01-01T00:00:00Z&to=1970-01-01T00:01:00Z"

    /// What stands in files of a folder, by name.
    private static func folder(_ files: [String: String]) throws -> DashboardFolder {
        let disk = SimulatedFileSystem(seed: 11)
        try disk.createDirectories("/boards")
        for (name, text) in files.sorted(by: { $0.key < $1.key }) {
            try disk.replace("/boards/" + name, with: Array(text.utf8))
        }
        return DashboardFolder("/boards", in: disk)
    }

    /// A few series with a sample every 15 s from 0 to 60 s.
    private static func store() throws -> FakeStore {
        var series = MemorySeries()
        for text in [
            #"calls_total{tenant="a|b"} 0+10x4"#, #"calls_total{tenant="q\"uote"} 0+1x4"#,
            #"calls_total{tenant="plain"} 5 _ NaN Inf 7"#, #"deploys{type="deploy.changed"} 0 1 0 0 1"#,
        ] {
            series.load(try SeriesDescription(Array(text.utf8)), step: 15_000)
        }
        let (store, loaded) = (FakeStore(), series)
        store.series.withLock { $0 = loaded }
        return store
    }

    private static func lines(_ answer: ServerAnswer) throws -> [JSONValue] {
        try answer.body.split(separator: UInt8(ascii: "\n")).map { try JSONReader.parse($0) }
    }

    private static func line(_ lines: [JSONValue], _ kind: String, id: Int64? = nil) throws -> JSONValue {
        try #require(lines.first { $0["line"]?.string == kind && (id == nil || $0["id"]?.integer == id) })
    }

    private static func board(_ panels: String, more: String = "") -> [String: String] {
        ["b.json": #"{"uid":"b","title":"<script>B</script> & \"co\"",\#(more)"panels":[\#(panels)]}"#]
    }

    private static func panel(_ id: Int, _ expressions: String..., kind: String = "timeseries") -> String {
        let targets = expressions.map { expression in
            let text = JSONWriter.object { $0.member("expr", expression) }
            return text
        }
        return #"{"id":\#(id),"type":"\#(kind)","title":"p\#(id)","gridPos":{"x":0,"y":\#(id),"w":24,"h":8},"#
            + #""targets":[\#(targets.joined(separator: ","))]}"#
    }

    /// A server with a folder of dashboards, once it has read it.
    private func withBoards(
        _ files: [String: String], _ store: (any ServedStore)? = nil,
        _ body: @Sendable @escaping (ServerClient, PlimsollServer) async throws -> Void
    ) async throws {
        let store = try store ?? Self.store()
        try await withServer(store, dashboards: try Self.folder(files)) { client, server in
            for _ in 0..<1000 {
                if try await client.send("GET", "/d/b/model").status == 200 { break }
                try await Task.sleep(for: .milliseconds(10))
            }
            try await body(client, server)
        }
    }

    // MARK: Figures

    /// Events of an hour, with answers, calls and an error.
    private static let events: [String] = (0..<120).flatMap { number -> [String] in
        let minute = number / 2 % 60
        let time = "2026-08-01T09:\(minute < 10 ? "0" : "")\(minute):\(number % 2 == 0 ? "05" : "35")Z"
        let common =
            #""conversation_id":"c-\#(number / 4)","turn":\#(number % 4 + 1),"#
            + #""tenant":"t\#(number % 3)","channel":"web""#
        func event(_ kind: String, _ data: String) -> String {
            #"{"specversion":"1.0","id":"\#(kind)-\#(number)","source":"test","type":"\#(kind)","time":"\#(time)","#
                + #""data":{\#(common),\#(data)}}"#
        }
        let status = number % 10 == 0 ? #""status":"error","error_type":"timeout""# : #""status":"ok""#
        return [
            event("message.received", #""author":"user""#),
            event("message.sent", #""author":"agent",\#(status),"duration_ns":\#(400_000_000 + number * 50_000_000)"#),
            event(
                "llm.call",
                #""provider":"openai","request_model":"gpt-4o-mini","route":"cloud","input_tokens":\#(800 + number),"#
                    + #""output_tokens":\#(100 + number),"duration_ns":900000000,"status":"ok""#),
        ]
    }

    /// Every figure of the program's own dashboards is that of the same question asked of Prometheus' API.
    @Test(arguments: ["operational", "business", "cost", "quality"])
    func figuresAreThoseOfThePrometheusAPI(_ name: String) async throws {
        try await withServer(try simulatedStore(seed: 61)) { client, _ in
            let sent = try await client.post(Self.events.joined(separator: "\n"))
            #expect(sent.text.contains(#""accepted":360"#), "\(sent.text.prefix(400))")
            let address = "/d/plimsoll-\(name)/data?from=2026-08-01T08:30:00Z&to=2026-08-01T10:30:00Z&width=1000"
            let answer = try await client.send("GET", address)
            #expect(answer.status == 200 && answer.headers["Content-Type"] == "application/x-ndjson")
            let lines = try Self.lines(answer)
            #expect(lines.first?["line"]?.string == "range" && lines.last?["line"]?.string == "basis")
            var (compared, numbers) = (0, 0)
            for line in lines where line["line"]?.string == "panel" {
                for target in line["targets"]?.array ?? [] {
                    let note: Comment = "\(name), panel \(line["id"]?.integer ?? 0): \(target["asked"]?.string ?? "")"
                    #expect(target["error"] == nil, note)
                    let (same, values) = try await Self.isSame(target, client)
                    #expect(same, note)
                    compared += 1
                    numbers += values
                }
            }
            #expect(compared >= 15 && numbers > 50, "\(name): \(compared) questions, \(numbers) numbers")
        }
    }

    /// Whether Prometheus' API says the same of what was asked, and how many numbers that are.
    private static func isSame(_ target: JSONValue, _ client: ServerClient) async throws -> (Bool, Int) {
        func seconds(_ name: String) -> String { "\(Double(target[name]?.integer ?? 0) / 1000)" }
        let asked = PercentText.escaped(target["asked"]?.string ?? "") { (0x61...0x7A).contains($0) }
        let series = target["series"]?.array ?? []
        guard let step = target["step"]?.integer, let start = target["start"]?.integer,
            let count = target["count"]?.integer
        else {
            let answer = try await client.send("GET", "/api/v1/query?query=\(asked)&time=\(seconds("time"))")
            let data = try JSONReader.parse(answer.body)["data"]
            if data?["resultType"]?.string == "scalar" {
                let value = try number(data?["result"]?.array?.last)
                return (series.count == 1 && value == series[0]["value"].flatMap(double), 1)
            }
            let expected = data?["result"]?.array ?? []
            let pairs = zip(expected, series)
            let isEqual = try pairs.allSatisfy { theirs, ours in
                let (left, right) = (try number(theirs["value"]?.array?.last), ours["value"].flatMap(double))
                let isEqual = left == right || left?.isNaN == true && right?.isNaN == true
                return theirs["metric"] == ours["labels"] && isEqual
            }
            return (expected.count == series.count && isEqual, series.count)
        }
        let (first, last) = (seconds("start"), "\(Double(start + step * (count - 1)) / 1000)")
        let address = "/api/v1/query_range?query=\(asked)&start=\(first)&end=\(last)&step=\(Double(step) / 1000)"
        let expected = try JSONReader.parse(try await client.send("GET", address).body)["data"]?["result"]?.array ?? []
        guard expected.count == series.count else { return (false, 0) }
        var numbers = 0
        for (theirs, ours) in zip(expected, series) {
            var values = [Double?](repeating: nil, count: Int(count))
            for sample in theirs["values"]?.array ?? [] {
                guard case .number(let time)? = sample.array?.first, let at = Double(time) else { return (false, 0) }
                let value = try number(sample.array?.last)
                values[Int((Int64(at * 1000) - start) / step)] = value?.isNaN == true ? nil : value
            }
            numbers += values.compactMap(\.self).count
            guard theirs["metric"] == ours["labels"], values == (ours["values"]?.array ?? []).map(double) else {
                return (false, numbers)
            }
        }
        return (true, numbers)
    }

    /// A value as Prometheus writes it.
    private static func number(_ value: JSONValue?) throws -> Double? {
        switch try #require(value?.string) {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case let text: Double(text)
        }
    }

    /// A value as a line has it.
    private static func double(_ value: JSONValue) -> Double? {
        if case .number(let text) = value { return Double(text) }
        return value.string.flatMap { ["Infinity": .infinity, "-Infinity": -.infinity, "NaN": .nan][$0] }
    }

    // MARK: Tags

    private static func callEvent(_ id: String, at time: String) -> String {
        #"{"specversion":"1.0","id":"\#(id)","source":"test","type":"llm.call","time":"\#(time)","data":{"#
            + #""conversation_id":"c","turn":1,"tenant":"t","channel":"web","provider":"openai","#
            + #""request_model":"gpt-4o-mini","route":"cloud","input_tokens":800,"output_tokens":100,"#
            + #""duration_ns":900000000,"status":"ok"}}"#
    }

    /// Who has the figures of a past is not sent them again, whatever comes after it.
    @Test func figuresOfAPastAreSentOnce() async throws {
        let board = Self.board(Self.panel(1, "sum(increase(support_llm_cost_usd_total[5m]))"))
        try await withServer(try simulatedStore(seed: 62), dashboards: try Self.folder(board)) { client, _ in
            for _ in 0..<1000 {
                if try await client.send("GET", "/d/b/model").status == 200 { break }
                try await Task.sleep(for: .milliseconds(10))
            }
            _ = try await client.post(Self.events.joined(separator: "\n"))
            let address = "/d/b/data?from=2026-08-01T08:30:00Z&to=2026-08-01T10:30:00Z"
            let first = try await client.send("GET", address)
            #expect(first.status == 200 && first.headers["Cache-Control"] == "private, no-cache")
            let tag = try #require(first.headers["ETag"])
            func again(_ address: String) async throws -> ServerAnswer {
                try await client.send("GET", address, headers: [("If-None-Match", tag)])
            }
            let known = try await again(address)
            #expect(known.status == 304 && known.body.isEmpty && known.headers["ETag"] == tag)
            for other in ["&width=900", "&panel=1", "&var-x=1", "&part=panels", "&timezone=Europe/Berlin"] {
                #expect(try await again(address + other).status == 200, "\(other)")
            }
            _ = try await client.post(Self.callEvent("later", at: "2026-08-02T10:00:00Z"))
            #expect(try await again(address).status == 304)
            _ = try await client.post(Self.callEvent("late", at: "2026-08-01T09:30:00Z"))
            let changed = try await again(address)
            #expect(changed.status == 200 && changed.headers["ETag"] != tag)
        }
    }

    /// Time alone changes what ends now, and what looks behind its end.
    @Test func figuresOfThePresentHaveNoTag() async throws {
        let boards = [
            "b.json": #"{"uid":"b","title":"B","panels":[\#(Self.panel(1, "up"))]}"#,
            "c.json": #"{"uid":"c","title":"C","panels":[\#(Self.panel(1, "up offset -1h"))]}"#,
        ]
        try await withBoards(boards, try simulatedStore(seed: 63)) { client, _ in
            let past = "from=2026-08-01T08:30:00Z&to=2026-08-01T10:30:00Z"
            let asked = [("b", past, true), ("b", "from=2026-08-01T08:30:00Z&to=now", false), ("c", past, false)]
            for (uid, range, hasTag) in asked {
                let answer = try await client.send("GET", "/d/\(uid)/data?\(range)")
                #expect(answer.status == 200 && (answer.headers["ETag"] != nil) == hasTag, "\(uid) \(range)")
                #expect(answer.headers["Cache-Control"] == (hasTag ? "private, no-cache" : "no-store"))
            }
        }
    }

    @Test func gapsStayGaps() async throws {
        try await withBoards(Self.board(Self.panel(1, #"calls_total{tenant="plain"}"#))) { client, _ in
            let lines = try Self.lines(try await client.send("GET", "/d/b/data?\(Self.range)"))
            let target = try #require(try Self.line(lines, "panel", id: 1)["targets"]?.array?.first)
            #expect(target["start"]?.integer == 0 && target["step"]?.integer == 15_000 && target["count"]?.integer == 5)
            // A sample stands for the times after it, up to five minutes.
            #expect(
                target["series"]?.array?.first?["values"]
                    == .array([.number("5"), .number("5"), .null, .string("Infinity"), .number("7")]))
        }
    }

    @Test func equalQuestionsAreAskedOnce() async throws {
        let panels = [
            Self.panel(1, "sum(calls_total)"), Self.panel(2, "sum(calls_total)", "count(calls_total)"),
            Self.panel(3, "sum(calls_total)"), #"{"id":4,"type":"row","title":"r","gridPos":{"y":9,"w":24}}"#,
        ]
        try await withBoards(Self.board(panels.joined(separator: ","))) { client, _ in
            let lines = try Self.lines(try await client.send("GET", "/d/b/data?\(Self.range)"))
            #expect(lines.compactMap { $0["id"]?.integer } == [1, 2, 3])
            let series = try [Int64(1), 2, 3].map { id in
                try Self.line(lines, "panel", id: id)["targets"]?.array?.first?["series"]
            }
            #expect(series[0] != nil && series[0] == series[1] && series[1] == series[2])
            let basis = try Self.line(lines, "basis")
            #expect(basis["questions"]?.integer == 4 && basis["asked"]?.integer == 2)
        }
    }

    @Test func aWrongQuestionIsItsPanelsLine() async throws {
        let panels = [Self.panel(1, "sum("), Self.panel(2, "calls_total\n+ on() ("), Self.panel(3, "calls_total")]
        try await withBoards(Self.board(panels.joined(separator: ","))) { client, _ in
            let answer = try await client.send("GET", "/d/b/data?\(Self.range)")
            let lines = try Self.lines(answer)
            #expect(answer.status == 200)
            for (id, position) in [(Int64(1), "1:5"), (2, "2:9")] {
                let target = try #require(try Self.line(lines, "panel", id: id)["targets"]?.array?.first)
                #expect(target["error"]?["type"]?.string == "bad_data" && target["series"] == nil)
                #expect(target["error"]?["message"]?.string?.contains("parse error") == true, "\(target)")
                #expect(target["error"]?["position"]?.string == position, "\(target)")
            }
            #expect(try Self.line(lines, "panel", id: 3)["targets"]?.array?.first?["series"]?.array?.count == 3)
        }
    }

    // MARK: Variables

    private static let tenants =
        #""templating":{"list":[{"name":"tenant","label":"Tenant","type":"query","multi":true,"includeAll":true,"#
        + #""query":{"query":"label_values(calls_total, tenant)"}}]},"#

    @Test(arguments: [
        ("", ["a|b", "plain", "q\"uote"], ["$__all"], [String]()), ("&var-tenant=a%7Cb", ["a|b"], ["a|b"], []),
        ("&var-tenant=q%22uote&var-tenant=plain", ["plain", "q\"uote"], ["q\"uote", "plain"], []),
        ("&var-tenant=gone", [], ["gone"], ["gone"]), ("&var-tenant=%22%7D%20or%20vector(1)%20or%20up%7Bx%3D%22", [],
            ["\"} or vector(1) or up{x=\""], ["\"} or vector(1) or up{x=\""]),
    ])
    func hostileValuesOfVariablesStayValues(
        query: String, shown: [String], chosen: [String], missing: [String]
    ) async throws {
        let board = Self.board(Self.panel(1, #"calls_total{tenant=~"$tenant"}"#), more: Self.tenants)
        try await withBoards(board) { client, _ in
            let lines = try Self.lines(try await client.send("GET", "/d/b/data?\(Self.range)\(query)"))
            let variable = try Self.line(lines, "variable")
            func texts(_ name: String) -> [String] { (variable[name]?.array ?? []).compactMap(\.string) }
            #expect(texts("values") == ["a|b", "plain", "q\"uote"])
            #expect(texts("chosen") == chosen && texts("missing") == missing)
            let series = try Self.line(lines, "panel", id: 1)["targets"]?.array?.first?["series"]?.array ?? []
            #expect(series.compactMap { $0["labels"]?["tenant"]?.string } == shown, "\(query)")
        }
    }

    // MARK: Panels, marks, times

    @Test func foldedPanelsAreAskedWhenTheyAreOpened() async throws {
        let folded = Self.panel(2, "count(calls_total)")
        let row = #"{"id":9,"type":"row","title":"r","collapsed":true,"gridPos":{"y":5,"w":24},"panels":[\#(folded)]}"#
        try await withBoards(Self.board(Self.panel(1, "calls_total") + "," + row)) { client, _ in
            for (query, ids) in [("", [Int64(1)]), ("&panel=2", [2]), ("&panel=2&panel=1", [1, 2]), ("&panel=77", [])] {
                let lines = try Self.lines(try await client.send("GET", "/d/b/data?\(Self.range)\(query)"))
                #expect(lines.compactMap { $0["id"]?.integer } == ids, "\(query)")
            }
        }
    }

    @Test func tablesAndMarksHaveLinesOfTheirOwn() async throws {
        let marks =
            #""annotations":{"list":[{"name":"Deploys","enable":true,"iconColor":"blue","expr":"deploys > 0","#
            + #""step":"15s","titleFormat":"{{type}}","textFormat":"came","tagKeys":"type"}]},"#
        let table = Self.panel(1, "count(calls_total)", kind: "table").replacing(
            #""expr""#, with: #""instant":true,"expr""#)
        try await withBoards(Self.board(table, more: marks)) { client, _ in
            let lines = try Self.lines(try await client.send("GET", "/d/b/data?\(Self.range)"))
            #expect(
                try Self.line(lines, "panel", id: 1)["table"]?["rows"]
                    == .array([.array([.number("60000"), .number("3")])]))
            let bands = try #require(try Self.line(lines, "annotation")["bands"]?.array)
            #expect(bands.map { $0["from"]?.integer } == [15_000, 60_000])
            #expect(bands.first?["title"]?.string == "deploy.changed" && bands.first?["text"]?.string == "came")
            #expect(bands.first?["tags"] == .array([.string("deploy.changed")]))
        }
    }

    @Test func whatCannotBeReadIsSaidAndTheRestIsAnswered() async throws {
        try await withBoards(Self.board(Self.panel(1, "calls_total"))) { client, _ in
            for (query, remark) in [
                ("from=rubbish", "rubbish is no time: now-6h instead"), ("timezone=Mars/Base", "there is no zone"),
                ("from=now&to=now-1h", "nothing is between from and to"),
            ] {
                let answer = try await client.send("GET", "/d/b/data?surely_not=1&width=-3&\(query)")
                let remarks = try Self.line(try Self.lines(answer), "basis")["remarks"]?.array ?? []
                #expect(answer.status == 200)
                #expect(remarks.contains { $0.string?.contains(remark) == true }, "\(remarks)")
            }
            let missing = try await client.send("GET", "/d/c/data")
            #expect(missing.status == 404 && missing.text.contains("plimsoll-cost"), "\(missing.text)")
        }
    }

    /// The first line comes before the last is made, and whoever has gone is no longer answered.
    @Test func linesComeAsTheyAreReadyAndEndWithTheirReader() async throws {
        let store = try Self.store()
        try await withBoards(Self.board(Self.panel(1, "calls_total")), store) { _, server in
            store.holdsSeries.store(true, ordering: .releasing)
            let request = "GET /d/b/data?\(Self.range) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            let connection = try await RawConnection.connect(to: try #require(server.address), sending: request)
            #expect(try await connection.wait { connection.text.contains(#""line":"range""#) })
            #expect(!connection.text.contains(#""line":"panel""#) && server.queriesAdmitted == 1)
            try await connection.reset()
            #expect(try await connection.wait { server.queriesAdmitted == 0 && server.answersHeldBytes == 0 })
            store.holdsSeries.store(false, ordering: .releasing)
        }
    }

    // MARK: Pages

    @Test func headingsStandInTheDocumentAsText() async throws {
        try await withBoards(Self.board(Self.panel(1, "calls_total"))) { client, _ in
            for address in ["/d/b", "/d/b/any-title"] {
                let page = try await client.send("GET", address)
                #expect(page.status == 200 && page.headers["Content-Type"]?.essence == "text/html")
                #expect(page.text.contains("&lt;script&gt;B&lt;/script&gt; &amp; &quot;co&quot;</h1>"))
                #expect(page.text.contains(#"<h3 id="title-1">p1</h3>"#) && !page.text.contains("<script>B"))
                #expect(page.headers["Content-Security-Policy"]?.contains("script-src 'self'") == true)
                let tag = try #require(page.headers["ETag"])
                let again = try await client.send("GET", address, headers: [("If-None-Match", tag)])
                #expect(again.status == 304 && again.body.isEmpty)
            }
            let model = try await client.send("GET", "/d/b/model")
            #expect(try JSONReader.parse(model.body)["title"]?.string == #"<script>B</script> & "co""#)
        }
    }

    @Test func shortNamesLeadToDashboards() async throws {
        try await withServer { client, _ in
            let answer = try await client.send("GET", "/dashboards/cost?from=now-7d&var-tenant=a%26b")
            #expect(answer.status == 302)
            #expect(answer.headers["Location"] == "/d/plimsoll-cost?from=now-7d&var-tenant=a%26b")
            #expect(try await client.send("GET", "/dashboards/none").status == 404)
        }
    }

    @Test func theFolderIsReadAgainWhenSomebodyAsks() async throws {
        let disk = SimulatedFileSystem(seed: 12)
        try disk.createDirectories("/boards")
        try disk.replace("/boards/bad.json", with: Array("{".utf8))
        try disk.replace("/boards/own.json", with: Array(#"{"uid":"plimsoll-cost","title":"mine"}"#.utf8))
        let lines = LogLines()
        try await withServer(dashboards: DashboardFolder("/boards", in: disk), log: lines.log) { client, _ in
            #expect(try await lines.line(with: "dashboards: /boards/bad.json: 1:2:", "left out") != nil)
            #expect(try await lines.line(with: "own.json: the program has a dashboard with the uid") != nil)
            #expect(try await client.send("GET", "/d/new").status == 404)
            try disk.replace("/boards/new.json", with: Array(#"{"uid":"new","title":"New"}"#.utf8))
            let told = try await client.send("POST", "/-/reload")
            #expect(told.status == 200 && told.text.contains("1 dashboard of the folder\n/boards/bad.json: 1:2:"))
            #expect(try await client.send("GET", "/d/new").text.contains("<h1>New</h1>"))
            #expect(try await client.send("GET", "/d/plimsoll-cost").text.contains("<h1>Plimsoll: cost</h1>"))
        }
    }
}
