import Hummingbird
import NIOCore

/// A body that its sender keeps back until somebody wants it (`Expect: 100-continue`): the first read says so.
struct AwaitedBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let body: RequestBody
    let channel: any Channel

    func makeAsyncIterator() -> Iterator { Iterator(inner: body.makeAsyncIterator(), channel: channel) }

    struct Iterator: AsyncIteratorProtocol {
        var inner: RequestBody.AsyncIterator
        var channel: (any Channel)?

        mutating func next() async throws -> ByteBuffer? {
            if let channel {
                self.channel = nil
                try await channel.triggerUserOutboundEvent(ConnectionRules.BodyWanted()).get()
            }
            return try await inner.next()
        }
    }
}
