import AlertRules
import Asking
import Bytes
import Platform
import PromQLEvaluation
import PromQLText
import RuleFiles
import Rules
import Testing

/// What rules make of series ends where a Prometheus that had evaluated them would have ended it.
@Suite struct SeriesEndTests {
    private static func minute(_ minute: Int64) -> Int64 { RuleWorld.start + minute * 60_000 }

    private static func value(
        _ text: String, _ times: PromQLQuestion.Times, _ source: some SeriesSource
    ) throws -> PromQLAnswer.Value {
        let question = PromQLQuestion(try PromQLExpression(Array(text.utf8)), at: times)
        return try PromQLEvaluator.answer(question, over: source).value
    }

    /// Half minutes since the start at which the one series of an answer says something.
    private static func halfMinutes(_ text: String, _ world: RuleWorld) throws -> [Int64] {
        let source = world.manager.series(over: world.series, reached: minute(10), within: UnboundedBudget())
        let times = PromQLQuestion.Times.range(from: minute(0), through: minute(10), step: 30_000)
        guard case .matrix(let found) = try value(text, times, source), found.count <= 1 else { return [-1] }
        return found.flatMap { $0.samples.times.map { ($0 - RuleWorld.start) / 30_000 } }
    }

    /// Slow for two minutes: what stands on it ends with the third, and not five minutes later.
    @Test func whatIsRecordedEndsWithItsCause() throws {
        var world = try RuleWorld(
            """
            groups:
              - name: one
                interval: 1m
                rules:
                  - record: job:slow
                    expr: seconds > 5
                  - record: job:twice
                    expr: job:slow * 2
                  - alert: Slow
                    expr: seconds > 5
                    for: 1m
                  - alert: Other
                    expr: ALERTS{alertname="Slow",alertstate="firing"}
            """, RuleWorld.minutes("seconds", [9, 9, 9] + [Double](repeating: 1, count: 8)))
        for minute in Int64(0)...10 { try world.advance(to: Self.minute(minute)) }
        #expect(try Self.halfMinutes("job:slow", world) == Array(0...5))
        #expect(try Self.halfMinutes("job:twice", world) == Array(0...5))
        #expect(try Self.halfMinutes("count_over_time(job:twice[1m:30s]) == 2", world) == Array(1...5))
        // Pending at minute 0, firing at minutes 1 and 2.
        #expect(try Self.halfMinutes("ALERTS{alertname='Slow',alertstate='pending'}", world) == [0, 1])
        #expect(try Self.halfMinutes("ALERTS{alertname='Slow',alertstate='firing'}", world) == Array(2...5))
        #expect(try Self.halfMinutes("count(ALERTS{alertname='Slow'}) == 1", world) == Array(0...5))
        #expect(try Self.halfMinutes("ALERTS_FOR_STATE{alertname='Slow'}", world) == Array(0...5))
        // What stands on an alert sees in the same evaluation that it is over.
        #expect(try Self.halfMinutes("ALERTS{alertname='Other'}", world) == Array(2...5))
    }

    // MARK: Evaluations that fail

