import Domain
import JSONTexts

/// One column of a section as bars, a row each, in the order of the rows: a picture beside the table, which has all of
/// it. Drawn of lengths alone; what is written beside a bar is the figure's own text.
struct ReportChart {
    /// Of more rows the first are drawn.
    static let barsMax = 40
    /// Longer names lose their middle.
    private static let nameMax = 34

    private let section: ReportSection
    private let column: Int
    /// What names the rows.
    private let keys: [Int]

    /// What is drawn of sections that have the same name in all reports; of a breakdown that is as the report has it.
    private static let columns = [
        "service_level_objectives": "budget_left", "budgets": "budget_left", "tokens": "tokens",
        "escalations": "conversations",
    ]
    private static let columnsOfBreakdowns = ["sla": "availability", "cost": "cost_usd", "outcomes": "resolution_rate"]

    /// nil where nothing is drawn: of a section without such a column, and of fewer than two figures.
    init?(of section: ReportSection, in report: Report) {
        let isBreakdown = section.name == report.main && section.columns.contains(where: \.isKey)
        let name = isBreakdown ? Self.columnsOfBreakdowns[report.name] : nil
        guard let name = name ?? Self.columns[section.name],
            let column = section.columns.firstIndex(where: { $0.name == name })
        else { return nil }
        let keys = section.columns.indices.filter { section.columns[$0].isKey }
        (self.section, self.column, self.keys) = (section, column, keys.isEmpty ? [0] : keys)
        guard section.rows.count(where: { $0[column].length != nil }) > 1 else { return nil }
    }

    /// Measures of the picture, in its own units.
    private enum Size {
        static let name = 230, bar = 340, value = 150, row = 22, thickness = 14
        static var width: Int { name + bar + value }
    }

    var html: HTML {
        let rows = Array(section.rows.prefix(Self.barsMax))
        let lengths = rows.map { $0[column].length ?? 0 }
        let (low, high) = (min(0, lengths.min() ?? 0), max(0, lengths.max() ?? 0))
        /// Where a length ends, from the left end of the bars.
        func place(_ length: Double) -> Int {
            high > low ? Int(((length - low) / (high - low) * Double(Size.bar)).rounded()) : 0
        }
        let zero = Size.name + place(0)
        let bars = rows.indices.map { row -> HTML in
            bar(rows[row], row, from: place(min(0, lengths[row])), to: place(max(0, lengths[row])))
        }
        let height = rows.count * Size.row
        let title = section.title + ": " + section.columns[column].title
        let rest = section.rows.count - rows.count
        let more: HTML = rest > 0 ? ", the first \(rows.count) of \(section.rows.count)" : .empty
        return """
            <figure aria-label="\(title)">
            <svg viewBox="0 0 \(Size.width) \(height)" role="img" aria-label="\(title)">
            \(bars)<line class="axis" x1="\(zero)" x2="\(zero)" y1="0" y2="\(height)"/>
            </svg>
            <figcaption>\(section.columns[column].title)\(more)</figcaption>
            </figure>

            """
    }

    private func bar(_ row: [ReportValue], _ index: Int, from left: Int, to right: Int) -> HTML {
        let value = row[column]
        let name = keys.map { HumanReadableText.text(row[$0]) }.joined(separator: ", ")
        let baseline = index * Size.row + 15
        let state: HTML = value.state.map { " \(ReportStyle.name(of: $0))" } ?? .empty
        let look: HTML = section.isInPart(index) ? "\(state) part" : state
        // What is something never shows as nothing.
        let width = value.length.map { $0 == 0 ? 0 : max(1, right - left) } ?? 0
        return """
            <g><title>\(name): \(HumanReadableText.text(value))</title>\
            <text x="\(Size.name - 8)" y="\(baseline)" text-anchor="end">\(Self.shortened(name))</text>\
            <rect class="bar\(look)" x="\(Size.name + left)" y="\(index * Size.row + 4)" width="\(width)" \
            height="\(Size.thickness)"/>\
            <text x="\(Size.name + right + 6)" y="\(baseline)">\(HumanReadableText.text(value))</text></g>

            """
    }

    private static func shortened(_ name: String) -> String {
        guard name.count > nameMax else { return name }
        return name.prefix(nameMax / 2 - 1) + "…" + name.suffix(nameMax / 2)
    }
}

extension ReportValue {
    /// How long its bar is, in the unit of its column; nil: it has none.
    fileprivate var length: Double? {
        switch self {
        case .count(let count): Double(count)
        case .usd(let picoUSD): Double(picoUSD)
        case .seconds(let nanoseconds): Double(nanoseconds)
        case .share(let part, let whole): Double(part) / Double(whole)
        case .usdPer(let picoUSD, let count): Double(picoUSD) / Double(count)
        case .estimate(let share): share
        case .judged(let value, _): value.length
        case .none, .unknown, .text, .time, .state, .budgetState: nil
        }
    }
}
