package import Domain

/// What only a running server knows of what comes in, beside what is kept.
package struct LiveFigures: Hashable, Sendable {
    /// Something that was refused since the server started, and how often.
    package struct Refusal: Hashable, Sendable {
        /// Why.
        package var reason: RefusalName
        /// The way on which it came.
        package var door: RefusalDoor
        /// How often.
        package var count: Int

        /// Takes each part as given.
        package init(_ reason: RefusalName, at door: RefusalDoor, count: Int) {
            (self.reason, self.door, self.count) = (reason, door, count)
        }
    }

    /// When the server started, ns since 1970 UTC.
    package var started: Int64
    /// Spans that have not settled yet.
    package var spansWaiting: Int
    /// Traces that these are of.
    var tracesWaiting: Int
    /// Within how many seconds they settle, unless more of their spans come.
    var secondsToSettle: Int
    /// What was refused, by door and reason.
    package var refusals: [Refusal]
    /// What is not as it should be while the store goes on, a line each.
    package var troubles: [String]
    /// Why no events are taken now; nil: they are.
    package var refusal: String?

    /// Takes each part as given.
    package init(
        started: Int64, spansWaiting: Int, tracesWaiting: Int, secondsToSettle: Int, refusals: [Refusal],
        troubles: [String], refusal: String? = nil
    ) {
        self.refusal = refusal
        (self.started, self.spansWaiting, self.tracesWaiting, self.secondsToSettle, self.refusals, self.troubles) = (
            started, spansWaiting, tracesWaiting, secondsToSettle, refusals, troubles
        )
    }
}
