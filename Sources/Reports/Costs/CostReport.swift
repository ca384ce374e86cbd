import Domain

/// What answers cost, by what, and what of it nobody knows.
struct CostReport {
    let desk: ReportDesk
    let request: ReportRequest

    func report() throws -> Report {
        let period = try request.period(now: desk.now)
        var by = try request.grouping(of: .cost)
        if by.isWhole { by = ReportGrouping(dimensions: [.model], clock: by.clock) }
        let total = try CostQuestions(desk: desk, period: period).whole()
        let units = try UnitCounts(desk: desk, period: period, rule: request.rule)
        var sections = [totalTable(total), unitTable(total, units), tokenTable(total), try routeTable(period, total)]
        let (told, rollups) = (ToldCosts(desk: desk, period: period), RollupChecks(desk: desk, period: period))
        sections += [try breakdown(by, period, total), try PriceGaps(desk: desk, period: period).section()]
        sections.append(try Unattributed(desk: desk, period: period).section())
        sections += [try told.byModel(), try told.differingCalls(), try rollups.summary(), try rollups.differingTraces()]
        sections.append(try otherCosts(period))
        return Report(
            name: "cost", title: "Cost", basis: desk.basis(period, exactness: "exact: integers of 10⁻¹² USD, booked once when a call was accepted"),
            sections: sections, main: by.name, definitions: definitions(by))
    }

    private func totalTable(_ total: CostFigures) -> ReportSection {
        ReportSection(
            name: "total", title: "Model and embedding calls",
            columns: [
                ReportColumn("cost_usd", "cost"), ReportColumn("cost_low_usd", "at least"), ReportColumn("cost_high_usd", "at most"),
                ReportColumn("calls", "calls"), ReportColumn("errors", "errors"), ReportColumn("priced", "priced"),
                ReportColumn("partly", "partly"), ReportColumn("unpriced", "unpriced"), ReportColumn("calls_without_high", "no upper bound"),
            ],
            rows: [
                [
                    total.bookedShown, .usd(total.low), .amount(total.high), .count(total.calls), .count(total.errors),
                    .count(total.priced), .count(total.partly), .count(total.unpriced), .count(total.unbounded),
                ]
            ])
    }

    private func unitTable(_ total: CostFigures, _ units: UnitCounts) -> ReportSection {
        let rows: [(String, Int128)] = [
            ("answer", units.answers), ("conversation", units.conversations), ("resolved_conversation", units.resolved),
        ]
        return ReportSection(
            name: "per_unit", title: "Cost of one",
            columns: [
                ReportColumn("unit", "of one"), ReportColumn("count", "count"), ReportColumn("cost_per_unit", "cost"),
                ReportColumn("cost_per_unit_low", "at least"), ReportColumn("cost_per_unit_high", "at most"),
            ],
            rows: rows.map { name, count in
                [
                    .text(name), .count(count), total.each(total.known, per: count), total.each(total.low, per: count),
                    total.each(total.high, per: count),
                ]
            })
    }

    private func tokenTable(_ total: CostFigures) -> ReportSection {
        ReportSection(
            name: "tokens", title: "Tokens by class", columns: [ReportColumn("token_class", "class"), ReportColumn("tokens", "tokens")],
            rows: zip(CostFigures.tokenClasses, total.tokens).map { [.text($0), .count($1)] })
    }

    private func routeTable(_ period: ReportPeriod, _ total: CostFigures) throws -> ReportSection {
        let by = ReportGrouping(dimensions: [.route], clock: try ReportRequest.clock(request.timeZone))
        let groups = try CostQuestions(desk: desk, period: period).figures(by)
        return ReportSection(
            name: "local_share", title: "Local and cloud models",
            columns: [
                ReportColumn("route", "route"), ReportColumn("calls", "calls"), ReportColumn("share_of_calls", "of calls"),
                ReportColumn("tokens", "tokens"), ReportColumn("share_of_tokens", "of tokens"), ReportColumn("cost_usd", "cost"),
            ],
            rows: groups.sorted.map { key, figures in
                by.values(key) + [
                    .count(figures.calls), .ratio(figures.calls, of: total.calls), .count(figures.tokensTotal),
                    .ratio(figures.tokensTotal, of: total.tokensTotal), figures.bookedShown,
                ]
            })
    }

