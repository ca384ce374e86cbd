import AlertRules
import Asking
import Bytes
import PromQLEvaluation
import PromQLText
import RuleFiles
import Rules
import Synchronization
import Testing

/// Rules that name each other are evaluated once for each time, and never over what was true before.
@Suite struct RuleCycleTests {
    /// Each rule stands on those before it; the last group is another one than theirs.
    private static let text = """
        groups:
          - name: speed
            interval: 1m
            rules:
              - record: job:a
                expr: max by (job) (seconds)
              - record: job:b
                expr: job:a * 2
              - record: job:c
                expr: job:a + job:b
          - name: alerts
            interval: 1m
            rules:
              - alert: C
                expr: job:c > 0 and job:b > 0 and job:a > 0
              - alert: Sum
                expr: sum_over_time(job:a[2m]) > 0
        """

    /// Series in memory, and what was asked of a metric.
    private final class Counted: SeriesSource {
        private let base: MemorySeries
        private let asked = Mutex<[SeriesRequest]>([])
        private let state: UInt64?

        /// - Parameter state: of all that there is; nil: it is not known whether it is another one.
        init(_ base: MemorySeries, state: UInt64? = nil) { (self.base, self.state) = (base, state) }

        func mark(_ matchers: SeriesMatchers, through: Int64) -> SeriesMark? { state.map { SeriesMark([$0]) } }

        var requests: [SeriesRequest] { asked.withLock { $0 } }

