/// The calls that are not priced whole, and what is missing for it, in the words of `price_gaps`, but for classes of
/// which the tokens were not told.
struct PriceGaps {
    let runner: ReportRunner
    let period: ReportPeriod

    func section() throws -> ReportSection {
        var by = ReportGrouping(
            dimensions: [.provider, .model, .serviceTier, .priceGaps], clock: try ReportGrouping.whole().clock)
        let (queries, isNotWhole) = (CostQueries(runner: runner, period: period), "price_state <> 'priced'")
        let groups = try runner.listing(&by, queries.kinds(where: isNotWhole), of: period) { by in
            try queries.figures(by, where: isNotWhole)
        }
        return ReportSection(
            name: "price_gaps", title: "Calls that are not priced whole, and what is missing",
            columns: by.columns + [
                ReportColumn("calls", "calls"), ReportColumn("partly", "partly"), ReportColumn("unpriced", "unpriced"),
                ReportColumn("cost_low_usd", "at least"), ReportColumn("cost_high_usd", "at most"),
            ],
            rows: groups.sorted.map { key, figures in
                by.values(key) + [
                    .count(figures.calls), .count(figures.partly), .count(figures.unpriced), .usd(figures.low),
                    .amount(figures.high),
                ]
            })
    }

    static let definitions = [
        ReportDefinition(
            "price_gaps",
            "a class of tokens or other use without a price; reading: a part of the tokens may lie inside its whole or beside it; "
                + "usage: the call told none; untold_input, untold_output: it did not tell those, which no price makes "
                + "up for")
    ]
}
