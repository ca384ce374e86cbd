import Columnar
import Plans

/// Comma-separated values after RFC 4180: CRLF line ends, a header line. NULL is empty, an empty text is `""`.
enum CSVText {
    static func render(_ result: ResultSet, zone: ZoneOffsets) -> String {
        var text = result.columns.map { quoted($0.name) }.joined(separator: ",") + "\r\n"
        result.forEachRow { values in
            text += values.map { cell($0, zone: zone) }.joined(separator: ",") + "\r\n"
        }
        return text
    }

    private static func cell(_ value: Scalar, zone: ZoneOffsets) -> String {
        switch value {
        case .null: ""
        case .text(let text) where text.isEmpty: "\"\""
        case .timestamptz(let time): TimeText.rfc3339(time, zone: zone)
        case .boolean(let truth): truth ? "true" : "false"
        default: quoted(ScalarText.text(value, zone: zone))
        }
    }

    private static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else { return text }
        return "\"" + text.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
    }
}
