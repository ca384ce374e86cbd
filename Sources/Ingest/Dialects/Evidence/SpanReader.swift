import Domain
import Hashing
import JSONParsing
import WireFormats

/// Makes evidence of spans as they came: keeps what dialect tables name, turns users into tokens, withholds and counts the rest.
/// One reader serves one thread.
struct SpanReader: ~Copyable {
    /// Bounds of one span's evidence; what is beyond is withheld and counted.
    private enum Bounds {
        static let textBytes = 1024
        static let listElements = 64
        static let attributes = 192
        static let unknownNames = 64
        static let nameBytes = 128
        static let moments = 32
        static let links = 16
        static let membersTextBytes = 1 << 20
    }

    let book: DialectBook
    private var tokeniser: UserTokeniser
    private var parser = JSONParser()
    private var tape = JSONTape()

    init(book: DialectBook, tokeniser: UserTokeniser) {
        self.book = book
        self.tokeniser = tokeniser
    }

    /// The evidence of one span.
    /// - Precondition: the span is identified and its times fit 63 bits.
    mutating func record(of span: OTLPSpan, scope: OTLPScopeSpans, resource: [String: SpanValue]) -> SpanRecord {
        var record = SpanRecord()
        record.traceID = hexadecimal(span.traceID)
        record.spanID = hexadecimal(span.spanID)
        record.parentSpanID = span.parentSpanID.contains { $0 != 0 } ? hexadecimal(span.parentSpanID) : ""
        record.name = Self.cut(span.name, Limits.nameBytesMax)
        record.kind = ["", "internal", "server", "client", "producer", "consumer"][(1...5).contains(span.kind) ? span.kind : 0]
        record.scope = Self.cut(scope.name, Limits.nameBytesMax)
        record.scopeVersion = Self.cut(scope.version, Bounds.nameBytes)
        record.start = Int64(clamping: span.start)
        record.end = Int64(clamping: span.end)
        record.statusCode = (0...2).contains(span.statusCode) ? span.statusCode : 0
        if !span.statusMessage.isEmpty { record.withheldValues += 1 }
        record.resource = resource
        for attribute in span.attributes { keep(attribute, &record) }
        for event in span.events {
            guard record.moments.count < Bounds.moments else {
                record.withheldValues += 1
                continue
            }
            record.moments.append(moment(event, &record))
        }
        for link in span.links.prefix(Bounds.links) { record.links.append("\(hexadecimal(link.traceID))-\(hexadecimal(link.spanID))") }
        return record
    }

    /// What is kept of a resource.
    mutating func resource(_ attributes: [OTLPAttribute]) -> [String: SpanValue] {
        var scratch = SpanRecord()
        for attribute in attributes { keep(attribute, &scratch) }
        return scratch.attributes
    }

    private mutating func keep(_ attribute: OTLPAttribute, _ record: inout SpanRecord) {
        let name = attribute.key
        guard !name.isEmpty, record.attributes.count < Bounds.attributes else {
            record.withheldValues += Self.textCount(attribute.value)
            return
        }
        switch book.treatment(of: name) {
        case .kept: store(attribute.value, name, &record)
        case .token:
            if case .text(let bytes) = attribute.value, !bytes.isEmpty { record.attributes[name] = .text(token(bytes)) }
        case .members(let members):
            record.withheldValues += Self.textCount(attribute.value)
            if case .text(let bytes) = attribute.value { keep(members, of: bytes, &record) }
        case .content: record.withheldValues += Self.textCount(attribute.value)
        case nil:
            noteUnknown(name, attribute.value, &record)
            if Self.textCount(attribute.value) > 0 {
                record.withheldValues += Self.textCount(attribute.value)
            } else {
                store(attribute.value, name, &record)
            }
        }
    }

    private func noteUnknown(_ name: String, _ value: OTLPValue, _ record: inout SpanRecord) {
        let plain = Self.cut(DialectBook.withoutNumbers(name), Bounds.nameBytes)
        if record.unknownAttributes.count < Bounds.unknownNames { record.unknownAttributes[plain] = Self.typeName(value) }
    }

