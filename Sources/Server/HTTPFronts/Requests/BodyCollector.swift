import Domain
import Hummingbird
import Intakes
import NIOCore

/// Reads a request body into memory: bounded in size, in time, and by the gate.
enum BodyCollector {
    /// What is asked for at once, as the sender announces it; beyond that memory grows with what has come.
    private static let roomBytesMax = 64 << 10

    /// Throws 413 beyond the size limit, 429 when the gate is full, 408 when the body does not arrive in time.
    /// - Parameter hint: what to do about a body that is too large; nil: what senders of events do.
    static func collect(
        _ request: Request, limits: ServerLimits, ticket: IngestTicket, hint: String? = nil
    ) async throws -> [UInt8] {
        let declared = request.headers[.contentLength].flatMap(Int.init)
        if let declared {
            guard declared <= limits.bodyBytesMax else {
                throw IntakeRefusal.bodyTooLarge(limits.bodyBytesMax, hint: hint)
            }
            if declared == 0 { return [] }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(max(0, min(declared ?? 0, roomBytesMax)))
        do {
            for try await buffer in request.body {
                guard bytes.count + buffer.readableBytes <= limits.bodyBytesMax else {
                    throw IntakeRefusal.bodyTooLarge(limits.bodyBytesMax, hint: hint)
                }
                try ticket.take(bytes: buffer.readableBytes)
                bytes.append(contentsOf: buffer.readableBytesView)
            }
        } catch is LateBody {
            throw Refusal(
                .requestTimeout, "the body did not arrive within \(limits.bodyTimeout.components.seconds) s",
                hint: "send smaller batches")
        }
        return bytes
    }
}
