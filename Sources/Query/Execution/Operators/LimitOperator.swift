import Columnar
import Synchronization

/// The first rows of a stream, in the order of the input. Stops reading once the units from the beginning on hold enough.
struct LimitOperator: Sendable {
    let context: QueryContext
    let count: Int?
    let offset: Int

    func run(_ input: Pipeline) throws -> [Chunk] {
        let skipped = max(0, offset)
        let wanted = count.map { $0.addingReportingOverflow(skipped).overflow ? Int.max : max(0, $0) + skipped } ?? Int.max
        if wanted == 0 || count == 0 { return [] }
        let progress = Mutex([Int: Int]())
        let parts = try input.run(context, make: { [(UInt64, Chunk)]() }) { chunk, ordinal, found in
            try context.budget.reserve(chunk.memoryBytes)
            found.append((ordinal, chunk))
            let unit = Int(ordinal >> 32)
            let rows = progress.withLock { rows in
                rows[unit, default: 0] += chunk.rowCount
                return rows[unit] ?? 0
            }
            // A unit with enough rows of its own makes every later one needless.
            return rows < wanted
        }
        return cut(parts.flatMap { $0 }.sorted { $0.0 < $1.0 }.map(\.1), skipped: skipped, wanted: wanted)
    }

    private func cut(_ chunks: [Chunk], skipped: Int, wanted: Int) -> [Chunk] {
        var result: [Chunk] = []
        var start = 0
        for chunk in chunks {
            let rows = max(0, skipped - start)..<min(chunk.rowCount, wanted - start)
            if rows.lowerBound < rows.upperBound { result.append(chunk.slice(rows)) }
            start += chunk.rowCount
            if start >= wanted { break }
        }
        return result
    }
}
