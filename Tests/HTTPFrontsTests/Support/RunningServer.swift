import Access
import Clients
import Dialects
import Domain
import HTTPFronts
import Platform
import Sending

/// A server on a free loopback port, for the length of one test.
func withServer<Result: Sendable>(
    _ store: any ServedStore = FakeStore(), limits: ServerLimits = ServerLimits(), tokens: TokenFile? = nil,
    isTokenRequired: Bool = false, names: [String] = [],
    traceExport: TraceExportConfiguration = TraceExportConfiguration(),
    settleRule: SettleRule = SettleRule(),
    _ body: @Sendable @escaping (ServerClient, PlimsollServer) async throws -> Result
) async throws -> Result {
    var configuration = ServerConfiguration(
        listen: ListenAddress(host: "127.0.0.1", port: 0), limits: limits, stopsOnSignals: false)
    configuration.isTokenRequired = isTokenRequired
    configuration.names = names
    configuration.traceExport = traceExport
    configuration.settleRule = settleRule
    let server = PlimsollServer(
        store: store, configuration: configuration, clock: SystemClock(), workers: ThreadWorkers(parallelism: 2),
        tokens: tokens)
    let (addresses, source) = AsyncStream<ListenAddress>.makeStream()
    return try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask {
            defer { source.finish() }
            try await server.run { source.yield($0) }
            return nil
        }
        group.addTask {
            guard let address = await addresses.first(where: { _ in true }) else { return nil }
            do {
                let client = try await ServerClient.connect(to: address)
                let result = try await body(client, server)
                await client.close()
                await server.stop()
                return result
            } catch {
                await server.stop()
                throw error
            }
        }
        var found: Result?
        for try await result in group { found = result ?? found }
        guard let found else { throw UnreachableError(description: "the server did not start") }
        return found
    }
}

extension ServerClient {
    /// Posts to `/v1/events`.
    func post(
        _ body: [UInt8], type: String = "application/x-ndjson", encoding: String? = nil,
        headers: [(String, String)] = []
    ) async throws -> ServerAnswer {
        var headers = headers
        if !type.isEmpty { headers.append(("Content-Type", type)) }
        if let encoding { headers.append(("Content-Encoding", encoding)) }
        return try await send("POST", "/v1/events", headers: headers, body: body)
    }

    func post(_ body: String, type: String = "application/x-ndjson", headers: [(String, String)] = []) async throws
        -> ServerAnswer
    {
        try await post(Array(body.utf8), type: type, headers: headers)
    }
}
