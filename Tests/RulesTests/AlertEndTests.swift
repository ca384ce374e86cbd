import AlertRules
import Asking
import Bytes
import PromQLEvaluation
import PromQLText
import Rules
import Testing

/// Alerts of which no rule says any more how they stand are over, and everybody hears it.
@Suite struct AlertEndTests {
    private static let text = """
        groups:
          - name: one
            interval: 1m
            rules:
              - alert: Slow
                expr: seconds > 5
              - alert: Later
                expr: seconds > 5
                for: 30m

        """
    private static let other = """
        groups:
          - name: one
            interval: 1m
            rules:
              - alert: Fast
                expr: seconds < 5

        """

    private static let labels = LabelSet([("alertname", "Slow"), ("job", "plimsoll")])
    private static let begun = ["Slow none firing 09:00", "Later none pending 09:00"]

    private static func minute(_ minute: Int64) -> Int64 { RuleWorld.start + minute * 60_000 }

    /// Slow for so many minutes, evaluated in the first three.
    private static func world(_ minutes: Int = 8) throws -> RuleWorld {
        var world = try RuleWorld(text, RuleWorld.minutes("seconds", [Double](repeating: 9, count: minutes)))
        for minute in Int64(0)...2 { try world.advance(to: Self.minute(minute)) }
        return world
    }

    private static func lines(_ world: RuleWorld) throws -> [String] {
        try world.notes().map { note in
            func field(_ name: String) -> Substring {
                note.split(separator: "\"\(name)\":\"").last?.prefix { $0 != "\"" } ?? ""
            }
            let time = field("time").dropFirst("2026-08-01T".count).prefix("09:00".count)
            return "\(field("alert")) \(field("before")) \(field("after")) \(time)"
        }
    }

    private static func value(_ text: String, _ world: RuleWorld, at time: Int64) throws -> [SampleValue] {
        let source = world.manager.series(over: world.series, reached: time, within: UnboundedBudget())
        let question = PromQLQuestion(try PromQLExpression(Array(text.utf8)), at: .instant(time))
        guard case .vector(let samples) = try PromQLEvaluator.answer(question, over: source).value else { return [] }
        return samples.map(\.value)
    }

    private static func told(_ isResolved: Bool) -> RuleWorld.Told {
        RuleWorld.Told(labels: labels, startsAt: minute(0), isResolved: isResolved)
    }

    private static func line(_ reason: String) -> String {
        "rules: the alert {alertname=\"Slow\", job=\"plimsoll\"} of group test.yaml;one fired and is over: \(reason)"
    }

    private static let withoutRule = line("its rule is no longer there")

    @Test func aRuleThatGoesEndsItsAlerts() throws {
        var world = try Self.world()
        world.manager.replace(by: try RuleWorld.rules(Self.other))
        #expect(world.told == [Self.told(false)])
        try world.advance(to: Self.minute(6))
        #expect(
            try Self.lines(world) == Self.begun + ["Slow firing resolved 09:03", "Later pending none 09:03"])
        #expect(world.told == [Self.told(false), Self.told(true)] && world.endings == [Self.withoutRule])
        #expect(try Self.value("count_over_time(ALERTS[30m])", world, at: Self.minute(6)) == [.float(3), .float(3)])
    }

    /// Where nothing is evaluated any more, too.
    @Test func aGroupThatGoesEndsItsAlerts() throws {
        var world = try Self.world()
        world.manager.replace(by: .none)
        try world.advance(to: Self.minute(3))
        #expect(
            try Self.lines(world) == Self.begun + ["Slow firing resolved 09:03", "Later pending none 09:03"])
        #expect(world.told == [Self.told(false), Self.told(true)] && world.endings == [Self.withoutRule])
        try world.restart("groups: []")
        try world.advance(to: Self.minute(4))
        #expect(try Self.lines(world).count == 4 && world.endings.count == 1, "nothing is left of it")
    }

    /// The state that a start goes on from was logged at the first evaluation.
    @Test(arguments: [nil, RuleWorld.End.beforeCommit, .afterCommit])
    func aStartWithOtherRulesEndsAlertsOnce(_ end: RuleWorld.End?) throws {
        var world = try Self.world()
        try world.restart(Self.other)
        if let end { try world.advance(to: Self.minute(3), end: end) }
        try world.advance(to: Self.minute(4))
        #expect(
            try Self.lines(world) == Self.begun + ["Slow firing resolved 09:01", "Later pending none 09:01"])
        // What was noted is told by the process that noted it, or not at all.
        if end != .afterCommit { #expect(world.told.contains(Self.told(true)) && world.endings.count == 1) }
    }

    /// An Alertmanager takes an alert that is going to be over for one that fires, until the time that it was told
    /// before.
    @Test func nobodyIsToldOfAnEndToCome() throws {
        // A group of another name is evaluated at once, and where none is left nothing is waited for.
        for rules in [Self.other.replacing("name: one", with: "name: two"), "groups: []"] {
            var world = try Self.world()
            world.manager.replace(by: try RuleWorld.rules(rules))
            try world.advance(to: Self.minute(2) + 20_000)
            #expect(world.told.contains(Self.told(true)) && world.ends == [Self.minute(2) + 20_000], "\(world.ends)")
            #expect(try Self.lines(world).contains("Slow firing resolved 09:03"))
        }
    }

    /// Another rule may have the same alert: nobody hears that it is over while it fires.
    @Test func whatFiresElsewhereIsNotOver() throws {
        var world = try Self.world()
        world.manager.replace(by: try RuleWorld.rules(Self.text.replacing("name: one", with: "name: two")))
        try world.advance(to: Self.minute(4))
        #expect(try Self.lines(world).contains("Slow firing resolved 09:03"))
        #expect(!world.told.contains { $0.isResolved })
    }

    @Test func whatALongOutageForgetsIsOver() throws {
        var world = try Self.world()
        try world.advance(to: Self.minute(200))
        #expect(
            try Self.lines(world) == Self.begun + ["Slow firing resolved 09:03", "Later pending none 09:03"])
        #expect(world.told == [Self.told(false), Self.told(true)])
        #expect(world.endings == [Self.line("rules were not evaluated for longer than is tolerated")])
        #expect(
            try Self.value("count_over_time(ALERTS[4h])", world, at: Self.minute(200)) == [.float(3), .float(3)])
    }

    /// 37 minutes in which nobody looked do not count for what is pending, and its series says so.
    @Test func whatAnOutageDelaysIsNoted() throws {
        var world = try Self.world(101)
        try world.advance(to: Self.minute(100))
        #expect(
            try Self.lines(world) == Self.begun + ["Later pending pending 09:40", "Later pending firing 10:07"])
        #expect(
            try Self.value("ALERTS_FOR_STATE{alertname='Later'}", world, at: Self.minute(50))
                == [.float(Double(Self.minute(37) / 1000))])
    }
}
