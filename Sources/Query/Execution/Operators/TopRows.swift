import Columnar
import Plans
import Synchronization

/// The rows of a table that come first in an order, when only a few are wanted: each morsel is looked at with the
/// columns of conditions and keys alone, the most promising one first, and one whose header says that all its rows come
/// too late is not read at all. What else was asked for is read for the rows that are left.
struct TopRows: Sendable {
    private let scan: ScanOperator
    /// Over the scan's columns.
    private let keys: [SortKey]
    private let limit: Int
    /// The columns that conditions and keys read.
    private let keyColumns: [Int]

    /// More rows than this are found by a sort of all.
    private static let limitMax = 4096

    /// nil where the rows have to be read whole: many are wanted, or something that may fail has to be tried on each.
    /// - Parameter others: what is computed of the rows besides.
    init?(_ scan: ScanOperator, keys: [SortKey], limit: Int, others: [Expression]) {
        let looked = scan.conditions + keys.map(\.expression)
        guard (1...Self.limitMax).contains(limit), !keys.isEmpty, !(looked + others).contains(where: \.mayFail) else {
            return nil
        }
        self.scan = scan
        self.keys = keys
        self.limit = limit
        keyColumns = looked.reduce(into: Set<Int>()) { $0.formUnion($1.columnsRead) }.sorted()
    }

    /// A morsel's rows that may be wanted, with the values of their keys.
    private struct Candidates: Sendable {
        var morsel: Int
        var rows: [UInt32]
        var keys: [Vector]
    }

    /// The first keys of the best rows so far, best first, at most as many as are wanted.
    private final class Best: Sendable {
        private let values = Mutex<[Scalar]>([])
        private let key: SortKey
        private let limit: Int

        init(_ key: SortKey, limit: Int) {
            self.key = key
            self.limit = limit
        }

        /// Whether no row that comes where the value does can be wanted.
        func excludes(_ value: Scalar) -> Bool {
            values.withLock { $0.count == limit && key.precedes($0[limit - 1], value) }
        }

        /// - Parameter more: best first.
        func add(_ more: [Scalar]) {
            values.withLock { known in
                var merged: [Scalar] = []
                var (left, right) = (0, 0)
                while merged.count < limit, left < known.count || right < more.count {
                    if right == more.count || (left < known.count && !key.precedes(more[right], known[left])) {
                        merged.append(known[left])
                        left += 1
                    } else {
                        merged.append(more[right])
                        right += 1
                    }
                }
                known = merged
            }
        }
    }

    /// The wanted rows with all columns of the scan, in the order of the table.
    func pipeline() throws -> Pipeline {
        let winners = try winners(among: candidates())
        return Pipeline(columns: scan.output, unitCount: winners.count) { [scan] unit, sink in
            let (morsel, rows) = winners[unit]
            let chunk = try scan.read(rows, of: scan.morsels[morsel])
            let booking = scan.booking(of: chunk)
            defer { withExtendedLifetime(booking) {} }
            for piece in chunk.pieces(of: scan.context.chunkRowsMax) { try sink(piece) }
        }
    }

    private func candidates() throws -> [Candidates] {
        let context = scan.context
        let bounds = scan.morsels.map { bound(of: $0) }
        // Those of which nothing is known come first: the others may then be left out.
        let order = scan.morsels.indices.sorted { left, right in
            guard let a = bounds[left], let b = bounds[right] else {
                return (bounds[left] == nil ? 0 : 1, left) < (bounds[right] == nil ? 0 : 1, right)
            }
            return keys[0].precedes(a, b) || (!keys[0].precedes(b, a) && left < right)
        }
        let best = Best(keys[0], limit: limit)
        let parts = try Pipeline.units(order.count).run(context, make: { [Candidates]() }) { _, ordinal, found in
            let index = order[Pipeline.unit(of: ordinal)]
            if let bound = bounds[index], best.excludes(bound) {
                context.statistics.add(groupsSkipped: 1)
                return true
            }
            guard let candidates = try candidates(index) else { return true }
            try context.budget.reserve(candidates.keys.reduce(candidates.rows.count * 4) { $0 + $1.memoryBytes })
            let first = candidates.keys[0]
            best.add((0..<first.count).map { first.scalar(at: $0) })
            found.append(candidates)
            return true
        }
        return parts.flatMap { $0 }.sorted { $0.morsel < $1.morsel }
    }

    /// The first rows of one morsel, in order.
    private func candidates(_ index: Int) throws -> Candidates? {
        let context = scan.context
        let morsel = scan.morsels[index]
        guard morsel.rowCount > 0, let open = scan.remaining(morsel),
            let (chunk, selection) = try scan.read(morsel, conditions: open, columns: keyColumns)
        else { return nil }
        let booking = scan.booking(of: chunk)
        defer { withExtendedLifetime(booking) {} }
        let evaluator = Evaluator(context: context)
        let values = try keys.map { try evaluator.evaluate($0.expression, chunk) }
        var rows = try order(of: values)
        if rows.count > limit { rows.removeSubrange(limit...) }
        let first = Chunk(columns: values, rowCount: chunk.rowCount).gather(rows).kept().chunk
        return Candidates(
            morsel: index, rows: rows.map { row in selection.map { $0[Int(row)] } ?? row }, keys: first.columns)
    }

    private func order(of values: [Vector]) throws -> [UInt32] {
        try SortOrder.rows(
            of: values, descending: keys.map(\.isDescending), nullsFirst: keys.map(\.nullsFirst), limit: limit,
            look: scan.context.check)
    }

    /// What is wanted of all candidates: morsels ascending, the rows of each ascending.
    private func winners(among candidates: [Candidates]) throws -> [(morsel: Int, rows: [UInt32])] {
        if candidates.isEmpty { return [] }
        let places = candidates.enumerated().flatMap { number, one in one.rows.map { (number, $0) } }
        let values = keys.indices.map { key in
            Vector.concatenate(candidates.map { $0.keys[key] }, type: keys[key].expression.type)
        }
        // Equal rows keep the order of the table, which those of one morsel are in already.
        var wanted = [[UInt32]](repeating: [], count: candidates.count)
        for place in try order(of: values).prefix(limit) {
            let (number, row) = places[Int(place)]
            wanted[number].append(row)
        }
        return candidates.indices.compactMap { number in
            wanted[number].isEmpty ? nil : (candidates[number].morsel, wanted[number].sorted())
        }
    }

    /// The best that the first key can be in the morsel; nil where that is not known.
    private func bound(of morsel: any Morsel) -> Scalar? {
        guard scan.context.options.usesSummaries, case .column(let index, let type) = keys[0].expression,
            type.hasExactBounds, let summary = morsel.summary(scan.columns[index])
        else { return nil }
        if summary.nullCount == morsel.rowCount || (summary.nullCount > 0 && keys[0].nullsFirst) { return .null }
        let bound = keys[0].isDescending ? summary.maximum : summary.minimum
        return bound.isNull ? nil : bound
    }
}

extension ColumnType {
    /// Whether what a page's header tells of its least and greatest value bounds all of them in the order of a sort.
    fileprivate var hasExactBounds: Bool {
        switch self {
        case .integer, .timestamptz, .timestamp, .date, .numeric, .boolean, .text: true
        default: false
        }
    }
}

extension SortKey {
    /// Whether one value of the key comes before another.
    fileprivate func precedes(_ left: Scalar, _ right: Scalar) -> Bool {
        if left.isNull || right.isNull { return left.isNull != right.isNull && left.isNull == nullsFirst }
        let order = ScalarOrder.compare(left, right)
        return isDescending ? order > 0 : order < 0
    }
}
