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

    private static let keptNanoseconds: Int64 = 2 * Nanoseconds.hour
    /// As often as they are noted in that time.
    private static let pointsMax = 720

    private let state: Mutex<State>

    /// - Parameter now: the monotonic clock, as everywhere here.
    init(now: Int64) { state = Mutex(State(points: [(now, [:])])) }

    /// Notes what there is by now, unless it is what there was.
    func note(_ totals: Totals, now: Int64) {
        state.withLock { state in
            guard let newest = state.points.last?.totals, newest != totals else { return }
            // order: each for itself.
            for (key, count) in totals where count != newest[key] { state.last[key] = now }
            state.points.append((now, totals))
            while state.points.count > Self.pointsMax
                || state.points.count > 1 && state.points[1].time <= now - Self.keptNanoseconds
            { state.points.removeFirst() }
        }
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
