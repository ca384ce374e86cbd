import Domain
import EventStores
import Platform
import Testing

/// Rows that came to stand for others lie apart from their positions, and go with the events that they are of.
@Suite struct AmendedRetentionTests {
    private let clock = SimulatedClock(wallNanoseconds: SampleEvents.start + 3_600_000_000_000)
    private static let day: Int64 = 86_400_000_000_000

    /// A seal that has nothing but such rows, of an event that is looked through before them.
    @Test func whatIsSealedAloneGoesAlong() throws {
        var options = EventStoreTests.options()
        options.retention = RetentionLimits(
            eventsNanoseconds: nil, tenants: [RetentionLimits.TenantPeriod("acme", nanoseconds: 7 * Self.day)])
        let context = StoreContext(
            fileSystem: SimulatedFileSystem(seed: 64), clock: clock, randomness: SeededRandomness(seed: 1),
            workers: InlineWorkers(), sideQueue: HeldBackgroundQueue())
        let store = try EventStore.open(at: "/data", context: context, options: options)
        var today: Int64 = 0
        func append(_ conversation: String, of tenant: String, day: Int64) throws {
            clock.advance(nanoseconds: (day - today) * Self.day)
            today = day
            var events = SampleEvents()
            events.addTurn(conversation, 1, at: Double(day * 86_400), tenant: tenant)
            _ = try store.append([events.batch])
            try store.seal()
        }
        try append("one", of: "acme", day: 0)
        try append("two", of: "acme", day: 5)
        try append("three", of: "bank", day: 6)
        var changed = SampleEvents()
        changed.add(
            "llm.call", id: "one/1/c", at: 1,
            [
                "conversation_id": .text("one"), "turn": .integer(1), "channel": .text("web"),
                "provider": .text("openai"), "request_model": .text("gpt-4o"), "input_tokens": .integer(2_000),
                "output_tokens": .integer(100), "status": .text("ok"),
            ], tenant: "acme")
        _ = try store.append([
            IngestBatch(replacements: [EventReplacement(position: 2, row: changed.batch.events.bytes)])
        ])
        try store.seal()
        try append("four", of: "bank", day: 9)
        // The conversation was folded again behind what is looked through.
        #expect(try dropOldEvents(of: store, clock))
        #expect(try rows(store, "events", ["id"]).count == 12)
        try append("five", of: "bank", day: 20)
        let before = try readModels(store)
        #expect(try dropOldEvents(of: store, clock))
        #expect(try readModels(store) == before && store.verify().findings == [])
        let left = try rows(store, "events", ["tenant"])
        #expect(left.count == 9 && left.allSatisfy { $0.contains("bank") }, "\(left)")
        try store.close()
    }
}
