import Domain

/// When an event came, on the two clocks that matter.
package struct EventArrival: Hashable, Sendable {
    /// As it is kept with the event; never falls from one event to the next. ns since 1970 UTC.
    package var receivedTime: Int64
    /// What the clock said: behind ``receivedTime`` where that had followed a clock that ran away. ns since 1970 UTC.
    package var clockTime: Int64

    /// - Parameter lead: how far received times were ahead of the clock then, ns.
    package init(receivedTime: Int64, lead: Int64 = 0) {
        (self.receivedTime, clockTime) = (receivedTime, receivedTime &- lead)
    }

    /// Whether an event of that time (ns) happens now, as opposed to history that is brought in.
    package func isLive(_ time: Int64) -> Bool { time >= clockTime &- Limits.liveNanosecondsMax }
}
