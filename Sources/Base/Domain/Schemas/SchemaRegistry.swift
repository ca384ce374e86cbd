// CONTRACT (to be filled in): what the rest of the code relies on.

/// How a column's values are typed on the wire and in the store.
package enum FieldType: String, Hashable, Sendable {
    case integer, double, boolean, text
    /// RFC 3339 on the wire, ns in the store.
    case timestamp
    /// Decimal text in USD on the wire, pico-USD in the store (`amount_usd`, `usd_per_million_tokens` → pico-USD per token, …).
    case money
    /// A JSON map, kept as canonical text.
    case json
}

/// Who may see a field in clear.
package enum PrivacyClass: String, Hashable, Sendable {
    case `public`
    /// Kept as a keyed token only (`user_id`).
    case token
    /// Withheld and counted until sealing per person exists.
    case personal, content
}

/// One column; a name has one type and one meaning in every event type.
package struct SchemaColumn: Hashable, Sendable {
    /// Index into ``SchemaRegistry/columns``.
    package var id: UInt16
    package var name: String
    package var type: FieldType
    /// `ns`, `tokens`, `usd`, …; nil for none.
    package var unit: String?
    package var privacy: PrivacyClass
    /// The OpenTelemetry attribute it corresponds to.
    package var openTelemetryName: String?
    /// Listed values; empty: any.
    package var knownValues: [String]
    /// Only `status` and `token_class` refuse values that are not listed; elsewhere they are accepted and counted.
    package var isClosed: Bool
}

package struct SchemaEventType: Sendable {
    /// Index into ``SchemaRegistry/types``.
    package var id: UInt16
    /// `llm.call`; its table is `llm_call`.
    package var name: String
    package var tableName: String
    /// Own fields (not the context columns), ascending by column id.
    package var ownColumns: [UInt16]
    package var requiredColumns: [UInt16]
}
