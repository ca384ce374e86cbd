import Columnar
import Plans

/// Groups by ids of which those are wanted that come first by some aggregates: what the other aggregates make is made
/// of the rows of these groups alone, once it is known which they are. A row of any other id is looked at for what
/// decides the order, and for no more.
///
/// It pays where ids have kept numbers (``KeptTexts``), so that finding a group's rows again takes a bit a row, and
/// where far more groups are there than are wanted; all others are read once. Answers are the same.
struct LaterResults: Sendable {
    private let whole: AggregateOperator
    private let first: FirstGroups
    /// The calls that nothing waits for: neither the order nor what is asked of groups.
    private let unasked: [Int]

    private var context: QueryContext { whole.context }

    /// Of more groups most pieces have rows.
    private static let limitMax = 1_024
    /// So many ids have to be there, and so many for each group that is wanted.
    private static let (idsMin, idsPerGroup) = (1_024, 64)
    /// What fewer rows take is not worth a look at their ids: so many times what one thread goes through alone.
    private static let stretchesMin = 128

    /// nil where every result is wanted of all groups.
    init?(_ whole: AggregateOperator) {
        guard let first = whole.first, !first.keys.isEmpty, (1...Self.limitMax).contains(first.limit),
            whole.context.options.usesSummaries,
            whole.groups.contains(where: { if case .column(_, .text) = $0 { true } else { false } })
        else { return nil }
        var asked = first.columnsAsked.union([whole.groups.count + first.call])
        for key in first.keys { key.expression.collectColumns(into: &asked) }
        let unasked = whole.calls.indices.filter { !asked.contains(whole.groups.count + $0) }
        // Counting rows costs what finding some of them again does.
        guard unasked.contains(where: { whole.calls[$0].readsRows && whole.calls[$0].mayWait }) else { return nil }
        (self.whole, self.first, self.unasked) = (whole, first, unasked)
    }

    /// The aggregate's result: the first groups, or all.
    func run(_ scan: ScanOperator) throws -> [Chunk] {
        guard scan.rowCount >= context.sharedRowsMin * Self.stretchesMin else { return try whole.run(table: scan) }
        let pieces = try scan.pieces()
        let later = try unasked.filter { try mayWait(whole.calls[$0], over: pieces) }
        guard later.contains(where: { whole.calls[$0].readsRows }),
            let search = try GroupSearch(whole, later: later, of: pieces, idsMin: idsMin)
        else { return try whole.run(table: pieces) }
        // Of a call that cannot be made nobody would hear where no group is left.
        _ = try whole.makeState()
        let now = whole.calls.indices.filter { !later.contains($0) }
        guard let leading = try leading(now, pieces) else { return [] }
        guard let results = try search.results(of: leading) else { return try whole.run(table: pieces) }
        var columns = Array(leading.columns.prefix(whole.groups.count))
        for call in whole.calls.indices {
            if let place = now.firstIndex(of: call) {
                columns.append(leading.columns[whole.groups.count + place])
            } else if let place = later.firstIndex(of: call) {
                columns.append(results[place])
            }
        }
        assert(columns.count == whole.output.count, "a result of each call")
        return [Chunk(columns: columns, rowCount: leading.rowCount)]
    }

    private var idsMin: Int { max(Self.idsMin, first.limit * Self.idsPerGroup) }

