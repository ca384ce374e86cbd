import Domain
import EventStores
import Platform
import Testing

/// How many users there were: counted of each user once a day, and to the last one as of all events.
@Suite struct DistinctUsersTests {
    private static let table = "rollup_events_users_1d"
    private static let daily =
        "select date_trunc('day', time) as d, count(distinct user_id) from events group by d order by d"

    /// Two segments, and what no segment holds where `hasTail`.
    private static func filled(seed: UInt64, hasTail: Bool) throws -> AskedStore {
        var random = SeededGenerator(seed: seed)
        let asked = try AskedStore(SimulatedFileSystem(seed: seed))
        for part in 0..<(hasTail ? 3 : 2) {
            var events = RollupEvents()
            for id in 0..<1_000 { events.addRandom(id: "\(part)/\(id)", &random) }
            _ = try asked.store.append([events.batch])
            if part < 2 { try asked.store.seal() }
        }
        return asked
    }

    @Test(arguments: [
        daily, "select count(distinct user_id) from events",
        "select tenant, date_trunc('week', time) as w, count(distinct user_id) from events group by 1, 2 order by 1, 2",
        "select user_id, count(*) from events group by 1 order by 1",
        // Parts of days at both ends.
        "select time::date as d, count(distinct user_id), count(*) from events "
            + "where time >= timestamptz '2026-07-31 05:00:00Z' and time < timestamptz '2026-08-02 17:30:00Z' "
            + "and user_id is not null group by d order by d",
        "select count(distinct user_id) filter (where tenant = 'acme') from events where user_id <> 'user 3'",
    ]) func daysAnswer(_ question: String) throws {
        let asked = try Self.filled(seed: 21, hasTail: true)
        #expect(try asked.ask("explain " + question).contains { $0.contains("Scan \(Self.table):") }, "\(question)")
        #expect(try asked.ask(question) == asked.ask(question, usesRollups: false), "\(question)")
        try asked.store.close()
    }

    /// What headers or smaller rollups tell does not go through users, and hours are no days.
    @Test(arguments: [
        "select date_trunc('day', time) as d, count(*) from events group by d", "select count(*) from events",
        "select tenant, count(*) from events group by 1",
        "select date_trunc('hour', time) as h, count(distinct user_id) from events group by h",
        "select type, count(distinct user_id) from events group by 1",
    ]) func otherQuestionsAreNotAskedOfThem(_ question: String) throws {
        let asked = try Self.filled(seed: 22, hasTail: false)
        #expect(try !asked.ask("explain " + question).contains { $0.contains(Self.table) }, "\(question)")
        try asked.store.close()
    }

    /// A row for each user of a day, tenant and segment, not one for each event.
    @Test func fewRowsAreRead() throws {
        let asked = try Self.filled(seed: 23, hasTail: false)
        #expect(try asked.rowsScanned(Self.daily, usesRollups: false) == 2_000)
        // Five days, two tenants, eight users and who is none.
        let rows = try asked.rowsScanned(Self.daily)
        #expect(rows > 0 && rows <= 2 * 5 * 2 * 9)
        #expect(try asked.store.verify().findings == [])
        try asked.store.close()
    }

    /// An event whose user became another's: its segment's rows no longer hold, and are not read.
    @Test func replacedEventsCountAsTheyAreNow() throws {
        let asked = try AskedStore(SimulatedFileSystem(seed: 24))
        func call(_ number: Int, by user: String) -> RollupEvents {
            var events = RollupEvents()
            events.add(
                "llm.call", id: "\(number)", time: RollupEvents.start,
                ["tenant": .text("acme"), "provider": .text("house"), "user_id": .text(user)])
            return events
        }
        for number in 1...6 { _ = try asked.store.append([call(number, by: number == 6 ? "b" : "a").batch]) }
        try asked.store.seal()
        let question = "select count(distinct user_id), count(*) from events"
        #expect(try asked.ask(question).last == "2,6")
        #expect(try asked.rowsScanned(question) == 2)
        let replacement = EventReplacement(position: 6, row: call(6, by: "a").batch.events.bytes)
        let note = SystemNote(type: "trace.settled", data: "{}")
        _ = try asked.store.append([IngestBatch(replacements: [replacement], notes: [note])])
        #expect(try asked.ask(question).last == "1,6")
        try asked.store.seal()
        #expect(try asked.ask(question).last == "1,6")
        #expect(try asked.store.verify().findings == [])
        try asked.store.close()
    }
}
