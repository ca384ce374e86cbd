import Bytes
import Domain
import JSONTexts

/// A report for whoever shows it: each figure as people read it, word for word as in the table, and exactly beside it,
/// so that nobody else writes figures. In JSON, the columns of a section once and its rows as lists.
enum ReportCells {
    static func render(_ report: Report, _ took: (Int) throws -> Void) rethrows -> String {
        var json = JSONWriter()
        json.beginObject()
        json.member("report", report.name)
        json.member("title", report.title)
        json.member("period", report.periodText)
        json.member("position", exact: report.basis.position)
        json.member("watermark", RFC3339.render(report.basis.watermark))
        json.member("from", RFC3339.render(report.basis.from))
        json.member("to", RFC3339.render(report.basis.to))
        json.member("now", RFC3339.render(report.basis.now))
        json.member("timezone", report.basis.timeZone)
        report.basis.filters.write(to: &json)
        if let filterText = report.filterText { json.member("only", filterText) }
        json.key("basis")
        json.array([report.basisText, report.exactnessText]) { $1.value($0) }
        json.key("notices")
        json.array(report.notices) { $1.value($0) }
        json.member("main", report.main)
        json.key("sections")
        json.beginArray()
        for section in report.sections { try write(section, of: report, to: &json, took) }
        json.endArray()
        json.key("definitions")
        json.array(report.titledDefinitions) { definition, json in
            json.object { json in
                json.member("term", definition.term)
                json.member("meaning", definition.meaning)
            }
        }
        json.endObject()
        return json.text + "\n"
    }

    private static func write(
        _ section: ReportSection, of report: Report, to json: inout JSONWriter, _ took: (Int) throws -> Void
    ) rethrows {
        json.beginObject()
        json.member("name", section.name)
        json.member("title", section.title)
        json.key("columns")
        json.array(section.columns) { column, json in
            json.object { json in
                json.member("name", column.name)
                json.member("title", column.title)
                json.member("is_key", column.isKey)
            }
        }
        json.key("rows")
        json.beginArray()
        for row in section.rows {
            let start = json.bytes.count
            json.array(zip(section.columns, row)) { write($0.1, title: report.title($0.1, in: $0.0), to: &$1) }
            // Twice: as bytes and as text.
            try took(2 * (json.bytes.count - start))
        }
        json.endArray()
        if !section.spans.isEmpty {
            json.key("spans")
            json.array(section.spans) { write($0, to: &$1) }
        }
        if !section.total.isEmpty {
            json.key("total")
            json.array(section.total) { write($0, title: nil, to: &$1) }
        }
        json.endObject()
    }

    /// Of what time a row is.
    private static func write(_ span: ReportSpan?, to json: inout JSONWriter) {
        guard let span else { return json.null() }
        json.object { json in
            json.member("from", RFC3339.render(span.from))
            json.member("to", RFC3339.render(span.to))
            json.member("in_part", span.isInPart)
        }
    }

    /// - Parameter title: what people read in its place.
    private static func write(_ value: ReportValue, title: String?, to json: inout JSONWriter) {
        if value == .none { return json.null() }
        json.beginObject()
        json.member("text", HumanReadableText.text(title.map { .text($0) } ?? value))
        json.member("kind", value.kind)
        if let exact = MachineReadableText.text(value) { json.member("exact", exact) }
        if let quotient = value.quotientText { json.member("of", quotient) }
        if let state = value.state { json.member("state", state.rawValue) }
        json.endObject()
    }
}

extension ReportFilters {
    /// The member `filters`: what rows say, by the dimension of which they say it; none without filters.
    func write(to json: inout JSONWriter) {
        if isEmpty { return }
        json.key("filters")
        json.object { json in
            for condition in conditions {
                json.key(condition.dimension.rawValue)
                json.array(condition.values) { $1.value($0.text) }
            }
        }
    }
}

extension ReportValue {
    /// What kind of figure it is.
    fileprivate var kind: String {
        switch self {
        case .none: "none"
        case .unknown: "unknown"
        case .text: "text"
        case .count: "count"
        case .usd: "usd"
        case .seconds: "seconds"
        case .share: "share"
        case .usdPer: "usd_per"
        case .estimate: "estimate"
        case .time: "time"
        case .state, .budgetState: "state"
        case .judged(let value, _): value.kind
        }
    }

    /// How it stands against an objective; nil: nobody judges it.
    var state: ObjectiveState? {
        switch self {
        case .state(let state), .budgetState(let state), .judged(_, let state): state
        default: nil
        }
    }

    /// What it is a quotient of, exactly; nil: of nothing.
    var quotientText: String? {
        switch self {
        case .share(let part, let whole): "\(part) ÷ \(whole)"
        case .usdPer(let picoUSD, let count): "\(DecimalText.renderUSD(picoUSD)) ÷ \(count)"
        case .judged(let value, _): value.quotientText
        default: nil
        }
    }
}
