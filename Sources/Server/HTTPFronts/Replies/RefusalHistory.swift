import Bytes
import Domain
import Synchronization

/// How often everything had been refused at the times of the last two hours, so that whoever has mended a sender and
/// looks again sees that it stopped.
final class RefusalHistory: Sendable {
    /// What was refused.
    struct Key: Hashable, Sendable {
        var door: RefusalDoor
        var reason: RefusalName
    }

    /// How often since the start; nothing is there that was not refused.
    typealias Totals = [Key: Int]

    private struct State {
        /// When totals changed, ascending. The first holds from before the others on.
        var points: [(time: Int64, totals: Totals)]
        /// When each was seen to have grown.
        var last: [Key: Int64] = [:]
    }

    /// How far back is known what was refused: the texts of the report `doctor` say two hours.
    private static let keptNanoseconds: Int64 = 2 * Nanoseconds.hour
    /// Whoever asks notes as well, so that points may stand close: of each such stretch but the latest two the last
    /// one is kept.
    private static let stepNanoseconds: Int64 = 10_000_000_000
    /// In one stretch; beyond it the newest is replaced.
    private static let pointsOfStepMax = 32

    private let state: Mutex<State>

    /// - Parameter now: the monotonic clock, as everywhere here.
    init(now: Int64) { state = Mutex(State(points: [(now, [:])])) }

    /// Notes what there is by now, unless it is what there was.
    func note(_ totals: Totals, now: Int64) {
        state.withLock { state in
            guard let newest = state.points.last?.totals, newest != totals else { return }
            // order: each for itself.
            for (key, count) in totals where count != newest[key] { state.last[key] = now }
            let step = now / Self.stepNanoseconds
            let ofStep = state.points.dropFirst().reversed().prefix { $0.time / Self.stepNanoseconds == step }.count
            if ofStep >= Self.pointsOfStepMax { state.points.removeLast() }
            state.points.append((now, totals))
            guard ofStep == 0 else { return }
            Self.thin(&state.points, before: step - 1)
            let old = state.points.dropFirst().prefix { $0.time <= now - Self.keptNanoseconds }.count
            state.points.removeFirst(old)
        }
    }

    /// Leaves of each stretch before one its last point, beside the first of all.
    private static func thin(_ points: inout [(time: Int64, totals: Totals)], before step: Int64) {
        var kept: [(time: Int64, totals: Totals)] = []
        for (index, point) in points.enumerated() {
            let own = point.time / stepNanoseconds
            let isLast = index + 1 == points.count || points[index + 1].time / stepNanoseconds != own
            if index == 0 || isLast || own >= step { kept.append(point) }
        }
        points = kept
    }

    /// What was refused after a time, as far as that is known, and when it was last.
    /// - Returns: `since`: the time after which it is counted.
    func refused(after time: Int64) -> (since: Int64, refusals: [(key: Key, count: Int, last: Int64)]) {
        let (points, last) = state.withLock { ($0.points, $0.last) }
        guard let newest = points.last, let oldest = points.first else { return (time, []) }
        let before = points.last { $0.time <= time } ?? oldest
        let refusals = RefusalDoor.allCases.flatMap { door in
            RefusalName.allCases.compactMap { reason -> (key: Key, count: Int, last: Int64)? in
                let key = Key(door: door, reason: reason)
                let count = newest.totals[key, default: 0] - before.totals[key, default: 0]
                return count > 0 ? (key, count, last[key] ?? newest.time) : nil
            }
        }
        return (max(time, oldest.time), refusals)
    }
}
