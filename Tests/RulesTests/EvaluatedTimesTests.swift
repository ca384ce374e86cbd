import Bytes
import EventStores
import JSONTexts
import PromQLEvaluation
import Rules
import Testing

/// When rules were evaluated is known from what is durable and from who evaluates; elsewhere nobody looked.
@Suite struct EvaluatedTimesTests {
    private static let text = """
        groups:
          - name: speed
            interval: 1m
            rules:
              - alert: Slow
                expr: seconds > 5
                for: 3m
        """

    private static func minute(_ minute: Int64) -> Int64 { RuleWorld.start + minute * 60_000 }

    /// Well for 4 minutes, slow ever after, so that how the alert stands is noted at 4 and at 7.
    private static func world() throws -> RuleWorld {
        let values = [Double](repeating: 1, count: 4) + [Double](repeating: 9, count: 300)
        return try RuleWorld(text, RuleWorld.minutes("seconds", values))
    }

    private static func notes(_ world: RuleWorld) throws -> [String] { try world.notes(of: EvaluatedTimes.noteType) }

    /// What is said of an alert, in minutes since the start, the ends not included.
    private struct Known: Equatable {
        var name: String
        var evaluated: [[Int64]]
        var missing: [[Int64]]

        init(_ name: String, _ evaluated: [[Int64]], not missing: [[Int64]]) {
            (self.name, self.evaluated, self.missing) = (name, evaluated, missing)
        }

        init(_ json: JSONValue) throws {
            func minutes(_ name: String) throws -> [[Int64]] {
                try (json[name]?.array ?? []).map { stretch in
                    try ["from", "to"].map { end in
                        let time = try RFC3339.parse(try #require(stretch[end]?.string))
                        return (time / 1_000_000 - RuleWorld.start) / 60_000
                    }
                }
            }
            name = try #require(json["alert"]?.string)
            (evaluated, missing) = (try minutes("evaluated"), try minutes("not_evaluated"))
        }
    }

    private static func known(_ times: EvaluatedTimes) throws -> [Known] {
        try (try JSONReader.parse(times.json)["alerts"]?.array ?? []).map { try Known($0) }
    }

    private static func known(
        _ world: RuleWorld, _ from: Int64, _ to: Int64, now: Int64? = nil
    ) throws -> [Known] {
        try known(
            EvaluatedTimes(
                try notes(world), evaluatedBy: world.manager, from: minute(from), to: minute(to),
                now: minute(now ?? to)))
    }

    @Test func beforeTheServerRanNothingWasEvaluated() throws {
        var world = try Self.world()
        for minute in Int64(0)...20 { try world.advance(to: Self.minute(minute) + 400) }
        #expect(try Self.known(world, -10, 40, now: 20) == [Known("Slow", [[0, 20]], not: [[-10, 0]])])
        #expect(try Self.known(world, -20, -10, now: 20) == [Known("Slow", [], not: [[-20, -10]])])
    }

    /// What a process evaluated since its state was logged last is not proven once it has ended; what the next one
    /// catches up is evaluated, what it leaves out is not.
    @Test func onlyWhatIsDurableCountsAfterTheEndOfAProcess() throws {
        var world = try Self.world()
        for minute in Int64(0)...10 { try world.advance(to: Self.minute(minute) + 400) }
        #expect(try Self.known(world, 0, 10) == [Known("Slow", [[0, 10]], not: [])])
        try world.restart()
        #expect(try Self.known(world, 0, 20) == [Known("Slow", [[0, 8]], not: [[8, 20]])])
        try world.advance(to: Self.minute(15) + 400)
        #expect(try Self.known(world, 0, 15) == [Known("Slow", [[0, 15]], not: [])])
    }

    @Test func afterALongTimeOnlyTheLastHourWasEvaluated() throws {
        var world = try Self.world()
        for minute in Int64(0)...10 { try world.advance(to: Self.minute(minute) + 400) }
        try world.restart()
        try world.advance(to: Self.minute(200) + 1)
        #expect(try Self.known(world, 0, 200) == [Known("Slow", [[0, 8], [140, 200]], not: [[8, 140]])])
    }

    /// A rule that came later was not evaluated before, though its group was; nor one that fails.
    @Test func aRuleIsEvaluatedFromWhenItIsThere() throws {
        var world = try Self.world()
        for minute in Int64(0)...10 { try world.advance(to: Self.minute(minute) + 400) }
        let more = Self.text + "\n      - {alert: Later, expr: seconds > 100}"
            + "\n      - {alert: Failing, expr: seconds + on () (seconds or vector(1))}\n"
        try world.restart(more)
        for minute in Int64(11)...20 { try world.advance(to: Self.minute(minute) + 400) }
        let later = Known("Later", [[8, 20]], not: [[0, 8]])
        let expected = [Known("Failing", [], not: [[0, 20]]), later, Known("Slow", [[0, 20]], not: [])]
        #expect(try Self.known(world, 0, 20) == expected)
        let one = try EvaluatedTimes(
            try Self.notes(world), evaluatedBy: world.manager, only: "Later", from: Self.minute(0), to: Self.minute(20),
            now: Self.minute(20))
        #expect(try Self.known(one) == [later])
    }

