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

    /// An export begins as a question does: it is counted among them, and refused where too many wait.
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
            let refused = try await second.send("GET", "/v1/events")
            #expect(refused.status == 429 && refused.headers["Retry-After"] != nil, "\(refused.text)")
            store.hold.store(false, ordering: .releasing)
            #expect(try await first.status == 500, "the store of this test has nothing to export")
            #expect(server.queriesAdmitted == 0)
            await second.close()
        }
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
