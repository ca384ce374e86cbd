import Columnar
import Plans

/// The rows of a morsel that a condition leaves which asks about one column, most of whose rows are null, and is true
/// of none that are: only the values that are there are looked at, and no row is laid out for the others.
struct PresentRows {
    /// Ascending.
    let rows: [UInt32]
    /// The column of these.
    let values: Vector

    /// One row in so many has a value at most.
    private static let rowsPerValue = 2

    /// nil where rows have to be looked at.
    /// - Parameters:
    ///   - column: the only one that the condition asks about, of the scan's output.
    ///   - scan: reads the morsel.
    init?(_ condition: Expression, column: Int, of morsel: any Morsel, _ scan: ScanOperator) throws {
        let place = scan.columns[column]
        guard scan.context.options.usesSummaries, !condition.mayFail, let summary = morsel.summary(place),
            summary.nullCount < morsel.rowCount,
            morsel.rowCount - summary.nullCount <= morsel.rowCount / Self.rowsPerValue
        else { return nil }
        let evaluator = Evaluator(context: scan.context)
        // What is true of null is true of most rows.
        guard let ofNull = Selection.rows(where: try evaluator.evaluate(condition, scan.blank(rowCount: 1))),
            ofNull.isEmpty, let present = try morsel.present(place)
        else { return nil }
        guard present.rowCount == morsel.rowCount else { preconditionFailure("a morsel's columns have its row count") }
        var chunk = scan.blank(rowCount: present.values.count)
        chunk.columns[column] = present.values
        let kept = Selection.rows(where: try evaluator.evaluate(condition, chunk))
        rows = present.rows(at: kept ?? (0..<UInt32(present.values.count)).map { $0 })
        values = kept.map { present.values.gather($0) } ?? present.values
    }
}

extension Expression {
    /// The column that it asks about, where that is the only one.
    var onlyColumn: Int? {
        let columns = columnsRead
        // order: there is one.
        return columns.count == 1 ? columns.first : nil
    }
}
