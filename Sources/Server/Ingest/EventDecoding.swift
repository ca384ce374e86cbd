import HTTPTypes
import JSONParsing
import WireFormats

/// Reads the events of a request body by its header fields.
enum EventDecoding {
    /// Refuses a body by its `Content-Type` before it is read.
    /// - Throws: 415.
    static func checkMediaType(_ headers: HTTPFields) throws(Refusal) {
        guard let contentType = headers[.contentType], MediaType.parse(contentType) == nil else { return }
        throw refusal(for: .unsupportedMediaType(contentType))
    }

    /// - Throws: 400 with the position for a body that is no JSON, 415.
    static func decode(_ body: [UInt8], headers: HTTPFields, decoders: DecoderPool) throws(Refusal) -> DecodedBatch {
        let pairs = headers.map { (name: $0.name.canonicalName, value: $0.value) }
        do throws(BodyError) {
            return try decoders.withDecoder { decoder throws(BodyError) in try decoder.decode(headers: pairs, body: body.span) }
        } catch {
            throw refusal(for: error)
        }
    }

    private static func refusal(for error: BodyError) -> Refusal {
        switch error {
        case .json(let broken):
            Refusal(
                .badRequest, broken.description, hint: "newline-delimited events are sent as application/x-ndjson", position: broken.offset)
        case .unsupportedMediaType: Refusal(.unsupportedMediaType, error.description)
        }
    }
}
