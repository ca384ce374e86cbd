import Domain

/// What answers cost, by what, and what of it nobody knows.
struct CostReport {
    let runner: ReportRunner
    let request: ReportRequest

    func report() throws -> Report {
        let period = try request.period(now: runner.now)
        var by = try request.grouping(of: .cost)
        if by.isWhole { by = ReportGrouping(dimensions: [.model], clock: by.clock) }
        let queries = CostQueries(runner: runner, period: period)
        let total = try queries.whole()
        var sections = [totalTable(total)]
        let all = runner.isOfCalls ? nil : try allCosts(period, total)
        if let all { sections.append(all.section) }
        let budgets = try SetBudgets(runner: runner, period: period, clock: by.clock).section()
        if let budgets { sections.append(budgets) }
        if !runner.isOfCalls {
            sections.append(unitTable(total, try UnitCounts(runner: runner, period: period, rule: request.rule)))
        }
        sections += [tokenTable(total), try routeTable(queries, total)]
        let (told, rollups) = (
            ReportedCosts(runner: runner, period: period), RollupChecks(runner: runner, period: period)
        )
        let kinds = queries.kinds() + UnitCounts.kinds(period, by: by, runner: runner)
        let (groups, counts) = try runner.listing(&by, kinds, of: period) { by in
            (
                try queries.figures(by),
                try UnitCounts.groups(runner: runner, period: period, rule: request.rule, by: by)
            )
        }
        let gone = try GoneCosts(by, of: period, runner: runner)
        sections.append(try breakdown(by, groups, counts, total, of: period, gone))
        if let counts { sections.append(try unitBreakdown(by, groups, counts, of: period, gone)) }
        if let names = try ModelNames(runner: runner, period: period).section() { sections.append(names) }
        sections += [try PriceGaps(runner: runner, period: period).section()]
        sections.append(try Unattributed(runner: runner, period: period).section())
        sections += [try told.byModel(), try told.differingCalls()]
        if let all {
            sections += [try rollups.summary(), try rollups.differingTraces(), all.otherSection]
            sections.append(try Invoices(runner: runner, recorded: all.recorded).section())
        }
        return Report(
            name: "cost", title: "Cost",
            basis: runner.basis(
                period,
                exactness: try runner.exactness(
                    "exact: integers of 10⁻¹² USD, booked once when a call was accepted", of: [period],
                    else: "money, calls, tokens and answers are exact all the same, of every event; conversations and "
                        + "resolved conversations are at least so many, what one of them costs is at most so much, and "
                        + "answers_without_call may be too many")),
            sections: sections, main: by.name,
            definitions: definitions(by) + (budgets == nil ? [] : [SetBudgets.definition]))
    }

    private func allCosts(_ period: ReportPeriod, _ total: CostFigures) throws -> AllCosts {
        try AllCosts(
            runner: runner, period: period, calls: total, recorded: try RecordedCosts(runner: runner, period: period))
    }

    private func totalTable(_ total: CostFigures) -> ReportSection {
        ReportSection(
            name: "total", title: "Model and embedding calls",
            columns: [
                ReportColumn("cost_usd", "cost"), ReportColumn("cost_low_usd", "at least"),
                ReportColumn("cost_high_usd", "at most"),
                ReportColumn("calls", "calls"), ReportColumn("errors", "failed calls"),
                ReportColumn("priced", "priced"),
                ReportColumn("partly", "partly"), ReportColumn("unpriced", "unpriced"),
                ReportColumn("calls_without_high", "no upper bound"),
            ],
            rows: [
                [
                    total.bookedShown, .usd(total.low), .amount(total.high), .count(total.calls), .count(total.errors),
                    .count(total.priced), .count(total.partly), .count(total.unpriced), .count(total.unbounded),
                ]
            ])
    }

    private func unitTable(_ total: CostFigures, _ units: UnitCounts) -> ReportSection {
        ReportSection(
            name: "per_unit", title: "Cost of one", columns: Self.unitColumns, rows: Self.unitRows(total, units))
    }

    private static let unitColumns = [
        ReportColumn("unit", "of one"), ReportColumn("count", "count"), ReportColumn("cost_per_unit", "cost"),
        ReportColumn("cost_per_unit_low", "at least"), ReportColumn("cost_per_unit_high", "at most"),
    ]

