import Asking
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Sees a connection end, or the client close its side of it.
final class DisconnectionWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart

    let disconnection = Disconnection()

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { disconnection.disconnect() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        disconnection.disconnect()
        context.fireChannelInactive()
    }
}

/// A request with the connection it came on.
struct ServerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// Who asks, as far as that is sure.
    var client = "unknown"

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

extension ServerContext {
    /// Answers with the connection's ``Disconnection`` within reach of whoever answers questions.
    /// - Throws: `CancellationError` when the client has gone before; what the answer throws.
    func noticingDisconnection(_ answer: () async throws -> Response) async throws -> Response {
        let disconnection = try await channel.eventLoop.submit { [channel] in
            // A connection that has ended has no handlers any more.
            guard channel.isActive else { throw CancellationError() }
            return try channel.pipeline.syncOperations.handler(type: DisconnectionWatch.self).disconnection
        }.get()
        return try await Disconnection.$current.withValue(disconnection) { try await answer() }
    }
}
