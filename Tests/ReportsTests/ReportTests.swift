import Columnar
import Domain
import JSONTexts
import Plans
import Reports
import Synchronization
import Testing

@Suite struct ReportTests {
    /// 1,000 input of which 200 cached, 100 output at 2.5, 0.0375 and 10 USD per million.
    static let bigCall: Int128 = 800 * 2_500_000 + 200 * 37_500 + 100 * 10_000_000

    @Test func serviceLevelsAreThoseCountedByHand() throws {
        var sample = try SampleStore.filled()
        let report = try sample.runner().report(.sla, ReportRequest())
        let questions = try #require(report.section("questions"))
        #expect(questions.value("good", row: 0) == .count(2))
        #expect(questions.value("failed", row: 0) == .count(3))
        #expect(questions.value("pending", row: 0) == .count(1))
        let table = try #require(report.section("objectives"))
        #expect(table.value("actual", row: 0) == .share(part: 2, whole: 5))
        #expect(table.value("verdict", row: 0) == .state(.breached))
        // 3 failed where 0.001 × 5 are allowed: 1 − 600.
        #expect(table.value("budget_left", row: 0) == .share(part: 5_000 - 3_000_000, whole: 5_000))
        #expect(table.value("actual", row: 1) == .seconds(1_500_000_000))
        #expect(table.value("verdict", row: 1) == .state(.met))
        #expect(table.value("actual", row: 2) == .seconds(31_000_000_000))
        #expect(table.value("actual", row: 3) == .share(part: 1, whole: 4))
        // Four calls of `big`; `half` lacks a price for cache reads, `nobody` has none at all.
        #expect(table.value("actual", row: 4) == .usdPer(picoUSD: 4 * Self.bigCall, count: 4))
        #expect(table.value("actual_low", row: 4) == .usdPer(picoUSD: 4 * Self.bigCall + 1_000_000_000, count: 4))
        #expect(table.value("actual_high", row: 4) == .unknown)
        #expect(table.value("verdict", row: 4) == .state(.atRisk))
        #expect(table.value("actual", row: 5) == .share(part: 1, whole: 2))
        #expect(table.value("actual", row: 6) == .seconds(400_000_000))
        let worst = try #require(report.section("worst_conversations"))
        #expect(worst.value("conversation_id", row: 0) == .text("c2"))
        #expect(worst.value("failed", row: 0) == .count(2))
        #expect(worst.value("slowest_answer", row: 0) == .seconds(31_000_000_000))
        #expect(report.basis.position > 0 && report.basis.to == SampleStore.start + 3_600_000_000_000)
    }

    /// However many questions it asks, a report has the time of one.
    @Test(arguments: ReportKind.allCases)
    func aReportHasOneTime(kind: ReportKind) throws {
        /// A clock on which a nanosecond passes whenever somebody looks.
        final class Looks: Sendable {
            let count = Atomic<Int64>(0)
        }
        var sample = try SampleStore.filled()
        func looks(within limit: Int64) throws -> Int64 {
            let looks = Looks()
            var options = QueryOptions()
            options.timeLimitNanoseconds = limit
            options = options.startingClock { looks.count.add(1, ordering: .relaxed).newValue }
            _ = try sample.runner(within: options).report(kind, ReportRequest())
            return looks.count.load(ordering: .relaxed)
        }
        let all = try looks(within: .max)
        #expect(all > 100)
        _ = try looks(within: all * 2)
        #expect { try looks(within: all / 2) } throws: { ($0 as? QueryError)?.kind == .deadlineExceeded }
    }

