import Columnar
import Plans

/// Sorts a stream; with a limit, each unit keeps only its own first rows before the last sort.
struct SortOperator: Sendable {
    let context: QueryContext
    let keys: [SortKey]
    let limit: Int?

    func run(_ input: Pipeline) throws -> [Chunk] {
        var source = input
        if limit != nil { source = input.map(columns: input.columns) { [self] chunk in try sorted(chunk) } }
        let chunks = try source.collect(context)
        if chunks.isEmpty { return [] }
        let whole = Chunk.concatenate(chunks, columns: input.columns)
        try context.budget.reserve(whole.heldBytes + whole.rowCount * 16)
        // Keys that are sorted beside their rows, twice.
        try context.budget.reserve(whole.rowCount * 16)
        let rows = try order(of: whole)
        try context.budget.reserve(-whole.rowCount * 16)
        return try stride(from: 0, to: rows.count, by: context.chunkRowsMax).map { start in
            try context.check()
            return whole.gather(Array(rows[start..<min(start + context.chunkRowsMax, rows.count)]))
        }
    }

    /// Its first rows; where all of them may be wanted the last sort sees to them.
    private func sorted(_ chunk: Chunk) throws -> Chunk {
        if let limit, chunk.rowCount <= limit { return chunk }
        return chunk.gather(try order(of: chunk))
    }

    /// The rows of the chunk that are wanted, in order.
    private func order(of chunk: Chunk) throws -> [UInt32] {
        let evaluator = Evaluator(context: context)
        let columns = try keys.map { try evaluator.evaluate($0.expression, chunk) }
        var rows = try SortOrder.rows(
            of: columns, descending: keys.map(\.isDescending), nullsFirst: keys.map(\.nullsFirst), limit: limit,
            look: context.check)
        if keys.isEmpty { rows = (0..<UInt32(chunk.rowCount)).map { $0 } }
        if let limit, rows.count > limit { rows.removeSubrange(max(0, limit)...) }
        assert(rows.count <= chunk.rowCount && columns.allSatisfy { $0.count == chunk.rowCount }, "keys for each row")
        return rows
    }
}
