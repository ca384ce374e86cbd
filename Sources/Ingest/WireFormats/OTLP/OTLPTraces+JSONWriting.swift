internal import Bytes
internal import JSONTexts

extension OTLPTraces {
    /// The request in the JSON encoding. Reading it back gives the same value, as long as its texts are UTF-8.
    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.objects("resourceSpans", resources) { resource, writer in
                writer.key("resource")
                writer.object { $0.attributes(resource.attributes) }
                writer.objects("scopeSpans", resource.scopes) { scope, writer in
                    writer.key("scope")
                    writer.object { writer in
                        writer.member("name", scope.name)
                        writer.member("version", scope.version)
                    }
                    writer.objects("spans", scope.spans) { span, writer in writer.span(span) }
                }
            }
        }
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func objects<Element>(
        _ name: String, _ elements: [Element], _ members: (Element, inout JSONWriter) -> Void
    ) {
        key(name)
        array(elements) { element, writer in writer.object { members(element, &$0) } }
    }

    fileprivate mutating func span(_ span: OTLPSpan) {
        member("traceId", hexadecimal(span.traceID))
        member("spanId", hexadecimal(span.spanID))
        if !span.parentSpanID.isEmpty { member("parentSpanId", hexadecimal(span.parentSpanID)) }
        if !span.traceState.isEmpty { member("traceState", span.traceState) }
        member("name", span.name)
        member("kind", span.kind)
        member("startTimeUnixNano", String(span.start))
        member("endTimeUnixNano", String(span.end))
        attributes(span.attributes)
        objects("events", span.events) { event, writer in
            writer.member("timeUnixNano", String(event.time))
            writer.member("name", event.name)
            writer.attributes(event.attributes)
        }
        objects("links", span.links) { link, writer in
            writer.member("traceId", hexadecimal(link.traceID))
            writer.member("spanId", hexadecimal(link.spanID))
            writer.attributes(link.attributes)
        }
        key("status")
        object { writer in
            if !span.statusMessage.isEmpty { writer.member("message", span.statusMessage) }
            if span.statusCode != 0 { writer.member("code", span.statusCode) }
        }
        member("flags", span.flags)
    }

    fileprivate mutating func attributes(_ attributes: [OTLPAttribute], _ name: String = "attributes") {
        objects(name, attributes) { attribute, writer in
            writer.member("key", attribute.key)
            writer.key("value")
            writer.value(attribute.value)
        }
    }

    private mutating func value(_ value: OTLPValue) {
        object { writer in
            switch value {
            case .empty: break
            case .text(let bytes):
                writer.key("stringValue")
                writer.value(utf8: bytes)
            case .boolean(let value): writer.member("boolValue", value)
            case .integer(let value): writer.member("intValue", String(value))
            case .double(let value):
                writer.key("doubleValue")
                if value.isFinite { writer.value(keepingType: value) } else { writer.value(value) }
            case .bytes(let bytes): writer.member("bytesValue", Base64.encode(bytes))
            case .array(let values):
                writer.key("arrayValue")
                writer.object { writer in
                    writer.key("values")
                    writer.array(values) { value, writer in writer.value(value) }
                }
            case .map(let pairs):
                writer.key("kvlistValue")
                writer.object { $0.attributes(pairs, "values") }
            }
        }
    }
}