    private func breakdown(_ by: ReportGrouping, _ period: ReportPeriod, _ total: CostFigures) throws -> ReportSection {
        let groups = try CostQuestions(desk: desk, period: period).figures(by)
        let answers = try UnitCounts.answers(desk: desk, period: period, by: by)
        return ReportSection(
            name: by.name, title: by.title,
            columns: by.columns + [
                ReportColumn("calls", "calls"), ReportColumn("cost_usd", "cost"),
                ReportColumn("share_of_cost", "of cost"), ReportColumn("cost_low_usd", "at least"), ReportColumn("cost_high_usd", "at most"),
                ReportColumn("partly", "partly"), ReportColumn("unpriced", "unpriced"), ReportColumn("answers", "answers"),
                ReportColumn("cost_per_answer", "per answer"),
            ] + CostFigures.tokenClasses.map { ReportColumn("\($0)_tokens", $0.replacing("_", with: " ")) },
            rows: groups.sorted.map { key, figures in
                let count = answers.map { $0[key, default: 0] }
                let costs: [ReportValue] = [
                    .count(figures.calls), figures.bookedShown,
                    figures.known == nil ? .unknown : .ratio(figures.booked, of: total.booked), .usd(figures.low),
                    .amount(figures.high), .count(figures.partly), .count(figures.unpriced), count.map { .count($0) } ?? .none,
                    count.map { figures.each(figures.known, per: $0) } ?? .none,
                ]
                return by.values(key) + costs + figures.tokens.map { .count($0) }
            })
    }

    /// Costs that don't come from model calls, a line each.
    private func otherCosts(_ period: ReportPeriod) throws -> ReportSection {
        let tools = try desk.rows("select count(cost_usd), sum(cost_usd) from tool_call where \(period.contains("time"))")
        var rows: [[ReportValue]] = tools.map { [.text("tool_calls"), .none, .count($0.integer(0)), .usd($0.picoUSD(1))] }
        let recorded = try desk.rows(
            "select category, count(amount_usd), sum(amount_usd) from cost_recorded where \(period.contains("time")) group by 1 "
                + "order by 1 nulls last")
        rows += recorded.map { [.text("recorded"), .optional($0.text(0)), .count($0.integer(1)), .usd($0.picoUSD(2))] }
        return ReportSection(
            name: "other_costs", title: "Other costs, in no figure above",
            columns: [
                ReportColumn("kind", "kind"), ReportColumn("category", "category"), ReportColumn("records", "records"),
                ReportColumn("cost_usd", "cost"),
            ],
            rows: rows)
    }

    private func definitions(_ by: ReportGrouping) -> [ReportDefinition] {
        let unknown = by.dimensions.filter(\.isOfCalls).map { $0.rawValue.replacing("_", with: " ") }.joined(separator: " and no ")
        let definitions = [
            ReportDefinition("cost_usd", "booked cost of the model and embedding calls that are priced whole, by the time of the call"),
            ReportDefinition("cost_low_usd", "the same with what is priced of the other calls"),
            ReportDefinition(
                "cost_high_usd", "the same with the dearest reading of what is in doubt; unknown where a call has none, see price_gaps"),
            ReportDefinition("priced, partly, unpriced", "calls of which all, some or nothing has a price"),
            ReportDefinition("answer", "a message.sent of the agent (author null or agent) in the period"),
            ReportDefinition("conversation", "closed in the period"),
            ReportDefinition("resolved_conversation", "closed in the period and resolved by \(request.rule.rawValue): \(request.rule.definition)"),
            ReportDefinition("tokens", "input has cache_read and cache_write in it, cache_write has cache_write_1h in it, output has reasoning in it"),
            ReportDefinition("share_of_tokens", "input and output tokens"),
            ReportDefinition("recorded", "cost.recorded by its time, whatever period the bill covers"),
        ]
        let none = unknown.isEmpty ? [] : [ReportDefinition(by.title.lowercased(), "an answer names no \(unknown), so none is counted")]
        return definitions + none + by.definitions + PriceGaps.definitions + Unattributed.definitions + ToldCosts.definitions + RollupChecks.definitions
    }
}
