package import JSONParsing

/// Why a body as a whole is refused.
package enum BodyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Not JSON; HTTP status 400.
    case json(JSONError)
    /// No media type that carries events; HTTP status 415.
    case unsupportedMediaType(String)

    package var description: String {
        switch self {
        case .json(let error): error.description
        case .unsupportedMediaType(let found):
            """
            content type \"\(readable(Array(found.utf8)[...], bytesMax: 100))\" carries no events: send application/cloudevents+json, \
            application/cloudevents-batch+json, application/x-ndjson, or application/json with ce- headers
            """
        }
    }
}

extension EventDecoder {
    /// Decodes the decompressed body of an HTTP request by its headers.
    /// - Parameter headers: all of the request's, names in any case.
    /// - Throws: ``BodyError`` when the body as a whole is refused.
    package mutating func decode(
        headers: [(name: String, value: String)], body: Span<UInt8>
    ) throws(BodyError) -> DecodedBatch {
        let contentType = headers.first { $0.name.lowercased() == "content-type" }?.value
        do throws(JSONError) {
            switch contentType.map(MediaType.parse) {
            case .some(.lines): return decodeLines(body)
            case .some(.structured): return try decodeDocument(body, shape: .event)
            case .some(.batch): return try decodeDocument(body, shape: .batch)
            case .some(.json), nil:
                return BinaryMode.isPresent(headers)
                    ? try decodeBinary(headers: headers, body: body) : try decodeDocument(body)
            case .some(nil): break
            }
        } catch { throw .json(error) }
        throw .unsupportedMediaType(contentType ?? "")
    }
}
