package import Domain

/// What only a running server knows of what comes in, beside what is kept.
package struct LiveFigures: Hashable, Sendable {
    /// Something that was refused in the period, as far as a server remembers, and how often.
    package struct Refusal: Hashable, Sendable {
        /// Why.
        package var reason: RefusalName
        /// The way on which it came.
        package var door: RefusalDoor
        /// Whose it was, where the server knows.
        package var service: String?
        /// How often.
        package var count: Int
        /// When it was first in the period, to some seconds, ns since 1970 UTC; nil: nobody noted it.
        var since: Int64?
        /// When it was last, likewise.
        package var last: Int64?

        /// Takes each part as given.
        package init(
            _ reason: RefusalName, at door: RefusalDoor, of service: String? = nil, count: Int, since: Int64? = nil,
            last: Int64? = nil
        ) {
            (self.reason, self.door, self.service, self.count) = (reason, door, service, count)
            (self.since, self.last) = (since, last)
        }
    }

    /// Spans that have not settled yet.
    package var spansWaiting: Int
    /// Traces that these are of.
    var tracesWaiting: Int
    /// Within how many seconds they settle, unless more of their spans come.
    var secondsToSettle: Int
    /// What was refused, by door and reason.
    package var refusals: [Refusal]
    /// What is not as it should be while the store goes on, first of all why no events are taken now.
    package var troubles: [Trouble]
    /// Where senders reach the server, such as `http://127.0.0.1:8910`; nil: it does not know.
    var address: String?

    /// Takes each part as given.
    package init(
        spansWaiting: Int, tracesWaiting: Int, secondsToSettle: Int, refusals: [Refusal],
        troubles: [Trouble], address: String? = nil
    ) {
        self.address = address
        (self.spansWaiting, self.tracesWaiting) = (spansWaiting, tracesWaiting)
        (self.secondsToSettle, self.refusals, self.troubles) = (secondsToSettle, refusals, troubles)
    }
}
