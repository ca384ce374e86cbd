import Access
import Clients
import Foundation
import HTTPFronts
import Platform
import Testing

/// Browsers: a token once, then a cookie that reads and does nothing else.
@Suite struct SessionTests {
    private let disk = SimulatedFileSystem(seed: 11)
    private var file: TokenFile { TokenFile(dataDirectory: "/data", fileSystem: disk) }
    private static let form = ("Content-Type", "application/x-www-form-urlencoded")
    private static let json = ("Content-Type", "application/json")
    private static let page = ("Sec-Fetch-Site", "same-origin")

    private func token(_ scopes: Set<AccessScope>) throws -> AccessToken {
        try file.update { book in
            try book.create(name: "", scopes: scopes, expires: nil, now: 1, randomness: SystemRandomness())
        }
    }

    private static func logIn(
        _ client: ServerClient, _ token: String, to address: String? = nil, _ headers: [(String, String)] = [page]
    ) async throws -> ServerAnswer {
        func escaped(_ text: String) -> String {
            text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        }
        let body = "token=\(escaped(token))" + (address.map { "&to=\(escaped($0))" } ?? "")
        return try await client.send("POST", "/session", headers: [form] + headers, body: Array(body.utf8))
    }

    /// What a browser sends back of a cookie.
    private static func cookie(_ answer: ServerAnswer) throws -> (String, String) {
        let set = try #require(answer.headers["Set-Cookie"])
        return ("Cookie", String(set.prefix { $0 != ";" }))
    }

