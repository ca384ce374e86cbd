import Access
import Clients
import HTTPFronts
import Platform
import Synchronization
import Testing

/// Who is let in, asked over HTTP.
@Suite struct AccessTests {
    private let disk = SimulatedFileSystem(seed: 3)
    private var file: TokenFile { TokenFile(dataDirectory: "/data", fileSystem: disk) }

    private func token(_ scopes: Set<AccessScope>, expires: Int64? = nil) throws -> AccessToken {
        try file.update { book in
            try book.create(name: "", scopes: scopes, expires: expires, now: 1, randomness: SystemRandomness())
        }
    }

    /// Every route with the scope it needs; nil: none. `/v1/traces` has its own encoding of refusals.
    private static let routes: [(String, String, AccessScope?)] = [
        ("POST", "/v1/events", .ingest), ("POST", "/v1/traces", .ingest),
        ("POST", "/api/public/otel/v1/traces", .ingest),
        ("GET", "/v1/events", .read), ("POST", "/v1/sql", .read), ("GET", "/v1/reports/sla", .read),
        ("GET", "/v1/reports/status", .read), ("GET", "/v1/reports/doctor", .read), ("GET", "/v1/slos", .read),
        ("GET", "/v1/slos/history", .read),
        ("GET", "/v1/conversations", .read), ("GET", "/v1/conversations/c-1", .read),
        ("GET", "/conversations", .read), ("GET", "/conversations/c-1", .read),
        ("GET", "/v1/prices", .read), ("GET", "/v1/prices/check", .read),
        ("GET", "/v1/status", .read), ("GET", "/", .read), ("GET", "/status", .read), ("GET", "/metrics", .read),
        ("GET", "/v1/alerts/replay", .read), ("GET", "/v1/alerts/evaluated", .read),
        ("POST", "/v1/prices/rebook", .admin), ("POST", "/-/reload", .admin),
        ("GET", "/v1/prices/rebook", .read), ("GET", "/v1/objectives", .read), ("GET", "/v1/openapi.json", .read),
        ("GET", "/healthz", nil), ("GET", "/readyz", nil), ("GET", "/-/healthy", nil), ("GET", "/-/ready", nil),
        ("GET", "/runbooks", nil), ("GET", "/runbooks/PlimsollDown", nil), ("GET", "/session", nil),
        ("POST", "/session/end", nil), ("GET", PageTests.folder + "style.css", nil),
        ("GET", "/v1/schemas", .read), ("GET", "/explore", .read), ("GET", "/prices", .read),
        ("GET", "/schemas", .read), ("GET", "/schemas/llm_call", .read),
    ]

