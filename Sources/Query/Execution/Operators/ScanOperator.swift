import Columnar
import Plans

/// Reads a table morsel by morsel: the columns of conditions first, the rest only for rows that survive them.
struct ScanOperator: Sendable {
    let context: QueryContext
    let morsels: [any Morsel]
    /// Columns of the table to hand out.
    let columns: [Int]
    let output: [TableColumn]
    /// Conditions over the output's columns, cheapest to refute first.
    let conditions: [Expression]

    init(
        _ context: QueryContext, table: String, columns: [Int], output: [TableColumn], predicates: [ColumnPredicate],
        conditions: [Expression]
    ) throws {
        guard let source = context.catalog.table(named: table) else {
            throw QueryError(.undefinedTable, "relation \"\(table)\" does not exist")
        }
        self.context = context
        self.columns = columns
        self.output = output
        self.conditions = conditions
        let provable = context.options.usesSummaries ? predicates : []
        morsels = try source.morsels(
            for: ScanRequest(
                columns: columns, predicates: provable, statistics: context.statistics,
                check: { try context.check() }, note: context.options.bookingOfTables))
    }

    var pipeline: Pipeline {
        Pipeline(columns: output, unitCount: morsels.count) { [self] unit, sink in
            guard let rows = try read(morsels[unit]) else { return }
            let booking = booking(of: rows)
            defer { withExtendedLifetime(booking) {} }
            // The newest rows of a table may come in larger morsels than sealed ones.
            for piece in rows.pieces(of: context.chunkRowsMax) { try sink(piece) }
        }
    }

    /// Pages are as large as they are: others that share the memory are to know of what was read, for as long as this
    /// is held. nil where nobody shares it.
    func booking(of rows: Chunk) -> MemoryBooking? {
        let booking = context.options.memoryPool.map { MemoryBooking(in: $0) }
        booking?.set(to: rows.heldBytes)
        return booking
    }

    /// The conditions that a morsel's summaries do not prove true; nil when they prove one false.
    func remaining(_ morsel: any Morsel) -> [Expression]? {
        guard context.options.usesSummaries else { return conditions }
        var open: [Expression] = []
        for condition in conditions {
            switch ZoneMapEvaluator.decide(
                condition, rowCount: morsel.rowCount, summary: { morsel.summary(columns[$0]) })
            {
            case true?: continue
            case false?: return nil
            case nil: open.append(condition)
            }
        }
        return open
    }

    /// The surviving rows of a morsel; nil when there are none.
    func read(_ morsel: any Morsel) throws -> Chunk? {
        guard morsel.rowCount > 0, let open = remaining(morsel) else { return nil }
        return try read(morsel, conditions: open)
    }

    /// As `read`, under conditions already looked through.
    func read(_ morsel: any Morsel, conditions: [Expression]) throws -> Chunk? {
        try read(morsel, conditions: conditions, columns: Array(columns.indices))?.chunk
    }

    /// The surviving rows of a morsel with some of the output's columns, the others as constants; nil when no row
    /// survives.
    /// - Returns: the rows, and their places in the morsel; nil where those are all.
    func read(
        _ morsel: any Morsel, conditions: [Expression], columns wanted: [Int]
    ) throws -> (chunk: Chunk, selection: [UInt32]?)? {
        let morsel = morsel.reading
        context.statistics.add(rowsScanned: morsel.rowCount)
        var chunk = blank(rowCount: morsel.rowCount)
        var isLoaded = [Bool](repeating: false, count: columns.count)
        var selection: [UInt32]?
        // The same rows, as columns are cut down to them.
        var kept: KeptRows?
        func load(_ index: Int) throws {
            if isLoaded[index] { return }
            let vector = try column(index, of: morsel)
            chunk.columns[index] = kept.map { vector.gather($0) } ?? vector
            isLoaded[index] = true
        }
        let evaluator = Evaluator(context: context)
        for condition in conditions {
            for index in condition.columnsRead.sorted() { try load(index) }
            guard let rows = Selection.rows(where: try evaluator.evaluate(condition, chunk)) else { continue }
            if rows.isEmpty { return nil }
            let here = KeptRows(ascending: rows)
            chunk = chunk.gather(here)
            if let known = selection {
                let places = rows.map { known[Int($0)] }
                (selection, kept) = (places, KeptRows(ascending: places))
            } else {
                (selection, kept) = (rows, here)
            }
            assert(selection?.count == chunk.rowCount, "rows and their places in the morsel")
        }
        assert(columns.count == output.count, "a column of the table for each of the output")
        for index in wanted { try load(index) }
        return (chunk, selection)
    }

    /// Rows of a morsel by their places, whole.
    func read(_ rows: [UInt32], of morsel: any Morsel) throws -> Chunk {
        var chunk = blank(rowCount: rows.count)
        for index in columns.indices {
            try context.check()
            chunk.columns[index] = try column(index, of: morsel).gather(rows)
        }
        return chunk
    }

    private func column(_ index: Int, of morsel: any Morsel) throws -> Vector {
        let vector = try morsel.column(columns[index])
        guard vector.count == morsel.rowCount else { preconditionFailure("a morsel's columns have its row count") }
        return vector
    }

    private func blank(rowCount: Int) -> Chunk {
        Chunk(columns: output.map { .constant(.null, type: $0.type, count: rowCount) }, rowCount: rowCount)
    }
}
