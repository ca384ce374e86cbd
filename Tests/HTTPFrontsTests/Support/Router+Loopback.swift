import Hummingbird

extension Router where Context == BasicRequestContext {
    /// Answers on a free port of loopback for as long as the body runs, which is told the port.
    func serveOnLoopback(_ body: (Int) async throws -> Void) async throws {
        let (ports, source) = AsyncStream<Int>.makeStream()
        let application = Application(
            router: self, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { source.yield($0.localAddress?.port ?? 0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            guard let port = await ports.first(where: { _ in true }) else { throw CancellationError() }
            defer { group.cancelAll() }
            try await body(port)
        }
    }
}
