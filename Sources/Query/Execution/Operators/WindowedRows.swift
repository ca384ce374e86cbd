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

    /// What windows and conditions look at of one morsel.
    private struct Piece: Sendable {
        var morsel: any Morsel
        var chunk: Chunk
        /// The rows by their places in the morsel; nil: all.
        var places: [UInt32]?
    }

    func pipeline() throws -> Pipeline {
        let context = scan.context
        let inputCount = scan.output.count
        let asked = ColumnLooks(columns: conditions.reduce(into: Set<Int>()) { $0.formUnion($1.columnsRead) })
        let looks = asked.below(
            windowsOver: windows.partition, order: windows.order, windows.calls, inputCount: inputCount)
        let keys = looks.below(conditions: scan.conditions).keys
        let pieces = try pieces(looks.columns.sorted(), keys: keys)
        if pieces.isEmpty { return Pipeline(columns: windows.output, chunks: []) }
        var work = WindowWork(context: context, chunks: pieces.map(\.chunk), columns: scan.output)
        let starts = work.starts
        let results = try work.results(
            of: windows.calls, partition: windows.partition, order: windows.order)
        // Texts that were only compared are read where they are shown.
        let others = wanted.filter { $0 < inputCount && (!looks.columns.contains($0) || keys.contains($0)) }.sorted()
        var rows = Pipeline(columns: windows.output, unitCount: pieces.count) { [scan, conditions] unit, sink in
            let piece = pieces[unit]
            let values = try results.map { result in
                try context.running { () throws(KernelError) in try result.vector(starts[unit]..<starts[unit + 1]) }
            }
            var chunk = Chunk(columns: piece.chunk.columns + values, rowCount: piece.chunk.rowCount)
            var places = piece.places ?? (0..<UInt32(chunk.rowCount)).map { $0 }
            let evaluator = Evaluator(context: context)
            for condition in conditions {
                guard let kept = Selection.rows(where: try evaluator.evaluate(condition, chunk)) else { continue }
                if kept.isEmpty { return }
                chunk = chunk.gather(KeptRows(ascending: kept))
                places = kept.map { places[Int($0)] }
            }
            if !others.isEmpty {
                let read = try scan.read(places, of: piece.morsel, columns: others)
                for column in others { chunk.columns[column] = read.columns[column] }
            }
            let booking = scan.booking(of: chunk)
            defer { withExtendedLifetime(booking) {} }
            for part in chunk.pieces(of: context.chunkRowsMax) { try sink(part) }
        }
        rows.rowsMax = starts[pieces.count]
        return rows
    }

    /// In the order of the table, without those of which no row is left.
    private func pieces(_ columns: [Int], keys: Set<Int>) throws -> [Piece] {
        let context = scan.context
        let keyed = scan.reading(keys: keys, units: [:])
        let units = Pipeline.units(scan.morsels.count, rows: scan.rowCount)
        let parts = try units.run(context, make: { [(ordinal: UInt64, piece: Piece)]() }) { _, ordinal, found in
            let morsel = scan.morsels[Pipeline.unit(of: ordinal)]
            guard morsel.rowCount > 0, let open = scan.remaining(morsel),
                let (chunk, places) = try keyed.read(morsel, conditions: open, columns: columns)
            else { return true }
            let kept = chunk.kept(keys: keys)
            try context.budget.reserve(kept.bytes + (places?.count ?? 0) * 4)
            found.append((ordinal, Piece(morsel: morsel, chunk: kept.chunk, places: places)))
            return true
        }
        return parts.flatMap { $0 }.sorted { $0.ordinal < $1.ordinal }.map(\.piece)
    }
}
