internal import Synchronization

/// Has threads do some work one after the other, in the order in which they came. Whoever waits does so on its own
/// thread and looks now and then whether it still wants to: it holds nobody up once it does not.
///
/// Work must not wait for this line again, nor for what only a thread can do that stands in it.
package final class OneAtATime: Sendable {
    private struct State {
        var nextPlace = 0
        /// Whoever stands first works.
        var places: [Int] = []
    }

    /// So often does who waits look.
    private static let patienceNanoseconds = 10_000_000

    private let monitor = Monitor()
    private let state = Mutex(State())

    /// Nobody works yet.
    package init() {}

    /// Works when it is the caller's turn; the next one's comes when that has ended, however it did.
    /// - Parameter check: throws when the caller waits no longer; asked only while it waits, about every 10 ms.
    /// - Throws: what `check` throws, without having worked; what `work` throws.
    package func run<Result>(waitingWhile check: () throws -> Void, _ work: () throws -> Result) throws -> Result {
        let place = join()
        defer { leave(place) }
        while !hasTurn(place) { try check() }
        return try work()
    }

    private func join() -> Int {
        state.withLock { state in
            state.nextPlace += 1
            state.places.append(state.nextPlace)
            return state.nextPlace
        }
    }

    private func hasTurn(_ place: Int) -> Bool {
        monitor.locked {
            if isFirst(place) { return true }
            monitor.wait(nanoseconds: Self.patienceNanoseconds)
            return isFirst(place)
        }
    }

    private func isFirst(_ place: Int) -> Bool { state.withLock { $0.places.first == place } }

    private func leave(_ place: Int) {
        monitor.locked {
            state.withLock { $0.places.removeAll { $0 == place } }
            monitor.wakeAll()
        }
    }
}
