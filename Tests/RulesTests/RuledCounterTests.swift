import Bytes
import PromQLEvaluation
import PromQLText
import Rules
import Testing

/// Counters by what changes in them, where rules may add series to those that there are.
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
}
