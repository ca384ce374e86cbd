import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// The listening socket with its routes, run until a stop is asked for.
///
/// On a stop it takes no new connection, lets requests under way end (within `drainTimeout`), then returns.
package final class HTTPFront: Sendable {
    private let group: ServiceGroup

    /// - Parameters:
    ///   - background: services that live as long as the front; stopped after it.
    ///   - stopsOnSignals: SIGINT and SIGTERM ask for a stop.
    ///   - onListening: called once with the address really bound.
    init(
        router: Router<ServerContext>, listen: ListenAddress, limits: ServerLimits, background: [any Service] = [],
        stopsOnSignals: Bool, logger: Logger, onListening: @escaping @Sendable (ListenAddress) async -> Void
    ) {
        let channel = HTTP1Channel.Configuration(
            additionalChannelHandlers: [DepartureWatch()], idleTimeout: TimeAmount(limits.idleTimeout),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headerBytesMax, maxHeaderListSize: limits.headerBytesMax, maxHeaderFieldCount: 200))
        let application = Application(
            router: router, server: .http1(configuration: channel),
            configuration: ApplicationConfiguration(
                address: .hostname(listen.host, port: listen.port), serverName: nil, backlog: 1024,
                availableConnectionsDelegate: .maximum(limits.connectionsMax, logger: logger)),
            onServerRunning: { channel in
                await onListening(ListenAddress(host: listen.host, port: channel.localAddress?.port ?? listen.port))
            },
            logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: background + [application], gracefulShutdownSignals: stopsOnSignals ? [.sigint, .sigterm] : [], logger: logger)
        configuration.maximumGracefulShutdownDuration = limits.drainTimeout
        group = ServiceGroup(configuration: configuration)
    }

    /// Serves until stopped. Throws when the address cannot be bound.
    package func run() async throws { try await group.run() }

    /// Asks for a stop; ``run()`` returns once it is done.
    package func stop() async { await group.triggerGracefulShutdown() }
}
