import Domain
import EventStores
import Platform
import Testing

/// Rows of minutes go after two days: what stays of a segment has those that its own events give.
@Suite struct RetainedMinutesTests {
    private let clock = SimulatedClock(wallNanoseconds: SampleEvents.start + 3_600_000_000_000)
    private static let hour: Int64 = 3_600_000_000_000
    private static let week = 7 * 24 * hour

    /// The last event of the segment goes, and those that stay were received hours before it.
    @Test(arguments: [
        RetentionLimits(eventsNanoseconds: week),
        RetentionLimits(
            eventsNanoseconds: nil, tenants: [RetentionLimits.TenantPeriod("acme", nanoseconds: week)]),
    ]) func whatStaysIsVerifiedAlone(limits: RetentionLimits) throws {
        var options = EventStoreTests.options()
        options.retention = limits
        let context = StoreContext(
            fileSystem: SimulatedFileSystem(seed: 63), clock: clock, randomness: SeededRandomness(seed: 1),
            workers: InlineWorkers(), sideQueue: HeldBackgroundQueue())
        let store = try EventStore.open(at: "/data", context: context, options: options)
        var hours: Int64 = 0
        func append(at hour: Int64, _ body: (inout SampleEvents, Double) -> Void) throws {
            clock.advance(nanoseconds: (hour - hours) * Self.hour)
            hours = hour
            var events = SampleEvents()
            body(&events, Double(hour * 3_600))
            _ = try store.append([events.batch])
        }
        for (turn, hour) in [(1, 5), (2, 49)] as [(Int64, Int64)] {
            try append(at: hour) { events, seconds in
                events.addTurn("goes on", turn, at: seconds, tenant: "acme")
                events.addTurn("stays", turn, at: seconds + 5, tenant: "bank")
            }
        }
        try append(at: 59) { $0.addTurn("ends", 1, at: $1, tenant: "acme") }
        try store.seal()
        try append(at: 300) { $0.addTurn("goes on", 3, at: $1, tenant: "acme") }
        #expect(try store.verify().findings == [])
        #expect(try dropOldEvents(of: store, clock))
        let left = try rows(store, "events", ["id"])
        #expect(left.contains { $0.contains("goes on/1/q") } && !left.contains { $0.contains("ends/1/q") }, "\(left)")
        #expect(try store.verify().findings == [])
        try store.close()
    }
}
