import Bytes
import Domain

/// Under which times events that came without `time` were filed in the last 24 hours, by the hash of their identity.
///
/// Their identity has no time that could lead to a segment, so this small list does. Runs of entries, each sorted by
/// hash and each at least twice as long as the next: a copy is cheap, and so is an addition to one of two copies.
struct AbsentTimes: Sendable {
    struct Entry: Hashable, Sendable, Comparable {
        var hash: UInt64
        var time: Int64

        static func < (left: Entry, right: Entry) -> Bool { (left.hash, left.time) < (right.hash, right.time) }
    }

    private var runs: [[Entry]] = []

    init() {}

    /// Whether an event that comes now and would be filed under `time` is the one of its identity that was filed under
    /// another. What was filed longer ago than the look-up time is another event, whether a seal has forgotten it yet
    /// or not.
    static func isNear(_ known: Int64, _ time: Int64, at now: Int64) -> Bool {
        let (difference, isFar) = time.subtractingReportingOverflow(known)
        return !isFar && difference.magnitude <= UInt64(Limits.timelessLookupNanoseconds) && known >= earliest(at: now)
    }

    /// What was filed before is looked up no more.
    static func earliest(at now: Int64) -> Int64 { now.saturatingSubtract(Limits.timelessLookupNanoseconds) }

    var count: Int { runs.reduce(0) { $0 + $1.count } }

    /// All of them, by hash, then by time.
    var entries: [Entry] { runs.reduce([], Self.merged) }

    /// - Complexity: O(log² entries).
    func times(of hash: UInt64) -> [Int64] {
        var times: [Int64] = []
        for run in runs {
            var index = run.partitioningIndex { $0.hash >= hash }
            while index < run.count, run[index].hash == hash {
                times.append(run[index].time)
                index += 1
            }
        }
        return times
    }

    /// - Complexity: O(log entries) amortised for each.
    mutating func add(_ more: [Entry]) {
        guard !more.isEmpty else { return }
        var run = more.sorted()
        while let last = runs.last, last.count < 2 * run.count { run = Self.merged(runs.removeLast(), run) }
        runs.append(run)
    }

    /// Forgets what was received before `time`.
    mutating func forget(before time: Int64) {
        guard runs.contains(where: { $0.contains { $0.time < time } }) else { return }
        let kept = entries.filter { $0.time >= time }
        runs = kept.isEmpty ? [] : [kept]
    }

    private static func merged(_ first: [Entry], _ second: [Entry]) -> [Entry] {
        var result: [Entry] = []
        result.reserveCapacity(first.count + second.count)
        var (left, right) = (0, 0)
        while left < first.count, right < second.count {
            if second[right] < first[left] {
                result.append(second[right])
                right += 1
            } else {
                result.append(first[left])
                left += 1
            }
        }
        return result + first[left...] + second[right...]
    }
}
