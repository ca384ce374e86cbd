import Segments

/// What becomes of all that is damaged in the files of a store.
package struct RepairPlan: Sendable {
    /// What becomes of one damaged file.
    package enum Remedy: Sendable {
        /// It is written anew as it was; whence that is known, as a clause.
        case rewritten(from: String)
        /// It counts for nothing, and goes to where files are kept that were set aside.
        case movedAway
        /// Nothing else knows what it held, and the store can go on without it: what is lost then, a line each.
        case lost([String])
        /// Nothing is to be done; why, as a clause.
        case harmless(String)
        /// It stays as it is, since nothing else knows what it held; what to do, as a clause.
        case kept(String)
    }

    /// A damaged file, and what becomes of it.
    package struct Step: Sendable {
        /// What is the matter: the file, the first damaged place of it, and what should stand there.
        package var damage: String
        /// What becomes of it.
        package var remedy: Remedy
    }

    /// In the order in which they are taken.
    package internal(set) var steps: [Step] = []
    /// The directory that what is set aside goes to; nil as long as nothing was done.
    package internal(set) var setAside: [String] = []

    /// What has to be done in this order, with what it takes.
    var rewrites: [Rewrite] = []
    /// Files that count for nothing.
    var moves: [String] = []
    /// Segments that the store can go on without.
    var lostSegments: [SegmentLoss] = []
    /// The log is damaged, and can go on without what is lost.
    var isLogLost = false
    /// As far as the log was looked at: where segments are missing it is not.
    var isLogKnown = true

    /// Whether something is written anew or moved that nobody loses.
    package var repairsSomething: Bool { !rewrites.isEmpty || !moves.isEmpty }
    /// Whether something waits for somebody who takes the loss.
    package var wantsLoss: Bool { !lostSegments.isEmpty || isLogLost }
    /// Whether something stays damaged that the store needs, whatever is taken.
    package var keepsDamage: Bool {
        !isLogKnown || steps.contains { if case .kept = $0.remedy { true } else { false } }
    }

    mutating func add(_ damage: String, _ remedy: Remedy) { steps.append(Step(damage: damage, remedy: remedy)) }
}

/// A file that is written anew.
struct Rewrite: Sendable {
    /// What it is written from.
    enum Source: Sendable {
        case bytes([UInt8], isSecret: Bool)
        case file(WholeFile)
    }

    var path: String
    var source: Source
}
