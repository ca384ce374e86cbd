import Domain

/// Under which times events that came without `time` were filed in the last 24 hours, by the hash of their identity.
///
/// Their identity has no time that could lead to a segment, so this small list does.
struct AbsentTimes: Sendable {
    struct Entry: Hashable, Sendable {
        var hash: UInt64
        var time: Int64
    }

    private var byHash: [UInt64: [Int64]] = [:]
    private(set) var entries: [Entry] = []

    init() {}

    init(_ entries: [Entry]) { add(entries) }

    /// Whether events of one identity that were filed under these times are one event.
    static func isNear(_ time: Int64, _ other: Int64) -> Bool {
        let (difference, isFar) = time.subtractingReportingOverflow(other)
        return !isFar && difference.magnitude <= UInt64(Limits.timelessLookupNanoseconds)
    }

    func times(of hash: UInt64) -> [Int64] { byHash[hash] ?? [] }

    mutating func add(_ more: [Entry]) {
        entries.append(contentsOf: more)
        for entry in more { byHash[entry.hash, default: []].append(entry.time) }
    }

    /// Forgets what was received before `time`.
    mutating func forget(before time: Int64) {
        guard entries.contains(where: { $0.time < time }) else { return }
        let kept = entries.filter { $0.time >= time }
        self = AbsentTimes()
        add(kept)
    }
}
