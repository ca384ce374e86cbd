import Bytes
import Columnar
import PromQLText
import Synchronization

/// Which metric is kept, and what else decides its cells.
struct IndexKey: Hashable, Sendable {
    // texts: a name of ours.
    var metric: String
    /// Whether cells tell classic and exponential buckets apart.
    var hasBuckets, hasNative: Bool
    /// Where classic buckets end, or how long questions of all channels wait, in ns.
    var bounds: [Int64] = []
    /// Channels whose questions wait otherwise.
    var channels: [[UInt8]] = []
    /// After how much silence conversations are closed.
    var silence: Int64?
}

/// A piece of one of a metric's tables.
struct PieceKey: Hashable, Sendable {
    /// The table's place among the metric's.
    var table: Int
    var identity: MorselIdentity
}

/// Numbers of a metric's label sets, for as long as something is kept of it.
final class LabelNumbers: Sendable {
    private struct State {
        var numbers: [[ByteText]: Int] = [:]
        var values: [[ByteText]] = []
        var outputs: [Exposition.OutputsKey: [[SeriesOutput]?]] = [:]
        var bytes = 0
    }

    private let state = Mutex(State())

    /// nil where there are too many.
    func number(of values: [ByteText]) -> Int? {
        state.withLock { state in
            if let known = state.numbers[values] { return known }
            guard state.values.count < CellRun.setsMax else { return nil }
            state.values.append(values)
            state.numbers[values] = state.values.count - 1
            state.bytes += values.reduce(128) { $0 + $1.bytes.count + 64 }
            return state.values.count - 1
        }
    }

    /// By number.
    var values: [[ByteText]] { state.withLock { $0.values } }

    /// All series of the label sets, as far as they were made: what a set has is made of nothing else.
    /// - Returns: by number, maybe of fewer sets than there are.
    func outputs(_ key: Exposition.OutputsKey) -> [[SeriesOutput]?] { state.withLock { $0.outputs[key] ?? [] } }

    /// Keeps more of them, of some exposures only.
    /// - Returns: how many bytes more that takes.
    func keep(_ outputs: [[SeriesOutput]?], as key: Exposition.OutputsKey) -> Int {
        func bytes(_ outputs: [[SeriesOutput]?]) -> Int {
            outputs.reduce(0) { $0 + ($1 ?? []).reduce(32) { $0 + 96 + $1.labels.labels.count * 64 } }
        }
        return state.withLock { state in
            let isFull = state.outputs[key] == nil && state.outputs.count >= Self.exposuresMax
            // order: added up.
            let before = isFull ? state.outputs.values.reduce(0) { $0 + bytes($1) } : bytes(state.outputs[key] ?? [])
            if isFull { state.outputs = [:] }
            state.outputs[key] = outputs
            let more = bytes(outputs) - before
            state.bytes += more
            return more
        }
    }

    private static let exposuresMax = 8
    var memoryBytes: Int { state.withLock { $0.bytes } }
}

/// What is kept of a piece: its cells at coarse points, and when each of its label sets begins.
final class CellPiece: Sendable {
    /// No other piece has it.
    let number = MorselIdentity.freshOrigin()
    let coarse: CellRun
    let firsts: [(set: Int, time: Int64)]
    /// Of its cells; nil where it has none.
    let points: ClosedRange<Int64>?
    let memoryBytes: Int

    init(_ fine: CellRun, firsts: [(set: Int, time: Int64)]) {
        (coarse, self.firsts, points) = (fine.coarse, firsts, fine.points)
        memoryBytes = coarse.memoryBytes + firsts.count * 16 + 256
    }
}

/// The cells of one metric over all pieces of its tables, at coarse points. Never changes; one of the next snapshot is
/// made of it, of the pieces that came and of those that went.
final class CellIndex: Sendable {
    let keys: [PieceKey]
    /// Of each key's piece; where pieces count together one for all.
    let pieces: [CellPiece]
    let sets: LabelNumbers
    /// Each more than four times as long as the next. What went is taken away by cells of its own.
    let runs: [CellRun]
    /// By label set, in ns; the greatest number: nothing counted under it.
    let firsts: [Int64]
    let points: ClosedRange<Int64>?
    let memoryBytes: Int

    /// - Parameter old: that of another snapshot, with the same numbers of label sets.
    init(_ keys: [PieceKey], _ pieces: [CellPiece], _ sets: LabelNumbers, old: CellIndex?) {
        precondition(old.map { $0.sets === sets } ?? true, "numbers mean the same label sets before and after")
        (self.keys, self.pieces, self.sets) = (keys, pieces, sets)
        let known = Set((old?.pieces ?? []).map(\.number))
        let wanted = Set(pieces.map(\.number))
        var added = pieces.filter { !known.contains($0.number) }
        var removed = (old?.pieces ?? []).filter { !wanted.contains($0.number) }
        var runs = old?.runs ?? []
        var firsts = old?.firsts ?? []
        // Where most is new, nothing is taken away.
        if added.count + removed.count > pieces.count { (added, removed, runs, firsts) = (pieces, [], [], []) }
        if let change = Self.sum(removed.map(\.coarse.negated) + added.map(\.coarse)) {
            Self.insert(change, into: &runs)
        }
        let isShrunk = removed.contains { piece in piece.firsts.contains { firsts[$0.set] >= $0.time } }
        if isShrunk { firsts = [] }
        for piece in isShrunk ? pieces : added {
            for (set, time) in piece.firsts {
                while firsts.count <= set { firsts.append(.max) }
                firsts[set] = min(firsts[set], time)
            }
        }
        (self.runs, self.firsts) = (runs, firsts)
        points = pieces.compactMap(\.points).reduce(nil) { all, own in
            all.map { min($0.lowerBound, own.lowerBound)...max($0.upperBound, own.upperBound) } ?? own
        }
        memoryBytes =
            pieces.reduce(512) { $0 + $1.memoryBytes } + keys.count * 96 + firsts.count * 8 + sets.memoryBytes
            + runs.reduce(0) { $0 + $1.memoryBytes }
    }

    /// nil of none.
    /// - Complexity: O(cells · log runs).
    private static func sum(_ runs: [CellRun]) -> CellRun? {
        var runs = runs
        while runs.count > 1 {
            runs = stride(from: 0, to: runs.count, by: 2).map {
                $0 + 1 < runs.count ? runs[$0].merged(with: runs[$0 + 1]) : runs[$0]
            }
        }
        return runs.first
    }

    private static func insert(_ run: CellRun, into runs: inout [CellRun]) {
        if run.count == 0 { return }
        runs.append(run)
        while runs.count > 1, runs[runs.count - 2].count <= 4 * runs[runs.count - 1].count {
            let last = runs.removeLast()
            let merged = runs.removeLast().merged(with: last)
            if merged.count > 0 { runs.append(merged) }
        }
    }
}
