import Bytes
import Domain

/// A field of events that spans may say in Plimsoll's own name for it.
struct NativeField: Hashable, Sendable {
    /// The field's name on the wire and in SQL.
    var column: String
    /// The attribute: its name in OpenTelemetry, as `plimsoll schemas` shows it.
    var attribute: String
    /// Whether several kinds of event have the field, so that only the span itself can say which of them it means.
    var isShared: Bool
    /// What it has to be, in words.
    let wanted: String
    private let type: FieldType
    private let minimum, maximum: Int64?

    init(_ column: SchemaColumn, attribute: String, isShared: Bool) {
        (self.column, self.attribute, self.isShared) = (column.name, attribute, isShared)
        (type, minimum, maximum) = (column.type, column.minimum, column.maximum)
        wanted =
            switch column.type {
            case .text: SpanReader.Bounds.textWanted
            case .money: "USD as a number from 0 on"
            default: column.wireDescription
            }
    }

    /// The attribute's value as the field takes it; nil where it is of another form.
    func value(of said: SpanValue) -> EventValue? {
        switch type {
        case .integer: said.wholeNumber.flatMap { isWithin($0) ? .integer($0) : nil }
        case .double: said.number.flatMap { $0.isFinite && isWithin($0) ? .double($0) : nil }
        case .boolean: said.flag.map { .boolean($0) }
        case .text: said.plainText.flatMap { $0.utf8.count <= Limits.nameBytesMax ? .text($0) : nil }
        case .money: MappedSpan.picoUSD(said.number).flatMap { $0 >= 0 ? .integer($0) : nil }
        case .timestamp, .json: nil
        }
    }

    private func isWithin(_ number: Int64) -> Bool { number >= minimum ?? .min && number <= maximum ?? .max }

    private func isWithin(_ number: Double) -> Bool {
        number >= minimum.map { Double($0) } ?? -.infinity && number <= maximum.map { Double($0) } ?? .infinity
    }
}

// tests: what spans may say is held against the schemas, field by field.
/// What spans may say of events in Plimsoll's own names: the attributes of the name space `plimsoll.` that the schemas
/// give to the columns of what spans become. Made of the schemas that `plimsoll schemas` is printed from, so that what
/// is shown is what is read.
package struct NativeFields: Sendable {
    /// By the schemas that the program was built with.
    package static let builtIn = NativeFields(.builtIn)

    /// What all names of ours begin with.
    static let prefix = "plimsoll."

    /// The events that a trace may come to. Those of one list are about the same piece of work, so that a name means
    /// the same of each.
    package static let eventTypes = [
        ["llm.call", "embedding.call", "usage.reported"], ["message.received", "message.sent"], ["tool.call"],
        ["retrieval.query"],
        ["agent.run"], ["agent.handoff"], ["guardrail.checked"], ["conversation.classified"], ["conversation.resolved"],
        ["conversation.closed"], ["escalation.raised"], ["feedback.submitted"], ["quality.scored"],
    ]

    /// Own fields that no attribute says, by type; under the empty name those of any type. A span's own times are its
    /// duration, doubts and what a roll-up is of are found here, and of what could be said of a question and its answer
    /// the answer is meant.
    package static let withoutAttribute: [String: Set<String>] = [
        "": ["duration_ns", "usage_doubt", "other_usage"], "usage.reported": ["scope"],
        "message.received": ["author", "characters"],
    ]

    /// Every field by its column: those that events of all types may have, and own ones.
    let byColumn: [String: NativeField]
    /// The same by attribute.
    let byAttribute: [ExactText: NativeField]
    /// Names of what is classed as content.
    let withheld: Set<String>
    private let byType: [String: [NativeField]]

    init(_ registry: SchemaRegistry) {
        var byColumn: [String: NativeField] = [:]
        var byType: [String: [NativeField]] = [:]
        var withheld: Set<String> = []
        func own(_ type: String) -> [SchemaColumn] {
            let columns = registry.types.first { $0.name == type }?.ownColumns ?? []
            let excluded = (Self.withoutAttribute[""] ?? []).union(Self.withoutAttribute[type] ?? [])
            return columns.map { registry.columns[Int($0)] }.filter { !excluded.contains($0.name) }
        }
        let families = Self.eventTypes.map { types in Set(types.flatMap(own).map(\.name)) }
        func field(_ column: SchemaColumn) -> NativeField? {
            guard let name = column.openTelemetryName, name.hasPrefix(Self.prefix), column.type != .json else {
                return nil
            }
            if column.privacy.isWithheld { withheld.insert(name) }
            guard column.privacy == .public else { return nil }
            return NativeField(
                column, attribute: name, isShared: families.filter { $0.contains(column.name) }.count > 1)
        }
        for column in registry.contextColumns {
            byColumn[registry.columns[Int(column)].name] = field(registry.columns[Int(column)])
        }
        for type in Self.eventTypes.joined() {
            byType[type] = own(type).compactMap(field)
            for field in byType[type] ?? [] { byColumn[field.column] = field }
        }
        // What the tables' rules read as well, they read alone.
        let ruled = Set(DialectField.allCases.map(\.column))
        (self.byColumn, self.withheld) = (byColumn, withheld)
        self.byType = byType.mapValues { fields in fields.filter { !ruled.contains($0.column) } }
        byAttribute = Dictionary(byColumn.values.map { (ExactText($0.attribute), $0) }) { first, _ in first }
    }

    /// The own fields of a type that are read here alone and not by rules of tables.
    func fields(of type: String) -> [NativeField] { byType[type] ?? [] }
}
