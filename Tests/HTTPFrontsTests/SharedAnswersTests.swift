import HTTPFronts
import Synchronization
import Testing

/// Who gets which answer where many ask at once.
@Suite struct SharedAnswersTests {
    private struct Failed: Error {}

    /// Makes answers, each of which waits until it is let go: the numbers in which they were begun.
    private final class Desk: Sendable {
        private struct State {
            var begun = 0
            var open: Set<Int> = []
            var failing: Set<Int> = []
            var asked: Set<Int> = []
        }

        private let state = Mutex(State())

        var begun: Int { state.withLock { $0.begun } }
        func open(_ number: Int) { state.withLock { _ = $0.open.insert(number) } }
        func fail(_ number: Int) { state.withLock { _ = $0.failing.insert(number) } }
        func note(_ asker: Int) { state.withLock { _ = $0.asked.insert(asker) } }
        func hasAsked(_ asker: Int) -> Bool { state.withLock { $0.asked.contains(asker) } }

        func make() async throws -> Int {
            let number = state.withLock { state -> Int in
                state.begun += 1
                return state.begun
            }
            while !hasEnded(number) { try await Task.sleep(for: .milliseconds(1)) }
            if state.withLock({ $0.failing.contains(number) }) { throw Failed() }
            return number
        }

        private func hasEnded(_ number: Int) -> Bool {
            state.withLock { $0.open.contains(number) || $0.failing.contains(number) }
        }
    }

    /// All ask for the same; whoever looks for it is known to have come.
    private struct Key: Hashable, Sendable {
        let asker: Int
        let desk: Desk

        static func == (left: Key, right: Key) -> Bool { true }
        func hash(into hasher: inout Hasher) { desk.note(asker) }
    }

    private let answers = SharedAnswers<Key, Int>()
    private let desk = Desk()

    private func ask(_ asker: Int) -> Task<Int, any Error> {
        let (answers, desk) = (answers, desk)
        return Task { try await answers.answer(Key(asker: asker, desk: desk)) { try await desk.make() } }
    }

    private func wait(until isTrue: () -> Bool) async throws {
        while !isTrue() { try await Task.sleep(for: .milliseconds(1)) }
    }

    /// What was begun before a request came may lack what its sender knows.
    @Test func noAnswerIsOlderThanItsRequest() async throws {
        let first = ask(0)
        try await wait { desk.begun == 1 }
        let others = (1...8).map { ask($0) }
        try await wait { (1...8).allSatisfy { desk.hasAsked($0) } }
        desk.open(1)
        #expect(try await first.value == 1)
        try await wait { desk.begun == 2 }
        let last = ask(9)
        try await wait { desk.hasAsked(9) }
        desk.open(2)
        for other in others { #expect(try await other.value == 2) }
        desk.open(3)
        #expect(try await last.value == 3)
        // Once nobody waits the next one is made at once.
        desk.open(4)
        #expect(try await ask(10).value == 4)
        #expect(desk.begun == 4)
    }

    /// It is made anew for those who wait.
    @Test func anAnswerThatFailsTakesNoOtherWithIt() async throws {
        let first = ask(0)
        try await wait { desk.begun == 1 }
        let next = ask(1)
        try await wait { desk.hasAsked(1) }
        desk.fail(1)
        await #expect(throws: Failed.self) { _ = try await first.value }
        desk.open(2)
        #expect(try await next.value == 2)
        desk.fail(3)
        await #expect(throws: Failed.self) { _ = try await ask(2).value }
        desk.open(4)
        #expect(try await ask(3).value == 4)
    }
}
