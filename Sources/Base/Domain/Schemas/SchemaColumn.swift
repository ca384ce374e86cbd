import Bytes

/// How a column's values are typed on the wire and in the store.
package enum FieldType: String, Hashable, Sendable, CaseIterable {
    case integer, double, boolean, text
    /// RFC 3339 on the wire, ns since 1970 UTC in the store.
    case timestamp
    /// Decimal text in USD on the wire, an integer in the store; see ``SchemaColumn/decimalScale``.
    case money
    /// A JSON map, kept as canonical text.
    case json
}

/// Who may see a field in clear.
package enum PrivacyClass: String, Hashable, Sendable, CaseIterable {
    case `public`
    /// Kept as a keyed token only (`user_id`).
    case token
    /// Withheld and counted until sealing per person exists.
    case personal, content

    /// Whether values of this class stay out of the store.
    package var isWithheld: Bool { self == .personal || self == .content }
}

/// What the schema says about the shape of a column's values. A hint: the encoder measures and decides.
package enum EncodingHint: String, Hashable, Sendable, CaseIterable {
    /// Few distinct values.
    case dictionary
    /// Many distinct values that questions ask for one by one: the column gets a filter.
    case lookup
    /// Neighbours differ little.
    case delta
    /// Identity of the event: nearly every value is distinct.
    case id
}

/// One column; a name has one type and one meaning in every event type.
package struct SchemaColumn: Hashable, Sendable {
    /// Index into ``SchemaRegistry/columns``.
    package var id: UInt16
    /// Name on the wire and in SQL.
    package var name: String
    /// Type of its values.
    package var type: FieldType
    /// `ns`, `tokens`, `usd`, …; nil for none.
    package var unit: String?
    /// Shape of its values, as far as the schema says.
    package var encoding: EncodingHint?
    /// Who may see it.
    package var privacy: PrivacyClass
    /// The OpenTelemetry attribute it corresponds to; no two columns share one.
    package var openTelemetryName: String?
    /// What it means, in one sentence.
    package var description: String
    /// Least value accepted, in the column's own unit; nil for any.
    package var minimum: Int64?
    /// Greatest value accepted, in the column's own unit; nil for any.
    package var maximum: Int64?
    /// Listed values over all event types, sorted; empty: any.
    package var knownValues: [String]
    /// Only `status` and `token_class` refuse values that are not listed; elsewhere they are accepted and counted.
    package var isClosed: Bool

    /// Decimals of a money column's stored integer: a price per million tokens is stored as pico-USD per token, which
    /// is USD per million tokens with six decimals; all other amounts are pico-USD, twelve decimals.
    package var decimalScale: Int { unit == SchemaColumn.perMillionTokensUnit ? 6 : 12 }

    static let perMillionTokensUnit = "usd_per_million_tokens"

    /// Whether its texts name something, so that one of white space alone tells nothing. What a setting was changed
    /// from and to is a value, which may be an empty one.
    package var isName: Bool { type == .text && !Self.valueNames.contains { $0.hasSameBytes(as: name) } }

    private static let valueNames = ["from_value", "to_value"]

    /// The RFC 3339, decimal or JSON form that a value of the column has on the wire.
    package var wireDescription: String {
        switch type {
        case .integer: "an integer" + rangeDescription
        case .double: "a number" + rangeDescription
        case .boolean: "true or false"
        case .text: isClosed ? "one of \(knownValues.joined(separator: ", "))" : "text"
        case .timestamp: "an RFC 3339 time such as 2026-08-01T09:00:15.25Z"
        case .money: "an amount in USD as decimal text with at most \(decimalScale) decimals, such as \"0.0375\""
        case .json: "a JSON object"
        }
    }

    private var rangeDescription: String {
        switch (minimum, maximum) {
        case (let low?, let high?): " from \(low) to \(high)"
        case (let low?, nil): " of at least \(low)"
        case (nil, let high?): " of at most \(high)"
        case (nil, nil): ""
        }
    }
}

/// One event type and the fields it adds to the context.
package struct SchemaEventType: Hashable, Sendable {
    /// Index into ``SchemaRegistry/types``.
    package var id: UInt16
    /// `llm.call`.
    package var name: String
    /// `llm_call`, the name of its SQL table.
    package var tableName: String
    /// What it tells, in one sentence.
    package var description: String
    /// Which instant the event's `time` is.
    package var timeDescription: String
    /// Own fields (not the context columns), ascending by column id.
    package var ownColumns: [UInt16]
    /// Own fields without which an event is refused, ascending.
    package var requiredColumns: [UInt16]
    /// Listed values of own fields in this type, parallel to ``ownColumns``; an empty list: any.
    package var knownValues: [[String]]

    /// SQL name of a type: dots become underscores.
    package static func tableName(of type: String) -> String {
        String(type.map { $0 == "." ? "_" : $0 })
    }
}
