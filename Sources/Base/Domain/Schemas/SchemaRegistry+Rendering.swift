// What `plimsoll schemas [TYPE]` prints.
extension SchemaRegistry {
    /// The list of all types with their sentence, a line each.
    package func renderTypes() -> String {
        let rows = types.sorted { $0.name < $1.name }.map { [$0.name, $0.description] }
        return renderAligned([["TYPE", "WHAT IT TELLS"]] + rows) + "\nplimsoll schemas TYPE shows its fields.\n"
    }

    /// One type with its fields, their types, units, privacy classes and OpenTelemetry twins; nil where the type is
    /// unknown.
    package func renderType(named name: String) -> String? {
        guard let id = type(named: name) else { return nil }
        let type = types[Int(id)]
        var text =
            "\(type.name)  (table \(type.tableName))\n\(type.description)\ntime: \(type.timeDescription)\n\nFields of its own\n"
        let own = type.ownColumns.indices.map { field(type.ownColumns[$0], in: type, known: type.knownValues[$0]) }
        text += renderAligned([fieldHeader] + own)
        text += "\nFields of every event\n"
        let context = contextColumns.filter {
            $0 != wellKnown.id && $0 != wellKnown.source && $0 != wellKnown.attributes
        }
        text += renderAligned([fieldHeader] + context.map { field($0, in: type, known: columns[Int($0)].knownValues) })
        if isBooked(id) {
            text += "\nDerived\n"
            let derived = DerivedColumn.allCases.map { [$0.rawValue, $0.type.rawValue, $0.description] }
            text += renderAligned([["FIELD", "TYPE", "MEANING"]] + derived)
        }
        return text + "\nOther fields are kept in attributes.\n"
    }

    private var fieldHeader: [String] { ["FIELD", "TYPE", "UNIT", "PRIVACY", "OPENTELEMETRY", "MEANING"] }

    private func field(_ id: UInt16, in type: SchemaEventType, known: [String]) -> [String] {
        let column = columns[Int(id)]
        let required = type.requiredColumns.contains(id) ? " Required." : ""
        let values =
            known.isEmpty ? "" : " " + (column.isClosed ? "One of: " : "Known: ") + known.joined(separator: ", ") + "."
        return [
            column.name, column.type.rawValue, column.unit ?? "–", column.privacy.rawValue,
            column.openTelemetryName ?? "–",
            column.description + required + values,
        ]
    }
}

/// Rows as text in columns two blanks apart; the last column is as wide as it is. No line ends in a blank.
package func renderAligned(_ rows: [[String]]) -> String {
    var widths = ColumnWidths()
    for row in rows { widths.take(row) }
    return rows.map(widths.line).joined()
}

/// How wide the columns of a table are, two blanks apart, once each row was measured.
struct ColumnWidths: Sendable {
    private var widths: [Int] = []

    mutating func take(_ row: [String]) {
        for (place, cell) in row.enumerated() {
            if place == widths.count { widths.append(0) }
            widths[place] = max(widths[place], cell.count)
        }
    }

    /// A row that was measured as a line, its end included.
    func line(_ row: [String]) -> String {
        var line = ""
        for (place, cell) in row.enumerated() {
            line += cell
            if place + 1 < row.count { line += String(repeating: " ", count: widths[place] - cell.count + 2) }
        }
        while line.last == " " { line.removeLast() }
        return line + "\n"
    }
}
