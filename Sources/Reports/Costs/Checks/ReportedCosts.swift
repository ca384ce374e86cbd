import Domain

/// What senders say that their calls cost, beside what was booked: a check, in no sum.
struct ReportedCosts {
    let runner: ReportRunner
    let period: ReportPeriod
    static let listed = 10
    /// Half a millionth of a dollar: senders round to six decimals.
    private static let rounding = "0.0000005"

    /// The told cost lies outside the range of ours, which is one amount where all of a call has a price.
    private static let differs =
        "(reported_cost_usd < cost_low_usd - \(rounding) or reported_cost_usd > cost_high_usd + \(rounding))"

    private static let isTold = "reported_cost_usd is not null"

    private struct Sums {
        var calls: Int128 = 0
        var told: Int128 = 0
        var low: Int128 = 0
        var notWhole: Int128 = 0
        var differing: Int128 = 0
    }

    /// By model, where any call tells a cost.
    func byModel() throws -> ReportSection {
        var by = ReportGrouping(dimensions: [.model], clock: try ReportGrouping.whole().clock)
        let kinds = CostQueries(runner: runner, period: period).kinds(where: Self.isTold)
        let groups = try runner.listing(&by, kinds, of: period, sums)
        return ReportSection(
            name: "told_costs", title: "What senders say that calls cost, beside ours",
            columns: by.columns + [
                ReportColumn("calls", "calls that tell"), ReportColumn("told_cost_usd", "told"),
                ReportColumn("cost_low_usd", "ours at least"), ReportColumn("difference_usd", "difference"),
                ReportColumn("not_wholly_priced", "not priced whole"),
                ReportColumn("calls_that_differ", "calls that differ"),
            ],
            rows: groups.sorted.map { key, sums in
                by.values(key) + [
                    .count(sums.calls), .usd(sums.told), .usd(sums.low), .usd(sums.told - sums.low),
                    .count(sums.notWhole),
                    .count(sums.differing),
                ]
            })
    }

    private func sums(_ by: ReportGrouping) throws -> Grouped<Sums> {
        var groups = Grouped<Sums>()
        for table in CostQueries.tables {
            let source = try by.source(table, time: "time", of: period, runner: runner)
            let rows = try runner.groupRows(
                "select \(source.selection)count(*), sum(reported_cost_usd), sum(cost_low_usd), "
                    + "count(*) filter (where price_state <> 'priced'), count(*) filter (where \(Self.differs)) "
                    + "from \(source.text) where \(period.contains("time")) and \(Self.isTold)\(by.clause)")
            let first = by.width
            for row in rows {
                var sums = groups[by.key(row), default: Sums()]
                sums.calls += row.integer(first)
                sums.told += row.picoUSD(first + 1)
                sums.low += row.picoUSD(first + 2)
                sums.notWhole += row.integer(first + 3)
                sums.differing += row.integer(first + 4)
                groups[by.key(row), default: Sums()] = sums
            }
        }
        return groups
    }

    /// The calls whose told cost is farthest outside ours.
    func differingCalls() throws -> ReportSection {
        let sources = CostQueries.tables.map { table in
            "select time, position, model, conversation_id, trace_id, reported_cost_usd as told, cost_low_usd as low, "
                + "cost_high_usd as high, case when reported_cost_usd < cost_low_usd then cost_low_usd - reported_cost_usd "
                + "else reported_cost_usd - cost_high_usd end as off from \(table) where \(period.contains("time")) and \(Self.differs)"
        }
        let rows = try runner.rows(
            "select time, model, conversation_id, trace_id, told, low, high from (\(sources.joined(separator: " union all "))) as calls "
                + "order by off desc, time, position limit \(Self.listed)")
        return ReportSection(
            name: "differing_calls", title: "Calls that differ most from what their sender says",
            columns: [
                ReportColumn("time", "time"), ReportColumn("model", "model"),
                ReportColumn("conversation_id", "conversation"),
                ReportColumn("trace_id", "trace"), ReportColumn("told_cost_usd", "told"),
                ReportColumn("cost_low_usd", "ours at least"),
                ReportColumn("cost_high_usd", "ours at most"),
            ],
            rows: rows.map { row in
                [
                    row.time(0).map { .time($0) } ?? .none, .optional(row.text(1)), .optional(row.text(2)),
                    .optional(row.text(3)),
                    .usd(row.picoUSD(4)), .usd(row.picoUSD(5)), .amount(row.optionalPicoUSD(6)),
                ]
            })
    }

    static let definitions = [
        ReportDefinition(
            "told_costs",
            "reported_cost_usd of calls, a check that is never added; difference: told − ours at least, so also what we lack a price for"
        ),
        ReportDefinition(
            "calls_that_differ", "told outside ours at least … at most by more than $0.0000005, which is rounding"),
    ]
}
