package import Domain
import EventLogs
import Platform
import Projections

extension Writer {
    /// Puts a set in force as the next version, unless it is already; durable when this returns.
    /// - Returns: the version that came into force; nil where nothing changed.
    func putInForce(_ set: ObjectiveSet) throws -> ObjectiveVersion? {
        try checkUsable()
        guard set != ledger.objectives.current.set else { return nil }
        try observeClock()
        guard let version = ledger.objectives.next(set, since: receivedTime) else { return nil }
        try follow(try noteDurably(.event(type: ObjectiveVersion.recordType, data: version.data)))
        return version
    }
}

extension EventStore {
    /// Puts a set of objectives in force as the next version, as a record `objectives.changed`, unless it is in force
    /// already. Questions that come from then on are judged by it in `/metrics`. Durable when it returns.
    /// - Returns: the version that came into force; nil where nothing changed.
    /// - Throws: ``StoreError``.
    package func putInForce(_ set: ObjectiveSet) throws -> ObjectiveVersion? { try changing { try $0.putInForce(set) } }
}
