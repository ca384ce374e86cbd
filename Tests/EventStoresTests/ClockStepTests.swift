import Domain
import EventStores
import Platform
import Projections
import Testing

/// What a wall clock that is set does to the times that are kept.
@Suite struct ClockStepTests {
    private static let second: Int64 = 1_000_000_000
    private static let year: Int64 = 365 * 86_400 * second

    private static func event(_ id: String, at time: Int64?) -> IngestBatch {
        var events = SampleEvents()
        events.add(
            "tool.call", id: id, at: time.map { Double(($0 - SampleEvents.start) / second) }, ["tool": .text("t")])
        return events.batch
    }

    private static func times(_ store: EventStore, _ id: String) throws -> (time: Int64, received: Int64) {
        let row = try rows(store, "tool_call", ["id", "time", "received_time"]).first { $0.contains("\"\(id)\"") }
        let numbers = try #require(row).split(separator: "|").dropFirst().map { Int64($0.filter(\.isNumber)) ?? 0 }
        return (numbers[0], numbers[1])
    }

    private static func backfilled(_ store: EventStore) -> MetricValue? {
        CounterTests.value(store, "plimsoll_backfilled_events_total", ["tool.call"])
    }

    private static func steps(_ store: EventStore) throws -> [String] {
        try rows(store, "system_events", ["type", "data"]).filter { $0.contains("clock.stepped") }
    }