    @Test func everyRouteAsksForItsScope() async throws {
        let tokens: [(AccessScope?, String?)] =
            try [(nil, nil)] + AccessScope.allCases.map { ($0, try token([$0]).text) }
        try await withServer(tokens: file) { client, _ in
            for (method, path, needed) in Self.routes {
                for (held, text) in tokens {
                    let headers = text.map { [("Authorization", "Bearer \($0)")] } ?? []
                    let answer = try await client.send(method, path, headers: headers)
                    let isServed = needed == nil || held == needed || held == .admin
                    let expected = isServed ? nil : held == nil ? 401 : 403
                    let note: Comment = "\(method) \(path) with \(held?.rawValue ?? "none"): \(answer.status)"
                    if let expected {
                        #expect(answer.status == expected, note)
                    } else {
                        #expect(![401, 403].contains(answer.status), note)
                    }
                    #expect(
                        (answer.headers["WWW-Authenticate"]?.hasPrefix("Bearer") ?? false) == (expected != nil), note)
                }
            }
        }
    }

    @Test func withoutTokensThisMachineIsLetIn() async throws {
        try await withServer(tokens: file) { client, _ in
            #expect(try await client.send("GET", "/v1/status").status == 200)
            // From the first token on, one is asked for.
            let reader = try token([.read])
            try await Task.sleep(for: .milliseconds(600))
            let answer = try await client.send("GET", "/v1/status")
            #expect(answer.status == 401)
            #expect(answer.headers["WWW-Authenticate"] == #"Bearer realm="plimsoll""#)
            #expect(answer.text.contains("plimsoll tokens create --data DIR --scope read"))
            #expect(
                try await client.send("GET", "/v1/status", headers: [("Authorization", "bearer  \(reader.text)")])
                    .status == 200)
        }
    }

    @Test func tokensCountAtOnceAndNoLongerThanTheyAreWorth() async throws {
        let now = SystemClock().wallNanoseconds()
        let (first, late) = (try token([.read]), try token([.read], expires: now - 1))
        try await withServer(tokens: file) { client, server in
            func status(_ token: String) async throws -> Int {
                try await client.send("GET", "/v1/status", headers: [("Authorization", "Bearer \(token)")]).status
            }
            #expect(try await status(first.text) == 200)
            #expect(try await status(late.text) == 401)
            #expect(try await status(first.text.dropLast() + (first.text.last == "0" ? "1" : "0")) == 401)
            #expect(try await status("plim_" + first.id + "_" + late.text.suffix(64)) == 401)
            // Made while the server runs, used at once; 50 ms are what strangers' guesses are worth.
            let second = try token([.read])
            try await Task.sleep(for: .milliseconds(60))
            #expect(try await status(second.text) == 200)
            // All were revoked: one is asked for all the same.
            for token in [first, late, second] { _ = try file.update { book in try book.revoke(token.id, now: 2) } }
            try await Task.sleep(for: .milliseconds(600))
            #expect(try await status(second.text) == 401)
            #expect(try await client.send("GET", "/v1/status").status == 401)
            let reader = try await ServerClient.connect(
                to: ServerEndpoint(try #require(server.address), token: try token([.admin]).text))
            try await Task.sleep(for: .milliseconds(60))
            let metrics = try await reader.send("GET", "/metrics?format=text").text
            for (reason, count) in [("unknown_token", 2), ("expired_token", 1), ("revoked_token", 1), ("no_token", 1)] {
                #expect(metrics.contains("plimsoll_http_refusals_total{reason=\"\(reason)\"} \(count)\n"), "\(reason)")
            }
            await reader.close()
        }
    }

    @Test(arguments: ["application/json", "application/x-protobuf"])
    func spansAreRefusedInTheirEncoding(type: String) async throws {
        let reader = try token([.read])
        try await withServer(tokens: file) { client, _ in
            for (headers, status, code) in [([], 401, 16), ([("Authorization", "Bearer \(reader.text)")], 403, 7)] {
                let headers = headers + [("Content-Type", type)]
                let answer = try await client.send("POST", "/v1/traces", headers: headers, body: Array("{}".utf8))
                #expect(answer.status == status)
                #expect(answer.headers["Content-Type"] == type)
                #expect(answer.headers["WWW-Authenticate"]?.hasPrefix("Bearer") == true)
                if type == "application/json" {
                    #expect(answer.text.contains("\"code\":\(code)"))
                } else {
                    // Field 1 of google.rpc.Status, a varint.
                    #expect(answer.body.starts(with: [8, UInt8(code)]))
                }
            }
        }
    }

    @Test func aDamagedOrMissingFileLetsNobodyIn() async throws {
        let admin = try token([.admin])
        let whole = try #require(disk.snapshot(of: "/data/keys/tokens"))
        try await withServer(tokens: file) { client, _ in
            func status() async throws -> Int {
                try await Task.sleep(for: .milliseconds(600))
                return try await client.send("GET", "/v1/status", headers: [("Authorization", "Bearer \(admin.text)")])
                    .status
            }
            #expect(try await status() == 200)
            disk.damage("/data/keys/tokens") { $0[30] ^= 1 }
            #expect(try await status() == 503)
            #expect(try await client.send("GET", "/v1/status").status == 503)
            #expect(try await client.send("GET", "/healthz").status == 200)
            disk.damage("/data/keys/tokens") { $0 = whole }
            #expect(try await status() == 200)
            try disk.remove("/data/keys/tokens")
            #expect(try await status() == 503)
        }
    }

    @Test func aServerDoesNotBeginWithDamagedTokens() async throws {
        _ = try token([.read])
        disk.damage("/data/keys/tokens") { $0.removeLast() }
        let store = FakeStore()
        await #expect(throws: CorruptionError.self) { try await withServer(store, tokens: file) { _, _ in } }
        #expect(store.state.withLock { $0.isClosed })
    }

    @Test func aServerMayAskForTokensBeforeThereIsOne() async throws {
        try await withServer(tokens: file, isTokenRequired: true) { client, _ async throws in
            #expect(try await client.send("POST", "/v1/events").status == 401)
            #expect(try await client.send("GET", "/healthz").status == 200)
        }
    }

    @Test func strangersNeedTokensOrInsistence() async throws {
        let open = ServerConfiguration(
            listen: ListenAddress(host: "0.0.0.0", port: 0), openFilesMax: 1 << 20, stopsOnSignals: false)
        let server = PlimsollServer(
            store: FakeStore(), configuration: open, clock: SystemClock(), workers: ThreadWorkers(parallelism: 1),
            tokens: file)
        let error = await #expect(throws: UnguardedAddressError.self) {
            try await server.run { _ in Issue.record("it listens") }
        }
        #expect(error?.address.host == "0.0.0.0")
        _ = try token([.read])
        #expect(open.objection(hasTokens: try file.load() != nil) == nil)
    }

    @Test func unknownRoutesAndMethodsStayJSON() async throws {
        _ = try token([.read])
        try await withServer(tokens: file) { client, _ in
            for (method, path, status, beginning) in [
                ("GET", "/v1/nothing", 404, "no such address: "), ("PUT", "/v1/nothing", 404, "no such address: "),
                ("DELETE", "/v1/sql", 405, "/v1/sql is not asked by DELETE"), ("TRACE", "/", 405, "/ is not asked by"),
                ("PUT", "/v1/events", 405, "/v1/events is not asked by PUT"),
            ] {
                let answer = try await client.send(method, path)
                #expect(answer.status == status, "\(method) \(path)")
                #expect(answer.headers["Content-Type"] == "application/json")
                #expect(answer.text.hasPrefix(#"{"error":""# + beginning), "\(answer.text)")
            }
            // To ask without a body takes the same token.
            #expect(try await client.send("HEAD", "/v1/status").status == 401)
            #expect(try await client.send("HEAD", "/healthz").status == 200)
        }
    }
}
