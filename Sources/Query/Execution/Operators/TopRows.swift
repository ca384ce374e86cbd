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
    /// The columns that conditions and the first key read.
    private let firstColumns: [Int]
    /// Those that the other keys read.
    private let otherColumns: [Int]

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
        func columns(_ expressions: [Expression]) -> [Int] {
            expressions.reduce(into: Set<Int>()) { $0.formUnion($1.columnsRead) }.sorted()
        }
        firstColumns = columns(scan.conditions + [keys[0].expression])
        otherColumns = columns(keys.dropFirst().map(\.expression))
    }

    /// A morsel to look at.
    private struct Piece: Sendable {
        var morsel: any Morsel
        /// Ascending in the order of the table.
        var place: Int
        /// The best that the first key can be; nil where that is not known.
        var bound: Scalar?
    }

    /// A piece's rows that may be wanted, with the values of their keys.
    private struct Candidates: Sendable {
        var piece: Piece
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
            let chunk = try scan.read(rows, of: morsel)
            let booking = scan.booking(of: chunk)
            defer { withExtendedLifetime(booking) {} }
            for piece in chunk.pieces(of: scan.context.chunkRowsMax) { try sink(piece) }
        }
    }

    private func candidates() throws -> [Candidates] {
        let best = Best(keys[0], limit: limit)
        let (pieces, early) = try pieces(best)
        let units = Pipeline.units(pieces.count, rows: pieces.reduce(0) { $0 + $1.morsel.rowCount })
        let parts = try units.run(scan.context, make: { [Candidates]() }) { _, ordinal, found in
            if let candidates = try look(at: pieces[Pipeline.unit(of: ordinal)], best) { found.append(candidates) }
            return true
        }
        return (early + parts.flatMap { $0 }).sorted { $0.piece.place < $1.piece.place }
    }

    /// The pieces to look at, the most promising first. Where morsels stand for several, the best piece of the best of
    /// them is looked at beforehand: most others then need not be taken apart.
    /// - Returns: beside them what was found beforehand.
    private func pieces(_ best: Best) throws -> (pieces: [Piece], early: [Candidates]) {
        var pieces: [Piece] = []
        var early: [Candidates] = []
        var hasLooked = false
        let all = scan.morsels.enumerated().map { Piece(morsel: $1, place: $0 << 32, bound: bound(of: $1)) }
        for whole in sorted(all) {
            guard whole.morsel.pieceCount > 1 else {
                pieces.append(whole)
                continue
            }
            try scan.context.check()
            if isExcluded(whole, best) { continue }
            var parts = try whole.morsel.parts().enumerated().map {
                Piece(morsel: $1, place: whole.place + $0, bound: bound(of: $1))
            }
            if !hasLooked, !parts.isEmpty {
                hasLooked = true
                parts = sorted(parts)
                if let candidates = try look(at: parts.removeFirst(), best) { early.append(candidates) }
            }
            pieces += parts
        }
        return (sorted(pieces), early)
    }

    /// Those of which nothing is known come first: the others may then be left out.
    private func sorted(_ pieces: [Piece]) -> [Piece] {
        pieces.sorted { left, right in
            guard let a = left.bound, let b = right.bound else {
                return (left.bound == nil ? 0 : 1, left.place) < (right.bound == nil ? 0 : 1, right.place)
            }
            return keys[0].precedes(a, b) || (!keys[0].precedes(b, a) && left.place < right.place)
        }
    }

    /// Whether no row of the piece can be wanted any more, which is counted.
    private func isExcluded(_ piece: Piece, _ best: Best) -> Bool {
        guard let bound = piece.bound, best.excludes(bound) else { return false }
        scan.context.statistics.add(groupsSkipped: piece.morsel.pieceCount)
        return true
    }

    /// The first rows of a piece, of which the best are told of; nil where none can be wanted.
    private func look(at piece: Piece, _ best: Best) throws -> Candidates? {
        if isExcluded(piece, best) { return nil }
        guard let candidates = try candidates(piece, best) else { return nil }
        let bytes = candidates.keys.reduce(candidates.rows.count * 4) { $0 + $1.memoryBytes }
        try scan.context.budget.reserve(bytes)
        let first = candidates.keys[0]
        best.add((0..<first.count).map { first.scalar(at: $0) })
        return candidates
    }

    /// The first rows of one piece, in order; nil where none can be wanted.
    private func candidates(_ piece: Piece, _ best: Best) throws -> Candidates? {
        let context = scan.context
        let morsel = piece.morsel
        guard morsel.rowCount > 0, let open = scan.remaining(morsel) else { return nil }
        let found: (chunk: Chunk, selection: [UInt32]?)?
        if open.isEmpty, let rows = try firstRows(of: morsel) {
            context.statistics.add(rowsScanned: rows.count)
            found = (try scan.read(rows, of: morsel, columns: firstColumns), rows)
        } else {
            found = try scan.read(morsel, conditions: open, columns: firstColumns)
        }
        guard let (chunk, selection) = found else { return nil }
        let booking = scan.booking(of: chunk)
        defer { withExtendedLifetime(booking) {} }
        let evaluator = Evaluator(context: context)
        var values = [try evaluator.evaluate(keys[0].expression, chunk)]
        var places = selection
        if keys.count > 1 {
            // The other keys are read of rows that the first one leaves.
            let leading = try leading(by: values[0], best)
            if leading.isEmpty { return nil }
            let rows = selection.map { selection in leading.map { selection[Int($0)] } } ?? leading
            let others = try scan.read(rows, of: morsel, columns: otherColumns)
            values = [values[0].gather(leading)]
            values += try keys.dropFirst().map { try evaluator.evaluate($0.expression, others) }
            places = rows
        }
        var rows = try order(of: values)
        if rows.count > limit { rows.removeSubrange(limit...) }
        let first = Chunk(columns: values, rowCount: values[0].count).gather(rows).kept().chunk
        return Candidates(
            piece: piece, rows: rows.map { row in places.map { $0[Int(row)] } ?? row }, keys: first.columns)
    }

    /// The rows of which the first ones come by all keys, ascending: by the first key so many as are wanted and those
    /// like the last of them, but for those that come behind the best rows of other pieces.
    private func leading(by first: Vector, _ best: Best) throws -> [UInt32] {
        let key = keys[0]
        let rows = try SortOrder.leading(
            by: first, descending: key.isDescending, nullsFirst: key.nullsFirst, limit: limit,
            look: scan.context.check)
        return rows.count <= 2 * limit ? rows.filter { !best.excludes(first.scalar(at: Int($0))) } : rows
    }

    /// Rows among which the first ones are, where the first key is a column and the morsel finds them without reading
    /// it.
    private func firstRows(of morsel: any Morsel) throws -> [UInt32]? {
        guard scan.context.options.usesSummaries, case .column(let index, _) = keys[0].expression else { return nil }
        return try morsel.rows(scan.columns[index], first: limit, descending: keys[0].isDescending)
    }

    private func order(of values: [Vector]) throws -> [UInt32] {
        try SortOrder.rows(
            of: values, descending: keys.map(\.isDescending), nullsFirst: keys.map(\.nullsFirst), limit: limit,
            look: scan.context.check)
    }

    /// What is wanted of all candidates: morsels ascending, the rows of each ascending.
    private func winners(among candidates: [Candidates]) throws -> [(morsel: any Morsel, rows: [UInt32])] {
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
            wanted[number].isEmpty ? nil : (candidates[number].piece.morsel, wanted[number].sorted())
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
