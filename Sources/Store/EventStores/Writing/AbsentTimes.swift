/// Under which times events that came without `time` were filed in the last 24 hours, by the hash of their identity.
///
/// Their identity has no time that could lead to a segment, so this small list does.
struct AbsentTimes: Sendable {
    struct Entry: Hashable, Sendable {
        var hash: UInt64
        var time: Int64
    }

    private var byHash: [UInt64: [Int64]] = [:]
    /// In the order of their times.
    private(set) var entries: [Entry] = []

    init() {}

    init(_ entries: [Entry]) { add(entries) }

    func times(of hash: UInt64) -> [Int64] { byHash[hash] ?? [] }

    mutating func add(_ more: [Entry]) {
        entries.append(contentsOf: more)
        for entry in more { byHash[entry.hash, default: []].append(entry.time) }
    }

    /// Forgets what was received before `time`.
    mutating func forget(before time: Int64) {
        guard let first = entries.first, first.time < time else { return }
        let kept = entries.filter { $0.time >= time }
        self = AbsentTimes()
        add(kept)
    }
}
