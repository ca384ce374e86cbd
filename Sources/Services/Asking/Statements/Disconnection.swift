import Hummingbird
import NIOCore
import NIOHTTPTypes
import Synchronization

/// Tells the work for a connection that its client has gone, so that nobody computes answers for no one.
final class Departure: Sendable {
    private struct State {
        var isGone = false
        var nextToken = 0
        var actions: [Int: @Sendable () -> Void] = [:]
    }

    /// Of the connection whose request the current task answers; nil for requests that are quick anyway.
    @TaskLocal static var current: Departure?

    private let state = Mutex(State())

    /// Calls the action once the client goes, at once if it has gone.
    /// - Returns: what ``forget(_:)`` takes back.
    func onLeave(_ action: @escaping @Sendable () -> Void) -> Int {
        let (token, isGone) = state.withLock { state in
            state.nextToken += 1
            if !state.isGone { state.actions[state.nextToken] = action }
            return (state.nextToken, state.isGone)
        }
        if isGone { action() }
        return token
    }

    func forget(_ token: Int) { state.withLock { $0.actions[token] = nil } }

    func leave() {
        let actions = state.withLock { state in
            defer { state.actions = [:] }
            state.isGone = true
            return state.actions.sorted { $0.key < $1.key }.map(\.value)
        }
        for action in actions { action() }
    }
}

/// Sees a connection end, or the client close its side of it.
final class DepartureWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart

    let departure = Departure()

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { departure.leave() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        departure.leave()
        context.fireChannelInactive()
    }
}

/// A request with the connection it came on.
struct ServerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

/// Puts the connection's ``Departure`` within reach of whoever answers questions.
struct DepartureNotice: RouterMiddleware {
    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        // Events are written whether or not their sender waits.
        guard request.uri.path != "/v1/events", !TraceIntake.isAddress(request.uri.path) else { return try await next(request, context) }
        let channel = context.channel
        let departure = try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: DepartureWatch.self).departure
        }.get()
        return try await Departure.$current.withValue(departure) { try await next(request, context) }
    }
}
