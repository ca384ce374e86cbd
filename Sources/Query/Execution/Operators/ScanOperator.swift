import Columnar
import Plans

/// Reads a table morsel by morsel: the columns of conditions first, the rest only for rows that survive them.
struct ScanOperator: Sendable {
    let context: QueryContext
    /// One that stands for several pieces is none to read, see ``pieces()``.
    private(set) var morsels: [any Morsel]
    /// Columns of the table to hand out.
    let columns: [Int]
    let output: [TableColumn]
    /// Conditions over the output's columns, cheapest to refute first.
    let conditions: [Expression]
    /// Which columns of the output whoever takes the rows looks at; of the others, which conditions alone ask about,
    /// there may be anything.
    var wanted: [Int]
    /// Those of the output's columns of texts of which nothing counts but which are equal, see ``Morsel/keys(_:)``.
    private var keys: Set<Int> = []
    /// Those of the output's columns of times of which nothing counts but in which buckets they lie, with the units of
    /// these.
    private var units: [Int: [TimeUnit]] = [:]

    /// - Parameter mayJoin: whether a morsel may stand for several pieces.
    init(
        _ context: QueryContext, table: String, columns: [Int], output: [TableColumn], predicates: [ColumnPredicate],
        conditions: [Expression], mayJoin: Bool = false
    ) throws {
        guard let source = context.catalog.table(named: table) else {
            throw QueryError(.undefinedTable, "relation \"\(table)\" does not exist")
        }
        self.context = context
        self.columns = columns
        self.output = output
        self.conditions = conditions
        wanted = Array(columns.indices)
        let provable = context.options.usesSummaries ? predicates : []
        var request = ScanRequest(
            columns: columns, predicates: provable, statistics: context.statistics,
            check: { try context.check() }, note: context.options.bookingOfTables)
        request.mayJoin = mayJoin && context.options.usesSummaries
        morsels = try source.morsels(for: request)
    }

    /// The same scan of single pieces.
    func pieces() throws -> ScanOperator {
        var scan = self
        scan.morsels = try morsels.flatMap { try $0.parts() }
        return scan
    }

    /// The same scan for whoever asks of some of the output's columns only which texts are equal, and of others in
    /// which buckets times lie.
    func reading(keys: Set<Int>, units: [Int: [TimeUnit]]) -> ScanOperator {
        var scan = self
        (scan.keys, scan.units) = (keys, units)
        return scan
    }

    var pipeline: Pipeline { pipeline(first: .max) }

    /// Of all morsels together.
    var rowCount: Int { morsels.reduce(0) { $0 + $1.rowCount } }

    /// The table's first rows, where no more than so many are wanted of those that the conditions leave: of each morsel
    /// as many, and without conditions no morsel behind those that hold them.
    func pipeline(first wanted: Int) -> Pipeline {
        var left = [Int](repeating: wanted, count: morsels.count)
        if conditions.isEmpty {
            var rest = wanted
            left = morsels.map { morsel in
                defer { rest = max(0, rest - morsel.rowCount) }
                return rest
            }
        }
        let firsts = Array(left.prefix { $0 > 0 })
        var stream = Pipeline(columns: output, unitCount: firsts.count) { [self] unit, sink in
            guard let rows = try read(morsels[unit], first: firsts[unit]) else { return }
            let booking = booking(of: rows)
            defer { withExtendedLifetime(booking) {} }
            // The newest rows of a table may come in larger morsels than sealed ones.
            for piece in rows.pieces(of: context.chunkRowsMax) { try sink(piece) }
        }
        stream.rowsMax = rowCount
        return stream
    }

