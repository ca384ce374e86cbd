import Domain
import EventStores
import Reports
import Testing

@Suite struct FigureTests {
    @Test func quotientsAreRoundedHalfUpToSixDigits() {
        let cases: [(Int128, Int128, String)] = [
            (1, 3, "0.333333"), (2, 3, "0.666667"), (1, 1, "1"), (0, 7, "0"), (-1, 3, "-0.333333"),
            (1_234_567, 1, "1234567"),
            (12_345_675, 100, "123457"), (1, 3_000_000, "0.000000333333"), (999_999_999, 1_000_000_000, "1"),
            (5, 2, "2.5"),
            (-595, 1, "-595"), (123_456_500, 1_000_000, "123.457"),
        ]
        for (numerator, denominator, text) in cases {
            #expect(QuotientText.significant(numerator, denominator) == text)
        }
        #expect(QuotientText.fixed(9_999, 1_000, decimals: 2) == "10.00")
        #expect(QuotientText.fixed(-1, 1_000, decimals: 2) == "0.00")
    }

    /// An amount that six decimals would show as nothing has two digits that count.
    @Test func whatIsSomethingIsNotShownAsNothing() throws {
        var sample = try SampleStore()
        sample.add("tool.call", at: 1, ["tool": .text("lookup"), "cost_usd": .integer(1_250)])
        let text = try sample.runner().report(.cost, ReportRequest()).rendered(.table)
        #expect(text.contains("$0.0000000013"), "\(text)")
        sample.add("tool.call", at: 2, ["tool": .text("lookup"), "cost_usd": .integer(1_000_000)])
        let more = try sample.runner().report(.cost, ReportRequest()).rendered(.table)
        #expect(more.contains("$0.000001") && !more.contains("$0.0000010"), "\(more)")
    }

    /// What one costs is exact where it ends within twelve decimals.
    @Test func moneyQuotientsAreExactAsFarAsTheyEnd() {
        let pico: Int128 = 1_000_000_000_000
        let cases: [(Int128, Int128, String)] = [
            (1_234_567_891_000_000_000, 1, "1234567.891"), (2_500_750_000_000, 4, "0.6251875"),
            (1, 1, "0.000000000001"),
            (1, 3, "0"), (2, 3, "0.000000000001"), (-pico, 3, "-0.333333333333"), (0, 7, "0"), (20 * pico, 1, "20"),
        ]
        for (picoUSD, count, text) in cases {
            #expect(QuotientText.trimmed(picoUSD, count * pico, decimals: 12) == text)
        }
    }

    /// Values of the interval without continuity correction, as R's `prop.test(…, correct = FALSE)` gives them.
    @Test func wilsonIntervalsAreTheKnownOnes() throws {
        let cases: [(Int64, Int64, Double, Double)] = [
            (8, 10, 0.490162, 0.943318), (0, 10, 0, 0.277533), (10, 10, 0.722467, 1), (50, 100, 0.403832, 0.596168),
            (1, 2, 0.094529, 0.905471),
        ]
        for (part, whole, low, high) in cases {
            let interval = try #require(WilsonInterval(part: part, whole: whole))
            #expect(abs(interval.low - low) < 5e-6 && abs(interval.high - high) < 5e-6, "\(part)/\(whole): \(interval)")
        }
        #expect(WilsonInterval(part: 0, whole: 0) == nil)
    }

    @Test func timesAreReadAsWritten() throws {
        let now: Int64 = 1_785_574_800_000_000_000
        #expect(try PeriodText.parse("now", now: now) == now)
        #expect(try PeriodText.parse("now-7d", now: now) == now - 7 * 86_400_000_000_000)
        #expect(try PeriodText.parse("now-1h", now: now) == now - 3_600_000_000_000)
        #expect(try PeriodText.parse("2026-08-01", now: now) == now - 9 * 3_600_000_000_000)
        #expect(try PeriodText.parse("2026-08-01T09:00:00Z", now: now) == now)
        let seconds: [(text: String, time: Int64)] = [
            ("1785574800", now), ("1785574800.0", now), ("1785574800.250", now + 250_000_000),
            ("1785574800.000000001", now + 1), ("100000000", 100_000_000_000_000_000),
            ("9223372036.854775807", .max),
        ]
        for (text, time) in seconds { #expect(try PeriodText.parse(text, now: now) == time, "\(text)") }
        let others = [
            "", "now-", "now-5", "now/", "now/x", "now-5j", "now-99999999999999d", "yesterday", "2026-02-30",
            // Milliseconds are no seconds, and nothing is rounded.
            "1785574800000", "1785574800.0000000001", "1785574800.", ".5", "0x10", "1785574800 ",
            // A day or a year, written otherwise.
            "20260801", "2026", "0", "-1.5",
        ]
        for text in others {
            #expect(throws: ReportError.self, "\(text)") { try PeriodText.parse(text, now: now) }
        }
    }

    /// Where a month would begin before the first time that there is, it begins there.
    @Test func periodsBeginWithTimeItself() throws {
        var sample = try SampleStore.filled()
        let runner = try sample.runner()
        for kind in ReportKind.allCases {
            let basis = try runner.report(kind, ReportRequest(to: .min + 86_400_000_000_000)).basis
            #expect(basis.from == .min && basis.to == .min + 86_400_000_000_000)
        }
        #expect(try runner.status(to: .min + 1_000_000_000).basis.from == .min)
        #expect(try runner.doctor(to: .min + 1_000_000_000).basis.from == .min)
    }

    @Test func datesBeginAtTheMidnightOfTheirZone() throws {
        let request = try ReportRequest(
            kind: .cost, from: "2026-03-29", to: "2026-03-30", by: [], rule: nil, timeZone: "Europe/Berlin", now: 0)
        // The day on which clocks go ahead has 23 hours.
        #expect(try #require(request.from) == 1_774_738_800_000_000_000)
        #expect(try #require(request.to) - (try #require(request.from)) == 23 * 3_600_000_000_000)
    }

    @Test func requestsNameWhatIsKnown() throws {
        func request(_ kind: ReportKind, by: [String] = [], rule: String? = nil, timeZone: String? = nil) throws
            -> ReportRequest
        {
            try ReportRequest(
                kind: kind, from: "now-1d", to: nil, by: by, rule: rule, timeZone: timeZone,
                now: 1_785_574_800_000_000_000)
        }
        let good = try request(.outcomes, by: ["topic"], rule: "zendesk-2026")
        #expect(good.by == [.topic] && good.rule == .zendesk2026)
        #expect(try request(.cost, by: ["month,team", "model"]).by == [.month, .team, .model])
        for by in [["purpose"], ["channel", "purpose"], ["channel,"], [""], ["model", "model"], ["Model"]] {
            #expect(throws: ReportError.self, "\(by)") { try request(.sla, by: by) }
        }
        do {
            _ = try request(.sla, by: ["month,purpose"])
        } catch let error as ReportError {
            #expect(error.message.contains("purpose") && error.hint.contains("month, week, day, hour"))
        }
        #expect(throws: ReportError.self) { try request(.sla, rule: "mine") }
        #expect(throws: ReportError.self) { try request(.sla, timeZone: "Europe/Nowhere") }
    }
}
