import Domain
import JSONTexts

/// Reports as JSON. Counts are numbers up to 2^53; money and decimals are strings, exact; a quotient is an object with
/// its value (a share to six significant digits, money to twelve decimals) and the exact numerator and denominator.
/// `null` is no data, `"unknown"` an upper bound that nobody knows.
enum ReportJSON {
    static func render(_ report: Report, _ took: (Int) throws -> Void) rethrows -> String {
        var json = JSONWriter(.indented)
        json.beginObject()
        json.member("report", report.name)
        json.member("title", report.title)
        json.member("position", exact: report.basis.position)
        json.member("watermark", RFC3339.render(report.basis.watermark))
        json.member("from", RFC3339.render(report.basis.from))
        json.member("to", RFC3339.render(report.basis.to))
        json.member("now", RFC3339.render(report.basis.now))
        json.member("timezone", report.basis.timeZone)
        report.basis.filters.write(to: &json)
        json.member("exactness", report.basis.exactness)
        json.key("sections")
        json.beginArray()
        for section in report.sections { json.value(section.name) }
        json.endArray()
        var told = 0
        for section in report.sections {
            json.key(section.name)
            json.beginArray()
            for row in section.rows {
                json.beginObject()
                for (column, value) in zip(section.columns, row) {
                    json.key(column.name)
                    append(value, to: &json)
                }
                json.endObject()
                // Twice: as bytes and as text.
                try took(2 * (json.bytes.count - told))
                told = json.bytes.count
            }
            json.endArray()
        }
        json.key("definitions")
        json.beginObject()
        for definition in report.definitions { json.member(definition.term, definition.meaning) }
        json.endObject()
        json.endObject()
        return json.text + "\n"
    }

    static func append(_ value: ReportValue, to json: inout JSONWriter) {
        switch value {
        case .none: json.null()
        case .unknown: json.value("unknown")
        case .count(let count): json.value(exact: count)
        case .share(let part, let whole): quotient(value, "\(part)", whole, to: &json)
        case .usdPer(let picoUSD, let count): quotient(value, DecimalText.renderUSD(picoUSD), count, to: &json)
        case .judged(let value, let state):
            json.beginObject()
            json.key("value")
            append(value, to: &json)
            json.member("verdict", state.rawValue)
            json.endObject()
        default: json.value(MachineReadableText.text(value) ?? "")
        }
    }

    private static func quotient(
        _ value: ReportValue, _ numerator: String, _ denominator: Int128, to json: inout JSONWriter
    ) {
        json.beginObject()
        json.member("value", MachineReadableText.text(value) ?? "")
        json.member("numerator", numerator)
        json.member("denominator", "\(denominator)")
        json.endObject()
    }
}
