import Clients
import Domain
import HTTPFronts
import Testing

/// Clients that hold a connection as cheaply as they can: none gets to hold it for long.
@Suite struct SlowClientTests {
    /// Only the times that a test is about may strike: the others are beyond its end.
    private func limits(
        idle: Duration = .seconds(900), body: Duration = .seconds(900), linger: Duration = .seconds(900)
    ) -> ServerLimits {
        var limits = ServerLimits()
        (limits.idleTimeout, limits.bodyTimeout, limits.lingerTimeout) = (idle, body, linger)
        return limits
    }

    private func withConnection(
        sending beginning: String, _ limits: ServerLimits,
        _ body: @Sendable @escaping (RawConnection, ServerClient) async throws -> Void
    ) async throws {
        try await withServer(limits: limits) { _, server in
            let address = try #require(server.address)
            let connection = try await RawConnection.connect(to: address, sending: beginning)
            let client = try await ServerClient.connect(to: address)
            try await body(connection, client)
            await connection.close()
            await client.close()
        }
    }

    private func refusals(_ client: ServerClient, _ reason: String) async throws -> Int {
        let text = try await client.send("GET", "/metrics?format=text").text
        let start = "plimsoll_http_refusals_total{reason=\"\(reason)\"} "
        let line = text.split(separator: "\n").first { $0.hasPrefix(start) }
        return line.flatMap { Int($0.dropFirst(start.count)) } ?? 0
    }

    @Test func headersThatTrickleEndTheConnection() async throws {
        let beginning = "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: "
        try await withConnection(sending: beginning, limits(idle: .milliseconds(600))) { connection, _ async throws in
            #expect(try await connection.dribble { connection.isClosed })
            #expect(connection.text == "")
        }
    }

    private static let post = "POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\n"

    @Test func aBodyThatTricklesIsRefused() async throws {
        let beginning = Self.post + "Content-Length: 100000\r\n\r\n"
        try await withConnection(sending: beginning, limits(body: .milliseconds(400))) {
            connection, client async throws in
            #expect(try await connection.dribble { connection.text.contains("did not arrive within") })
            #expect(connection.text.hasPrefix("HTTP/1.1 408 "))
            #expect(try await refusals(client, "slow_request") == 1)
            // Nobody waits for the rest, and the sender is told so.
            #expect(connection.text.contains("Connection: close\r\n"))
            #expect(try await connection.wait { connection.isClosed })
        }
    }

    @Test func theTimeOfABodyThatWasReadStrikesNoLaterRequest() async throws {
        let body = "{\"sql\":\"select 1\"}"
        let beginning =
            "POST /v1/sql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n"
        try await withConnection(sending: beginning, limits(body: .seconds(10))) { connection, _ async throws in
            connection.write(body)
            #expect(try await connection.wait { connection.text.contains("[[1]]") })
            // The time of that body is over, and the next request has its own.
            try await Task.sleep(for: .milliseconds(10_500))
            connection.write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await connection.wait { connection.text.hasSuffix("ok\n") })
        }
    }

    @Test(arguments: [
        post + "Content-Length: 9000000000\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n",
        "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n",
    ])
    func theRestOfAnAnsweredRequestIsNotWaitedForLong(beginning: String) async throws {
        try await withConnection(sending: beginning, limits(linger: .milliseconds(300))) { connection, _ async throws in
            #expect(try await connection.dribble { connection.isClosed })
            #expect(connection.text.hasPrefix("HTTP/1.1 "))
        }
    }

    @Test func aSlowBodyThatEndsInTimeIsTaken() async throws {
        let beginning = Self.post + "Content-Length: 10\r\n\r\n"
        try await withConnection(sending: beginning, limits(linger: .milliseconds(300))) { connection, _ in
            for _ in 0..<10 {
                connection.write("\n")
                try await Task.sleep(for: .milliseconds(60))
            }
            #expect(try await connection.wait { connection.text.contains("\"accepted\":0") })
            // The linger time of a refused request does not strike this one.
            try await Task.sleep(for: .milliseconds(500))
            connection.write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await connection.wait { connection.text.hasSuffix("ok\n") })
        }
    }

    @Test func anIdleConnectionEnds() async throws {
        let beginning = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
        try await withConnection(sending: beginning, limits(idle: .milliseconds(600))) { connection, _ async throws in
            #expect(try await connection.wait { connection.isClosed })
            #expect(connection.text.hasSuffix("ok\n"))
        }
    }

    @Test func answersThatNobodyFetchesEndTheConnection() async throws {
        // More than the sockets between the two take up.
        let requests = String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 8_000)
        try await withServer(limits: limits(idle: .milliseconds(600))) { _, server in
            let address = try #require(server.address)
            let connection = try await RawConnection.connect(to: address, sending: requests, isReading: false)
            var count = 0
            for _ in 0..<300 where count == 0 {
                try await Task.sleep(for: .milliseconds(200))
                let client = try await ServerClient.connect(to: address)
                // The connection may be over before the question: then it is asked again.
                count = (try? await refusals(client, "slow_request")) ?? 0
                await client.close()
            }
            #expect(count == 1)
            await connection.close()
        }
    }

    @Test(arguments: ["one field of 40 KiB", "300 fields", "100 fields of 500 bytes"])
    func headersBeyondTheLimitsAreRefused(what: String) async throws {
        let fields =
            switch what {
            case "one field of 40 KiB": "X-Long: " + String(repeating: "a", count: 40 << 10) + "\r\n"
            case "300 fields": (0..<300).map { "X-\($0): a\r\n" }.joined()
            default: (0..<100).map { "X-\($0): \(String(repeating: "b", count: 500))\r\n" }.joined()
            }
        let beginning = "GET /healthz HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
        try await withConnection(sending: beginning, limits()) { connection, client async throws in
            #expect(try await connection.wait { connection.isClosed })
            #expect(connection.text.hasPrefix("HTTP/1.1 400 "), "\(what)")
            #expect(try await refusals(client, "bad_request") == 1)
        }
    }

    @Test func connectionsBeyondTheLimitWaitForAnEnd() async throws {
        var limits = limits()
        limits.connectionsMax = 2
        try await withServer(limits: limits) { client, server in
            // Whoever asked keeps his connection: the first of two.
            _ = try await client.send("GET", "/healthz")
            let address = try #require(server.address)
            let request = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
            let second = try await RawConnection.connect(to: address, sending: request)
            #expect(try await second.wait { second.text.hasSuffix("ok\n") })
            let third = try await RawConnection.connect(to: address, sending: request)
            try await Task.sleep(for: .milliseconds(300))
            #expect(third.text == "")
            await second.close()
            #expect(try await third.wait { third.text.hasSuffix("ok\n") })
            await third.close()
        }
    }
}
