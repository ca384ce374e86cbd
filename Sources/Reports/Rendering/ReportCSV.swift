/// Comma-separated values after RFC 4180: one section, a header line with its columns, CRLF line ends. What there is nothing of is empty,
/// what nobody knows is `unknown`: an empty cell counts as 0 in a spreadsheet. A text that a spreadsheet would take for a formula has an
/// apostrophe before it: names of models, topics and reasons come from whoever sends events.
enum ReportCSV {
    static func render(_ section: ReportSection) -> String {
        var text = line(section.columns.map(\.name))
        for row in section.rows { text += line(row.map(cell)) }
        return text
    }

    private static func cell(_ value: ReportValue) -> String {
        switch value {
        case .unknown, .judged(.unknown, _): "unknown"
        case .text(let text): shielded(text)
        default: MachineText.text(value) ?? ""
        }
    }

    /// - Returns: the text, with an apostrophe before what begins as a formula does; also before an apostrophe, so that it can be taken
    ///   away again.
    static func shielded(_ text: String) -> String {
        guard let first = text.utf8.first, [0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D, 0x0A, 0x27].contains(first) else { return text }
        return "'" + text
    }

    private static func line(_ cells: [String]) -> String { cells.map(quoted).joined(separator: ",") + "\r\n" }

    static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else { return text }
        return "\"" + text.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
    }
}
