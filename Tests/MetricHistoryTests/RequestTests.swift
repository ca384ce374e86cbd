import Bytes
import Domain
import EventStores
import MetricHistory
import Plans
import Projections
import PromQLEvaluation
import PromQLText
import Testing

/// What is asked, and within which bounds.
@Suite struct RequestTests {
    private static let everything = "{__name__=~\".+\"}"

    /// What is looked at of a window is there, with the values that it has without windows, and series from which
    /// samples are left out tell how many.
    @Test(arguments: [21, 22, 23] as [UInt64]) func windowsChangeNoSample(seed: UInt64) throws {
        let source = try HistoryTests.filled(seed).series(reached: 2_700)
        let whole = try HistoryStore.samples(source, Self.everything)
        var dice = Dice(seed: seed)
        for _ in 0..<8 {
            let windows = SeriesWindows(
                firstEnd: HistoryStore.startMilliseconds - 5_000_000 + Int64(dice.below(60_000)),
                step: Int64(1 + dice.below(600_000)), count: 1 + dice.below(60), length: Int64(dice.below(400_000)),
                look: dice.pick([.all, .last, .ends]))
            let found = try HistoryStore.samples(source, Self.everything, windows: windows)
            let byLabels = Dictionary(uniqueKeysWithValues: found.map { ($0.labels, $0.samples) })
            let spacings = Dictionary(uniqueKeysWithValues: found.map { ($0.labels, $0.spacing) })
            for series in whole {
                let some = byLabels[series.labels] ?? SampleRun()
                for window in 0..<windows.count {
                    let end = windows.firstEnd + Int64(window) * windows.step
                    let wanted = series.samples.between(after: end - windows.length, through: end)
                    let shown = some.between(after: end - windows.length, through: end)
                    let spacing = spacings[series.labels] ?? nil
                    if Self.isEnough(shown, wanted, windows.look, spacing: spacing) { continue }
                    Issue.record("\(series.labels) \(windows) \(end): \(shown.times), not \(wanted.times)")
                    return
                }
            }
        }
    }

    private static func isEnough(
        _ shown: SampleRun, _ wanted: SampleRun, _ look: SeriesWindows.Look, spacing: Int64?
    ) -> Bool {
        if look == .all || look == .ends && spacing == nil { return shown == wanted }
        guard let last = wanted.times.last, let first = wanted.times.first else { return shown.times.isEmpty }
        guard shown.times.last == last, shown[shown.times.count - 1] == wanted[wanted.times.count - 1] else {
            return false
        }
        guard look == .ends, let spacing else { return true }
        return shown.times[0] == first && shown[0] == wanted[0]
            && (last - first) / spacing + 1 == Int64(wanted.times.count)
    }

    /// Expressions say the same of the store's series, which leave out what no step looks at, of what is kept of them,
    /// and of all samples in memory.
    @Test(arguments: [31, 32] as [UInt64]) func expressionsSayWhatTheySayOfAllSamples(seed: UInt64) throws {
        let history = try HistoryTests.filled(seed)
        let (source, kept) = (history.series(reached: 2_700), history.series(reached: 2_700, cache: SeriesCache()))
        var memory = MemorySeries()
        for series in try HistoryStore.samples(source, Self.everything) {
            memory.set(series.labels, to: series.samples)
        }
        let start = HistoryStore.startMilliseconds
        for text in [
            "support_tool_calls_total", "rate(support_tool_calls_total[35m])", "delta(support_active_users[7m])",
            "histogram_count(increase(support_llm_call_duration_seconds[10m]))",
            "sum by (tenant) (rate(support_messages_total[5m]))",
            "increase(support_questions_total{result=\"failed\"}[1m] offset 2m)",
            "histogram_quantile(0.9, sum by (le) (rate(support_answer_duration_seconds_bucket[20m])))",
            "histogram_quantile(0.9, sum(rate(support_answer_duration_seconds[20m])))",
            "max_over_time(support_conversations_active[10m:1m])", "timestamp(up)", "support_active_users @ end()",
            "increase(support_llm_cost_usd_total[30m] @ end())",
        ] {
            let expression = try PromQLExpression(Array(text.utf8))
            for times in [
                PromQLQuestion.Times.instant(start + 1_234_567),
                .range(from: start - 4_000_000, through: start + 2_900_000, step: 300_000),
                .range(from: start + 1_007, through: start + 1_500_000, step: 7_000),
            ] {
                let question = PromQLQuestion(expression, at: times)
                let one = try PromQLEvaluator.answer(question, over: source).value
                let other = try PromQLEvaluator.answer(question, over: memory).value
                // As text, in which what is no number equals itself.
                #expect("\(one)" == "\(other)", "\(text)")
                let third = try PromQLEvaluator.answer(question, over: kept).value
                #expect("\(third)" == "\(other)", "\(text)")
            }
        }
    }

