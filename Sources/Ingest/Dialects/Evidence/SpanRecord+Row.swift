package import Bytes
package import Domain
package import JSONParsing
import JSONTexts

extension SpanRecord {
    /// Who sends the evidence of a service's spans; nil: of those that name none.
    package static func evidenceSource(_ service: String?) -> String { service.map { "otlp/\($0)" } ?? "otlp" }

    /// Writes the span as a `span.received` event. Equal spans give equal rows.
    func write(to writer: inout EventRowWriter, columns: SpanColumns, book: DialectBook) {
        let span = MappedSpan(self, book)
        var fields = FieldSet(columns)
        fields.add("id", text: "\(traceID)-\(spanID)")
        fields.add("source", text: Self.evidenceSource(serviceName))
        fields.add("tenant", text: span.tenant)
        fields.add("environment", text: span.text(.environment))
        fields.add("region", text: span.text(.region))
        fields.add("service_name", text: span.text(.serviceName))
        fields.add("service_version", text: span.text(.serviceVersion))
        fields.add("trace_id", text: traceID)
        fields.add("span_id", text: spanID)
        fields.add("parent_span_id", text: parentSpanID)
        fields.add("span_name", text: name)
        fields.add("span_kind", text: kind)
        fields.add("instrumentation_name", text: scope)
        fields.add("instrumentation_version", text: scopeVersion)
        let (kind, dialect) = span.classified
        fields.add("dialect", text: dialect)
        fields.add("span_class", text: kind.rawValue)
        fields.add("duration_ns", integer: durationNanoseconds)
        let firstToken = span.hasUnusableTime(.timeToFirstToken) ? SpanTimeDoubt.firstToken : nil
        fields.add("time_doubt", text: (timeDoubt ?? firstToken)?.rawValue)
        fields.add("status", text: ["", "ok", "error"][statusCode])
        fields.add("span_attributes", Self.json(attributes))
        fields.add("resource_attributes", Self.json(resource))
        fields.add("span_events", momentsJSON)
        fields.add("span_links", linksJSON)
        fields.add("unknown_attributes", Self.json(unknownAttributes.mapValues { .text($0) }))
        fields.add("withheld_values", integer: withheldValues)
        fields.write(type: columns.registry.wellKnownTypes.spanReceived, time: end, to: &writer)
    }

    /// Reads the span back from its event.
    /// - Throws: with the field that is not as written.
    package init(row: EventRow, columns: SpanColumns, parser: inout JSONParser)
        throws(DecodingError)
    {
        self.init()
        end = row.time
        var duration: Int64?
        var cursor = EventRowCursor(row)
        var texts: [UInt16: Range<Int>] = [:]
        while cursor.advance(in: row) {
            switch cursor.value {
            case .text(let range), .json(let range): texts[cursor.column] = range
            case .integer(let value): if cursor.column == columns["duration_ns"] { duration = value }
            default: break
            }
        }
        func text(_ name: String) -> String {
            texts[columns[name]].map { String(decoding: row.bytes[$0], as: UTF8.self) } ?? ""
        }
        timeDoubt = SpanTimeDoubt(rawValue: text("time_doubt")).flatMap { $0 == .firstToken ? nil : $0 }
        // Evidence written before times were doubted says what it was told.
        if timeDoubt == nil {
            timeDoubt = duration.map { SpanTimeDoubt(start: end - max(0, min($0, end)), end: end) } ?? .noStart
        }
        self.start = timeDoubt == nil ? end - (duration ?? 0) : end
        (traceID, spanID, parentSpanID) = (text("trace_id"), text("span_id"), text("parent_span_id"))
        (name, kind) = (text("span_name"), text("span_kind"))
        (scope, scopeVersion) = (text("instrumentation_name"), text("instrumentation_version"))
        statusCode = ["ok": 1, "error": 2][text("status")] ?? 0
        var tape = JSONTape()
        func parse(_ name: String) throws(DecodingError) -> Int? {
            guard let range = texts[columns[name]] else { return nil }
            do throws(JSONError) {
                try parser.parse(row.bytes[range], into: &tape)
            } catch {
                throw DecodingError(
                    offset: range.lowerBound + error.offset, expectation: error.expectation + " in \(name)")
            }
            return tape.root
        }
        if let place = try parse("span_attributes") { attributes = Self.values(tape, place) }
        if let place = try parse("resource_attributes") { resource = Self.values(tape, place) }
        if let place = try parse("unknown_attributes") {
            unknownAttributes = Self.values(tape, place).compactMapValues(\.plainText)
        }
        if let place = try parse("span_events"), let list = tape.value(place, "events"), tape.kind(list) == .array {
            moments = Self.moments(tape, list)
        }
    }

    private static func moments(_ tape: JSONTape, _ list: Int) -> [SpanMoment] {
        var result: [SpanMoment] = []
        var child = tape.firstChild(list)
        while child < tape.end(list) {
            let members = values(tape, child)
            result.append(
                SpanMoment(
                    name: members["name"]?.plainText ?? "", offsetNanoseconds: members["offset_ns"]?.wholeNumber ?? 0,
                    exceptionType: members["exception_type"]?.plainText))
            child = tape.next(child)
        }
        return result
    }

    private static func values(_ tape: JSONTape, _ object: Int) -> [ExactText: SpanValue] {
        guard tape.kind(object) == .object else { return [:] }
        var result: [ExactText: SpanValue] = [:]
        var key = tape.firstChild(object)
        while key < tape.end(object) {
            result[tape.text(key)] = value(tape, key + 1)
            key = tape.next(key + 1)
        }
        return result
    }

    private static func value(_ tape: JSONTape, _ place: Int) -> SpanValue? {
        switch tape.kind(place) {
        case .string: return .text(tape.text(place))
        case .integer: return .integer(tape.integer(place))
        case .double: return .double(tape.double(place))
        case .true, .false: return .boolean(tape.kind(place) == .true)
        case .array:
            var values: [SpanValue] = []
            var child = tape.firstChild(place)
            while child < tape.end(place) {
                if let element = value(tape, child) { values.append(element) }
                child = tape.next(child)
            }
            return .list(values)
        case .object, .unsigned, .null: return nil
        }
    }

    private static func json(_ values: [ExactText: SpanValue]) -> EventValue? {
        guard !values.isEmpty else { return nil }
        var writer = JSONWriter()
        append(values, to: &writer)
        return .json(writer.text)
    }

    private static func append(_ values: [ExactText: SpanValue], to writer: inout JSONWriter) {
        writer.object { writer in
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                writer.key(key.text)
                append(value, to: &writer)
            }
        }
    }

    private static func append(_ value: SpanValue, to writer: inout JSONWriter) {
        switch value {
        case .text(let text): writer.value(text)
        case .integer(let value): writer.value(value)
        case .double(let value): writer.value(keepingType: value)
        case .boolean(let value): writer.value(value)
        case .list(let values): writer.array(values, append)
        }
    }

    private var momentsJSON: EventValue? {
        guard !moments.isEmpty else { return nil }
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("events")
            writer.array(moments) { moment, writer in
                var members: [ExactText: SpanValue] = [
                    "name": .text(moment.name), "offset_ns": .integer(moment.offsetNanoseconds),
                ]
                if let type = moment.exceptionType { members["exception_type"] = .text(type) }
                Self.append(members, to: &writer)
            }
        }
        return .json(writer.text)
    }

    private var linksJSON: EventValue? { links.isEmpty ? nil : Self.json(["links": .list(links.map { .text($0) })]) }
}
