/// Comma-separated values after RFC 4180: one header line with the columns of all sections, CRLF line ends, every line as wide.
/// What has no value is empty.
enum ReportCSV {
    static func render(_ report: Report) -> String {
        var names: [String] = []
        for section in report.sections { for column in section.columns where !names.contains(column.name) { names.append(column.name) } }
        var text = line(["report", "section"] + names)
        for section in report.sections {
            let places = names.map { name in section.columns.firstIndex { $0.name == name } }
            for row in section.rows {
                text += line([report.name, section.name] + places.map { place in place.flatMap { MachineText.text(row[$0]) } ?? "" })
            }
        }
        return text
    }

    private static func line(_ cells: [String]) -> String { cells.map(quoted).joined(separator: ",") + "\r\n" }

    static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else { return text }
        return "\"" + text.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
    }
}
