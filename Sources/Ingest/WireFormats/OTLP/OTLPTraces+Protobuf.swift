package import Bytes

// Field numbers: opentelemetry-proto, `collector/trace/v1/trace_service.proto`, `trace/v1/trace.proto`,
// `common/v1/common.proto`.

extension OTLPTraces {
    /// Reads a request in the protobuf encoding. Unknown fields are passed over, as are known ones of another wire
    /// type.
    /// - Throws: with the offset of the first field that cannot be read.
    package init(protobuf body: [UInt8]) throws(DecodingError) {
        self.init()
        var reader = ProtobufReader(body[...])
        while let content = try reader.next() {
            if reader.field == 1, case .bytes(let bytes) = content {
                resources.append(try OTLPProtobuf.resourceSpans(bytes))
            }
        }
    }
}

/// The messages inside a request.
enum OTLPProtobuf {
    /// Values may nest this deep; nothing that is measured does.
    private static let depthMax = 32

    static func resourceSpans(_ bytes: ArraySlice<UInt8>) throws(DecodingError) -> OTLPResourceSpans {
        var result = OTLPResourceSpans()
        var reader = ProtobufReader(bytes)
        while let content = try reader.next() {
            switch (reader.field, content) {
            case (1, .bytes(let bytes)): try resource(bytes, &result.attributes)
            case (2, .bytes(let bytes)): result.scopes.append(try scopeSpans(bytes))
            default: break
            }
        }
        return result
    }

    private static func resource(_ bytes: ArraySlice<UInt8>, _ attributes: inout [OTLPAttribute]) throws(DecodingError)
    {
        var reader = ProtobufReader(bytes)
        while let content = try reader.next() {
            if reader.field == 1, case .bytes(let bytes) = content { attributes.append(try attribute(bytes, depth: 0)) }
        }
    }

    private static func scopeSpans(_ bytes: ArraySlice<UInt8>) throws(DecodingError) -> OTLPScopeSpans {
        var result = OTLPScopeSpans()
        var defect: String?
        var reader = ProtobufReader(bytes)
        while let content = try reader.next() {
            switch (reader.field, content) {
            case (1, .bytes(let bytes)):
                var scope = ProtobufReader(bytes)
                while let content = try scope.next() {
                    switch (scope.field, content) {
                    case (1, .bytes(let bytes)): result.name = text(bytes, of: "its scope", &defect)
                    case (2, .bytes(let bytes)): result.version = text(bytes, of: "its scope", &defect)
                    default: break
                    }
                }
            case (2, .bytes(let bytes)): result.spans.append(try span(bytes))
            default: break
            }
        }
        if let defect { for index in result.spans.indices { result.spans[index].defect = defect } }
        return result
    }

    private static func span(_ bytes: ArraySlice<UInt8>) throws(DecodingError) -> OTLPSpan {
        var span = OTLPSpan()
        var reader = ProtobufReader(bytes)
        while let content = try reader.next() {
            switch (reader.field, content) {
            case (1, .bytes(let bytes)): span.traceID = Array(bytes)
            case (2, .bytes(let bytes)): span.spanID = Array(bytes)
            case (3, .bytes(let bytes)): span.traceState = text(bytes, of: "its trace state", &span.defect)
            case (4, .bytes(let bytes)): span.parentSpanID = Array(bytes)
            case (5, .bytes(let bytes)): span.name = text(bytes, of: "its name", &span.defect)
            case (6, .number(let value)): span.kind = Int(Int32(truncatingIfNeeded: value))
            case (7, .number(let value)): span.start = value
            case (8, .number(let value)): span.end = value
            case (9, .bytes(let bytes)): span.attributes.append(try attribute(bytes, depth: 0))
            case (11, .bytes(let bytes)): span.events.append(try event(bytes, &span.defect))
            case (13, .bytes(let bytes)): span.links.append(try link(bytes))
            case (15, .bytes(let bytes)): try status(bytes, &span)
            case (16, .number(let value)): span.flags = UInt32(truncatingIfNeeded: value)
            default: break
            }
        }
        return span
    }

