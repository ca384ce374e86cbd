import JSONTexts

// SQL sees one table per event type. Its columns, in order: id, source, type, time, received_time, position, the
// context, own fields, derived values, attributes.

/// A value that is computed from an event and the price book, never sent.
package enum DerivedColumn: String, Hashable, Sendable, CaseIterable {
    /// `response_model`, else `request_model`.
    case model
    /// What the call cost; null unless it is known exactly.
    case cost = "cost_usd"
    /// Cost of what was told and has a price, by the cheaper reading.
    case costLow = "cost_low_usd"
    /// By the dearer reading, with an unpriced cache_read at the input price; null where nobody knows an upper end.
    case costHigh = "cost_high_usd"
    /// `priced`, `partly` or `unpriced`.
    case priceState = "price_state"
    /// What is missing where the state is not `priced`.
    case priceGaps = "price_gaps"

    /// Type of its values.
    package var type: FieldType {
        switch self {
        case .model, .priceState, .priceGaps: .text
        case .cost, .costLow, .costHigh: .money
        }
    }

    /// What it means, in one sentence.
    package var description: String {
        switch self {
        case .model: "The model that answered, else the one that was asked for."
        case .cost: "Booked cost; null unless it is exact: usage told, and a price for all of it."
        case .costLow: "At least: booked cost of what was told and has a price, by the cheaper reading of the counts."
        case .costHigh:
            "At most: by the dearer reading, unpriced cache_read at the input price; null where a class has no price or usage is not told."
        case .priceState:
            "Whether all, some or none of what was used has a price: priced, partly, unpriced; usage not told is unpriced."
        case .priceGaps:
            "What is missing, with commas between: usage, a class (output, gpu) without price or count, reading (there are two), input_above_N, other use by name."
        }
    }
}

/// Where a table's column gets its values.
package enum SchemaTableColumnSource: Hashable, Sendable {
    /// The event's type, its header's time, and what the writer assigned.
    case type, time, receivedTime, position
    /// A field of the event row, by column id.
    case stored(UInt16)
    case derived(DerivedColumn)
}

/// One column of a type's SQL table.
package struct SchemaTableColumn: Hashable, Sendable {
    /// Name in SQL.
    package var name: String
    /// Type of its values.
    package var type: FieldType
    /// Decimals of a money column.
    package var decimalScale: Int
    /// Unit of its values; nil for none.
    package var unit: String?
    /// Where its values come from.
    package var source: SchemaTableColumnSource
    /// What it means, in one sentence.
    package var description: String
}

extension SchemaRegistry {
    /// Whether events of the type are booked: the leaf calls.
    func isBooked(_ type: UInt16) -> Bool { type == wellKnownTypes.llmCall || type == wellKnownTypes.embeddingCall }

    /// Columns of the type's table, in order; names are distinct.
    /// - Complexity: O(columns); ask once.
    package func tableColumns(of type: UInt16) -> [SchemaTableColumn] {
        let derived = isBooked(type) ? DerivedColumn.allCases.map(tableColumn) : []
        return leadingColumns + storedColumns(types[Int(type)].ownColumns) + derived
            + storedColumns([wellKnown.attributes])
    }

    /// Columns of the table `events`: those of every type, each name once. A type's own table says by name where its
    /// values come from (`cost_usd` is sent with a tool call and derived for a model call).
    package var eventsTableColumns: [SchemaTableColumn] {
        let context = Set(contextColumns)
        let own = storedColumns(columns.map(\.id).filter { !context.contains($0) })
        let names = Set(own.map(\.name))
        let derived = DerivedColumn.allCases.map(tableColumn).filter { !names.contains($0.name) }
        return leadingColumns + own + derived + storedColumns([wellKnown.attributes])
    }

    private var leadingColumns: [SchemaTableColumn] {
        let time = { (name: String, source: SchemaTableColumnSource, description: String) in
            SchemaTableColumn(
                name: name, type: .timestamp, decimalScale: 0, unit: "ns", source: source, description: description)
        }
        let rest = contextColumns.filter { ![wellKnown.id, wellKnown.source, wellKnown.attributes].contains($0) }
        return storedColumns([wellKnown.id, wellKnown.source]) + [
            SchemaTableColumn(
                name: "type", type: .text, decimalScale: 0, source: .type, description: "The event's type."),
            time("time", .time, "The instant at which the thing ended."),
            time("received_time", .receivedTime, "When the event was accepted."),
            SchemaTableColumn(
                name: "position", type: .integer, decimalScale: 0, source: .position,
                description: "The event's place in the order of acceptance."),
        ] + storedColumns(rest)
    }

    private func storedColumns(_ ids: [UInt16]) -> [SchemaTableColumn] {
        ids.map { id in
            let column = columns[Int(id)]
            return SchemaTableColumn(
                name: column.name, type: column.type, decimalScale: column.decimalScale, unit: column.unit,
                source: .stored(id),
                description: column.description)
        }
    }

    private func tableColumn(_ derived: DerivedColumn) -> SchemaTableColumn {
        SchemaTableColumn(
            name: derived.rawValue, type: derived.type, decimalScale: DecimalText.usdScale,
            unit: derived.type == .money ? "usd" : nil,
            source: .derived(derived), description: derived.description)
    }
}
