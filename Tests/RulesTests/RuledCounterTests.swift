import Bytes
import PromQLEvaluation
import PromQLText
import Rules
import Testing

/// What a source knows of its series besides samples, where rules may add series to those that there are.
@Suite struct RuledCounterTests {
    /// Knows all its series so.
    private struct Known: SeriesSource {
        func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] { [] }

        func counters(_ request: SeriesRequest) throws(SeriesSourceError) -> [CounterSeries]? {
            let labels = LabelSet([(LabelMatcher.metricName, request.matchers.onlyName ?? "other")])
            return [
                CounterSeries(
                    labels: labels, times: [RuleWorld.start], spacing: 15_000, changes: [RuleWorld.start], values: [1])
            ]
        }
    }

    /// What rules record and what alerts say is not known so: it is made of samples, as what stands beside it.
    @Test func whatRulesMakeIsReadAsSamples() throws {
        let world = try RuleWorld(
            """
            groups:
              - name: a
                rules:
                  - record: job:seconds:sum
                    expr: sum(seconds)
                    labels: { by: "rule" }
            """, MemorySeries())
        let (start, end) = (RuleWorld.start, RuleWorld.start + 600_000)
        let source = world.manager.series(over: Known(), reached: end, within: UnboundedBudget())
        func count(_ selector: String, after: Int64 = start - 1) throws -> Int? {
            let windows = SeriesWindows(firstEnd: start, step: 60_000, count: 10, length: 60_000, look: .ends)
            return try source.counters(
                SeriesRequest(
                    try SeriesMatchers(selector: Array(selector.utf8)), after: after, through: end, samplesMax: 100,
                    windows: windows))?.count
        }
        #expect(try count("seconds_total") == 1)
        #expect(try count("job:seconds:sum{by=\"somebody\"}") == 1)
        for selector in ["job:seconds:sum", "{by=\"rule\"}", "ALERTS", "ALERTS_FOR_STATE", "{__name__=~\"A.*\"}"] {
            #expect(try count(selector) == nil, "\(selector)")
        }
        #expect(try count("seconds_total", after: end) == 0)
    }

    /// A mark for each name of a metric; none of `unmarked`.
    private struct Marked: SeriesSource {
        func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] { [] }

        func mark(_ matchers: SeriesMatchers, through: Int64) -> SeriesMark? {
            guard let name = matchers.onlyName, name != "unmarked" else { return nil }
            return SeriesMark([UInt64(name.bytes.count), UInt64(bitPattern: through)])
        }
    }

    /// What rules record has the marks of all that it is made of; other rules are another state of things.
    @Test func whatRulesMakeHasTheMarksOfWhatTheyRead() throws {
        func rules(_ expression: String) -> String {
            """
            groups:
              - name: a
                rules:
                  - record: job:seconds:sum
                    expr: \(expression)
                  - record: job:twice
                    expr: 2 * job:seconds:sum
                  - record: job:alerts
                    expr: count(ALERTS)
                  - record: job:ahead
                    expr: seconds offset -1m
                  - record: job:unmarked
                    expr: unmarked
            """
        }
        let (start, end) = (RuleWorld.start, RuleWorld.start + 600_000)
        func marks(_ expression: String) throws -> (String, Int64) throws -> [UInt64]? {
            let world = try RuleWorld(rules(expression), MemorySeries())
            let source = world.manager.series(over: Marked(), reached: end, within: UnboundedBudget())
            return { name, through in
                source.mark(try SeriesMatchers(selector: Array(name.utf8)), through: through)?.numbers
            }
        }
        let (first, other) = (try marks("sum(seconds)"), try marks("sum(seconds)"))
        let plain = try #require(try first("seconds", start))
        #expect(plain.suffix(2) == [7, UInt64(bitPattern: start)])
        // Its own name, and that of what it reads.
        let recorded = try #require(try first("job:seconds:sum", start)).dropFirst()
        #expect(recorded.filter { $0 == 15 }.count == 1 && recorded.filter { $0 == 7 }.count == 1)
        #expect(try #require(try first("job:twice", start)).contains(7))
        for name in ["job:alerts", "job:ahead", "job:unmarked", "unmarked", "ALERTS"] {
            #expect(try first(name, start) == nil, "\(name)")
        }
        #expect(try first("seconds", end) == nil, "the last step may still change")
        #expect(try first("seconds", start) == plain && first("seconds", start + 1) != plain)
        #expect(try other("seconds", start) != plain)
    }
}
