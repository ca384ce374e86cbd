import Clients
import Domain
import HTTPFronts
import Platform
import Synchronization
import Testing

/// Clients that leave before they are answered: neither our mistake nor anybody's to see to.
@Suite struct DepartureTests {
    private static let longQuestion: String = {
        let digits = "(values (0),(1),(2),(3),(4),(5),(6),(7),(8),(9))"
        return "select count(*) from " + (0..<10).map { "\(digits) as t\($0)(a\($0))" }.joined(separator: ", ")
    }()

    private static func request(_ question: String) -> String {
        "POST /v1/sql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sql\r\n"
            + "Content-Length: \(question.utf8.count)\r\n\r\n\(question)"
    }

    private func refusals(_ client: ServerClient, _ reason: String) async throws -> Int {
        let text = try await client.send("GET", "/metrics?format=text").text
        let start = "plimsoll_http_refusals_total{reason=\"\(reason)\"} "
        let line = text.split(separator: "\n").first { $0.hasPrefix(start) }
        return line.flatMap { Int($0.dropFirst(start.count)) } ?? 0
    }

    /// Waits until so many are counted.
    private func departed(_ client: ServerClient, _ count: Int) async throws -> Bool {
        for _ in 0..<1000 {
            if try await refusals(client, "client_gone") >= count { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    private func waited(_ condition: () -> Bool) async throws -> Bool {
        for _ in 0..<3000 {
            if condition() { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return condition()
    }

    private static func troubles(_ lines: LogLines) -> [String] {
        lines.texts().filter { $0.hasPrefix("error") || $0.hasPrefix("warning") || $0.hasPrefix("critical") }
    }

    @Test func aClientThatResetsItsConnectionIsNoMistakeOfOurs() async throws {
        let lines = LogLines()
        try await withServer(try simulatedStore(seed: 56), log: lines.log) { client, server in
            let address = try #require(server.address)
            for round in 0..<120 {
                let path = ["/v1/reports/status", "/healthz", "/v1/prices/check"][round % 3]
                let connection = try await RawConnection.connect(
                    to: address, sending: "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                if round % 2 == 1 { try await Task.sleep(for: .microseconds(round * 10)) }
                try await connection.reset()
            }
            // Who connects and leaves asks nothing.
            for isReset in [true, false] {
                let connection = try await RawConnection.connect(to: address)
                if isReset { try await connection.reset() } else { await connection.close() }
            }
            #expect(try await waited { server.queriesAdmitted == 0 })
            for reason in ["internal_error", "unavailable", "bad_request"] {
                #expect(try await refusals(client, reason) == 0, "\(reason)")
            }
        }
        #expect(Self.troubles(lines).isEmpty, "\(Self.troubles(lines))")
    }

    /// However the client leaves, its question ends, and is counted as what it is.
    @Test(arguments: ["reset", "close", "half"])
    func aQuestionWhoseClientLeftIsCountedAsThat(way: String) async throws {
        let lines = LogLines()
        try await withServer(log: lines.log) { client, server in
            let connection = try await RawConnection.connect(
                to: try #require(server.address), sending: Self.request(Self.longQuestion))
            #expect(try await waited { server.queriesAdmitted == 1 })
            switch way {
            case "reset": try await connection.reset()
            case "close": await connection.close()
            default: connection.closeOutput()
            }
            #expect(try await departed(client, 1))
            #expect(try await waited { server.queriesAdmitted == 0 })
            #expect(try await refusals(client, "unavailable") == 0)
            #expect(try await refusals(client, "internal_error") == 0)
            if way == "half" {
                #expect(try await connection.wait(upTo: 20) { connection.text.contains("closed the connection") })
                await connection.close()
            }
        }
        #expect(Self.troubles(lines).isEmpty, "\(Self.troubles(lines))")
    }

    /// Who has said his last word, as probes do, waits for the answer all the same.
    @Test(arguments: ["/healthz", "/readyz", "/metrics", "/v1/status", "/v1/openapi.json"])
    func whoClosesHisSideIsAnswered(path: String) async throws {
        try await withServer { _, server in
            for _ in 0..<5 {
                let connection = try await RawConnection.connect(
                    to: try #require(server.address),
                    sending: "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                connection.closeOutput()
                #expect(try await connection.wait(upTo: 20) { connection.text.contains("\r\n\r\n") })
                #expect(connection.text.hasPrefix("HTTP/1.1 200 "), "\(connection.text)")
                await connection.close()
            }
        }
    }

    /// What was begun is not our mistake either: the answer breaks off.
    @Test func aResetWhileAnAnswerIsWrittenIsNoMistakeOfOurs() async throws {
        let lines = LogLines()
        try await withServer(log: lines.log) { client, server in
            let digits = "(values (0),(1),(2),(3),(4),(5),(6),(7),(8),(9))"
            let question = "select repeat('x', 1000000) as r from \(digits) as a(a), \(digits) as b(b)"
            let connection = try await RawConnection.connect(
                to: try #require(server.address), sending: Self.request(question), isReading: false)
            #expect(try await waited { server.answersHeldBytes > 0 })
            try await connection.reset()
            #expect(try await waited { server.answersHeldBytes == 0 && server.queriesAdmitted == 0 })
            #expect(try await refusals(client, "internal_error") == 0)
        }
        #expect(Self.troubles(lines).isEmpty, "\(Self.troubles(lines))")
    }

    /// In the middle of a body it is the sender's fault, as it was.
    @Test func aResetWithinABodyIsARequestThatBrokeOff() async throws {
        let lines = LogLines()
        try await withServer(log: lines.log) { client, server in
            let connection = try await RawConnection.connect(
                to: try #require(server.address),
                sending: "POST /v1/sql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sql\r\n"
                    + "Content-Length: 90\r\n\r\nselect")
            try await Task.sleep(for: .milliseconds(100))
            try await connection.reset()
            for _ in 0..<500 where try await refusals(client, "aborted_request") == 0 {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(try await refusals(client, "aborted_request") == 1)
            #expect(try await refusals(client, "internal_error") == 0)
        }
        #expect(!lines.texts().contains { $0.hasPrefix("error") }, "\(lines.texts())")
    }

    // MARK: What reads every call

    private static let long = ["/v1/prices/check", "/v1/prices/rebook?provider=openai"]

    @Test(arguments: long)
    func aClientThatLeavesEndsWhatReadsEveryCall(path: String) async throws {
        let store = FakeStore()
        store.hold.store(true, ordering: .releasing)
        try await withServer(store) { client, server in
            let connection = try await RawConnection.connect(
                to: try #require(server.address), sending: "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await waited { server.queriesAdmitted == 1 })
            await connection.close()
            #expect(try await waited { server.queriesAdmitted == 0 })
            #expect(try await departed(client, 1))
            store.hold.store(false, ordering: .releasing)
        }
    }

    @Test(arguments: long)
    func theTimeOfAQuestionEndsWhatReadsEveryCall(path: String) async throws {
        let store = FakeStore()
        store.hold.store(true, ordering: .releasing)
        var limits = ServerLimits()
        limits.queryTimeLimit = .milliseconds(100)
        try await withServer(store, limits: limits) { client, server in
            let answer = try await client.send("GET", path)
            #expect(answer.status == 503 && answer.text.contains("statement timeout"), "\(answer.text)")
            #expect(try await waited { server.queriesAdmitted == 0 })
            store.hold.store(false, ordering: .releasing)
        }
    }

    // MARK: What no event comes of

    /// An export of times without events reads page after page before it can begin.
    @Test func theTimeOfAQuestionEndsAnExportThatHasNotBegun() async throws {
        let store = FakeStore()
        store.holdsPages.store(true, ordering: .releasing)
        var limits = ServerLimits()
        limits.queryTimeLimit = .milliseconds(100)
        let lines = LogLines()
        try await withServer(store, limits: limits, log: lines.log) { client, server in
            let answer = try await client.send("GET", "/v1/events?from=2026-08-01")
            #expect(answer.status == 503 && answer.text.contains("statement timeout"), "\(answer.text)")
            #expect(answer.text.contains(#""code":"57014""#), "\(answer.text)")
            #expect(try await waited { server.queriesAdmitted == 0 && server.answersHeldBytes == 0 })
            // It is no mistake of ours, and no disk is full.
            #expect(try await refusals(client, "time_limit") == 1)
            #expect(try await refusals(client, "unavailable") == 0)
            store.holdsPages.store(false, ordering: .releasing)
        }
        let told = lines.texts().filter { $0.contains("reason=time_limit") }
        #expect(told.count == 1 && told.allSatisfy { $0.hasPrefix("warning") && $0.contains("limits.query_time") })
    }

    @Test func aClientThatLeavesEndsAnExportThatHasNotBegun() async throws {
        let store = FakeStore()
        store.holdsPages.store(true, ordering: .releasing)
        try await withServer(store) { client, server in
            let connection = try await RawConnection.connect(
                to: try #require(server.address), sending: "GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await waited { server.queriesAdmitted == 1 })
            await connection.close()
            #expect(try await waited { server.queriesAdmitted == 0 && server.answersHeldBytes == 0 })
            #expect(try await departed(client, 1))
            store.holdsPages.store(false, ordering: .releasing)
        }
    }

    @Test(arguments: long)
    func aStopEndsWhatReadsEveryCall(path: String) async throws {
        let store = FakeStore()
        store.hold.store(true, ordering: .releasing)
        var limits = ServerLimits()
        limits.drainTimeout = .seconds(900)
        limits.questionDrainTimeout = .milliseconds(200)
        let (asking, began) = try await withServer(store, limits: limits) { _, server in
            let client = try await ServerClient.connect(to: try #require(server.address))
            let asking = Task { try await client.send("GET", path) }
            #expect(try await waited { server.queriesAdmitted == 1 })
            return (asking, ContinuousClock.now)
        }
        #expect(ContinuousClock.now - began < .seconds(300))
        let answer = try? await asking.value
        #expect(answer == nil || answer?.status == 503, "\(answer?.text ?? "")")
    }
}
