import Bytes
import Columnar
import Domain
import Platform
import Plans
import PromQLText
import Synchronization

/// One request on its way over the tables.
///
/// Each metric is read by itself, in one pass over its tables, or taken from what is kept of it (`Caching/`).
final class HistoryReader: Sendable {
    let source: StoreSeries
    let matchers: SeriesMatchers
    let points: SamplePoints
    /// False where only first times are asked for.
    let keepsCells: Bool
    /// What is judged later (ns) is not judged.
    let judgedThrough: Int64
    private let options: QueryOptions
    private let statistics = ScanStatistics()
    private let booking: MemoryBooking?
    private let held = Mutex(Held())

    /// Bytes, roughly.
    private struct Held {
        /// Of series that are made, and what they are made of.
        var made = 0
        /// Of what is being read, by who reads it.
        var parts: [Int] = []
    }

    /// - Parameter judgedThrough: nil: what the store has reached.
    init(
        _ source: StoreSeries, _ matchers: SeriesMatchers, _ points: SamplePoints, keepsCells: Bool,
        judgedThrough: Int64? = nil
    ) {
        (self.source, self.matchers, self.points, self.keepsCells) = (source, matchers, points, keepsCells)
        self.judgedThrough = judgedThrough ?? source.reached
        options = source.options
        booking = source.options.memoryPool.map { MemoryBooking(in: $0) }
    }

    /// Looks whether the answer is still wanted.
    func check() throws(QueryError) { try options.check() }

    /// Books what series hold, with what they are made of; nothing is being read.
    func holdMade(_ bytes: Int) throws(SeriesSourceError) {
        try hold { held in
            (held.made, held.parts) = (bytes, [])
        }
    }

    /// Books what one of those holds who read now, beside the series that are made already.
    func holdRead(_ bytes: Int, part: Int = 0) throws(SeriesSourceError) {
        try hold { held in
            while held.parts.count <= part { held.parts.append(0) }
            held.parts[part] = bytes
        }
    }

    private func hold(_ change: (inout Held) -> Void) throws(SeriesSourceError) {
        let isThere = held.withLock { held -> Bool? in
            change(&held)
            let bytes = held.parts.reduce(held.made, +)
            if bytes > options.memoryBudgetBytes { return nil }
            return booking?.change(to: bytes) ?? true
        }
        guard let isThere else {
            throw .outOfMemory(
                "the series need more than \(options.memoryBudgetBytes >> 20) MiB; ask for fewer, or for less time")
        }
        if !isThere { throw .outOfMemory("the memory of all questions is taken; ask again") }
    }

    // MARK: Tables

    /// Reads a table piece by piece; nothing where there is none of the name.
    func scan(
        _ name: String, _ columns: [String], where conditions: [(String, ColumnPredicate.Comparison)] = [],
        _ body: (any Morsel, NamedTable) throws -> Void
    ) throws {
        guard let (table, morsels) = try pieces(name, columns, conditions) else { return }
        for morsel in morsels {
            try check()
            try body(morsel, table)
        }
        note()
    }

    /// Counts the rows of a table, all workers at a time, each into cells of its own.
    private func count(_ fold: TableFold, into cells: inout LabelledCells) throws {
        guard let (table, morsels) = try pieces(fold.table, fold.columns, fold.conditions) else { return }
        let parts = max(1, min(source.workers.parallelism, morsels.count))
        let empty = cells.emptied
        // What is counted already stands beside what is being read.
        try holdRead(cells.memoryBytes, part: parts)
        let found = try source.workers.map(count: parts) { part in
            var own = empty
            let reader = fold.labels(table)
            for place in stride(from: part, to: morsels.count, by: parts) {
                try check()
                let sets = try reader.read(morsels[place], table, into: &own)
                try fold.count(morsels[place], table, sets, &own)
                try holdRead(own.memoryBytes + reader.memoryBytes, part: part)
            }
            return own
        }
        for (part, own) in found.enumerated() {
            cells.absorb(own)
            try holdRead(cells.memoryBytes, part: parts)
            try holdRead(0, part: part)
        }
        note()
    }

