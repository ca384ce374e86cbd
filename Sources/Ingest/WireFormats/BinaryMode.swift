internal import Domain
internal import JSONTexts

/// The binary content mode of the CloudEvents HTTP binding 1.0: attributes travel as headers.
enum BinaryMode {
    /// Whether headers carry an event in binary mode.
    static func isPresent(_ headers: [(name: String, value: String)]) -> Bool {
        headers.contains { $0.name.lowercased() == "ce-specversion" }
    }

    /// The same event in structured mode. `data` is a JSON text that was checked, or empty for none.
    /// - Throws: for a header that tells no text, or an attribute that is told twice.
    static func structured(headers: [(name: String, value: String)], data: Span<UInt8>) throws(FieldError) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        var hasTraceParent = false
        var told: Set<String> = []
        var traceParent: String?
        for (name, value) in headers {
            let lower = name.lowercased()
            switch lower {
            case "content-type": append("datacontenttype", Array(value.utf8), &writer)
            // The header of the request that brought the event counts where the event has none of its own.
            case "traceparent": traceParent = value
            case _ where lower.hasPrefix("ce-") && lower.utf8.count > 3:
                let attribute = String(lower.dropFirst(3))
                // `data` is no header; taken as an extension it would pass for the body.
                if attribute == "data" || attribute == "data_base64" || attribute == "datacontenttype" { continue }
                if attribute == "traceparent" { hasTraceParent = true }
                guard told.insert(attribute).inserted else {
                    throw FieldError(field: attribute, expected: "one header \(lower)", found: "several")
                }
                append(attribute, try text(attribute, value), &writer)
            default: break
            }
        }
        if !hasTraceParent, let traceParent { append("traceparent", Array(traceParent.utf8), &writer) }
        if data.count > 0 {
            writer.key("data")
            writer.raw(utf8: data)
        }
        writer.endObject()
        return writer.bytes
    }

    private static func append(_ name: String, _ value: [UInt8], _ writer: inout JSONWriter) {
        writer.key(name)
        writer.value(utf8: value[...])
    }

    /// The text that a header tells: two values that differ in their bytes are never one text, so what is no UTF-8 is
    /// refused. A header whose own bytes are none comes here with U+FFFD in their place; who means that character
    /// writes `%EF%BF%BD`.
    private static func text(_ attribute: String, _ value: String) throws(FieldError) -> [UInt8] {
        guard !value.unicodeScalars.contains("\u{FFFD}") else {
            throw FieldError(
                field: attribute, expected: "percent-encoded UTF-8 in ce-\(attribute)", found: "bytes that are no UTF-8"
            )
        }
        let decoded = decodePercent(value)
        guard (try? UTF8Span(validating: decoded.span)) != nil else {
            throw FieldError(
                field: attribute, expected: "percent-encoded UTF-8 in ce-\(attribute)",
                found: "escapes of bytes that are no UTF-8")
        }
        return decoded
    }

    /// Undoes a header value's encoding (HTTP binding, 3.1.3.2): one pair of quotes around it with backslash escapes
    /// inside, then percent-encoded bytes, once. A `%` without two hexadecimal digits stays as it is: some senders
    /// encode nothing.
    static func decodePercent(_ value: String) -> [UInt8] {
        var bytes = Array(value.utf8)
        if bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") {
            bytes = unquote(bytes)
        }
        return PercentText.bytes(bytes)
    }

    private static func unquote(_ bytes: [UInt8]) -> [UInt8] {
        var plain: [UInt8] = []
        var isEscaped = false
        for byte in bytes[1..<(bytes.count - 1)] {
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
            } else {
                plain.append(byte)
                isEscaped = false
            }
        }
        return plain
    }
}
