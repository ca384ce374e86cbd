import Bytes
import Domain
import Reports
import Testing

/// Error budgets against a count by hand, over windows that roll and windows of the calendar.
@Suite struct BudgetTests {
    private static let hour = Nanoseconds.hour

    private func objective(
        _ name: ExactText, _ indicator: ServiceLevelIndicator, target: Int64 = 999_000, _ window: BudgetWindow
    ) -> ServiceLevelObjective {
        ServiceLevelObjective(name: name, title: name, indicator: indicator, target: target, window: window)
    }

    // MARK: Against a count by hand

    private struct Turn {
        var at: Double
        var answerAfter: Double?
        var isError: Bool
        var channel: String

        var isGood: Bool { !isError && (answerAfter ?? 100) <= 30 }
        var judgedAt: Double { at + min(answerAfter ?? 30, 30) }
    }

    /// Questions of three days before now, but for the last minutes: none is pending.
    private static func turns(now: Double) -> [Turn] {
        var state: UInt64 = 17
        func next(_ count: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % count
        }
        return (0..<400).map { _ in
            let choice = next(20)
            return Turn(
                at: Double(next(UInt64(now) - 300)),
                answerAfter: choice == 0 ? nil : choice == 1 ? 31 : Double(next(8)) + 0.5,
                isError: choice == 2 || choice == 3, channel: ["chat", "web", "email"][Int(next(3))])
        }
    }

