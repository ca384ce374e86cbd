import Access
import Asking
import Clients
import Dashboarding
import Dialects
import Domain
import HTTPFronts
import OperatorLogs
import Platform
import Rules
import Sending
import Shipping
import Synchronization

/// A server on a free loopback port, for the length of one test.
func withServer<Result: Sendable>(
    _ store: any ServedStore = FakeStore(), limits: ServerLimits = ServerLimits(), tokens: TokenFile? = nil,
    isTokenRequired: Bool = false, names: [String] = [],
    traceExport: TraceExportConfiguration = TraceExportConfiguration(), rules: RuleSet? = nil,
    ruleFiles: RuleFileWatch? = nil, dashboards: DashboardFolder? = nil, traceLink: String? = nil,
    alertSending: AlertSendingConfiguration = AlertSendingConfiguration(), shipping: [ShippingTarget] = [],
    settleRule: SettleRule = SettleRule(), proxies: TrustedProxies = TrustedProxies(), log: OperatorLog? = nil,
    memoryValve: MemoryValve? = nil, clock: any Clock = SystemClock(),
    _ body: @Sendable @escaping (ServerClient, PlimsollServer) async throws -> Result
) async throws -> Result {
    // What a server says and does is the same on every machine.
    var configuration = ServerConfiguration(
        listen: ListenAddress(host: "127.0.0.1", port: 0), openFilesMax: 1 << 20, limits: limits,
        stopsOnSignals: false)
    configuration.isTokenRequired = isTokenRequired
    configuration.names = names
    configuration.traceExport = traceExport
    (configuration.rules, configuration.ruleFiles, configuration.alertSending) = (rules, ruleFiles, alertSending)
    (configuration.settleRule, configuration.shipping) = (settleRule, shipping)
    (configuration.dashboards, configuration.traceLink) = (dashboards, traceLink)
    configuration.proxies = proxies
    configuration.memoryValve = memoryValve
    let server = PlimsollServer(
        store: store, configuration: configuration, clock: clock, workers: ThreadWorkers(parallelism: 2),
        tokens: tokens, log: log ?? OperatorLog(format: .text, clock: SystemClock()).only(from: .error))
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

/// What a server said to those who run it.
final class LogLines: Sendable {
    private let lines = Mutex<[LogLine]>([])

    var log: OperatorLog { OperatorLog { [self] line in lines.withLock { $0.append(line) } } }

    /// As they are written, without their times.
    func texts(_ format: LogFormat = .text) -> [String] {
        lines.withLock { $0 }.map { line in
            let text = String(decoding: format.rendered(line, at: 0).dropLast(), as: UTF8.self)
            return format == .text ? String(text.dropFirst(25)) : text
        }
    }

    /// The first one that has all these parts, waited for.
    func line(with parts: String..., upTo seconds: Int = 20) async throws -> String? {
        for _ in 0..<(seconds * 50) {
            if let line = texts().first(where: { line in parts.allSatisfy { line.contains($0) } }) { return line }
            try await Task.sleep(for: .milliseconds(20))
        }
        return nil
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