    /// - Parameter lacks: where one nobody knows how many there were, their cost is not known, either.
    private static func unitRows(
        _ cost: CostFigures, _ units: UnitCounts, _ lacks: GoneCosts.Lacks = GoneCosts.Lacks()
    ) -> [[ReportValue]] {
        let rows: [(String, Int128)] = [
            ("answer", units.answers), ("conversation", units.conversations), ("resolved_conversation", units.resolved),
        ]
        return rows.map { name, count in
            let lacksCount = lacks.answers && name == "answer"
            let costs = [cost.known, cost.low, cost.high].map { cost.each($0, per: count) }
            let row: [ReportValue] = [.text(name), lacksCount ? .unknown : .count(count)]
            return row + (lacks.calls || lacksCount ? [.unknown, .unknown, .unknown] : costs)
        }
    }

    /// The cost of one by group: also of groups that only cost or only have answers or conversations.
    private func unitBreakdown(
        _ by: ReportGrouping, _ costs: Grouped<CostFigures>, _ counts: Grouped<UnitCounts>, of period: ReportPeriod,
        _ gone: GoneCosts
    ) throws -> ReportSection {
        var groups = costs
        for (key, _) in counts.sorted { groups[key, default: CostFigures()] = costs[key, default: CostFigures()] }
        let (keys, rows) = try groups.made(check: runner.check) { key, cost in
            Self.unitRows(cost, counts[key, default: UnitCounts()], gone.lacks(key)).map { by.values(key) + $0 }
        }
        let spans = by.spans(keys, of: period, finished: runner.finished)
        return ReportSection(
            name: "per_unit_\(by.name)", title: "Cost of one, b\(by.title.dropFirst())",
            columns: by.columns + Self.unitColumns,
            rows: rows.flatMap { $0 }, spans: spans.flatMap { [$0, $0, $0] })
    }

    private func tokenTable(_ total: CostFigures) -> ReportSection {
        ReportSection(
            name: "tokens", title: "Tokens by class",
            columns: [ReportColumn("token_class", "class"), ReportColumn("tokens", "tokens")],
            rows: zip(CostFigures.tokenClasses, total.tokens).map { [.text($0), .count($1)] })
    }

    private func routeTable(_ queries: CostQueries, _ total: CostFigures) throws -> ReportSection {
        var by = ReportGrouping(dimensions: [.route], clock: try ReportRequest.clock(request.timeZone))
        let groups = try runner.listing(&by, queries.kinds(), of: queries.period) { try queries.figures($0) }
        return ReportSection(
            name: "local_share", title: "Local and cloud models",
            columns: [
                ReportColumn("route", "route"), ReportColumn("calls", "calls"),
                ReportColumn("share_of_calls", "of calls"),
                ReportColumn("tokens", "tokens"), ReportColumn("share_of_tokens", "of tokens"),
                ReportColumn("cost_usd", "cost"),
            ],
            rows: groups.sorted.map { key, figures in
                by.values(key) + [
                    .count(figures.calls), .ratio(figures.calls, of: total.calls), .count(figures.tokensTotal),
                    .ratio(figures.tokensTotal, of: total.tokensTotal), figures.bookedShown,
                ]
            })
    }

    /// Calls by group; a group that has answers and no call has a row, too, so that answers add up to their total,
    /// which stands below.
    private func breakdown(
        _ by: ReportGrouping, _ costs: Grouped<CostFigures>, _ counts: Grouped<UnitCounts>?, _ total: CostFigures,
        of period: ReportPeriod, _ gone: GoneCosts
    ) throws -> ReportSection {
        var groups = costs
        // A time whose calls are gone has one where anything is known of it.
        for (key, units) in counts?.sorted ?? [] where units.answers > 0 || gone.lacks(key).calls {
            groups[key, default: CostFigures()] = costs[key, default: CostFigures()]
        }
        let (keys, rows) = try groups.made(check: runner.check) { key, figures -> [ReportValue] in
            let count = counts.map { $0[key, default: UnitCounts()].answers }
            let shares = figures.shares(of: total)
            return by.values(key)
                + Self.values(figures, of: total, answers: count, shares: shares, gone.lacks(key))
        }
        let answers = try counts.map { counts in
            // Of all together they are known where those of groups are not.
            let all = try gone.lacksAnswers ? UnitCounts.answers(runner: runner, period: period, by: .whole()) : nil
            return all?[.all, default: 0] ?? counts.sorted.reduce(Int128(0)) { $0 + $1.value.answers }
        }
        let name = [ReportValue.text("total")] + [ReportValue](repeating: .none, count: by.columns.count - 1)
        let sum = name + Self.values(total, of: total, answers: answers, shares: (.none, .none))
        return ReportSection(
            name: by.name, title: by.title,
            columns: by.columns + [
                ReportColumn("calls", "calls"), ReportColumn("cost_usd", "cost"),
                ReportColumn("share_of_cost", "of cost"), ReportColumn("cost_low_usd", "at least"),
                ReportColumn("cost_high_usd", "at most"), ReportColumn("partly", "partly"),
                ReportColumn("unpriced", "unpriced"), ReportColumn("answers", "answers"),
                ReportColumn("cost_per_answer", "per answer"), ReportColumn("cost_per_answer_low", "at least"),
                ReportColumn("cost_per_answer_high", "at most"), ReportColumn("share_of_cost_low", "of cost at least"),
                ReportColumn("share_of_cost_high", "of cost at most"),
            ] + CostFigures.tokenClasses.map { ReportColumn("\($0)_tokens", $0.replacing("_", with: " ")) },
            rows: rows, spans: by.spans(keys, of: period, finished: runner.finished), total: rows.isEmpty ? [] : sum)
    }