    /// The groups that come first, in their order, with the results of some calls; nil where there is none.
    private func leading(_ calls: [Int], _ scan: ScanOperator) throws -> Chunk? {
        let count = whole.groups.count
        // What the other calls would give is asked by nobody.
        let columns = whole.output.enumerated().map { index, column -> Expression in
            if index < count { return .column(index, column.type) }
            return calls.firstIndex(of: index - count).map { Expression.column(count + $0, column.type) }
                ?? .literal(.null, column.type)
        }
        var order = first
        guard let place = calls.firstIndex(of: first.call) else { preconditionFailure("the order is asked for") }
        order.call = place
        order.conditions = first.conditions.map { $0.substituting(columns) }
        order.keys = first.keys.map { $0.over(columns) }
        let output = Array(whole.output.prefix(count)) + calls.map { whole.output[count + $0] }
        let operation = AggregateOperator(
            context: context, groups: whole.groups, calls: calls.map { whole.calls[$0] }, output: output, first: order)
        var rows = Pipeline(columns: output, chunks: try operation.run(table: scan))
        if !order.conditions.isEmpty { rows = PlanRunner(context: context).filtered(rows, order.conditions) }
        let sorted = try SortOperator(context: context, keys: order.keys, limit: first.limit).run(rows)
        return sorted.isEmpty ? nil : Chunk.concatenate(sorted, columns: output)
    }

    /// Whether a call's result of groups that nobody wants is never refused, so that it need not be made.
    private func mayWait(_ call: AggregateCall, over scan: ScanOperator) throws -> Bool {
        guard call.mayWait else { return false }
        guard let column = call.summed else { return true }
        return try SumBound.holds(column, of: scan)
    }
}

extension AggregateCall {
    /// Whether more than how many rows there are counts.
    fileprivate var readsRows: Bool { function != .countRows || filter != nil }

    /// The column whose values it adds up; nil where it does something else.
    fileprivate var summed: Int? {
        guard function == .sum || function == .average, case .column(let column, _)? = arguments.first else {
            return nil
        }
        return column
    }

    /// Whether something comes of any values, in whatever order they are taken; of sums where these are small.
    fileprivate var mayWait: Bool {
        let parts = arguments + order.map(\.expression) + (filter.map { [$0] } ?? [])
        if parts.contains(where: \.mayFail) { return false }
        switch function {
        case .countRows, .count, .minimum, .maximum: return true
        case .booleanAnd, .booleanOr, .percentileContinuous, .percentileDiscrete: return !isDistinct
        case .approximatePercentile:
            let isPlain = arguments.first?.type == .integer || arguments.first?.type == .double
            return !isDistinct && arguments.count == 1 && isPlain
        case .sum, .average:
            guard !isDistinct, summed != nil, arguments.count == 1, type.isNumeric else { return false }
            return arguments[0].type == .integer || arguments[0].type.isNumeric
        case .standardDeviation, .standardDeviationPopulation, .variance, .variancePopulation, .stringAggregate,
            .arrayAggregate, .mergedCount, .mergedAverage, .mergedHistogram:
            return false
        }
    }
}

/// Whether sums of a column are far from what would be refused, however its rows are grouped.
private enum SumBound {
    /// What all values come to at most, each without its sign.
    private static let totalMax = Int128(1) << 62
    /// Pieces that say nothing of their values, as the newest rows do, are looked at where they are few: one row in so
    /// many.
    private static let rowsPerLookedAt = 16

    static func holds(_ column: Int, of scan: ScanOperator) throws -> Bool {
        let (place, scale) = (scan.columns[column], scan.output[column].type.scale)
        var left = scan.rowCount / rowsPerLookedAt
        let most = totalMax / Int128(max(1, scan.rowCount))
        for morsel in scan.morsels {
            var bounds: [Scalar] = []
            if let summary = morsel.summary(place) {
                if summary.nullCount < morsel.rowCount { bounds = [summary.minimum, summary.maximum] }
            } else {
                left -= morsel.rowCount
                if left < 0 { return false }
                try scan.context.check()
                switch try morsel.column(place).storage {
                case .int64(let values):
                    bounds = [.numeric(Int128(values.min() ?? 0), scale: scale)]
                    bounds.append(.numeric(Int128(values.max() ?? 0), scale: scale))
                case .constant(.null): continue
                default: return false
                }
            }
            for bound in bounds {
                switch bound {
                case .integer(let value) where scale == 0 && Int128(value).magnitude <= most.magnitude: continue
                case .numeric(let value, let places) where places == scale && value.magnitude <= most.magnitude:
                    continue
                default: return false
                }
            }
        }
        return true
    }
}
