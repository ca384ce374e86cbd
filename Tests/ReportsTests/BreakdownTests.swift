import Domain
import EventStores
import Reports
import Testing

/// Several dimensions, the clock of a zone, names that only look alike.
@Suite struct BreakdownTests {
    private static func call(_ more: [String: EventValue]) -> [String: EventValue] {
        more.merging([
            "provider": .text("maker"), "request_model": .text("big"), "input_tokens": .integer(1_000),
            "output_tokens": .integer(0),
        ]) { first, _ in first }
    }

    private static func priced() throws -> SampleStore {
        var sample = try SampleStore(nowSeconds: 200 * 86_400)
        sample.addPrice("big", "input", picoPerToken: 1_000_000)
        sample.addPrice("big", "output", picoPerToken: 1_000_000)
        return sample
    }

    @Test func dimensionsAreCrossed() throws {
        var sample = try Self.priced()
        let calls: [(Double, String, String)] = [
            (0, "a", "big"), (0, "a", "big"), (0, "b", "big"), (0, "b", "none"), (31, "a", "big"),
        ]
        for (day, team, model) in calls {
            let fields: [String: EventValue] = [
                "team": .text(team), "request_model": .text(model), "cost_centre": .text("4711"),
            ]
            sample.add("llm.call", at: day * 86_400, Self.call(fields))
        }
        sample.add("llm.call", at: 0, Self.call([:]))
        let from = SampleStore.start - 86_400_000_000_000
        let request = ReportRequest(from: from, by: [.month, .team, .model, .costCentre])
        let section = try #require(
            try sample.runner().report(.cost, request).section("by_month_team_model_cost_centre"))
        let rows = section.rows.indices.map { row in
            ["month", "team", "model", "cost_centre", "calls", "cost_usd"].map { section.value($0, row: row) }
        }
        let milli: Int128 = 1_000_000_000
        let expected: [[ReportValue?]] = [
            [.text("2026-08"), .text("a"), .text("big"), .text("4711"), .count(2), .usd(2 * milli)],
            [.text("2026-08"), .text("b"), .text("big"), .text("4711"), .count(1), .usd(milli)],
            [.text("2026-08"), .text("b"), .text("none"), .text("4711"), .count(1), .unknown],
            [.text("2026-08"), ReportValue.none, .text("big"), ReportValue.none, .count(1), .usd(milli)],
            [.text("2026-09"), .text("a"), .text("big"), .text("4711"), .count(1), .usd(milli)],
        ]
        #expect(rows == expected)
    }

    /// A conversation is told once whose it is and which variant it has; its calls and answers need not repeat it.
    @Test func whatAConversationSaysHoldsForItsCalls() throws {
        var sample = try Self.priced()
        sample.add(
            "conversation.started", at: 0,
            ["conversation_id": .text("c1"), "team": .text("billing"), "cost_centre": .text("4711")])
        sample.add(
            "experiment.assigned", at: 1,
            ["conversation_id": .text("c1"), "experiment": .text("tone"), "variant": .text("a")])
        sample.add("llm.call", at: 2, Self.call(["conversation_id": .text("c1"), "turn": .integer(1)]))
        // What a call says itself holds; the variant of one experiment is none of another.
        sample.add(
            "llm.call", at: 3,
            Self.call(["conversation_id": .text("c1"), "team": .text("own"), "experiment": .text("other")]))
        sample.add(
            "embedding.call", at: 4,
            [
                "conversation_id": .text("c1"), "provider": .text("maker"), "request_model": .text("big"),
                "input_tokens": .integer(1_000),
            ])
        sample.add("message.sent", at: 5, ["conversation_id": .text("c1"), "turn": .integer(1), "status": .text("ok")])
        sample.add("conversation.resolved", at: 6, ["conversation_id": .text("c1"), "by": .text("agent")])
        sample.add("conversation.closed", at: 7, ["conversation_id": .text("c1"), "reason": .text("completed")])
        // The same id of another tenant, and no conversation at all.
        sample.add("llm.call", at: 8, Self.call(["conversation_id": .text("c1")]), tenant: "other")
        sample.add("llm.call", at: 9, Self.call([:]))
        let (from, to) = (SampleStore.start - 1_000_000_000, SampleStore.start + 60_000_000_000)
        func rows(_ by: [ReportDimension], _ names: [String], of section: (String) -> String = { $0 }) throws
            -> [[ReportValue?]]
        {
            let report = try sample.runner().report(.cost, ReportRequest(from: from, to: to, by: by))
            let name = "by_" + by.map(\.rawValue).joined(separator: "_")
            let found = try #require(report.section(section(name)))
            #expect(report.section("total")?.value("calls", row: 0) == .count(5))
            return found.rows.indices.map { row in names.map { found.value($0, row: row) } }
        }
        let expected: [[ReportValue?]] = [
            [.text("billing"), .text("4711"), .text("tone"), .text("a"), .count(2), .count(1)],
            [.text("own"), .text("4711"), .text("other"), ReportValue.none, .count(1), .count(0)],
            [ReportValue.none, ReportValue.none, ReportValue.none, ReportValue.none, .count(2), .count(0)],
        ]
        let by: [ReportDimension] = [.team, .costCentre, .experiment, .variant]
        #expect(try rows(by, by.map(\.rawValue) + ["calls", "answers"]) == expected)
        // The cost of one by the cost centre: all three calls of c1 by one answer, one conversation, one resolved.
        let units = try rows([.costCentre], ["cost_centre", "unit", "count", "cost_per_unit"]) { "per_unit_" + $0 }
        let milli: Int128 = 1_000_000_000
        let each = ReportValue.usdPer(picoUSD: 3 * milli, count: 1)
        let expectedUnits: [[ReportValue?]] = [
            [.text("4711"), .text("answer"), .count(1), each], [.text("4711"), .text("conversation"), .count(1), each],
            [.text("4711"), .text("resolved_conversation"), .count(1), each],
        ]
        #expect(Array(units.prefix(3)) == expectedUnits)
        #expect(units.count == 6 && units[3] == [ReportValue.none, .text("answer"), .count(0), ReportValue.none])
        // Questions and answers, too.
        let levels = try sample.runner().report(.sla, ReportRequest(from: from, to: to, by: [.variant])).section(
            "by_variant")
        #expect(levels?.value("variant", row: 0) == .text("a") && levels?.value("answers", row: 0) == .count(1))
        // The same from a segment.
        try sample.store.seal()
        #expect(try rows(by, by.map(\.rawValue) + ["calls", "answers"]) == expected)
    }

    /// With calls that have no price a share and the cost of an answer lie between two ends.
    @Test func sharesAndAnswersHaveBounds() throws {
        var sample = try Self.priced()
        sample.add("llm.call", at: 1, Self.call(["team": .text("a")]))
        sample.add("llm.call", at: 2, Self.call(["team": .text("b")]))
        sample.add("llm.call", at: 3, Self.call(["team": .text("b"), "request_model": .text("nobody")]))
        for team in ["a", "b"] { sample.add("message.sent", at: 4, ["team": .text(team), "status": .text("ok")]) }
        let (from, to) = (SampleStore.start - 1_000_000_000, SampleStore.start + 60_000_000_000)
        let section = try #require(
            try sample.runner().report(.cost, ReportRequest(from: from, to: to, by: [.team])).section("by_team"))
        let names = ["share_of_cost", "cost_per_answer"].flatMap { [$0, $0 + "_low", $0 + "_high"] }
        let milli: Int128 = 1_000_000_000
        let one = ReportValue.usdPer(picoUSD: milli, count: 1)
        let half = ReportValue.share(part: milli, whole: 2 * milli)
        #expect(names.map { section.value($0, row: 0) } == [half, .unknown, half, one, one, one])
        #expect(names.map { section.value($0, row: 1) } == [half, half, .unknown, one, one, .unknown])
    }

    /// A group that only answers has a row, so that the answers of all rows are all answers.
    @Test(arguments: [ReportDimension.team, .day, .hour, .tenant]) func answersAddUpToTheirTotal(_ by: ReportDimension)
        throws
    {
        var sample = try Self.priced()
        let hour = 3_600.0
        sample.add("message.sent", at: 0, ["team": .text("a"), "answered_from": .text("cache")])
        sample.add("message.sent", at: 30 * hour, ["team": .text("b")], tenant: "other")
        sample.add("llm.call", at: 30 * hour, Self.call(["team": .text("b")]), tenant: "other")
        sample.add("message.sent", at: 31 * hour, [:], tenant: "third")
        let request = ReportRequest(from: SampleStore.start, to: SampleStore.start + 60 * 3_600_000_000_000, by: [by])
        let report = try sample.runner().report(.cost, request)
        let section = try #require(report.section("by_\(by.rawValue)"))
        #expect(section.count("answers") == 3 && section.count("calls") == 1)
        #expect(section.rows.count == (by == .day ? 2 : 3))
        #expect(report.section("per_unit")?.value("count", row: 0) == .count(3))
        let names = ["calls", "answers", "cost_usd", "share_of_cost", "share_of_cost_low", "cost_per_answer"]
        let nothing = ReportValue.share(part: 0, whole: 1_000_000_000)
        let expected: [ReportValue?] = [.count(0), .count(1), .usd(0), nothing, nothing, ReportValue.none]
        #expect(names.map { section.value($0, row: 0) } == expected)
    }

    @Test func monthsAndHoursAreThoseOfTheZone() throws {
        var sample = try Self.priced()
        // 2026-10-24T23:30Z is 01:30 in Berlin, then twice something past two, then 03:30; 2026-10-31T23:30Z is
        // November there.
        let start = 1_792_884_600.0 - Double(SampleStore.start / 1_000_000_000)
        for second in [0, 3_600, 7_200, 10_800, 7.0 * 86_400] {
            sample.add("llm.call", at: start + second, Self.call([:]))
        }
        func keys(_ dimension: ReportDimension, _ zone: String) throws -> [ReportValue?] {
            let end = SampleStore.start + 190 * 86_400_000_000_000
            let request = ReportRequest(from: SampleStore.start, to: end, by: [dimension], timeZone: zone)
            let section = try #require(try sample.runner().report(.cost, request).section("by_\(dimension.rawValue)"))
            return section.rows.indices.map { section.value(dimension.rawValue, row: $0) }
        }
        #expect(
            try keys(.hour, "Europe/Berlin").prefix(4) == [
                .text("2026-10-25T01:00:00+02:00"), .text("2026-10-25T02:00:00+02:00"),
                .text("2026-10-25T02:00:00+01:00"),
                .text("2026-10-25T03:00:00+01:00"),
            ])
        #expect(try keys(.day, "Europe/Berlin") == [.text("2026-10-25"), .text("2026-11-01")])
        #expect(try keys(.week, "Europe/Berlin") == [.text("2026-10-19"), .text("2026-10-26")])
        #expect(try keys(.month, "Europe/Berlin") == [.text("2026-10"), .text("2026-11")])
        #expect(try keys(.month, "UTC") == [.text("2026-10")])
        #expect(try keys(.hour, "UTC").first == .text("2026-10-24T23:00:00Z"))
        #expect(throws: ReportError.self) { try keys(.day, "Middle/Earth") }
    }

    /// ü as one scalar, and as u with a combining mark.
    @Test func textsAreBytes() throws {
        var sample = try SampleStore()
        let topics = ["R\u{FC}ckgabe", "Ru\u{308}ckgabe"]
        for (place, topic) in topics.enumerated() {
            for number in 0...place {
                let id: [String: EventValue] = ["conversation_id": .text("c\(place)-\(number)"), "team": .text(topic)]
                sample.add("message.received", at: 1, id.merging(["turn": .integer(1)]) { $1 })
                sample.add("message.sent", at: 2, id.merging(["turn": .integer(1)]) { $1 })
                sample.add("llm.call", at: 2, Self.call(id.merging(["request_model": .text(topic)]) { $1 }))
                sample.add("escalation.raised", at: 3, id.merging(["reason": .text(topic)]) { $1 })
                sample.add("conversation.classified", at: 3, id.merging(["topic": .text(topic)]) { $1 })
                sample.add("conversation.closed", at: 4, id)
            }
        }
        let runner = try sample.runner()
        func counts(_ kind: ReportKind, _ by: ReportDimension, _ column: String) throws -> [[UInt8]: ReportValue] {
            try Self.counts(
                runner.report(kind, ReportRequest(by: [by])).section("by_\(by.rawValue)"), by.rawValue, column)
        }
        let expected: [[UInt8]: ReportValue] = [Array(topics[0].utf8): .count(1), Array(topics[1].utf8): .count(2)]
        #expect(try counts(.outcomes, .topic, "closed") == expected)
        #expect(try counts(.cost, .model, "calls") == expected)
        #expect(try counts(.cost, .topic, "calls") == expected)
        #expect(try counts(.cost, .topic, "answers") == expected)
        #expect(try counts(.sla, .topic, "good") == expected)
        #expect(try counts(.cost, .team, "answers") == expected)
        #expect(try counts(.sla, .team, "good") == expected)
        #expect(try counts(.sla, .model, "good") == expected)
        #expect(
            try Self.counts(runner.report(.outcomes, ReportRequest()).section("escalations"), "reason", "conversations")
                == expected)
    }

    private static func counts(_ section: ReportSection?, _ key: String, _ column: String) throws -> [[UInt8]:
        ReportValue]
    {
        let section = try #require(section)
        var found: [[UInt8]: ReportValue] = [:]
        for row in section.rows.indices {
            guard case .text(let text) = section.value(key, row: row) else { continue }
            #expect(found[Array(text.utf8)] == nil)
            found[Array(text.utf8)] = section.value(column, row: row)
        }
        return found
    }

    /// A provider names the model that answered by its version; a call that fails knows only what was asked for,
    /// perhaps not even by whom.
    @Test func failuresStandWithTheModelThatWasAskedFor() throws {
        var sample = try SampleStore()
        for (turn, isFailed) in [false, false, true].enumerated() {
            var call: [String: EventValue] = [
                "request_model": .text("mini"), "status": .text(isFailed ? "error" : "ok"),
            ]
            if !isFailed { (call["response_model"], call["provider"]) = (.text("mini-2026-07-18"), .text("maker")) }
            let context: [String: EventValue] = ["conversation_id": .text("c"), "turn": .integer(Int64(turn))]
            sample.add("message.received", at: Double(turn), context)
            sample.add("llm.call", at: Double(turn) + 0.5, call.merging(context) { $1 })
            sample.add(
                "message.sent", at: Double(turn) + 0.6,
                context.merging(["status": .text(isFailed ? "error" : "ok")]) { $1 })
        }
        let section = try #require(try sample.runner().report(.sla, ReportRequest(by: [.model])).section("by_model"))
        #expect(section.rows.count == 1 && section.value("model", row: 0) == .text("mini"))
        #expect(section.value("availability", row: 0) == .judged(.share(part: 2, whole: 3), .breached))
        #expect(section.value("error_rate", row: 0) == .judged(.share(part: 1, whole: 3), .breached))
        let asked = try #require(
            try sample.runner().report(.cost, ReportRequest(by: [.requestModel])).section("by_request_model"))
        #expect(asked.rows.count == 1 && asked.value("calls", row: 0) == .count(3))
    }
}
