/// A record of a kind of which only the last one counts: how far a delivery has got, how a group of rules stands.
struct LatestRecord {
    /// Of the record.
    var type: String
    /// What the data of all records that it replaces begins with.
    var dataBeginning: String

    init(_ mark: DeliveryMark) { (type, dataBeginning) = (DeliveryMark.recordType, mark.dataBeginning) }

    init(_ state: RuleStateRecord) { (type, dataBeginning) = (RuleStateRecord.recordType, state.dataBeginning) }
}

extension Writer {
    /// Such records come every second, so among unsealed ones each takes the place of the one before; the log keeps
    /// them all.
    /// - Parameter latest: its record was just added.
    func dropOlder(than latest: LatestRecord) {
        systemRecords.removeLast(from: frozen?.records.count ?? 0) { record in
            guard case .event(latest.type, let data) = record.content else { return false }
            // By bytes: `hasPrefix` holds different spellings of a letter equal.
            return data.utf8.starts(with: latest.dataBeginning.utf8)
        }
    }
}
