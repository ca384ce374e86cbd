import Bytes
package import Columnar
import JSONTexts

extension Scalar {
    // tests: scripts show by it what no text of theirs says otherwise.
    /// The value as SQL would write it, for plans and messages: texts quoted, times in UTC.
    package var planText: String {
        switch self {
        case .null: "NULL"
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .double(let value): "\(value)"
        case .numeric(let mantissa, let scale): DecimalText.renderFull(mantissa, scale: scale)
        case .text(let value): quoted(value)
        case .timestamptz(let nanoseconds): quoted(CivilTime(nanoseconds: nanoseconds).text + "Z")
        case .timestamp(let nanoseconds): quoted(CivilTime(nanoseconds: nanoseconds).text)
        case .date(let days): quoted(CivilDate(daysSince1970: days).text)
        case .interval(let value): "interval " + quoted(value.text)
        case .json(let value): "json " + quoted(value)
        case .array(let elements): "{" + elements.map(\.planText).joined(separator: ", ") + "}"
        }
    }

    private func quoted(_ value: String) -> String {
        "'" + value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}

extension Interval {
    /// `1 mon 2 days 3h 4m 5.5s`-like text in PostgreSQL's words.
    package var text: String {
        var parts: [String] = []
        if months / 12 != 0 { parts.append("\(months / 12) year" + (abs(months / 12) == 1 ? "" : "s")) }
        if months % 12 != 0 { parts.append("\(months % 12) mon" + (abs(months % 12) == 1 ? "" : "s")) }
        if days != 0 { parts.append("\(days) day" + (days.magnitude == 1 ? "" : "s")) }
        if nanoseconds != 0 || parts.isEmpty {
            let magnitude = nanoseconds.magnitude
            let hours = magnitude / 3_600_000_000_000
            let rest = Int64(magnitude % 3_600_000_000_000)
            let clock = CivilTime(nanoseconds: rest).clockText
            parts.append((nanoseconds < 0 ? "-" : "") + (hours < 10 ? "0" : "") + String(hours) + clock.dropFirst(2))
        }
        return parts.joined(separator: " ")
    }
}