    @Test(arguments: [41, 42] as [UInt64]) func setsOfLabelsAreThoseOfSeries(seed: UInt64) throws {
        let source = try HistoryTests.filled(seed).series(reached: 2_700)
        for selector in [Self.everything, "{tenant=\"acme\"}", "{__name__=~\"support_.*_bucket\", le=\"1.0\"}", "up"] {
            for (after, through) in [
                (-20_000, 20_000), (-4_200, -3_900), (300, 420), (3_000, 4_000),
            ] as [(Int64, Int64)] {
                let found = try source.labelSets(
                    HistoryStore.matchers(selector), after: HistoryStore.startMilliseconds + after * 1000,
                    through: HistoryStore.startMilliseconds + through * 1000)
                let series = try HistoryStore.samples(source, selector, after: after, through: through)
                #expect(found == series.map(\.labels), "\(selector) \(after)")
            }
        }
        let all = try source.labelSets(SeriesMatchers.everything, after: 0, through: .max)
        #expect(try all == source.labelSets(HistoryStore.matchers(Self.everything), after: 0, through: .max))
    }

    /// Where a bucket ends is written with a point, as Prometheus 3 keeps it: the other spelling finds nothing there
    /// either.
    @Test func endsOfBucketsAreWrittenAsPrometheusKeepsThem() throws {
        let source = try HistoryTests.filled(41).series(reached: 2_700)
        func ends(_ matcher: String) throws -> Set<ByteText> {
            let selector = "support_answer_duration_seconds_bucket{\(matcher)}"
            let sets = try source.labelSets(HistoryStore.matchers(selector), after: 0, through: .max)
            return Set(sets.map { $0["le"] })
        }
        #expect(try ends("le=\"1.0\"") == ["1.0"] && ends("le=\"0.5\"") == ["0.5"])
        #expect(try ends("le=\"1\"").isEmpty && ends("le=\"0.50\"").isEmpty)
        #expect(try ends("le=~\"1|1[.]0|[+]Inf\"") == ["1.0", "+Inf"])
        #expect(try ends("").allSatisfy { $0 == "+Inf" || $0.bytes.contains(UInt8(ascii: ".")) })
    }

    /// Where a label is asked for that a metric does not have, no event of it is read.
    @Test func metricsWithoutAWantedLabelAreNotRead() throws {
        let cache = SeriesCache()
        let source = try HistoryTests.filled(41).series(reached: 2_700, cache: cache)
        func sets(_ selector: String) throws -> [LabelSet] {
            try source.labelSets(HistoryStore.matchers(selector), after: 0, through: .max)
        }
        for selector in ["{nobody=\"x\"}", "{nobody!=\"\"}", "{nobody=~\".+\"}"] {
            #expect(try sets(selector) == [], "\(selector)")
        }
        #expect(cache.steps == 0)
        let all = try sets(Self.everything)
        #expect(try sets("{__name__=~\".+\", nobody!=\"x\"}") == all && cache.steps > 0)
        #expect(try sets("{le!=\"\"}") == all.filter { !$0["le"].isEmpty })
        #expect(try sets("{tenant!=\"\"}") == all.filter { !$0["tenant"].isEmpty })
    }

