import Columnar

extension EventStore {
    /// Tells the store from others, for good, and gives nothing away: hexadecimal digits.
    package var sourceName: String { fingerprint }
}

extension StoreSnapshot {
    /// Up to when the log knows that time has passed: silence has closed conversations by then, and no later (ns since
    /// 1970 UTC).
    package var silenceReached: Int64 { silentUntil ?? version.closing.reached }
    /// Names of the tables of events, one a type, in the order of the schemas.
    package var eventTableNames: [String] { layouts.tables.map(\.name) }
}
