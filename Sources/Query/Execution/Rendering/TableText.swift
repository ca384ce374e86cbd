import Columnar
import Plans

/// An aligned table as psql draws it: names centred, numbers to the right, a row count below.
enum TableText {
    static func render(_ result: ResultSet, zone: ZoneOffsets) -> String {
        var rows: [[String]] = []
        result.forEachRow { values in
            rows.append(values.map { $0.isNull ? "" : escaped(ScalarText.text($0, zone: zone)) })
        }
        let names = result.columns.map(\.name)
        var widths = names.map(\.count)
        for row in rows { for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) } }
        var text = line(zip(names, widths).map { centred($0, $1) }) + "\n"
        text += widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "+") + "\n"
        for row in rows {
            let cells = row.indices.map { index in
                let isNumber =
                    [.integer, .double].contains(result.columns[index].type) || result.columns[index].type.isNumeric
                let padding = String(repeating: " ", count: widths[index] - row[index].count)
                return isNumber ? padding + row[index] : row[index] + padding
            }
            text += line(cells) + "\n"
        }
        return text + "(\(rows.count) row\(rows.count == 1 ? "" : "s"))\n"
    }

    private static func line(_ cells: [String]) -> String {
        var text = cells.map { " \($0) " }.joined(separator: "|")
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }

    private static func centred(_ text: String, _ width: Int) -> String {
        let room = width - text.count
        return String(repeating: " ", count: room / 2) + text + String(repeating: " ", count: room - room / 2)
    }

    /// Control characters would break lines or drive the terminal.
    private static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else { return text }
        return text.unicodeScalars.map { scalar in
            switch scalar {
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            default: scalar.value < 0x20 || scalar.value == 0x7F ? "\\x" + hexadecimal(scalar.value) : String(scalar)
            }
        }.joined()
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return digits.count < 2 ? "0" + digits : digits
    }
}