    /// An alert with rules in several groups was quiet only where all of them were evaluated.
    @Test func allGroupsOfAnAlertHaveToBeEvaluated() throws {
        var world = try Self.world()
        for minute in Int64(0)...10 { try world.advance(to: Self.minute(minute) + 400) }
        let more = Self.text
            + "\n  - name: more\n    interval: 1m\n    rules:"
            + "\n      - {alert: Slow, expr: seconds > 100, labels: {part: more}}\n"
        try world.restart(more)
        for minute in Int64(11)...20 { try world.advance(to: Self.minute(minute) + 400) }
        #expect(try Self.known(world, 0, 20) == [Known("Slow", [[11, 20]], not: [[0, 11]])])
    }

    /// In whichever order rows are read, and however often.
    @Test func orderAndRepetitionChangeNothing() throws {
        var world = try Self.world()
        for minute in Int64(0)...10 { try world.advance(to: Self.minute(minute) + 400) }
        try world.restart()
        try world.advance(to: Self.minute(200) + 1)
        let (notes, expected) = (try Self.notes(world), try Self.known(world, 0, 200))
        let turned: [String] = notes.dropFirst(2) + notes.prefix(2) + ["{}", "no row"]
        for texts in [Array(notes.reversed()), notes + notes, turned] {
            let found = try EvaluatedTimes(
                texts, evaluatedBy: world.manager, from: Self.minute(0), to: Self.minute(200), now: Self.minute(200))
            #expect(try Self.known(found) == expected)
        }
    }

    /// What is held of rows are the gaps between them, in whichever order they come.
    @Test func onlyGapsAreHeld() throws {
        let world = try Self.world()
        let count: Int64 = 10_000
        // One in a thousand is missing.
        let notes = (0..<count).filter { $0 % 1_000 != 0 }.map { place in
            let times = [place * 5, place * 5 + 4].map { RFC3339.render(Self.minute($0) * 1_000_000) }
            let head = #"{"alerts":["Slow"],"from":""#
            let rest = #"","group":"test.yaml;speed","interval_ms":60000,"to":""#
            return head + times[0] + rest + times[1] + "\"}"
        }
        for (texts, heldMax) in [(notes + notes, 20), (Array(notes.reversed()), 128)] {
            let evaluated = try EvaluatedTimes(
                texts, evaluatedBy: world.manager, from: Self.minute(0), to: Self.minute(5 * count),
                now: Self.minute(5 * count))
            let known = try #require(try Self.known(evaluated).first)
            #expect(known.missing == (0..<10).map { [$0 * 5_000, $0 * 5_000 + 5] })
            #expect(evaluated.stretchesHeld <= heldMax)
        }
    }

    /// An evaluation counts up to the next one, so its row may be as much older.
    @Test func rowsAreLookedForFromTheLongestIntervalOn() throws {
        let day: Int64 = 86_400_000_000_000
        let rules = try RuleWorld.rules(Self.text.replacing("interval: 1m", with: "interval: 5d"))
        let seldom = RuleManager(rules, from: []) { [] }
        #expect(EvaluatedTimes.rows(since: 100 * day, evaluatedBy: seldom) == 94 * day)
        #expect(EvaluatedTimes.rows(since: day, evaluatedBy: seldom) == 0)
        #expect(EvaluatedTimes.rows(since: 100 * day, evaluatedBy: nil) == 99 * day)
    }

    /// What could not be made durable is noted with the next evaluation.
    @Test func whatWasNotKeptIsNotedAgain() throws {
        let rules = try RuleWorld.rules(Self.text)
        let manager = RuleManager(rules, from: []) { [] }
        let series = RuleWorld.minutes("seconds", [1, 1, 1])
        func step(_ minute: Int64) throws -> RuleManager.Step {
            let step = manager.step(at: Self.minute(minute), monotonic: { 0 }) { _ in (series, UnboundedBudget()) }
            return try #require(step)
        }
        func rows(_ step: RuleManager.Step) -> [String] {
            step.batch?.notes.filter { $0.type == EvaluatedTimes.noteType }.map(\.data) ?? []
        }
        // A state is logged at the first evaluation, and this one is lost.
        #expect(rows(try step(0)).count == 1)
        manager.replace(by: try RuleWorld.rules(Self.text.replacing("for: 3m", with: "for: 4m")))
        var found: [String] = []
        for minute in Int64(1)...5 {
            let step = try step(minute)
            found += rows(step)
            manager.committed(step)
        }
        let expected = #"{"alerts":["Slow"],"from":"2026-08-01T09:00:00Z","group":"test.yaml;speed","#
            + #""interval_ms":60000,"to":"2026-08-01T09:05:00Z"}"#
        #expect(found == [expected])
    }
}
