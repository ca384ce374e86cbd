import HTTPTypes
import Hummingbird
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

    /// Whose events they are: `export=as-new` says that lines of an export are to be taken as if its events were sent now.
    /// - Throws: 400 for another value.
    static func origin(of request: Request) throws(Refusal) -> LineOrigin {
        guard let value = request.uri.queryParameters.first(where: { $0.key == "export" })?.value else { return .client }
        guard value == "as-new" else { throw Refusal(.badRequest, "there is no way \(value) to take an export", hint: "known: as-new") }
        return .newEvents
    }

    /// - Throws: 400 with the position for a body that is no JSON, 409 for an export that is sent as events, 415.
    static func decode(
        _ body: [UInt8], headers: HTTPFields, from origin: LineOrigin, decoders: DecoderPool
    ) throws(Refusal) -> DecodedBatch {
        if origin == .newEvents { return decoders.withDecoder { $0.decodeLines(body.span, from: .newEvents) } }
        let batch = try decode(body, headers: headers, decoders: decoders)
        guard batch.asides.isEmpty else {
            throw Refusal(
                .conflict, "this is an export: sent as events it would lose its corrections and the prices that its costs come from",
                hint: "move it with `plimsoll import --data DIR`; with --as-new-events its events are taken as if they were sent now")
        }
        return batch
    }

    private static func decode(_ body: [UInt8], headers: HTTPFields, decoders: DecoderPool) throws(Refusal) -> DecodedBatch {
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
