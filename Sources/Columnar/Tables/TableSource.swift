/// A table as the query engine sees it: names, types and morsels to read; never a file.
///
/// The store implements it over segments and the unsealed tail, tests over arrays in memory.
package protocol TableSource: Sendable {
    var name: String { get }
    var columns: [TableColumn] { get }

    /// The pieces of the table that may hold a row the request wants, in a stable order. Pieces that zone maps or
    /// filters rule out are left off and counted in `request.statistics`; what belongs to the table and cannot be shown
    /// is noted there. The engine applies the predicates again to each row.
    func morsels(for request: ScanRequest) throws -> [any Morsel]
}

package struct TableColumn: Hashable, Sendable {
    package var name: String
    package var type: ColumnType

    package init(name: String, type: ColumnType) {
        self.name = name
        self.type = type
    }
}

/// An independently readable piece of a table, at most 65,536 rows. Safe to read from any thread.
package protocol Morsel: Sendable {
    var rowCount: Int { get }
    /// Reads and decodes one column (its index in `TableSource.columns`). A column that the rows lack reads as
    /// `constant(.null)`. Counts pages and bytes in the request's statistics. Throws a corruption error that names file
    /// and offset.
    func column(_ index: Int) throws -> Vector
    /// As `column`, the rows at some places alone, as if gathered; a text's dictionary may lack what occurs elsewhere.
    /// Cheaper where few of many are wanted.
    /// - Precondition: `rows` ascend and are below `rowCount`.
    func column(_ index: Int, rows: [UInt32]) throws -> Vector
    /// Whether there is no such column, which then is null throughout; false where that takes a look.
    func lacks(_ index: Int) -> Bool
    /// As `column`, for who asks which rows have equal texts, and looks at few of these: the dictionary may have far
    /// more texts than there are rows, and those of different pieces agree as far as that is known.
    func keys(_ index: Int) throws -> Vector
    /// As `keys`, the rows at some places alone. Where many are wanted of a piece, they come as keys do.
    /// - Precondition: as of ``column(_:rows:)``.
    func keys(_ index: Int, rows: [UInt32]) throws -> Vector
    /// The texts that the rows have in a column, each once, as ``keys(_:)`` has them and in no order that says
    /// anything, nulls left out, where which these are is found out once for all who ask; nil where it is not: keys are
    /// read.
    func texts(_ index: Int) throws -> Vector?
    /// A column's values and whose they are, where it has nulls and that is read more cheaply than all rows laid out;
    /// nil where it is not: the column is read.
    func present(_ index: Int) throws -> PresentValues?
    /// The rows whose text in a column is one of `texts`, ascending, where that is found more cheaply than by reading
    /// the column; nil where it is not.
    func rows(_ index: Int, ofTexts texts: [[UInt8]]) throws -> [UInt32]?
    /// The rows whose text in a column is `text`, ascending, for who wants nothing else of the column, where they are
    /// found in it as it is stored; nil where they are not: the column is read.
    func rows(_ index: Int, withText text: [UInt8]) throws -> [UInt32]?
    /// The rows whose values in a column are the `count` first ones in an order, and all that equal the last of them,
    /// ascending, where the column has no nulls and that is found more cheaply than by reading it; nil where it is not.
    /// - Precondition: `count` is at least 1.
    func rows(_ index: Int, first count: Int, descending: Bool) throws -> [UInt32]?
    /// The rows whose time in a column (ns) lies within bounds, ascending, where the column has no nulls and that is
    /// found more cheaply than by reading it; nil where it is not.
    func rows(_ index: Int, within times: ClosedRange<Int64>) throws -> [UInt32]?
    /// The runs that buckets make of all rows by a column of times, for who wants nothing else of it, where it is found
    /// out once for all who ask; nil where it is not, and where runs would be too short to serve: the column is read.
    func runs(_ index: Int, in buckets: TimeBuckets) throws -> RunColumn?
    /// What is known of a column without reading it; nil if nothing.
    func summary(_ index: Int) -> ColumnSummary?
    /// Under what something that was computed of it may be kept; nil where nothing may.
    var identity: MorselIdentity? { get }
    /// How many pieces it stands for; 1 where it is one. One that stands for several, see ``ScanRequest/mayJoin``, may
    /// have more rows than a piece, has no identity and is not read: its `parts` are.
    var pieceCount: Int { get }
    /// The pieces it stands for that may hold a row the request wants, in the table's order.
    func parts() throws -> [any Morsel]
    /// The same rows for somebody who reads several columns: what these have in common is found out once, and kept as
    /// long as this is.
    var reading: any Morsel { get }
}

extension Morsel {
    /// None.
    package var identity: MorselIdentity? { nil }

    /// One.
    package var pieceCount: Int { 1 }

    /// Itself.
    package func parts() throws -> [any Morsel] { [self] }

    /// Reads all rows and picks.
    package func column(_ index: Int, rows: [UInt32]) throws -> Vector { try column(index).gather(rows) }

