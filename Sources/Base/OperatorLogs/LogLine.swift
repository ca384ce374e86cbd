/// One line of a log, before it is written.
package struct LogLine: Hashable, Sendable {
    /// How much it matters.
    var level: OperatorLog.Level
    /// What happened.
    var message: String
    /// Its particulars.
    var fields: [LogField]
}

/// One particular of a line.
package struct LogField: Hashable, Sendable {
    /// The names that fields have, for good: others search by them.
    package enum Name: String, CaseIterable, Hashable, Sendable {
        /// Where something listens, or is reached.
        case address
        /// What to do.
        case advice
        case bytes
        /// How many there were.
        case count
        /// The data directory.
        case data
        /// Where traces are sent.
        case destination
        /// What went wrong, in the words of whoever failed.
        case error
        case events
        case milliseconds
        /// Of events: the last one that is kept.
        case position
        /// Why somebody was turned away, by the names of `plimsoll_http_refusals_total`, or has to wait.
        case reason
        case records
        /// Method and route.
        case request
        /// What would have been needed.
        case scope
        case seconds
        /// Of HTTP, or the exit status of a process that ends.
        case status
        /// A token's id, which is no secret.
        case token
        /// How long it ran.
        case uptimeSeconds = "uptime_seconds"
        /// Who sent it: an address.
        case client
        case version
    }

    /// What stands behind the name.
    enum Value: Hashable, Sendable {
        case text(String)
        case number(Int64)
    }

    var name: Name
    var value: Value

    /// A text, of which the beginning is written.
    package init(_ name: Name, _ text: String) { (self.name, value) = (name, .text(text)) }
    /// A number.
    package init(_ name: Name, _ number: Int) { (self.name, value) = (name, .number(Int64(number))) }
}
