import Asking
import Hummingbird
import NIOCore
import NIOHTTPTypes
import Plans
import Synchronization

/// Sees a connection end, or the client close its side of it.
///
/// A client that has left and one that has only said its last word (as probes by `nc -N` do) look the same until
/// something is written, so what takes no longer than ``patience`` is answered to both.
final class DisconnectionWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart

    /// How long answers go on being made for who has closed his side.
    static let patience = TimeAmount.seconds(1)

    /// Of connections that are not closed, by their channels.
    private static let known = Mutex<[ObjectIdentifier: Disconnection]>([:])

    private let disconnection = Disconnection()
    private var channel: ObjectIdentifier?

    /// That of a connection, found without a turn of its event loop: every request looks for it. nil where the
    /// connection is closed, and what watched it has been taken away.
    static func disconnection(of channel: any Channel) -> Disconnection? {
        known.withLock { $0[ObjectIdentifier(channel)] }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = ObjectIdentifier(context.channel)
        self.channel = channel
        Self.known.withLock { $0[channel] = disconnection }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        guard let channel else { return }
        Self.known.withLock { $0[channel] = nil }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            context.eventLoop.scheduleTask(in: Self.patience) { [disconnection] in disconnection.disconnect() }
        }
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
    /// Whether a session let it in.
    var isSession = false

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

extension ServerContext {
    /// Answers with the connection's ``Disconnection`` within reach of whoever answers questions.
    /// - Throws: what `answer` throws; where that is because the client has gone, a refusal that says so: it is neither
    ///   a mistake of ours nor a fault of what was asked.
    func noticingDisconnection(_ answer: () async throws -> Response) async throws -> Response {
        guard let disconnection = DisconnectionWatch.disconnection(of: channel) else { throw Refusal.departed }
        do {
            return try await Disconnection.$current.withValue(disconnection) { try await answer() }
        } catch where disconnection.isGone && Self.isCancellation(error) {
            throw Refusal.departed
        }
    }

    private static func isCancellation(_ error: any Error) -> Bool {
        error is CancellationError || (error as? QueryError)?.kind == .cancelled
    }
}
