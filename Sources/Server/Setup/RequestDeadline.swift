import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Ends connections whose request does not come to its end: a body that trickles, or the rest of one that was refused already and that
/// nobody reads any more. Each only holds a connection, but of those there is an end.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let bodyTimeout: TimeAmount
    private let lingerTimeout: TimeAmount
    private let refusals: RefusalCounts
    private var begun = 0
    private var answered = 0
    private var isReading = false
    private var deadline: Scheduled<Void>?

    init(_ limits: ServerLimits, _ refusals: RefusalCounts) {
        // Whoever collects the body gives up first, so that the sender is told.
        bodyTimeout = TimeAmount(limits.bodyTimeout + limits.lingerTimeout)
        lingerTimeout = TimeAmount(limits.lingerTimeout)
        self.refusals = refusals
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            begun += 1
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
            if isReading { arm(context.channel, after: answered == begun ? lingerTimeout : bodyTimeout, isCounted: answered != begun) }
        }
        context.write(data, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The parser gave up: header fields beyond the limits, or no HTTP at all.
        if error is HTTPParserError { refusals.add(.status(400)) }
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        disarm()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { disarm() }

    private func arm(_ channel: any Channel, after delay: TimeAmount, isCounted: Bool) {
        disarm()
        deadline = channel.eventLoop.scheduleTask(in: delay) { [refusals] in
            if isCounted { refusals.add(.slow) }
            channel.close(promise: nil)
        }
    }

    private func disarm() {
        deadline?.cancel()
        deadline = nil
    }
}
