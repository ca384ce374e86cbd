import Bytes
import Columnar
import Domain
import Platform
import Plans
import PromQLText
import Synchronization

/// One request on its way over the tables.
///
/// Each metric is read by itself, in one pass over its tables. Nothing is kept from one request to the next; what could
/// be, is what ``cells(_:)`` gives.
final class HistoryReader: Sendable {
    let source: StoreSeries
    let matchers: SeriesMatchers
    let points: SamplePoints
    /// False where only first times are asked for.
    let keepsCells: Bool
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

    init(_ source: StoreSeries, _ matchers: SeriesMatchers, _ points: SamplePoints, keepsCells: Bool) {
        (self.source, self.matchers, self.points, self.keepsCells) = (source, matchers, points, keepsCells)
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
            throw .unavailable(
                "the series need more than \(options.memoryBudgetBytes >> 20) MiB; ask for fewer, or for less time")
        }
        if !isThere { throw .unavailable("the memory of all questions is taken; ask again") }
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
    /// - Parameters:
    ///   - labels: makes what numbers the label sets; each worker has its own.
    ///   - body: counts the rows of a piece.
    func count(
        _ name: String, _ columns: [String], where conditions: [(String, ColumnPredicate.Comparison)] = [],
        into cells: inout LabelledCells, labels: @Sendable (NamedTable) -> LabelReader,
        _ body: @Sendable (any Morsel, NamedTable, RowSets, inout LabelledCells) throws -> Void
    ) throws {
        guard let (table, morsels) = try pieces(name, columns, conditions) else { return }
        let parts = max(1, min(source.workers.parallelism, morsels.count))
        let empty = cells.emptied
        // What is counted already stands beside what is being read.
        try holdRead(cells.memoryBytes, part: parts)
        let found = try source.workers.map(count: parts) { part in
            var own = empty
            let reader = labels(table)
            for place in stride(from: part, to: morsels.count, by: parts) {
                try check()
                let sets = try reader.read(morsels[place], table, into: &own)
                try body(morsels[place], table, sets, &own)
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
            check: { try options.check() })
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
            if case .timestamptz(let time)? = morsel.summary(place)?.minimum {
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
        switch definition.source {
        case .count, .sum, .observe, .bookedCost, .unpricedCalls:
            guard var cells = labelled(definition) else { return nil }
            try fold(definition, into: &cells)
            if definition.name == MetricCatalogue.closedConversations { try foldSilence(into: &cells) }
            return cells
        case .questions:
            guard var cells = labelled(definition, categories: ["good", "failed"]) else { return nil }
            try foldQuestions(definition, into: &cells)
            return cells
        case .ratings:
            guard var cells = labelled(definition) else { return nil }
            try foldRatings(definition, into: &cells)
            return cells
        case .process:
            guard definition.name == MetricCatalogue.acceptedEvents, var cells = labelled(definition) else {
                return nil
            }
            try foldTypes(into: &cells)
            return cells
        case .corrections: return nil
        }
    }

    private func labelled(_ definition: MetricDefinition, categories: [ByteText] = []) -> LabelledCells? {
        let exposition = Exposition(definition, source, matchers, categories: categories)
        return exposition.isAsked ? LabelledCells(exposition, points, keepsCells: keepsCells) : nil
    }
}
