import JSONParsing
import WireFormats

/// Reads the events of a body by what its wire said of it.
enum EventDecoding {
    /// Refuses a body by its media type before it is read.
    /// - Throws: `unsupported`.
    static func checkMediaType(_ contentType: String?) throws(IntakeRefusal) {
        guard let contentType, MediaType.parse(contentType) == nil else { return }
        throw refusal(for: .unsupportedMediaType(contentType))
    }

    /// - Throws: `malformed` with the position for a body that is no JSON, `conflicting` for an export that is sent as
    ///   events, `unsupported`.
    static func decode(
        _ body: [UInt8], of whole: EventBody, decoders: DecoderPool
    ) throws(IntakeRefusal) -> DecodedBatch {
        if whole.origin == .newEvents { return decoders.withDecoder { $0.decodeLines(body.span, from: .newEvents) } }
        let batch = try decode(body, fields: whole.fields, decoders: decoders)
        guard batch.asides.isEmpty else {
            throw IntakeRefusal(
                .conflicting,
                "this is an export: sent as events it would lose its corrections and the prices that its costs come from",
                hint:
                    "move it with `plimsoll import --data DIR`; with --as-new-events its events are taken as if they were "
                    + "sent now")
        }
        return batch
    }

    private static func decode(
        _ body: [UInt8], fields: [(name: String, value: String)], decoders: DecoderPool
    ) throws(IntakeRefusal) -> DecodedBatch {
        do throws(BodyError) {
            return try decoders.withDecoder { decoder throws(BodyError) in
                try decoder.decode(headers: fields, body: body.span)
            }
        } catch {
            throw refusal(for: error)
        }
    }

    private static func refusal(for error: BodyError) -> IntakeRefusal {
        switch error {
        case .json(let broken):
            IntakeRefusal(
                .malformed, broken.description,
                hint: "newline-delimited events have a media type of their own (x-ndjson)",
                position: broken.offset)
        case .unsupportedMediaType: IntakeRefusal(.unsupported, error.description)
        }
    }
}
