import Bytes
import Columnar
import Domain
import Plans
import Projections
import PromQLText

/// One request on its way over the tables.
///
/// Each metric is read by itself, in one pass over its tables. Nothing is kept from one request to the next; what could
/// be, is what ``cells(_:_:)`` gives.
final class HistoryReader {
    let source: StoreSeries
    let matchers: SeriesMatchers
    let points: SamplePoints
    /// False where only first times are asked for.
    let keepsCells: Bool
    private let options: QueryOptions
    private let statistics = ScanStatistics()
    private let booking: MemoryBooking?

    init(_ source: StoreSeries, _ matchers: SeriesMatchers, _ points: SamplePoints, keepsCells: Bool) {
        (self.source, self.matchers, self.points, self.keepsCells) = (source, matchers, points, keepsCells)
        options = source.options
        booking = source.options.memoryPool.map { MemoryBooking(in: $0) }
    }

    /// Looks whether the answer is still wanted.
    func check() throws(QueryError) { try options.check() }

    /// Books what is held.
    func hold(_ bytes: Int) throws(SeriesSourceError) {
        if bytes > options.memoryBudgetBytes {
            throw .unavailable(
                "the series need more than \(options.memoryBudgetBytes >> 20) MiB; ask for fewer, or for less time")
        }
        if let booking, !booking.change(to: bytes) {
            throw .unavailable("the memory of all questions is taken; ask again")
        }
    }

    // MARK: Tables

    /// Reads a table piece by piece; nothing where there is none of the name.
    /// - Parameter isWanted: what pieces may be left out by; nil: none.
    func scan(
        _ name: String, _ columns: [String], where conditions: [(String, ColumnPredicate.Comparison)] = [],
        _ body: (any Morsel, NamedTable) throws -> Void
    ) throws {
        guard let table = source.catalog.table(named: name).map(NamedTable.init) else { return }
        let predicates = conditions.compactMap { name, comparison in
            table.place(name).map { ColumnPredicate(column: $0, comparison: comparison) }
        }
        let options = options
        let request = ScanRequest(
            columns: columns.compactMap(table.place), predicates: predicates, statistics: statistics,
            check: { try options.check() })
        defer { statistics.notices.forEach(source.notices.add) }
        for morsel in try table.source.morsels(for: request) {
            try check()
            if morsel.rowCount > 0 { try body(morsel, table) }
        }
    }

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
