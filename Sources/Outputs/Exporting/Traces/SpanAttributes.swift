import Domain
import WireFormats

/// How columns become attributes: under the OpenTelemetry name that their schema gives, in the unit that the name asks
/// for. Content, what is personal, and free attributes have no place here; users are in the rows as tokens already.
struct SpanAttributes: Sendable {
    private enum Form: Sendable { case plain, seconds, usd, list }

    private struct Attribute: Sendable {
        var name: String
        var form: Form
    }

    /// By column id.
    private let attributes: [Attribute?]
    private let resource: [(column: UInt16, name: String)]

    init(_ registry: SchemaRegistry) {
        let known = registry.wellKnown
        // What a span says elsewhere: in its ids, its times, its status and its resource.
        let elsewhere = [
            known.source, known.traceID, known.spanID, known.parentSpanID, known.durationNanoseconds, known.status,
            known.errorType,
            known.serviceName, known.serviceVersion, known.environment, known.region,
        ]
        resource = [
            (known.region, "cloud.region"), (known.environment, "deployment.environment.name"),
            (known.serviceVersion, "service.version"),
        ]
        attributes = registry.columns.map { column in
            guard !elsewhere.contains(column.id), !column.privacy.isWithheld, column.type != .json,
                let name = column.openTelemetryName
            else { return nil }
            var form = Form.plain
            if column.type == .money { form = .usd }
            if column.unit == "ns", !name.hasSuffix("_ns") { form = .seconds }
            if name == "gen_ai.response.finish_reasons" { form = .list }
            return Attribute(name: name, form: form)
        }
    }

    /// The attributes of an event, by name.
    func attributes(of event: EventRow) -> [String: OTLPValue] {
        var result: [String: OTLPValue] = [:]
        var cursor = EventRowCursor(event)
        while cursor.advance(in: event) {
            guard Int(cursor.column) < attributes.count, let attribute = attributes[Int(cursor.column)] else {
                continue
            }
            let value: OTLPValue
            switch cursor.value {
            case .integer(let number):
                switch attribute.form {
                case .seconds: value = .double(Double(number) / 1e9)
                case .usd: value = .double(Double(number) / 1e12)
                default: value = .integer(number)
                }
            case .double(let number): value = .double(number)
            case .boolean(let flag): value = .boolean(flag)
            case .text(let range):
                let text = OTLPValue.text(event.bytes[range])
                value = attribute.form == .list ? .array([text]) : text
            case .json: continue
            }
            result[attribute.name] = value
        }
        return result
    }

    /// What is said of the service that an event came from; `service` stands in where the event names none.
    func resource(of event: EventRow, known: WellKnownColumns) -> [OTLPAttribute] {
        let service =
            event.text(of: known.serviceName) ?? event.text(of: known.agent) ?? Array("unknown_service".utf8)[...]
        var result = resource.compactMap { column, name in
            event.text(of: column).map { OTLPAttribute(name, .text(Self.copy($0))) }
        }
        result.append(OTLPAttribute("service.name", .text(Self.copy(service))))
        return result.sorted { $0.key < $1.key }
    }

    // A slice would keep the whole row in memory.
    private static func copy(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> { Array(text)[...] }
}
