import Plans
import Synchronization
import Testing

/// When a question has to end.
@Suite struct QueryOptionsTests {
    private final class Watch: Sendable { let time = Atomic<Int64>(0) }

    @Test func timeRunsFromItsBeginningOn() throws {
        let watch = Watch()
        func pass(_ time: Int64) { watch.time.store(time, ordering: .relaxed) }
        var options = QueryOptions()
        options.timeLimitNanoseconds = 10
        pass(100)
        try options.check()
        let begun = options.startingClock { watch.time.load(ordering: .relaxed) }
        pass(110)
        try begun.check()
        pass(111)
        let found = #expect(throws: QueryError.self) { try begun.check() }
        #expect(found?.kind == .deadlineExceeded && found?.hint != nil)
        // Whoever begins it again gives it no more.
        #expect(throws: QueryError.self) { try begun.startingClock { watch.time.load(ordering: .relaxed) }.check() }
        try options.check()
        options.timeLimitNanoseconds = .max
        try options.startingClock { watch.time.load(ordering: .relaxed) }.check()
        options.timeLimitNanoseconds = nil
        try options.startingClock { watch.time.load(ordering: .relaxed) }.check()
    }

    @Test func whoIsCancelledIsToldSoFirst() {
        let cancellation = QueryCancellation()
        let watch = Watch()
        var options = QueryOptions().cancelled(by: cancellation)
        options.timeLimitNanoseconds = 0
        let begun = options.startingClock { watch.time.add(1, ordering: .relaxed).newValue }
        cancellation.cancel()
        #expect(throws: QueryError.cancelled) { try begun.check() }
    }
}
