import Bytes
import Domain
import Execution

/// What may be spent in a day, week, month, quarter or year, as `budget.set` says of everything, and what was spent of
/// it since that span began.
struct SetBudgets {
    let runner: ReportRunner
    let period: ReportPeriod
    let clock: WallClock

    /// The words of `budget.set` for spans, as ``TimeReader`` calls them.
    private static let units = [("day", "d"), ("week", "w"), ("month", "M"), ("quarter", "Q"), ("year", "y")]

    /// A row a span of which a budget was set; nil where none was. Budgets are of everything: a report of some rows has
    /// none.
    func section() throws -> ReportSection? {
        guard runner.filter == nil else { return nil }
        let reader = TimeReader(clock: clock, now: period.to)
        var rows: [[ReportValue]] = []
        for (name, unit) in Self.units {
            let found = try runner.rows(
                "select amount_usd from budget_set where amount_usd is not null and period = '\(name)' "
                    + "and coalesce(scope, 'total') = 'total' and time < \(SQLTexts.time(period.to)) "
                    + "order by time desc, position desc limit 1")
            guard let amount = found.first?.optionalPicoUSD(0),
                let start = reader.rounded(period.to.saturatingSubtract(1), unit, isEnd: false)
            else { continue }
            let spent = try CostQueries(runner: runner, period: ReportPeriod(from: start, to: period.to)).whole()
            rows.append([
                .text(name), .time(start), .usd(amount), spent.bookedShown, .usd(spent.low), .amount(spent.high),
                .usd(amount - spent.low), .ratio(spent.low, of: amount),
            ])
        }
        if rows.isEmpty { return nil }
        return ReportSection(
            name: "budgets_set", title: "Budgets that were set, and what was spent of them",
            columns: [
                ReportColumn("budget", "budget of a"), ReportColumn("since", "since"), ReportColumn("set_usd", "set"),
                ReportColumn("cost_usd", "cost"), ReportColumn("cost_low_usd", "at least"),
                ReportColumn("cost_high_usd", "at most"), ReportColumn("left_usd", "left"),
                ReportColumn("share_used", "used"),
            ], rows: rows)
    }

    static let definition = ReportDefinition(
        "budgets_set",
        "the last budget.set of scope total before the end of the report; beside it what model and embedding calls "
            + "cost from the beginning of that day, week, month, quarter or year, by the clock of the report's zone, "
            + "up to the end of the report; left: set − at least; used: at least ÷ set")
}
