import Columnar
import Plans

/// The rows of a table that a condition over windows leaves, such as the latest of each conversation: what the windows
/// look at is read of all rows, and what else is wanted of those alone that are left.
struct WindowedRows: Sendable {
    let scan: ScanOperator
    /// The functions over the scan's rows.
    let windows: WindowOperator
    /// Over the windows' output; all must hold.
    let conditions: [Expression]
    /// At which columns of the windows' output somebody looks.
    let wanted: Set<Int>

    /// A morsel with rows that its conditions leave, by their places; nil: all.
    private struct Piece: Sendable {
        var morsel: any Morsel
        var places: [UInt32]?
    }

    func pipeline() throws -> Pipeline {
        let context = scan.context
        let inputCount = scan.output.count
        let asked = ColumnLooks(columns: conditions.reduce(into: Set<Int>()) { $0.formUnion($1.columnsRead) })
        let looks = asked.below(
            windowsOver: windows.partition, order: windows.order, windows.calls, inputCount: inputCount)
        let (pieces, work, results) = try windowed(
            looks.columns.sorted(), keys: looks.below(conditions: scan.conditions).keys, shown: asked.columns)
        if pieces.isEmpty { return Pipeline(columns: windows.output, chunks: []) }
        let (chunks, starts) = (work.chunks, work.starts)
        // What was let go of is read once more where it is shown, and texts that were only compared.
        let others = wanted.filter { $0 < inputCount && !asked.columns.contains($0) }.sorted()
        var rows = Pipeline(columns: windows.output, unitCount: pieces.count) { [scan, conditions] unit, sink in
            let values = try results.map { result in
                try context.running { () throws(KernelError) in try result.vector(starts[unit]..<starts[unit + 1]) }
            }
            var chunk = Chunk(columns: chunks[unit].columns + values, rowCount: chunks[unit].rowCount)
            var places = pieces[unit].places ?? (0..<UInt32(chunk.rowCount)).map { $0 }
            let evaluator = Evaluator(context: context)
            for condition in conditions {
                guard let kept = Selection.rows(where: try evaluator.evaluate(condition, chunk)) else { continue }
                if kept.isEmpty { return }
                chunk = chunk.gather(KeptRows(ascending: kept))
                places = kept.map { places[Int($0)] }
            }
            if !others.isEmpty {
                let read = try scan.read(places, of: pieces[unit].morsel, columns: others)
                for column in others { chunk.columns[column] = read.columns[column] }
            }
            let booking = scan.booking(of: chunk)
            defer { withExtendedLifetime(booking) {} }
            for part in chunk.pieces(of: context.chunkRowsMax) { try sink(part) }
        }
        rows.rowsMax = starts[pieces.count]
        return rows
    }

    /// What the windows say of the rows, which are read with the columns that this takes.
    private func windowed(
        _ columns: [Int], keys: Set<Int>, shown: Set<Int>
    ) throws -> (pieces: [Piece], work: WindowWork, results: [WindowColumn]) {
        let pieces: [Piece]
        var chunks: [Chunk]
        (pieces, chunks) = try read(columns, keys: keys)
        var work = WindowWork(context: scan.context, chunks: chunks, columns: scan.output, shown: shown)
        // Nobody else holds them, so that what is let go of is gone.
        chunks = []
        if pieces.isEmpty { return (pieces, work, []) }
        let results = try work.results(
            of: windows.calls, partition: windows.partition, order: windows.order)
        return (pieces, work, results)
    }

