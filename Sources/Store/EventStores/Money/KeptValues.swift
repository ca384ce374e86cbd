import Platform
import Synchronization

// tests: how threads wait for each other shows in no answer of a store.
/// Values that are computed once for all who ask, and kept while there is room. What came first goes first.
package final class KeptValues<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// Whoever asks while another computes waits, for as long as it wants the value: it is the same work.
    private final class Place: Sendable {
        let turns = OneAtATime()
        private let value = Mutex<Value?>(nil)

        var known: Value? { value.withLock { $0 } }
        func set(_ new: Value) { value.withLock { $0 = new } }
    }

    private struct State {
        /// Those that are computed, and those that somebody computes.
        var places: [Key: Place] = [:]
        /// Those that are computed, in the order in which they were; what lies before ``first`` is gone.
        var order: [(key: Key, bytes: Int)] = []
        var first = 0
        var bytes = 0

        /// Counts what was computed in a place, if others find it there.
        mutating func hold(_ place: Place, of key: Key, _ size: Int, upTo bytesMax: Int) {
            // Who failed in it took it away from those who came later, and not from those who waited.
            if places[key] == nil { places[key] = place }
            guard places[key] === place else { return }
            order.append((key, size))
            bytes += size
            while bytes > bytesMax, first < order.count - 1 {
                places.removeValue(forKey: order[first].key)
                bytes -= order[first].bytes
                first += 1
            }
            if first > order.count / 2 {
                order.removeFirst(first)
                first = 0
            }
        }
    }

    private let bytesMax: Int
    private let byteCount: @Sendable (Value) -> Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - bytesMax: what is held, roughly; the last value stays, however large it is.
    ///   - byteCount: of a value.
    package init(bytesMax: Int, byteCount: @escaping @Sendable (Value) -> Int) {
        (self.bytesMax, self.byteCount) = (bytesMax, byteCount)
    }

    /// The value of a key, from memory or computed now; what fails is computed again by the next who asks.
    /// - Parameter check: throws when the caller waits no longer for another one who computes; asked only while it
    ///   waits.
    /// - Throws: what `check` throws, and what `compute` does.
    package func value(
        of key: Key, waitingWhile check: () throws -> Void = {}, _ compute: () throws -> Value
    ) throws -> Value {
        let place = state.withLock { state in
            if let place = state.places[key] { return place }
            let place = Place()
            state.places[key] = place
            return place
        }
        if let known = place.known { return known }
        return try place.turns.run(waitingWhile: check) {
            if let known = place.known { return known }
            do {
                let value = try compute()
                place.set(value)
                state.withLock { $0.hold(place, of: key, byteCount(value), upTo: bytesMax) }
                return value
            } catch {
                // Whoever waits tries itself. Another may stand there by now.
                state.withLock { state in
                    if state.places[key] === place { state.places[key] = nil }
                }
                throw error
            }
        }
    }

    /// Takes a value as told, unless it is there or somebody computes it: nobody waits for that.
    package func keep(_ value: Value, of key: Key) {
        state.withLock { state in
            guard state.places[key] == nil else { return }
            let place = Place()
            place.set(value)
            state.hold(place, of: key, byteCount(value), upTo: bytesMax)
        }
    }

    /// nil where nobody asked yet, it is gone, or somebody still computes it: nobody waits for that.
    package func known(of key: Key) -> Value? { state.withLock { $0.places[key] }?.known }
}
