internal import Hashing
internal import JSONParsing

extension OTLPTraces {
    /// The request in the JSON encoding. Reading it back gives the same value, as long as its texts are UTF-8.
    package var json: [UInt8] {
        var writer = OTLPJSONWriter()
        writer.object { writer in
            writer.array("resourceSpans", resources) { resource, writer in
                writer.member("resource") { $0.object { $0.attributes(resource.attributes) } }
                writer.array("scopeSpans", resource.scopes) { scope, writer in
                    writer.member("scope") { writer in
                        writer.object { writer in
                            writer.text("name", scope.name)
                            writer.text("version", scope.version)
                        }
                    }
                    writer.array("spans", scope.spans) { span, writer in writer.span(span) }
                }
            }
        }
        return writer.json.bytes
    }
}

/// Writes the objects of a request; commas are its business.
private struct OTLPJSONWriter {
    var json = JSONWriter()
    private var needsComma = false

    mutating func object(_ body: (inout OTLPJSONWriter) -> Void) {
        json.append(UInt8(ascii: "{"))
        needsComma = false
        body(&self)
        json.append(UInt8(ascii: "}"))
        needsComma = true
    }

    mutating func member(_ name: String, _ body: (inout OTLPJSONWriter) -> Void) {
        separate()
        json.append(string: name)
        json.append(UInt8(ascii: ":"))
        body(&self)
        needsComma = true
    }

    mutating func text(_ name: String, _ text: String) { member(name) { $0.json.append(string: text) } }

    mutating func array<Element>(_ name: String, _ elements: [Element], _ body: (Element, inout OTLPJSONWriter) -> Void) {
        member(name) { writer in
            writer.list(elements) { element, writer in writer.object { body(element, &$0) } }
        }
    }

    private mutating func list<Element>(_ elements: [Element], _ body: (Element, inout OTLPJSONWriter) -> Void) {
        json.append(UInt8(ascii: "["))
        needsComma = false
        for element in elements {
            separate()
            body(element, &self)
            needsComma = true
        }
        json.append(UInt8(ascii: "]"))
    }

    private mutating func separate() { if needsComma { json.append(UInt8(ascii: ",")) } }

    mutating func span(_ span: OTLPSpan) {
        text("traceId", hexadecimal(span.traceID))
        text("spanId", hexadecimal(span.spanID))
        if !span.parentSpanID.isEmpty { text("parentSpanId", hexadecimal(span.parentSpanID)) }
        if !span.traceState.isEmpty { text("traceState", span.traceState) }
        text("name", span.name)
        member("kind") { $0.json.append(integer: Int64(span.kind)) }
        text("startTimeUnixNano", String(span.start))
        text("endTimeUnixNano", String(span.end))
        attributes(span.attributes)
        array("events", span.events) { event, writer in
            writer.text("timeUnixNano", String(event.time))
            writer.text("name", event.name)
            writer.attributes(event.attributes)
        }
        array("links", span.links) { link, writer in
            writer.text("traceId", hexadecimal(link.traceID))
            writer.text("spanId", hexadecimal(link.spanID))
            writer.attributes(link.attributes)
        }
        member("status") { writer in
            writer.object { writer in
                if !span.statusMessage.isEmpty { writer.text("message", span.statusMessage) }
                if span.statusCode != 0 { writer.member("code") { $0.json.append(integer: Int64(span.statusCode)) } }
            }
        }
        member("flags") { $0.json.append(integer: Int64(span.flags)) }
    }

    mutating func attributes(_ attributes: [OTLPAttribute], _ name: String = "attributes") {
        array(name, attributes) { attribute, writer in
            writer.text("key", attribute.key)
            writer.member("value") { $0.value(attribute.value) }
        }
    }

    private mutating func value(_ value: OTLPValue) {
        object { writer in
            switch value {
            case .empty: break
            case .text(let bytes): writer.text("stringValue", String(decoding: bytes, as: UTF8.self))
            case .boolean(let value): writer.member("boolValue") { $0.json.append(boolean: value) }
            case .integer(let value): writer.text("intValue", String(value))
            case .double(let value):
                if value.isFinite {
                    writer.member("doubleValue") { $0.json.append(double: value) }
                } else {
                    writer.text("doubleValue", value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
                }
            case .bytes(let bytes): writer.text("bytesValue", Base64.encode(bytes))
            case .array(let values):
                writer.member("arrayValue") { writer in
                    writer.object { $0.member("values") { $0.list(values) { $1.value($0) } } }
                }
            case .map(let pairs): writer.member("kvlistValue") { $0.object { $0.attributes(pairs, "values") } }
            }
        }
    }
}
