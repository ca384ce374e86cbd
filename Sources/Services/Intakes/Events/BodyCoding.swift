package import Compression
package import Domain

/// Undoes how a body was compressed on its way, never beyond a limit.
package enum BodyCoding {
    /// The body as its sender had it; what comes out is booked on the ticket as it grows.
    /// - Parameter hint: what to do about a body that is too large; nil: what senders of events do.
    /// - Throws: `decodedTooLarge` beyond the limit, `busy` when the gate is full, `malformed` with the offset for
    ///   damaged streams.
    package static func decode(
        _ body: [UInt8], coding: ContentCoding, limits: ServerLimits, ticket: IngestTicket, hint: String? = nil
    ) throws(IntakeRefusal) -> [UInt8] {
        guard coding != .identity else { return body }
        var decoder = StreamDecoder(coding, outputBytesMax: limits.decodedBodyBytesMax)
        var output: [UInt8] = []
        var booked = 0
        var offset = 0
        while offset < body.count {
            let end = min(offset + 64 << 10, body.count)
            do {
                try decoder.decode(body.span.extracting(offset..<end), into: &output)
            } catch {
                throw refusal(for: error, limits, hint)
            }
            offset = end
            try ticket.take(bytes: output.count - booked)
            booked = output.count
        }
        do {
            try decoder.finish()
        } catch {
            throw refusal(for: error, limits, hint)
        }
        return output
    }

    private static func refusal(
        for error: CompressionError, _ limits: ServerLimits, _ hint: String?
    ) -> IntakeRefusal {
        switch error {
        case .limitExceeded: .bodyTooLarge(limits.decodedBodyBytesMax, isDecoded: true, hint: hint)
        default:
            IntakeRefusal(
                .malformed, "the compressed body is damaged: \(error)",
                hint: "send it again, or without compressing it")
        }
    }
}
