import Columnar
import Segments

extension RowGroup {
    /// What the footer says of a column; nil for one the segment lacks.
    func summary(named name: String) -> ColumnSummary? { columnIndex(named: name).map { summary($0) } }

    /// Whether a row may have the text in a column, by what the footer says of it; false for a column that the segment
    /// lacks.
    func mayHold(_ text: String, in name: String) -> Bool {
        guard let summary = summary(named: name) else { return false }
        return !ColumnPredicate.Comparison.equal(.text(text)).isRefuted(by: summary, rowCount: rowCount)
    }

    /// Event times of the rows, ns; nil for a group that knows none.
    var timeRange: ClosedRange<Int64>? {
        guard let time = summary(named: "time"), case .timestamptz(let first) = time.minimum,
            case .timestamptz(let last) = time.maximum,
            first <= last
        else { return nil }
        return first...last
    }

    /// Which rows came without `time`; all null where none did.
    func timeAbsent() throws -> Vector { try column(named: EventTableLayout.timeAbsentColumn, type: .boolean) }
}