    /// A row of a breakdown behind its key.
    private static func values(
        _ figures: CostFigures, of total: CostFigures, answers count: Int128?,
        shares: (low: ReportValue, high: ReportValue), _ lacks: GoneCosts.Lacks = GoneCosts.Lacks()
    ) -> [ReportValue] {
        func known(_ values: [ReportValue], _ isKnown: Bool) -> [ReportValue] {
            isKnown ? values : values.map { _ in .unknown }
        }
        let costs: [ReportValue] = [
            .count(figures.calls), figures.bookedShown,
            figures.known == nil ? .unknown : .ratio(figures.booked, of: total.booked), .usd(figures.low),
            .amount(figures.high), .count(figures.partly), .count(figures.unpriced),
        ]
        var ofAnswers = [ReportValue](repeating: .none, count: 4)
        if let count {
            let each = [figures.known, figures.low, figures.high].map { figures.each($0, per: count) }
            ofAnswers = known([.count(count)], !lacks.answers) + known(each, !lacks.answers && !lacks.calls)
        }
        let rest = [shares.low, shares.high] + figures.tokens.map { .count($0) }
        return known(costs, !lacks.calls) + ofAnswers + known(rest, !lacks.calls)
    }

    private func definitions(_ by: ReportGrouping) -> [ReportDefinition] {
        let unknown = by.dimensions.filter(\.isOfCalls).map { $0.rawValue.replacing("_", with: " ") }.joined(
            separator: " and no ")
        let definitions = [
            ReportDefinition(
                "cost_usd",
                "booked cost of the model and embedding calls that are priced whole, by the time of the call"),
            ReportDefinition("cost_low_usd", "the same with what is priced of the other calls"),
            ReportDefinition(
                "cost_high_usd",
                "the same with the dearest reading of what is in doubt; unknown where a call has none, see price_gaps"),
            ReportDefinition(
                "cost_per_unit, cost_per_answer",
                "cost ÷ count; in JSON and CSV exact where it ends within 12 decimals, else rounded there, half away from zero"
            ),
            ReportDefinition(
                "share_of_cost",
                "of the booked cost; at least and at most: with the others at most and at least, unknown where a call has no upper bound"
            ),
            ReportDefinition("priced, partly, unpriced", "calls of which all, some or nothing has a price"),
            ReportDefinition(
                "errors",
                "failed calls: model and embedding calls with status error; failed answers are figures of service "
                    + "levels"),
            ReportDefinition("answer", "\(QuestionRule.answer.definition) in the period"),
            ReportDefinition("conversation", "closed in the period"),
            ReportDefinition(
                "resolved_conversation",
                "closed in the period and resolved by \(request.rule.rawValue): \(request.rule.definition)"),
            ReportDefinition(
                "tokens",
                "input has cache_read and cache_write in it, cache_write has cache_write_1h in it, output has reasoning in it"
            ),
            ReportDefinition("share_of_tokens", "input and output tokens"),
            ReportDefinition(
                "total_tokens",
                "a model call that tells nothing else costs between all of them at the cheapest class and at the dearest; one amount only "
                    + "where every class has a price and all are the same, unknown where input or output has none"),
        ]
        let none =
            unknown.isEmpty
            ? [] : [ReportDefinition(by.title.lowercased(), "an answer names no \(unknown), so none is counted")]
        let checks = Unattributed.definitions + ReportedCosts.definitions + RollupChecks.definitions
        return definitions + ModelNames.definitions + none + by.definitions + PriceGaps.definitions + checks
            + RecordedCosts.definitions + AllCosts.definitions + Invoices.definitions
    }
}
