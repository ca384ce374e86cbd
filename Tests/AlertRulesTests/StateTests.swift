import AlertRules
import Bytes
import PromQLText
import RuleFiles
import Testing

/// What one evaluation makes of the state before.
@Suite struct StateTests {
    private func group(_ text: String) throws -> RuleGroup {
        let lines = text.split(separator: "\n").map { "    \($0)\n" }.joined()
        let text = "groups:\n  - name: g\n    interval: 30s\n" + lines
        return try RuleFile(Array(text.utf8), name: "rules").groups[0]
    }

    private func series(_ samples: [(labels: LabelSet, time: Int64, value: Double)]) -> MemorySeries {
        var runs: [LabelSet: SampleRun] = [:]
        for sample in samples { runs[sample.labels, default: SampleRun()].append(sample.time, .float(sample.value)) }
        var series = MemorySeries()
        // order: each series has its own place.
        for (labels, run) in runs { series.set(labels, to: run) }
        return series
    }

    private func load(
        _ host: ByteText, _ time: Int64, _ value: Double
    ) -> (labels: LabelSet, time: Int64, value: Double) {
        (LabelSet([("__name__", "load"), ("host", host)]), time, value)
    }

    private func evaluate(
        _ group: RuleGroup, _ state: RuleGroupState, _ series: MemorySeries, at time: Int64
    ) throws -> RuleEvaluation {
        try GroupEvaluator(group, RuleOptions()).evaluate(state, over: series, at: time)
    }

    private func evaluate(_ group: RuleGroup, _ series: MemorySeries, at time: Int64) throws -> RuleEvaluation {
        try evaluate(group, RuleGroupState(group), series, at: time)
    }

    // MARK: Recorded series

