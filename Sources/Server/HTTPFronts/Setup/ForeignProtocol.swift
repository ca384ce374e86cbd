import Domain
import HTTPTypes
import NIOCore

/// Looks at the first bytes of a connection: who speaks HTTP/2 or TLS at once would learn from HTTP/1.1's answer no
/// more than that something is wrong. HTTP/2 is answered in its own words, so that a sender of spans over gRPC, the
/// default of some SDKs, says what to set; TLS is only told of.
///
/// Only as much of HTTP/2 is spoken as one refusal takes: the frames' heads are read, header fields are not.
final class ForeignProtocol: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    static let gRPCAdvice = "OTLP over gRPC is not taken: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"

    /// What HTTP/2 begins with (RFC 9113, section 3.4).
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private enum State {
        /// Nothing is known yet, but that these bytes are the beginning of ``preface``.
        case beginning(ByteBuffer)
        /// Its bytes are for those who come after.
        case known
        /// HTTP/2, of which so much came that was not read yet.
        case refusing(ByteBuffer)
        /// It was told; what comes is let go.
        case refused
    }

    private var state = State.beginning(ByteBuffer())
    private let refusals: RefusalCounts
    private let lingerTime: TimeAmount

    /// - Parameter lingerTime: how long the refused may take to read and go.
    init(_ refusals: RefusalCounts, lingerTime: TimeAmount) {
        (self.refusals, self.lingerTime) = (refusals, lingerTime)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch state {
        case .known: context.fireChannelRead(data)
        case .beginning(var seen):
            seen.writeImmutableBuffer(unwrapInboundIn(data))
            begin(context, seen)
        case .refusing(var seen):
            seen.writeImmutableBuffer(unwrapInboundIn(data))
            refuse(context, seen)
        case .refused: break
        }
    }

    /// What came so far of a beginning that never got on is for those who come after, who see the end.
    func channelInactive(context: ChannelHandlerContext) {
        release(context)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { release(context) }
        context.fireUserInboundEventTriggered(event)
    }

    private func release(_ context: ChannelHandlerContext) {
        guard case .beginning(let seen) = state else { return }
        state = .known
        if seen.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(seen)) }
    }

    private func begin(_ context: ChannelHandlerContext, _ seen: ByteBuffer) {
        let count = min(seen.readableBytes, Self.preface.count)
        state = .beginning(seen)
        guard seen.readableBytesView.prefix(count).elementsEqual(Self.preface.prefix(count)) else {
            // The record of a handshake, of any version (RFC 8446, section 5.1).
            if seen.readableBytesView.starts(with: [0x16, 0x03]) {
                refusals.add(.tls, from: context.remoteAddress?.ipAddress)
            }
            return release(context)
        }
        guard count == Self.preface.count else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: HTTP2Refusal.settings)), promise: nil)
        var rest = seen
        rest.moveReaderIndex(forwardBy: count)
        end(context.channel)
        refuse(context, rest)
    }

    /// Answers the first request, however it goes on.
    private func refuse(_ context: ChannelHandlerContext, _ seen: ByteBuffer) {
        var seen = seen
        state = .refusing(seen)
        while let frame = HTTP2Refusal.Frame(reading: &seen) {
            state = .refusing(seen)
            switch frame.kind {
            case .settings where frame.flags & 1 == 0:
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: HTTP2Refusal.settingsTaken)), promise: nil)
            case .headers:
                let isGRPC = HTTP2Refusal.namesGRPC(frame.payload)
                refusals.add(
                    isGRPC ? .gRPC : .http2, from: context.remoteAddress?.ipAddress, at: isGRPC ? .grpc : .requests)
                let answer =
                    isGRPC
                    ? HTTP2Refusal.ofGRPC(frame.stream, "this is plain HTTP/1.1; " + Self.gRPCAdvice)
                    : HTTP2Refusal.plain(frame.stream, Self.http2Refusal)
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer)), promise: nil)
                state = .refused
                return
            default: break
            }
        }
        // No frame before the first request is that long.
        if seen.readableBytes > HTTP2Refusal.frameBytesMax + 9 { context.close(promise: nil) }
    }

    private static let http2Refusal = Refusal(
        .httpVersionNotSupported, "HTTP/2 is not spoken here", hint: "ask by HTTP/1.1")

    private func end(_ channel: any Channel) {
        channel.eventLoop.scheduleTask(in: lingerTime) { channel.close(promise: nil) }
    }
}
