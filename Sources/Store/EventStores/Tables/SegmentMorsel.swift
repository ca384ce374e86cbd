import Columnar
import Segments

/// All groups of an event table in one segment, as one piece that tells what is known of all of them. Whoever wants
/// rows reads its parts.
struct SegmentMorsel: Morsel {
    let whole: SegmentTable
    let columns: [TableColumn]
    /// Makes the pieces of the groups.
    let pieces: @Sendable () throws -> [any Morsel]

    var rowCount: Int { whole.rowCount }
    var pieceCount: Int { whole.groupCount }
    func parts() throws -> [any Morsel] { try pieces() }
    func summary(_ index: Int) -> ColumnSummary? { whole.summary(named: columns[index].name) }

    func column(_ index: Int) throws -> Vector {
        preconditionFailure("what stands for several pieces is not read")
    }
}
