internal import Bytes
internal import JSONTexts

/// The two encodings of OTLP over HTTP. An answer is in its request's.
package enum OTLPEncoding: Sendable {
    case protobuf, json

    /// The encoding of a `Content-Type`, parameters aside; nil for one that OTLP does not have.
    package init?(contentType: String) {
        let name = contentType.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        switch name {
        case "application/x-protobuf", "application/protobuf": self = .protobuf
        case "application/json": self = .json
        default: return nil
        }
    }

    /// The media type that answers carry.
    package var contentType: String {
        switch self {
        case .protobuf: "application/x-protobuf"
        case .json: "application/json"
        }
    }
}

/// What a receiver answers.
package enum OTLPResponse {
    /// An `ExportTraceServiceResponse`; without rejected spans and message it is the empty one that says "all is well".
    package static func exported(rejectedSpans: Int, message: String, _ encoding: OTLPEncoding) -> [UInt8] {
        let isPartial = rejectedSpans > 0 || !message.isEmpty
        switch encoding {
        case .protobuf:
            var writer = ProtobufWriter()
            if isPartial {
                writer.message(1) { writer in
                    writer.field(1, varint: UInt64(max(0, rejectedSpans)))
                    writer.field(2, text: message)
                }
            }
            return writer.bytes
        case .json:
            var json = JSONWriter()
            json.object { json in
                guard isPartial else { return }
                json.key("partialSuccess")
                json.object { json in
                    // 64-bit integers are strings in the JSON of protocol buffers.
                    json.member("rejectedSpans", String(max(0, rejectedSpans)))
                    json.member("errorMessage", message)
                }
            }
            return json.bytes
        }
    }

    /// A `google.rpc.Status`.
    /// - Parameter code: of `google.rpc.Code`, such as 3 for an invalid argument.
    package static func status(code: Int, message: String, _ encoding: OTLPEncoding) -> [UInt8] {
        switch encoding {
        case .protobuf:
            var writer = ProtobufWriter()
            writer.field(1, varint: UInt64(bitPattern: Int64(code)))
            writer.field(2, text: message)
            return writer.bytes
        case .json:
            var json = JSONWriter()
            json.object { json in
                json.member("code", code)
                json.member("message", message)
            }
            return json.bytes
        }
    }
}