    @Test func breakdownsAddUp() throws {
        var sample = try SampleStore.filled()
        let runner = try sample.runner()
        for by in ReportKind.sla.dimensions {
            let section = try #require(try runner.report(.sla, ReportRequest(by: [by])).section("by_\(by.rawValue)"))
            for (column, expected) in [("good", 2), ("failed", 3), ("pending", 1), ("answers", 4)] as [(String, Int128)]
            {
                var sum: Int128 = 0
                for row in section.rows.indices {
                    if case .count(let count) = section.value(column, row: row) { sum += count }
                }
                #expect(sum == expected, "\(by) \(column)")
            }
        }
        for by in ReportKind.cost.dimensions {
            let section = try #require(try runner.report(.cost, ReportRequest(by: [by])).section("by_\(by.rawValue)"))
            var sum: Int128 = 0
            for row in section.rows.indices {
                if case .usd(let cost) = section.value("cost_usd", row: row) { sum += cost }
            }
            #expect(sum == 4 * Self.bigCall, "\(by)")
        }
        for by in ReportKind.outcomes.dimensions {
            let section = try #require(
                try runner.report(.outcomes, ReportRequest(by: [by])).section("by_\(by.rawValue)"))
            for (column, expected) in [("closed", 3), ("resolved", 1), ("ratings", 2), ("satisfied", 1)]
                as [(String, Int128)]
            {
                var sum: Int128 = 0
                for row in section.rows.indices {
                    if case .count(let count) = section.value(column, row: row) { sum += count }
                }
                #expect(sum == expected, "\(by) \(column)")
            }
        }
        #expect(throws: ReportError.self) { try runner.report(.outcomes, ReportRequest(by: [.model])) }
    }

    @Test func costsAreExact() throws {
        var sample = try SampleStore.filled()
        let report = try sample.runner().report(.cost, ReportRequest())
        let total = try #require(report.section("total"))
        #expect(total.value("cost_usd", row: 0) == .usd(4 * Self.bigCall))
        #expect(total.value("cost_low_usd", row: 0) == .usd(4 * Self.bigCall + 1_000_000_000))
        #expect(total.value("cost_high_usd", row: 0) == .unknown)
        #expect(total.value("priced", row: 0) == .count(4))
        #expect(total.value("partly", row: 0) == .count(1))
        #expect(total.value("unpriced", row: 0) == .count(1))
        let units = try #require(report.section("per_unit"))
        #expect(units.value("cost_per_unit", row: 0) == .usdPer(picoUSD: 4 * Self.bigCall, count: 4))
        #expect(units.value("cost_per_unit", row: 1) == .usdPer(picoUSD: 4 * Self.bigCall, count: 3))
        #expect(units.value("cost_per_unit", row: 2) == .usdPer(picoUSD: 4 * Self.bigCall, count: 1))
        let local = try #require(report.section("local_share"))
        #expect(local.value("route", row: 1) == .text("local"))
        #expect(local.value("share_of_calls", row: 1) == .share(part: 1, whole: 6))
        #expect(local.value("share_of_tokens", row: 1) == .share(part: 1_100, whole: 6_600))
        let others = try #require(report.section("other_costs"))
        #expect(others.value("cost_usd", row: 0) == .usd(1_250_000_001))
        #expect(others.value("cost_usd", row: 1) == .usd(12_500_000_000_000))
        // Three lines that add up, at both ends.
        let all = try #require(report.section("all_costs"))
        #expect(all.rows.map(\.first) == [.text("calls"), .text("other_costs"), .text("total")])
        let other: Int128 = 12_501_250_000_001
        #expect(all.value("cost_usd", row: 0) == total.value("cost_usd", row: 0))
        #expect(all.value("cost_usd", row: 1) == .usd(other) && all.value("cost_high_usd", row: 1) == .usd(other))
        #expect(all.value("cost_usd", row: 2) == .usd(4 * Self.bigCall + other))
        #expect(all.value("cost_low_usd", row: 2) == .usd(4 * Self.bigCall + 1_000_000_000 + other))
        #expect(all.value("cost_high_usd", row: 2) == .unknown)
        #expect(report.rendered(.json).contains("\"cost_usd\": \"0.001250000001\""))
    }

    /// Below a breakdown stands what its rows add up to, in what people read; files of rows have rows alone.
    @Test(arguments: [[.model], [.channel], [.month, .team, .model]] as [[ReportDimension]])
    func aBreakdownOfCostEndsWithItsTotal(by: [ReportDimension]) throws {
        var sample = try SampleStore.filled()
        let report = try sample.runner().report(.cost, ReportRequest(by: by))
        let name = "by_" + by.map(\.rawValue).joined(separator: "_")
        let (section, total) = (try #require(report.section(name)), try #require(report.section("total")))
        #expect(section.total.first == .text("total") && section.total.count == section.columns.count)
        for column in ["calls", "partly", "unpriced", "cost_low_usd", "cost_usd", "cost_high_usd"] {
            let place = try #require(section.columns.firstIndex { $0.name == column })
            #expect(section.total[place] == total.value(column, row: 0), "\(column)")
        }
        for column in ["calls", "input_tokens", "answers"] {
            let place = try #require(section.columns.firstIndex { $0.name == column })
            let sum = section.count(column)
            let isTold = section.rows.contains { $0[place] != ReportValue.none }
            #expect(section.total[place] == (isTold ? .count(sum) : ReportValue.none), "\(column)")
        }
        let cells = try JSONReader.parse(Array(report.rendered(.cells).utf8))
        let shown = try #require(cells["sections"]?.array?.first { $0["name"]?.string == name })
        #expect(shown["total"]?.array?.first?["text"]?.string == "total")
        #expect(report.rendered(.html).contains("<tfoot><tr><th scope=\"row\">total</th>"))
        #expect(report.rendered(.table).contains("\n  total "))
        #expect(!report.rendered(.csv).contains("total,"))
    }

    @Test func whatIsMissingForAPriceIsNamed() throws {
        var sample = try SampleStore.filled()
        for (status, tokens, other) in [
            ("ok", nil, nil), ("error", nil, nil), ("ok", 5, nil), ("ok", 5, "output_audio"),
        ]
            as [(String, Int64?, String?)]
        {
            var fields: [String: EventValue] = [
                "provider": .text("maker"), "request_model": .text("big"), "status": .text(status),
            ]
            fields["input_tokens"] = tokens.map { .integer($0) }
            fields["output_tokens"] = tokens.map { _ in .integer(0) }
            fields["other_usage"] = other.map { .text($0) }
            sample.add("llm.call", at: 5, fields)
        }
        let report = try sample.runner().report(.cost, ReportRequest(by: [.priceGaps]))
        let gaps = try #require(report.section("price_gaps"))
        let rows = gaps.rows.indices.map { row in
            ["model", "price_gaps", "calls", "partly", "unpriced", "cost_low_usd", "cost_high_usd"].map {
                gaps.value($0, row: row)
            }
        }
        let expected: [[ReportValue?]] = [
            [.text("big"), .text("output_audio"), .count(1), .count(1), .count(0), .usd(12_500_000), .unknown],
            [.text("big"), .text("usage"), .count(1), .count(0), .count(1), .usd(0), .unknown],
            [
                .text("half"), .text("cache_read"), .count(1), .count(1), .count(0), .usd(1_000_000_000),
                .usd(1_200_000_000),
            ],
            [.text("nobody"), .text("input,output,cache_read"), .count(1), .count(0), .count(1), .usd(0), .unknown],
        ]
        #expect(rows == expected)
        let total = try #require(report.section("total"))
        #expect(total.value("unpriced", row: 0) == .count(2) && total.value("partly", row: 0) == .count(2))
        #expect(report.section("by_price_gaps")?.rows.count == 5)
    }

    /// A class that has a price and was not told has a word of its own: no price mends it.
    @Test func whatWasNotToldIsNoMissingPrice() throws {
        var sample = try SampleStore.filled()
        let calls: [(type: String, model: String, usage: [String: Int64])] = [
            ("llm.call", "big", ["output_tokens": 10]), ("llm.call", "big", ["input_tokens": 0, "output_tokens": 10]),
            ("llm.call", "big", ["input_tokens": 5]), ("llm.call", "nobody", ["output_tokens": 5]),
            ("llm.call", "nobody", ["output_tokens": 5, "total_tokens": 12]),
            ("embedding.call", "nobody", ["total_tokens": 12]),
        ]
        for call in calls {
            let fields: [String: EventValue] = [
                "provider": .text("maker"), "request_model": .text(call.model), "status": .text("ok"),
            ]
            sample.add(call.type, at: 5, fields.merging(call.usage.mapValues { .integer($0) }) { $1 })
        }
        let report = try sample.runner().report(.cost, ReportRequest())
        let gaps = try #require(report.section("price_gaps"))
        let rows = gaps.rows.indices.map { row in
            ["model", "price_gaps", "calls", "cost_low_usd"].map { gaps.value($0, row: row) }
        }
        let expected: [[ReportValue?]] = [
            [.text("big"), .text("untold_input"), .count(2), .usd(200_000_000)],
            [.text("big"), .text("untold_output"), .count(1), .usd(12_500_000)],
            [.text("half"), .text("cache_read"), .count(1), .usd(1_000_000_000)],
            [.text("nobody"), .text("input"), .count(1), .usd(0)],
            [.text("nobody"), .text("input,output"), .count(1), .usd(0)],
            [.text("nobody"), .text("input,output,cache_read"), .count(1), .usd(0)],
            [.text("nobody"), .text("untold_input,output"), .count(1), .usd(0)],
        ]
        #expect(rows == expected)
    }

    @Test func outcomesFollowTheRule() throws {
        var sample = try SampleStore.filled()
        let runner = try sample.runner()
        let house = try #require(try runner.report(.outcomes, ReportRequest()).section("outcomes"))
        #expect(
            ["closed", "resolved", "escalated", "abandoned", "open"].map { house.value($0, row: 0) }
                == [3, 1, 1, 1, 0].map { .count($0) })
        #expect(house.value("csat", row: 0) == .share(part: 1, whole: 2))
        #expect(house.value("response_rate", row: 0) == .share(part: 2, whole: 2))
        // Not 72 hours old yet.
        let zendesk = try #require(try runner.report(.outcomes, ReportRequest(rule: .zendesk2026)).section("outcomes"))
        #expect(
            ["resolved", "escalated", "abandoned", "open"].map { zendesk.value($0, row: 0) }
                == [0, 1, 1, 1].map { .count($0) })
        let report = try runner.report(.outcomes, ReportRequest())
        #expect(report.section("not_closed")?.value("not_closed", row: 0) == .count(1))
        let reasons = try #require(report.section("escalations"))
        #expect(reasons.rows.count == 1 && reasons.value("reason", row: 0) == .text("failure"))
        #expect(reasons.value("escalation_rate", row: 0) == .share(part: 1, whole: 3))
        let variants = try #require(report.section("variants"))
        #expect(
            variants.rows.count == 2 && variants.value("resolved", row: 0) == .count(1)
                && variants.value("resolved", row: 1) == .count(0))
    }

    @Test func anEmptyStoreHasNoData() throws {
        var sample = try SampleStore()
        let runner = try sample.runner()
        for kind in ReportKind.allCases {
            for by in [[]] + kind.dimensions.map({ [$0] }) + [Array(kind.dimensions.prefix(5))] {
                let report = try runner.report(kind, ReportRequest(by: by))
                for format in ReportFormat.allCases { #expect(!report.rendered(format).isEmpty) }
            }
        }
        let table = try #require(try runner.report(.sla, ReportRequest()).section("objectives"))
        for row in table.rows.indices {
            #expect(table.value("verdict", row: row) == .state(.noData))
            #expect(table.value("actual", row: row) == ReportValue.none)
            #expect(table.value("budget_left", row: row) == ReportValue.none)
        }
    }
}

