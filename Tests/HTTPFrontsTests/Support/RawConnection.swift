import Glibc
import NIOCore
import NIOPosix
import Platform
import Synchronization
import Testing

/// Bytes to and from a server as a client with bad manners would send them.
final class RawConnection: Sendable {
    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let state = Mutex((bytes: [UInt8](), isClosed: false))
        private let beginning: String

        init(_ beginning: String) { self.beginning = beginning }

        func channelActive(context: ChannelHandlerContext) {
            context.writeAndFlush(NIOAny(ByteBuffer(string: beginning)), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            state.withLock { $0.bytes.append(contentsOf: buffer.readableBytesView) }
        }

        func channelInactive(context: ChannelHandlerContext) { state.withLock { $0.isClosed = true } }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private let channel: any Channel
    private let collector: Collector

    private init(channel: any Channel, collector: Collector) { (self.channel, self.collector) = (channel, collector) }

    /// Connects and sends the text at once: not even a busy machine comes in between.
    /// - Parameter isReading: false leaves every answer where it is.
    static func connect(
        to address: ListenAddress, sending beginning: String = "", isReading: Bool = true
    ) async throws -> RawConnection {
        let collector = Collector(beginning)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: isReading)
            .channelInitializer { $0.pipeline.addHandler(collector) }
            .connect(host: address.host, port: address.port).get()
        return RawConnection(channel: channel, collector: collector)
    }

    var text: String { collector.state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }
    var bytes: [UInt8] { collector.state.withLock { $0.bytes } }
    var isClosed: Bool { collector.state.withLock { $0.isClosed } }

    func write(_ text: String) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }
    func write(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }
    /// Takes a little of what lies there, of a connection that does not read by itself.
    func read() { channel.read() }
    func close() async { try? await channel.close().get() }
    /// Leaves without a word: the server's next read or write fails.
    func reset() async throws {
        let socket = try #require(channel as? any SocketOptionProvider)
        try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        await close()
    }
    /// Says that nothing more comes, and goes on reading.
    func closeOutput() { channel.close(mode: .output, promise: nil) }

    /// Sends a byte every 20 ms until the condition holds.
    /// - Returns: false when it did not within the time.
    func dribble(_ byte: String = "x", upTo seconds: Int = 60, until condition: () -> Bool) async throws -> Bool {
        for _ in 0..<(seconds * 50) {
            if condition() { return true }
            write(byte)
            try await Task.sleep(for: .milliseconds(20))
        }
        return condition()
    }

    /// Waits without a word.
    func wait(upTo seconds: Int = 60, until condition: () -> Bool) async throws -> Bool {
        for _ in 0..<(seconds * 50) {
            if condition() { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return condition()
    }
}
