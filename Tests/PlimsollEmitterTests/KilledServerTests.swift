import Clients
import Dispatch
import Foundation
import Platform
import PlimsollEmitter
import Synchronization
import Testing

/// The emitter against the executable itself, which is killed without warning and stays away for a while.
/// `PLIMSOLL_EMITTER_AWAY_SECONDS` says for how long; a minute is what the emitter is made for, seconds are what a test
/// run has time for.
@Suite struct KilledServerTests {
    /// What the task that emits and the test tell each other.
    private final class Agent: Sendable {
        let isOver = Atomic(false)
        let waitingMax = Atomic(0)
    }

    private static let away = Double(ProcessInfo.processInfo.environment["PLIMSOLL_EMITTER_AWAY_SECONDS"] ?? "") ?? 2

    @Test func aKilledServerHasEachEventOnceInTheEnd() async throws {
        let server = try ServerProcess()
        defer { server.kill() }
        try server.start()
        var configuration = EmitterConfiguration(server: server.url, source: "agent/killed")
        configuration.bufferBytesMax = 16 << 20
        configuration.flushIntervalMilliseconds = 20
        configuration.batchEventsMax = 20
        configuration.backoffMillisecondsMax = 500
        let emitter = Emitter(configuration)
        let agent = Agent()
        let sent = try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                var number = 0
                while !agent.isOver.load(ordering: .relaxed) {
                    emitter.emit(ToolCall(tool: "t\(number)", durationNanoseconds: Int64(number), status: "ok"))
                    number += 1
                    if number % 5 == 0 { try await Task.sleep(for: .milliseconds(10)) }
                    agent.waitingMax.max(emitter.statistics.waitingBytes, ordering: .relaxed)
                }
                return number
            }
            // Killed while events come in, killed again amid the rush of what waited, and killed where nothing waits.
            for (pause, away) in [(0.7, Self.away), (0.15, 0.3), (1.0, 0.3)] {
                try await Task.sleep(for: .seconds(pause))
                server.kill()
                try await Task.sleep(for: .seconds(away))
                try server.start()
            }
            agent.isOver.store(true, ordering: .relaxed)
            return try await group.next() ?? 0
        }
        let isAllGone = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: emitter.close(timeoutSeconds: 120)) }
        }
        let statistics = emitter.statistics
        let most = agent.waitingMax.load(ordering: .relaxed)
        print(
            "emitter: \(sent) events, server away \(Self.away) s, at most \(most) bytes waited, \(statistics.failedAttempts) failures"
        )
        #expect(isAllGone && statistics.emitted == sent && statistics.delivered == sent, "\(statistics)")
        #expect(statistics.dropped == 0 && statistics.refused == 0 && statistics.failedAttempts > 0, "\(statistics)")
        #expect(most > 0 && most <= 16 << 20)
        let counts = "select count(*), count(distinct id), count(distinct tool), sum(duration_ns) from tool_call"
        #expect(try await server.ask(counts) == "\(sent),\(sent),\(sent),\(sent * (sent - 1) / 2)")
    }
}

/// `plimsoll serve` as a process of its own, over a store in a temporary folder. One task uses it.
private final class ServerProcess {
    struct NotThere: Error, CustomStringConvertible {
        var description: String
    }

    private let executable: String
    private let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
        "plimsoll-killed-\(UUID().uuidString)"
    ).path
    private var address = ListenAddress(host: "127.0.0.1", port: 0)
    private var process: Process?

    /// The executable stands beside the bundle of the tests.
    init() throws {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        executable = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("plimsoll").path
        guard FileManager.default.isExecutableFile(atPath: executable) else {
            throw NotThere(description: "no executable \(executable)")
        }
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(atPath: directory)
    }

    var url: String { "http://127.0.0.1:\(address.port)" }

    /// Returns when the server listens; from the second start on at the address of the first. That one is below those
    /// which the system hands out: while the server is away, nobody else gets it.
    func start() throws {
        guard address.port == 0 else { return try listen() }
        let range = try String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
        let lowest = range.split(separator: "\t").first.flatMap { Int($0) } ?? 32_768
        let own = Int(ProcessInfo.processInfo.processIdentifier) % 4_096
        for attempt in 1...20 {
            address = ListenAddress(host: "127.0.0.1", port: lowest - own - attempt)
            do { return try listen() } catch { if attempt == 20 { throw error } }
        }
    }

    private func listen() throws {
        let started = Process()
        let output = Pipe()
        started.executableURL = URL(fileURLWithPath: executable)
        started.arguments = [
            "serve", "--data", directory, "--listen", "127.0.0.1:\(address.port)", "--otlp-http-listen", "none",
        ]
        started.standardOutput = output
        started.standardError = FileHandle.nullDevice
        try started.run()
        process = started
        var text = ""
        while !text.contains("\n") {
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else { throw NotThere(description: "the server ended: \(text)") }
            text += String(decoding: piece, as: UTF8.self)
        }
        let port = text.components(separatedBy: "http://127.0.0.1:").dropFirst().first.flatMap {
            Int($0.prefix { $0.isNumber })
        }
        guard let port else { throw NotThere(description: "no address in \(text)") }
        address = ListenAddress(host: "127.0.0.1", port: port)
    }

    /// SIGKILL: nothing is flushed, nobody is told.
    func kill() {
        guard let running = process else { return }
        process = nil
        if running.isRunning { Foundation.kill(running.processIdentifier, SIGKILL) }
        running.waitUntilExit()
    }

    /// The answer to a question, as CSV without its header.
    func ask(_ sql: String) async throws -> String {
        let client = try await ServerClient.connect(to: address)
        let headers = [("Content-Type", "application/sql"), ("Accept", "text/csv")]
        let text = try await client.send("POST", "/v1/sql", headers: headers, body: Array(sql.utf8)).text
        await client.close()
        return text.split(separator: "\r\n").dropFirst().joined(separator: "|")
    }
}
