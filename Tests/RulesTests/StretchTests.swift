import AlertRules
import Bytes
import PromQLEvaluation
import PromQLText
import RuleFiles
import Rules
import Synchronization
import Testing

/// A replay asks about many evaluations at once, and says what it says when it asks at each of them.
@Suite struct StretchTests {
    /// Series in memory, and how often they were asked for.
    private final class Counted: SeriesSource {
        private let base: MemorySeries
        private let asked = Mutex(0)

        init(_ base: MemorySeries) { self.base = base }

        var requests: Int { asked.withLock { $0 } }

        func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] {
            asked.withLock { $0 += 1 }
            return try base.series(request)
        }
    }

    private struct Chance {
        var state: UInt64

        mutating func next(_ count: UInt64) -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state % count
        }
    }

    private static func rules(_ text: String) throws -> RuleSet {
        RuleSet([try RuleFile(Array(text.utf8), name: "test.yaml")], RuleOptions())
    }

    private static func minute(_ minute: Int64) -> Int64 { RuleWorld.start + minute * 60_000 }

    @Test func aDayAsksAHandfulOfQuestions() throws {
        let rules = try Self.rules(
            """
            groups:
              - name: speed
                interval: 1m
                rules:
                  - record: job:seconds:max
                    expr: max by (job) (seconds)
                  - alert: Slow
                    expr: job:seconds:max > 5
                    for: 3m
            """)
        let values = (0...1440).map { $0 % 100 < 10 ? 9.0 : 1 }
        let source = Counted(RuleWorld.minutes("seconds", values))
        let replay = try RuleReplay(rules, from: Self.minute(0), through: Self.minute(1440), over: source)
        #expect(replay.evaluations == 1441 && replay.firings.count == 15)
        // Six stretches of 240 minutes, which the alert shares with the rule that it names, and the last minute.
        #expect(source.requests < 30, "\(source.requests)")
        let single = Counted(RuleWorld.minutes("seconds", values))
        let other = try RuleReplay(
            rules, from: Self.minute(0), through: Self.minute(1440), within: UnboundedBudget()) { _ in single }
        #expect(other.firings == replay.firings && other.evaluations == replay.evaluations)
        #expect(single.requests > 1441)
    }

    // MARK: Random

    /// Gauges and counters that come and go, with and without a mark of their end, and begin anew.
    private static func series(_ chance: inout Chance) -> MemorySeries {
        var series = MemorySeries()
        for (name, isCounter) in [("a_total", true), ("b_total", true), ("g", false)] {
            for job in ["x", "y", "z"] {
                var run = SampleRun()
                var (value, isThere) = (0.0, true)
                for look in 0..<(6 * 240) {
                    if chance.next(60) == 0 {
                        isThere.toggle()
                        if !isThere, chance.next(2) == 0 {
                            run.append(RuleWorld.start + Int64(look) * 15_000, .float(.staleMarker))
                        }
                        if isCounter, chance.next(3) == 0 { value = 0 }
                    }
                    guard isThere else { continue }
                    if isCounter {
                        value += Double(chance.next(4)) * 0.1
                    } else if chance.next(12) == 0 {
                        value = Double(chance.next(100)) / 10
                    }
                    run.append(RuleWorld.start + Int64(look) * 15_000, .float(value))
                }
                let labels = LabelSet([("__name__", ByteText(name.utf8)), ("job", ByteText(job.utf8))])
                series.set(labels, to: run)
            }
        }
        return series
    }

    private static let recording = """
        groups:
          - name: fast
            interval: 1m
            rules:
              - {record: "job:g:max", expr: "max by (job) (g) > 2"}
              - {record: "job:a:rate", expr: "sum by (job) (rate(a_total[15m]))"}
              - {record: "one:g", expr: "g", labels: {job: "one"}}
          - name: slow
            interval: 90s
            rules:
              - {record: "slow:g", expr: "max by (job) (g) > 4"}
          - name: slower
            interval: 2m
            rules:
              - {record: "slower:g", expr: "job:g:max + 1"}

        """

    /// Each is compared with a random number.
    private static let expressions = [
        "g", "g offset 7m", "g offset -2m", "g @ 1785580000", "rate(a_total[5m]) * 100", "scalar(g{job='x'}) + g",
        "sum by (job) (increase(a_total[3m]) - increase(b_total[3m])) + 3", "max_over_time(g[10m])",
        "avg_over_time(g[4m])", "sum_over_time(g[40m]) / 100", "avg_over_time(g[50m:1m])",
        "quantile_over_time(0.5, g[10m:45s])", "job:g:max", "slow:g", "slower:g", "last_over_time(slow:g[5m])",
        "avg_over_time(slower:g[7m])", "job:a:rate * 50 + on (job) job:g:max", "one:g", "topk(1, g)",
        "sum(sum by (job) (g)) / 3", "absent(g{job='x'}) * 5", "count(ALERTS) or vector(3)", "up * 5",
        "label_replace(g, 'job', 'one', 'job', 'x|y')", "sum(g) / 3", "g and on (job) (a_total > 20)",
        "a_total * on () group_left () slow:g{job='y'}", "timestamp(slow:g) - timestamp(g) + 5",
        "max_over_time(job:g:max[6m:1m])", "stddev(g)", "histogram_quantile(0.9, g)",
    ]

    @Test(arguments: 1...3)
    func stretchesSayWhatSingleTimesSay(_ seed: UInt64) throws {
        var chance = Chance(state: seed &* 0x9E37_79B9_7F4A_7C15)
        let series = Self.series(&chance)
        var text = Self.recording
        for (group, interval) in ["30s", "1m", "3m"].enumerated() {
            text += "  - name: alerts\(group)\n    interval: \(interval)\n    rules:\n"
            for (index, expression) in Self.expressions.enumerated() where chance.next(3) > 0 {
                // Each evaluation of it reads all notes.
                if expression.contains("ALERTS"), group < 2 || seed > 1 { continue }
                let hold = ["0s", "2m"][Int(chance.next(2))]
                let expr = "(\(expression)) > \(chance.next(8))"
                text += "      - {alert: A\(group)n\(index), expr: \"\(expr)\", for: \(hold)}\n"
            }
        }
        let rules = try Self.rules(text)
        let (stretched, single) = (Counted(series), Counted(series))
        let (start, end) = (Self.minute(0), Self.minute(330))
        let replay = try RuleReplay(rules, from: start, through: end, over: stretched)
        let other = try RuleReplay(rules, from: start, through: end, within: UnboundedBudget()) { _ in single }
        #expect(replay.firings.count > 50 && replay.evaluations == other.evaluations)
        #expect(replay.complaints == other.complaints)
        for (one, another) in zip(replay.firings, other.firings) where one != another {
            Issue.record("\(one) instead of \(another)")
            break
        }
        #expect(replay.firings.count == other.firings.count)
        #expect(stretched.requests < single.requests)
    }
}
