import Clients
import Domain
import HTTPFronts
import Synchronization
import Testing

/// `POST /v1/sql` without tables: formats, errors, limits.
@Suite struct QueryTests {
    private func ask(
        _ body: String, accept: String? = nil, type: String = "application/json", limits: ServerLimits = ServerLimits()
    ) async throws -> ServerAnswer {
        try await withServer(limits: limits) { client, _ in
            var headers = [("Content-Type", type)]
            if let accept { headers.append(("Accept", accept)) }
            return try await client.send("POST", "/v1/sql", headers: headers, body: Array(body.utf8))
        }
    }

    /// An export begins as a question does, and so does a list of prices, which may be long: it is counted among them,
    /// and refused where too many wait.
    @Test func exportsAreBoundedAsQuestionsAre() async throws {
        let store = FakeStore()
        store.hold.store(true, ordering: .releasing)
        var limits = ServerLimits()
        (limits.queriesRunningMax, limits.queriesWaitingMax) = (1, 0)
        try await withServer(store, limits: limits) { client, server in
            let second = try await ServerClient.connect(to: try #require(server.address))
            async let first = client.send("GET", "/v1/events")
            while server.queriesAdmitted < 1 { try await Task.sleep(for: .milliseconds(1)) }
            let status = try await second.send("GET", "/v1/status").text
            #expect(status.contains(#""queries_running":1"#), "\(status)")
            for path in ["/v1/events", "/v1/prices", "/v1/prices?all=true&format=csv"] {
                let refused = try await second.send("GET", path)
                #expect(refused.status == 429 && refused.headers["Retry-After"] != nil, "\(refused.text)")
            }
            store.hold.store(false, ordering: .releasing)
            #expect(try await first.status == 500, "the store of this test has nothing to export")
            #expect(server.queriesAdmitted == 0)
            await second.close()
        }
    }

    /// What the server tells of itself waits for nobody's question.
    @Test func scrapesDoNotWaitForQuestions() async throws {
        let store = FakeStore()
        store.hold.store(true, ordering: .releasing)
        var limits = ServerLimits()
        limits.queriesRunningMax = 1
        try await withServer(store, limits: limits) { client, server in
            let address = try #require(server.address)
            // One question holds the only thread of questions, another waits.
            let askers = [try await ServerClient.connect(to: address), try await ServerClient.connect(to: address)]
            let questions = askers.map { asker in Task { try await asker.send("GET", "/v1/prices/check") } }
            while server.queriesAdmitted < 2 { try await Task.sleep(for: .milliseconds(1)) }
            for path in [
                "/metrics", "/healthz", "/readyz", "/v1/status", "/v1/objectives", "/api/v1/rules", "/api/v1/alerts",
            ] {
                #expect(try await client.send("GET", path).status == 200, "\(path)")
            }
            // It needs tables that this store has not got: what counts is that it is answered.
            #expect(try await client.send("GET", "/v1/reports/status").status != 429)
            #expect(server.queriesAdmitted == 2, "both were held all along")
            store.hold.store(false, ordering: .releasing)
            for question in questions { #expect(try await question.value.status == 200) }
            for asker in askers { await asker.close() }
        }
    }

    /// Nor does an export, with its first piece and all others: whoever moves a store is not held up by what others
    /// ask.
    @Test func exportsDoNotWaitForQuestions() async throws {
        let store = FakeStore()
        store.holdsTables.store(true, ordering: .releasing)
        // What is lost is an export of no event.
        store.state.withLock { $0.lossNotice = "events 3 to 5 are lost" }
        var limits = ServerLimits()
        limits.queriesRunningMax = 1
        try await withServer(store, limits: limits) { client, server in
            let asker = try await ServerClient.connect(to: try #require(server.address))
            let question = Task {
                try await asker.send(
                    "POST", "/v1/sql", headers: [("Content-Type", "application/sql")], body: Array("select 1".utf8))
            }
            while server.queriesAdmitted < 1 { try await Task.sleep(for: .milliseconds(1)) }
            let export = try await client.send("GET", "/v1/events")
            #expect(export.status == 200 && export.text.split(separator: "\n").count == 2, "\(export.text)")
            #expect(server.queriesAdmitted == 1, "the question was held all along")
            store.holdsTables.store(false, ordering: .releasing)
            #expect(try await question.value.status == 200)
            await asker.close()
        }
    }

    private static let thousandRows: String = {
        let digits = "(values (0),(1),(2),(3),(4),(5),(6),(7),(8),(9))"
        return "from \(digits) as a(a), \(digits) as b(b), \(digits) as c(c)"
    }()

    /// A gigabyte of text that is one megabyte of memory: it comes piece by piece, and whole.
    @Test func aLongAnswerIsStreamed() async throws {
        let answer = try await ask(
            "select repeat('x', 50000) as r \(Self.thousandRows) limit 40", accept: "text/csv", type: "application/sql")
        #expect(answer.status == 200 && answer.headers["Content-Length"] == nil)
        #expect(answer.body.count == 3 + 40 * 50_002)
        let short = try await ask("select 1 as a", accept: "text/csv", type: "application/sql")
        #expect(short.headers["Content-Length"] == "6")
    }

    /// Whoever does not fetch an answer is dropped, and what was held for him is there for others.
    @Test func anAnswerThatNobodyFetchesIsHeldForATime() async throws {
        var limits = ServerLimits()
        limits.idleTimeout = .milliseconds(1_500)
        try await withServer(limits: limits) { _, server in
            let question = "select repeat('x', 1000000) as r \(Self.thousandRows)"
            let request =
                "POST /v1/sql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sql\r\nAccept: text/csv\r\n"
                + "Content-Length: \(question.utf8.count)\r\n\r\n\(question)"
            let address = try #require(server.address)
            var connections: [RawConnection] = []
            for _ in 0..<4 {
                connections.append(try await RawConnection.connect(to: address, sending: request, isReading: false))
            }
            var most = 0
            for _ in 0..<6_000 {
                most = max(most, server.answersHeldBytes)
                if most > 4_000_000, server.answersHeldBytes == 0 { break }
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(most > 1_000_000 && most < 16 << 20, "\(most)")
            #expect(server.answersHeldBytes == 0)
            // No thread of questions waited for any of them.
            #expect(server.queriesAdmitted == 0)
            for connection in connections { await connection.close() }
        }
    }

    /// A client that takes a little now and then holds an answer as well: it has to be quick enough on the whole.
    @Test func anAnswerThatTricklesIsDropped() async throws {
        var limits = ServerLimits()
        limits.idleTimeout = .seconds(2)
        limits.fetchBytesPerSecondMin = 1 << 40
        try await withServer(limits: limits) { _, server in
            let question = "select repeat('x', 1000000) as r \(Self.thousandRows)"
            let request =
                "POST /v1/sql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sql\r\nAccept: text/csv\r\n"
                + "Content-Length: \(question.utf8.count)\r\n\r\n\(question)"
            let address = try #require(server.address)
            let connection = try await RawConnection.connect(to: address, sending: request, isReading: false)
            var wasHeld = false
            for _ in 0..<2_400 {
                connection.read()
                wasHeld = wasHeld || server.answersHeldBytes > 0
                if wasHeld, server.answersHeldBytes == 0 { break }
                try await Task.sleep(for: .milliseconds(25))
            }
            #expect(wasHeld && server.answersHeldBytes == 0)
            // The first connection has been idle for too long by now.
            let other = try await ServerClient.connect(to: address)
            let metrics = try await other.send("GET", "/metrics?format=text").text
            await other.close()
            #expect(metrics.contains(#"plimsoll_http_refusals_total{reason="slow_request"} 1"#))
            await connection.close()
        }
    }

    /// Whoever stops the server does not wait for a question, only for what is on its way to the disk.
    @Test func aStopDoesNotWaitForAQuestion() async throws {
        var limits = ServerLimits()
        limits.queryTimeLimit = .seconds(900)
        limits.drainTimeout = .seconds(900)
        limits.questionDrainTimeout = .milliseconds(200)
        let digits = "(values (0),(1),(2),(3),(4),(5),(6),(7),(8),(9))"
        let joins = (0..<12).map { "\(digits) as t\($0)(a\($0))" }.joined(separator: ", ")
        let (asking, began) = try await withServer(limits: limits) { _, server in
            let client = try await ServerClient.connect(to: try #require(server.address))
            let asking = Task {
                try await client.send(
                    "POST", "/v1/sql", headers: [("Content-Type", "application/sql")],
                    body: Array("select count(*) from \(joins)".utf8))
            }
            while server.queriesAdmitted == 0 { try await Task.sleep(for: .milliseconds(1)) }
            return (asking, ContinuousClock.now)
        }
        #expect(ContinuousClock.now - began < .seconds(300))
        let answer = try? await asking.value
        #expect(answer == nil || answer?.status == 503)
    }

    @Test func answersInJSON() async throws {
        let answer = try await ask(#"{"sql":"select 1 as one, 'x' as text, 0.5::numeric as half"}"#)
        #expect(answer.status == 200)
        #expect(answer.headers["Content-Type"] == "application/json")
        #expect(answer.text.contains(#""rows":[[1,"x","0.5"]]"#), "\(answer.text)")
        #expect(answer.text.contains(#""position":0"#))
    }

    @Test func answersAsAskedFor() async throws {
        let csv = try await ask("select 1 as a, 'b,c' as d", accept: "text/csv", type: "application/sql")
        #expect(csv.text == "a,d\r\n1,\"b,c\"\r\n")
        let lines = try await ask("select 1 as a", accept: "application/x-ndjson", type: "text/plain")
        #expect(lines.text == "{\"a\":1}\n")
        // An object has one member of a name; the other forms have a place for each column.
        let twice = try await ask("select 1 as a, 2 as a", accept: "application/x-ndjson", type: "text/plain")
        #expect(twice.status == 400 && twice.text.contains("two columns are named a"), "\(twice.text)")
        #expect(twice.text.contains(#""code":"42712""#), "\(twice.text)")
        let rows = try await ask("select 1 as a, 2 as a", accept: "application/json", type: "text/plain")
        #expect(rows.text.contains("[[1,2]]"), "\(rows.text)")
        let table = try await ask("select 1 as a", accept: "text/plain", type: "application/sql")
        #expect(table.text.contains("(1 row)"))
        let nothing = try await ask("select 1 as a", accept: "image/png", type: "application/sql")
        #expect(nothing.status == 406 && nothing.text.contains("nothing of image/png can be written"))
        let preferred = try await ask(
            "select 1 as a", accept: "image/png, text/csv;q=0.5", type: "Application/SQL ; charset=utf-8")
        #expect(preferred.text == "a\r\n1\r\n")
        let page = try await ask("select 1 as a", type: "text/html")
        let untyped = try await withServer { client, _ in
            try await client.send("POST", "/v1/sql", headers: [], body: Array(#"{"sql":"select 1"}"#.utf8))
        }
        #expect(untyped.status == 415 && untyped.text.contains("the body has no Content-Type"), "\(untyped.text)")
        #expect(page.status == 415 && page.text.contains("Content-Type text/html is not taken here"))
    }

    @Test func mistakesAreToldWithTheirPlace() async throws {
        let syntax = try await ask(#"{"sql":"select 1 frm x"}"#)
        #expect(syntax.status == 400)
        #expect(syntax.text.contains(#""code":"42601""#) && syntax.text.contains(#""position":"#), "\(syntax.text)")
        let table = try await ask(#"{"sql":"select * from nowhere"}"#)
        #expect(table.text.contains(#""code":"42P01""#), "\(table.text)")
        let json = try await ask("{\"sql\":")
        #expect(json.status == 400 && json.text.contains(#""position":"#))
        let missing = try await ask("{}")
        #expect(missing.status == 400)
        let type = try await ask("x", type: "image/png")
        #expect(type.status == 415)
    }

    @Test func aLongQueryEndsAtItsTimeLimit() async throws {
        var limits = ServerLimits()
        limits.queryTimeLimit = .milliseconds(200)
        let digits = "(values (0),(1),(2),(3),(4),(5),(6),(7),(8),(9))"
        let joins = (0..<9).map { "\(digits) as t\($0)(a\($0))" }.joined(separator: ", ")
        let answer = try await ask("select count(*) from \(joins)", type: "application/sql", limits: limits)
        #expect(answer.status == 503)
        #expect(answer.text.contains(#""code":"57014""#) || answer.text.contains(#""code":"53200""#), "\(answer.text)")
    }

    @Test func aClientThatGoesAwayTakesItsQueryWithIt() async throws {
        let digits = "(values (0),(1),(2),(3),(4),(5),(6),(7),(8),(9))"
        let joins = (0..<10).map { "\(digits) as t\($0)(a\($0))" }.joined(separator: ", ")
        let question = Array("select count(*) from \(joins)".utf8)
        try await withServer { _, server in
            let client = try await ServerClient.connect(to: try #require(server.address))
            let asking = Task {
                try await client.send("POST", "/v1/sql", headers: [("Content-Type", "application/sql")], body: question)
            }
            while server.queriesAdmitted == 0 { try await Task.sleep(for: .milliseconds(1)) }
            await client.close()
            await #expect(throws: UnreachableError.self) { try await asking.value }
            // Without the cancellation it would run for thirty seconds, until its time limit.
            var waited = 0
            while server.queriesAdmitted > 0, waited < 1000 {
                try await Task.sleep(for: .milliseconds(10))
                waited += 1
            }
            #expect(server.queriesAdmitted == 0)
        }
    }

    @Test func tooLongATextIsRefused() async throws {
        var limits = ServerLimits()
        limits.queryTextBytesMax = 100
        let answer = try await ask(
            "select 1 -- " + String(repeating: "x", count: 200), type: "application/sql", limits: limits)
        #expect(answer.status == 413)
    }
}
