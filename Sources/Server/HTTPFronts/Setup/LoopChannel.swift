import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Platform

/// Connections whose tasks run on their event loops: a request is taken up and its answer handed over without waking
/// another thread. What is asked there is ``LoopRoutes``'s to say.
struct LoopChannel: ServerChildChannel {
    let base: HTTP1Channel

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        base.setup(channel: channel, logger: logger)
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        let loop = value.channel.eventLoop
        await withTaskExecutorPreference(TaskTurns { loop.execute($0) }) {
            await base.handle(value: value, logger: logger)
        }
    }
}

/// Has requests leave the event loop of their connection, on which nothing may take long, but for those that only read
/// a short question there and have threads of their own answer it.
struct LoopRoutes: RouterMiddleware {
    private static let quick = Set(
        RouteTable.routes.filter { $0.name == .instantQuery || $0.name == .rangeQuery }.map(\.path))
    private static let quickBodies = Set(RouteTable.routes.filter { $0.name == .askSQL }.map(\.path))

    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        if Self.isQuick(request, to: context.endpointPath) { return try await next(request, context) }
        return try await withTaskExecutorPreference(globalConcurrentExecutor) { try await next(request, context) }
    }

    private static func isQuick(_ request: Request, to path: String?) -> Bool {
        guard let path else { return false }
        if request.method == .get, quick.contains(path) { return QuickReading.isQuick(request.head.path ?? "") }
        // To undo a compression is work, however short it is.
        guard request.method == .post, quickBodies.contains(path), request.headers[.contentEncoding] == nil else {
            return false
        }
        return QuickReading.isQuick(bodyBytes: request.headers[.contentLength].flatMap(Int.init))
    }
}
