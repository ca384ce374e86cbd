import Server
import Testing

/// Clients that hold a connection as cheaply as they can: none gets to hold it for long.
@Suite struct SlowClientTests {
    private var limits: ServerLimits {
        var limits = ServerLimits()
        limits.idleTimeout = .milliseconds(600)
        limits.bodyTimeout = .milliseconds(400)
        limits.lingerTimeout = .milliseconds(300)
        return limits
    }

    private func withConnection(
        _ limits: ServerLimits, _ body: @Sendable @escaping (RawConnection, ServerClient) async throws -> Void
    ) async throws {
        try await withServer(limits: limits) { _, server in
            let address = try #require(server.address)
            let connection = try await RawConnection.connect(to: address)
            try await body(connection, try await ServerClient.connect(to: address))
            await connection.close()
        }
    }

    private func refusals(_ client: ServerClient, _ reason: String) async throws -> Int {
        let text = try await client.send("GET", "/metrics?format=text").text
        let start = "plimsoll_http_refusals_total{reason=\"\(reason)\"} "
        let line = text.split(separator: "\n").first { $0.hasPrefix(start) }
        return line.flatMap { Int($0.dropFirst(start.count)) } ?? 0
    }

    @Test func headersThatTrickleEndTheConnection() async throws {
        try await withConnection(limits) { connection, _ async throws in
            connection.write("GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ")
            #expect(try await connection.dribble { connection.isClosed })
            #expect(connection.text == "")
        }
    }

    @Test func aBodyThatTricklesIsRefusedAndEndsTheConnection() async throws {
        try await withConnection(limits) { connection, client async throws in
            connection.write("POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100000\r\n\r\n")
            #expect(try await connection.dribble { connection.isClosed })
            #expect(connection.text.hasPrefix("HTTP/1.1 408 "))
            #expect(connection.text.contains("did not arrive within"))
            #expect(try await refusals(client, "slow_request") == 1)
        }
    }

    @Test(arguments: [
        "POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\nContent-Length: 9000000000\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n",
        "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n",
    ])
    func theRestOfAnAnsweredRequestIsNotWaitedForLong(head: String) async throws {
        // Only the linger time may end it.
        var limits = limits
        limits.idleTimeout = .seconds(600)
        limits.bodyTimeout = .seconds(600)
        try await withConnection(limits) { connection, _ async throws in
            connection.write(head)
            #expect(try await connection.dribble { connection.isClosed })
            #expect(connection.text.hasPrefix("HTTP/1.1 "))
        }
    }

    @Test func aSlowBodyThatEndsInTimeIsTaken() async throws {
        var limits = limits
        limits.bodyTimeout = .seconds(30)
        limits.idleTimeout = .seconds(30)
        try await withConnection(limits) { connection, _ async throws in
            connection.write("POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\nContent-Length: 10\r\n\r\n")
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
        try await withConnection(limits) { connection, _ async throws in
            connection.write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await connection.wait { connection.text.hasSuffix("ok\n") })
            #expect(!connection.isClosed)
            #expect(try await connection.wait { connection.isClosed })
        }
    }

    @Test(arguments: [
        "X-Long: " + String(repeating: "a", count: 40 << 10) + "\r\n",
        (0..<300).map { "X-\($0): a\r\n" }.joined(), (0..<100).map { "X-\($0): \(String(repeating: "b", count: 500))\r\n" }.joined(),
    ])
    func headersBeyondTheLimitsAreRefused(fields: String) async throws {
        try await withConnection(limits) { connection, client async throws in
            connection.write("GET /healthz HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
            #expect(try await connection.wait { connection.isClosed })
            #expect(connection.text.hasPrefix("HTTP/1.1 400 "))
            #expect(try await refusals(client, "bad_request") == 1)
        }
    }

    @Test func connectionsBeyondTheLimitWaitForAnEnd() async throws {
        var limits = limits
        limits.connectionsMax = 2
        limits.idleTimeout = .seconds(600)
        try await withServer(limits: limits) { _, server in
            // The client that came with the server is the first of two.
            let address = try #require(server.address)
            let second = try await RawConnection.connect(to: address)
            let request = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
            second.write(request)
            #expect(try await second.wait { second.text.hasSuffix("ok\n") })
            let third = try await RawConnection.connect(to: address)
            third.write(request)
            try await Task.sleep(for: .milliseconds(300))
            #expect(third.text == "")
            await second.close()
            #expect(try await third.wait { third.text.hasSuffix("ok\n") })
            await third.close()
        }
    }
}
