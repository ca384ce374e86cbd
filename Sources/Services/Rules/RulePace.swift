import AlertRules
import Bytes
import Synchronization

/// Which evaluation is next, and when: half of a processor's time is left for others, whatever the rules want.
///
/// Groups that are evaluated at one time follow each other, since they share its series; then there is a pause as long
/// as all of them took. Only what was missed before the process began is caught up without pauses. Groups that would
/// take more than half of the time, all together, leave evaluations out.
struct RulePace: Sendable {
    /// ms since 1970 of the evaluations under way; nil: there was none.
    private var time: Int64?
    /// ns that these took.
    private var spent: Int64 = 0
    /// On the monotonic clock, ns: no evaluation at another time before.
    private var end: Int64 = .min

    /// Whether there may be an evaluation of a time now.
    /// - Parameters:
    ///   - time: ms since 1970.
    ///   - monotonic: ns.
    func allows(_ time: Int64, at monotonic: Int64) -> Bool { time == self.time || end <= monotonic }

    /// An evaluation was made.
    /// - Parameters:
    ///   - nanoseconds: how long it took.
    ///   - time: of the evaluation, ms since 1970.
    ///   - monotonic: ns, when it was done.
    ///   - isFree: nothing is left for others after it.
    mutating func took(_ nanoseconds: Int64, for time: Int64, until monotonic: Int64, isFree: Bool) {
        if time != self.time { (self.time, spent) = (time, 0) }
        if !isFree { spent = spent.saturatingAdd(nanoseconds) }
        end = monotonic.saturatingAdd(spent)
    }
}

extension RuleManager {
    /// An evaluation that is to come.
    struct Due: Sendable {
        let index: Int
        let key: ExactText
        /// ms since 1970.
        let time: Int64
        /// Whether what was missed before it is too much.
        let isAnew: Bool
        /// Whether there is another one of the group by now.
        let isBehind: Bool
    }

    /// The evaluation whose time is the earliest.
    func due(at now: Int64, monotonic: Int64) -> Due? {
        state.withLock { state in
            let isTooMuch = state.isTooMuch
            var found: (due: Due, last: Int64)?
            for (index, group) in state.groups.enumerated() where group.notBefore <= monotonic {
                guard let due = Self.due(group, index, at: now, isTooMuch: isTooMuch),
                    state.pace.allows(due.time, at: monotonic)
                else { continue }
                // Where not all can be made each group has its turn.
                let last = isTooMuch ? group.state.evaluatedAt ?? .min : 0
                if found.map({ (due.time, last) < ($0.due.time, $0.last) }) ?? true { found = (due, last) }
            }
            return found?.due
        }
    }

    private static func due(_ group: Group, _ index: Int, at now: Int64, isTooMuch: Bool) -> Due? {
        let interval = group.interval
        let latest = floorDivide(now, interval) * interval
        guard let last = group.state.evaluatedAt else {
            return Due(index: index, key: group.place.key, time: latest, isAnew: false, isBehind: false)
        }
        var time = (floorDivide(last, interval) * interval).saturatingAdd(interval)
        // Where the clock was set back, what has been is not again.
        guard time <= latest else { return nil }
        let span = min(Bounds.silence, (Bounds.evaluations - 1).saturatingMultiply(by: interval))
        let first = latest.saturatingSubtract(span / interval * interval)
        let isAnew = time < first
        if isAnew { time = first }
        // Who cannot keep up leaves evaluations out.
        if group.duration / 1_000_000 > interval || isTooMuch && group.wasUpToDate { time = latest }
        return Due(index: index, key: group.place.key, time: time, isAnew: isAnew, isBehind: time < latest)
    }
}

extension RuleManager.State {
    /// Whether all groups together take more than half of the time.
    fileprivate var isTooMuch: Bool {
        2 * groups.reduce(0) { $0 + Double($1.duration) / 1_000_000 / Double($1.interval) } > 1
    }
}
