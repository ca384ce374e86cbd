import Domain

/// Calls that another model answered than was asked for, such as a version of it: money goes by the one that answered,
/// service levels by the one that was asked for, and here both stand side by side.
struct ModelNames {
    let runner: ReportRunner
    let period: ReportPeriod

    private static let differ = "request_model <> model"

    /// A line for each pair; nil where all answered that were asked for.
    /// - Throws: as `ReportRunner/report(_:_:)`.
    func section() throws -> ReportSection? {
        var by = ReportGrouping(dimensions: [.requestModel, .model], clock: try ReportGrouping.whole().clock)
        let queries = CostQueries(runner: runner, period: period)
        let groups = try runner.listing(&by, queries.kinds(where: Self.differ), of: period) { by in
            try queries.figures(by, where: Self.differ)
        }.sorted
        if groups.isEmpty { return nil }
        return ReportSection(
            name: "model_names", title: "Models that answered under another name than was asked for",
            columns: by.columns + [
                ReportColumn("calls", "calls"), ReportColumn("cost_usd", "cost"),
                ReportColumn("cost_low_usd", "at least"), ReportColumn("cost_high_usd", "at most"),
            ],
            rows: groups.map { key, figures in
                by.values(key) + [
                    .count(figures.calls), figures.bookedShown, .usd(figures.low), .amount(figures.high),
                ]
            })
    }

    static let definitions = [
        ReportDefinition(
            "model",
            "the one that answered, as in dashboards and conversations, else the one that was asked for; prices are "
                + "looked up in the same order. Service levels go by the one that was asked for, here request_model; "
                + "model_names has both where they differ")
    ]
}
