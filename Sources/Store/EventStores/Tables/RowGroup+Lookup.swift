import Columnar
import Segments

extension RowGroup {
    /// What the footer says of a column; nil for one the segment lacks.
    /// - Parameter place: as of ``columnIndex(named:near:)``.
    func summary(named name: String, near place: Int = 0) -> ColumnSummary? {
        columnIndex(named: name, near: place).map { summary($0) }
    }

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

    /// Positions of the rows; nil for a group that knows none.
    private var positionRange: ClosedRange<Int64>? {
        guard let position = summary(named: "position"), case .integer(let first) = position.minimum,
            case .integer(let last) = position.maximum, first <= last
        else { return nil }
        return first...last
    }

    /// Whether a row may stand at one of some positions.
    func mayHold(_ positions: ClosedRange<Int64>) -> Bool { positionRange?.overlaps(positions) ?? true }

    /// Whether each row stands at one of them.
    func isWithin(_ positions: ClosedRange<Int64>) -> Bool {
        guard let own = positionRange else { return false }
        return own.lowerBound >= positions.lowerBound && own.upperBound <= positions.upperBound
    }

    /// Whether later rows stood for all of its rows when its segment was made: that segment's rollups hold none of
    /// them.
    var isPast: Bool { columnIndex(named: EventTableLayout.pastColumn).map { summary($0).nullCount == 0 } ?? false }

    /// Which rows came to stand for others of an earlier segment; all null where none did.
    func moved() throws -> Vector { try column(named: EventTableLayout.movedColumn, type: .boolean) }

    /// Which rows came without `time`; all null where none did.
    func timeAbsent() throws -> Vector { try column(named: EventTableLayout.timeAbsentColumn, type: .boolean) }
}