    @Test func whatCountsIsWhatACountByHandFinds() throws {
        let now: Double = 3 * 86_400 + 1_800
        var sample = try SampleStore(nowSeconds: Int64(now))
        let turns = Self.turns(now: now)
        for (index, turn) in turns.enumerated() {
            sample.addTurn(
                "c\(index)", 1, at: turn.at, answerAfter: turn.answerAfter, status: turn.isError ? "error" : "ok",
                channel: turn.channel)
        }
        let days = [2.0, 1.0, 3.0, 3.0]
        let chats = [LabelCondition(.channel, values: [Array("chat".utf8), Array("web".utf8)])]
        let others = [LabelCondition(.channel, values: [Array("chat".utf8)], isExcluded: true)]
        let indicators = [
            ServiceLevelIndicator(.questions), ServiceLevelIndicator(.answers, labels: chats),
            ServiceLevelIndicator(.answerDuration(within: 5_500_000_000), labels: others),
            ServiceLevelIndicator(.firstToken(within: 400_000_000)),
        ]
        let objectives = zip(indicators, days).enumerated().map { index, pair in
            objective(ExactText("slo-\(index)"), pair.0, .rolling(Int64(pair.1) * Nanoseconds.day))
        }
        /// What counts of a turn, when, and whether it is bad; nil where it does not.
        func counted(_ turn: Turn, _ index: Int) -> (at: Double, isBad: Bool)? {
            if index == 0 { return (turn.at, !turn.isGood) }
            guard let after = turn.answerAfter else { return nil }
            switch index {
            case 1: return turn.channel == "email" ? nil : (turn.at + after, turn.isError)
            case 2: return turn.channel == "chat" ? nil : (turn.at + after, after > 5.5)
            default: return (turn.at + after, false)
            }
        }
        func count(_ index: Int, hours: Double, ofSpan: Bool = false) -> (total: Int, bad: Int) {
            let of = turns.compactMap { turn -> (at: Double, isBad: Bool)? in
                guard ofSpan, index == 0 else { return counted(turn, index) }
                return (turn.judgedAt, !turn.isGood)
            }.filter { $0.at >= now - hours * 3600 && $0.at < now }
            return (of.count, of.count { $0.isBad })
        }
        let report = try sample.runner().budgets(of: objectives)
        let budgets = try #require(report.section("budgets"))
        let rates = try #require(report.section("burn_rates"))
        for index in objectives.indices {
            let expected = count(index, hours: days[index] * 24)
            #expect(expected.total > 50 && (index == 3 || expected.bad > 0))
            #expect(budgets.value("events", row: index) == .count(Int128(expected.total)), "\(index)")
            #expect(budgets.value("bad", row: index) == .count(Int128(expected.bad)), "\(index)")
            for (place, hours) in [1.0, 6, 24, 72].enumerated() {
                let span = count(index, hours: hours, ofSpan: true)
                let row = 4 * index + place
                #expect(rates.value("events", row: row) == .count(Int128(span.total)), "\(index) \(hours)")
                #expect(rates.value("bad", row: row) == .count(Int128(span.bad)), "\(index) \(hours)")
            }
        }
        // The channel that burned most of the first budget, with all that is its own.
        let window = turns.filter { $0.at >= now - 48 * 3600 }
        let byChannel = ["chat", "email", "web"].map { name in
            let own = window.filter { $0.channel == name }
            return (name: name, bad: own.count { !$0.isGood }, all: own.count)
        }
        let most = try #require(byChannel.max { ($0.bad, $1.name) < ($1.bad, $0.name) })
        let burners = try #require(report.section("burners"))
        let row = try #require(
            burners.rows.indices.first {
                burners.value("slo", row: $0) == .text("slo-0") && burners.value("by", row: $0) == .text("channel")
            })
        #expect(burners.value("value", row: row) == .text(most.name))
        #expect(burners.value("bad", row: row) == .count(Int128(most.bad)))
        #expect(burners.value("events", row: row) == .count(Int128(most.all)))
    }

    // MARK: Figures

    @Test func aBudgetIsToldInWholeNumbers() throws {
        var sample = try SampleStore()
        for index in 0..<8 { sample.addTurn("c\(index)", 1, at: Double(index) * 60) }
        sample.addTurn("late", 1, at: 600, answerAfter: 31)
        sample.addTurn("none", 1, at: 900, answerAfter: nil)
        let report = try sample.runner().budgets(of: [
            objective("availability", ServiceLevelIndicator(.questions), .rolling(30 * Nanoseconds.day))
        ])
        let budgets = try #require(report.section("budgets"))
        #expect(budgets.value("events", row: 0) == .count(10) && budgets.value("bad", row: 0) == .count(2))
        #expect(budgets.value("good", row: 0) == .share(part: 8, whole: 10))
        #expect(budgets.value("allowed", row: 0) == .text("0.01") && budgets.value("left", row: 0) == .text("-1.99"))
        #expect(budgets.value("budget_left", row: 0) == .share(part: -1_990_000, whole: 10_000))
        // Two at night breach nothing.
        #expect(budgets.value("state", row: 0) == .budgetState(.atRisk))
        #expect(budgets.value("remark", row: 0) == .text("too few to judge"))
        let rates = try #require(report.section("burn_rates"))
        #expect(rates.value("burn_rate", row: 0) == .text("200") && rates.value("rule", row: 0) == .text("quiet"))
        #expect(rates.value("fires_above", row: 0) == .text("14.4"))
        let coverage = try #require(report.section("coverage"))
        #expect(coverage.value("hours", row: 0) == .count(720))
        #expect(coverage.value("coverage", row: 0) == .share(part: 1, whole: 720))
        let burners = try #require(report.section("burners"))
        let named = burners.rows.indices.filter { burners.value("by", row: $0) == .text("conversation_id") }
        #expect(named.map { burners.value("value", row: $0) } == [.text("late"), .text("none")])
    }

    @Test func theServiceLevelReportHasTheSameFigures() throws {
        var sample = try SampleStore.filled()
        let runner = try sample.runner()
        let report = try runner.report(.sla, ReportRequest(by: []))
        let shown = try #require(report.section("service_level_objectives"))
        let status = try runner.budgets()
        let (budgets, coverage) = (try #require(status.section("budgets")), try #require(status.section("coverage")))
        let levels = try #require(report.section("objectives"))
        #expect(shown.rows.count == 7 && budgets.rows.count == 7)
        for row in shown.rows.indices {
            for column in ["slo", "target", "good", "events", "bad", "allowed", "left", "budget_left"] {
                #expect(shown.value(column, row: row) == budgets.value(column, row: row), "\(column) \(row)")
            }
            #expect(shown.value("coverage", row: row) == coverage.value("coverage", row: row))
            // One figure, wherever it stands.
            #expect(levels.value("budget_left", row: row) == shown.value("budget_left", row: row), "\(row)")
        }
        let csv = try report.rendered(.csv, section: "service_level_objectives")
        #expect(csv.contains("answer-p95,0.95,0.75,4,1,0.2,"))
    }

    /// Windows of burn rates count a question when a counter does: at its answer in time, or when its limit passes.
    @Test func spansCountQuestionsWhenTheyAreJudged() throws {
        var sample = try SampleStore(nowSeconds: 7200)
        // Judged 10 s into the last hour, good; 25 s into it, bad; 5 s before it.
        sample.addTurn("good", 1, at: 3590, answerAfter: 20)
        sample.addTurn("never", 1, at: 3595, answerAfter: nil)
        sample.addTurn("before", 1, at: 3565, answerAfter: 31)
        // An error is one at once; who waits still is not judged.
        sample.addTurn("error", 1, at: 7190, answerAfter: 4, status: "error")
        sample.addTurn("waits", 1, at: 7180, answerAfter: nil)
        let report = try sample.runner().budgets(of: [
            objective("availability", ServiceLevelIndicator(.questions), .rolling(30 * Nanoseconds.day))
        ])
        let (budgets, rates) = (try #require(report.section("budgets")), try #require(report.section("burn_rates")))
        #expect((0..<2).map { rates.value("events", row: $0) } == [.count(3), .count(4)])
        #expect((0..<2).map { rates.value("bad", row: $0) } == [.count(2), .count(3)])
        // By when they were asked, those whose time is up.
        #expect(budgets.value("events", row: 0) == .count(3) && budgets.value("bad", row: 0) == .count(2))
    }

    /// Five failures within minutes of each other breach, and the fast rule fires.
    @Test func whatBurnsFastFires() throws {
        var sample = try SampleStore()
        for index in 0..<5 { sample.addTurn("c\(index)", 1, at: 3_400 + Double(index), status: "error") }
        let report = try sample.runner().budgets()
        let budgets = try #require(report.section("budgets"))
        let row = try #require(
            budgets.rows.indices.first { budgets.value("slo", row: $0) == .text("availability") })
        #expect(budgets.value("state", row: row) == .budgetState(.breached))
        #expect(budgets.value("remark", row: row) == .text("burns fast"))
        // A budget has no alert limit, which the service level table names by these words.
        let table = try report.rendered(.table, section: "budgets")
        #expect(table.contains("✗ overspent") && !table.contains("alert limit"), "\(table)")
        #expect(try report.rendered(.csv, section: "budgets").contains(",breached,"))
        #expect(budgets.rows.count == ObjectiveSet.builtIn.objectives.count)
        let satisfaction = try #require(
            budgets.rows.indices.first { budgets.value("slo", row: $0) == .text("satisfaction") })
        #expect(budgets.value("state", row: satisfaction) == .budgetState(.noData))
        #expect(budgets.value("good", row: satisfaction) == ReportValue.none)
    }

    /// Where no bucket ends at a bound nothing in Prometheus would fire, so that no row says it; what is counted stays.
    @Test(arguments: [(Int64(2_700_000_000), false), (3_000_000_000, true)])
    func whatNoRuleFollowsFromFiresNowhere(_ bound: Int64, _ hasRules: Bool) throws {
        var sample = try SampleStore()
        for index in 0..<20 { sample.addTurn("c\(index)", 1, at: 3_400 + Double(index), answerAfter: 4) }
        let report = try sample.runner().budgets(of: [
            objective("slow", ServiceLevelIndicator(.answerDuration(within: bound)), .rolling(30 * Nanoseconds.day))
        ])
        let (budgets, rates) = (try #require(report.section("budgets")), try #require(report.section("burn_rates")))
        #expect(budgets.value("events", row: 0) == .count(20) && budgets.value("bad", row: 0) == .count(20))
        #expect(budgets.value("state", row: 0) == .budgetState(.breached))
        #expect(budgets.value("remark", row: 0) == .text(hasRules ? "burns fast" : "no rule follows"))
        let rules = rates.rows.indices.map { rates.value("rule", row: $0) }
        #expect(rules == [ReportValue?](repeating: hasRules ? .text("fires") : ReportValue.none, count: 4))
        #expect(rates.value("burn_rate", row: 0) == .text("1000"))
        let said = report.rendered(.json).contains(
            "no rule follows: no bucket of /metrics ends at 2.7 s, the nearest at 2 s and 3 s")
        #expect(said != hasRules)
    }

    /// Of what an answer costs slices of time are counted, from the beginning of the window on.
    @Test func hoursOfCostAreCountedOneByOne() throws {
        var sample = try SampleStore(nowSeconds: 3 * 3600)
        sample.addPrice("big", "input", picoPerToken: 2_000_000)
        sample.addPrice("big", "output", picoPerToken: 10_000_000)
        sample.addPrice("big", "cache_read", picoPerToken: 2_000_000)
        // 1000 × $0.000002 + 100 × $0.00001 = $0.003 each; two calls in the second hour, and nothing in the third.
        sample.addTurn("c1", 1, at: 10)
        sample.addTurn("c2", 1, at: 3700)
        sample.addTurn("c3", 1, at: 3800, answerAfter: nil)
        func bad(atMost picoUSD: Int64) throws -> [ReportValue?] {
            let indicator = ServiceLevelIndicator(.costPerAnswer(atMost: picoUSD, slice: Self.hour))
            let report = try sample.runner().budgets(of: [
                objective("cost", indicator, target: 500_000, .rolling(3 * Self.hour))
            ])
            let budgets = try #require(report.section("budgets"))
            return [budgets.value("events", row: 0), budgets.value("bad", row: 0)]
        }
        #expect(try bad(atMost: 3_000_000_000) == [.count(2), .count(1)])
        #expect(try bad(atMost: 6_000_000_000) == [.count(2), .count(0)])
        #expect(try bad(atMost: 2_999_999_999) == [.count(2), .count(2)])
    }

    /// Each end has the figures that the report has there, in the order in which they are asked for.
    @Test func aHistoryHasTheFiguresOfEachEnd() throws {
        var sample = try SampleStore.filled()
        let runner = try sample.runner()
        let ends = [900, 3600, 1800].map { SampleStore.start + $0 * Nanoseconds.second }
        let told = try #require(try runner.budgetHistory(endingAt: ends, timeZone: "Asia/Kolkata").section("history"))
        var row = 0
        for end in ends {
            let budgets = try #require(try runner.budgets(to: end).section("budgets"))
            for place in budgets.rows.indices {
                #expect(told.value("window_end", row: row) == .time(end))
                for column in ["slo", "target", "good", "events", "bad", "allowed", "left", "budget_left"] {
                    #expect(told.value(column, row: row) == budgets.value(column, row: place), "\(column) at \(row)")
                }
                row += 1
            }
        }
        #expect(told.rows.count == row && row == 21)
        #expect(told.rows.indices.contains { told.value("events", row: $0) != .count(0) })
        #expect(try runner.budgetHistory(endingAt: []).section("history")?.rows == [])
        let most = ReportRunner.budgetEndsMax
        #expect(throws: ReportError.self) {
            try runner.budgetHistory(endingAt: [Int64](repeating: ends[0], count: most + 1))
        }
    }

    /// What has no price is judged as the report of service levels judges it: at risk where its price decides.
    @Test func whatHasNoPricePutsBothAtRisk() throws {
        func standing(withUnpriced: Bool) throws -> [ReportValue?] {
            var sample = try SampleStore()
            for tokenClass in ["input", "output", "cache_read"] {
                sample.addPrice("big", tokenClass, picoPerToken: 1)
            }
            sample.addTurn("c1", 1, at: 0)
            if withUnpriced { sample.addTurn("c2", 1, at: 10, model: "nobody") }
            let runner = try sample.runner()
            let levels = try #require(try runner.report(.sla, ReportRequest()).section("objectives"))
            let budgets = try #require(try runner.budgets().section("budgets"))
            return [levels.value("verdict", row: 4)]
                + ["slo", "bad", "state", "remark"].map { budgets.value($0, row: 4) }
        }
        #expect(
            try standing(withUnpriced: false) == [
                .state(.met), .text("cost-per-answer"), .count(0), .budgetState(.met), .text("no rule follows"),
            ])
        #expect(
            try standing(withUnpriced: true) == [
                .state(.atRisk), .text("cost-per-answer"), .count(0), .budgetState(.atRisk),
                .text("calls without a price decide: 1 in doubt"),
            ])
    }

    /// By the calendar a window has just begun where a span that ends with it began long before.
    @Test func slicesOfASpanMayLieBeforeTheWindow() throws {
        var sample = try SampleStore(nowSeconds: 3 * 3600)
        sample.addPrice("big", "input", picoPerToken: 2_000_000)
        sample.addPrice("big", "output", picoPerToken: 10_000_000)
        sample.addPrice("big", "cache_read", picoPerToken: 2_000_000)
        // $0.003 each at 9:00, 10:01, 10:03 and 11:01; the third is answered by nobody.
        sample.addTurn("c1", 1, at: 10)
        sample.addTurn("c2", 1, at: 3700)
        sample.addTurn("c3", 1, at: 3800, answerAfter: nil)
        sample.addTurn("c4", 1, at: 7300)
        let days = CalendarWindow(start: Self.midnight + 11 * Self.hour, months: 0, days: 1, zone: "UTC")
        let indicator = ServiceLevelIndicator(.costPerAnswer(atMost: 3_000_000_000, slice: Self.hour))
        let report = try sample.runner().budgets(of: [
            objective("cost", indicator, target: 500_000, .calendar(days))
        ])
        let (budgets, rates) = (try #require(report.section("budgets")), try #require(report.section("burn_rates")))
        #expect(budgets.value("events", row: 0) == .count(1) && budgets.value("bad", row: 0) == .count(0))
        // Of the last hour, of 6, of 24 and of 72.
        #expect((0..<4).map { rates.value("events", row: $0) } == [.count(1), .count(3), .count(3), .count(3)])
        #expect((0..<4).map { rates.value("bad", row: $0) } == [.count(0), .count(1), .count(1), .count(1)])
    }

    // MARK: Windows

    /// 2026-01-01T00:00:00Z
    private static let midnight: Int64 = 1_767_225_600_000_000_000

    private func window(_ window: CalendarWindow, to: String) throws -> [ReportValue?] {
        var sample = try SampleStore()
        let report = try sample.runner().budgets(
            of: [objective("x", ServiceLevelIndicator(.answers), .calendar(window))],
            to: try PeriodText.parse(to, now: 0))
        let coverage = try #require(report.section("coverage"))
        return ["from", "ends", "hours"].map { coverage.value($0, row: 0) }
    }

    private func time(_ text: String) throws -> ReportValue { .time(try PeriodText.parse(text, now: 0)) }

    @Test(arguments: [
        // A day of 25 hours and one of 23.
        (0, 1, "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 14),
        (0, 1, "2026-10-25T23:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25),
        (0, 1, "2026-03-29T22:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23),
        (0, 1, "2026-03-29T22:00:00.000000001Z", "2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z", 1),
        // Months and quarters begin by the clock, whatever its offset.
        (1, 0, "2026-10-25T12:00:00Z", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z", 590),
        (3, 0, "2026-05-01T00:00:00Z", "2026-03-31T22:00:00Z", "2026-06-30T22:00:00Z", 722),
        // Before the first one windows go on backwards.
        (1, 0, "2025-12-31T12:00:00Z", "2025-11-30T23:00:00Z", "2025-12-31T23:00:00Z", 733),
    ])
    func windowsOfTheCalendarFollowTheClock(
        _ months: Int, _ days: Int, _ to: String, _ from: String, _ ends: String, _ hours: Int
    ) throws {
        let calendar = CalendarWindow(
            start: Self.midnight, months: Int64(months), days: Int64(days), zone: "Europe/Berlin")
        #expect(try window(calendar, to: to) == [try time(from), try time(ends), .count(Int128(hours))])
    }

    @Test func aMonthFromThe31stBeginsOnTheLastDayOfAShorterOne() throws {
        let start = Self.midnight + 30 * Nanoseconds.day
        let calendar = CalendarWindow(start: start, months: 1, days: 0, zone: "UTC")
        #expect(
            try window(calendar, to: "2026-03-01T00:00:00Z") == [
                try time("2026-02-28T00:00:00Z"), try time("2026-03-31T00:00:00Z"), .count(24),
            ])
    }

    @Test func aZoneThatDoesNotExistIsRefused() throws {
        let calendar = CalendarWindow(start: Self.midnight, months: 1, days: 0, zone: "Europe/Atlantis")
        #expect(throws: ReportError.self) { try window(calendar, to: "2026-03-01T00:00:00Z") }
    }
}