    @Test func aTokenBecomesACookieThatReads() async throws {
        let reader = try token([.read])
        try await withServer(tokens: file) { client, _ in
            let answer = try await Self.logIn(client, " \(reader.text)\n", to: "/status?from=now-7d&var-model=a%2Bb")
            #expect(answer.status == 303 && answer.headers["Location"] == "/status?from=now-7d&var-model=a%2Bb")
            #expect(answer.headers["Cache-Control"] == "no-store" && answer.body.isEmpty)
            let set = try #require(answer.headers["Set-Cookie"])
            #expect(
                set.wholeMatch(of: /plimsoll_session=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Lax/) != nil, "\(set)")
            #expect(!set.contains(reader.text.suffix(64)) && !set.contains(reader.id))
            let cookie = try Self.cookie(answer)
            for path in ["/", "/status", "/v1/status", "/metrics", "/api/v1/query?query=vector(1)", "/v1/openapi.json"]
            {
                #expect(try await client.send("GET", path, headers: [cookie]).status == 200, "\(path)")
                #expect(try await client.send("HEAD", path, headers: [cookie]).status == 200, "\(path)")
                #expect(try await client.send("GET", path).status == 401, "\(path)")
            }
            // Another's cookies stand beside it.
            let crowded = ("Cookie", "a=b; \(cookie.1) ;c; =d")
            #expect(try await client.send("GET", "/v1/status", headers: [crowded]).status == 200)
            // Pages have a way out, and other bytes than without a session.
            let page = try await client.send("GET", "/status", headers: [cookie])
            #expect(page.text.contains(#"<form class="leave" method="post" action="/session/end">"#))
            let shown = try await client.send("GET", "/status", headers: [("Authorization", "Bearer \(reader.text)")])
            #expect(!shown.text.contains("/session/end") && shown.headers["ETag"] != page.headers["ETag"])
        }
    }

    @Test func aCookieNeitherSendsNorChanges() async throws {
        let admin = try token([.admin])
        try await withServer(tokens: file) { client, _ in
            let cookie = try Self.cookie(try await Self.logIn(client, admin.text))
            let event = Array(RouteRequest.event.utf8)
            for (path, body) in [
                ("/v1/events", event), ("/v1/traces", Array("{}".utf8)),
                ("/api/public/otel/v1/traces", Array("{}".utf8)),
                ("/v1/prices/rebook", Array(#"{"provider":"openai"}"#.utf8)), ("/-/reload", []),
            ] {
                let answer = try await client.send("POST", path, headers: [cookie, Self.json, Self.page], body: body)
                #expect(answer.status == 401, "\(path): \(answer.text)")
            }
            // A token that is shown counts, whatever the cookie is.
            let both = [cookie, Self.json, ("Authorization", "Bearer \(admin.text)")]
            #expect(try await client.send("POST", "/v1/events", headers: both, body: event).status == 200)
        }
    }

    @Test func whatAsksWithACookieIsAPageOfThisServer() async throws {
        let reader = try token([.read])
        try await withServer(tokens: file, names: ["plimsoll.example.org"]) { client, server in
            let own = "http://\(try #require(server.address))"
            let cookie = try Self.cookie(try await Self.logIn(client, reader.text))
            func ask(_ headers: [(String, String)], _ path: String = "/v1/sql") async throws -> Int {
                let body = Array(#"{"sql":"select 1 as one"}"#.utf8)
                return try await client.send("POST", path, headers: [cookie] + headers, body: body).status
            }
            for (headers, status) in [
                ([Self.page, Self.json], 200), ([("Origin", own), Self.json], 200),
                ([Self.page, ("Origin", own), Self.json], 200),
                ([("Origin", "https://plimsoll.example.org"), Self.json], 200),
                ([Self.json], 403), ([("Sec-Fetch-Site", "same-site"), ("Origin", own), Self.json], 403),
                ([("Sec-Fetch-Site", "cross-site"), Self.json], 403), ([("Sec-Fetch-Site", "none"), Self.json], 403),
                ([("Origin", "https://evil.example"), Self.json], 403), ([("Origin", "null"), Self.json], 403),
                ([("Origin", "http://127.0.0.1:1"), Self.json], 403),
                ([Self.page, ("Host", "evil.example"), Self.json], 403),
                // What a form can send is not taken, nor what says nothing of itself.
                ([Self.page, ("Content-Type", "text/plain")], 415), ([Self.page, Self.form], 415), ([Self.page], 415),
                ([Self.page, ("Content-Type", "application/sql")], 415),
            ] {
                #expect(try await ask(headers) == status, "\(headers)")
            }
            #expect(try await ask([Self.page, Self.form], "/api/v1/query") == 415)
            // Whoever follows a link from elsewhere is let in, under the server's names alone.
            let link = [cookie, ("Sec-Fetch-Site", "cross-site")]
            for (host, status) in [("127.0.0.1:8910", 200), ("plimsoll.example.org", 200), ("evil.example", 403)] {
                for path in ["/", "/v1/status"] {
                    #expect(
                        try await client.send("GET", path, headers: link + [("Host", host)]).status == status, "\(host)"
                    )
                }
            }
            let bearer = ("Authorization", "Bearer \(reader.text)")
            #expect(try await client.send("GET", "/", headers: [bearer, ("Host", "evil.example")]).status == 403)
            #expect(
                try await client.send("GET", "/v1/status", headers: [bearer, ("Host", "evil.example")]).status == 200)
            let refusal = try await client.send("GET", "/session", headers: [("Host", "lb.example.org")])
            #expect(refusal.status == 403 && refusal.text.contains("--names lb.example.org"), "\(refusal.text)")
        }
    }

    @Test func overTLSTheCookieIsBoundToTheHost() async throws {
        let reader = try token([.read])
        try await withServer(tokens: file, names: ["plimsoll.example.org"]) { client, _ in
            let answer = try await Self.logIn(
                client, reader.text, [Self.page, ("Origin", "https://plimsoll.example.org")])
            let set = try #require(answer.headers["Set-Cookie"])
            #expect(
                set.wholeMatch(
                    of: /__Host-plimsoll_session=[0-9a-f]{64}; Secure; Path=\/; HttpOnly; SameSite=Lax/) != nil,
                "\(set)")
            let cookie = try Self.cookie(answer)
            #expect(try await client.send("GET", "/", headers: [cookie]).status == 200)
            // It counts before one that anybody on the way could have written.
            let both = ("Cookie", "plimsoll_session=\(String(repeating: "0", count: 64)); \(cookie.1)")
            #expect(try await client.send("GET", "/", headers: [both]).status == 200)
        }
    }

    @Test func itLeadsBackWithinThisServerAlone() async throws {
        let reader = try token([.read])
        try await withServer(tokens: file) { client, _ in
            for (address, expected) in [
                ("/", "/"), ("/d/plimsoll-cost?from=now-7d", "/d/plimsoll-cost?from=now-7d"), ("/explore", "/explore"),
                ("//evil.example", "/"), ("/\\evil.example", "/"), ("\\\\evil.example", "/"),
                ("https://evil.example", "/"),
                ("javascript:alert(1)", "/"), ("evil.example", "/"), ("", "/"), ("/a\r\nSet-Cookie: x=y", "/"),
                ("/\t/evil.example", "/"), ("/ü", "/"), ("/session", "/"), ("/session?to=/status", "/"),
                ("/session/end", "/"), ("/sessions", "/sessions"), ("/" + String(repeating: "a", count: 5000), "/"),
            ] {
                let answer = try await Self.logIn(client, reader.text, to: address)
                #expect(answer.status == 303 && answer.headers["Location"] == expected, "\(address)")
                #expect(answer.headers["Set-Cookie"]?.hasPrefix("plimsoll_session=") == true, "\(address)")
            }
        }
    }

    @Test func whoIsNotLoggedInIsShownTheFormAndKeepsTheAddress() async throws {
        let reader = try token([.read])
        let browser = ("Accept", "text/html")
        try await withServer(tokens: file) { client, _ in
            let page = try await client.send("GET", "/status?from=now-7d&x=%22%3E", headers: [browser])
            #expect(page.status == 401 && page.headers["WWW-Authenticate"]?.hasPrefix("Bearer") == true)
            #expect(page.headers["Cache-Control"] == "no-store")
            PageTests.expectGuarded(page, "/status")
            #expect(page.text.contains(#"<form class="login" method="post" action="/session">"#), "\(page.text)")
            #expect(page.text.contains(#"name="to" value="/status?from=now-7d&amp;x=%22%3E""#), "\(page.text)")
            #expect(page.text.contains(#"<label for="token">Token</label>"#) && !page.text.contains("has ended"))
            let late = ("Cookie", "plimsoll_session=\(String(repeating: "a", count: 64))")
            #expect(
                try await client.send("GET", "/", headers: [browser, late]).text.contains("The session has ended."))
            // A wrong token leads to the form again, with the same way on.
            let wrong = try await Self.logIn(client, "plim_guess", to: "/status", [Self.page, browser])
            #expect(wrong.status == 401 && wrong.headers["Set-Cookie"] == nil)
            #expect(wrong.text.contains("none of this server") && wrong.text.contains(#"name="to" value="/status""#))
            // Programs are told as ever.
            let program = try await client.send("GET", "/status")
            #expect(program.status == 401 && program.headers["Content-Type"] == "application/json")
            #expect(try await client.send("GET", "/v1/status", headers: [browser]).text.hasPrefix(#"{"error""#))
            let ingest = try await Self.logIn(client, try token([.ingest]).text, [Self.page, browser])
            #expect([401, 403].contains(ingest.status) && ingest.headers["Set-Cookie"] == nil)
            _ = reader
        }
    }

    @Test func formsOfOtherSitesNeitherBeginNorEndASession() async throws {
        let reader = try token([.read])
        try await withServer(tokens: file) { client, _ in
            for headers in [
                [("Sec-Fetch-Site", "cross-site")], [("Origin", "https://evil.example")], [("Origin", "null")],
                [Self.page, ("Host", "evil.example")],
            ] {
                let answer = try await Self.logIn(client, reader.text, headers)
                #expect(answer.status == 403 && answer.headers["Set-Cookie"] == nil, "\(headers)")
            }
            // A program that says nothing of a page has nothing to lose.
            #expect(try await Self.logIn(client, reader.text, []).status == 303)
            for type in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
                let body = Array("token=\(reader.text)".utf8)
                let answer = try await client.send(
                    "POST", "/session", headers: [("Content-Type", type), Self.page], body: body)
                #expect(answer.status == 415, "\(type)")
            }
            let cookie = try Self.cookie(try await Self.logIn(client, reader.text))
            func status() async throws -> Int { try await client.send("GET", "/v1/status", headers: [cookie]).status }
            for headers in [[], [("Sec-Fetch-Site", "same-site")], [("Origin", "https://evil.example")]] {
                let answer = try await client.send("POST", "/session/end", headers: [cookie, Self.form] + headers)
                #expect(answer.status == 403, "\(headers)")
            }
            #expect(try await client.send("GET", "/session/end", headers: [cookie]).status == 405)
            #expect(try await status() == 200)
            let end = try await client.send("POST", "/session/end", headers: [cookie, Self.form, Self.page])
            #expect(end.status == 200 && end.text.contains("<h1>Logged out</h1>"), "\(end.text)")
            #expect(end.headers["Set-Cookie"] == "plimsoll_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
            #expect(try await status() == 401)
            #expect(try await client.send("POST", "/session/end", headers: [Self.page]).status == 200)
        }
    }

    @Test func whoLogsInAgainLeavesTheSessionBefore() async throws {
        let reader = try token([.read])
        try await withServer(tokens: file) { client, _ in
            let first = try Self.cookie(try await Self.logIn(client, reader.text))
            let second = try Self.cookie(try await Self.logIn(client, reader.text, [Self.page, first]))
            #expect(first.1 != second.1)
            #expect(try await client.send("GET", "/v1/status", headers: [first]).status == 401)
            #expect(try await client.send("GET", "/v1/status", headers: [second]).status == 200)
        }
    }

    @Test func aSessionEndsWithItsToken() async throws {
        let (first, second) = (try token([.read]), try token([.read]))
        try await withServer(tokens: file) { client, _ in
            let cookies = [
                try Self.cookie(try await Self.logIn(client, first.text)),
                try Self.cookie(try await Self.logIn(client, second.text)),
            ]
            _ = try file.update { book in try book.revoke(first.id, now: 2) }
            try await Task.sleep(for: .milliseconds(600))
            #expect(try await client.send("GET", "/v1/status", headers: [cookies[0]]).status == 401)
            #expect(try await client.send("GET", "/v1/status", headers: [cookies[1]]).status == 200)
        }
    }

    @Test func triesAreLimitedCountedAndTold() async throws {
        let reader = try token([.read])
        let lines = LogLines()
        try await withServer(tokens: file, log: lines.log) { client, _ in
            let cookie = try Self.cookie(try await Self.logIn(client, reader.text))
            for _ in 0..<10 { #expect(try await Self.logIn(client, "plim_s3cr3tguess").status == 401) }
            let late = try await Self.logIn(client, reader.text)
            let wait = try #require(late.headers["Retry-After"].flatMap(Int.init))
            #expect(late.status == 429 && (1...60).contains(wait), "\(late.text)")
            // Who is logged in stays so, and tokens are taken where they always are.
            let metrics = try await client.send("GET", "/metrics?format=text", headers: [cookie]).text
            #expect(metrics.contains("plimsoll_http_refusals_total{reason=\"unknown_token\"} 10\n"), "\(metrics)")
            #expect(metrics.contains("plimsoll_http_refusals_total{reason=\"busy\"} 1\n"), "\(metrics)")
            let bearer = ("Authorization", "Bearer \(reader.text)")
            #expect(try await client.send("GET", "/v1/status", headers: [bearer]).status == 200)
            _ = try await client.send("POST", "/session/end", headers: [cookie, Self.page])
            let told = lines.texts()
            let asked = "client=127.0.0.1 request="
            #expect(told.contains("notice a session begins token=\(reader.id) \(asked)\"POST /session\""), "\(told)")
            #expect(told.contains("notice a session ends token=\(reader.id) \(asked)\"POST /session/end\""), "\(told)")
            #expect(told.contains { $0.contains("refused reason=unknown_token request=\"POST /session\"") }, "\(told)")
            #expect(told.allSatisfy { !$0.contains("s3cr3t") && !$0.contains(cookie.1.suffix(64)) }, "\(told)")
        }
    }

    @Test func withoutTokensNobodyIsAsked() async throws {
        try await withServer(tokens: file) { client, _ in
            #expect(try await client.send("GET", "/").status == 200)
            let answer = try await Self.logIn(client, "anything", to: "/status")
            #expect(answer.status == 200 && answer.headers["Set-Cookie"] == nil)
            #expect(answer.text.contains(#"<a href="/status">go on</a>"#), "\(answer.text)")
            // A cookie of another server on this machine changes nothing.
            let cookie = ("Cookie", "plimsoll_session=\(String(repeating: "a", count: 64))")
            let body = Array("select 1 as one".utf8)
            let asked = try await client.send(
                "POST", "/v1/sql", headers: [cookie, ("Content-Type", "text/plain")], body: body)
            #expect(asked.status == 200, "\(asked.text)")
            #expect(!(try await client.send("GET", "/", headers: [cookie])).text.contains("/session/end"))
        }
    }
}