    /// Rows of a table mostly have its columns.
    package func lacks(_ index: Int) -> Bool { false }
    /// The column.
    package func keys(_ index: Int) throws -> Vector { try column(index) }

    /// The rows of the column.
    package func keys(_ index: Int, rows: [UInt32]) throws -> Vector { try column(index, rows: rows) }

    /// They are found out each time.
    package func texts(_ index: Int) throws -> Vector? { nil }

    /// They come with the rows.
    package func present(_ index: Int) throws -> PresentValues? { nil }

    /// Nobody knows but who reads the column.
    package func rows(_ index: Int, ofTexts texts: [[UInt8]]) throws -> [UInt32]? { nil }

    /// Likewise.
    package func rows(_ index: Int, withText text: [UInt8]) throws -> [UInt32]? { nil }

    /// Likewise.
    package func rows(_ index: Int, first count: Int, descending: Bool) throws -> [UInt32]? { nil }

    /// Likewise.
    package func rows(_ index: Int, within times: ClosedRange<Int64>) throws -> [UInt32]? { nil }

    /// Likewise.
    package func runs(_ index: Int, in buckets: TimeBuckets) throws -> RunColumn? { nil }

    /// Most columns have nothing in common.
    package var reading: any Morsel { self }
}

/// What a page header says of its values.
package struct ColumnSummary: Sendable {
    /// Smallest and largest value, null where unknown or all rows are null. Texts may be cut: then bounds, not values.
    package var minimum: Scalar
    package var maximum: Scalar
    package var nullCount: Int
    /// Exact sum of integer, duration and money columns; nil where not kept.
    package var sum: Int128?
    /// Whether the smallest and the largest value may be those of rows that are left out: bounds of the others, and
    /// nothing that occurs.
    package var isLoose = false

    package init(minimum: Scalar, maximum: Scalar, nullCount: Int, sum: Int128? = nil) {
        self.minimum = minimum
        self.maximum = maximum
        self.nullCount = nullCount
        self.sum = sum
    }
}

/// What a scan wants: columns, simple conditions all of which must hold, and where to count the work.
package struct ScanRequest: Sendable {
    /// Indices into `TableSource.columns` that will be read.
    package var columns: [Int]
    package var predicates: [ColumnPredicate]
    package var statistics: ScanStatistics
    /// Whether neighbouring pieces may come as one: for who can do with what is known of many pieces together, or else
    /// asks for the parts.
    package var mayJoin = false
    /// Throws when the rows are no longer wanted. A table that computes for long before it has morsels asks now and
    /// then.
    package var check: Check

    /// Is told what a table holds while it computes before it has morsels, in bytes, roughly; 0 once that is over.
    package var note: Note

    /// See ``check``.
    package typealias Check = @Sendable () throws -> Void
    /// See ``note``.
    package typealias Note = @Sendable (_ heldBytes: Int) -> Void

    package init(
        columns: [Int], predicates: [ColumnPredicate] = [], statistics: ScanStatistics = ScanStatistics(),
        check: @escaping Check = {}, note: @escaping Note = { _ in }
    ) {
        self.columns = columns
        self.predicates = predicates
        self.statistics = statistics
        self.check = check
        self.note = note
    }
}

/// `column operator constant`, in a form that minimum, maximum and filters can refute.
package struct ColumnPredicate: Hashable, Sendable {
    package enum Comparison: Hashable, Sendable {
        case equal(Scalar), notEqual(Scalar)
        case less(Scalar), lessOrEqual(Scalar), greater(Scalar), greaterOrEqual(Scalar)
        case oneOf([Scalar])
        case isNull, isNotNull
    }

    package var column: Int
    package var comparison: Comparison

    package init(column: Int, comparison: Comparison) {
        self.column = column
        self.comparison = comparison
    }
}

/// Tables by name, all pinned at one position: what a query runs against.
package protocol TableCatalog: Sendable {
    func table(named name: String) -> (any TableSource)?
    /// A table's columns, for who reads none of its rows; nil where there is none.
    func columns(ofTable name: String) -> [TableColumn]?
    /// Sorted.
    var tableNames: [String] { get }
    /// The position of the last event that answers include; 0 when empty.
    var position: Int64 { get }
    /// Every event received up to this time (ns) is included.
    var watermark: Int64 { get }
    /// What `now()` answers.
    var now: Int64 { get }
    /// The keyed token that stands for a user, as `user_token('…')` answers.
    func userToken(_ userID: String) -> String
    /// Whether that can be told: without the right to read the store's key it cannot.
    var hasUserTokens: Bool { get }
    /// The rollups among the tables, those of longest buckets first.
    var rollups: [RollupDescription] { get }
}

extension TableCatalog {
    /// As the table says.
    package func columns(ofTable name: String) -> [TableColumn]? { table(named: name)?.columns }

    /// It can.
    package var hasUserTokens: Bool { true }

    /// None.
    package var rollups: [RollupDescription] { [] }
}
