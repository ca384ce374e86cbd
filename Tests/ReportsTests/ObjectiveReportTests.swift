import Columnar
import Domain
import EventStores
import Reports
import Testing

/// Reports judge by what the log says was in force.
@Suite struct ObjectiveReportTests {
    private static func limits(_ seconds: Int64, _ channels: [String: Int64] = [:]) -> ObjectiveSet {
        var set = ObjectiveSet.builtIn
        set.answerLimits = AnswerLimits(
            nanoseconds: seconds * 1_000_000_000,
            channels: channels.map {
                AnswerLimits.Channel(name: Array($0.key.utf8), nanoseconds: $0.value * 1_000_000_000)
            })
        return set
    }

    @Test func theVersionInForceJudgesAndIsTold() throws {
        var sample = try SampleStore()
        sample.addTurn("c1", 1, at: 0, answerAfter: 45, channel: "email")
        sample.addTurn("c2", 1, at: 10, answerAfter: 45, channel: "web")
        sample.addTurn("c3", 1, at: 20, answerAfter: 10, channel: "web")
        // Within the limit of e-mail, beyond the one of the web.
        sample.addTurn("c4", 1, at: 3500, answerAfter: nil, channel: "email")
        _ = try sample.runner()
        var set = Self.limits(5, ["email": 300])
        set.objectives.removeAll { $0.name == "first_token_p50" || $0.name == "answer_p50" }
        set.add(
            Objective(
                .answerDuration(Percentile(permille: 900)!), target: .duration(nanoseconds: 50_000_000_000),
                alertLimit: nil))
        #expect(try sample.store.putInForce(set)?.number == 2)
        let runner = try sample.runner()
        let report = try runner.report(.sla, ReportRequest())
        let questions = try #require(report.section("questions"))
        #expect(
            ["good", "failed", "pending"].map { questions.value($0, row: 0) } == [.count(1), .count(2), .count(1)])
        let table = try #require(report.section("objectives"))
        let names = table.rows.indices.map { table.value("objective", row: $0) }
        #expect(
            names
                == ["availability", "answer_p90", "answer_p95", "error_rate", "cost_per_answer", "satisfaction"].map {
                    .text($0)
                })
        #expect(
            table.value("actual", row: 1) == .seconds(45_000_000_000) && table.value("verdict", row: 1) == .state(.met))
        let versions = try #require(report.section("objective_versions"))
        #expect(versions.rows.indices.map { versions.value("version", row: $0) } == [.count(1), .count(2)])
        #expect(
            versions.value("hash", row: 1) == .text(set.hash)
                && versions.value("judges", row: 1) == .text("this report"))
        #expect(versions.value("answer_limit", row: 1) == .text("5 s; email 300 s"))
        #expect(report.rendered(.json).contains(set.hash))
        #expect(try report.rendered(.csv, section: "objective_versions").contains(set.hash))
        #expect(table.value("objectives_version", row: 0) == .count(2))
        #expect(report.definitions.contains { $0.meaning.contains("within 5 s; email 300 s") })
        // The built-in version on request: 45 s are late everywhere, 10 s are not.
        let first = try runner.report(.sla, ReportRequest(objectives: 1))
        let counted = try #require(first.section("questions"))
        #expect(["good", "failed", "pending"].map { counted.value($0, row: 0) } == [.count(1), .count(3), .count(0)])
        #expect(first.section("objectives")?.rows.count == 7)
        #expect(throws: ReportError.self) { try runner.report(.sla, ReportRequest(objectives: 3)) }
        // A period that ended before the change is judged by what was in force then.
        let before = try runner.report(
            .sla, ReportRequest(from: SampleStore.start, to: SampleStore.start + 60_000_000_000))
        #expect(before.section("objective_versions")?.value("judges", row: 0) == .text("this report"))
        #expect(before.section("objective_versions")?.rows.count == 1)
        // The same from a segment.
        try sample.store.seal()
        #expect(try sample.runner().report(.sla, ReportRequest()).sections == report.sections)
    }

    /// Lines about certain channels are judged by these alone; what was counted of all stays what it is.
    @Test func linesAreJudgedByTheirChannels() throws {
        var sample = try SampleStore()
        sample.addTurn("c1", 1, at: 0, answerAfter: 45, channel: "email")
        sample.addTurn("c2", 1, at: 10, answerAfter: 2, channel: "web")
        sample.addTurn("c3", 1, at: 20, answerAfter: 2, status: "error", channel: "voice")
        for (conversation, score, channel) in [("c1", 1, "email"), ("c2", 5, "web"), ("c3", 2, "voice")]
            as [(String, Int64, String)]
        {
            sample.add(
                "feedback.submitted", at: 100,
                ["conversation_id": .text(conversation), "score": .integer(score), "channel": .text(channel)])
        }
        _ = try sample.runner()
        var set = ObjectiveSet.builtIn
        for index in set.objectives.indices where set.objectives[index].measure.knowsChannels {
            set.objectives[index].channels = [Array("web".utf8)]
        }
        set.objectives[0].channels = [Array("email".utf8), Array("voice".utf8)]
        _ = try sample.store.putInForce(set)
        let runner = try sample.runner()
        let report = try runner.report(.sla, ReportRequest())
        let table = try #require(report.section("objectives"))
        // Availability of e-mail and voice: one late, one with an error. The rest is the web, where all is well.
        #expect(
            table.value("actual", row: 0) == .share(part: 0, whole: 2)
                && table.value("verdict", row: 0) == .state(.breached))
        #expect(table.value("samples", row: 2) == .count(1) && table.value("verdict", row: 2) == .state(.met))
        #expect(
            table.value("actual", row: 3) == .share(part: 0, whole: 1) && table.value("verdict", row: 3) == .state(.met)
        )
        #expect(
            table.value("actual", row: 5) == .share(part: 1, whole: 1) && table.value("verdict", row: 5) == .state(.met)
        )
        let questions = try #require(report.section("questions"))
        let counts = ["good", "failed", "answers", "ratings"].map { questions.value($0, row: 0) }
        #expect(counts == [.count(1), .count(2), .count(3), .count(3)])
        #expect(report.definitions.contains { $0.term == "availability" && $0.meaning.contains("email, voice") })
        let outcomes = try #require(try runner.report(.outcomes, ReportRequest()).section("satisfaction"))
        #expect(
            outcomes.value("csat", row: 0) == .share(part: 1, whole: 3)
                && outcomes.value("verdict", row: 0) == .state(.met))
    }

    /// Both reports that judge say by what.
    @Test func outcomesNameTheVersionThatJudges() throws {
        var sample = try SampleStore.filled()
        _ = try sample.runner()
        var set = ObjectiveSet.builtIn
        let place = try #require(set.objectives.firstIndex { $0.measure == .satisfaction })
        set.objectives[place].target = .share(partsPerMillion: 500_000)
        set.objectives[place].alertLimit = .share(partsPerMillion: 400_000)
        _ = try sample.store.putInForce(set)
        let report = try sample.runner().report(.outcomes, ReportRequest())
        let section = try #require(report.section("satisfaction"))
        // Half of the ratings are good, and half is what was promised.
        #expect(
            section.value("verdict", row: 0) == .state(.met) && section.value("objectives_version", row: 0) == .count(2)
        )
        #expect(section.value("target", row: 0) == .share(part: 500_000, whole: 1_000_000))
        #expect(report.section("objective_versions")?.value("hash", row: 1) == .text(set.hash))
        #expect(report.definitions.contains { $0.term == "objectives" && $0.meaning.contains("version 2") })
    }

    /// An id that was mistyped makes a conversation of its own, of which nobody said a word.
    @Test func outcomesOfConversationsWithoutAMessageAreCounted() throws {
        var sample = try SampleStore.filled()
        let before = try sample.runner().report(.outcomes, ReportRequest()).section("without_message")
        #expect(before?.rows.isEmpty == true)
        sample.add("conversation.resolved", at: 950, ["conversation_id": .text("c11"), "by": .text("agent")])
        sample.add("feedback.submitted", at: 951, ["conversation_id": .text("c12"), "score": .integer(5)])
        sample.add("conversation.started", at: 952, ["conversation_id": .text("c13")])
        let runner = try sample.runner()
        let found = try #require(try runner.report(.outcomes, ReportRequest()).section("without_message"))
        #expect(
            ["conversations", "with_outcome", "rated"].map { found.value($0, row: 0) } == [
                .count(2), .count(1), .count(1),
            ])
        let activity = try #require(try runner.status().section("activity"))
        let row = try #require(activity.rows.firstIndex { $0[0] == .text("told_without_message") })
        #expect(activity.value("now", row: row) == .count(2))
    }

    @Test func theHourFollowsTheSet() throws {
        var sample = try SampleStore.filled()
        _ = try sample.runner()
        _ = try sample.store.putInForce(Self.limits(60))
        let status = try #require(try sample.runner().status().section("objectives"))
        // The answer after 31 s is in time now.
        #expect(status.value("now", row: 0) == .judged(.share(part: 3, whole: 5), .breached))
    }

    @Test func anAnswerWithoutACallCostsNobodyKnowsWhat() throws {
        var sample = try SampleStore()
        sample.add(
            "message.sent", at: 1, ["conversation_id": .text("c"), "status": .text("ok"), "author": .text("agent")])
        let table = try #require(try sample.runner().report(.sla, ReportRequest()).section("objectives"))
        #expect(table.value("actual", row: 4) == ReportValue.none && table.value("verdict", row: 4) == .state(.noData))
        #expect(
            table.value("actual_low", row: 4) == ReportValue.none
                && table.value("actual_high", row: 4) == ReportValue.none)
    }

    /// What has no price puts the line at risk only where its price could change the verdict.
    @Test func unknownPricesDecideOnlyWhatTheyCan() throws {
        func verdict(picoPerOutputToken: Int64, unpriced: Bool) throws -> ReportValue? {
            var sample = try SampleStore()
            sample.addPrice("big", "input", picoPerToken: 1)
            sample.addPrice("big", "output", picoPerToken: picoPerOutputToken)
            sample.addPrice("big", "cache_read", picoPerToken: 1)
            sample.addTurn("c1", 1, at: 0)
            if unpriced { sample.addTurn("c2", 1, at: 10, model: "nobody") }
            return try sample.runner().report(.sla, ReportRequest()).section("objectives")?.value("verdict", row: 4)
        }
        let cent: Int64 = 10_000_000_000
        #expect(try verdict(picoPerOutputToken: 1, unpriced: false) == .state(.met))
        #expect(try verdict(picoPerOutputToken: 1, unpriced: true) == .state(.atRisk))
        // 10 cents an answer already without the other one: beyond the limit whatever that costs.
        #expect(try verdict(picoPerOutputToken: 2 * cent / 10, unpriced: true) == .state(.breached))
    }

    @Test func satisfactionIsThatOfTheOutcomes() throws {
        var sample = try SampleStore.filled()
        let runner = try sample.runner()
        let outcomes = try #require(try runner.report(.outcomes, ReportRequest()).section("satisfaction"))
        let table = try #require(try runner.report(.sla, ReportRequest()).section("objectives"))
        #expect(table.value("actual", row: 5) == outcomes.value("csat", row: 0))
        #expect(table.value("samples", row: 5) == outcomes.value("ratings", row: 0))
    }
}