    /// Pages are as large as they are: others that share the memory are to know of what was read, for as long as this
    /// is held. nil where nobody shares it.
    func booking(of rows: Chunk) -> MemoryBooking? {
        let booking = context.options.memoryPool.map { MemoryBooking(in: $0) }
        booking?.set(to: rows.ownBytes)
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

    /// The first surviving rows of a morsel; nil when there are none.
    private func read(_ morsel: any Morsel, first: Int) throws -> Chunk? {
        guard morsel.rowCount > 0, let open = remaining(morsel) else { return nil }
        return try read(morsel, conditions: open, columns: wanted, first: first)?.chunk
    }

    /// The surviving rows of a morsel under conditions already looked through; nil when there are none.
    func read(_ morsel: any Morsel, conditions: [Expression]) throws -> Chunk? {
        try read(morsel, conditions: conditions, columns: wanted)?.chunk
    }

    /// The surviving rows of a morsel with some of the output's columns, the others as constants; nil when no row
    /// survives.
    /// - Parameter first: how many rows are wanted of those that survive.
    /// - Returns: the rows, and their places in the morsel; nil where those are all.
    func read(
        _ morsel: any Morsel, conditions: [Expression], columns wanted: [Int], first: Int = .max
    ) throws -> (chunk: Chunk, selection: [UInt32]?)? {
        let morsel = morsel.reading
        context.statistics.add(rowsScanned: conditions.isEmpty ? min(first, morsel.rowCount) : morsel.rowCount)
        let found = try FoundRows(conditions, of: morsel, columns: columns, context)
        if let found, found.rows.isEmpty { return nil }
        // Where rows were found, columns begin with these: nothing is made of the others to be cut down.
        var selection = found.flatMap { $0.rows.count < morsel.rowCount ? $0.rows : nil }
        // The same rows, as columns are cut down to them; nil as long as none was.
        var kept: KeptRows?
        var chunk = blank(rowCount: selection?.count ?? morsel.rowCount)
        var isLoaded = [Bool](repeating: false, count: columns.count)
        func load(_ index: Int, isExact: Bool) throws {
            // What is lacking is null, as everything is at first.
            if isLoaded[index] || morsel.lacks(columns[index]) { return }
            let bucket = isExact ? nil : bucket(index, of: morsel, rows: chunk.rowCount)
            if bucket == nil, kept == nil, let selection, !areFew(selection, of: morsel) {
                kept = KeptRows(ascending: selection)
            }
            chunk.columns[index] = try bucket ?? column(index, of: morsel, selection, kept)
            isLoaded[index] = true
        }
        func keep(_ rows: [UInt32]) {
            let here = KeptRows(ascending: rows)
            chunk = chunk.gather(here)
            if let known = selection {
                (selection, kept) = (rows.map { known[Int($0)] }, nil)
            } else {
                (selection, kept) = (rows, here)
            }
            assert(selection?.count == chunk.rowCount, "rows and their places in the morsel")
        }
        var open = conditions
        if let found {
            open = conditions.indices.filter { !found.conditions.contains($0) }.map { conditions[$0] }
            if let (column, text) = found.text {
                chunk.columns[column] = .constant(.text(text), type: .text, count: chunk.rowCount)
                isLoaded[column] = true
            }
        }
        let evaluator = Evaluator(context: context)
        for condition in open {
            if let column = condition.onlyColumn, !isLoaded[column],
                let (rows, values) = try holding(condition, on: column, among: selection, of: morsel)
            {
                if rows.isEmpty { return nil }
                if rows.count < chunk.rowCount { keep(rows) }
                chunk.columns[column] = values
                isLoaded[column] = true
                continue
            }
            for index in condition.columnsRead.sorted() { try load(index, isExact: true) }
            guard let rows = Selection.rows(where: try evaluator.evaluate(condition, chunk)) else { continue }
            if rows.isEmpty { return nil }
            keep(rows)
        }
        if chunk.rowCount > first {
            (selection, kept) = (selection.map { Array($0.prefix(first)) } ?? Array(0..<UInt32(first)), nil)
            chunk = chunk.slice(0..<first)
        }
        assert(columns.count == output.count, "a column of the table for each of the output")
        for index in wanted { try load(index, isExact: false) }
        return (chunk, selection)
    }

    /// Rows that a condition on one column leaves, as places among those that are left, and what they have there; nil
    /// where that cannot be told without a value for each row.
    private func holding(
        _ condition: Expression, on column: Int, among selection: [UInt32]?, of morsel: any Morsel
    ) throws -> (rows: [UInt32], values: Vector)? {
        if let (rows, text) = try places(among: selection, of: morsel, where: condition) {
            return (rows, .constant(.text(text), type: .text, count: rows.count))
        }
        guard selection == nil, let present = try PresentRows(condition, column: column, of: morsel, self) else {
            return nil
        }
        return (present.rows, present.values)
    }

    /// Rows of a morsel by their places.
    /// - Parameter wanted: which of the output's columns, the others as constants; nil: all.
    func read(_ rows: [UInt32], of morsel: any Morsel, columns wanted: [Int]? = nil) throws -> Chunk {
        var chunk = blank(rowCount: rows.count)
        for index in wanted ?? Array(columns.indices) {
            if morsel.lacks(columns[index]) { continue }
            try context.check()
            chunk.columns[index] = try column(index, of: morsel, rows)
        }
        return chunk
    }

    /// A column of times as its first one, where the morsel's summary tells that all lie in one bucket of each unit
    /// that counts; nil where they have to be read.
    func bucket(_ index: Int, of morsel: any Morsel, rows: Int) -> Vector? {
        guard let wanted = units[index], context.options.usesSummaries,
            let summary = morsel.summary(columns[index]), summary.nullCount == 0,
            case .timestamptz(let first) = summary.minimum, case .timestamptz(let last) = summary.maximum
        else { return nil }
        for unit in wanted {
            // What cannot be cut down is refused where it is tried on each time.
            guard let bucket = try? unit.bucket(of: first, zone: context.zone), last < bucket.end else { return nil }
        }
        return .constant(summary.minimum, type: output[index].type, count: rows)
    }

    /// The texts that a morsel's rows have in a column of the output, each once as a row, for who only counts them;
    /// nil where rows have to be looked at for that.
    func texts(_ index: Int, of morsel: any Morsel) throws -> Chunk? {
        guard context.options.usesSummaries, keys.contains(index), let open = remaining(morsel), open.isEmpty,
            let texts = try morsel.texts(columns[index])
        else { return nil }
        assert(texts.hasNoNulls && texts.count <= morsel.rowCount, "texts of the rows, each once")
        context.statistics.add(rowsScanned: morsel.rowCount)
        var chunk = blank(rowCount: texts.count)
        chunk.columns[index] = texts
        return chunk
    }

    /// So much of a piece may be wanted that reading single rows pays: one row in so many.
    private static let rowsPerWantedRow = 8

    func areFew(_ rows: [UInt32], of morsel: any Morsel) -> Bool {
        rows.count <= morsel.rowCount / Self.rowsPerWantedRow
    }

    /// A column of the output.
    /// - Parameters:
    ///   - selection: the rows by their places in the morsel; nil: all.
    ///   - kept: the same rows.
    func column(
        _ index: Int, of morsel: any Morsel, _ selection: [UInt32]?, _ kept: KeptRows? = nil
    ) throws -> Vector {
        if let selection, areFew(selection, of: morsel) {
            let vector =
                try keys.contains(index)
                ? morsel.keys(columns[index], rows: selection) : morsel.column(columns[index], rows: selection)
            guard vector.count == selection.count else { preconditionFailure("a row of a morsel for each wanted") }
            return vector
        }
        let vector = try keys.contains(index) ? morsel.keys(columns[index]) : morsel.column(columns[index])
        guard vector.count == morsel.rowCount else { preconditionFailure("a morsel's columns have its row count") }
        if let kept { return vector.gather(kept) }
        if let selection { return vector.gather(selection) }
        return vector
    }

    /// The runs that buckets make of a column of times of the output; nil where the column has to be read.
    /// - Parameter kept: the rows; nil: all.
    func runs(_ index: Int, of morsel: any Morsel, _ kept: KeptRows?, in buckets: TimeBuckets) throws -> RunColumn? {
        if let kept, kept.count <= morsel.rowCount / Self.rowsPerWantedRow { return nil }
        guard let runs = try morsel.runs(columns[index], in: buckets) else { return nil }
        guard runs.rowCount == morsel.rowCount else { preconditionFailure("a morsel's runs have its row count") }
        return kept == nil ? runs : kept.flatMap { runs.gather($0) }
    }

    /// Rows all of whose columns are null.
    func blank(rowCount: Int) -> Chunk {
        Chunk(columns: output.map { .constant(.null, type: $0.type, count: rowCount) }, rowCount: rowCount)
    }
}