        func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] {
            if request.matchers.passesName("seconds") { asked.withLock { $0.append(request) } }
            return try base.series(request)
        }
    }

    private static func rules(_ text: String) throws -> RuleSet {
        RuleSet([try RuleFile(Array(text.utf8), name: "test.yaml")], RuleOptions())
    }

    private static func manager(_ text: String) throws -> RuleManager {
        RuleManager(try rules(text), from: []) { [] }
    }

    private static func minute(_ minute: Int64) -> Int64 { RuleWorld.start + minute * 60_000 }

    /// Evaluates all that is due.
    /// - Returns: how often series were opened.
    private static func advance(_ manager: RuleManager, to minute: Int64, over source: Counted) -> Int {
        var opened = 0
        func step() -> RuleManager.Step? {
            manager.step(at: self.minute(minute), monotonic: { 0 }) { _ in
                opened += 1
                return (source, UnboundedBudget())
            }
        }
        while step() != nil {}
        #expect(manager.groups.flatMap(\.rules).allSatisfy { $0.health == "ok" })
        return opened
    }

    private static func values(_ manager: RuleManager) -> [Double] {
        manager.groups.last?.rules.flatMap(\.alerts).map(\.value) ?? []
    }

    @Test func aRuleIsEvaluatedOnceInACycle() throws {
        let manager = try Self.manager(Self.text)
        let first = Counted(RuleWorld.minutes("seconds", [9, 4]))
        #expect(Self.advance(manager, to: 0, over: first) == 1)
        // `Sum` looks at minutes -1 and 0, all others at minute 0.
        #expect(first.requests.count == 2)
        #expect(Self.values(manager) == [27, 9])
        // An event of minute 0 has come late: what was known of it is known no longer.
        let second = Counted(RuleWorld.minutes("seconds", [7, 4]))
        #expect(Self.advance(manager, to: 1, over: second) == 1)
        #expect(second.requests.count == 2)
        #expect(Self.values(manager) == [12, 11])
    }

    /// Other rules in the middle of a cycle: what those before said is not taken for theirs.
    @Test func otherRulesSayOtherThings() throws {
        let manager = try Self.manager(Self.text)
        let source = Counted(RuleWorld.minutes("seconds", [9]))
        func step() -> RuleManager.Step? {
            manager.step(at: Self.minute(0), monotonic: { 0 }) { _ in (source, UnboundedBudget()) }
        }
        #expect(step() != nil)
        let other = Self.text.replacing("max by (job) (seconds)", with: "max by (job) (seconds) * 10")
        manager.replace(by: try Self.rules(other))
        while step() != nil {}
        #expect(Self.values(manager) == [270, 90])
    }

    /// How alerts stand changes while groups are evaluated, so whatever looks at them is evaluated again.
    @Test func whatLooksAtAlertsIsNotKept() throws {
        var world = try RuleWorld(
            """
            groups:
              - name: one
                interval: 1m
                rules:
                  - alert: Slow
                    expr: seconds > 5
                  - record: alerts:count
                    expr: count(ALERTS)
                  - record: alerts:doubled
                    expr: alerts:count * 2
                  - alert: Many
                    expr: alerts:doubled > 0
            """, RuleWorld.minutes("seconds", [9, 9]))
        try world.advance(to: Self.minute(0))
        // The group's own alert of this time is counted by the rule behind it; others see those of before.
        #expect(world.manager.groups.last?.rules.last?.alerts.map(\.value) == [2])
    }

    /// A rule sees what those before it in its group say at the same evaluation, where these look at alerts, too.
    @Test func whatIsRecordedOfAlertsIsOfTheSameEvaluation() throws {
        var world = try RuleWorld(
            """
            groups:
              - name: one
                interval: 1m
                rules:
                  - alert: Slow
                    expr: seconds > 5
                  - record: alerts:count
                    expr: count(ALERTS{alertname="Slow"})
                  - record: alerts:doubled
                    expr: alerts:count * 2
                  - alert: Any
                    expr: alerts:doubled > 0
            """, RuleWorld.minutes("seconds", [1, 9, 9, 1, 1]))
        var firing: [Int] = []
        for minute in Int64(0)...4 {
            try world.advance(to: Self.minute(minute))
            firing.append(world.manager.groups.last?.rules.last?.alerts.count ?? -1)
        }
        #expect(firing == [0, 1, 1, 0, 0])
    }

    /// Of windows with time between them a rule is evaluated in the windows alone: one question for each of its times
    /// in a window, not one for each window, and none about what lies between.
    @Test func windowsFarApartAskForWhatIsInThem() throws {
        let values = [Double](repeating: 1, count: 4) + [Double](repeating: 9, count: 10)
            + [Double](repeating: 1, count: 7)
        let source = Counted(RuleWorld.minutes("seconds", values))
        let ruled = try Self.manager(Self.text).series(
            over: source, reached: Self.minute(20), within: UnboundedBudget())
        let question = PromQLQuestion(
            try PromQLExpression(Array("avg_over_time(job:a[2m]) + 0 * avg_over_time(job:a[2m])".utf8)),
            at: .range(from: Self.minute(4), through: Self.minute(14), step: 300_000))
        guard case .matrix(let found) = try PromQLEvaluator.answer(question, over: ruled).value else {
            Issue.record("a range has series")
            return
        }
        // Minutes 3 and 4, 8 and 9, 13 and 14.
        #expect(found.map(\.samples.floats) == [[5, 9, 5]])
        #expect(source.requests.map { $0.windows?.firstEnd } == [Self.minute(4), Self.minute(3)])
        #expect(source.requests.map { $0.windows?.count } == [3, 3])
    }

    /// What stands in several rules is computed once in a cycle, and anew in the next.
    @Test func partsThatRulesShareAreComputedOnce() throws {
        let manager = try Self.manager(
            """
            groups:
              - name: sums
                interval: 1m
                rules:
                  - record: job:more
                    expr: sum by (job) (seconds) + 1
                  - record: job:twice
                    expr: 2 * sum by (job) (seconds)
              - name: alerts
                interval: 1m
                rules:
                  - alert: More
                    expr: job:more > 0
                  - alert: Twice
                    expr: job:twice > 0
            """)
        let cycles: [(Int64, [Double], [Double])] = [(0, [9, 4], [10, 18]), (1, [9, 7], [8, 14])]
        for (minute, values, expected) in cycles {
            let source = Counted(RuleWorld.minutes("seconds", values))
            #expect(Self.advance(manager, to: minute, over: source) == 1)
            #expect(source.requests.count == 1)
            #expect(Self.values(manager) == expected)
        }
    }

    private static let past = """
        groups:
          - name: speed
            interval: 1m
            rules:
              - record: job:a
                expr: max by (job) (seconds)
          - name: alerts
            interval: 1m
            rules:
              - alert: Sum
                expr: sum_over_time(job:a[1h:10m]) > 0
        """

    /// What a rule said of times that are past is not asked again in later cycles, until something comes late.
    @Test func thePastIsEvaluatedOnce() throws {
        let manager = try Self.manager(Self.past)
        func cycle(_ minute: Int64, _ values: [Double], state: UInt64?) -> Int {
            let source = Counted(RuleWorld.minutes("seconds", values), state: state)
            #expect(Self.advance(manager, to: minute, over: source) == 1)
            return source.requests.count
        }
        // At minute 0, and at each tenth minute up to then.
        #expect(cycle(0, [9], state: 1) == 2)
        #expect(cycle(1, [9, 4], state: 1) == 1)
        #expect(Self.values(manager) == [9])
        #expect(cycle(2, [7, 4, 4], state: 2) == 2)
        #expect(Self.values(manager) == [7])
        #expect(cycle(3, [6, 4, 4, 4], state: nil) == 2)
        #expect(Self.values(manager) == [6])
        // Minute 10 is another one of them.
        let fours = [Double](repeating: 4, count: 9)
        for minute in 4...9 { #expect(cycle(Int64(minute), [7] + fours, state: 2) == 1) }
        #expect(cycle(10, [7] + fours + [5], state: 2) == 2)
        #expect(Self.values(manager) == [12])
    }

    /// What a rule said of the past is kept for panels as well, by stretches of 256 steps: one whose ends have moved on
    /// asks for what is new, until something comes late.
    @Test func panelsThatMoveOnAskForWhatIsNew() throws {
        let manager = try Self.manager(Self.text)
        let values = (0..<600).map { Double($0 % 7) }
        func ask(
            _ first: Int64, _ last: Int64, _ values: [Double], state: UInt64?
        ) throws -> (firsts: [Int64?], floats: [[Double]]) {
            let source = Counted(RuleWorld.minutes("seconds", values), state: state)
            let ruled = manager.series(over: source, reached: Self.minute(599), within: UnboundedBudget())
            let question = PromQLQuestion(
                try PromQLExpression(Array("job:a".utf8)),
                at: .range(from: Self.minute(first), through: Self.minute(last), step: 60_000))
            let answer = try PromQLEvaluator.answer(question, over: ruled)
            guard case .matrix(let found) = answer.value else { return ([], []) }
            return (source.requests.map { $0.windows?.firstEnd }, found.map(\.samples.floats))
        }
        // Stretches begin at minutes 164 and 420.
        #expect(RuleWorld.start % (256 * 60_000) == 92 * 60_000)
        var answer = try ask(0, 500, values, state: 1)
        #expect(answer.firsts == [Self.minute(0)] && answer.floats == [Array(values[0...500])])
        answer = try ask(0, 500, values, state: 1)
        #expect(answer.firsts == [] && answer.floats == [Array(values[0...500])])
        answer = try ask(5, 510, values, state: 1)
        #expect(answer.firsts == [Self.minute(5), Self.minute(420)] && answer.floats == [Array(values[5...510])])
        // The stretch in the middle is that of both.
        answer = try ask(164, 419, values, state: 1)
        #expect(answer.firsts == [] && answer.floats == [Array(values[164...419])])

        let others = values.map { $0 + 1 }
        answer = try ask(0, 500, others, state: 2)
        #expect(answer.firsts == [Self.minute(0)] && answer.floats == [Array(others[0...500])])
        // Where it is not known whether something came late, all is asked.
        answer = try ask(0, 500, values, state: nil)
        #expect(answer.firsts == [Self.minute(0)] && answer.floats == [Array(values[0...500])])
    }

    /// So much and no more.
    private final class Room: QuestionBudget {
        private let bytesMax: Int
        private let taken = Mutex(0)

        init(_ bytesMax: Int) { self.bytesMax = bytesMax }

        var bytes: Int { taken.withLock { $0 } }

        func take(bytes: Int) throws(EvaluationError) {
            guard self.bytes + bytes <= bytesMax else { throw .outOfMemory }
            taken.withLock { $0 += bytes }
        }

        func giveBack(bytes: Int) { taken.withLock { $0 -= bytes } }
        func lookAtClock() {}
    }

    /// What is known of the past is booked as long as the rules are there; where there is no room it is asked again.
    @Test func whatIsKeptOfThePastIsBooked() throws {
        func looks(keeping bytes: Int, within room: Room) throws -> [Int] {
            let manager = RuleManager(try Self.rules(Self.past), from: [], keeping: bytes, within: room) { [] }
            var requests = 0
            for minute in Int64(0)...1 {
                let source = Counted(RuleWorld.minutes("seconds", [9, 4]), state: 1)
                _ = Self.advance(manager, to: minute, over: source)
                requests = source.requests.count
            }
            let held = withExtendedLifetime(manager) { room.bytes }
            return [requests, held]
        }
        let (room, small) = (Room(1 << 20), Room(16))
        let kept = try looks(keeping: 1 << 20, within: room)
        #expect(kept[0] == 1 && kept[1] > 0 && room.bytes == 0)
        #expect(try looks(keeping: 1 << 20, within: small) == [2, 0])
        #expect(try looks(keeping: 16, within: room) == [2, 0])
    }

    /// What a source gives is in order: where rules make nothing of it, it is handed on.
    @Test func whatIsInOrderIsHandedOn() throws {
        struct Reversed: SeriesSource {
            func series(_ request: SeriesRequest) -> [Series] {
                ["b", "a"].map { name in
                    Series(
                        labels: LabelSet([("__name__", "seconds"), ("job", ByteText(name.utf8))]),
                        samples: SampleRun([RuleCycleTests.minute(0)], [1]))
                }
            }
        }
        let ruled = try Self.manager(Self.text).series(
            over: Reversed(), reached: Self.minute(0), within: UnboundedBudget())
        func jobs(_ selector: String) throws -> [ByteText] {
            try ruled.series(
                SeriesRequest(
                    try SeriesMatchers(selector: Array(selector.utf8)), after: Self.minute(-1),
                    through: Self.minute(0), samplesMax: 10)
            ).map { $0.labels["job"] }
        }
        #expect(try jobs("seconds") == ["b", "a"])
        #expect(try jobs("{__name__=~\"seconds|job:a\"}") == ["a", "b", "a", "b"])
    }
}
