internal import Synchronization

/// The machine's time; injected, so that a simulation owns it.
package protocol Clock: AnyObject, Sendable {
    /// Nanoseconds since 1970 UTC. May jump either way when the machine's clock is set.
    func wallNanoseconds() -> Int64
    /// Nanoseconds since some start; never falls. For time-outs, intervals and measured durations.
    func monotonicNanoseconds() -> Int64
}

/// A clock that stands until it is moved.
package final class SimulatedClock: Clock {
    private struct State {
        var wall: Int64
        var monotonic: Int64 = 0
    }

    private let state: Mutex<State>

    package init(wallNanoseconds: Int64 = 1_785_574_800_000_000_000) {
        state = Mutex(State(wall: wallNanoseconds))
    }

    package func wallNanoseconds() -> Int64 { state.withLock { $0.wall } }
    package func monotonicNanoseconds() -> Int64 { state.withLock { $0.monotonic } }

    /// Lets time pass on both clocks.
    /// - Precondition: `nanoseconds >= 0`.
    package func advance(nanoseconds: Int64) {
        precondition(nanoseconds >= 0)
        state.withLock {
            $0.wall += nanoseconds
            $0.monotonic += nanoseconds
        }
    }

    /// Lets time pass while the wall clock stands still.
    /// - Precondition: `nanoseconds >= 0`.
    package func stop(nanoseconds: Int64) {
        precondition(nanoseconds >= 0)
        state.withLock { $0.monotonic += nanoseconds }
    }

    /// Sets the wall clock alone, as an operator or a time server may do.
    package func step(toWallNanoseconds wall: Int64) { state.withLock { $0.wall = wall } }
}
