import Asking
import Domain
import EventStores
import Execution
import Plans
import Platform
import SQLText
import Testing

/// Questions whose statements are kept are answered as those that are read anew, whatever happens to the store between.
@Suite struct KeptAnswersTests {
    private static let questions = [
        "select count(*), sum(cost_usd) from llm_call",
        "select date_trunc('hour', time) as h, request_model, sum(cost_usd), count(*) from llm_call group by 1, 2 "
            + "order by 1, 2",
        "select channel, approx_percentile(duration_ns, 0.95) from message_sent group by 1 order by 1",
        "select channel, count(*) from message_sent where time >= (select max(time) from events) - interval '1 day' "
            + "group by 1 order by 1",
        "select id, type, tenant from events where id = '1/7' order by time, id",
        "set timezone = 'Europe/Berlin'; select date_trunc('day', time) as d, count(*) from events group by d "
            + "order by d",
        "set plimsoll.rollups = off; select count(*), min(time), max(time) from tool_call",
        "select bucket, count(*) from (select date_trunc('day', time) as bucket from tool_call) b group by 1 "
            + "order by 1",
        "select time, sum(events) from rollup_llm_call_1d group by 1 order by 1",
        "select count(*) from system_events",
        "explain select date_trunc('day', time) as d, count(*) from llm_call group by d",
        "select case when count(*) > 0 then now() > timestamptz '2026-01-01 00:00:00Z' end from events",
    ]

    @Test func answersAreThoseOfStatementsReadAnew() throws {
        let pool = MemoryPool(limitBytes: 256 << 20)
        let kept = KeptStatements(within: pool)
        let engine = LocalEngine(clock: SimulatedClock(wallNanoseconds: 0))
        let (keeping, anew) = (StatementRunner(engine: engine, keeping: kept), StatementRunner(engine: engine))
        let asked = try AskedStore(SimulatedFileSystem(seed: 31))
        var random = SeededGenerator(seed: 31)
        var parts = 0
        func append(pricing pico: Int64? = nil) throws {
            var events = RollupEvents()
            if let pico { events.addPrice("small", "input", picoPerToken: pico, at: RollupEvents.start) }
            for id in 0..<300 { events.addRandom(id: "\(parts)/\(id)", &random) }
            parts += 1
            _ = try asked.store.append([events.batch])
        }
        func compare(_ moment: String) throws {
            let snapshot = asked.store.snapshot()
            for question in Self.questions {
                for (usesRollups, zone) in [(true, "UTC"), (false, "UTC"), (true, "America/New_York")] {
                    var options = QueryOptions()
                    (options.usesRollups, options.timeZone) = (usesRollups, zone)
                    let wanted = try anew.run(question, over: snapshot, options: options).rendered(.csv)
                    for _ in 0..<2 {
                        let given = try keeping.run(question, over: snapshot, options: options).rendered(.csv)
                        #expect(given == wanted, "\(moment): \(question)")
                    }
                }
            }
        }
        try compare("empty")
        try append()
        try compare("unsealed")
        try asked.store.seal()
        try compare("sealed")
        try append(pricing: 150_000)
        try compare("priced late")
        try append(pricing: 40_000)
        try asked.store.seal()
        try compare("priced anew, sealed")
        #expect(kept.heldBytes > 0 && pool.usedBytes == kept.heldBytes)
        try asked.store.close()
    }

    /// A server is idle although it keeps what was asked, and is not while an answer lies there.
    @Test func whatIsKeptIsNoAnswer() throws {
        let queries = QueryService(threads: ThreadPool(threadCount: 1), limits: ServerLimits(), clock: SystemClock())
        let asked = try AskedStore(SimulatedFileSystem(seed: 3))
        let engine = LocalEngine(clock: SimulatedClock(wallNanoseconds: 0))
        let runner = StatementRunner(engine: engine, keeping: queries.statements)
        _ = try runner.run("select count(*) from events", over: asked.store.snapshot(), options: QueryOptions())
        #expect(queries.memory.usedBytes > 0 && queries.isIdle)
        let answer = try queries.holding(1 << 20)
        #expect(!queries.isIdle)
        withExtendedLifetime(answer) {}
        try asked.store.close()
    }
}