    /// In the order of the table, without morsels of which no row is left.
    private func read(_ columns: [Int], keys: Set<Int>) throws -> (pieces: [Piece], chunks: [Chunk]) {
        let context = scan.context
        let keyed = scan.reading(keys: keys, units: [:])
        let units = Pipeline.units(scan.morsels.count, rows: scan.rowCount)
        let firsts = FirstRows(windows, conditions, inputCount: scan.output.count)
        let parts = try units.run(context, make: { ReadPieces(leading: firsts?.leading(of: scan.rowCount)) }) {
            _, ordinal, state in
            let morsel = scan.morsels[Pipeline.unit(of: ordinal)]
            guard morsel.rowCount > 0, let open = scan.remaining(morsel),
                var (chunk, places) = try keyed.read(morsel, conditions: open, columns: columns)
            else { return true }
            if let firsts, let left = try firsts.rows(of: chunk, ordinal, context, &state) {
                if left.isEmpty { return true }
                chunk = chunk.gather(KeptRows(ascending: left))
                places = places.map { known in left.map { known[Int($0)] } } ?? left
            }
            let kept = chunk.kept(keys: keys)
            try context.budget.reserve(kept.bytes + (places?.count ?? 0) * 4)
            state.found.append((ordinal, Piece(morsel: morsel, places: places), kept.chunk))
            return true
        }
        context.budget.release(parts.reduce(0) { $0 + $1.bookedBytes })
        let found = parts.flatMap(\.found).sorted { $0.ordinal < $1.ordinal }
        return (found.map(\.piece), found.map(\.chunk))
    }

    /// What one thread has read.
    private struct ReadPieces: Sendable {
        var found: [(ordinal: UInt64, piece: Piece, chunk: Chunk)] = []
        /// Tells which rows may be among the first, where no others are wanted.
        var leading: LeadingRows?
        /// Of what that takes.
        var bookedBytes = 0

        init(leading: LeadingRows?) { self.leading = leading }
    }

    /// Windows that only number the rows of partitions, under conditions that let these numbers be no greater than a
    /// few: whichever row so many others come before need not be kept until all are read.
    private struct FirstRows: Sendable {
        let partition: [Expression]
        let key: SortKey
        let most: Int
        let countsAlikeOnce: Bool

        /// nil for other windows, and under other conditions.
        /// - Parameter inputCount: the windows' columns begin there.
        init?(_ windows: WindowOperator, _ conditions: [Expression], inputCount: Int) {
            // What may fail has to meet every row.
            guard let key = windows.order.first, LeadingRows.tells(key.expression.type),
                !windows.order.dropFirst().contains(where: \.expression.mayFail),
                windows.calls.allSatisfy(\.function.isNumberOfRow)
            else { return nil }
            for condition in conditions {
                if let (column, most) = condition.upperBound, column >= inputCount, most <= LeadingRows.mostMax {
                    (partition, self.key, self.most) = (windows.partition, key, max(1, Int(most)))
                    countsAlikeOnce = windows.calls[column - inputCount].function == .denseRank
                    return
                }
                if condition.mayFail { break }
            }
            return nil
        }

        func leading(of rowsMax: Int) -> LeadingRows {
            LeadingRows(
                partition: partition.map(\.type), most: most, countsAlikeOnce: countsAlikeOnce,
                isDescending: key.isDescending, rowsMax: rowsMax)
        }

        /// The rows of a chunk that may be among the first; nil: all.
        func rows(
            of chunk: Chunk, _ ordinal: UInt64, _ context: QueryContext, _ state: inout ReadPieces
        ) throws -> [UInt32]? {
            let evaluator = Evaluator(context: context)
            let keys = try partition.map { try evaluator.evaluate($0, chunk) }
            let order = try evaluator.evaluate(key.expression, chunk)
            let left = state.leading?.rows(of: keys, by: order, ordinal: ordinal)
            let bytes = state.leading?.memoryBytes ?? 0
            try context.budget.reserve(bytes - state.bookedBytes)
            state.bookedBytes = bytes
            return left
        }
    }
}

extension WindowFunction {
    /// Whether it says how many rows of the partition come before, and asks nothing of others.
    fileprivate var isNumberOfRow: Bool {
        switch self {
        case .rowNumber, .rank, .denseRank: true
        case .percentRank, .cumulativeDistribution, .tile, .lag, .lead, .firstValue, .lastValue, .nthValue, .aggregate:
            false
        }
    }
}
