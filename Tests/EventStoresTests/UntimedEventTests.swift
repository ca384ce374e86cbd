import Domain
import EventStores
import Platform
import Testing

/// Events without a time of their own, whose repeats are looked up for a day.
@Suite struct UntimedEventTests {
    private static let hour: Int64 = 3_600_000_000_000

    /// - Parameter time: what an export says that it was given.
    private static func event(given time: Int64? = nil) -> IngestBatch {
        var events = SampleEvents()
        events.add("probe.checked", id: "untimed", at: nil, ["target": .text("a")], exactly: time)
        return events.batch
    }

    /// What is a repeat follows from when it comes, not from when a seal happened.
    @Test(arguments: [false, true]) func aRepeatIsJudgedByItsTimeAlone(seals: Bool) throws {
        let machine = CounterTests.Machine(seed: 71)
        let store = try machine.open()
        func verdict(after nanoseconds: Int64) throws -> EventVerdict? {
            machine.clock.advance(nanoseconds: nanoseconds)
            let verdict = try store.append([Self.event()])[0].verdicts.first
            if seals { try store.seal() }
            return verdict
        }
        #expect(try verdict(after: 0) == .accepted(position: 1))
        #expect(try verdict(after: 24 * Self.hour) == .duplicate)
        #expect(try verdict(after: 1) == .accepted(position: 2))
        #expect(try verdict(after: 23 * Self.hour) == .duplicate)
        #expect(try verdict(after: 2 * Self.hour) == .accepted(position: 3))
        try store.close()
    }

    /// What an export tells of long ago is known by the time that it was given, whether a seal has forgotten it or not.
    @Test(arguments: [false, true]) func whatWasGivenLongAgoIsKnownByThatTime(seals: Bool) throws {
        let machine = CounterTests.Machine(seed: 72)
        let store = try machine.open()
        let given = machine.clock.wallNanoseconds() - 30 * 24 * Self.hour
        func verdict(_ time: Int64) throws -> EventVerdict? {
            let verdict = try store.append([Self.event(given: time)])[0].verdicts.first
            if seals { try store.seal() }
            return verdict
        }
        #expect(try verdict(given) == .accepted(position: 1))
        #expect(try verdict(given) == .duplicate)
        #expect(try verdict(given + Self.hour) == .accepted(position: 2))
        #expect(try verdict(given) == .duplicate)
        try store.close()
    }
}
