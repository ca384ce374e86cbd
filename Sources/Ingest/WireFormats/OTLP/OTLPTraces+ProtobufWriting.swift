internal import Bytes

extension OTLPTraces {
    /// The request in the protobuf encoding. Reading it back gives the same value.
    package var protobuf: [UInt8] {
        var writer = ProtobufWriter()
        for resource in resources {
            writer.message(1) { writer in
                writer.message(1) { writer in Self.add(resource.attributes, 1, to: &writer) }
                for scope in resource.scopes { writer.message(2) { Self.add(scope, to: &$0) } }
            }
        }
        return writer.bytes
    }

    private static func add(_ scope: OTLPScopeSpans, to writer: inout ProtobufWriter) {
        writer.message(1) { writer in
            writer.field(1, text: scope.name)
            writer.field(2, text: scope.version)
        }
        for span in scope.spans { writer.message(2) { add(span, to: &$0) } }
    }

    private static func add(_ span: OTLPSpan, to writer: inout ProtobufWriter) {
        writer.field(1, bytes: span.traceID)
        writer.field(2, bytes: span.spanID)
        if !span.traceState.isEmpty { writer.field(3, text: span.traceState) }
        if !span.parentSpanID.isEmpty { writer.field(4, bytes: span.parentSpanID) }
        writer.field(5, text: span.name)
        writer.field(6, varint: UInt64(bitPattern: Int64(span.kind)))
        writer.field(7, fixed64: span.start)
        writer.field(8, fixed64: span.end)
        add(span.attributes, 9, to: &writer)
        for event in span.events {
            writer.message(11) { writer in
                writer.field(1, fixed64: event.time)
                writer.field(2, text: event.name)
                add(event.attributes, 3, to: &writer)
            }
        }
        for link in span.links {
            writer.message(13) { writer in
                writer.field(1, bytes: link.traceID)
                writer.field(2, bytes: link.spanID)
                add(link.attributes, 4, to: &writer)
            }
        }
        if span.statusCode != 0 || !span.statusMessage.isEmpty {
            writer.message(15) { writer in
                writer.field(2, text: span.statusMessage)
                writer.field(3, varint: UInt64(bitPattern: Int64(span.statusCode)))
            }
        }
        writer.field(16, fixed32: span.flags)
    }

    private static func add(_ attributes: [OTLPAttribute], _ field: Int, to writer: inout ProtobufWriter) {
        for attribute in attributes {
            writer.message(field) { writer in
                writer.field(1, text: attribute.key)
                writer.message(2) { add(attribute.value, to: &$0) }
            }
        }
    }

    private static func add(_ value: OTLPValue, to writer: inout ProtobufWriter) {
        switch value {
        case .empty: break
        case .text(let bytes): writer.field(1, bytes: bytes)
        case .boolean(let value): writer.field(2, bool: value)
        case .integer(let value): writer.field(3, varint: UInt64(bitPattern: value))
        case .double(let value): writer.field(4, double: value)
        case .array(let values):
            writer.message(5) { writer in for value in values { writer.message(1) { add(value, to: &$0) } } }
        case .map(let pairs): writer.message(6) { add(pairs, 1, to: &$0) }
        case .bytes(let bytes): writer.field(7, bytes: bytes)
        }
    }
}
