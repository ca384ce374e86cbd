import EventStores
import Platform
import Testing

/// Which rollup answers: of one length of buckets the one with fewest rows, and the same answer from any.
@Suite struct RollupChoiceTests {
    private static let percentiles =
        "select date_trunc('hour', time) as h, count(*), count(*) filter (where status = 'error'), "
        + "approx_percentile(duration_ns, array[0.5, 0.95, 0.99]) from message_sent group by h order by h"

    private func filled(seed: UInt64) throws -> AskedStore {
        var random = SeededGenerator(seed: seed)
        let asked = try AskedStore(SimulatedFileSystem(seed: seed))
        for part in 0..<2 {
            var events = RollupEvents()
            for id in 0..<3_000 { events.addRandom(id: "\(part)/\(id)", &random) }
            _ = try asked.store.append([events.batch])
            try asked.store.seal()
        }
        return asked
    }

    @Test(arguments: [
        (percentiles, "rollup_message_sent_times_1h"),
        (
            "select channel, date_trunc('hour', time) as h, approx_percentile(duration_ns, 0.5) from message_sent "
                + "group by 1, 2 order by 1, 2", "rollup_message_sent_1h"
        ),
        (
            "select approx_percentile(time_to_first_token_ns, 0.9) from message_sent where author is null "
                + "or author = 'agent'", "rollup_message_sent_times_1d"
        ),
        (
            "select date_trunc('hour', time) as h, approx_percentile(duration_ns, 0.9) from llm_call group by h "
                + "order by h", "rollup_llm_call_times_1h"
        ),
    ]) func theOneOfFewestRowsAnswers(_ question: String, _ table: String) throws {
        let asked = try filled(seed: 11)
        #expect(try asked.ask("explain " + question).contains { $0.contains("Scan \(table):") }, "\(question)")
        #expect(try asked.ask(question) == asked.ask(question, usesRollups: false), "\(question)")
        try asked.store.close()
    }
}
