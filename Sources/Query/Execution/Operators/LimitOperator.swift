import Columnar
import Synchronization

/// The first rows of a stream, in the order of the input. Stops reading once the units from the beginning on hold
/// enough.
struct LimitOperator: Sendable {
    let context: QueryContext
    let count: Int?
    let offset: Int

    /// Rows found by unit, and how many the finished units from the first one on hold together.
    private struct Progress {
        private var rows: [Int: Int] = [:]
        private var done: Set<Int> = []
        private var next = 0
        private var total = 0

        mutating func add(_ count: Int, unit: Int) -> Int {
            rows[unit, default: 0] += count
            return rows[unit] ?? 0
        }

        /// The unit from which on nothing more is needed, once that is known.
        mutating func finish(_ unit: Int, wanted: Int) -> Int? {
            done.insert(unit)
            while done.contains(next), total < wanted {
                total += rows[next] ?? 0
                next += 1
            }
            return total >= wanted ? next : nil
        }
    }

    /// How many rows of the input are needed, those that are skipped included.
    var wanted: Int {
        let skipped = max(0, offset)
        return count.map { $0.addingReportingOverflow(skipped).overflow ? Int.max : max(0, $0) + skipped } ?? Int.max
    }

    func run(_ input: Pipeline) throws -> [Chunk] {
        let skipped = max(0, offset)
        let wanted = wanted
        if wanted == 0 || count == 0 { return [] }
        let ready = try input.keepReady(context) { cut($0, skipped: skipped, wanted: wanted) }
        if let ready { return ready }
        let progress = Mutex(Progress())
        let parts = try input.run(
            context, make: { [(UInt64, Chunk)]() },
            unitDone: { unit in progress.withLock { $0.finish(unit, wanted: wanted) } }
        ) { chunk, ordinal, found in
            let kept = chunk.kept()
            try context.budget.reserve(kept.bytes)
            found.append((ordinal, kept.chunk))
            let rows = progress.withLock { $0.add(chunk.rowCount, unit: Pipeline.unit(of: ordinal)) }
            // A unit with enough rows of its own makes every later one needless.
            return rows < wanted
        }
        return cut(parts.flatMap { $0 }.sorted { $0.0 < $1.0 }.map(\.1), skipped: skipped, wanted: wanted)
    }

    private func cut(_ chunks: [Chunk], skipped: Int, wanted: Int) -> [Chunk] {
        assert(skipped >= 0 && skipped <= wanted, "what is skipped is wanted first")
        var result: [Chunk] = []
        var start = 0
        for chunk in chunks {
            let lower = max(0, skipped - start)
            let upper = min(chunk.rowCount, wanted - start)
            if lower < upper { result.append(chunk.slice(lower..<upper)) }
            start += chunk.rowCount
            if start >= wanted { break }
        }
        return result
    }
}