    /// Two series come to the same labels at minute 1 alone: that evaluation fails, and neither writes nor ends
    /// anything. Two others come to the same labels one after the other.
    @Test func equalLabelsFailAtTheirTimesAlone() throws {
        var series = RuleWorld.minutes("seconds", [10, 20, 30, 40, 50])
        var (second, first, last) = (SampleRun(), SampleRun(), SampleRun())
        second.append(Self.minute(1), .float(7))
        second.append(Self.minute(2), .float(.staleMarker))
        first.append(Self.minute(0), .float(1))
        first.append(Self.minute(2), .float(.staleMarker))
        last.append(Self.minute(2), .float(2))
        series.set(LabelSet([("__name__", "seconds"), ("job", "plimsoll"), ("n", "2")]), to: second)
        series.set(LabelSet([("__name__", "part"), ("n", "1")]), to: first)
        series.set(LabelSet([("__name__", "part"), ("n", "2")]), to: last)
        var world = try RuleWorld(
            """
            groups:
              - name: one
                interval: 1m
                rules:
                  - {record: one, expr: seconds, labels: {n: x}}
                  - {record: parts, expr: part, labels: {n: x}}
                  - {record: after, expr: one + 1}
              - name: few
                interval: 1m
                limit: 1
                rules:
                  - {record: few, expr: max without (job) (seconds)}
            """, series)
        var health: [[String]] = []
        for minute in Int64(0)...4 {
            try world.advance(to: Self.minute(minute))
            health.append(world.manager.groups.flatMap(\.rules).map(\.health))
            guard minute == 1 else { continue }
            #expect(
                world.manager.groups.flatMap(\.rules).map(\.lastError) == [
                    "vector contains metrics with the same labelset after applying rule labels", "", "",
                    "exceeded limit of 1 with 2 series",
                ])
        }
        let well = ["ok", "ok", "ok", "ok"]
        #expect(health == [well, ["err", "ok", "ok", "err"], well, well, well])
        let source = world.manager.series(over: series, reached: Self.minute(4), within: UnboundedBudget())
        let times = PromQLQuestion.Times.range(from: Self.minute(0), through: Self.minute(4), step: 60_000)
        func floats(_ text: String, _ times: PromQLQuestion.Times) throws -> [[Double]] {
            guard case .matrix(let found) = try Self.value(text, times, source) else { return [] }
            return found.map(\.samples.floats)
        }
        // At minute 1 what minute 0 wrote is the last that there is.
        #expect(try floats("one", times) == [[10, 10, 30, 40, 50]])
        #expect(try floats("after", times) == [[11, 11, 31, 41, 51]])
        #expect(try floats("few", times) == [[10, 10, 30, 40, 50]])
        #expect(try floats("parts", times) == [[1, 1, 2, 2, 2]])
        #expect(try floats("count_over_time(one[10m])", times) == [[1, 1, 2, 3, 4]])
        guard case .vector(let now) = try Self.value("one", .instant(Self.minute(1)), source) else { return }
        #expect(now.map(\.value) == [.float(10)])
    }

    // MARK: Beside a store

    private static let text = """
        groups:
          - name: one
            interval: 15s
            rules:
              - record: t:gt
                expr: sum by (g) (m) > 0
              - record: t:double
                expr: t:gt * 2
              - alert: Gone
                expr: t:gt > 3
                for: 30s
              - alert: Other
                expr: ALERTS{alertname="Gone",alertstate="firing"}
              - record: t:alerts
                expr: count by (g) (ALERTS{alertname="Gone"})
              - alert: Many
                expr: t:alerts > 0
          - name: two
            interval: 1m
            rules:
              - record: t:slow
                expr: t:double + 1
        """

    private static let expressions = [
        "t:gt", "t:double", "t:slow", "t:gt offset 100s", "t:slow offset 37s", "timestamp(t:double)",
        "count_over_time(t:gt[15m:15s])", "count_over_time(t:double[7m])", "sum_over_time(t:double[1m])",
        "last_over_time(t:gt[2m])", "max_over_time(t:slow[4m:10s])", "absent(t:gt)", "t:gt and t:slow",
        "ALERTS", "ALERTS_FOR_STATE", "count(ALERTS)", "count_over_time(ALERTS[5m:10s])", "ALERTS offset 50s",
        "t:alerts", "count_over_time(t:alerts[3m])",
    ]

    /// Three series that say a value for a while, then another, then nothing.
    private static func metric(_ seed: UInt64) -> MemorySeries {
        var random = SeededGenerator(seed: seed)
        var source = MemorySeries()
        for number in 0..<3 {
            var run = SampleRun()
            var step = random.next(below: 4)
            while step < 120 {
                let end = step + 1 + random.next(below: 12)
                let value = Double(random.next(below: 5))
                while step < end {
                    run.append(RuleWorld.start + Int64(step) * 15_000 + Int64(number), .float(value))
                    step += 1
                }
                guard random.oneIn(2) else { continue }
                if random.oneIn(2) {
                    run.append(RuleWorld.start + Int64(step) * 15_000 + Int64(number), .float(.staleMarker))
                }
                step += 1 + random.next(below: random.oneIn(3) ? 30 : 6)
            }
            source.set(
                LabelSet([("__name__", "m"), ("g", number < 2 ? "a" : "b"), ("i", ByteText("\(number)".utf8))]),
                to: run)
        }
        return source
    }

    /// The metric, and what groups have written that were evaluated up to a time, as a store would have it.
    private static func stored(_ rules: RuleFile, _ metric: MemorySeries, through end: Int64) throws -> MemorySeries {
        var (store, runs): (MemorySeries, [LabelSet: SampleRun]) = (metric, [:])
        var states = rules.groups.map { RuleGroupState($0) }
        for time in stride(from: RuleWorld.start, through: end, by: 15_000) {
            for (index, group) in rules.groups.enumerated() where time % (group.interval ?? 60_000) == 0 {
                let evaluation = try GroupEvaluator(group, RuleOptions()).evaluate(
                    states[index], over: store, at: time)
                states[index] = evaluation.state
                for sample in evaluation.samples {
                    runs[sample.labels, default: SampleRun()].append(sample.time, sample.value)
                    store.set(sample.labels, to: runs[sample.labels] ?? SampleRun())
                }
            }
        }
        return store
    }

    /// Gaps at random: every question is answered as over a store in which groups have written samples and markers.
    @Test(arguments: 1...6 as ClosedRange<UInt64>) func whatRulesMakeIsWhatAStoreWouldHave(_ seed: UInt64) throws {
        let (metric, end) = (Self.metric(seed), Self.minute(25))
        let rules = try RuleFile(Array(Self.text.utf8), name: "test.yaml")
        let store = try Self.stored(rules, metric, through: end)
        var world = try RuleWorld(Self.text, metric)
        try world.advance(to: RuleWorld.start)
        try world.advance(to: end)
        let ruled = world.manager.series(over: metric, reached: end, within: UnboundedBudget())
        // Multiples of the interval and others; windows far apart; ends that are still to come.
        var times = ([7, 15, 40, 60, 90, 120, 240] as [Int64]).map {
            PromQLQuestion.Times.range(from: RuleWorld.start, through: end + 420_000, step: $0 * 1000)
        }
        times += [301, 600, 777, 1234, 1500, 1620].map { .instant(RuleWorld.start + $0 * 1000) }
        for expression in Self.expressions {
            for time in times {
                let (found, wanted) = (
                    try Self.value(expression, time, ruled), try Self.value(expression, time, store)
                )
                #expect(found == wanted, "\(expression) at \(time)")
            }
        }
        for time in [301, 777, 1500] as [Int64] {
            for expression in ["t:gt[15m]", "t:double[15m]", "t:slow[15m]", "ALERTS[10m]"] {
                let instant = PromQLQuestion.Times.instant(RuleWorld.start + time * 1000)
                #expect(
                    try Self.value(expression, instant, ruled) == Self.value(expression, instant, store),
                    "\(expression) at \(time)")
            }
        }
    }
}
