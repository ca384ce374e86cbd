import Domain
import EventStores
import Reports
import Testing

/// Reports about conversations of which `turns` and `conversations` know the first events alone.
@Suite struct CutConversationReportTests {
    private static let day: Int64 = 86_400 * 1_000_000_000
    private static let bigTurns = 40

    /// One conversation of forty turns, cut in the eleventh, every ninth answer an error, and one of two turns.
    private static func sample(nowSeconds: Int64 = 3600, eventsMax: Int = 31) throws -> SampleStore {
        var limits = FoldLimits()
        limits.conversationEventsMax = eventsMax
        var sample = try SampleStore(nowSeconds: nowSeconds, foldLimits: limits)
        for (tokenClass, price) in [("input", 2_500_000), ("output", 10_000_000), ("cache_read", 37_500)]
            as [(String, Int64)]
        {
            sample.addPrice("big", tokenClass, picoPerToken: price)
        }
        for turn in 1...bigTurns {
            sample.addTurn("long", Int64(turn), at: Double(turn * 10), status: turn % 9 == 0 ? "error" : "ok")
        }
        sample.add("conversation.closed", at: 500, ["conversation_id": .text("long"), "reason": .text("completed")])
        for turn: Int64 in 1...2 { sample.addTurn("short", turn, at: Double(turn * 10)) }
        sample.add("conversation.closed", at: 500, ["conversation_id": .text("short"), "reason": .text("completed")])
        return sample
    }

    private static func figures(_ report: Report, _ section: String, _ columns: [String]) throws -> [ReportValue?] {
        let section = try #require(report.section(section))
        return columns.map { section.value($0, row: 0) }
    }

    @Test func serviceLevelsSayThatQuestionsAreAtLeastSoMany() throws {
        var sample = try Self.sample()
        let report = try sample.runner().report(.sla, ReportRequest())
        let columns = ["good", "failed", "pending", "answers", "errors"]
        // Ten turns of the long one, of which the ninth failed, and none for the question that was cut from its answer.
        let expected: [ReportValue?] = [.count(11), .count(1), .count(0), .count(42), .count(4)]
        #expect(try Self.figures(report, "questions", columns) == expected)
        let cost = 42 * ReportTests.bigCall
        #expect(try Self.figures(report, "questions", ["cost_usd"]) == [.usd(cost)])
        #expect(report.basis.exactness.hasPrefix("not exact: 1 conversation has more than "))
        #expect(report.basis.exactness.contains("good, failed and pending are at least so many"))
        #expect(report.basis.exactness.hasSuffix("cut_after is not null"))
        let status = try sample.runner().status(to: SampleStore.start + 3600 * 1_000_000_000)
        #expect(status.basis.exactness == report.basis.exactness)
    }

    @Test func costsStayExactAndOutcomesAreOfTheOthers() throws {
        var sample = try Self.sample()
        let cost = try sample.runner().report(.cost, ReportRequest())
        let sum = 42 * ReportTests.bigCall
        #expect(
            try Self.figures(cost, "total", ["cost_usd", "cost_low_usd", "cost_high_usd", "calls", "priced"]) == [
                .usd(sum), .usd(sum), .usd(sum), .count(42), .count(42),
            ])
        #expect(cost.section("tokens")?.value("tokens", row: 0) == .count(42_000))
        #expect(cost.section("per_unit")?.value("count", row: 0) == .count(42))
        #expect(cost.section("per_unit")?.value("count", row: 1) == .count(1))
        #expect(cost.basis.exactness.contains("money, calls, tokens and answers are exact all the same"))
        for rule in OutcomeRule.allCases {
            let outcomes = try sample.runner().report(.outcomes, ReportRequest(rule: rule))
            #expect(try Self.figures(outcomes, "outcomes", ["closed", "ratings"]) == [.count(1), .count(0)])
            #expect(try Self.figures(outcomes, "not_closed", ["not_closed"]) == [.count(0)])
            #expect(outcomes.section("without_message")?.rows.isEmpty == true)
            #expect(outcomes.basis.exactness.hasPrefix("not exact: 1 conversation has more than "))
        }
    }

    /// Where no conversation of the period is cut, and where none is at all, reports are exact and say so.
    @Test func othersAreExact() throws {
        var late = try Self.sample(nowSeconds: 40 * 86_400)
        let runner = try late.runner()
        let after = ReportRequest(from: SampleStore.start + 3 * Self.day, to: SampleStore.start + 4 * Self.day)
        let before = ReportRequest(from: SampleStore.start - 9 * Self.day, to: SampleStore.start - Self.day)
        for (kind, requests) in [(.cost, [after, before]), (.outcomes, [after, before]), (.sla, [before])]
            as [(ReportKind, [ReportRequest])]
        {
            for request in requests {
                #expect(try runner.report(kind, request).basis.exactness.hasPrefix("exact"), "\(kind)")
            }
        }
        // Error budgets look back 30 days; whether a conversation has closed is asked however long ago it was.
        #expect(try runner.report(.sla, after).basis.exactness.hasPrefix("not exact: 1 "))
        #expect(try runner.report(.outcomes, after).definitions.contains { $0.term == "cut_after" })
        #expect(try !runner.report(.outcomes, before).definitions.contains { $0.term == "cut_after" })
        var whole = try Self.sample(eventsMax: 122)
        for kind in ReportKind.allCases {
            let report = try whole.runner().report(kind, ReportRequest())
            #expect(report.basis.exactness.hasPrefix("exact"), "\(kind)")
        }
        let levels = try whole.runner().report(.sla, ReportRequest())
        #expect(try Self.figures(levels, "questions", ["good", "failed"]) == [.count(38), .count(4)])
    }
}
