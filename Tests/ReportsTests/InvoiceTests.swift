import Columnar
import Domain
import Reports
import Testing

/// What vendors bill beside what was booked of their calls.
@Suite struct InvoiceTests {
    @Test func invoicesStandBesideWhatWasBooked() throws {
        var sample = try SampleStore()
        sample.addPrice("big", "input", picoPerToken: 1_000_000)
        for (second, model) in [(10, "big"), (20, "big"), (30, "nobody"), (2_000, "big")] as [(Double, String)] {
            sample.add(
                "llm.call", at: second,
                [
                    "provider": .text("maker"), "request_model": .text(model), "input_tokens": .integer(1_000),
                    "output_tokens": .integer(0),
                ])
        }
        func bill(_ amount: Int64, _ more: [String: EventValue]) {
            sample.add(
                "cost.recorded", at: 3_000,
                more.merging(["category": .text("compute"), "amount_usd": .integer(amount)]) { $1 })
        }
        let milli: Int64 = 1_000_000_000
        let times: [String: EventValue] = [
            "period_start": .integer(SampleStore.start), "period_end": .integer(SampleStore.start + 1_000_000_000_000),
        ]
        // Two bills of one vendor for one time are compared together; capitals are the same.
        bill(2 * milli, times.merging(["vendor": .text("Maker"), "invoice_id": .text("R-1")]) { $1 })
        bill(milli, times.merging(["vendor": .text("Maker"), "invoice_id": .text("R-2")]) { $1 })
        bill(7 * milli, times.merging(["vendor": .text("landlord")]) { $1 })
        bill(5 * milli, ["vendor": .text("maker"), "invoice_id": .text("R-3")])
        bill(9 * milli, [:])
        let report = try sample.runner().report(.cost, ReportRequest())
        let section = try #require(report.section("invoices"))
        let names = [
            "vendor", "invoice_id", "records", "invoiced_usd", "calls", "booked_usd", "booked_low_usd",
            "booked_high_usd",
        ]
        let rows = section.rows.indices.map { row in (names + ["difference_usd"]).map { section.value($0, row: row) } }
        let (none, unit) = (ReportValue.none, Int128(milli))
        let expected: [[ReportValue?]] = [
            [
                .text("Maker"), .text("R-1, R-2"), .count(2), .usd(3 * unit), .count(3), .usd(2 * unit), .usd(2 * unit),
                .unknown,
                .usd(unit),
            ],
            [.text("landlord"), none, .count(1), .usd(7 * unit), .count(0), none, none, none, none],
            [.text("maker"), .text("R-3"), .count(1), .usd(5 * unit), none, none, none, none, none],
        ]
        #expect(rows == expected)
        // They are in the sum of what was recorded all the same, and in no figure of calls.
        #expect(report.section("other_costs")?.value("cost_usd", row: 1) == .usd(24 * unit))
        // Bills of whoever answered are the same money as the calls: in the total is what the others cost.
        #expect(report.section("other_costs")?.value("in_total_usd", row: 1) == .usd(16 * unit))
        #expect(report.section("all_costs")?.value("cost_low_usd", row: 1) == .usd(16 * unit))
        #expect(report.section("total")?.value("calls", row: 0) == .count(4))
    }

    /// What is the same money as calls is told by the time that a bill is for, whatever other bills and the report are
    /// of: so it is in the total of all reports or in none.
    @Test func aBillIsComparedWithTheCallsOfItsOwnTime() throws {
        var sample = try SampleStore()
        sample.add("llm.call", at: 10, ["provider": .text("maker"), "request_model": .text("big")])
        let second: Int64 = 1_000_000_000
        func bill(_ vendor: String, _ amount: Int64, from start: Int64, to end: Int64) {
            sample.add(
                "cost.recorded", at: 3_100,
                [
                    "category": .text("compute"), "amount_usd": .integer(amount), "vendor": .text(vendor),
                    "period_start": .integer(SampleStore.start + start * second),
                    "period_end": .integer(SampleStore.start + end * second),
                ])
        }
        func inTotal(_ request: ReportRequest) throws -> ReportValue? {
            try sample.runner().report(.cost, request).section("all_costs")?.value("cost_usd", row: 1)
        }
        let ofIts = ReportRequest(
            from: SampleStore.start + 2_000 * second, to: SampleStore.start + 3_000 * second)
        bill("maker", 7, from: 0, to: 1_000)
        bill("Maker", 500, from: 2_000, to: 3_000)
        #expect(try inTotal(ReportRequest()) == .usd(500))
        #expect(try inTotal(ofIts) == .usd(500))
        bill("landlord", 4_000, from: 0, to: 3_200)
        #expect(try inTotal(ReportRequest()) == .usd(4_500))
        #expect(try inTotal(ofIts) == .usd(500 + 1_250))
    }
}
