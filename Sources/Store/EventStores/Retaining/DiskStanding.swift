import Bytes
import Domain
import Platform

/// How far the files of a store are from what they may come to, and what keeps the oldest events from going.
struct DiskStanding: Hashable, Sendable {
    /// Why nothing goes although there is too little room.
    enum Obstacle: Hashable, Sendable {
        /// All that is sealed is kept for a while yet, or was looked through.
        case nothingOldEnough
        /// The oldest events are archived outside the directory: no room comes free in it by them, and none goes before
        /// those that are older.
        case archivedElsewhere
        /// What time it is nobody but the wall clock says.
        case clockUnproved
        /// What goes is known by the next seal alone.
        case waitsForSeal
        /// The oldest segments have what only a newer version knows.
        case unknownTables
        /// The last attempt failed.
        case failed

        /// Whether nothing but time, or somebody, ends it.
        var lasts: Bool { self != .waitsForSeal }
    }

    /// nil: there is none, and nothing is measured.
    let budget: DiskBudget?
    /// Bytes of the data directory at the last look.
    private(set) var usedBytes = 0
    /// Whether no events went since that look: what was too much then need not be any more.
    private(set) var isCurrent = true
    /// Why the last look failed; nil once one succeeded.
    private(set) var lookFailure: String?
    /// Looks that failed since the process started.
    private(set) var failedLooks = 0
    /// What kept events from going when that was tried last; nil while they go, or need not.
    private(set) var obstacle: Obstacle?

    init(_ budget: DiskBudget?) { self.budget = budget }

    mutating func note(usedBytes bytes: Int) {
        usedBytes = bytes
        isCurrent = true
        lookFailure = nil
        if !isOverDropLine { obstacle = nil }
    }

    /// What cannot be measured stays as it was.
    mutating func noteFailedLook(_ error: StorageError) {
        lookFailure = "\(error)"
        failedLooks += 1
    }

    mutating func note(_ obstacle: Obstacle?) { self.obstacle = isOverDropLine ? obstacle : nil }

    /// Events went: how much is left nobody knows before the next look.
    mutating func noteDropped() { isCurrent = false }

    var isOverDropLine: Bool { budget.map { usedBytes > $0.dropBytes } ?? false }

    /// Bytes that must go.
    var bytesWanted: Int { budget.map { max(0, usedBytes - $0.dropBytes) } ?? 0 }

    /// Bytes that may still be written; nil where nothing says so.
    var freeBytes: Int? { budget.map { max(0, $0.bytes - usedBytes) } }

    /// Why no event is taken; nil where some are, and while some go.
    var refusal: String? {
        guard let budget, usedBytes >= budget.bytes, let obstacle, obstacle.lasts else { return nil }
        return words(of: obstacle, budget)
    }

    /// What is to be said to those who run the store; its text stays while that does.
    /// - Parameter hasDropped: events went for want of room before, as everybody knows by now.
    func trouble(hasDropped: Bool) -> Trouble? {
        guard let budget else { return nil }
        if let obstacle, obstacle.lasts {
            return Trouble(
                "the files in the data directory come to more than nine tenths of max_disk (\(budget.bytes) bytes), "
                    + "and no event can go: \(words(of: obstacle, budget)); at max_disk none is taken", .asTold,
                advice: Self.advice)
        }
        guard usedBytes > budget.toldBytes, !hasDropped else { return nil }
        return Trouble(
            "the files in the data directory come to more than four fifths of max_disk (\(budget.bytes) bytes); from "
                + "nine tenths on the oldest events go, those that were received more than \(Self.days(budget)) ago",
            .asTold, advice: Self.advice)
    }

    /// That the last look failed; its text stays while the same thing keeps it from succeeding.
    var lookTrouble: Trouble? {
        guard budget != nil, let lookFailure else { return nil }
        return Trouble(
            "what the files in the data directory come to cannot be measured, so that max_disk is not held: "
                + "\(lookFailure)",
            .asTold,
            advice: "see what keeps the server's user from reading its directory; nothing more goes until then")
    }

    private static let advice = "make room in the directory, raise max_disk, or keep less (retention.keep_at_least)"

    private func words(of obstacle: Obstacle, _ budget: DiskBudget) -> String {
        switch obstacle {
        case .nothingOldEnough:
            "no more sealed events were received more than \(Self.days(budget)) ago, as retention.keep_at_least says, "
                + "but for those of conversations that go on"
        case .archivedElsewhere:
            "the oldest lie in an archive outside the directory, where they take no room of it, and none goes before "
                + "them (a shorter retention.archive_after has more lie there)"
        case .clockUnproved: "for three days after a start or a step of the clock nothing goes by its word alone"
        case .waitsForSeal: "a seal comes first"
        case .unknownTables: "the oldest segments have tables that this version does not know"
        case .failed: "the last attempt failed"
        }
    }

    private static func days(_ budget: DiskBudget) -> String {
        let days = budget.keptNanoseconds / Nanoseconds.day
        return days == 1 ? "1 day" : "\(days) days"
    }
}
