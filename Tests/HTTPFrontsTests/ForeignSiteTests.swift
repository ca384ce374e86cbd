import Access
import Clients
import HTTPFronts
import JSONTexts
import Platform
import Testing

/// Pages of other sites in a browser on this machine, while nobody has to show a token.
@Suite struct ForeignSiteTests {
    private static let sql = [("Content-Type", "text/plain")]

    private func ask(_ client: ServerClient, _ fields: [(String, String)]) async throws -> ServerAnswer {
        try await client.send("POST", "/v1/sql", headers: Self.sql + fields, body: Array("select 1 as one".utf8))
    }

    @Test(arguments: [
        "https://evil.example", "http://127.0.0.1:1", "null", "http://localhost:8910", "file://", "http://",
        "http://a@127.0.0.1", "http://127.0.0.1/", "ftp://127.0.0.1", "http://127.0.0.1:+80", "http://127.0.0.1.:1",
    ])
    func aPageOfAnotherSiteIsNotServed(origin: String) async throws {
        try await withServer { client, _ in
            for (method, path) in [
                ("POST", "/v1/sql"), ("POST", "/v1/prices/rebook"), ("POST", "/v1/events"), ("POST", "/v1/traces"),
                ("GET", "/v1/status"), ("GET", "/v1/events"),
            ] {
                let answer = try await client.send(
                    method, path, headers: [("Origin", origin), ("Content-Type", "text/plain")],
                    body: method == "POST" ? Array("select 1".utf8) : [])
                #expect(answer.status == 403, "\(method) \(path): \(answer.text)")
                #expect(answer.text.contains("plimsoll tokens create"), "\(answer.text)")
            }
            let metrics = try await client.send("GET", "/metrics?format=text").text
            #expect(metrics.contains("plimsoll_http_refusals_total{reason=\"foreign_site\"} 6\n"), "\(metrics)")
            // Probes tell nothing that is worth a page.
            #expect(try await client.send("GET", "/healthz", headers: [("Origin", origin)]).status == 200)
        }
    }

    @Test func theServersOwnPageIsServed() async throws {
        try await withServer { client, server in
            let address = try #require(server.address)
            for fields in [
                [("Origin", "http://\(address)")],
                [("Host", "LOCALHOST:\(address.port)"), ("Origin", "http://localhost:\(address.port)")],
                [("Host", "[::1]:80"), ("Origin", "http://[::1]")],
                [("Host", "app.localhost"), ("Origin", "https://app.localhost:443")],
                [("Host", "localhost:"), ("Origin", "http://localhost")],
                [("Host", "localhost.:8910"), ("Origin", "http://localhost.:8910")],
                // A browser writes the address in its own way, whatever was typed.
                [("Host", "[::FFFF:127.0.0.1]:8910"), ("Origin", "http://[::ffff:7f00:1]:8910")],
                [("Host", "127.0.0.1:8910"), ("Origin", "http://[::ffff:127.0.0.1]:8910")],
            ] {
                let answer = try await ask(client, fields)
                #expect(answer.status == 200, "\(fields): \(answer.text)")
            }
        }
    }

    @Test(arguments: [
        ("127.0.0.1", 200), ("10.1.2.3:8910", 200), ("[::1]:8910", 200), ("localhost", 200), ("plimsoll:8910", 200),
        ("evil.example", 403), ("evil.example:8910", 403), ("127.0.0.1.evil.example", 403), ("1.2.3.4.5", 403),
        ("localhost.evil.example", 403), ("256.1.1.1", 403), ("a:b", 403), ("[evil.example]", 403), ("a@b.c", 403),
        ("localhost:", 200), ("localhost.", 200), ("LOCALHOST.:8910", 200), ("plimsoll.", 200), ("127.0.0.1.", 200),
        ("App.LocalHost.", 200), ("[fe80::1%25eth0]:8910", 200), ("[fe80::1%eth0]", 200), ("[FE80::1]:", 200),
        ("[::ffff:10.0.0.1]:8910", 200), ("[::ffff:a00:1]", 200), ("localhost..", 403), (".", 403), (":8910", 403),
        ("evil.example.", 403), ("evil.example:", 403), ("localhost:+80", 403), ("localhost:70000", 403),
        ("[fe80::1%25]", 403), ("[::1", 403), ("[::::1]", 403), ("[127.0.0.1]", 403), ("a b", 403),
    ])
    func aNameThatIsNotTheServersIsNotServed(host: String, status: Int) async throws {
        try await withServer { client, _ in
            let answer = try await ask(client, [("Host", host)])
            #expect(answer.status == status, "\(answer.text)")
            #expect(try await client.send("GET", "/", headers: [("Host", host)]).status == status)
        }
    }

