package import Domain
import Synchronization
package import WireFormats

/// Decoders kept for the next body, so that their tables stay warm. As many as threads decode at one time.
package final class DecoderPool: Sendable {
    /// One decoder, used by one thread at a time.
    private final class Slot: Sendable {
        let decoder: Mutex<EventDecoder>

        init(_ decoder: consuming sending EventDecoder) { self.decoder = Mutex(decoder) }
    }

    private let registry: SchemaRegistry
    private let userTokenKey: [UInt8]
    private let idle = Mutex<[Slot]>([])

    /// - Parameter userTokenKey: the store's key for the tokens that stand for users.
    package init(registry: SchemaRegistry, userTokenKey: [UInt8]) {
        self.registry = registry
        self.userTokenKey = userTokenKey
    }

    /// Runs a job with a decoder of its own.
    package func withDecoder<Result: Sendable, Failure: Error>(
        _ body: (inout EventDecoder) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let slot =
            idle.withLock { $0.popLast() }
            ?? Slot(EventDecoder(registry: registry, tokeniser: UserTokeniser(key: userTokenKey)))
        defer { idle.withLock { $0.append(slot) } }
        return try slot.decoder.withLock { decoder throws(Failure) in try body(&decoder) }
    }
}
