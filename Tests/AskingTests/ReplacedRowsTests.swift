import Domain
import EventStores
import Platform
import Testing

/// What headers say of groups of which some rows were replaced: bounds, and no values.
@Suite struct ReplacedRowsTests {
    private static func call(_ number: Int, duration: Int64) -> RollupEvents {
        var events = RollupEvents()
        events.add(
            "llm.call", id: "\(number)", time: RollupEvents.start + Int64(number),
            ["tenant": .text("acme"), "provider": .text("house"), "duration_ns": .integer(duration)])
        return events
    }

    /// Six sealed calls, of which the longest and the last became a shorter one.
    private static func replaced() throws -> AskedStore {
        let asked = try AskedStore(SimulatedFileSystem(seed: 61))
        for number in 1...6 { _ = try asked.store.append([call(number, duration: Int64(number)).batch]) }
        try asked.store.seal()
        let replacement = EventReplacement(position: 6, row: call(6, duration: 3).batch.events.bytes)
        let note = SystemNote(type: "trace.settled", data: "{}")
        _ = try asked.store.append([IngestBatch(replacements: [replacement], notes: [note])])
        return asked
    }

    @Test(arguments: [
        "select max(duration_ns), min(duration_ns), count(*), sum(duration_ns) from llm_call",
        "select max(duration_ns), count(*) from llm_call where time >= timestamptz '2026-08-01 08:00:00Z'",
        "select count(*) from llm_call where duration_ns <= 5", "select count(*) from llm_call where duration_ns >= 6",
        "select count(*) from llm_call where status is null", "select count(status), count(duration_ns) from llm_call",
        "select duration_ns from llm_call order by duration_ns desc, time limit 1",
    ]) func answersAreThoseOfTheRowsThatAreLeft(_ question: String) throws {
        let asked = try Self.replaced()
        let expected = try asked.ask(question, usesRollups: false, usesSummaries: false)
        #expect(try asked.ask(question, usesRollups: false) == expected)
        #expect(try asked.ask(question) == expected)
        try asked.store.close()
    }

    @Test func theLongestIsGone() throws {
        let asked = try Self.replaced()
        let question = "select max(duration_ns), count(*) from llm_call"
        #expect(try asked.ask(question, usesRollups: false).last == "5,6")
        try asked.store.close()
    }

    /// Of the sealed calls none is looked at, of the others the one that there is.
    @Test func conditionsThatBoundsProveAreNotLookedAt() throws {
        let asked = try Self.replaced()
        let question = "select count(*) from llm_call where time >= timestamptz '2026-08-01 08:00:00Z'"
        #expect(try asked.ask(question, usesRollups: false).last == "6")
        #expect(try asked.rowsScanned(question, usesRollups: false) == 1)
        try asked.store.close()
    }
}