@Suite struct ConversationTests {
    @Test func aConversationIsToldWholeAndInOrder() throws {
        var sample = try SampleStore.filled()
        let runner = try sample.runner()
        let document = try #require(try runner.conversation("c1", tenant: "acme"))
        #expect(document.events.count == 12 && document.turns.count == 2)
        #expect(document.events.map(\.time) == document.events.map(\.time).sorted())
        #expect(document.header.first { $0.name == "outcome" }?.value == .text("resolved"))
        #expect(document.header.first { $0.name == "cost_usd" }?.value == .numeric(2 * ReportTests.bigCall, scale: 12))
        #expect(
            document.events.first { $0.type == "llm.call" }?["cost_usd"] == .numeric(ReportTests.bigCall, scale: 12))
        #expect(document.json.contains("\"cost_usd\": \"0.006015\""))
        #expect(document.text.contains("conversation.resolved"))
        #expect(try runner.conversation("c1") == document)
        #expect(try runner.conversation("c1", tenant: "other") == nil)
        #expect(try runner.conversation("it's not there") == nil)
    }

    @Test func anIdOfTwoTenantsNeedsOne() throws {
        var sample = try SampleStore()
        for tenant in ["acme", "other"] {
            sample.add("conversation.started", at: 1, ["conversation_id": .text("same")], tenant: tenant)
        }
        let runner = try sample.runner()
        #expect(throws: ReportError.self) { try runner.conversation("same") }
        #expect(try runner.conversation("same", tenant: "other")?.events.count == 1)
    }
}

