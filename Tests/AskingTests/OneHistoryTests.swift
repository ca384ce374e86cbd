import Asking
import Columnar
import Domain
import EventStores
import Execution
import Plans
import Platform
import Testing

/// One history gives one set of answers, however it came in, however it is kept, and whoever asks it.
@Suite struct OneHistoryTests {
    /// A way in which a store gets and keeps events.
    struct Way {
        var name: String
        var form: PageForm?
        /// So many events in each batch.
        var batchEvents = 10_000
        /// Sealed when there are so many, and after every batch.
        var sealEvents = 10_000
        var sealsBatches = false
        var compacts = false
        var isReopened = false
        /// Every batch comes a second time after the next one.
        var repeats = false
        var isPermuted = false
        /// The prices come behind all calls.
        var pricesLast = false
    }

    private static let ways: [Way] =
        [
            Way(name: "sealed as one", sealsBatches: true),
            Way(name: "small segments", batchEvents: 90, sealsBatches: true),
            Way(name: "small segments made one", batchEvents: 60, sealsBatches: true, compacts: true),
            Way(name: "sealed amid batches", batchEvents: 250, sealEvents: 400),
            Way(name: "opened again", batchEvents: 200, sealEvents: 500, isReopened: true),
            Way(name: "repeated", batchEvents: 130, sealEvents: 300, repeats: true),
            Way(name: "in another order", batchEvents: 170, sealEvents: 350, repeats: true, isPermuted: true),
            Way(name: "prices last", batchEvents: 210, sealEvents: 300, pricesLast: true),
            Way(
                name: "all of it", batchEvents: 70, sealEvents: 150, sealsBatches: true, compacts: true,
                isReopened: true, repeats: true, isPermuted: true, pricesLast: true),
        ]
        + PageForm.allCases.map { form in
            Way(name: "\(form)", form: form, batchEvents: 240, sealsBatches: true, compacts: form == .zstandard)
        }

    /// Who asks: on one thread and on two, over rows cut small, with what headers and rollups say and without.
    private static func answers(
        _ store: EventStore, _ questions: [String], _ options: QueryOptions
    ) throws -> [String] {
        let engines = [
            LocalEngine(clock: SimulatedClock(wallNanoseconds: 0)),
            LocalEngine(
                clock: SimulatedClock(wallNanoseconds: 0), workers: ThreadWorkers(parallelism: 2), chunkRowsMax: 7,
                sharedRowsMin: 0),
        ]
        let found = try engines.map { engine in
            let runner = StatementRunner(engine: engine)
            return try questions.map { try runner.run($0, over: store.snapshot(), options: options).rendered(.csv) }
        }
        for (question, (one, other)) in zip(questions, zip(found[0], found[1])) {
            #expect(one == other, "two threads: \(question)")
        }
        return found[0]
    }

    /// Events that differ in all that is told of them, by seed; without the prices.
    private static func event(_ id: Int, seed: UInt64) -> IngestBatch {
        var random = SeededGenerator(seed: seed &* 1_000_003 &+ UInt64(id))
        var events = RollupEvents()
        events.addRandom(id: "\(id)", &random)
        return events.batch
    }

    private static func prices() -> IngestBatch {
        var events = RollupEvents()
        let prices: [(model: String, tokenClass: String, pico: Int64)] = [
            ("small", "input", 150_000), ("small", "output", 600_000), ("large", "input", 9),
        ]
        for (model, tokenClass, pico) in prices {
            events.addPrice(model, tokenClass, picoPerToken: pico, at: RollupEvents.start - 50 * RollupEvents.hour)
        }
        return events.batch
    }

    private static func open(_ disk: SimulatedFileSystem, _ way: Way) throws -> EventStore {
        let context = StoreContext(
            fileSystem: disk,
            clock: SimulatedClock(wallNanoseconds: RollupEvents.start + 41 * RollupEvents.hour),
            randomness: SeededRandomness(seed: 1), workers: InlineWorkers(), compactionQueue: HeldBackgroundQueue())
        var options = StoreOptions()
        options.logFileBytes = 1 << 20
        options.sealEventsMax = way.sealEvents
        if way.compacts { options.compaction = CompactionLimits(fanIn: 3, levelEvents: 100, newestLeft: 0) }
        return try EventStore.open(at: "/data", context: context, options: options)
    }

    /// The store of a history in one of the ways.
    private static func filled(_ way: Way, seed: UInt64, events count: Int = 600) throws -> EventStore {
        let disk = SimulatedFileSystem(seed: seed)
        var store = try open(disk, way)
        var ids = Array(0..<count)
        var random = SeededGenerator(seed: seed)
        if way.isPermuted { ids.shuffle(using: &random) }
        if !way.pricesLast { _ = try store.append([prices()]) }
        var before: [IngestBatch] = []
        for (number, start) in stride(from: 0, to: count, by: way.batchEvents).enumerated() {
            let batches = ids[start..<min(start + way.batchEvents, count)].map { event($0, seed: seed) }
            #expect(try store.append(batches).reduce(0) { $0 + $1.duplicates } == 0)
            if way.repeats {
                if !before.isEmpty {
                    #expect(try store.append(before).reduce(0) { $0 + $1.duplicates } == before.count)
                }
                before = batches
            }
            if way.sealsBatches { try store.seal() }
            if way.compacts {
                while try store.startCompaction() { try store.finishJobs() }
            }
            if way.isReopened, number % 2 == 1 {
                try store.close()
                store = try open(disk, way)
            }
        }
        if way.pricesLast { _ = try store.append([prices()]) }
        return store
    }

    private static func questions(_ random: inout SeededGenerator) -> [String] {
        var questions = [
            "select type, count(*), min(time), max(time) from events group by 1 order by 1",
            "select price_state, price_gaps, count(*), sum(cost_usd), sum(cost_low_usd), sum(cost_high_usd), "
                + "percentile_disc(0.5) within group (order by duration_ns) from llm_call group by 1, 2 order by 1, 2",
            "select id, time, channel, duration_ns from message_sent where duration_ns > 2000000000 order by 2, 1 "
                + "limit 40",
            "select channel, count(distinct id), string_agg(distinct status, ',' order by status) from llm_call "
                + "where channel is not null group by 1 order by 1",
            "select t.tool, count(*), count(m.id) from tool_call t left join message_sent m on m.channel = t.channel "
                + "and m.status = 'error' and m.duration_ns < 1000000000 group by 1 order by 1",
        ]
        for _ in 0..<15 { questions.append(RollupTests.RandomQuestion(&random).sql) }
        return questions
    }

    @Test(arguments: 1...WantedSeeds.histories) func answersAreThose(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed) &+ 77)
        let questions = Self.questions(&random)
        var plain = QueryOptions()
        (plain.usesRollups, plain.usesSummaries) = (false, false)
        let unsealed = try Self.filled(Way(name: "never sealed"), seed: UInt64(seed))
        let expected = try Self.answers(unsealed, questions, plain)
        try unsealed.close()
        for way in Self.ways {
            try PageForm.$forced.withValue(way.form) {
                let store = try Self.filled(way, seed: UInt64(seed))
                for options in [QueryOptions(), plain] {
                    let found = try Self.answers(store, questions, options)
                    for (question, (one, other)) in zip(questions, zip(found, expected)) {
                        #expect(one == other, "seed \(seed), \(way.name), rollups \(options.usesRollups): \(question)")
                    }
                }
                #expect(try store.verify().findings == [])
                try store.close()
            }
        }
    }
}