    @Test func namesOfTheSettingsAreTheServers() async throws {
        try await withServer(names: ["Plimsoll.example.org"]) { client, _ async throws in
            #expect(try await ask(client, [("Host", "plimsoll.EXAMPLE.org:8910")]).status == 200)
            // A proxy in front of it names the server as it likes.
            let proxied = [("Host", "127.0.0.1:8910"), ("Origin", "https://plimsoll.example.org")]
            #expect(try await ask(client, proxied).status == 200)
            #expect(try await ask(client, [("Host", "example.org")]).status == 403)
            #expect(try await ask(client, [("Host", "plimsoll.example.org.")]).status == 200)
        }
    }

    /// Whoever is refused by mistake learns what to write where.
    @Test func aRefusalSaysWhatToSet() async throws {
        let lines = LogLines()
        try await withServer(log: lines.log) { client, _ in
            let host = try await ask(client, [("Host", "LB.example.org.:8910")]).text
            let origin = try await ask(client, [("Origin", "https://lb.example.org:8443")]).text
            for text in [host, origin] {
                #expect(text.contains("add lb.example.org to its setting names"), "\(text)")
                #expect(text.contains("--names lb.example.org or PLIMSOLL_NAMES=lb.example.org"), "\(text)")
            }
            // Neither is a name that could be set.
            for fields in [[("Host", "a@lb.example.org")], [("Origin", "null")], [("Origin", "http://10.0.0.1:1")]] {
                let text = try await ask(client, fields).text
                #expect(text.contains("plimsoll tokens create") && !text.contains("PLIMSOLL_NAMES"), "\(text)")
            }
        }
        let told = lines.texts().filter { $0.contains("reason=foreign_site") }
        #expect(told.count == 5 && told.allSatisfy { $0.contains("(--names, PLIMSOLL_NAMES)") }, "\(told)")
        #expect(told.allSatisfy { !$0.contains("lb.example.org") }, "\(told)")
    }

    /// Anybody can write it, a page, too.
    @Test func whatAProxySaysOfTheHostNobodyReads() async throws {
        try await withServer { client, _ in
            for (field, own, foreign) in [
                ("X-Forwarded-Host", "localhost", "evil.example"), ("Forwarded", "host=localhost", "host=evil.example"),
            ] {
                let stranger = try await ask(client, [("Host", "evil.example"), (field, own)])
                #expect(stranger.status == 403, "\(stranger.text)")
                let local = try await ask(client, [("Host", "localhost"), (field, foreign)])
                #expect(local.status == 200, "\(local.text)")
            }
        }
    }

    @Test func whereTokensAreShownNothingElseIsAsked() async throws {
        let file = TokenFile(dataDirectory: "/data", fileSystem: SimulatedFileSystem(seed: 8))
        let token = try file.update { book in
            try book.create(name: "", scopes: [.read], expires: nil, now: 1, randomness: SystemRandomness())
        }
        try await withServer(tokens: file) { client, _ in
            let fields = [("Host", "plimsoll.example.org"), ("Origin", "https://other.example")]
            #expect(try await ask(client, fields).status == 401)
            let shown = try await ask(client, fields + [("Authorization", "Bearer " + token.text)])
            #expect(shown.status == 200, "\(shown.text)")
        }
    }

    @Test func aRefusalThatNoTokenWouldHelpIsNoQuestionForOne() async throws {
        try await withServer { client, _ in
            let answer = try await ask(client, [("Host", "evil.example")])
            #expect(answer.headers["WWW-Authenticate"] == nil)
        }
    }

    /// SDKs send data of no type, with fields that no page can send without asking first.
    @Test func eventsInBinaryModeNeedNoType() async throws {
        try await withServer { client, _ in
            let fields = ["specversion": "1.0", "id": "b-1", "source": "sdk", "type": "cache.lookup"]
            let headers = fields.sorted { $0.key < $1.key }.map { ("ce-" + $0.key, $0.value) }
            let body = Array(#"{"cache":"faq","hit":true}"#.utf8)
            let answer = try await client.send("POST", "/v1/events", headers: headers, body: body)
            #expect(answer.status == 200 && answer.text.contains(#""accepted":1"#), "\(answer.text)")
        }
    }

    /// What a browser sends without asking first is of one of these types.
    @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
    func correctionsAndEventsSayWhatTheyAre(type: String) async throws {
        try await withServer(try simulatedStore(seed: 55)) { client, _ in
            let fields = type.isEmpty ? [] : [("Content-Type", type)]
            for (path, body) in [
                ("/v1/prices/rebook", #"{"provider":"openai"}"#), ("/v1/events", EventsTests.event("a")),
                ("/v1/traces", "{}"),
            ] {
                let answer = try await client.send("POST", path, headers: fields, body: Array(body.utf8))
                #expect(answer.status == 415, "\(path): \(answer.status) \(answer.text)")
            }
            guard type != "text/plain" else { return }
            let asked = try await client.send("POST", "/v1/sql", headers: fields, body: Array("select 1".utf8))
            #expect(asked.status == 415, "\(asked.text)")
        }
    }
}
