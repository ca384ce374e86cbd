import Compression
import HTTPTypes

/// Undoes `Content-Encoding`, never beyond a limit.
enum BodyDecompression {
    /// - Throws: 415 for an encoding that we do not know.
    static func coding(_ headers: HTTPFields) throws(Refusal) -> ContentCoding {
        guard let value = headers[.contentEncoding] else { return .identity }
        let name = value.filter { $0 != " " && $0 != "\t" }.lowercased()
        switch name {
        case "", "identity": return .identity
        case "gzip", "x-gzip": return .gzip
        case "zstd": return .zstd
        case "deflate": return .deflate
        default:
            throw Refusal(.unsupportedMediaType, "Content-Encoding \(name) is not taken here", hint: "use gzip, zstd, or none")
        }
    }

    /// The body as its sender had it; what comes out is booked on the ticket as it grows.
    /// - Throws: 413 beyond the limit, 429 when the gate is full, 400 with the offset for damaged streams.
    static func decode(_ body: [UInt8], coding: ContentCoding, limits: ServerLimits, ticket: IngestTicket) throws -> [UInt8] {
        guard coding != .identity else { return body }
        var decoder = StreamDecoder(coding, outputBytesMax: limits.decodedBodyBytesMax)
        var output: [UInt8] = []
        var booked = 0
        do {
            var offset = 0
            while offset < body.count {
                let end = min(offset + 64 << 10, body.count)
                try decoder.decode(body.span.extracting(offset..<end), into: &output)
                offset = end
                try ticket.take(bytes: output.count - booked)
                booked = output.count
            }
            try decoder.finish()
        } catch let error as CompressionError {
            throw refusal(for: error, limits)
        }
        return output
    }

    private static func refusal(for error: CompressionError, _ limits: ServerLimits) -> Refusal {
        switch error {
        case .limitExceeded: BodyCollector.tooLarge(limits.decodedBodyBytesMax)
        default: Refusal(.badRequest, "the compressed body is damaged: \(error)", hint: "send it again, or without Content-Encoding")
        }
    }
}
