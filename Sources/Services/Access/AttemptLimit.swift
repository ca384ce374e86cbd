/// How often a sender may show a wrong token before he has to wait. Nobody guesses 256 random bits; whoever tries all
/// the same is not to cost anybody else anything, nor to fill the log.
struct AttemptLimit: Sendable {
    /// Failures of one sender within a window.
    static let failuresMax = 10
    static let windowNanoseconds: Int64 = 60_000_000_000
    /// Senders that are told apart; all others count as one.
    static let sendersMax = 1000
    private static let others = ""

    private struct Failures {
        var count: Int
        /// When the window began, monotonic.
        var since: Int64
    }

    private var failures: [String: Failures] = [:]

    /// Seconds until the sender may try again; nil: he may now.
    /// - Parameter now: monotonic.
    func wait(of sender: String, now: Int64) -> Int? {
        guard let known = failures[sender] ?? (failures.count < Self.sendersMax ? nil : failures[Self.others]),
            known.count >= Self.failuresMax
        else { return nil }
        let left = Self.windowNanoseconds - (now - known.since)
        return left > 0 ? Int((left + 999_999_999) / 1_000_000_000) : nil
    }

    /// Counts a failure.
    /// - Parameter now: monotonic.
    /// - Complexity: O(senders) where there are as many as are told apart, else O(1).
    mutating func failed(_ sender: String, now: Int64) {
        func isOver(_ known: Failures) -> Bool { now - known.since >= Self.windowNanoseconds }
        if failures[sender] == nil, failures.count >= Self.sendersMax {
            failures = failures.filter { !isOver($0.value) }
        }
        let name = failures[sender] != nil || failures.count < Self.sendersMax ? sender : Self.others
        var known = failures[name] ?? Failures(count: 0, since: now)
        if isOver(known) { known = Failures(count: 0, since: now) }
        known.count += 1
        failures[name] = known
    }
}
