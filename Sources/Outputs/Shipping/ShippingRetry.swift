// tests: pauses are looked at without a clock.
/// After which pause it is tried again. A value that knows no clock: chance comes in, pauses go out.
package struct ShippingRetry: Sendable {
    private let backoffMilliseconds: Int
    private let backoffMillisecondsMax: Int
    /// Failures since the last success.
    package private(set) var failures = 0

    /// None yet.
    package init(_ configuration: ShippingConfiguration) {
        backoffMilliseconds = configuration.backoffMilliseconds
        backoffMillisecondsMax = configuration.backoffMillisecondsMax
    }

    /// It went well.
    package mutating func succeed() { failures = 0 }

    /// The pause before the next attempt, ms: half of what doubles each time, and up to as much again by chance, so
    /// that many senders do not come back at one instant. What does not pass by itself is looked at seldom from the
    /// start.
    package mutating func pause(after failure: ShippingFailure, chance: UInt64) -> Int {
        if failure.kind == .moved { return 0 }
        failures = min(failures + 1, 1000)
        let ceiling =
            failure.kind == .permanent
            ? backoffMillisecondsMax : min(backoffMillisecondsMax, backoffMilliseconds << min(failures - 1, 16))
        let half = max(0, ceiling) / 2
        return half + Int(chance % UInt64(max(0, ceiling) - half + 1))
    }
}
