import Access
import Platform
import PlimsollEmitter
import Testing

/// Against a server that wants a token.
@Suite struct TokenTests {
    @Test func aTokenThatIsRefusedLosesNothing() async throws {
        let server = TestServer()
        let reader = try server.tokens.update { book in
            try book.create(name: "", scopes: [.read], expires: nil, now: 1, randomness: SystemRandomness())
        }
        try await server.start()
        var configuration = EmitterConfiguration(server: server.url, source: "test")
        configuration.flushIntervalMilliseconds = 10
        configuration.backoffMillisecondsMax = 100
        // Nobody knows it yet: the operator makes it known while events wait.
        let randomness = SeededRandomness(seed: 5)
        configuration.token = AccessToken(randomness: SeededRandomness(seed: 5)).text
        let emitter = Emitter(configuration)
        for number in 0..<20 { emitter.emit(ToolCall(tool: "t\(number)")) }
        for _ in 0..<3000 where emitter.statistics.failedAttempts < 2 { try await Task.sleep(for: .milliseconds(20)) }
        let before = emitter.statistics
        #expect(before.failedAttempts >= 2 && before.waiting == 20 && before.refused == 0 && before.dropped == 0)
        let made = try server.tokens.update { book in
            try book.create(name: "", scopes: [.ingest], expires: nil, now: 1, randomness: randomness)
        }
        #expect(made.text == configuration.token)
        for _ in 0..<3000 where emitter.statistics.delivered < 20 { try await Task.sleep(for: .milliseconds(20)) }
        #expect(emitter.statistics.delivered == 20 && emitter.statistics.waiting == 0)
        #expect(
            try await server.ask("select count(*), count(distinct id) from tool_call", token: reader.text) == "20,20")
        emitter.close(timeoutSeconds: 1)
        try await server.stop()
    }
}
