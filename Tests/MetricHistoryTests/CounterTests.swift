import Bytes
import Domain
import EventStores
import MetricHistory
import Plans
import PromQLText
import Testing

/// Counters by what changes in them are the series that samples make.
@Suite struct CounterTests {
    private static let selectors = [
        "support_messages_total{channel=\"web\"}", "support_questions_total", "support_tool_calls_total",
        "support_answer_duration_seconds_bucket", "support_answer_duration_seconds_bucket{le=~\"1.0|.Inf\"}",
        "support_answer_duration_seconds_sum", "support_answer_duration_seconds_count", "support_llm_cost_usd_total",
        "support_llm_input_tokens_total", "support_feedback_total", "support_conversations_closed_total",
    ]

    private static func request(
        _ selector: String, _ windows: SeriesWindows?, samplesMax: Int = 10_000_000
    ) throws -> SeriesRequest {
        SeriesRequest(
            try HistoryStore.matchers(selector), after: HistoryStore.startMilliseconds - 20_000_000,
            through: HistoryStore.startMilliseconds + 20_000_000, samplesMax: samplesMax, windows: windows)
    }

    private static func windows(
        firstEnd: Int64 = 0, step: Int64 = 60_000, count: Int = 30, length: Int64 = 60_000,
        look: SeriesWindows.Look = .ends
    ) -> SeriesWindows {
        SeriesWindows(
            firstEnd: HistoryStore.startMilliseconds + firstEnd, step: step, count: count, length: length, look: look)
    }

    /// With all samples.
    private static func expanded(_ counter: CounterSeries) -> Series {
        let floats = counter.times.map { time in
            let place = counter.changes.partitioningIndex { $0 > time }
            return place > 0 ? counter.values[place - 1] : 0
        }
        return Series(
            labels: counter.labels, samples: SampleRun(counter.times, floats), spacing: counter.spacing)
    }

