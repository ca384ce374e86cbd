import Domain
import EventStores
import JSONTexts
import Reports
import Testing

/// What may be spent, as it was set, beside what was.
@Suite struct SetBudgetTests {
    @Test func aBudgetStandsBesideWhatWasSpentSinceItsSpanBegan() throws {
        var sample = try SampleStore()
        sample.addPrice("big", "input", picoPerToken: 1_000_000)
        sample.addPrice("big", "output", picoPerToken: 1_000_000)
        func set(_ amount: Int64, _ period: String, at seconds: Double, scope: String? = "total") {
            var fields: [String: EventValue] = ["amount_usd": .integer(amount), "period": .text(period)]
            if let scope { fields["scope"] = .text(scope) }
            sample.add("budget.set", at: seconds, fields)
        }
        set(9_000_000_000_000, "day", at: -100)
        set(4_000_000_000, "day", at: -50, scope: nil)
        set(1, "day", at: 4_000)
        set(5, "month", at: -50, scope: "team")
        // An hour before the day of Kolkata and one in it, which began at 18:30Z of the day before.
        for seconds in [-15 * 3600.0, 60] {
            sample.add(
                "llm.call", at: seconds,
                [
                    "provider": .text("maker"), "request_model": .text("big"), "input_tokens": .integer(1_000),
                    "output_tokens": .integer(0),
                ])
        }
        func report(_ filters: [String]) throws -> ReportSection? {
            let request = try ReportRequest(
                kind: .cost, from: nil, to: nil, by: [], filters: filters, rule: nil, timeZone: "Asia/Kolkata", now: 0)
            return try sample.runner().report(.cost, request).section("budgets_set")
        }
        let section = try #require(try report([]))
        let milli: Int128 = 1_000_000_000
        #expect(section.rows.count == 1, "\(section.rows)")
        #expect(section.value("budget", row: 0) == .text("day"))
        #expect(section.value("since", row: 0) == .time(try RFC3339.parse("2026-07-31T18:30:00Z")))
        #expect(section.value("set_usd", row: 0) == .usd(4 * milli))
        #expect(section.value("cost_usd", row: 0) == .usd(milli))
        #expect(section.value("left_usd", row: 0) == .usd(3 * milli))
        #expect(section.value("share_used", row: 0) == .share(part: milli, whole: 4 * milli))
        // Budgets are of everything, and a store without one says nothing of any.
        #expect(try report(["tenant=acme"]) == nil)
        var other = try SampleStore()
        #expect(try other.runner().report(.cost, ReportRequest()).section("budgets_set") == nil)
    }
}
