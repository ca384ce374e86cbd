import Projections
import Synchronization

/// How the events of groups come to the parts of short conversations, as a verification goes through these in the order
/// of their times, some in a turn: a group is read when its first part has its turn, and what it has of later ones
/// stays until theirs, as far as there is room. Only for what had none it is read again.
///
/// Parts do not end where groups do, and tables end their groups at different times: so each page is read about once
/// all the same, whatever the size of parts.
struct GroupSweep {
    /// A group that is to be read.
    struct Reading: Sendable {
        /// Its index.
        let group: Int
        /// The parts whose turn it is, as far as they do not have what it has of them.
        let turn: Range<UInt32>
    }

    /// What was read.
    struct Found: Sendable {
        /// The group's index.
        let group: Int
        /// Parts before this one have what it has of them.
        var given: UInt32
        /// Events by part.
        var shares: [(part: UInt32, events: GroupEvents)] = []
    }

    private let times: [ClosedRange<Int64>?]
    private let parts: ConversationParts
    /// By group: parts before this one have what it has of them.
    private var given: [UInt32]
    /// By part, until its turn.
    private var waiting: [UInt32: [GroupEvents]] = [:]

    /// How many parts there are.
    var partCount: UInt32 { UInt32(parts.shortCount) }

    /// - Parameter times: of the groups; nil for one that may have events of any time.
    init(_ times: [ClosedRange<Int64>?], _ parts: ConversationParts) {
        (self.times, self.parts) = (times, parts)
        given = Array(repeating: 0, count: times.count)
    }

    /// The groups that have to be read before a turn.
    /// - Complexity: O(groups · parts of the turn).
    func readings(before turn: Range<UInt32>) -> [Reading] {
        times.indices.compactMap { group in
            let open = max(turn.lowerBound, given[group])..<max(turn.upperBound, given[group])
            let isWanted = open.contains { part in
                times[group].map { $0.overlaps(parts.parts[Int(part)].times) } ?? true
            }
            return isWanted ? Reading(group: group, turn: open) : nil
        }
    }

    /// Keeps what was read until its turn.
    mutating func keep(_ found: Found) {
        assert(found.given > given[found.group], "a group is read for parts that lack it")
        given[found.group] = found.given
        for share in found.shares { waiting[share.part, default: []].append(share.events) }
    }

    /// Events of some parts that were read before their turn.
    func eventCount(of turn: Range<UInt32>) -> Int {
        turn.reduce(0) { count, part in waiting[part, default: []].reduce(count) { $0 + $1.table.count } }
    }

    /// The events of a part whose turn it is.
    mutating func take(_ part: UInt32) -> [GroupEvents] { waiting.removeValue(forKey: part) ?? [] }
}

/// The events of short conversations that a verification holds, counted by all workers.
final class HeldEvents: Sendable {
    /// All of them, those whose turn has not come, and the most of all of them that there were.
    private let counts = Mutex((all: 0, later: 0, most: 0))
    private let laterMax: Int

    /// - Parameter laterMax: how many there may be whose turn has not come.
    init(laterMax: Int) { self.laterMax = laterMax }

    /// The most that there were.
    var most: Int { counts.withLock { $0.most } }

    /// Takes up events whose turn it is.
    func add(_ events: Int) {
        counts.withLock {
            $0.all += events
            $0.most = max($0.most, $0.all)
        }
    }

    /// Takes up events whose turn comes later, if there is room for them.
    func addIfThereIsRoom(_ events: Int) -> Bool {
        counts.withLock {
            guard $0.later + events <= laterMax else { return false }
            $0.later += events
            $0.all += events
            $0.most = max($0.most, $0.all)
            return true
        }
    }

    /// The turn has come of events that were taken up before.
    func begin(_ events: Int) {
        counts.withLock {
            $0.later -= events
            assert($0.later >= 0, "what waits was taken up")
        }
    }

    /// Lets go of events whose turn it was.
    func remove(_ events: Int) {
        counts.withLock {
            $0.all -= events
            assert($0.all >= $0.later, "what was taken up is let go once")
        }
    }
}
