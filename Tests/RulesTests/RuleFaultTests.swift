import AlertRules
import Asking
import Bytes
import PromQLEvaluation
import PromQLText
import RuleFiles
import Rules
import Synchronization
import Testing

/// Each evaluation of a rule fails or says something by itself, however many are asked for at once; and a rule that can
/// have no samples takes nothing else with it.
@Suite struct RuleFaultTests {
    /// Series in memory, and how often they were asked for something of a name.
    private final class Counted: SeriesSource {
        private let base: MemorySeries
        private let name: ByteText
        private let asked = Mutex(0)

        init(_ base: MemorySeries, _ name: ByteText) { (self.base, self.name) = (base, name) }

        var requests: Int { asked.withLock { $0 } }

        func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] {
            if request.matchers.passesName(name) { asked.withLock { $0 += 1 } }
            return try base.series(request)
        }
    }

    private static func minute(_ minute: Int64) -> Int64 { RuleWorld.start + minute * 60_000 }

    private static func value(
        _ text: String, _ times: PromQLQuestion.Times, _ source: some SeriesSource
    ) throws -> PromQLAnswer.Value {
        let question = PromQLQuestion(try PromQLExpression(Array(text.utf8)), at: times)
        return try PromQLEvaluator.answer(question, over: source).value
    }

    private struct NoVector: Error {}

    private static func values(_ text: String, _ minute: Int64, _ source: some SeriesSource) throws -> [SampleValue] {
        guard case .vector(let found) = try value(text, .instant(Self.minute(minute)), source) else { throw NoVector() }
        return found.map(\.value)
    }

    private static func floats(
        _ text: String, through end: Int64, step: Int64 = 1, _ source: some SeriesSource
    ) throws -> [[Double]] {
        let times = PromQLQuestion.Times.range(from: minute(0), through: minute(end), step: step * 60_000)
        guard case .matrix(let found) = try value(text, times, source) else { return [] }
        return found.map(\.samples.floats)
    }

    // MARK: Evaluations that fail

    private static let text = """
        groups:
          - name: one
            interval: 1m
            rules:
              - {record: e, expr: sum(seconds) * on () part}
              - {record: after, expr: e + 1}
              - {record: top, expr: "topk(1, part)", labels: {n: top}}
              - {alert: Top, expr: "count_over_time(top[10m]) >= 7"}
              - {alert: Five, expr: "count_over_time(e[10m]) >= 5"}
          - name: limited
            interval: 1m
            limit: 1
            rules:
              - {record: few, expr: part}
          - name: behind
            interval: 1m
            rules:
              - {record: number, expr: count(few)}
        """

    /// A second part at some minutes: which one is meant nobody knows then.
    private static func parts(_ minutes: ClosedRange<Int64>, of count: Int) -> MemorySeries {
        var series = RuleWorld.minutes("seconds", (1...count).map(Double.init))
        var (first, second) = (SampleRun(), SampleRun())
        for minute in 0..<Int64(count) { first.append(Self.minute(minute), .float(10)) }
        for minute in minutes { second.append(Self.minute(minute), .float(99)) }
        second.append(Self.minute(minutes.upperBound + 1), .float(.staleMarker))
        series.set(LabelSet([("__name__", "part"), ("n", "1")]), to: first)
        series.set(LabelSet([("__name__", "part"), ("n", "2")]), to: second)
        return series
    }

    @Test func anEvaluationThatFailsHasNoSampleAndOthersHave() throws {
        let series = Self.parts(3...4, of: 7)
        var world = try RuleWorld(Self.text, series)
        var (health, firing): ([[String]], [[String]]) = ([], [])
        for minute in Int64(0)...6 {
            try world.advance(to: Self.minute(minute))
            health.append(world.manager.groups.flatMap(\.rules).map(\.health))
            let alerts = world.manager.groups.flatMap(\.rules).filter { !$0.alerts.isEmpty }
            firing.append(alerts.map(\.name))
        }
        let well = [String](repeating: "ok", count: 7)
        let ill = ["err", "ok", "ok", "ok", "ok", "err", "ok"]
        #expect(health == [well, well, well, ill, ill, well, well])
        #expect(firing == [[], [], [], [], [], [], ["Top", "Five"]])
        let source = world.manager.series(over: series, reached: Self.minute(6), within: UnboundedBudget())
        // What is looked at where an evaluation failed is what one before it wrote.
        #expect(try Self.floats("e", through: 6, source) == [[10, 20, 30, 30, 30, 60, 70]])
        #expect(try Self.floats("e", through: 6, step: 2, source) == [[10, 30, 30, 70]])
        #expect(try Self.floats("after", through: 6, source) == [[11, 21, 31, 31, 31, 61, 71]])
        #expect(try Self.floats("count_over_time(e[10m])", through: 6, source) == [[1, 2, 3, 3, 3, 4, 5]])
        #expect(try Self.floats("top", through: 6, source) == [[10, 10, 10, 99, 99, 10, 10]])
        #expect(try Self.floats("count_over_time(top[10m])", through: 6, source) == [[1, 2, 3, 4, 5, 6, 7]])
        #expect(try Self.floats("few", through: 6, source) == [[10, 10, 10, 10, 10, 10, 10]])
        #expect(try Self.floats("number", through: 6, source) == [[1, 1, 1, 1, 1, 1, 1]])
        #expect(try Self.values("e", 4, source) == [.float(30)])
    }

    /// Who asks for everything gets all else.
    @Test func aRuleThatFailsTakesNothingElseWithIt() throws {
        let series = Self.parts(3...4, of: 7)
        let world = try RuleWorld(Self.text, series)
        let source = world.manager.series(over: series, reached: Self.minute(4), within: UnboundedBudget())
        let listed = try source.labelSets(.everything, after: Self.minute(3), through: Self.minute(4))
        let names = listed.map { "\($0[LabelMatcher.metricName])" }
        #expect(names == ["after", "number", "part", "part", "seconds", "top"])
        // Of `e` and `few` the last sample stands.
        #expect(try Self.values("count({__name__=~\".+\"})", 4, source) == [.float(8)])
    }

    @Test func aReplaySaysHowOftenARuleFailedAndGoesOn() throws {
        let series = Self.parts(3...4, of: 7)
        let world = try RuleWorld(Self.text, series)
        let replay = try RuleReplay(world.rules, from: Self.minute(0), through: Self.minute(6), over: series)
        #expect(Set(replay.firings.map { "\($0.labels["alertname"])" }) == ["Top", "Five"])
        #expect(replay.firings.allSatisfy { $0.firedAt == Self.minute(6) })
        #expect(replay.complaints.count == 2, "\(replay.complaints)")
        #expect(
            replay.complaints.allSatisfy { $0.contains(" failed 2 times, first at 2026-08-01T09:03:00Z: ") },
            "\(replay.complaints)")
    }

    /// Which ones of many evaluations fail is found by halves.
    @Test func manyEvaluationsAreAskedWithFewQuestions() throws {
        let source = Counted(Self.parts(100...100, of: 256), "part")
        let world = try RuleWorld(Self.text, MemorySeries())
        let ruled = world.manager.series(over: source, reached: Self.minute(255), within: UnboundedBudget())
        let found = try Self.floats("e", through: 255, ruled)
        #expect(found.first?.count == 256)
        // What minute 99 wrote.
        #expect(found.first?[99...101] == [1000, 1000, 1020])
        // All, eight times two halves of what fails; and where an evaluation is looked for behind the one that failed.
        #expect(source.requests <= 20, "\(source.requests)")
    }

    /// What is no fault of the rule is none of its evaluations.
    @Test func whatIsNoFaultOfTheRuleIsTold() throws {
        struct Damaged: SeriesSource {
            func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] {
                if request.matchers.passesName("part") { throw .unavailable("a page is damaged") }
                return []
            }
        }
        struct NoTime: QuestionBudget {
            func take(bytes: Int) {}
            func giveBack(bytes: Int) {}
            func lookAtClock() throws(EvaluationError) { throw .timedOut }
        }
        let world = try RuleWorld(Self.text, MemorySeries())
        let request = SeriesRequest(
            try SeriesMatchers(selector: Array("e".utf8)), after: Self.minute(0), through: Self.minute(4),
            samplesMax: 100)
        #expect(throws: SeriesSourceError.unavailable("a page is damaged")) {
            try world.manager.series(over: Damaged(), reached: Self.minute(4), within: UnboundedBudget())
                .series(request)
        }
        #expect(throws: SeriesSourceError.cancelled) {
            try world.manager.series(over: MemorySeries(), reached: Self.minute(4), within: NoTime()).series(request)
        }
    }

    // MARK: Rules on rules

    /// Each doubles the one before it; the first one counts alerts, or is a maximum.
    private static func row(_ name: String, of count: Int, first: String) -> String {
        (0..<count).map { index in
            let expression = index == 0 ? first : "\(name)\(index - 1) + \(name)\(index - 1)"
            return "      - {record: \(name)\(index), expr: \(expression)}\n"
        }.joined()
    }

    /// As many questions as rules, whether or not they look at alerts.
    @Test func longRowsOfRulesAreAnswered() throws {
        let text = """
            groups:
              - name: row
                interval: 1m
                rules:

            """
            + Self.row("c", of: 40, first: "max(seconds)") + Self.row("a", of: 16, first: "count(ALERTS) or vector(1)")
            + """
              - name: behind
                interval: 1m
                rules:
                  - {alert: Last, expr: a15 > 0}
            """
        let manager = RuleManager(try RuleWorld.rules(text), from: []) { [] }
        let (maxima, alerts) = (
            Counted(RuleWorld.minutes("seconds", [3]), "seconds"), Counted(RuleWorld.minutes("seconds", [3]), "ALERTS")
        )
        let source = manager.series(over: maxima, reached: Self.minute(0), within: UnboundedBudget())
        #expect(try Self.values("c39", 0, source) == [.float(3 * Double(1 << 39))])
        #expect(maxima.requests == 1)
        while manager.step(at: Self.minute(0), monotonic: { 0 }, { _ in (alerts, UnboundedBudget()) }) != nil {}
        #expect(manager.groups.last?.rules.first?.alerts.map(\.value) == [32_768])
        #expect(alerts.requests <= 4, "\(alerts.requests)")
        #expect(manager.rules.withoutSamples.isEmpty)
    }

    /// Levels of expressions take stack, so they are counted over all rules of a row: ten for each of these.
    @Test func tooLongARowIsToldBeforehand() throws {
        let text = "groups:\n  - name: row\n    rules:\n" + Self.row("c", of: 400, first: "max(seconds)")
        let found = try RuleWorld.rules(text).withoutSamples
        #expect(found.map { $0.place } == ["test.yaml:304"])
        #expect(
            found.map { $0.reason } == [
                "the recording rule c300 stands on too long a row of rules, and so has no samples: those that name "
                    + "each other may have 3000 levels of expressions"
            ])
    }

    /// Each rule is met a few times when rules are read, however many stand on it; of a circle no more than so many are
    /// told by way of which others they read themselves.
    @Test func manyRulesAreReadInAsManySteps() throws {
        let head = "groups:\n  - name: row\n    rules:\n"
        let row = try RuleWorld.rules(head + Self.row("c", of: 5_000, first: "max(seconds)"))
        #expect(row.stepsBetweenRules <= 12 * 5_000, "\(row.stepsBetweenRules)")
        let circle = try RuleWorld.rules(head + Self.row("c", of: 5_000, first: "c4999 + 1"))
        #expect(circle.stepsBetweenRules <= (1 << 20) + 12 * 5_000, "\(circle.stepsBetweenRules)")
        let found = circle.withoutSamples
        let way = "itself by way of c4999, c4998, c4997, c4996, c4995 and 4994 more:"
        #expect(found.first?.reason.contains(way) == true, "\(found.first?.reason ?? "none")")
        #expect(found.count == 5_000 && circle.warnings == found)
        let first = circle.firstWarnings
        let rest = "4980 more rules have no samples: `plimsoll alerts check FILE…` names all of them"
        #expect(first.count == 21 && first.prefix(20) == found.prefix(20) && first.last?.reason == rest)
    }

    @Test func aRuleThatReadsItselfHasNoSamplesAndSaysSo() throws {
        let text = """
            groups:
              - name: one
                interval: 1m
                rules:
                  - record: keep
                    expr: keep > seconds or seconds
                  - record: a
                    expr: b + 0
                  - record: b
                    expr: a * 1
                  - record: reader
                    expr: count(a) or vector(5)
                  - record: w
                    expr: seconds * 2
                    labels: {n: "1"}
                  - record: w
                    expr: w{n="1"} * 2
                    labels: {n: "2"}
                  - record: total
                    expr: count({job="plimsoll"})
            """
        let series = RuleWorld.minutes("seconds", [3])
        var world = try RuleWorld(text, series)
        let reason = ": what rules record is made from events and not kept, so that it has no samples"
        let faults = ["keep reads itself", "a reads itself by way of b", "b reads itself by way of a"].map {
            "the recording rule \($0)\(reason)"
        }
        #expect(world.rules.withoutSamples.map { $0.place } == ["test.yaml:5", "test.yaml:7", "test.yaml:9"])
        #expect(world.rules.withoutSamples.map { $0.reason } == faults)
        try world.advance(to: Self.minute(0))
        #expect(world.manager.groups.flatMap(\.rules).map(\.lastError) == faults + ["", "", "", ""])
        let heard = Heard()
        let source = world.manager.series(
            over: series, reached: Self.minute(0), within: UnboundedBudget(), remark: { heard.add($0) })
        let listed = try source.labelSets(.everything, after: Self.minute(-1), through: Self.minute(0))
        #expect(listed.map { "\($0[LabelMatcher.metricName])" } == ["reader", "seconds", "total", "w", "w"])
        #expect(heard.all == Set(faults))
        #expect(try Self.values("reader", 0, source) == [.float(5)])
        #expect(try Self.values("w{n=\"1\"}", 0, source) == [.float(6)])
        #expect(try Self.values("w{n=\"2\"}", 0, source) == [.float(12)])
        // What it gives has no job, so that it is none of those.
        #expect(try Self.values("total", 0, source) == [.float(3)])
    }

    private final class Heard: Sendable {
        private let lines = Mutex<Set<String>>([])

        var all: Set<String> { lines.withLock { $0 } }

        func add(_ line: String) { lines.withLock { _ = $0.insert(line) } }
    }
}
