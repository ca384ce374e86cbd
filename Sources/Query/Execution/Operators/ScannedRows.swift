import Columnar
import Plans

/// Which of a scan's columns each step of an operator looks at.
struct ColumnUses: Sendable {
    /// By step, ascending.
    fileprivate let columns: [[Int]]
    /// By column, the last step that looks at it; before the first one where none does.
    fileprivate let lastSteps: [Int]

    /// - Parameter steps: what each looks at, in their order.
    init(_ steps: [Set<Int>], columnCount: Int) {
        columns = steps.map { $0.sorted() }
        var last = [Int](repeating: -1, count: columnCount)
        for (step, columns) in columns.enumerated() { for column in columns { last[column] = step } }
        lastSteps = last
    }
}

/// Rows for an operator that looks at one column after the other. Those of a scan are read when the first step wants
/// them and let go when the last one has begun: what is computed of a column finds it at hand, and the next one comes
/// where it was.
struct ScannedRows {
    /// Columns that were not read yet, or let go, are null throughout.
    private(set) var chunk: Chunk
    /// nil: the columns are all there, and stay.
    private let source: Source?
    private var isRead: [Bool]

    private struct Source {
        let uses: ColumnUses
        let read: (_ column: Int) throws -> Vector
        let runs: (_ column: Int, _ buckets: TimeBuckets) throws -> RunColumn?
        let found: (_ condition: Expression) throws -> [UInt32]?
        /// Of what was read; nil where nobody shares the memory.
        let booking: MemoryBooking?
    }

    /// Rows that are there.
    init(_ chunk: Chunk) {
        self.chunk = chunk
        source = nil
        isRead = []
    }

    /// - Parameters:
    ///   - rows: with the columns that were read already.
    ///   - read: reads one of the others.
    ///   - runs: what is known of times that nobody has read, as ``Morsel/runs(_:in:)`` says it.
    ///   - found: the rows that a condition leaves on a column that nobody has read; nil where it has to be.
    init(
        _ rows: Chunk, _ uses: ColumnUses, booking: MemoryBooking?, read: @escaping (_ column: Int) throws -> Vector,
        runs: @escaping (_ column: Int, _ buckets: TimeBuckets) throws -> RunColumn?,
        found: @escaping (_ condition: Expression) throws -> [UInt32]?
    ) {
        assert(rows.columns.count == uses.lastSteps.count, "the last step of each column")
        chunk = rows
        source = Source(uses: uses, read: read, runs: runs, found: found, booking: booking)
        isRead = rows.columns.map { !$0.isAllNull }
        for column in chunk.columns.indices where isRead[column] && uses.lastSteps[column] < 0 { letGo(column) }
        booking?.set(to: chunk.ownBytes)
    }

    /// The rows with what a step looks at. What no later one does is let go, and lives as long as the result.
    mutating func columns(of step: Int) throws -> Chunk {
        guard let source else { return chunk }
        for column in source.uses.columns[step] where !isRead[column] { try read(column, source) }
        let result = chunk
        for column in source.uses.columns[step] where source.uses.lastSteps[column] == step { letGo(column) }
        return result
    }

    /// The runs that buckets make of the rows by a column of times, where a step looks at nothing else, none looks at
    /// the times but this one, and they need not be read for that; nil: see ``columns(of:)``.
    func runs(of step: Int, _ column: Int, in buckets: TimeBuckets) throws -> RunColumn? {
        guard let source, !isRead[column], source.uses.columns[step] == [column], source.uses.lastSteps[column] == step
        else { return nil }
        return try source.runs(column, buckets)
    }

    /// The rows that a condition leaves, ascending, where a step looks at nothing but the column that it asks about,
    /// none looks at that but this one, and it need not be read for that; nil: see ``columns(of:)``.
    func rows(of step: Int, where condition: Expression) throws -> [UInt32]? {
        guard let source, let column = source.uses.columns[step].first, source.uses.columns[step].count == 1,
            !isRead[column], source.uses.lastSteps[column] == step
        else { return nil }
        return try source.found(condition)
    }

    /// The rows with all columns that any step looks at.
    mutating func wholeChunk() throws -> Chunk {
        guard let source else { return chunk }
        for column in chunk.columns.indices where !isRead[column] && source.uses.lastSteps[column] >= 0 {
            try read(column, source)
        }
        return chunk
    }

    private mutating func read(_ column: Int, _ source: Source) throws {
        chunk.columns[column] = try source.read(column)
        isRead[column] = true
        source.booking?.set(to: chunk.ownBytes)
    }

    private mutating func letGo(_ column: Int) {
        chunk.columns[column] = .nulls(chunk.columns[column].type, count: chunk.rowCount)
    }
}

extension ScanOperator {
    /// The surviving rows of a morsel, their columns to be read by the steps of an operator; nil when none survives.
    func rows(of morsel: any Morsel, _ uses: ColumnUses) throws -> ScannedRows? {
        guard morsel.rowCount > 0, let open = remaining(morsel) else { return nil }
        let morsel = morsel.reading
        guard let (chunk, selection) = try read(morsel, conditions: open, columns: []) else { return nil }
        let kept = selection.map { KeptRows(ascending: $0) }
        return ScannedRows(chunk, uses, booking: booking(of: chunk)) { [self] index in
            try context.check()
            return try bucket(index, of: morsel, rows: chunk.rowCount) ?? column(index, of: morsel, selection, kept)
        } runs: { [self] index, buckets in
            try context.check()
            if bucket(index, of: morsel, rows: chunk.rowCount) != nil { return nil }
            return try runs(index, of: morsel, kept, in: buckets)
        } found: { [self] condition in
            // Where rows were left out before, they are numbered otherwise.
            try selection == nil ? rows(of: morsel, where: condition) : nil
        }
    }
}
