import Bytes
import Domain
import Testing

/// Budgets are whole numbers, and rates are compared without a quotient.
@Suite struct ErrorBudgetTests {
    private func budget(_ total: Int64, _ bad: Int64, allowed: Int64 = 1_000) -> ErrorBudget {
        ErrorBudget(total: total, bad: bad, allowed: allowed)
    }

    @Test func aBudgetIsUsedUpAtItsBoundAndOverspentBeyond() {
        #expect(budget(5_000, 5).leftMillionths == 0 && !budget(5_000, 5).isOverspent)
        #expect(budget(4_999, 5).leftMillionths == -1_000 && budget(4_999, 5).isOverspent)
        #expect(budget(.max, 0).leftMillionths == Int128(Int64.max) * 1_000)
        #expect(budget(0, 0).state(isBurning: false) == .noData)
        #expect(budget(5_000, 5).state(isBurning: false) == .met && budget(5_000, 5).state(isBurning: true) == .atRisk)
        // Four failures at night overspend a budget, but breach nothing yet.
        #expect(budget(40, 4).state(isBurning: false) == .atRisk && budget(40, 5).state(isBurning: false) == .breached)
    }

    @Test func ratesFollowFromTheWindow() {
        let month = BurnRule.all(window: .rolling(30 * Nanoseconds.day), allowed: 1_000)
        #expect(month.map(\.tenThousandths) == [144_000, 60_000, 30_000, 10_000])
        #expect(month.map(\.longMinutes) == [60, 360, 1440, 4320] && month.map(\.shortMinutes) == [5, 30, 120, 360])
        #expect(month.map(\.isFast) == [true, true, false, false])
        // Of a week three days are more than a tenth, and no window of days burns faster than allowed.
        let week = BurnRule.all(window: .rolling(7 * Nanoseconds.day), allowed: 1_000)
        #expect(week.map(\.tenThousandths) == [33_600, 14_000])
        // Half may be bad: 1 times is all that can be exceeded.
        let lax = BurnRule.all(window: .rolling(30 * Nanoseconds.day), allowed: 500_000)
        #expect(lax.map(\.tenThousandths) == [10_000])
        #expect(BurnRule.text(minutes: 5) == "5m" && BurnRule.text(minutes: 360) == "6h")
        #expect(BurnRule.text(minutes: 4320) == "3d")
    }

    @Test func aRuleFiresAboveItsRateInBothWindowsAndWithEnoughBadOnes() throws {
        let rule = try #require(BurnRule.all(window: .rolling(30 * Nanoseconds.day), allowed: 1_000).first)
        // 14.4 × 0.1 % of 10,000 are 144.
        #expect(!rule.isExceeded(budget(10_000, 144)) && rule.isExceeded(budget(10_000, 145)))
        #expect(rule.fires(long: budget(10_000, 145), short: budget(100, 2)))
        #expect(!rule.fires(long: budget(10_000, 145), short: budget(100, 1)))
        #expect(!rule.fires(long: budget(10_000, 144), short: budget(100, 2)))
        #expect(!rule.fires(long: budget(4, 4), short: budget(4, 4)))
        #expect(rule.fires(long: budget(5, 5), short: budget(5, 5)))
        #expect(!rule.fires(long: budget(5, 5), short: budget(0, 0)))
    }
}
