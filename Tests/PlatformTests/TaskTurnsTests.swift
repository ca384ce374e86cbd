import Platform
import Synchronization
import Testing

@Suite struct TaskTurnsTests {
    private final class Turns: Sendable {
        private let state = Mutex((count: 0, isOn: false))

        var count: Int { state.withLock { $0.count } }
        var isOn: Bool { state.withLock { $0.isOn } }

        func run(_ turn: () -> Void) {
            state.withLock { $0 = ($0.count + 1, true) }
            turn()
            state.withLock { $0.isOn = false }
        }
    }

    /// All turns of a task are given to who runs them, also those after it waited for others, and those of its
    /// children; what is behind it is done elsewhere.
    @Test func turnsAreRunWhereTheyAreSent() async throws {
        let (given, other) = (ThreadPool(threadCount: 1), ThreadPool(threadCount: 1))
        let turns = Turns()
        let executor = TaskTurns { turn in given.submit { turns.run(turn) } }
        let sum = try await withTaskExecutorPreference(executor) {
            #expect(turns.isOn)
            let first = try await other.run { 1 }
            #expect(turns.isOn)
            async let second = turns.isOn ? 2 : 0
            return first + (await second)
        }
        let count = turns.count
        #expect(sum == 3 && count >= 3)
        #expect(try await other.run { 4 } == 4)
        #expect(turns.count == count)
        await given.stop()
        await other.stop()
    }
}