    @Test func aJumpThatReturnsSoonDatesNothing() throws {
        let machine = CounterTests.Machine(seed: 41)
        let store = try machine.open()
        let truth = machine.clock.wallNanoseconds()
        _ = try store.append([Self.event("before", at: nil)])
        machine.clock.step(toWallNanoseconds: truth + 2 * Self.year)
        machine.clock.advance(nanoseconds: 60 * Self.second)
        let result = try store.append([Self.event("during", at: nil), Self.event("ahead", at: truth + 2 * Self.year)])
        #expect(result[1].verdicts == [.tooNew])
        #expect(try Self.times(store, "during") == (truth + 60 * Self.second, truth + 60 * Self.second))
        #expect(store.snapshot().now == truth + 60 * Self.second)
        machine.clock.advance(nanoseconds: 60 * Self.second)
        machine.clock.step(toWallNanoseconds: truth + 120 * Self.second)
        _ = try store.append([Self.event("after", at: truth + 110 * Self.second)])
        #expect(try Self.times(store, "after").received == truth + 120 * Self.second)
        #expect(Self.backfilled(store) == nil)
        let steps = try Self.steps(store)
        #expect(
            steps.count == 2 && steps.contains { $0.contains("doubted") } && steps.contains { $0.contains("returned") })
        // The record that closes the jump says which events came meanwhile.
        #expect(steps.contains { $0.contains("returned") && $0.contains("first_position") })
        try store.close()
    }

    /// Received times stop where time ends.
    @Test func aClockAtTheEndOfTimeStopsNothing() throws {
        let machine = CounterTests.Machine(seed: 49)
        let truth = machine.clock.wallNanoseconds()
        machine.clock.step(toWallNanoseconds: .max - Self.second)
        let store = try machine.open()
        _ = try store.append([Self.event("first", at: truth)])
        machine.clock.step(toWallNanoseconds: truth)
        for _ in 0..<400 {
            machine.clock.advance(nanoseconds: Self.second)
            _ = store.snapshot().now
            try store.tick()
        }
        _ = try store.append([Self.event("second", at: truth + 399 * Self.second)])
        #expect(try Self.times(store, "second").received == .max)
        // Doubted once, then believed: the wall clock stayed.
        let steps = try Self.steps(store)
        #expect(steps.count == 2 && steps.contains { $0.contains("believed") }, "\(steps)")
        try store.close()
    }

    @Test(arguments: [false, true], [false, true])
    func aJumpThatWasBelievedAndReturnsLeavesNoBackfill(sealsBetween: Bool, crashes: Bool) throws {
        let machine = CounterTests.Machine(seed: 42)
        var store = try machine.open()
        let truth = machine.clock.wallNanoseconds()
        _ = try store.append([Self.event("before", at: nil)])
        machine.clock.step(toWallNanoseconds: truth + 2 * Self.year)
        for _ in 0..<400 {
            machine.clock.advance(nanoseconds: Self.second)
            try store.tick()
        }
        _ = try store.append([Self.event("during", at: nil)])
        #expect(try Self.times(store, "during").time == truth + 2 * Self.year + 400 * Self.second)
        machine.clock.step(toWallNanoseconds: truth + 400 * Self.second)
        if sealsBetween { try store.seal() }
        _ = try store.append([Self.event("after", at: truth + 399 * Self.second), Self.event("timeless", at: nil)])
        // It is dated and counted by the clock that came back; received times went on.
        #expect(try Self.times(store, "timeless").time == truth + 400 * Self.second)
        #expect(try Self.times(store, "timeless").received >= truth + 2 * Self.year + 400 * Self.second)
        #expect(Self.backfilled(store) == nil)
        var question = SampleEvents()
        question.add("message.received", id: "q", at: 400, ["conversation_id": .text("c"), "channel": .text("web")])
        _ = try store.append([question.batch])
        let before = store.snapshot().counters.families
        if sealsBetween { try store.seal() }
        if crashes {
            machine.disk.crash()
            store = try machine.open()
            #expect(store.snapshot().counters.families == before)
        }
        // A start goes on from the received time that the log has: what waits does so from there.
        for _ in 0..<(crashes ? 2 : 1) {
            machine.clock.advance(nanoseconds: 40 * Self.second)
            try store.tick()
        }
        #expect(CounterTests.value(store, "support_questions_total", ["default", "web", "failed"]) == .number(1))
        _ = try store.append([
            Self.event("later", at: truth + 430 * Self.second), Self.event("old", at: truth - 4_000 * Self.second),
        ])
        #expect(Self.backfilled(store) == .number(1))
        #expect(try store.append([Self.event("timeless", at: nil)])[0].duplicates == 1)
        #expect(try store.verify().findings == [])
        try store.close()
    }

    @Test func aClockThatIsSetRightIsFollowed() throws {
        let machine = CounterTests.Machine(seed: 43)
        let store = try machine.open()
        let start = machine.clock.wallNanoseconds()
        _ = try store.append([Self.event("a", at: nil)])
        machine.clock.step(toWallNanoseconds: start + 3 * Self.second)
        _ = try store.append([Self.event("b", at: nil)])
        #expect(try Self.times(store, "b").received == start + 3 * Self.second)
        machine.clock.step(toWallNanoseconds: start + 1 * Self.second)
        _ = try store.append([Self.event("c", at: nil)])
        #expect(try Self.times(store, "c").received == start + 3 * Self.second, "received times never fall")
        #expect(try Self.steps(store).isEmpty)
        try store.close()
    }

    @Test func aStepBackThatStaysIsBelievedAfterAWhile() throws {
        let machine = CounterTests.Machine(seed: 44)
        let store = try machine.open()
        let start = machine.clock.wallNanoseconds()
        _ = try store.append([Self.event("a", at: nil)])
        machine.clock.step(toWallNanoseconds: start - 7_200 * Self.second)
        machine.clock.advance(nanoseconds: 10 * Self.second)
        _ = try store.append([Self.event("b", at: nil)])
        #expect(try Self.times(store, "b") == (start + 10 * Self.second, start + 10 * Self.second))
        for _ in 0..<310 {
            machine.clock.advance(nanoseconds: Self.second)
            try store.tick()
        }
        _ = try store.append([Self.event("c", at: nil)])
        #expect(try Self.times(store, "c") == (start - 6_880 * Self.second, start + 320 * Self.second))
        #expect(Self.backfilled(store) == nil)
        try store.close()
    }

    @Test func aStoreThatWasDownForAWeekBelievesTheClock() throws {
        let machine = CounterTests.Machine(seed: 45)
        var store = try machine.open()
        _ = try store.append([Self.event("a", at: nil)])
        try store.close()
        machine.clock.advance(nanoseconds: 7 * 86_400 * Self.second)
        store = try machine.open()
        _ = try store.append([Self.event("b", at: nil)])
        #expect(try Self.times(store, "b").received == machine.clock.wallNanoseconds())
        #expect(try Self.steps(store).isEmpty)
        try store.close()
    }
}
