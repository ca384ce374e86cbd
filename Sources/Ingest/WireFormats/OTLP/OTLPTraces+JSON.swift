internal import Bytes
package import JSONParsing

extension OTLPTraces {
    /// Reads a request in the JSON encoding (OTLP 1.x, "JSON Protobuf Encoding"): names in lowerCamelCase, ids in
    /// hexadecimal of either case, enumerations as integers or by name, 64-bit integers as numbers or decimal text,
    /// other bytes in base64. Unknown members are passed over. Spans below one that only looks like a known one are
    /// counted, and a span says which such member it lacks (``OTLPSpan/lost``). A span with something else in it has a
    /// ``OTLPSpan/defect``, and so have all of a resource with such an attribute.
    /// - Throws: ``JSONError`` for text that is no JSON, ``DecodingError`` for JSON that is no request.
    package init(json body: [UInt8], parser: inout JSONParser) throws {
        self.init()
        var tape = JSONTape()
        try parser.parse(body, into: &tape)
        let reader = OTLPJSON(tape: tape)
        try reader.members(tape.root, "a request") { name, place throws(DecodingError) in
            guard name == "resourceSpans" else { return add(reader.misnamed(name, place, level: 0)) }
            try reader.elements(place, name) { place throws(DecodingError) in
                let resource = try reader.resourceSpans(place)
                add(resource.misnamed)
                resources.append(resource)
            }
        }
    }
}

/// Walks the tape of a request.
struct OTLPJSON {
    let tape: JSONTape

    /// Names of enumerations by their numbers, as some senders write them.
    private static let spanKinds = [
        "SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL", "SPAN_KIND_SERVER", "SPAN_KIND_CLIENT", "SPAN_KIND_PRODUCER",
        "SPAN_KIND_CONSUMER",
    ]
    private static let statusCodes = ["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"]

    func resourceSpans(_ place: Int) throws(DecodingError) -> OTLPResourceSpans {
        var result = OTLPResourceSpans()
        var lost = OTLPLostMember()
        var defect: String?
        try members(place, "resourceSpans") { name, place throws(DecodingError) in
            switch name {
            case "resource":
                do throws(DecodingError) {
                    try members(place, name) { name, place throws(DecodingError) in
                        guard name == "attributes" else { return lost.note(name, among: .resource) }
                        result.attributes = try attributes(place, &lost)
                    }
                } catch { defect = error.expectation }
            case "scopeSpans":
                try elements(place, name) { place throws(DecodingError) in try addScope(place, to: &result) }
            default:
                result.add(misnamed(name, place, level: 1))
                lost.note(name, among: .resourceSpans)
            }
        }
        if let name = lost.name {
            for scope in result.scopes.indices { result.scopes[scope].lose(name) }
        }
        guard let defect else { return result }
        for scope in result.scopes.indices {
            for span in result.scopes[scope].spans.indices { result.scopes[scope].spans[span].defect = defect }
        }
        return result
    }

    private func addScope(_ place: Int, to resource: inout OTLPResourceSpans) throws(DecodingError) {
        var result = OTLPScopeSpans()
        var lost = OTLPLostMember()
        try members(place, "scopeSpans") { name, place throws(DecodingError) in
            switch name {
            case "scope":
                try members(place, name) { name, place throws(DecodingError) in
                    switch name {
                    case "name": result.name = try text(place, name)
                    case "version": result.version = try text(place, name)
                    default: lost.note(name, among: .scope)
                    }
                }
            case "spans":
                try elements(place, name) { place throws(DecodingError) in result.spans.append(spanOrDefect(place)) }
            default:
                resource.add(misnamed(name, place, level: 2))
                lost.note(name, among: .scopeSpans)
            }
        }
        if let name = lost.name { result.lose(name) }
        resource.scopes.append(result)
    }

    private func spanOrDefect(_ place: Int) -> OTLPSpan {
        do throws(DecodingError) {
            return try span(place)
        } catch {
            var span = OTLPSpan()
            span.defect = error.expectation
            return span
        }
    }