    /// The first label sets stay by the time of their first events; the others are one, exactly.
    @Test func whatIsBeyondTheMostLabelSetsIsOne() throws {
        var dice = Dice(seed: 51)
        var history = try HistoryStore(nowSeconds: 30)
        let tools = 1_003
        var events: [HistoryEvent] = []
        for tool in 0..<tools {
            let fields: [String: EventValue] = ["tool": .text("t\(tool)"), "status": .text("ok")]
            events.append(HistoryStore.event("tool.call", at: Double(1 + tool) / 1000, fields, id: "a\(tool)"))
            if tool >= 1_000 {
                events.append(HistoryStore.event("tool.call", at: 20, fields, id: "b\(tool)"))
            }
        }
        try history.append(dice.mixed(events))
        let source = history.series(reached: 30)
        let found = try HistoryStore.samples(source, "support_tool_calls_total", after: 0).map(HistoryStore.line)
        #expect(found.count == 1_001)
        let last = "support_tool_calls_total{status=\"ok\", tenant=\"default\", tool=\"t999\"} 1.0@15 1.0@30"
        #expect(found.contains(last))
        let other = "support_tool_calls_total{status=\"other\", tenant=\"other\", tool=\"other\"} 3.0@15 6.0@30"
        #expect(found.contains(other))
        #expect(try HistoryStore.samples(source, "{tool=\"t1000\"}").isEmpty)
        let others = try HistoryStore.samples(source, "support_tool_calls_total{tool=\"other\"}", after: 0)
        #expect(others.map(HistoryStore.line) == [other])
        let sets = try source.labelSets(
            HistoryStore.matchers("support_tool_calls_total"), after: 0, through: .max)
        #expect(sets.count == 1_001)
    }

    @Test func whatAProcessKnowsIsTheLastSample() throws {
        var history = try HistoryStore(nowSeconds: 30)
        try history.append([HistoryStore.event("tool.call", at: 1, id: "a")])
        func family(_ name: String, _ series: [MetricSeries]) throws -> MetricFamily {
            MetricFamily(try #require(MetricCatalogue.metric(named: name)), series)
        }
        let rejected = MetricSeries(labels: ["invalid"], value: .number(7))
        let source = StoreSeries(
            catalog: history.store.snapshot(), reached: HistoryStore.start + 44_000_000_000,
            present: [
                try family("plimsoll_events_rejected_total", [rejected]),
                // Events tell of it.
                try family("plimsoll_events_accepted_total", [MetricSeries(labels: ["x"], value: .number(9))]),
            ],
            target: [("job", "p")])
        func lines(_ selector: String, through: Int64 = 100) throws -> [String] {
            try HistoryStore.samples(source, selector, after: -1, through: through).map(HistoryStore.line)
        }
        #expect(try lines("{__name__=~\"plimsoll_events_.*\"}") == [
            "plimsoll_events_accepted_total{job=\"p\", type=\"tool.call\"} 0.0@0 1.0@15 1.0@30",
            "plimsoll_events_rejected_total{job=\"p\", reason=\"invalid\"} 7.0@30",
        ])
        #expect(try lines("plimsoll_events_rejected_total", through: 29).isEmpty)
        #expect(try lines("up{job=\"p\"}") == ["up{job=\"p\"} 1.0@15 1.0@30"])
    }

    @Test func requestsEndAtTheirBounds() throws {
        let history = try HistoryTests.filled(61)
        let request = SeriesRequest(
            try HistoryStore.matchers("up"), after: HistoryStore.startMilliseconds,
            through: HistoryStore.startMilliseconds + 150_000, samplesMax: 9)
        #expect(throws: SeriesSourceError.tooManySamples(max: 9)) {
            try history.series(reached: 2_700).series(request)
        }
        let cancellation = QueryCancellation()
        cancellation.cancel()
        let cancelled = StoreSeries(
            catalog: history.store.snapshot(), options: QueryOptions().cancelled(by: cancellation))
        #expect(throws: SeriesSourceError.cancelled) { try cancelled.series(request) }
        var options = QueryOptions()
        options.memoryBudgetBytes = 100
        let small = StoreSeries(catalog: history.store.snapshot(), options: options)
        #expect(throws: SeriesSourceError.self) { try HistoryStore.samples(small, "support_messages_total") }
        let pool = MemoryPool(limitBytes: 1 << 30)
        options = QueryOptions()
        options.memoryPool = pool
        let pooled = StoreSeries(catalog: history.store.snapshot(), options: options)
        #expect(try !HistoryStore.samples(pooled, "support_messages_total").isEmpty)
        #expect(pool.usedBytes == 0)
    }
}
