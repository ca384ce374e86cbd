import Columnar
import Platform
import Plans

/// Ungrouped counts, sums, minima and maxima straight over a table take whole morsels by their page headers, without
/// reading a page, wherever the headers also prove every condition.
struct SummaryAggregation: Sendable {
    private let scan: ScanOperator
    private let aggregate: AggregateOperator

    /// nil where some aggregate is more than a plain one of a column.
    init?(_ scan: ScanOperator, _ aggregate: AggregateOperator) {
        guard aggregate.groups.isEmpty, scan.context.options.usesSummaries else { return nil }
        for call in aggregate.calls {
            guard call.filter == nil, !call.isDistinct || call.function == .minimum || call.function == .maximum else {
                return nil
            }
            switch call.function {
            case .countRows: continue
            case .count, .sum, .minimum, .maximum, .average, .mergedCount:
                guard case .column? = call.arguments.first else { return nil }
            default: return nil
            }
        }
        self.scan = scan
        self.aggregate = aggregate
    }

    func run() throws -> [Chunk] {
        var known = try aggregate.makeState()
        let morsels = try unanswered(&known)
        let count = morsels.count
        let perUnit = Self.morselsPerUnit(count, lanes: scan.context.workers.parallelism)
        let units = Pipeline.units(
            (count + perUnit - 1) / perUnit, rows: morsels.reduce(0) { $0 + $1.rowCount })
        let states = try units.run(scan.context, make: { try aggregate.makeState() }) { _, ordinal, state in
            let first = Pipeline.unit(of: ordinal) * perUnit
            for index in first..<min(first + perUnit, count) { try take(morsels[index], ordinal, &state) }
            return true
        }
        return try aggregate.finish([known] + states)
    }

    /// The morsels to look at one by one: single ones, and the pieces of those that stand for several and do not answer
    /// for them.
    /// - Parameter state: takes what the others say.
    private func unanswered(_ state: inout AggregateOperator.State) throws -> [any Morsel] {
        var single: [any Morsel] = []
        for morsel in scan.morsels {
            if morsel.pieceCount == 1 {
                single.append(morsel)
                continue
            }
            try scan.context.check()
            guard let open = scan.remaining(morsel) else { continue }
            if open.isEmpty, takeSummaries(morsel, &state) { continue }
            single += try morsel.parts()
        }
        return single
    }

    /// A morsel that its headers answer for costs less than handing it on, so there are several to a unit; but enough
    /// units that the lanes share those that have to be read.
    private static func morselsPerUnit(_ morsels: Int, lanes: Int) -> Int { min(64, max(1, morsels / (lanes * 16))) }

    private func take(_ morsel: any Morsel, _ ordinal: UInt64, _ state: inout AggregateOperator.State) throws {
        guard morsel.rowCount > 0, let open = scan.remaining(morsel) else { return }
        if open.isEmpty, takeSummaries(morsel, &state) { return }
        try scan.context.check()
        if let rows = try scan.read(morsel, conditions: open) { try aggregate.update(&state, rows, ordinal) }
    }

    /// All aggregates or none.
    private func takeSummaries(_ morsel: any Morsel, _ state: inout AggregateOperator.State) -> Bool {
        var changed = state.accumulators
        assert(changed.count == aggregate.calls.count, "a state for each call")
        for (index, call) in aggregate.calls.enumerated() {
            let summary: ColumnSummary?
            if case .column(let column, _)? = call.arguments.first {
                summary = morsel.summary(scan.columns[column])
            } else {
                summary = ColumnSummary(minimum: .null, maximum: .null, nullCount: 0)
            }
            if !changed[index].updateFromSummary(summary, rowCount: morsel.rowCount) { return false }
        }
        state.accumulators = changed
        return true
    }
}
