import Columnar
import Domain

/// How the rows of a table count for a metric.
struct TableFold: Sendable {
    let table: String
    /// Those that are read.
    let columns: [String]
    /// Rows that do not satisfy them count at no wanted time.
    var conditions: [(String, ColumnPredicate.Comparison)] = []
    /// Makes what numbers the label sets; each thread has its own.
    let labels: @Sendable (NamedTable) -> LabelReader
    /// Counts the rows of a piece.
    let count: @Sendable (any Morsel, NamedTable, RowSets, inout LabelledCells) throws -> Void
}

/// How a metric is counted.
struct MetricFold: Sendable {
    let exposition: Exposition
    /// What each of their rows counts follows from the row alone, unless they count together.
    var tables: [TableFold] = []
    /// Counts all rows of all tables, where what one counts depends on others.
    var countTogether: (@Sendable ([FoldPiece], inout LabelledCells) throws -> Void)?

    init(exposition: Exposition) { self.exposition = exposition }

    var countsTogether: Bool { countTogether != nil }

    /// Whether cells have sums.
    var hasSums: Bool {
        switch exposition.definition.source {
        case .sum, .observe, .bookedCost: true
        case .count, .unpricedCalls, .questions, .ratings, .corrections, .process: false
        }
    }
}

/// A piece of one of a metric's tables.
struct FoldPiece: Sendable {
    /// The table's place among those of the fold.
    let place: Int
    let table: NamedTable
    let morsel: any Morsel
}

/// A table with all of its pieces.
struct ListedTable: Sendable {
    let table: NamedTable
    let morsels: [any Morsel]
}
