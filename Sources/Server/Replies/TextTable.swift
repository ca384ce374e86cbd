/// Columns of text for people: a header, a rule, rows; numbers to the right.
package struct TextTable: Sendable {
    package struct Column: Sendable {
        package var title: String
        package var alignsRight: Bool

        package init(_ title: String, alignsRight: Bool = false) {
            self.title = title
            self.alignsRight = alignsRight
        }
    }

    package var columns: [Column]
    package private(set) var rows: [[String]] = []

    package init(_ columns: [Column]) { self.columns = columns }

    /// - Precondition: one cell a column.
    package mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count)
        rows.append(cells.map(Self.oneLine))
    }

    /// Lines without trailing blanks, each ended. Widths count characters.
    package var text: String {
        var widths = columns.map(\.title.count)
        for row in rows { for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) } }
        var text = line(columns.map(\.title), widths) + line(widths.map { String(repeating: "-", count: $0) }, widths)
        for row in rows { text += line(row, widths) }
        return text
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var text = ""
        for (index, cell) in cells.enumerated() {
            let padding = String(repeating: " ", count: widths[index] - cell.count)
            if index > 0 { text += "  " }
            text += columns[index].alignsRight ? padding + cell : cell + padding
        }
        while text.last == " " { text.removeLast() }
        return text + "\n"
    }

    /// Line ends and tabs inside a value would break the table: they show as escapes.
    private static func oneLine(_ cell: String) -> String {
        guard cell.utf8.contains(where: { $0 < 0x20 }) else { return cell }
        var text = ""
        for character in cell.unicodeScalars {
            switch character {
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where character.value < 0x20: text += "?"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }
}