    /// Counts some pieces of a metric's tables, by this thread alone.
    func count(_ fold: MetricFold, _ pieces: [FoldPiece], into cells: inout LabelledCells, part: Int) throws {
        if let countTogether = fold.countTogether { return try countTogether(pieces, &cells) }
        for piece in pieces {
            let labels = fold.tables[piece.place].labels(piece.table)
            let sets = try labels.read(piece.morsel, piece.table, into: &cells)
            try fold.tables[piece.place].count(piece.morsel, piece.table, sets, &cells)
            try holdRead(cells.memoryBytes + labels.memoryBytes, part: part)
        }
    }

    /// All pieces of a metric's tables.
    func pieces(of fold: MetricFold) throws -> [FoldPiece] {
        var found: [FoldPiece] = []
        for (place, table) in fold.tables.enumerated() {
            guard let listed = try listed(table.table, table.columns) else { continue }
            found += listed.morsels.map { FoldPiece(place: place, table: listed.table, morsel: $0) }
        }
        return found
    }

    /// All pieces of a table, listed once for all requests over a snapshot; nil where there is none of the name.
    func listed(_ name: String, _ columns: [String]) throws -> ListedTable? {
        try source.found.table(name) {
            let listed = try pieces(name, columns, []).map { ListedTable(table: $0, morsels: $1) }
            note()
            return listed
        }
    }

    private func pieces(
        _ name: String, _ columns: [String], _ conditions: [(String, ColumnPredicate.Comparison)]
    ) throws -> (NamedTable, [any Morsel])? {
        guard let table = source.catalog.table(named: name).map(NamedTable.init) else { return nil }
        let predicates = conditions.compactMap { name, comparison in
            table.place(name).map { ColumnPredicate(column: $0, comparison: comparison) }
        }
        let options = options
        let request = ScanRequest(
            columns: columns.compactMap(table.place), predicates: predicates, statistics: statistics,
            check: { try options.check() }, note: options.bookingOfTables)
        return (table, try table.source.morsels(for: request).filter { $0.rowCount > 0 })
    }

    /// What tables could not show.
    private func note() { statistics.notices.forEach(source.notices.add) }

    /// Times up to the last that tells of a sample.
    var isInSight: [(String, ColumnPredicate.Comparison)] {
        [("time", .lessOrEqual(.timestamptz(points.lastNanoseconds)))]
    }

    /// When the first event of the store happened (ns); nil where there is none.
    func firstEvent() throws -> Int64? {
        var first: Int64?
        try scan("events", ["time"]) { morsel, table in
            guard let place = table.place("time") else { return }
            if let summary = morsel.summary(place), !summary.isLoose, case .timestamptz(let time) = summary.minimum {
                first = min(first ?? time, time)
                return
            }
            let times = NumberColumn(try morsel.column(place))
            for row in 0..<morsel.rowCount {
                if let time = times.time(row) { first = min(first ?? time, time) }
            }
        }
        return first
    }

    // MARK: Metrics

    /// What a metric counted; nil where no series of it is wanted, or where events say nothing of it.
    func cells(_ definition: MetricDefinition) throws -> LabelledCells? {
        guard let exposition = exposition(of: definition) else { return nil }
        var cells = LabelledCells(exposition, points, keepsCells: keepsCells)
        if let kept = try kept(exposition) {
            try kept.add(to: &cells, through: lastBegin(of: definition))
            try holdRead(cells.memoryBytes)
            return cells
        }
        let fold = fold(of: exposition)
        if let countTogether = fold.countTogether {
            try countTogether(pieces(of: fold), &cells)
        } else {
            for table in fold.tables { try count(table, into: &cells) }
        }
        return cells
    }