    private static func event(
        _ bytes: ArraySlice<UInt8>, _ defect: inout String?
    ) throws(DecodingError) -> OTLPSpanEvent {
        var event = OTLPSpanEvent()
        var reader = ProtobufReader(bytes)
        while let content = try reader.next() {
            switch (reader.field, content) {
            case (1, .number(let value)): event.time = value
            case (2, .bytes(let bytes)): event.name = text(bytes, of: "an event of it", &defect)
            case (3, .bytes(let bytes)): event.attributes.append(try attribute(bytes, depth: 0))
            default: break
            }
        }
        return event
    }

    private static func link(_ bytes: ArraySlice<UInt8>) throws(DecodingError) -> OTLPSpanLink {
        var link = OTLPSpanLink()
        var reader = ProtobufReader(bytes)
        while let content = try reader.next() {
            switch (reader.field, content) {
            case (1, .bytes(let bytes)): link.traceID = Array(bytes)
            case (2, .bytes(let bytes)): link.spanID = Array(bytes)
            case (4, .bytes(let bytes)): link.attributes.append(try attribute(bytes, depth: 0))
            default: break
            }
        }
        return link
    }

    private static func status(_ bytes: ArraySlice<UInt8>, _ span: inout OTLPSpan) throws(DecodingError) {
        var reader = ProtobufReader(bytes)
        while let content = try reader.next() {
            switch (reader.field, content) {
            case (2, .bytes(let bytes)): span.statusMessage = text(bytes, of: "its status", &span.defect)
            case (3, .number(let value)): span.statusCode = Int(Int32(truncatingIfNeeded: value))
            default: break
            }
        }
    }

    private static func attribute(_ bytes: ArraySlice<UInt8>, depth: Int) throws(DecodingError) -> OTLPAttribute {
        var attribute = OTLPAttribute("", .empty)
        var defect: String?
        var name: ArraySlice<UInt8> = []
        var reader = ProtobufReader(bytes)
        while let content = try reader.next() {
            switch (reader.field, content) {
            case (1, .bytes(let bytes)): name = bytes
            case (2, .bytes(let bytes)): attribute.value = try value(bytes, depth: depth)
            default: break
            }
        }
        attribute.key = text(name, of: "an attribute", &defect)
        // A name that is no text is refused as such a value is, with the span.
        if defect != nil { attribute.value = .text(name) }
        return attribute
    }

    private static func value(_ bytes: ArraySlice<UInt8>, depth: Int) throws(DecodingError) -> OTLPValue {
        guard depth < depthMax else {
            throw DecodingError(offset: bytes.startIndex, expectation: "values that nest at most \(depthMax) deep")
        }
        var result = OTLPValue.empty
        var reader = ProtobufReader(bytes)
        while let content = try reader.next() {
            switch (reader.field, content) {
            case (1, .bytes(let bytes)): result = .text(bytes)
            case (2, .number(let value)): result = .boolean(value != 0)
            case (3, .number(let value)): result = .integer(Int64(bitPattern: value))
            case (4, .number(let value)): result = .double(Double(bitPattern: value))
            case (5, .bytes(let bytes)): result = .array(try values(bytes, depth: depth + 1))
            case (6, .bytes(let bytes)): result = .map(try pairs(bytes, depth: depth + 1))
            case (7, .bytes(let bytes)): result = .bytes(bytes)
            default: break
            }
        }
        return result
    }

    private static func values(_ bytes: ArraySlice<UInt8>, depth: Int) throws(DecodingError) -> [OTLPValue] {
        var result: [OTLPValue] = []
        var reader = ProtobufReader(bytes)
        while let content = try reader.next() {
            if reader.field == 1, case .bytes(let bytes) = content { result.append(try value(bytes, depth: depth)) }
        }
        return result
    }

    private static func pairs(_ bytes: ArraySlice<UInt8>, depth: Int) throws(DecodingError) -> [OTLPAttribute] {
        var result: [OTLPAttribute] = []
        var reader = ProtobufReader(bytes)
        while let content = try reader.next() {
            if reader.field == 1, case .bytes(let bytes) = content { result.append(try attribute(bytes, depth: depth)) }
        }
        return result
    }

    /// A text; where it is none, a repaired one that only messages show, and the span's defect says so: two names that
    /// differ in such bytes would be one.
    private static func text(_ bytes: ArraySlice<UInt8>, of place: String, _ defect: inout String?) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        defect = defect ?? "UTF-8 as the text of \(place)"
        return String(decoding: bytes, as: UTF8.self)
    }
}
