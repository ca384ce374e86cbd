import Bytes
import PromQLEvaluation
import PromQLText
import RuleFiles
import Rules
import Synchronization
import Testing

/// A replay says how far it is, and what it found where it has to end; what it holds does not grow with its period.
@Suite struct ReplayEndTests {
    /// Counts memory, until somebody wants the end.
    private final class Watch: QuestionBudget {
        private let taken = Mutex(0)
        private let isOver = Mutex(false)
        private let reason: EvaluationError

        init(endingAs reason: EvaluationError = .cancelled) { self.reason = reason }

        var bytes: Int { taken.withLock { $0 } }

        func end() { isOver.withLock { $0 = true } }

        func take(bytes: Int) { taken.withLock { $0 += bytes } }

        func giveBack(bytes: Int) { taken.withLock { $0 -= bytes } }

        func lookAtClock() throws(EvaluationError) { if isOver.withLock({ $0 }) { throw reason } }
    }

    private static func minute(_ minute: Int64) -> Int64 { RuleWorld.start + minute * 60_000 }

    private static let text = """
        groups:
          - name: speed
            interval: 1m
            rules:
              - alert: Slow
                expr: support_feedback_total > 5
        """

    /// Well for 3 minutes, slow ever after.
    private static let slow = RuleWorld.minutes("support_feedback_total", [1, 1, 1] + [Double](repeating: 9, count: 18))

    @Test func whatWasFoundIsTheAnswerWhereTheWorkHasToEnd() throws {
        let (rules, watch) = (try RuleWorld.rules(Self.text), Watch())
        var told: [RuleReplay.Progress] = []
        let replay = try RuleReplay(
            rules, from: Self.minute(0), through: Self.minute(20), over: Self.slow, within: watch, keepsPart: true
        ) { progress in
            told.append(progress)
            if progress.reached == Self.minute(5) { watch.end() }
        }
        #expect(told.map(\.evaluations) == [1, 2, 3, 4, 5, 6] && told.allSatisfy { $0.total == 21 })
        #expect(told.map(\.reached) == (0...5).map(Self.minute))
        #expect(replay.evaluations == 6 && replay.endedAt == Self.minute(6) && replay.complaints.isEmpty)
        #expect(replay.firings.map(\.firedAt) == [Self.minute(3)] && replay.firings.first?.resolvedAt == nil)
        let shown = try ReplayText(replay) { _ in nil }
        let period = "6 evaluations from 2026-08-01T09:00:00Z to 2026-08-01T09:20:00Z"
        #expect(shown.table.hasSuffix("\nincomplete: \(period) ended at 2026-08-01T09:06:00Z\n"), "\(shown.table)")
        #expect(shown.json.contains(#""to":"2026-08-01T09:20:00Z","ended_at":"2026-08-01T09:06:00Z","#))
        #expect(shown.json.contains(#""conversations":null"#), "\(shown.json)")
        #expect(throws: EvaluationError.cancelled) {
            try RuleReplay(rules, from: Self.minute(0), through: Self.minute(20), over: Self.slow, within: watch)
        }
        let whole = try RuleReplay(rules, from: Self.minute(0), through: Self.minute(20), over: Self.slow)
        let complete = try ReplayText(whole) { _ in [] }
        #expect(whole.endedAt == nil && !complete.json.contains("ended_at"))
    }

    /// Who asks within a time is told that it was over, and what to do; of other reasons nothing is made up.
    @Test func whereTheTimeWasOverItSaysSo() throws {
        let rules = try RuleWorld.rules(Self.text)
        func shown(_ reason: EvaluationError) throws -> ReplayText {
            let watch = Watch(endingAs: reason)
            let replay = try RuleReplay(
                rules, from: Self.minute(0), through: Self.minute(20), over: Self.slow, within: watch, keepsPart: true
            ) { if $0.reached == Self.minute(5) { watch.end() } }
            return try ReplayText(replay, endedBecause: "no time; ask for the rest") { _ in nil }
        }
        let late = try shown(.timedOut)
        #expect(late.json.contains(#""ended_at":"2026-08-01T09:06:00Z","ended_because":"no time; ask for the rest","#))
        #expect(late.table.hasSuffix(" ended at 2026-08-01T09:06:00Z: no time; ask for the rest\n"), "\(late.table)")
        #expect(try !shown(.cancelled).json.contains("ended_because"))
        let whole = try RuleReplay(rules, from: Self.minute(0), through: Self.minute(20), over: Self.slow)
        #expect(try !ReplayText(whole, endedBecause: "no time") { _ in [] }.json.contains("ended_"))
    }

    /// Groups of other intervals, and a start between two evaluations.
    @Test func howManyEvaluationsThereAreIsKnownFromTheBeginning() throws {
        let rules = try RuleWorld.rules(
            Self.text + "\n  - name: other\n    interval: 2m\n    rules: [{record: one, expr: vector(1)}]\n")
        var told: [RuleReplay.Progress] = []
        let replay = try RuleReplay(
            rules, from: Self.minute(1) + 7, through: Self.minute(6) + 7, over: Self.slow
        ) { told.append($0) }
        // Minutes 1 to 6 of the one; 0, 2, 4 and 6 of the other.
        #expect(replay.evaluations == 10 && told.count == 10)
        #expect(told.allSatisfy { $0.total == 10 } && told.last?.evaluations == 10)
    }

    /// What became of alerts is held where rules look at alerts, and booked there.
    @Test func changesOfAlertsAreHeldForThoseWhoLookAtThem() throws {
        let values = (0..<200).map { $0 % 2 == 0 ? 9.0 : 1 }
        let series = RuleWorld.minutes("support_feedback_total", values)
        func held(_ text: String) throws -> [Int] {
            let watch = Watch()
            var held: [Int] = []
            let replay = try RuleReplay(
                try RuleWorld.rules(text), from: Self.minute(0), through: Self.minute(199), within: watch,
                opening: { _ in series }, telling: { _ in held.append(watch.bytes) })
            #expect(replay.firings.count == 100 && replay.endedAt == nil && watch.bytes == 0)
            return held
        }
        let plain = try held(Self.text)
        #expect(plain.count == 200 && plain[199] < 10_000)
        // A change in each minute takes 48 bytes and its text, of more than 150.
        let looking = try held(Self.text + "\n      - record: alerts:count\n        expr: count(ALERTS)\n")
        #expect(looking[199] - looking[99] > 100 * 198)
    }
}