    /// The wanted series of a metric as counters; nil where nothing is kept of it, or series of it are something else.
    func counters(_ definition: MetricDefinition, samplesMax: Int) throws -> [CounterSeries]? {
        guard let exposition = exposition(of: definition), let kept = try kept(exposition) else { return nil }
        return try kept.counters(
            exposition, at: points, through: lastBegin(of: definition), samplesMax: samplesMax
        ) { bytes in
            try check()
            try holdMade(bytes)
        }
    }

    /// Label sets that begin later (ns) are not there yet.
    private func lastBegin(of definition: MetricDefinition) -> Int64 {
        definition.source == .questions ? judgedThrough : points.lastNanoseconds
    }

    /// How a metric is shown; nil where no series of it is wanted, or where events say nothing of it.
    private func exposition(of definition: MetricDefinition) -> Exposition? {
        var categories: [ByteText] = []
        switch definition.source {
        case .count, .sum, .observe, .bookedCost, .unpricedCalls, .ratings: break
        case .questions: categories = MetricCatalogue.questionResults.map { ByteText($0.utf8) }
        case .process where MetricCatalogue.countedByType.contains(definition.name): break
        case .process, .corrections: return nil
        }
        let exposition = Exposition(definition, source, matchers, categories: categories)
        return exposition.isAsked ? exposition : nil
    }

    /// Stands for what the wanted series say up to the last point; nil where not only events tell of them.
    func mark() throws -> SeriesMark? {
        if isOfRunning { return nil }
        var numbers: [UInt64] = []
        for definition in Exposition.definitions(for: matchers) {
            try check()
            if ProcessNote.isNoted(definition) { return nil }
            guard let exposition = exposition(of: definition) else { continue }
            guard let kept = try kept(exposition) else { return nil }
            numbers.append(kept.index.change(through: points.upper))
        }
        return SeriesMark(numbers)
    }

    /// What is kept of a metric; nil where nothing is.
    private func kept(_ exposition: Exposition) throws -> CachedCells? {
        guard let cache = source.cache else { return nil }
        let definition = exposition.definition
        var key = IndexKey(
            metric: definition.name, hasBuckets: exposition.needsBuckets, hasNative: exposition.needsNative)
        if exposition.needsBuckets { key.bounds = exposition.bounds }
        if definition.source == .questions {
            let limits = source.objectives.answerLimits
            key.bounds = [limits.nanoseconds] + limits.channels.map(\.nanoseconds)
            key.channels = limits.channels.map(\.name)
        }
        if definition.name == MetricCatalogue.closedConversations { key.silence = source.outcomes.idleAfterNanoseconds }
        if let known = source.found.cells(key) { return known }
        if cache.hasGivenUp(key) { return nil }
        let reader = HistoryReader(source.apart, .everything, .all, keepsCells: true, judgedThrough: .max)
        let fold = reader.fold(of: exposition)
        let cells = try CachedCells.reading(fold, pieces(of: fold), as: key, cache, reader)
        source.found.keep(cells, as: key)
        return cells
    }

    /// How a metric is counted.
    private func fold(of exposition: Exposition) -> MetricFold {
        let definition = exposition.definition
        var fold = MetricFold(exposition: exposition)
        switch definition.source {
        case .count, .sum, .observe, .bookedCost, .unpricedCalls:
            fold.tables = eventFolds(definition)
            if definition.name == MetricCatalogue.closedConversations { fold.tables += silenceFolds() }
        case .questions: fold.tables = [questionFold()]
        case .ratings:
            fold.tables = ratingFolds(definition)
            fold.countTogether = { pieces, cells in try self.countRatings(definition, pieces, into: &cells) }
        case .process:
            let isBackfill = definition.name == MetricCatalogue.backfilledEvents
            fold.tables = [isBackfill ? backfillFold() : typeFold()]
        case .corrections: break
        }
        return fold
    }
}
