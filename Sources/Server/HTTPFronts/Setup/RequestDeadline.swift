import Access
import Domain
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Says when a body is late, and ends connections that do not get on: a body that trickles, the rest of one that was
/// refused already and that nobody reads any more, an answer that its client does not fetch. Each only holds a
/// connection, but of those there is an end. An answer is not fetched when nothing of it is for a while, and when it is
/// fetched so slowly that it would lie there for hours.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let bodyTimeout: TimeAmount
    private let lingerTimeout: TimeAmount
    private let idleTimeout: TimeAmount
    private let fetchBytesPerSecondMin: Int64
    private let refusals: RefusalCounts
    private let proxies: TrustedProxies
    /// Of the last request; nil before the first one.
    private var head: HTTPRequest?
    private var begun = 0
    private var answered = 0
    private var isReading = false
    private var deadline: Scheduled<Void>?
    private var fetchDeadline: Scheduled<Void>?
    /// Of the answer under way: what was handed over, and how long its client was waited for.
    private var fetchedBytes: Int64 = 0
    private var waited = TimeAmount.zero
    private var waitingSince: NIODeadline?

    init(_ limits: ServerLimits, _ refusals: RefusalCounts, _ proxies: TrustedProxies) {
        bodyTimeout = TimeAmount(limits.bodyTimeout)
        lingerTimeout = TimeAmount(limits.lingerTimeout)
        idleTimeout = TimeAmount(limits.idleTimeout)
        fetchBytesPerSecondMin = Int64(max(1, limits.fetchBytesPerSecondMin))
        self.refusals = refusals
        self.proxies = proxies
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            begun += 1
            self.head = head
            isReading = true
            // A request behind others is not read before these are answered.
            if answered == begun - 1 { awaitBody(context.channel) }
        case .body: break
        case .end:
            isReading = false
            disarm()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head: (fetchedBytes, waited) = (0, .zero)
        case .body(let bytes): fetchedBytes += Int64(bytes.readableBytes)
        case .end:
            answered += 1
            if isReading, answered == begun {
                arm(context.channel, after: lingerTimeout, isCounted: false)
            } else if isReading {
                awaitBody(context.channel)
            }
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        fetchDeadline?.cancel()
        fetchDeadline = nil
        let now = NIODeadline.now()
        if let start = waitingSince { waited = waited + (now - start) }
        waitingSince = context.channel.isWritable ? nil : now
        if !context.channel.isWritable {
            fetchDeadline = closing(context.channel, after: min(idleTimeout, patience), isCounted: true)
        }
        context.fireChannelWritabilityChanged()
    }

    /// How long the client may still be waited for: once for as long as a silence may be, and for as long as what was
    /// handed over takes at the slowest pace.
    private var patience: TimeAmount {
        let earned = TimeAmount.milliseconds(fetchedBytes / fetchBytesPerSecondMin * 1000)
        return max(.zero, idleTimeout + earned - waited)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The parser gave up: header fields beyond the limits, or no HTTP at all. Within a body that somebody reads it
        // is that reader's to count.
        if let error = error as? HTTPParserError, !isReading || answered == begun {
            let isCutOff = if case .invalidEOFState = error { true } else { false }
            // Between requests it is of one that is none, of which nothing is known.
            add(isCutOff ? .aborted : .status(400), isReading ? head : nil, context.channel)
        }
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    private func end() {
        disarm()
        fetchDeadline?.cancel()
        fetchDeadline = nil
    }

    /// Gives a body its time. Then whoever reads it is told, and tells the sender; where that does not end the request,
    /// the connection ends. By a timer of the connection's own loop: a task that waits beside each body costs more than
    /// reading a small one does.
    private func awaitBody(_ channel: any Channel) {
        disarm()
        let own = NIOLoopBound(self, eventLoop: channel.eventLoop)
        deadline = channel.eventLoop.scheduleTask(in: bodyTimeout) {
            own.value.arm(channel, after: own.value.lingerTimeout, isCounted: true)
            channel.pipeline.fireErrorCaught(LateBody())
        }
    }

    private func arm(_ channel: any Channel, after delay: TimeAmount, isCounted: Bool) {
        disarm()
        deadline = closing(channel, after: delay, isCounted: isCounted)
    }

    private func closing(_ channel: any Channel, after delay: TimeAmount, isCounted: Bool) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: delay) { [refusals, proxies, head] in
            if isCounted { Self.add(.slow, head, channel, to: refusals, proxies) }
            channel.close(promise: nil)
        }
    }

    private func add(_ reason: RefusalReason, _ head: HTTPRequest?, _ channel: any Channel) {
        Self.add(reason, head, channel, to: refusals, proxies)
    }

    private static func add(
        _ reason: RefusalReason, _ head: HTTPRequest?, _ channel: any Channel, to refusals: RefusalCounts,
        _ proxies: TrustedProxies
    ) {
        let peer = channel.remoteAddress?.ipAddress
        guard let head else { return refusals.add(reason, from: peer) }
        refusals.add(
            reason, RequestOrigin.action(head.method, head.path ?? ""),
            from: RequestOrigin.client(peer, head.headerFields, proxies),
            at: RefusalDoor(head.method, head.path ?? "", head.headerFields))
    }

    private func disarm() {
        deadline?.cancel()
        deadline = nil
    }
}

/// The body of a request did not come in time: what reading it throws. The rest of it is read no more.
struct LateBody: Error {}
