import JSONTexts

/// Comma-separated values: one section, a header line with its columns. What there is nothing of is empty, what nobody
/// knows is `unknown`: an empty cell counts as 0 in a spreadsheet. A text that a spreadsheet would take for a formula
/// is shielded: names of models, topics and reasons come from whoever sends events.
enum ReportCSV {
    static func render(_ section: ReportSection, _ took: (Int) throws -> Void) rethrows -> String {
        var table = CSVWriter()
        table.row(section.columns.map(\.name))
        var told = 0
        for row in section.rows {
            for value in row { append(value, to: &table) }
            table.endRow()
            // Twice: as bytes and as text.
            try took(2 * (table.bytes.count - told))
            told = table.bytes.count
        }
        return table.text
    }

    private static func append(_ value: ReportValue, to table: inout CSVWriter) {
        switch value {
        case .unknown, .judged(.unknown, _): table.field("unknown")
        case .text(let text): table.shielded(text)
        default: table.field(MachineReadableText.text(value) ?? "")
        }
    }
}
