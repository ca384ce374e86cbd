import Domain

extension Ledger {
    /// The record is not what was written.
    struct DamagedRecord: Error { var expectation: String }

    /// What a record changed beside the ledger's own values: what follows from them elsewhere is for the writer to do.
    enum Consequence {
        case none
        /// Prices became others.
        case prices
        /// Another version of objectives is in force.
        case objectives(ObjectiveVersion)
        /// A deliberate correction, which is not yet laid over the calls.
        case rebooking(Rebooking)
        /// It takes the place of those before it; the ledger knows what it tells.
        case latest(LatestRecord)
    }

    /// Makes what a record tells part of the ledger; records that tell of nothing that it keeps change nothing.
    /// - Throws: ``DamagedRecord``.
    mutating func fold(_ record: SystemRecord) throws(DamagedRecord) -> Consequence {
        guard case .event(let type, let data) = record.content else { return .none }
        switch type {
        case DeliveryMark.recordType:
            guard let mark = DeliveryMark(data: data) else {
                throw DamagedRecord(expectation: "the data of a mark of deliveries")
            }
            marks.set(mark)
            return .latest(LatestRecord(mark))
        case ClockStep.recordType:
            guard let lead = ClockStep.lead(data: data) else {
                throw DamagedRecord(expectation: "the data of a step of the clock")
            }
            leads.set(lead, from: nextPosition)
            return .none
        case ObjectiveVersion.recordType:
            guard let version = ObjectiveVersion(data: data, since: record.receivedTime), objectives.add(version) else {
                throw DamagedRecord(expectation: "the data of the next version of objectives")
            }
            return .objectives(version)
        case OutcomeSettings.recordType:
            guard let settings = OutcomeSettings(data: data) else {
                throw DamagedRecord(expectation: "the data of how conversations are judged")
            }
            outcomes = settings
            return .none
        case ConfigurationChange.recordType:
            guard
                let change = ConfigurationChange(
                    data: data, position: record.position, list: prices.book.listNumber + 1)
            else {
                throw DamagedRecord(expectation: "the data of a change of schemas or list prices")
            }
            for entry in change.prices { prices.add(entry) }
            return change.prices.isEmpty ? .none : .prices
        case RuleStateRecord.recordType:
            guard let state = RuleStateRecord(data: data) else {
                throw DamagedRecord(expectation: "the data of what is known of rules")
            }
            rules.set(state)
            return .latest(LatestRecord(state))
        case LogLoss.recordType:
            guard let loss = LogLoss(data: data) else {
                throw DamagedRecord(expectation: "the data of a stretch of the log that was set aside")
            }
            losses.append(loss)
            return .none
        case Rebooking.recordType:
            do {
                return try Rebooking(data: data).map { .rebooking($0) } ?? .none
            } catch {
                throw DamagedRecord(expectation: "the data of a correction")
            }
        default: return .none
        }
    }
}

extension OutcomeSettings {
    /// The type of the record of a change of how conversations are judged; its data is `OutcomeSettings.data`.
    static let recordType = "outcomes.set"
}