@Suite struct StatusTests {
    @Test func theHourStandsBesideTheSameHourAWeekBefore() throws {
        var sample = try SampleStore.filled()
        sample.addTurn("old", 1, at: -7 * 86_400 + 5)
        sample.add(
            "deploy.changed", at: 10, ["subject": .text("agent"), "from_value": .text("1"), "to_value": .text("2")])
        let report = try sample.runner().status()
        let objectives = try #require(report.section("objectives"))
        #expect(objectives.value("now", row: 0) == .judged(.share(part: 2, whole: 5), .breached))
        #expect(objectives.value("week_before", row: 0) == .judged(.share(part: 1, whole: 1), .met))
        let changes = try #require(report.section("changes"))
        #expect(changes.rows.count == 6 && changes.value("type", row: 0) == .text("deploy.changed"))
        #expect(changes.value("to_value", row: 0) == .text("2"))
        #expect(report.rendered(.table).contains("deploy.changed"))
    }

    @Test func anHourThatIsNotWholeSaysSo() throws {
        var sample = try SampleStore(nowSeconds: 1_200)
        for minute in 0..<60 {
            sample.add("tool.call", at: -7 * 86_400 + Double(minute) * 60 + 1, ["tool": .text("t")])
        }
        for minute in 5..<15 { sample.add("tool.call", at: Double(minute) * 60, ["tool": .text("t")]) }
        let runner = try sample.runner()
        // To the full hour, of which 20 minutes have passed, and no more than 20 minutes of that a week before.
        let report = try runner.status(to: SampleStore.start + 3_600_000_000_000)
        let coverage = try #require(report.section("coverage"))
        #expect(coverage.value("coverage", row: 0) == .share(part: 10, whole: 60))
        #expect(coverage.value("to", row: 0) == .time(SampleStore.start + 1_200_000_000_000))
        #expect(coverage.value("first_event", row: 0) == .time(SampleStore.start + 300_000_000_000))
        #expect(coverage.value("last_event", row: 0) == .time(SampleStore.start + 840_000_000_000))
        #expect(coverage.value("coverage", row: 1) == .share(part: 20, whole: 60))
        let calls = try #require(report.section("activity")?.rows.first { $0[0] == .text("tool_call") })
        #expect(calls[1] == .count(10) && calls[2] == .count(20))
    }
}
