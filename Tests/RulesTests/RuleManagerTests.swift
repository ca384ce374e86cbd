import AlertRules
import Asking
import Bytes
import EventStores
import PromQLEvaluation
import PromQLText
import RuleFiles
import Rules
import Sending
import Testing

/// Rules are evaluated at their times whatever becomes of the process, and what they say is told.
@Suite struct RuleManagerTests {
    private static let text = """
        groups:
          - name: speed
            interval: 1m
            rules:
              - record: job:seconds:max
                expr: max by (job) (seconds)
              - alert: Slow
                expr: job:seconds:max > 5
                for: 3m
        """

    /// Well for 4 minutes, slow for 10, well for 6.
    private static func world() throws -> RuleWorld {
        let values = [Double](repeating: 1, count: 4) + [Double](repeating: 9, count: 10)
            + [Double](repeating: 1, count: 7)
        return try RuleWorld(text, RuleWorld.minutes("seconds", values))
    }

    private static func minute(_ minute: Int64) -> Int64 { RuleWorld.start + minute * 60_000 }

    private static func undisturbed() throws -> RuleWorld {
        var world = try world()
        for minute in Int64(0)...20 { try world.advance(to: Self.minute(minute) + 400) }
        return world
    }

    @Test func anAlertIsPendingFiringAndOver() throws {
        let world = try Self.undisturbed()
        let notes = try world.notes()
        #expect(world.evaluations == (0...20).map(Self.minute))
        #expect(notes.count == 3)
        let times = notes.compactMap { note in note.split(separator: "\"time\":\"").last?.prefix(20) }
        // The start is 2026-08-01T09:00:00Z.
        #expect(times == ["2026-08-01T09:04:00Z", "2026-08-01T09:07:00Z", "2026-08-01T09:14:00Z"])
        #expect(
            notes.first == """
                {"active_at":"2026-08-01T09:04:00Z","after":"pending","alert":"Slow","before":"none",\
                "group":"test.yaml;speed","labels":{"alertname":"Slow","job":"plimsoll"},\
                "time":"2026-08-01T09:04:00Z","value":"9"}
                """)
        let labels = LabelSet([("alertname", "Slow"), ("job", "plimsoll")])
        let told = [false, true].map {
            RuleWorld.Told(labels: labels, startsAt: Self.minute(7), isResolved: $0)
        }
        #expect(world.told == Set(told))
    }

    /// The process ends at a minute behind the first, before or after what it found is durable, and is away
    /// for five minutes.
    @Test(arguments: 1...14, [RuleWorld.End.beforeCommit, .afterCommit])
    func theEndOfAProcessChangesNothing(_ end: Int, _ kind: RuleWorld.End) throws {
        let whole = try Self.undisturbed()
        var world = try Self.world()
        for minute in Int64(0)..<Int64(end) { try world.advance(to: Self.minute(minute) + 400) }
        try world.advance(to: Self.minute(Int64(end)) + 400, end: kind)
        for minute in Int64(end + 5)...20 { try world.advance(to: Self.minute(minute) + 400) }
        #expect(try world.notes() == whole.notes())
        #expect(world.told == whole.told)
    }

    @Test func aClockThatIsSetBackDoesNothingTwice() throws {
        var world = try Self.world()
        for minute in Int64(0)...9 { try world.advance(to: Self.minute(minute)) }
        for minute in Int64(2)...20 { try world.advance(to: Self.minute(minute)) }
        #expect(world.evaluations == (0...20).map(Self.minute))
        #expect(try world.notes() == Self.undisturbed().notes())
    }

    @Test func afterALongSilenceOnlyTheLastHourIsCaughtUp() throws {
        var world = try Self.world()
        for minute in Int64(0)...5 { try world.advance(to: Self.minute(minute)) }
        #expect(try world.notes().count == 1, "it is pending")
        try world.advance(to: Self.minute(200) + 1)
        #expect(world.evaluations.suffix(61) == (140...200).map(Self.minute)[...])
        #expect(world.evaluations.count == 67)
    }

    /// Files are read again before what changed is durable: how a group stands that changed is logged with the next
    /// evaluation, whichever group's that is.
    @Test func whatIsNotLoggedYetIsLoggedUnderOtherRulesToo() throws {
        let text = Self.text + "\n  - name: other\n    interval: 1m\n    rules: [{record: one, expr: vector(1)}]\n"
        let (series, start) = (RuleWorld.minutes("seconds", [9, 9]), Self.minute(0))
        let manager = RuleManager(try RuleWorld.rules(text), from: []) { [] }
        func step() throws -> RuleManager.Step {
            let step = manager.step(at: start, monotonic: { 0 }) { _ in (series, UnboundedBudget()) }
            return try #require(step)
        }
        func changes(_ batch: IngestBatch?) -> Int? { batch?.notes.filter { $0.type == "alert.changed" }.count }
        #expect(changes(try step().batch) == 1)
        manager.replace(by: try RuleWorld.rules(text.replacing("for: 3m", with: "for: 5m")))
        let batch = try #require(try step().batch)
        #expect(changes(batch) == 1)
        #expect(batch.rules.map(\.group.text) == ["test.yaml;speed", "test.yaml;other"])
    }

    // MARK: Series

    private static func value(_ text: String, _ times: PromQLQuestion.Times, _ world: RuleWorld) throws
        -> PromQLAnswer.Value
    {
        let source = world.manager.series(
            over: world.series, reached: minute(20), within: UnboundedBudget())
        return try answer(try PromQLExpression(Array(text.utf8)), times, source)
    }

    private static func answer(
        _ expression: PromQLExpression, _ times: PromQLQuestion.Times, _ source: some SeriesSource
    ) throws -> PromQLAnswer.Value {
        try PromQLEvaluator.answer(PromQLQuestion(expression, at: times), over: source).value
    }

    @Test func whatIsRecordedIsWhatItsExpressionSays() throws {
        let world = try Self.world()
        #expect(world.evaluations.isEmpty, "nothing was ever evaluated")
        let times = PromQLQuestion.Times.range(from: Self.minute(1), through: Self.minute(19), step: 60_000)
        let recorded = try Self.value("max by (job) (job:seconds:max)", times, world)
        #expect(try recorded == Self.value("max by (job) (seconds)", times, world))
        let counted = try Self.value(
            "sum_over_time(job:seconds:max[10m])", .instant(Self.minute(14)), world)
        guard case .vector(let samples) = counted else { throw NoVector() }
        // The evaluations of minutes 5 to 13 say 9, that of minute 14 says 1.
        #expect(samples.map(\.value) == [.float(9 * 9 + 1)])
    }

    /// A range asks for many evaluations, and each of them is a question of its own.
    @Test func endsThatARuleNamesAreThoseOfEachEvaluation() throws {
        let text = """
            groups:
              - name: ends
                interval: 1m
                rules:
                  - {record: now, expr: seconds @ end()}
                  - {record: before, expr: "last_over_time(seconds[1m] @ start() offset 1m)"}
                  - {record: both, expr: now + before}
            """
        let manager = RuleManager(try RuleWorld.rules(text), from: []) { [] }
        let source = manager.series(
            over: RuleWorld.minutes("seconds", [1, 2, 3, 4]), reached: Self.minute(3), within: UnboundedBudget())
        let wanted: [(name: String, values: [Double])] = [
            ("now", [1, 2, 3, 4]), ("before", [1, 2, 3]), ("both", [3, 5, 7]),
        ]
        for (name, values) in wanted {
            let expression = try PromQLExpression(Array("\(name)[4m]".utf8))
            guard case .matrix(let series) = try Self.answer(expression, .instant(Self.minute(3)), source) else {
                Issue.record("a range")
                continue
            }
            #expect(series.map { $0.samples.floats } == [values], "\(name)")
        }
    }

    @Test func howAlertsStoodIsASeries() throws {
        let world = try Self.undisturbed()
        func count(_ stage: String) throws -> PromQLAnswer.Value {
            try Self.value(
                "count_over_time(ALERTS{alertname=\"Slow\",alertstate=\"\(stage)\"}[30m])",
                .instant(Self.minute(20)), world)
        }
        for (stage, wanted) in [("pending", 3.0), ("firing", 7.0)] {
            guard case .vector(let samples) = try count(stage) else { throw NoVector() }
            #expect(samples.map(\.value) == [.float(wanted)], "\(stage)")
        }
    }

    private struct NoVector: Error {}

    @Test func aReplaySaysWhatWouldHaveFired() throws {
        let world = try Self.world()
        let replay = try RuleReplay(
            world.rules, from: Self.minute(0), through: Self.minute(20), over: world.series)
        #expect(replay.evaluations == 21 && replay.complaints.isEmpty)
        let firing = try #require(replay.firings.first)
        #expect(replay.firings.count == 1 && firing.group == "test.yaml;speed")
        #expect(firing.labels == LabelSet([("alertname", "Slow"), ("job", "plimsoll")]))
        #expect(firing.pendingSince == Self.minute(4) && firing.firedAt == Self.minute(7))
        #expect(firing.resolvedAt == Self.minute(14) && firing.worst == 9 && !firing.isBelow)
        let half = try RuleReplay(world.rules, from: Self.minute(6), through: Self.minute(10), over: world.series)
        #expect(half.firings.map(\.firedAt) == [Self.minute(9)] && half.firings.first?.resolvedAt == nil)
    }

    /// Wherever between two evaluations a replay begins, the one at its end is the last.
    @Test(arguments: [0, 1, 7_000, 59_999] as [Int64]) func aReplayGoesUpToItsEnd(late: Int64) throws {
        let text = """
            groups:
              - name: speed
                interval: 1m
                rules:
                  - alert: Slow
                    expr: seconds > 5
            """
        let world = try RuleWorld(text, RuleWorld.minutes("seconds", [1, 1, 1, 9]))
        let replay = try RuleReplay(
            world.rules, from: Self.minute(0) + late, through: Self.minute(3), over: world.series)
        #expect(replay.evaluations == 4 && replay.firings.map(\.firedAt) == [Self.minute(3)])
    }

    /// Of an alert on what lies below something the lowest value is shown; and of all which times were evaluated.
    @Test func conversationsOfAReplayAreLinked() throws {
        let text = """
            groups:
              - name: speed
                rules: [{alert: Slow, expr: seconds > 5, labels: {channel: web}}]
            """
        for (origin, isKnown) in [("http://here/", true), ("", false)] {
            var options = RuleOptions()
            options.externalURL = ByteText(origin.utf8)
            let set = RuleSet([try RuleFile(Array(text.utf8), name: "test.yaml")], options)
            let replay = try RuleReplay(
                set, from: Self.minute(0), through: Self.minute(1), over: RuleWorld.minutes("seconds", [9, 9]))
            let shown = try ReplayText(replay) { _ in ["c-1", "a/b"] }
            let urls = ["c-1", "a%2Fb"].map { #""http://here/v1/conversations/\#($0)""# }.joined(separator: ",")
            let links = #""conversation_urls":[\#(urls)]"#
            #expect(shown.json.contains(links) == isKnown, "\(shown.json)")
            #expect(shown.table.contains("\na conversation: http://here/v1/conversations/ID\n") == isKnown)
            #expect(shown.table.contains("conversations: c-1 a/b"), "\(shown.table)")
        }
    }

    @Test func aReplayShowsTheWorstOfItsPeriod() throws {
        let text = """
            groups:
              - name: speed
                interval: 1m
                rules:
                  - alert: High
                    expr: seconds > 1
                  - alert: Low
                    expr: (seconds < 9) and seconds > 0
                  - alert: Under
                    expr: 9 > seconds
            """
        let world = try RuleWorld(text, RuleWorld.minutes("seconds", [9, 5, 3, 4, 9, 1]))
        let replay = try RuleReplay(world.rules, from: Self.minute(0), through: Self.minute(4), over: world.series)
        #expect(replay.firings.map { $0.labels["alertname"] } == ["High", "Low", "Under"])
        #expect(replay.firings.map(\.worst) == [9, 3, 3] && replay.firings.map(\.isBelow) == [false, true, true])
        let shown = try ReplayText(replay) { _ in [] }
        #expect(shown.table.contains("  highest 9  ") && shown.table.contains("  lowest 3  "), "\(shown.table)")
        #expect(shown.json.contains(#""highest":"9""#) && shown.json.contains(#""lowest":"3""#), "\(shown.json)")
        let period = "5 evaluations from 2026-08-01T09:00:00Z to 2026-08-01T09:04:00Z"
        #expect(shown.table.hasSuffix("\n\(period)\n"), "\(shown.table)")
        let quiet = try RuleReplay(
            world.rules, from: Self.minute(0), through: Self.minute(4), only: "Low", over: MemorySeries())
        #expect(try ReplayText(quiet) { _ in [] }.table == period + ", nothing would have fired\n")
    }

    /// Which conversations an alert was about stands below it, in lines that a terminal shows.
    @Test func conversationsStandBelowTheirAlert() throws {
        let text = "groups: [{name: g, rules: [{alert: High, expr: seconds > 1, labels: {tenant: a}}]}]"
        let world = try RuleWorld(text, RuleWorld.minutes("seconds", [9, 9]))
        let replay = try RuleReplay(world.rules, from: Self.minute(0), through: Self.minute(1), over: world.series)
        let ids = (0..<9).map { "c-000000000000\($0)" }
        let lines = try ReplayText(replay) { _ in ids }.table.split(separator: "\n").map(String.init)
        try #require(lines.count == 5)
        #expect(lines[1].hasSuffix("  job=plimsoll tenant=a"), "\(lines)")
        #expect(lines[2] == "    conversations: " + ids.prefix(5).joined(separator: " "))
        #expect(lines[3] == String(repeating: " ", count: 19) + ids.dropFirst(5).joined(separator: " "))
        let long = String(repeating: "x", count: 200)
        #expect(try ReplayText(replay) { _ in [long, "c"] }.table.contains("conversations: \(long)\n"))
    }

    @Test func aReplaySaysWhichRulesFailed() throws {
        let text = """
            groups:
              - name: speed
                interval: 1m
                rules:
                  - alert: Twice
                    expr: seconds * on(job) seconds > 0
                  - alert: Always
                    expr: vector(1)
            """
        var series = RuleWorld.minutes("seconds", [1, 1, 1])
        var run = SampleRun()
        run.append(Self.minute(1), .float(1))
        series.set(LabelSet([("__name__", "seconds"), ("job", "plimsoll"), ("n", "2")]), to: run)
        let world = try RuleWorld(text, series)
        let replay = try RuleReplay(world.rules, from: Self.minute(0), through: Self.minute(2), over: series)
        // The second series begins a minute later.
        #expect(replay.evaluations == 3 && replay.firings.map { $0.labels["alertname"] } == ["Always", "Twice"])
        let told = "rules: Twice of group test.yaml;speed failed 2 times, first at 2026-08-01T09:01:00Z: found "
        let complaint = try #require(replay.complaints.first)
        #expect(replay.complaints.count == 1 && complaint.hasPrefix(told), "\(complaint)")
        let shown = try ReplayText(replay) { _ in [] }
        #expect(shown.table.hasSuffix("\n\(complaint)\n"), "\(shown.table)")
        #expect(shown.json.contains("\"complaints\":[\"rules: Twice of group"), "\(shown.json)")
    }

    // MARK: The API

    /// Whoever looks with other rules learns of alerts that the log has.
    @Test func alertsOfOtherRulesAreTold() throws {
        var world = try Self.world()
        for minute in Int64(0)...8 { try world.advance(to: Self.minute(minute)) }
        let records = world.records
        let others = RuleManager(.none, from: records) { [] }.alertsOfOthers(in: records)
        #expect(
            RulesJSON.alerts(ofOthers: others) == #"[{"group":"test.yaml;speed","#
                + #""labels":{"alertname":"Slow","job":"plimsoll"},"annotations":{},"state":"firing","#
                + #""activeAt":"2026-08-01T09:04:00Z","value":"9e+00"}]"#)
        #expect(RuleManager(world.rules, from: records) { [] }.alertsOfOthers(in: records).isEmpty)
    }

    @Test func theAPITellsHowRulesStand() throws {
        var world = try Self.world()
        #expect(world.manager.groups.map(\.rules).first?.map(\.health) == ["unknown", "unknown"])
        for minute in Int64(0)...8 { try world.advance(to: Self.minute(minute)) }
        let group = try #require(world.manager.groups.first)
        #expect(group.name == "speed" && group.file == "test.yaml" && group.intervalNanoseconds == 60_000_000_000)
        #expect(group.rules.map(\.health) == ["ok", "ok"])
        #expect(group.evaluatedAt == Self.minute(8) * 1_000_000)
        let alert = try #require(group.rules.last?.alerts.first)
        #expect(alert.isFiring && alert.value == 9 && alert.activeAt == Self.minute(4) * 1_000_000)
    }

    @Test func theConfigurationIsThatOfAPrometheusThatDoesTheSame() throws {
        var options = RuleOptions()
        (options.interval, options.queryOffset) = (30_000, 1_500)
        options.externalLabels = LabelSet([("site", "north")])
        let set = RuleSet([try RuleFile(Array(Self.text.utf8), name: "/etc/a.yaml")], options)
        let manager = RuleManager(set, from: []) { [] }
        var sending = AlertSendingConfiguration()
        sending.alertmanagers = [
            try #require(DestinationURL(alertmanager: "https://One:9093/am/?key=abcdef")),
            try #require(DestinationURL(alertmanager: "http://two")),
        ]
        sending.webhooks = [try #require(DestinationURL(webhook: "http://three/hook"))]
        let targets = [("https", "/am", "one:9093"), ("http", "", "two")].map { scheme, prefix, host in
            #"{"scheme":"\#(scheme)","path_prefix":"\#(prefix)","static_configs":[{"targets":["\#(host)"]}]}"#
        }.joined(separator: ",")
        #expect(
            PrometheusConfiguration.yaml(of: manager, telling: sending.destinations) == #"""
                # plimsoll keeps its own metrics and scrapes nobody
                global: {"evaluation_interval":"30s","rule_query_offset":"1500ms","external_labels":{"site":"north"}}
                rule_files: ["/etc/a.yaml"]
                alerting: {"alertmanagers":[\#(targets)]}

                """#)
        #expect(PrometheusConfiguration.yaml(of: nil, telling: []).hasSuffix("nobody\nglobal: {}\n"))
    }

    @Test func theAPITellsWhatEachRuleTook() throws {
        let source = RuleWorld.minutes("seconds", [9])
        let manager = RuleManager(try RuleWorld.rules(Self.text), from: []) { [] }
        #expect(manager.groups.first?.rules.map(\.evaluationNanoseconds) == [0, 0])
        // At each look a millisecond has gone by.
        var now: Int64 = 0
        func clock() -> Int64 {
            now += 1_000_000
            return now
        }
        _ = manager.step(at: Self.minute(0), monotonic: clock) { _ in (source, UnboundedBudget()) }
        let group = try #require(manager.groups.first)
        #expect(group.rules.map(\.evaluationNanoseconds) == [1_000_000, 1_000_000])
        #expect(group.evaluationNanoseconds > 2_000_000)
    }
}
