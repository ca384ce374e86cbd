import Columnar
import Segments

extension RowGroup {
    /// What the footer says of a column; nil for one the segment lacks.
    func summary(named name: String) -> ColumnSummary? { columnIndex(named: name).map { summary($0) } }

    /// Which rows came without `time`; all null where none did.
    func timeAbsent() throws -> Vector { try column(named: EventTableLayout.timeAbsentColumn, type: .boolean) }
}
