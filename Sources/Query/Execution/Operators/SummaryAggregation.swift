import Columnar
import Platform
import Plans

/// Aggregates straight over a table of which headers may answer a part (``HeaderAnswers``): whole morsels, without
/// reading a page, or of single ones some of the aggregates.
struct SummaryAggregation: Sendable {
    private let scan: ScanOperator
    private let aggregate: AggregateOperator
    private let headers: HeaderAnswers

    /// nil where headers are asked nothing.
    /// - Parameter scan: its morsels may stand for several pieces.
    init?(_ scan: ScanOperator, _ aggregate: AggregateOperator) {
        guard let headers = HeaderAnswers(scan, aggregate) else { return nil }
        (self.scan, self.aggregate, self.headers) = (scan, aggregate, headers)
    }

    /// So many morsels are asked one after the other for what headers say.
    private static let askedFirstMax = 1_024

    func run() throws -> [Chunk] {
        let (morsels, rows) = try morsels()
        if aggregate.groups.isEmpty, morsels.count <= Self.askedFirstMax { return try runOverRest(of: morsels) }
        let perUnit = aggregate.groups.isEmpty ? Self.morselsPerUnit(morsels.count, scan.context.workers) : 1
        let (count, uses) = (morsels.count, aggregate.columnUses(scan))
        let units = Pipeline.units((count + perUnit - 1) / perUnit, rows: rows)
        return try aggregate.run(units) { ordinal, state in
            let first = Pipeline.unit(of: ordinal) * perUnit
            var place = ordinal
            for morsel in morsels[first..<min(first + perUnit, count)] {
                try take(morsel, place, uses, &state)
                place += UInt64(morsel.rowCount)
            }
        }
    }

    /// Takes in what headers say before anything is shared out, since that takes less than to wake another thread: rows
    /// are read of what is left, if that is anything.
    private func runOverRest(of morsels: [any Morsel]) throws -> [Chunk] {
        var answered = try aggregate.makeState()
        var rest: [(morsel: any Morsel, known: AggregateOperator.Known)] = []
        var rows = 0
        for morsel in morsels {
            try scan.context.check()
            guard case .rows(let known) = try headers.take(morsel, 0, into: &answered) else { continue }
            rest.append((morsel, known))
            rows += morsel.rowCount
        }
        let (left, uses) = (rest, aggregate.columnUses(scan))
        return try aggregate.run(Pipeline.units(left.count, rows: rows), after: answered) { ordinal, state in
            let (morsel, known) = left[Pipeline.unit(of: ordinal)]
            try read(morsel, ordinal, uses, known, into: &state)
        }
    }

    /// The morsels in the table's order: single ones, those that stand for several and answer for them, and the pieces
    /// of the others.
    /// - Returns: beside them how many rows there are to read at most.
    private func morsels() throws -> (morsels: [any Morsel], rows: Int) {
        var morsels: [any Morsel] = []
        var rows = 0
        for morsel in scan.morsels {
            if morsel.pieceCount == 1 {
                morsels.append(morsel)
                rows += morsel.rowCount
                continue
            }
            try scan.context.check()
            if try headers.answerAll(of: morsel) {
                morsels.append(morsel)
                continue
            }
            let parts = try morsel.parts()
            rows += parts.reduce(0) { $0 + $1.rowCount }
            morsels += parts
        }
        return (morsels, rows)
    }

    /// A morsel that its headers answer for costs less than handing it on, so there are several to a unit; but enough
    /// units that the lanes share those that have to be read.
    private static func morselsPerUnit(_ morsels: Int, _ workers: any Workers) -> Int {
        min(64, max(1, morsels / (workers.parallelism * 16)))
    }

    private func take(
        _ morsel: any Morsel, _ ordinal: UInt64, _ uses: ColumnUses, _ state: inout AggregateOperator.State
    ) throws {
        guard case .rows(let known) = try headers.take(morsel, ordinal, into: &state) else { return }
        try read(morsel, ordinal, uses, known, into: &state)
    }

    /// Takes in what headers did not say of a morsel: its rows, or the texts that they have where no more is asked.
    private func read(
        _ morsel: any Morsel, _ ordinal: UInt64, _ uses: ColumnUses, _ known: AggregateOperator.Known,
        into state: inout AggregateOperator.State
    ) throws {
        try scan.context.check()
        let counted = aggregate.countedTexts(besides: known.answered)
        if let counted, let texts = try scan.texts(counted, of: morsel) {
            if texts.rowCount == 0 { return }
            var rows = ScannedRows(texts)
            return try aggregate.update(&state, &rows, ordinal, known)
        }
        if var rows = try scan.rows(of: morsel, uses) {
            try aggregate.update(&state, &rows, ordinal, known)
        }
    }
}

extension AggregateOperator {
    /// The aggregate straight over a table: of its columns what this looks at, and of that what headers do not tell.
    /// - Parameter scan: its morsels may stand for several pieces.
    func run(table scan: ScanOperator) throws -> [Chunk] {
        var scan = scan
        scan.wanted = columnsRead.sorted()
        scan = scan.reading(keys: keys(besides: scan.conditions), units: units)
        return try SummaryAggregation(scan, self)?.run() ?? run(scan.pieces())
    }
}
