import Domain

/// What the store has come to know by a position besides its rows and counters: a pure function of the log up to there.
///
/// A plain value that is cheap to copy: the writer has one, versions and jobs keep that of their position, a step that
/// fails returns to the one before it, and the state file beside the segments is its coding. A new field has its
/// declaration here, its coding in `Ledger+Coding.swift` and its fold in `Ledger+Folding.swift`.
struct Ledger: Sendable {
    /// The last position given out; 0 when there is none.
    var position: Int64 = 0
    /// The last received time given out (ns since 1970 UTC).
    var receivedTime: Int64 = 0
    var prices: PriceLedger
    /// Under which times events without one of their own were filed.
    var absentTimes = AbsentTimes()
    /// How far what is sent to other systems has got.
    var marks = DeliveryMarks()
    /// How far received times were ahead of the clock.
    var leads = ClockLeads()
    /// Objectives that were ever in force.
    var objectives = ObjectiveHistory()
    /// How conversations are judged; nil where the store never said, and silence means nothing.
    var outcomes: OutcomeSettings?
    /// What is known of groups of alert rules.
    var rules = RuleStates()
    /// Damaged stretches of the log that were set aside, oldest first.
    var losses: [LogLoss] = []

    /// That of a store without an event, which begins with these prices.
    init(book: PriceBook) { prices = PriceLedger(book: book) }

    var nextPosition: Int64 { position + 1 }
}