    @Test func recordedSeriesEndWhenTheyAreGone() throws {
        let group = try group("query_offset: 1m\nrules: [{record: high, expr: load > 5, labels: {site: north}}]")
        let first = try evaluate(group, series([load("a", 0, 6), load("b", 0, 7)]), at: 60_000)
        #expect(first.samples.map(\.time) == [0, 0])
        #expect(
            first.samples.map { "\($0.labels)" } == [
                "high{host=\"a\", site=\"north\"}", "high{host=\"b\", site=\"north\"}",
            ])
        let later = series([load("a", 30_000, 6), load("b", 30_000, 1)])
        let second = try evaluate(group, first.state, later, at: 90_000)
        #expect(second.samples.count == 2 && second.samples[0].value == .float(6))
        guard case .float(let end) = second.samples[1].value else { throw NoFloat() }
        #expect(end.isStaleMarker && second.samples[1].time == 30_000)
        #expect(second.samples[1].labels["host"] == "b")
        // It has ended once.
        #expect(try evaluate(group, second.state, later, at: 91_000).samples.count == 1)
    }

    private struct NoFloat: Error {}

    @Test func aChangedFileKeepsWhatIsTheSame() throws {
        let old = try group("rules: [{record: high, expr: load > 5}, {alert: A, expr: load > 5, for: 1m}]")
        let state = try evaluate(old, series([load("a", 0, 6)]), at: 0).state
        let new = try group("rules: [{record: other, expr: load}, {alert: A, expr: load > 4, for: 1m}]")
        let carried = state.carried(to: new)
        #expect(carried.rules[1].alerts == state.rules[1].alerts && carried.rules[0].alerts.isEmpty)
        let next = try evaluate(new, carried, series([load("a", 0, 6)]), at: 60_000)
        #expect(next.changes.map(\.after) == [.firing] && next.changes[0].before == .pending)
        #expect(next.changes[0].rule == 1 && "\(next.changes[0].labels)" == "{alertname=\"A\", host=\"a\"}")
        #expect(next.state.evaluatedAt == 60_000 && next.state.rules[1].evaluatedAt == 60_000)
        let ended = next.samples.filter { if case .float(let value) = $0.value { value.isStaleMarker } else { false } }
        #expect(ended.map { "\($0.labels["__name__"])" } == ["ALERTS", "high"])
        #expect(next.state.abandoned.isEmpty && state.carried(to: old) == state)
    }

    // MARK: Rules that fail

    @Test func equalLabelsAndLimitsFailAlone() throws {
        let two = series([load("a", 0, 6), load("b", 0, 7)])
        let group = try group(
            """
            limit: 1
            rules:
              - {record: one, expr: load, labels: {host: c}}
              - {record: many, expr: load}
              - {alert: Same, expr: load > 5, labels: {host: c}}
              - {alert: Many, expr: load > 5}
              - {alert: Text, expr: "'a'"}
              - {record: fine, expr: vector(1)}
            """)
        let evaluation = try evaluate(group, two, at: 0)
        #expect(
            evaluation.state.rules.map { $0.error.map { "\($0)" } } == [
                "vector contains metrics with the same labelset after applying rule labels",
                "exceeded limit of 1 with 2 series",
                "vector contains metrics with the same labelset after applying alert labels",
                "exceeded limit of 1 with 2 alerts", "rule result is not a vector or scalar", nil,
            ])
        #expect(evaluation.samples.map { "\($0.labels)" } == ["fine"] && evaluation.changes.isEmpty)
    }

    /// A rule that fails keeps its alerts, and nobody is told of them anew.
    @Test func alertsOutliveAFailure() throws {
        let group = try group("rules: [{alert: A, expr: load > 5, labels: {host: c}}]")
        let options = RuleOptions()
        let first = try evaluate(group, series([load("a", 0, 6)]), at: 0)
        let told = first.state.sending(group, options, at: 0)
        #expect(told.messages.count == 1)
        let two = series([load("a", 600_000, 6), load("b", 600_000, 7)])
        let failed = try evaluate(group, told.state, two, at: 600_000)
        #expect(failed.state.rules[0].error != nil && failed.state.rules[0].alerts == told.state.rules[0].alerts)
        #expect(failed.samples.isEmpty && failed.state.sending(group, options, at: 600_000).messages.isEmpty)
    }

    /// A text that cannot be filled in says why, and the alert is there.
    @Test func textsThatFailDoNotHideAlerts() throws {
        let group = try group(
            "rules: [{alert: A, expr: load > 5, annotations: {a: '{{ query \"(\" }}', b: '{{ $value.x }}'}}]")
        let alert = try #require(try evaluate(group, series([load("a", 0, 6)]), at: 0).state.rules[0].alerts.first)
        #expect(alert.annotations.allSatisfy { "\($0.value)".hasPrefix("<error expanding template: line 1: ") })
        #expect("\(alert.annotations[1].value)".hasSuffix("can't evaluate field x in type float64>"))
    }

    // MARK: Time

    /// A clock that is set back changes nothing but the time.
    @Test func aClockMaySetBack() throws {
        let group = try group("rules: [{alert: A, expr: load > 5, for: 1m, keep_firing_for: 1m}]")
        var samples = [load("a", 0, 6)]
        for time in stride(from: Int64(3_600_000), through: 3_720_000, by: 30_000) {
            samples.append(load("a", time, 6))
        }
        let all = series(samples)
        let pending = try evaluate(group, all, at: 3_600_000).state
        let back = try evaluate(group, pending, all, at: 0)
        #expect(back.changes.isEmpty && back.state.rules[0].alerts[0].activeAt == 3_600_000)
        let firing = try evaluate(group, back.state, all, at: 3_660_000)
        #expect(firing.changes.map(\.after) == [.firing])
        let told = firing.state.sending(group, RuleOptions(), at: 3_660_000)
        // Nobody is told twice, and what fires goes on.
        let before = try evaluate(group, told.state, all, at: 60_000)
        #expect(before.changes.isEmpty && before.state.sending(group, RuleOptions(), at: 60_000).messages.isEmpty)
        // Over at a time before it began: it is kept and told, and goes in time.
        let gone = try evaluate(group, told.state, series([]), at: 10_000).state
        #expect(gone.rules[0].alerts[0].stage == .firing && gone.rules[0].alerts[0].keptFiringSince == 10_000)
        let over = try evaluate(group, gone, series([]), at: 70_000).state
        #expect(over.rules[0].alerts[0].stage == .resolved && over.rules[0].alerts[0].resolvedAt == 70_000)
        #expect(try evaluate(group, over, series([]), at: 970_000).state.rules[0].alerts.count == 1)
        #expect(try evaluate(group, over, series([]), at: 970_001).state.rules[0].alerts.isEmpty)
    }

    /// Alerts with a wait of 20 minutes that are pending since 0, and an evaluation every 30 s until there is none.
    @Test(arguments: [
        // None overdue: nothing changes.
        (down: Int64(300_000), up: Int64(330_000), activeAt: Int64(0)),
        // 10 minutes are left and more: the time down, but for the wait until the next evaluation, does not count.
        (300_000, 930_000, 600_000),
        // 5 minutes are left: it waits for the grace period of 10 minutes.
        (900_000, 960_000, 360_000),
        // Its time has come: likewise.
        (1_230_000, 1_800_000, 1_200_000),
    ])
    func outagesDoNotCount(_ down: Int64, _ up: Int64, _ activeAt: Int64) throws {
        let group = try group("rules: [{alert: A, expr: load > 5, for: 20m}]")
        var state = try evaluate(group, series([load("a", 0, 6)]), at: 0).state
        if down < 1_200_000 {
            state = try evaluate(group, state, series([load("a", down, 6)]), at: down).state
        } else {
            // What would fire by then was not looked at for so long.
            state = try evaluate(group, state, series([load("a", 1_190_000, 6)]), at: 1_190_000).state
        }
        let resumed = try RuleGroupState(state.bytes[...]).resumed(group, RuleOptions(), at: up)
        #expect(resumed.rules[0].alerts.map(\.activeAt) == [activeAt])
        #expect((resumed == state) == (activeAt == 0))
    }

    @Test func longOutagesAreForgotten() throws {
        let group = try group("rules: [{alert: A, expr: load > 5}, {alert: B, expr: load > 5, for: 5m}]")
        let state = try evaluate(group, series([load("a", 0, 6)]), at: 0).state
        let soon = state.resumed(group, RuleOptions(), at: 600_000)
        // What fires goes on; a wait shorter than the grace period begins anew.
        #expect(soon.rules[0].alerts == state.rules[0].alerts && soon.rules[1].alerts[0].activeAt == 600_000)
        let late = state.resumed(group, RuleOptions(), at: 3_600_001)
        #expect(late.rules.allSatisfy { $0.alerts.isEmpty })
    }

    /// What an installation says holds where a group says nothing.
    @Test func theInstallationSays() throws {
        let silent = "groups: [{name: g, rules: [{alert: A, expr: load > 5, for: 20m}]}]"
        let group = try RuleFile(Array(silent.utf8), name: "rules").groups[0]
        var options = RuleOptions()
        (options.queryOffset, options.lookback, options.interval) = (1000, 2000, 120_000)
        (options.resendDelay, options.outageTolerance, options.graceOfHold) = (10_000, 500_000, 1_300_000)
        func evaluate(_ state: RuleGroupState, at time: Int64) throws -> RuleEvaluation {
            try GroupEvaluator(group, options).evaluate(state, over: series([load("a", 0, 6)]), at: time)
        }
        // A sample may be 2 s old a second ago, but not that old itself.
        let first = try evaluate(RuleGroupState(group), at: 2999)
        #expect(first.samples.map(\.time) == [1999, 1999] && first.state.rules[0].alerts[0].value == 6)
        #expect(try evaluate(RuleGroupState(group), at: 3000).samples.isEmpty)
        // The wait is shorter than this grace period, so that it begins anew once an evaluation is overdue.
        #expect(first.state.resumed(group, options, at: 122_999) == first.state)
        #expect(first.state.resumed(group, options, at: 123_000).rules[0].alerts[0].activeAt == 123_000)
        #expect(first.state.resumed(group, options, at: 503_000).rules[0].alerts.isEmpty)
        options.samplesMax = 0
        #expect(try evaluate(first.state, at: 2999).state.rules[0].error != nil)
    }

    // MARK: Bytes

    @Test func bytesAreTheState() throws {
        let group = try group(
            "rules: [{record: high, expr: load > 5}, {alert: A, expr: load > 5, annotations: {t: '{{ $value }}'}},"
                + " {record: bad, expr: \"'a'\"}]")
        let evaluation = try evaluate(group, series([load("a", 0, 6), load("b", 0, .infinity)]), at: 0)
        let state = evaluation.state.sending(group, RuleOptions(), at: 0).state
        let other = try self.group("rules: [{alert: C, expr: load}]")
        for state in [RuleGroupState(group), state, state.carried(to: other)] {
            let bytes = state.bytes
            #expect(try RuleGroupState(bytes[...]) == state)
            for end in bytes.indices {
                #expect(throws: DecodingError.self) { try RuleGroupState(bytes[..<end]) }
            }
            #expect(throws: DecodingError.self) { try RuleGroupState((bytes + [0])[...]) }
        }
        let newer = #expect(throws: DecodingError.self) { try RuleGroupState([2, 0, 0, 0]) }
        #expect(newer?.isOfNewerForm == true)
        #expect(try RuleGroupState([1, 0, 0, 0]).rules.isEmpty)
    }
}
