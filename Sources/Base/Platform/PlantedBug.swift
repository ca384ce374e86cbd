// A harness that finds nothing may be blind. In a build with `-D PLANTED_BUGS`, which nobody installs, one of these
// faults can be switched on in the places that ask for it, and the simulation has to find it; in every other build
// `planted` is false, known to the compiler, and nothing of a place is left.

/// A fault that somebody could have made, at the place where it would be made.
@usableFromInline package enum PlantedBug: String, CaseIterable, Sendable {
    // The log.
    /// One flush of the log in three is left out.
    case skipLogFlush
    /// What the log's flush says when it fails is not listened to.
    case ignoreLogFlushError
    /// What the log's write says when it fails is not listened to.
    case ignoreLogWriteError
    /// A log whose flush has failed goes on with the next one.
    case goOnAfterFailedFlush
    /// The name of a new file of the log is not flushed.
    case dropLogDirectoryFlush
    /// The end of the log is found eight bytes too late.
    case tailCutOffByOne
    /// Files of the log go before the manifest names what stands for them.
    case freeLogBeforeManifest
    // Files that are replaced whole.
    /// The name that stands for the new contents is not flushed.
    case dropReplacedNameFlush
    /// The new contents get their name before they are flushed.
    case renameBeforeFlush
    /// The manifest before is removed first, and then the next one written.
    case swapManifestWrites
    /// The bytes of a segment are not flushed.
    case skipSegmentFlush
    /// What a compaction replaces is removed before the manifest says so.
    case removeCompactedFirst
    // What is taken in.
    /// Events are acknowledged before the log is flushed.
    case acknowledgeBeforeFlush
    /// Repeats of what a segment holds are taken for new.
    case forgetSealedIdentities
    /// Repeats of what a seal under way holds are taken for new.
    case forgetFrozenIdentities
    // What is computed.
    /// A late event is counted twice.
    case countLateEventTwice
    /// What a refused batch counted stays counted.
    case keepCountsOfRefused
    /// A rollup forgets the first row of an event group that came late.
    case rollupForgetsLateRow
    /// Conversations of sealed calls are not folded again when their price comes.
    case forgetLatePrice
    /// A start does not take up corrections that the log tells of.
    case forgetCorrections
    /// A clock that was set back takes received times with it.
    case receivedTimeFalls
    // What is kept, and for how long.
    /// One rollup is not fixed when events go that it counts.
    case freezeOneRollupLess
    /// Events go however young they are.
    case dropTooEarly
    /// What a backup copies is not flushed.
    case skipBackupFlush
    /// How far the log reaches is not written down when it is closed.
    case forgetLogEnd
    /// A loss is said to end one event earlier than it does.
    case lossOneShort
}

#if PLANTED_BUGS
    internal import Synchronization

    extension PlantedBug {
        private static let chosen = Atomic<Int>(-1)

        /// Switches a fault on, in all stores of the process, and the one before off; nil: none.
        package static func plant(_ bug: PlantedBug?) {
            chosen.store(bug.flatMap { allCases.firstIndex(of: $0) } ?? -1, ordering: .relaxed)
        }

        fileprivate var isPlanted: Bool {
            Self.chosen.load(ordering: .relaxed) == Self.allCases.firstIndex(of: self)
        }
    }

    /// Whether a fault is switched on.
    package func planted(_ bug: PlantedBug) -> Bool { bug.isPlanted }
#else
    /// Whether a fault is switched on: in this build none is.
    @inlinable @inline(__always) package func planted(_ bug: PlantedBug) -> Bool { false }
#endif