    private func span(_ place: Int) throws(DecodingError) -> OTLPSpan {
        var span = OTLPSpan()
        var lost = OTLPLostMember()
        try members(place, "spans") { name, place throws(DecodingError) in
            switch name {
            case "traceId": span.traceID = try hexadecimal(place, name)
            case "spanId": span.spanID = try hexadecimal(place, name)
            case "parentSpanId": span.parentSpanID = try hexadecimal(place, name)
            case "traceState": span.traceState = try text(place, name)
            case "name": span.name = try text(place, name)
            case "kind": span.kind = Int(truncatingIfNeeded: try enumeration(place, name, Self.spanKinds))
            case "startTimeUnixNano": span.start = try unsigned(place, name)
            case "endTimeUnixNano": span.end = try unsigned(place, name)
            case "attributes": span.attributes = try attributes(place, &lost)
            case "events":
                try elements(place, name) { place throws(DecodingError) in span.events.append(try event(place, &lost)) }
            case "links":
                try elements(place, name) { place throws(DecodingError) in span.links.append(try link(place, &lost)) }
            case "status":
                try members(place, name) { name, place throws(DecodingError) in
                    switch name {
                    case "code":
                        span.statusCode = Int(truncatingIfNeeded: try enumeration(place, name, Self.statusCodes))
                    case "message": span.statusMessage = try text(place, name)
                    default: lost.note(name, among: .status)
                    }
                }
            case "flags": span.flags = UInt32(truncatingIfNeeded: try unsigned(place, name))
            default:
                if OTLPMembers.needed.mean(name) { span.misnamed = name }
                lost.note(name, among: .span)
            }
        }
        span.lost = lost.name
        return span
    }

    private func event(_ place: Int, _ lost: inout OTLPLostMember) throws(DecodingError) -> OTLPSpanEvent {
        var event = OTLPSpanEvent()
        try members(place, "events") { name, place throws(DecodingError) in
            switch name {
            case "timeUnixNano": event.time = try unsigned(place, name)
            case "name": event.name = try text(place, name)
            case "attributes": event.attributes = try attributes(place, &lost)
            default: lost.note(name, among: .event)
            }
        }
        return event
    }

    private func link(_ place: Int, _ lost: inout OTLPLostMember) throws(DecodingError) -> OTLPSpanLink {
        var link = OTLPSpanLink()
        try members(place, "links") { name, place throws(DecodingError) in
            switch name {
            case "traceId": link.traceID = try hexadecimal(place, name)
            case "spanId": link.spanID = try hexadecimal(place, name)
            case "attributes": link.attributes = try attributes(place, &lost)
            default: lost.note(name, among: .link)
            }
        }
        return link
    }

    private func attributes(
        _ place: Int, _ lost: inout OTLPLostMember
    ) throws(DecodingError) -> [OTLPAttribute] {
        var result: [OTLPAttribute] = []
        try elements(place, "attributes") { place throws(DecodingError) in
            var attribute = OTLPAttribute("", .empty)
            try members(place, "attributes") { name, place throws(DecodingError) in
                switch name {
                case "key": attribute.key = try text(place, name)
                case "value": attribute.value = try value(place, &lost)
                default: lost.note(name, among: .attribute)
                }
            }
            result.append(attribute)
        }
        return result
    }

    /// As deep as the parser lets text nest.
    private func value(_ place: Int, _ lost: inout OTLPLostMember) throws(DecodingError) -> OTLPValue {
        var result = OTLPValue.empty
        try members(place, "value") { name, place throws(DecodingError) in
            switch name {
            case "stringValue": result = .text(try string(place, name))
            case "boolValue":
                guard tape.kind(place) == .true || tape.kind(place) == .false else {
                    throw failure(name, "true or false")
                }
                result = .boolean(tape.kind(place) == .true)
            case "intValue": result = .integer(try integer(place, name))
            case "doubleValue": result = .double(try double(place, name))
            case "bytesValue": result = .bytes(try Base64.decode(try string(place, name))[...])
            case "arrayValue":
                var values: [OTLPValue] = []
                try members(place, name) { name, place throws(DecodingError) in
                    guard name == "values" else { return lost.note(name, among: .list) }
                    try elements(place, name) { place throws(DecodingError) in values.append(try value(place, &lost)) }
                }
                result = .array(values)
            case "kvlistValue":
                var pairs: [OTLPAttribute] = []
                try members(place, name) { name, place throws(DecodingError) in
                    guard name == "values" else { return lost.note(name, among: .list) }
                    pairs = try attributes(place, &lost)
                }
                result = .map(pairs)
            default: lost.note(name, among: .value)
            }
        }
        return result
    }
}
