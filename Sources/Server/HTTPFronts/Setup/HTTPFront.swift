import Access
import Domain
import Hummingbird
import HummingbirdCore
import Intakes
import Logging
import NIOCore
import OperatorLogs
import Platform
import ServiceLifecycle
import UnixSignals

/// The listening socket with its routes, run until a stop is asked for.
///
/// On a stop it takes no new connection, lets requests under way end (within `drainTimeout`), then returns.
final class HTTPFront: Sendable {
    private let group: ServiceGroup

    /// - Parameters:
    ///   - gate: lets connections in, at the main address with number 0, at the second with number 1.
    ///   - refusals: counts what never reached a route.
    ///   - proxies: who is believed when he says for whom he asks.
    ///   - background: work that goes on as long as the front; stopped after it.
    ///   - stopsOnSignals: SIGINT and SIGTERM ask for a stop.
    ///   - onStopping: called once a stop was asked for; nobody waits for its end.
    ///   - second: another address for the same routes.
    ///   - onSecondListening: called once with that address as it is really bound.
    ///   - onListening: called once with the address really bound.
    init(
        router: Router<ServerContext>, listen: ListenAddress, second: AdditionalAddress? = nil, limits: ServerLimits,
        gate: @escaping @Sendable (Int) -> ConnectionGate, refusals: RefusalCounts, proxies: TrustedProxies,
        background: [any BackgroundWork] = [], stopsOnSignals: Bool, log: OperatorLog,
        onStopping: @escaping @Sendable () async -> Void = {},
        onSecondListening: @escaping @Sendable (ListenAddress) async -> Void = { _ in },
        onListening: @escaping @Sendable (ListenAddress) async -> Void
    ) {
        let logger = Logger(label: "plimsoll") { _ in LibraryLog(log) }
        let main = Self.application(
            router, listen, limits, (refusals, proxies), logger, { gate(0) }, onListening)
        var services: [any Service] = background.map(BackgroundService.init)
        if let second {
            let application = Self.application(
                router, second.address, limits, (refusals, proxies), logger, { gate(1) }, onSecondListening)
            services.append(AdditionalListener(application: application, address: second, log: log))
        }
        var configuration = ServiceGroupConfiguration(
            services: services + [main, StopNotice(log: log, onStopping: onStopping)],
            gracefulShutdownSignals: stopsOnSignals ? [.sigint, .sigterm] : [], logger: logger)
        configuration.maximumGracefulShutdownDuration = limits.drainTimeout
        group = ServiceGroup(configuration: configuration)
    }

    private static func application(
        _ router: Router<ServerContext>, _ listen: ListenAddress, _ limits: ServerLimits,
        _ told: (refusals: RefusalCounts, proxies: TrustedProxies), _ logger: Logger,
        _ gate: @escaping @Sendable () -> ConnectionGate,
        _ onListening: @escaping @Sendable (ListenAddress) async -> Void
    ) -> some ApplicationProtocol {
        let channel = HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                ConnectionRulesPlacing(limits, told.refusals), DisconnectionWatch(),
                RequestDeadline(limits, told.refusals, told.proxies),
            ],
            idleTimeout: TimeAmount(limits.idleTimeout),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headerBytesMax, maxHeaderListSize: limits.headerBytesMax,
                maxHeaderFieldCount: 200))
        let keeper = GateKeeper()
        return Application(
            router: router,
            server: HTTPServerBuilder { LoopChannel(base: HTTP1Channel(responder: $0, configuration: channel)) },
            configuration: ApplicationConfiguration(
                address: .hostname(listen.host, port: listen.port), serverName: nil, backlog: 1024,
                availableConnectionsDelegate: keeper),
            onServerRunning: { channel in
                await keeper.open(channel, gate)
                await onListening(ListenAddress(host: listen.host, port: channel.localAddress?.port ?? listen.port))
            },
            logger: logger)
    }

    /// Serves until stopped. Throws when the address cannot be bound.
    func run() async throws { try await group.run() }

    /// Asks for a stop; ``run()`` returns once it is done.
    func stop() async { await group.triggerGracefulShutdown() }
}

/// Says that the end was asked for, before anything ends: services end in the reverse of their order.
private struct StopNotice: Service {
    let log: OperatorLog
    let onStopping: @Sendable () async -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
        }
        log.notice("stopping: requests under way are finished first")
        Task { await onStopping() }
    }
}

/// An address that the server can do without.
private struct AdditionalListener<Front: ApplicationProtocol>: Service {
    let application: Front
    let address: AdditionalAddress
    let log: OperatorLog

    func run() async throws {
        do {
            try await application.run()
        } catch  where !address.isRequired && !(error is CancellationError) {
            log.warning(
                "spans are not taken at the second address",
                [LogField(.address, "\(address.address)"), LogField(.error, "\(error)")])
            await cancelWhenGracefulShutdown {
                // The front ends as soon as one of its services does: this one waits for the stop.
                while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
            }
        }
    }
}
