import Bytes
import Columnar

/// The cells of one metric over all pieces of its tables, at coarse points. Never changes; one of the next snapshot is
/// made of it, of the pieces that came and of those that went.
final class CellIndex: Sendable {
    let keys: [PieceKey]
    /// Of each key's piece; where these count together those that a ``RatingIndex`` made of them.
    let pieces: [CellPiece]
    let sets: LabelNumbers
    /// Each more than four times as long as the next. What went is taken away by cells of its own.
    let runs: [CellRun]
    /// By label set, in ns; the greatest number: nothing counted under it.
    let firsts: [Int64]
    let points: ClosedRange<Int64>?
    let memoryBytes: Int
    /// Of what all runs count.
    let courses = KeptCourses()
    private let changes: [Change]

    /// Something became different from a point on.
    private struct Change {
        /// No other change has it.
        let number: UInt64
        let first: Int64
    }

    private static let changesMax = 1_024

    /// - Parameter old: that of another snapshot, with the same numbers of label sets.
    init(_ keys: [PieceKey], _ pieces: [CellPiece], _ sets: LabelNumbers, old: CellIndex?) {
        precondition(old.map { $0.sets === sets } ?? true, "numbers mean the same label sets before and after")
        (self.keys, self.pieces, self.sets) = (keys, pieces, sets)
        let known = Set((old?.pieces ?? []).map(\.number))
        let wanted = Set(pieces.map(\.number))
        var added = pieces.filter { !known.contains($0.number) }
        var removed = (old?.pieces ?? []).filter { !wanted.contains($0.number) }
        changes = Self.changes(old, added, removed)
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
            + runs.reduce(0) { $0 + $1.memoryBytes } + changes.count * 16
    }

    /// What all runs count, as one.
    /// - Complexity: O(cells · log runs), where there are several.
    var whole: CellRun? { Self.sum(runs) }
    /// What ``whole`` takes beside the runs, roughly: one alone is not copied.
    var wholeBytes: Int { runs.count > 1 ? runs.reduce(0) { $0 + $1.memoryBytes } : 0 }
    /// How many cells the runs have.
    var cellCount: Int { runs.reduce(0) { $0 + $1.count } }

    /// The number of the last change of anything that shows at a point or before it.
    func change(through point: Int64) -> UInt64 {
        // The first of them is one of all points.
        changes[changes.partitioningIndex { $0.first > point } - 1].number
    }

    /// The changes by which the index before became this one as well; those whose points a later one has, too, count
    /// no longer.
    private static func changes(_ old: CellIndex?, _ added: [CellPiece], _ removed: [CellPiece]) -> [Change] {
        let number = MorselIdentity.freshOrigin()
        guard let old else { return [Change(number: number, first: .min)] }
        var marks: [Int64: UInt64] = [:]
        for (point, mark) in added.flatMap(\.marks) { marks[point, default: 0] &+= mark }
        for (point, mark) in removed.flatMap(\.marks) { marks[point, default: 0] &-= mark }
        // order: the least of them is the same in any.
        guard let least = marks.filter({ $0.value != 0 }).keys.min() else { return old.changes }
        // A series begins a point before what counts first.
        let first = CoarsePoint.points(of: least).lowerBound - 1
        let kept = old.changes.filter { $0.first < first }
        return kept.count < changesMax
            ? kept + [Change(number: number, first: first)] : [Change(number: number, first: .min)]
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