    /// Whatever came late, is sealed or not, and was asked for before.
    @Test(arguments: Array(91...96) as [UInt64]) func countersAreTheSeries(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        var history = try HistoryStore(nowSeconds: 2_700)
        let cache = SeriesCache()
        var (known, changes) = (0, 0)
        var rest = dice.mixed(RandomEvents(seed: seed).events)[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(1 + dice.below(40)))
            rest = rest.dropFirst(batch.count)
            try history.append(batch)
            if dice.below(4) == 0 { try history.store.seal() }
            for selector in Self.selectors {
                // Where windows begin and end with hours nothing is told apart within these.
                let isHourly = dice.below(3) == 0
                let reached: Int64 = isHourly ? 7_200 : 2_707
                let (kept, fresh) = (
                    history.series(reached: reached, cache: cache), history.series(reached: reached)
                )
                let windows = isHourly
                    ? Self.windows(
                        firstEnd: -7_200_000, step: 3_600_000, count: 5, length: dice.pick([3_600_000, 7_200_000]))
                    : Self.windows(
                        firstEnd: Int64(dice.below(8_000)) * 1000 - 5_000_000,
                        step: dice.pick([15_000, 60_000, 3_600_000, 1 + Int64(dice.below(600_000))]),
                        count: 1 + dice.below(40), length: dice.pick([60_000, 3_600_000, Int64(dice.below(400_000))]))
                let request = try Self.request(selector, windows)
                let found = try #require(try kept.counters(request), "\(selector)")
                let expected = try fresh.series(request)
                #expect(found.map(Self.expanded) == expected, "\(selector) \(windows)")
                known += found.count
                changes += found.reduce(0) { $0 + $1.changes.count }
            }
        }
        #expect(known > 100 && changes > 100)
    }

    /// As many samples as series would have are counted.
    @Test func samplesAreCounted() throws {
        var history = try HistoryStore(nowSeconds: 2_700)
        try history.append([HistoryStore.event("tool.call", at: 40, ["tool": .text("a")], id: "x")])
        let source = history.series(reached: 2_700, cache: SeriesCache())
        let samples = try source.series(Self.request("support_tool_calls_total", Self.windows()))[0].samples.times.count
        func counters(_ most: Int) throws -> Int? {
            try source.counters(Self.request("support_tool_calls_total", Self.windows(), samplesMax: most))?.count
        }
        #expect(try counters(samples) == 1)
        #expect(throws: SeriesSourceError.tooManySamples(max: samples - 1)) { try counters(samples - 1) }
    }

    /// Few windows look at few cells, however long the history is. Where windows begin and end with hours and reach
    /// over most of it, what was made of all cells for one request serves others.
    @Test func hoursAreLookedAtOnce() throws {
        func steps(hours: Int64) throws -> (few: Int, again: Int) {
            var history = try HistoryStore(nowSeconds: hours * 3_600 + 120)
            for hour in 0..<hours {
                try history.append(
                    (0..<20).map { (call: Int64) -> HistoryEvent in
                        let fields: [String: EventValue] = ["tool": .text(call % 7 == 0 ? "a" : "b")]
                        let seconds = Double(hour * 3_600 + call * 170 + 1)
                        return HistoryStore.event("tool.call", at: seconds, fields, id: "\(hour) \(call)")
                    })
                try history.store.seal()
            }
            let cache = SeriesCache()
            let end = HistoryStore.startMilliseconds + hours * 3_600_000
            func steps(lastHours: Int64) throws -> Int {
                let request = SeriesRequest(
                    try HistoryStore.matchers("support_tool_calls_total"), after: end - lastHours * 3_600_000,
                    through: end, samplesMax: 1_000,
                    windows: Self.windows(
                        firstEnd: (hours - lastHours + 1) * 3_600_000, step: 3_600_000, count: Int(lastHours),
                        length: 3_600_000))
                let before = cache.steps
                let found = try #require(
                    try history.series(reached: hours * 3_600, cache: cache).counters(request))
                let steps = cache.steps - before
                #expect(try found.map(Self.expanded) == history.series(reached: hours * 3_600).series(request))
                return steps
            }
            _ = try steps(lastHours: 1)
            let few = try steps(lastHours: 1)
            #expect(try steps(lastHours: hours) > 0)
            let bytes = cache.memoryBytes
            let again = try steps(lastHours: hours - 1)
            #expect(cache.memoryBytes == bytes)
            return (few, again)
        }
        let (short, long) = (try steps(hours: 12), try steps(hours: 40))
        #expect(short.few < 30 && long.few <= short.few && short.again == 0 && long.again == 0)
    }

    /// What courses are made of is booked beside them: all runs as one, where there are several.
    @Test func whatCoursesAreMadeOfIsBooked() throws {
        let (hours, tools) = (40 as Int64, 100)
        func counters(
            _ history: HistoryStore, _ cache: SeriesCache, windows: Int, _ options: QueryOptions = QueryOptions()
        ) throws -> Int? {
            let source = StoreSeries(
                catalog: history.store.snapshot(), reached: HistoryStore.start + hours * 3_600_000_000_000,
                options: options, cache: cache)
            let begin = hours - Int64(windows) * 4
            let request = SeriesRequest(
                try HistoryStore.matchers("support_tool_calls_total"),
                after: HistoryStore.startMilliseconds + begin * 3_600_000,
                through: HistoryStore.startMilliseconds + hours * 3_600_000, samplesMax: 100_000,
                windows: Self.windows(
                    firstEnd: (begin + 4) * 3_600_000, step: 14_400_000, count: windows, length: 3_600_000))
            return try source.counters(request)?.count
        }
        /// Of all but the last hours there is a run, and of these another one; no courses are made yet.
        func asked() throws -> (HistoryStore, SeriesCache) {
            var history = try HistoryStore(nowSeconds: hours * 3_600 + 120)
            let cache = SeriesCache()
            for stretch in [0..<hours - 4, hours - 4..<hours] {
                for hour in stretch {
                    try history.append(
                        (0..<tools).map { tool in
                            HistoryStore.event(
                                "tool.call", at: Double(hour * 3_600 + 60), ["tool": .text("t\(tool)")],
                                id: "\(hour) \(tool)")
                        })
                }
                try history.store.seal()
                #expect(try counters(history, cache, windows: 1) == tools)
            }
            return (history, cache)
        }
        let (history, cache) = try asked()
        let before = cache.memoryBytes
        #expect(try counters(history, cache, windows: 10) == tools)
        var options = QueryOptions()
        options.memoryBudgetBytes = (cache.memoryBytes - before) / 4 * 5
        #expect(cache.memoryBytes > before)
        #expect(try counters(history, cache, windows: 10, options) == tools)
        let (fresh, freshCache) = try asked()
        #expect(throws: SeriesSourceError.self) { try counters(fresh, freshCache, windows: 10, options) }
    }

    /// Distributions, gauges, several metrics at once, whole windows, and what nobody keeps are read sample by sample.
    @Test func whatIsNoCounterIsNotKnownSo() throws {
        var history = try HistoryStore(nowSeconds: 2_700)
        try history.append(RandomEvents(seed: 3).events)
        let cache = SeriesCache()
        func isKnown(
            _ selector: String, _ look: SeriesWindows.Look? = .ends, cache: SeriesCache?
        ) throws -> Bool {
            let windows = look.map { Self.windows(look: $0) }
            return try history.series(reached: 2_700, cache: cache).counters(Self.request(selector, windows)) != nil
        }
        let name = "support_tool_calls_total"
        #expect(try isKnown(name, cache: cache))
        #expect(try !isKnown(name, .last, cache: cache) && !isKnown(name, .all, cache: cache))
        #expect(try !isKnown(name, nil, cache: cache) && !isKnown(name, cache: nil))
        for other in [
            "up", "{__name__=~\"support_.*\"}", "support_answer_duration_seconds", "support_tool_calls_corrected_total",
            "plimsoll_free_bytes",
        ] { #expect(try !isKnown(other, cache: cache), "\(other)") }
        try history.append(
            (0..<1_010).map { HistoryStore.event("tool.call", at: 1, ["tool": .text("t\($0)")], id: "t\($0)") })
        #expect(try !isKnown(name, cache: cache))
    }
}
