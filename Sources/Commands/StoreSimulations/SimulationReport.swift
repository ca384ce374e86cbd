/// What happened in histories.
package struct SimulationReport: Sendable, Equatable {
    /// Ends of lives.
    package var crashes = 0
    /// Things that were done to stores.
    package var steps = 0
    /// Events that were taken for new.
    package var acknowledged = 0
    /// Events that starts read from the log.
    package var replayedEvents = 0
    /// Times that segments began to become one.
    package var compactions = 0
    /// Calls of the file system.
    package var calls = 0
    /// Of which something hit.
    package var faults = 0
    /// Closed stores whose files were damaged.
    package var damages = 0
    /// Of which the damage was refused somewhere.
    package var refusals = 0
    /// Backups that were made and restored elsewhere.
    package var backups = 0
    /// Events that retention let go of.
    package var dropped = 0
    /// Damaged stores that were repaired.
    package var repairs = 0
    /// Of which something was lost, and was said to be.
    package var losses = 0
    /// Of the bytes of all files at the end.
    package var fingerprint: UInt64 = 0

    /// Of none.
    package init() {}

    /// Adds what happened in others.
    package mutating func add(_ other: SimulationReport) {
        crashes += other.crashes
        steps += other.steps
        acknowledged += other.acknowledged
        replayedEvents += other.replayedEvents
        compactions += other.compactions
        calls += other.calls
        faults += other.faults
        damages += other.damages
        refusals += other.refusals
        backups += other.backups
        dropped += other.dropped
        repairs += other.repairs
        losses += other.losses
        fingerprint ^= other.fingerprint
    }

    /// In words, a line.
    package var summary: String {
        "\(crashes) ends of lives, \(steps) steps, \(acknowledged) events acknowledged, \(replayedEvents) replayed, "
            + "\(compactions) compactions, \(faults) of \(calls) calls hit, \(damages) stores damaged, "
            + "\(refusals) of these refused something, \(repairs) were repaired, \(losses) with a loss, "
            + "\(backups) backups restored, \(dropped) events dropped by retention"
    }
}
