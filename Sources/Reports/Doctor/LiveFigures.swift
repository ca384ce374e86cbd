package import Domain

/// What only a running server knows of what comes in, beside what is kept.
package struct LiveFigures: Hashable, Sendable {
    /// Something that was refused in the period, as far as a server remembers, and how often.
    package struct Refusal: Hashable, Sendable {
        /// Why.
        package var reason: RefusalName
        /// The way on which it came.
        package var door: RefusalDoor
        /// How often.
        package var count: Int
        /// When it was seen last, to some seconds, ns since 1970 UTC; nil: nobody noted it.
        package var last: Int64?

        /// Takes each part as given.
        package init(_ reason: RefusalName, at door: RefusalDoor, count: Int, last: Int64? = nil) {
            (self.reason, self.door, self.count, self.last) = (reason, door, count, last)
        }
    }

    /// Since when refusals are counted, ns since 1970 UTC: at the earliest since the server started.
    var refusalsSince: Int64
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

    /// Takes each part as given.
    package init(
        refusalsSince: Int64, spansWaiting: Int, tracesWaiting: Int, secondsToSettle: Int, refusals: [Refusal],
        troubles: [Trouble]
    ) {
        (self.refusalsSince, self.spansWaiting, self.tracesWaiting) = (refusalsSince, spansWaiting, tracesWaiting)
        (self.secondsToSettle, self.refusals, self.troubles) = (secondsToSettle, refusals, troubles)
    }
}
