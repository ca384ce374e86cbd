import Domain
import Hummingbird
import Intakes
import NIOCore

/// Reads a request body into memory: bounded in size, in time, and by the gate.
enum BodyCollector {
    /// Throws 413 beyond the size limit, 429 when the gate is full, 408 when the body does not arrive in time.
    /// - Parameter hint: what to do about a body that is too large; nil: what senders of events do.
    static func collect(
        _ request: Request, limits: ServerLimits, ticket: IngestTicket, hint: String? = nil
    ) async throws -> [UInt8] {
        if let declared = request.headers[.contentLength].flatMap(Int.init) {
            guard declared <= limits.bodyBytesMax else {
                throw IntakeRefusal.bodyTooLarge(limits.bodyBytesMax, hint: hint)
            }
            if declared == 0 { return [] }
        }
        return try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            group.addTask { try await read(request.body, limits: limits, ticket: ticket, hint: hint) }
            group.addTask {
                try await Task.sleep(for: limits.bodyTimeout)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let bytes = first else {
                throw Refusal(
                    .requestTimeout, "the body did not arrive within \(limits.bodyTimeout.components.seconds) s",
                    hint: "send smaller batches")
            }
            return bytes
        }
    }

    private static func read(_ body: RequestBody, limits: ServerLimits, ticket: IngestTicket, hint: String?)
        async throws -> [UInt8]
    {
        var bytes: [UInt8] = []
        for try await buffer in body {
            guard bytes.count + buffer.readableBytes <= limits.bodyBytesMax else {
                throw IntakeRefusal.bodyTooLarge(limits.bodyBytesMax, hint: hint)
            }
            try ticket.take(bytes: buffer.readableBytes)
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        return bytes
    }
}
