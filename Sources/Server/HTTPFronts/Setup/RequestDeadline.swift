import Access
import Domain
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Ends connections that do not get on: a body that trickles, the rest of one that was refused already and that nobody
/// reads any more, an answer that its client does not fetch. Each only holds a connection, but of those there is an
/// end.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let bodyTimeout: TimeAmount
    private let lingerTimeout: TimeAmount
    private let idleTimeout: TimeAmount
    private let refusals: RefusalCounts
    private let proxies: TrustedProxies
    /// Who sent the last request, and what it asks for; nil before the first one.
    private var origin: (client: String, action: String)?
    private var begun = 0
    private var answered = 0
    private var isReading = false
    private var deadline: Scheduled<Void>?
    private var fetchDeadline: Scheduled<Void>?

    init(_ limits: ServerLimits, _ refusals: RefusalCounts, _ proxies: TrustedProxies) {
        // Whoever collects the body gives up first, so that the sender is told.
        bodyTimeout = TimeAmount(limits.bodyTimeout + limits.lingerTimeout)
        lingerTimeout = TimeAmount(limits.lingerTimeout)
        idleTimeout = TimeAmount(limits.idleTimeout)
        self.refusals = refusals
        self.proxies = proxies
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            begun += 1
            origin = (
                RequestOrigin.client(context.remoteAddress?.ipAddress, head.headerFields, proxies),
                RequestOrigin.action(head.method, head.path ?? "")
            )
            isReading = true
            // A request behind others is not read before these are answered.
            if answered == begun - 1 { arm(context.channel, after: bodyTimeout, isCounted: true) }
        case .body: break
        case .end:
            isReading = false
            disarm()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            answered += 1
            if isReading {
                arm(
                    context.channel, after: answered == begun ? lingerTimeout : bodyTimeout,
                    isCounted: answered != begun)
            }
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        fetchDeadline?.cancel()
        fetchDeadline = context.channel.isWritable ? nil : closing(context.channel, after: idleTimeout, isCounted: true)
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The parser gave up: header fields beyond the limits, or no HTTP at all. Within a body that somebody reads it
        // is that reader's to count.
        if let error = error as? HTTPParserError, !isReading || answered == begun {
            let isCutOff = if case .invalidEOFState = error { true } else { false }
            // Between requests it is of one that is none, of which nothing is known.
            let origin = isReading ? origin : nil
            refusals.add(
                isCutOff ? .aborted : .status(400), origin?.action,
                from: origin?.client ?? context.remoteAddress?.ipAddress)
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

    private func arm(_ channel: any Channel, after delay: TimeAmount, isCounted: Bool) {
        disarm()
        deadline = closing(channel, after: delay, isCounted: isCounted)
    }

    private func closing(_ channel: any Channel, after delay: TimeAmount, isCounted: Bool) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: delay) { [refusals, origin] in
            if isCounted { refusals.add(.slow, origin?.action, from: origin?.client ?? channel.remoteAddress?.ipAddress) }
            channel.close(promise: nil)
        }
    }

    private func disarm() {
        deadline?.cancel()
        deadline = nil
    }
}
