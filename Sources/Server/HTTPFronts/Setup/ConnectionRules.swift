import Domain
import HTTPTypes
import NIOCore
import NIOHTTP1

/// What HTTP/1.0 and 1.1 ask of a connection beside framing, where the version of a request is still known: which
/// requests are none, when a connection ends, what goes before and what stands in every answer.
final class ConnectionRules: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// An outbound event: the body of the request under way is wanted.
    struct BodyWanted: Sendable {}

    /// The field by which our own clients know a plimsoll server, and which words it understands.
    private static let mark = (name: "Plimsoll-API", value: "1")

    private struct Exchange {
        var isOld: Bool
        var isHead: Bool
        var isLast: Bool
        /// Its sender waits for a word before it sends the body.
        var isAwaited: Bool
        /// It was answered without its body, which nobody wants.
        var isGivenUp = false
    }

    /// Requests whose answers have not ended, in their order.
    private var exchanges = CircularBuffer<Exchange>()
    /// What came was no HTTP, or the connection was said to end: nothing more is passed on.
    private var hasRefused = false
    /// No other request is taken.
    private var isEnding = false
    /// Why the parser, or this, gave up.
    private var fault: HTTPParserError?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        guard case .head(var head) = unwrapInboundIn(data) else {
            // One comes after the other: what is read is of the last, or of one that was answered already.
            if !exchanges.isEmpty { exchanges[exchanges.index(before: exchanges.endIndex)].isAwaited = false }
            return context.fireChannelRead(data)
        }
        if isEnding {
            hasRefused = true
            return
        }
        let isOld = head.version == .http1_0
        if let error = Self.objection(to: head, isOld: isOld) {
            hasRefused = true
            fault = error
            return context.fireErrorCaught(error)
        }
        // Nobody of HTTP/1.0 has to name the host.
        if isOld, head.headers["host"].isEmpty { head.headers.add(name: "host", value: "localhost") }
        let isLast = isOld || Self.words(of: head.headers["connection"]).contains("close")
        if isLast { head.headers.replaceOrAdd(name: "connection", value: "close") }
        let isAwaited = !isOld && Self.words(of: head.headers["expect"]).contains("100-continue")
        exchanges.append(Exchange(isOld: isOld, isHead: head.method == .HEAD, isLast: isLast, isAwaited: isAwaited))
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    /// Why a request may not be acted on: two servers in a row could read it differently.
    private static func objection(to head: HTTPRequestHead, isOld: Bool) -> HTTPParserError? {
        guard isOld || head.version == .http1_1 else { return .invalidVersion }
        if head.headers["host"].count > 1 { return .invalidHeaderToken }
        // HTTP/1.0 has no chunks.
        if isOld, head.headers.contains(name: "transfer-encoding") { return .unexpectedContentLength }
        return nil
    }

    private static func words(of fields: [String]) -> [String] {
        fields.flatMap { $0.split(separator: ",") }.map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError { fault = fault ?? error }
        context.fireErrorCaught(error)
    }

    /// What the library answers to what is no request says nothing: this does, as every refusal.
    private func explained(_ head: inout HTTPResponseHead) -> ByteBuffer? {
        guard let fault, exchanges.isEmpty, head.status == .badRequest, head.headers["content-length"] == ["0"] else {
            return nil
        }
        let body = Self.refusal(of: fault).json + [UInt8(ascii: "\n")]
        head.headers.replaceOrAdd(name: "Content-Type", value: MediaType.json)
        head.headers.replaceOrAdd(name: "Content-Length", value: String(body.count))
        head.headers.replaceOrAdd(name: "Cache-Control", value: "no-store")
        return ByteBuffer(bytes: body)
    }

    private static func refusal(of fault: HTTPParserError) -> Refusal {
        let (message, hint): (String, String) =
            switch fault {
            case .headerOverflow: ("the header fields are too long, or too many", "the setting limits.header_size")
            case .invalidVersion: ("this version of HTTP is not spoken here", "ask by HTTP/1.1")
            case .invalidHeaderToken: ("a header field is none, or Host stands there twice", "send one Host")
            case .invalidEOFState: ("the request ended before its end", "send it again")
            case .unexpectedContentLength, .invalidContentLength, .invalidChunkSize:
                ("the length of the body is not told as HTTP asks", "send Content-Length alone, or chunks to HTTP/1.1")
            default: ("what came is no request of HTTP/1.1", "this is plain HTTP; a proxy in front of it speaks TLS")
            }
        return Refusal(.badRequest, message, hint: hint)
    }

    /// Whether the body of what is answered now still comes nobody can know: its sender may send it, or go on with
    /// another request in its place. So the connection ends with the answer (RFC 9110, section 10.1.1).
    private func giveUpAwaitedBody() {
        guard exchanges.first?.isAwaited == true else { return }
        exchanges[exchanges.startIndex].isAwaited = false
        exchanges[exchanges.startIndex].isGivenUp = true
        exchanges[exchanges.startIndex].isLast = true
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            giveUpAwaitedBody()
            let exchange = exchanges.first
            let explanation = explained(&head)
            head.headers.replaceOrAdd(name: "X-Content-Type-Options", value: "nosniff")
            head.headers.replaceOrAdd(name: Self.mark.name, value: Self.mark.value)
            if exchange?.isOld == true { head.version = .http1_0 }
            // Nothing is read behind a body that is not waited for.
            let isLast = exchange?.isLast == true || head.status == .requestTimeout
            if isLast { head.headers.replaceOrAdd(name: "Connection", value: "close") }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
            if let explanation { context.write(wrapOutboundOut(.body(.byteBuffer(explanation))), promise: nil) }
        case .body: context.write(data, promise: promise)
        case .end:
            let exchange = exchanges.popFirst()
            // Nothing follows the head of such an answer, not even the chunk that ends a body.
            let isHead = exchange?.isHead == true
            context.write(isHead ? wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))) : data, promise: promise)
            guard exchange?.isGivenUp == true else { return }
            isEnding = true
            context.flush()
            // What its sender sent meanwhile is still read, so that he gets the answer.
            context.close(mode: .output, promise: nil)
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        guard exchanges.first?.isAwaited == true else {
            promise?.succeed()
            return
        }
        exchanges[exchanges.startIndex].isAwaited = false
        context.writeAndFlush(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: promise)
    }
}

/// Puts ``ConnectionRules`` where the parts of a connection are still those of HTTP/1, behind the parser, and
/// ``ForeignProtocol`` before it.
final class ConnectionRulesPlacing: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let foreign: ForeignProtocol

    init(_ limits: ServerLimits, _ refusals: RefusalCounts) {
        foreign = ForeignProtocol(refusals, lingerTime: TimeAmount(limits.lingerTimeout))
    }

    func handlerAdded(context: ChannelHandlerContext) {
        do {
            let pipeline = context.pipeline.syncOperations
            let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(ConnectionRules(), position: .after(parser))
            try pipeline.addHandler(foreign, position: .first)
        } catch {
            preconditionFailure("a connection has a parser of HTTP: \(error)")
        }
    }
}
