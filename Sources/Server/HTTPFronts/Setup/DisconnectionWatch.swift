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

/// Puts the connection's ``Disconnection`` within reach of whoever answers questions.
struct DisconnectionNotice: RouterMiddleware {
    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let route = context.endpointPath.flatMap { RouteTable.route(request.method.rawValue, $0) }
        if route?.outlastsClient ?? false { return try await next(request, context) }
        let channel = context.channel
        let disconnection = try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: DisconnectionWatch.self).disconnection
        }.get()
        return try await Disconnection.$current.withValue(disconnection) { try await next(request, context) }
    }
}
