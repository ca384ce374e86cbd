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
        typealias Found = (ordinal: UInt64, piece: Piece, chunk: Chunk)
        let parts = try units.run(context, make: { [Found]() }) { _, ordinal, found in
            let morsel = scan.morsels[Pipeline.unit(of: ordinal)]
            guard morsel.rowCount > 0, let open = scan.remaining(morsel),
                let (chunk, places) = try keyed.read(morsel, conditions: open, columns: columns)
            else { return true }
            let kept = chunk.kept(keys: keys)
            try context.budget.reserve(kept.bytes + (places?.count ?? 0) * 4)
            found.append((ordinal, Piece(morsel: morsel, places: places), kept.chunk))
            return true
        }
        let found = parts.flatMap { $0 }.sorted { $0.ordinal < $1.ordinal }
        return (found.map(\.piece), found.map(\.chunk))
    }
}
