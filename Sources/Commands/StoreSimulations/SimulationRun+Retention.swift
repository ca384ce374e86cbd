import EventStores
import Platform

extension SimulationRun {
    /// Takes up what retention has let go of since it was looked at last. To be called behind each step and before the
    /// model learns of it: what goes is fixed at the prices that there were before.
    mutating func noteDrops(_ store: EventStore, _ found: [Oracle.Kept]? = nil) throws {
        guard history.retains, !disk.isOff else { return }
        let dropped = Int(disk.sparing { store.status.droppedEvents })
        guard dropped != oracle.dropped.count else { return }
        let left = try found ?? disk.sparing { try StoreContents(snapshot: store.snapshot()).events(sent) }
        let (now, history) = (clock.wallNanoseconds(), history)
        try oracle.drop(
            allBut: left, receivedUntil: { now - history.keptNanoseconds($0) })
        report.dropped = oracle.dropped.count
        guard dropped == oracle.dropped.count else {
            throw Violation(
                .computedRightly, "retention says that \(dropped) events went, \(oracle.dropped.count) are gone")
        }
    }
}
