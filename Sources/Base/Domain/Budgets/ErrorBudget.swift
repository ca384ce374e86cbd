/// How much of what may go wrong has gone wrong, in whole numbers.
package struct ErrorBudget: Hashable, Sendable {
    /// Fewer bad ones breach no promise: a handful of questions at night would.
    package static let badMin: Int64 = 5

    /// All that count.
    package let total: Int64
    /// The bad ones among them.
    package let bad: Int64
    /// The share of bad ones that is allowed, in parts per million.
    package let allowed: Int64

    /// - Precondition: 0 <= bad <= total; allowed within 1...999,999.
    package init(total: Int64, bad: Int64, allowed: Int64) {
        precondition(bad >= 0 && bad <= total && (1...999_999).contains(allowed), "a budget is of what counts")
        (self.total, self.bad, self.allowed) = (total, bad, allowed)
    }

    /// How many bad ones are allowed, in millionths of one.
    package var millionths: Int128 { Int128(total) * Int128(allowed) }
    /// How many more are allowed, in millionths of one; below 0: overspent.
    package var leftMillionths: Int128 { millionths - Int128(bad) * 1_000_000 }
    /// Whether more went wrong than is allowed.
    package var isOverspent: Bool { leftMillionths < 0 }

    /// How it stands: without any that counts there is no data, and of a few bad ones nobody can say more than that
    /// something is at risk.
    /// - Parameter isBurning: whether a rule says that it goes too fast.
    package func state(isBurning: Bool) -> ObjectiveState {
        if total == 0 { return .noData }
        if isOverspent { return bad >= Self.badMin ? .breached : .atRisk }
        return isBurning ? .atRisk : .met
    }
}

/// When a budget burns too fast: over a long window, and over a short one as well, so that it ends soon after the
/// trouble (Google's "Site Reliability Workbook", chapter 5, alerting on several windows and burn rates).
package struct BurnRule: Hashable, Sendable {
    /// The long window and the short one, in minutes.
    package let longMinutes, shortMinutes: Int64
    /// How many times faster than allowed, in ten-thousandths.
    package let tenThousandths: Int64
    /// So many bad ones at least in the long window, so that a few at night wake nobody.
    package let badMin: Int64
    /// Whether somebody is to be woken.
    package let isFast: Bool

    /// Those of a window: 2 % of the budget in an hour, 5 % in six, 10 % in a day and in three, which is 14.4, 6, 3 and
    /// 1 times the allowed rate over 30 days. Left out is what would be slower than allowed, and what would need more
    /// bad ones than there are.
    package static func all(window: BudgetWindow, allowed: Int64) -> [BurnRule] {
        let pairs: [(percent: Int64, long: Int64, short: Int64, bad: Int64, isFast: Bool)] = [
            (2, 60, 5, ErrorBudget.badMin, true), (5, 360, 30, 10, true), (10, 1440, 120, 15, false),
            (10, 4320, 360, 20, false),
        ]
        let minutes = window.nominalNanoseconds / 60_000_000_000
        return pairs.compactMap { pair in
            let rate = pair.percent * 100 * minutes / pair.long
            let isReachable = Int128(rate) * Int128(allowed) < 10_000 * 1_000_000
            guard rate >= 10_000, isReachable else { return nil }
            return BurnRule(
                longMinutes: pair.long, shortMinutes: pair.short, tenThousandths: rate, badMin: pair.bad,
                isFast: pair.isFast)
        }
    }

    // tests: the bound itself is tried.
    /// Whether a window burns faster than the rule allows.
    package func isExceeded(_ budget: ErrorBudget) -> Bool {
        Int128(budget.bad) * 10_000 * 1_000_000 > budget.millionths * Int128(tenThousandths)
    }

    /// Whether the rule fires: both windows burn, and enough went wrong.
    package func fires(long: ErrorBudget, short: ErrorBudget) -> Bool {
        long.bad >= badMin && isExceeded(long) && isExceeded(short)
    }

    /// `1h`, as rules write a window.
    package static func text(minutes: Int64) -> String {
        minutes % 1440 == 0 ? "\(minutes / 1440)d" : minutes % 60 == 0 ? "\(minutes / 60)h" : "\(minutes)m"
    }
}