    private func store(_ value: OTLPValue, _ name: String, _ record: inout SpanRecord) {
        if let kept = Self.spanValue(value) { record.attributes[name] = kept } else { record.withheldValues += Self.textCount(value) }
    }

    /// Keeps the named members of a JSON text; a text that is no JSON has none.
    private mutating func keep(_ members: [DialectBook.Member], of text: ArraySlice<UInt8>, _ record: inout SpanRecord) {
        guard text.count <= Bounds.membersTextBytes, (try? parser.parse(text, into: &tape)) != nil else { return }
        for member in members {
            var place: Int? = tape.root
            for step in member.path { place = place.flatMap { tape.value($0, step) } }
            guard let place else { continue }
            switch tape.kind(place) {
            case .string:
                let text = tape.string(place)
                guard !text.isEmpty, text.count <= Bounds.textBytes else { continue }
                record.attributes[member.key] = .text(member.isToken ? token(text) : String(decoding: text, as: UTF8.self))
            case .integer where !member.isToken: record.attributes[member.key] = .integer(tape.integer(place))
            case .double where !member.isToken: record.attributes[member.key] = .double(tape.double(place))
            case .true, .false: record.attributes[member.key] = .boolean(tape.kind(place) == .true)
            default: break
            }
        }
    }

    private func moment(_ event: OTLPSpanEvent, _ record: inout SpanRecord) -> SpanMoment {
        var exceptionType: String?
        for attribute in event.attributes {
            if attribute.key == "exception.type", case .text(let bytes) = attribute.value {
                exceptionType = Self.cut(String(decoding: bytes, as: UTF8.self), Bounds.nameBytes)
            } else {
                record.withheldValues += Self.textCount(attribute.value)
            }
        }
        let offset = Int64(clamping: event.time).subtractingReportingOverflow(record.start)
        return SpanMoment(
            name: Self.cut(event.name, Bounds.nameBytes), offsetNanoseconds: offset.overflow ? 0 : offset.partialValue,
            exceptionType: exceptionType)
    }

    private mutating func token(_ id: ArraySlice<UInt8>) -> String {
        var output: [UInt8] = []
        tokeniser.append(id.span, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    private static func spanValue(_ value: OTLPValue) -> SpanValue? {
        switch value {
        case .empty, .bytes, .map: return nil
        case .text(let bytes): return bytes.count <= Bounds.textBytes ? .text(String(decoding: bytes, as: UTF8.self)) : nil
        case .boolean(let value): return .boolean(value)
        case .integer(let value): return .integer(value)
        case .double(let value): return value.isFinite ? .double(value) : nil
        case .array(let values):
            guard values.count <= Bounds.listElements else { return nil }
            let kept = values.compactMap { element -> SpanValue? in
                if case .array = element { return nil }
                return spanValue(element)
            }
            return kept.count == values.count ? .list(kept) : nil
        }
    }

    private static func textCount(_ value: OTLPValue) -> Int64 {
        switch value {
        case .text, .bytes: 1
        case .array(let values): values.reduce(0) { $0 + textCount($1) }
        case .map(let pairs): pairs.reduce(0) { $0 + textCount($1.value) }
        default: 0
        }
    }

    private static func typeName(_ value: OTLPValue) -> String {
        switch value {
        case .empty: "empty"
        case .text: "string"
        case .boolean: "bool"
        case .integer: "int"
        case .double: "double"
        case .bytes: "bytes"
        case .array: "array"
        case .map: "map"
        }
    }

    private static func cut(_ text: String, _ bytesMax: Int) -> String {
        guard text.utf8.count > bytesMax else { return text }
        var end = text.startIndex
        var count = 0
        for index in text.unicodeScalars.indices {
            count += UTF8.width(text.unicodeScalars[index])
            if count > bytesMax { break }
            end = text.unicodeScalars.index(after: index)
        }
        return String(text[..<end])
    }
}
