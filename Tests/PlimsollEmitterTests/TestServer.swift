import Access
import Clients
import Domain
import EventStores
import Foundation
import HTTPFronts
import Platform
import Synchronization

/// A real server over a store in a temporary folder, which can go away and come back at the same address.
final class TestServer: Sendable {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
        "plimsoll-emitter-\(UUID().uuidString)"
    ).path
    private let address = Mutex(ListenAddress(host: "127.0.0.1", port: 0))
    private let running = Mutex<(server: PlimsollServer, task: Task<Void, any Error>)?>(nil)
    private let limits: ServerLimits

    /// Who is let in; everybody until it has a token.
    var tokens: TokenFile { TokenFile(dataDirectory: directory, fileSystem: POSIXFileSystem()) }

    init(limits: ServerLimits = ServerLimits()) { self.limits = limits }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    var url: String { "http://127.0.0.1:\(address.withLock { $0.port })" }

    func start() async throws {
        let context = StoreContext(
            fileSystem: POSIXFileSystem(), clock: SystemClock(), randomness: SystemRandomness(),
            workers: ThreadWorkers(parallelism: 2))
        let store = try EventStore.open(at: directory, context: context)
        let configuration = ServerConfiguration(
            listen: address.withLock { $0 }, openFilesMax: context.fileSystem.openFilesMax, limits: limits,
            stopsOnSignals: false)
        let server = PlimsollServer(
            store: store, configuration: configuration, clock: SystemClock(), workers: ThreadWorkers(parallelism: 2),
            tokens: tokens)
        let (addresses, source) = AsyncStream<ListenAddress>.makeStream()
        let task = Task {
            defer { source.finish() }
            try await server.run { source.yield($0) }
        }
        guard let bound = await addresses.first(where: { _ in true }) else {
            throw UnreachableError(description: "no server")
        }
        address.withLock { $0 = bound }
        running.withLock { $0 = (server, task) }
    }

    func stop() async throws {
        guard let (server, task) = running.withLock({ $0.take() }) else { return }
        await server.stop()
        try await task.value
    }

    /// The answer to a question, as CSV without its header.
    func ask(_ sql: String, token: String? = nil) async throws -> String {
        let client = try await ServerClient.connect(to: ServerEndpoint(address.withLock { $0 }, token: token))
        let headers = [("Content-Type", "application/sql"), ("Accept", "text/csv")]
        let text = try await client.send("POST", "/v1/sql", headers: headers, body: Array(sql.utf8)).text
        await client.close()
        return text.split(separator: "\r\n").dropFirst().joined(separator: "|")
    }
}
