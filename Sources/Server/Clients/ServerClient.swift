import Domain
package import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOPosix
package import Platform

/// One answer of a server, whole.
package struct ServerAnswer: Sendable {
    /// The HTTP status code.
    package var status: Int
    /// All header fields.
    package var headers: HTTPFields
    /// The body, whole.
    package var body: [UInt8]

    /// The body as UTF-8.
    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// The server could not be reached, or the connection broke before it answered.
package struct UnreachableError: Error, Sendable, CustomStringConvertible {
    package var description: String

    /// What was tried, and why it failed.
    package init(description: String) { self.description = description }
}

/// A connection to a server over plain HTTP/1.1: what our own commands and tests speak with it.
///
/// One request at a time; reconnect after an error. Close it when done.
package struct ServerClient: Sendable {
    private let channel: any Channel
    private let authority: String
    private let token: String?

    /// Connects to `http://host:port`.
    /// - Throws: ``UnreachableError``.
    package static func connect(to address: ListenAddress, timeout: Duration = .seconds(5)) async throws -> ServerClient {
        try await connect(to: ServerEndpoint(address), timeout: timeout)
    }

    /// Connects to `http://host:port`; each request shows the endpoint's token.
    /// - Throws: ``UnreachableError``.
    package static func connect(to server: ServerEndpoint, timeout: Duration = .seconds(5)) async throws -> ServerClient {
        let address = server.address
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(TimeAmount(timeout))
                .channelOption(.socketOption(.so_reuseaddr), value: 1)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        try channel.pipeline.syncOperations.addHandler(AnswerCollector())
                    }
                }
                .connect(host: address.host, port: address.port).get()
            return ServerClient(channel: channel, authority: address.description, token: server.token)
        } catch {
            throw UnreachableError(description: "no connection to \(address): \(error)")
        }
    }

    /// Sends a request and waits for the whole answer.
    /// - Parameter onPiece: takes the body of a success as it comes, instead of the answer; called on the connection's thread.
    /// - Throws: ``UnreachableError`` when the connection breaks or nothing comes within `timeout`.
    package func send(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8] = [], timeout: Duration = .seconds(120),
        onPiece: (@Sendable ([UInt8]) -> Void)? = nil
    ) async throws -> ServerAnswer {
        var fields = HTTPHeaders([("Host", authority)])
        if let token { fields.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in headers { fields.add(name: name, value: value) }
        if !body.isEmpty || method == "POST" { fields.add(name: "Content-Length", value: String(body.count)) }
        let head = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: path, headers: fields)
        let promise = channel.eventLoop.makePromise(of: ServerAnswer.self)
        let buffer = ByteBuffer(bytes: body)
        channel.eventLoop.execute { [channel] in
            guard let collector = try? channel.pipeline.syncOperations.handler(type: AnswerCollector.self) else {
                return promise.fail(UnreachableError(description: "the connection is closed"))
            }
            collector.expect(promise, onPiece: onPiece)
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            if buffer.readableBytes > 0 { channel.write(HTTPClientRequestPart.body(.byteBuffer(buffer)), promise: nil) }
            // A write that fails closes the channel, which fails the promise.
            channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        }
        let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(timeout)) { [channel] in
            let collector = try? channel.pipeline.syncOperations.handler(type: AnswerCollector.self)
            collector?.fail("no answer within \(timeout.components.seconds) s")
            channel.close(promise: nil)
        }
        defer { deadline.cancel() }
        return try await promise.futureResult.get()
    }

    /// Closes the connection; a request under way fails.
    package func close() async {
        try? await channel.close().get()
    }
}

/// Puts the parts of an answer together and keeps the promise of the request under way. Lives on the channel's event loop.
private final class AnswerCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private var promise: EventLoopPromise<ServerAnswer>?
    private var onPiece: (@Sendable ([UInt8]) -> Void)?
    private var answer = ServerAnswer(status: 0, headers: [:], body: [])

    func expect(_ promise: EventLoopPromise<ServerAnswer>, onPiece: (@Sendable ([UInt8]) -> Void)?) {
        self.onPiece = onPiece
        precondition(self.promise == nil, "one request at a time")
        self.promise = promise
    }

    func fail(_ reason: String) {
        promise?.fail(UnreachableError(description: reason))
        promise = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            answer = ServerAnswer(status: Int(head.status.code), headers: [:], body: [])
            for (name, value) in head.headers {
                if let name = HTTPField.Name(name) { answer.headers.append(HTTPField(name: name, value: value)) }
            }
        case .body(let buffer) where answer.status == 200 && onPiece != nil: onPiece?(Array(buffer.readableBytesView))
        case .body(let buffer): answer.body.append(contentsOf: buffer.readableBytesView)
        case .end:
            promise?.succeed(answer)
            promise = nil
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail("the server closed the connection")
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail("\(error)")
        context.close(promise: nil)
    }
}

extension ServerAnswer {
    /// What a refusal says, with its hint; the body as it is where it is none of ours.
    package var refusal: String {
        guard let json = try? JSONReader.parse(body), let error = json["error"]?.string else { return text }
        return error + (json["hint"]?.string.map { "; \($0)" } ?? "")
    }

    /// How long to wait before asking again, after a 429.
    package var retryAfterSeconds: Int? { headers[.retryAfter].flatMap { Int($0) } }
}
