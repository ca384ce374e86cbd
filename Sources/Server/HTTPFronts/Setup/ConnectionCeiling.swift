package import Exporting
import Synchronization

// tests: places are counted and handed on, whatever comes at one time.
/// How many connections the addresses of a server have open together. An address takes a place before it takes a
/// connection; where there is none it waits, and connections wait at it in the system's queue, which costs no file.
/// Places that are given back go to those who wait, in turn.
///
/// An address that listens keeps a place for the connection that comes next, so that no other address takes them all.
package final class ConnectionCeiling: Sendable {
    /// What became of a wish for a place.
    package enum Answer: Hashable, Sendable {
        /// It is there.
        case given
        /// From now on it is waited for.
        case waits
        /// It was waited for already.
        case waitsStill
    }

    private struct State {
        var sample: ConnectionSample
        /// Connections, and places that are kept for them.
        var taken = 0
        /// By address: a place is kept for its next connection.
        var isKept: [Bool]
        /// Addresses that wait, and how they learn that they have a place.
        var waiting: [(address: Int, wake: @Sendable () -> Void)] = []

        /// Every connection and every address that keeps a place has one.
        var isSound: Bool { sample.open >= 0 && taken == sample.open + isKept.count { $0 } }
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - connections: how many may be open; at least one for each address.
    ///   - addresses: their numbers count from 0.
    package init(connections: Int, addresses: Int) {
        let sample = ConnectionSample(open: 0, openMax: max(connections, addresses), fullListeners: 0, waits: 0)
        state = Mutex(State(sample: sample, isKept: Array(repeating: false, count: addresses)))
    }

    /// What operators see.
    package var sample: ConnectionSample { state.withLock { $0.sample } }

    /// Takes a place for the next connection of an address, once.
    /// - Parameter wake: called, from any thread, once an address that had to wait has its place.
    package func takePlace(_ address: Int, wake: @escaping @Sendable () -> Void) -> Answer {
        changed(address) { state in
            if state.isKept[address] { return .given }
            if state.taken < state.sample.openMax {
                state.taken += 1
                state.isKept[address] = true
                return .given
            }
            if state.waiting.contains(where: { $0.address == address }) { return .waitsStill }
            state.waiting.append((address, wake))
            state.sample.fullListeners = state.waiting.count
            state.sample.waits += 1
            return .waits
        }
    }

    /// A connection has the place that was kept for it.
    package func connectionBegan(_ address: Int) {
        changed(address) { state in
            // One that came without being asked for is counted all the same.
            if state.isKept[address] { state.isKept[address] = false } else { state.taken += 1 }
            state.sample.open += 1
        }
    }

    /// A connection was closed.
    package func connectionEnded() {
        changed(nil) { state -> (@Sendable () -> Void)? in
            state.sample.open -= 1
            return Self.giveBack(&state)
        }?()
    }

    /// Nobody listens at the address any more.
    package func leave(_ address: Int) {
        changed(address) { state -> (@Sendable () -> Void)? in
            state.waiting.removeAll { $0.address == address }
            state.sample.fullListeners = state.waiting.count
            guard state.isKept[address] else { return nil }
            state.isKept[address] = false
            return Self.giveBack(&state)
        }?()
    }

    private func changed<Result: Sendable>(_ address: Int?, _ change: (inout State) -> Result) -> Result {
        state.withLock { state in
            precondition(address.map(state.isKept.indices.contains) ?? true, "no address has that number")
            defer { assert(state.isSound, "places are given and given back once") }
            return change(&state)
        }
    }

    /// - Returns: tells whoever has the place now.
    private static func giveBack(_ state: inout State) -> (@Sendable () -> Void)? {
        guard !state.waiting.isEmpty, state.taken <= state.sample.openMax else {
            state.taken -= 1
            return nil
        }
        let next = state.waiting.removeFirst()
        state.sample.fullListeners = state.waiting.count
        state.isKept[next.address] = true
        return next.wake
    }
}
