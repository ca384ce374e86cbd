import JSONTexts

/// One value of an event's data, kept in the cheapest form that renders to its JSON.
package enum WorkloadValue: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    /// `units / 10^digits`, rendered as a JSON number with exactly `digits` decimals; for scores and shares.
    case decimal(units: Int64, digits: Int)
    case boolean(Bool)
    /// Sixteen hexadecimal digits: a span.
    case hexadecimal64(UInt64)
    /// Thirty-two hexadecimal digits: a trace.
    case hexadecimal128(UInt64, UInt64)
    /// ns since 1970 UTC, rendered as RFC 3339 text.
    case timestamp(Int64)
    /// A JSON document, rendered as it is.
    case json(String)
}

/// A named value of an event's data.
package struct WorkloadField: Hashable, Sendable {
    /// The name of the column.
    package var name: String
    /// What the emitter says.
    package var value: WorkloadValue

    /// A field of this name.
    package init(_ name: String, _ value: WorkloadValue) {
        self.name = name
        self.value = value
    }
}

/// What every event of one conversation (or one background source) shares, rendered once.
package struct WorkloadContext: Sendable {
    /// In rendered order.
    package let fields: [WorkloadField]
    /// The fields as members, ready to stand before an event's own.
    let rendered: JSONWriter

    /// - Complexity: O(fields): renders them.
    package init(_ fields: [WorkloadField]) {
        self.fields = fields
        var json = JSONWriter()
        for field in fields { field.render(into: &json) }
        rendered = json
    }
}

/// The identity of an event as its emitter wrote it.
package enum WorkloadID: Hashable, Sendable {
    /// The 128 bits of a UUID, version and variant already in place.
    case uuid(UInt64, UInt64)
    /// Any non-empty text.
    case text(String)
}
