import Domain
import Reports
import Testing

/// What reports count by each rule is what the rule says of each conversation.
@Suite struct OutcomeRuleTests {
    private static let day: Int64 = 86_400_000_000_000
    private static let nowSeconds: Int64 = 5 * 86_400

    /// One conversation: its events in the store, and what the rules are told of it.
    private struct Course {
        let name: String
        var facts = OutcomeFacts()
        var lastActivity: Int64 = 0
        var place: Int64 = 0

        mutating func add(_ kind: Int, at seconds: Double, to sample: inout SampleStore) {
            let time = SampleStore.start + Int64(seconds * 1e9)
            place += 1
            func tell(_ event: OutcomeEvent) { facts.add(event, at: OutcomeInstant(time: time, position: place)) }
            func add(_ type: String, _ fields: [String: EventValue] = [:]) {
                sample.add(type, at: seconds, fields.merging(["conversation_id": .text(name)]) { $1 })
            }
            switch kind {
            case 0, 1:
                add("message.received", ["author": .text("user")])
                tell(.returned)
                facts.lastWord = .question
                lastActivity = time
            case 2, 3, 4:
                add("message.sent", ["author": .text("agent"), "status": .text(kind == 4 ? "error" : "ok")])
                facts.lastWord = kind == 4 ? .error : .answer
                lastActivity = time
            case 5:
                let (by, certainty) = [("agent", "confirmed"), ("human", "assumed"), ("agent", "assumed")][
                    Int(place) % 3]
                add("conversation.resolved", ["by": .text(by), "certainty": .text(certainty)])
                tell(.resolved(by: by, certainty: certainty))
            case 6:
                add("conversation.reopened")
                tell(.reopened)
                lastActivity = time
            case 7:
                let reason = ["completed", "abandoned", "handed_over", "idle"][Int(place) % 4]
                add("conversation.closed", ["reason": .text(reason)])
                tell(.closed(reason: reason))
            default:
                add("escalation.raised", ["reason": .text("policy")])
                tell(.escalationRaised(reason: "policy"))
                lastActivity = time
            }
        }
    }

    @Test(arguments: 0..<8) func reportsCountByTheRule(_ seed: Int) throws {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        func next(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state >> 33) % bound
        }
        var sample = try SampleStore(nowSeconds: Self.nowSeconds)
        let now = SampleStore.start + Self.nowSeconds * 1_000_000_000
        var courses: [Course] = []
        for number in 0..<40 {
            var course = Course(name: "c\(number)")
            var seconds = Double(next(400_000))
            course.add(0, at: seconds, to: &sample)
            for _ in 0..<next(7) {
                seconds += 1 + Double(next(20_000)) / 7
                course.add(next(next(3) == 0 ? 9 : 5), at: min(seconds, 431_000 + Double(course.place)), to: &sample)
            }
            if !course.facts.isClosed,
                let idle = OutcomeSettings.standard.idleClose(after: course.lastActivity, reached: now)
            {
                course.facts.add(
                    .closed(reason: OutcomeSettings.idleReason),
                    at: OutcomeInstant(time: idle, position: course.place + 1))
            }
            courses.append(course)
        }
        let runner = try sample.runner()
        for rule in OutcomeRule.allCases {
            let closed = courses.filter { $0.facts.isClosed }
            let report = try runner.report(.outcomes, ReportRequest(rule: rule))
            let row = try #require(report.section("outcomes"))
            for outcome in Outcome.allCases {
                let count = Int128(closed.count { rule.outcome(of: $0.facts, at: now) == outcome })
                #expect(
                    row.value(outcome.rawValue, row: 0) == .count(count), "seed \(seed), \(rule.rawValue): \(outcome)")
            }
            #expect(row.value("closed", row: 0) == .count(Int128(closed.count)))
            let certainty = try #require(report.section("certainty"))
            let resolved = closed.filter { rule.outcome(of: $0.facts, at: now) == .resolved }
            let confirmed = Int128(
                resolved.count { $0.facts.verdict?.isResolved == true && $0.facts.verdict?.certainty == "confirmed" })
            #expect(certainty.value("confirmed", row: 0) == .count(confirmed))
            #expect(certainty.value("assumed", row: 0) == .count(Int128(resolved.count) - confirmed))
            let idle = Int128(closed.count { $0.facts.closeReason == OutcomeSettings.idleReason })
            #expect(certainty.value("closed_by_silence", row: 0) == .count(idle))
            let open = try #require(report.section("not_closed"))
            #expect(open.value("not_closed", row: 0) == .count(Int128(courses.count - closed.count)))
        }
    }
}
