import Columnar
import JSONTexts
import Plans

/// Comma-separated values with a header line. NULL is nothing, an empty text is `""`.
enum CSVText {
    static func render(_ result: ResultSet, zone: ZoneOffsets) -> String {
        var table = CSVWriter()
        table.row(result.columns.map(\.name))
        result.forEachRow { values in
            for value in values { append(value, to: &table, zone: zone) }
            table.endRow()
        }
        return table.text
    }

    private static func append(_ value: Scalar, to table: inout CSVWriter, zone: ZoneOffsets) {
        switch value {
        case .null: table.absent()
        case .text(let text): table.told(text)
        case .timestamptz(let time): table.field(TimeText.rfc3339(time, zone: zone))
        case .boolean(let truth): table.field(truth ? "true" : "false")
        default: table.field(ScalarText.text(value, zone: zone))
        }
    }
}
