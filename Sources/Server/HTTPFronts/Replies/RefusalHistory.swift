import Bytes
import Domain
import Synchronization

/// How often everything had been refused at the times of the last hours (``Limits/refusalsKeptNanoseconds``), so that
/// whoever has mended a sender and looks again sees that it stopped.
///
/// Who refuses says so at once (``happened(at:)``), and what was refused is counted now and then (``note(_:now:)``):
/// times are those of refusals, to the while between two counts.
final class RefusalHistory: Sendable {
    /// What was refused.
    struct Key: Hashable, Sendable {
        var door: RefusalDoor
        var reason: RefusalName
        /// Whose it was, where that is known.
        var service: ExactText?
    }

    /// What was refused in a period, and between when.
    struct Refused: Hashable, Sendable {
        var key: Key
        var count: Int
        var first: Int64
        var last: Int64
    }

    /// How often since the start; nothing is there that was not refused.
    typealias Totals = [Key: Int]

    /// What there was after a while in which something was refused, first and last at these times.
    private struct Point {
        var first: Int64
        var time: Int64
        var totals: Totals
    }

    private struct State {
        /// Ascending by time. The first holds from before the others on.
        var points: [Point]
        /// When each was last seen to have grown.
        var last: [Key: Int64] = [:]
        /// When something was refused that was not counted yet.
        var uncounted: (first: Int64, last: Int64)?
    }

    /// Whoever asks notes as well, so that points may stand close: of each such stretch but the latest two the last
    /// one is kept.
    private static let stepNanoseconds: Int64 = 10_000_000_000
    /// In one stretch; beyond it the newest is replaced.
    private static let pointsOfStepMax = 32

    private let state: Mutex<State>

    /// - Parameter now: the monotonic clock, as everywhere here.
    init(now: Int64) { state = Mutex(State(points: [Point(first: now, time: now, totals: [:])])) }

    /// Says that something is refused now.
    func happened(at now: Int64) {
        state.withLock { state in state.uncounted = (state.uncounted?.first ?? now, now) }
    }

    /// Notes what there is by now, unless it is what there was.
    func note(_ totals: Totals, now: Int64) {
        state.withLock { state in
            guard let newest = state.points.last?.totals, newest != totals else { return }
            let (first, time) = state.uncounted ?? (now, now)
            state.uncounted = nil
            // order: each for itself.
            for (key, count) in totals where count != newest[key] { state.last[key] = time }
            let step = time / Self.stepNanoseconds
            let ofStep = state.points.dropFirst().reversed().prefix { $0.time / Self.stepNanoseconds == step }.count
            if ofStep >= Self.pointsOfStepMax { state.points.removeLast() }
            state.points.append(Point(first: first, time: time, totals: totals))
            guard ofStep == 0 else { return }
            Self.thin(&state.points, before: step - 1)
            let old = state.points.dropFirst().prefix { $0.time <= now - Limits.refusalsKeptNanoseconds }.count
            state.points.removeFirst(old)
        }
    }

    /// Leaves of each stretch before one its last point, beside the first of all.
    private static func thin(_ points: inout [Point], before step: Int64) {
        var kept: [Point] = []
        for (index, point) in points.enumerated() {
            let own = point.time / stepNanoseconds
            let isLast = index + 1 == points.count || points[index + 1].time / stepNanoseconds != own
            if index == 0 || isLast || own >= step { kept.append(point) }
        }
        points = kept
    }

    /// What was refused after a time, as far as that is known, in the order of doors, reasons and services.
    /// - Complexity: O(kinds × points).
    func refused(after time: Int64) -> [Refused] {
        let (points, last) = state.withLock { ($0.points, $0.last) }
        guard let newest = points.last else { return [] }
        let before = points.lastIndex { $0.time <= time } ?? 0
        let refused = newest.totals.compactMap { key, count -> Refused? in
            let old = points[before].totals[key, default: 0]
            guard count > old else { return nil }
            let first = points[before...].first { $0.totals[key, default: 0] > old }?.first ?? newest.first
            return Refused(key: key, count: count - old, first: max(time, first), last: last[key] ?? newest.time)
        }
        return refused.sorted { Self.precedes($0.key, $1.key) }
    }

    private static func precedes(_ one: Key, _ other: Key) -> Bool {
        func place(_ key: Key) -> (Int, Int, ExactText) {
            (
                RefusalDoor.allCases.firstIndex(of: key.door) ?? 0,
                RefusalName.allCases.firstIndex(of: key.reason) ?? 0, key.service ?? ""
            )
        }
        return place(one) < place(other)
    }
}
