import Domain

/// Is what was promised kept: each objective with its target, what was measured, and how much of the error budget is left.
struct ServiceLevelReport {
    let desk: ReportDesk
    let request: ReportRequest
    private static let worstCount = 5
    /// What nobody promised is not among the worst: answers within the target of the 95th percentile.
    private static var slowNanoseconds: Int64 {
        if case .duration(let target) = ServiceLevels.objective(named: "answer_p95")?.target { target } else { 0 }
    }

    func report() throws -> Report {
        let period = try request.period(now: desk.now)
        let by = try request.grouping(of: .sla, model: .askedFor)
        let total = try figures(period)
        var sections = [table(total, budget: try budgetFigures(period, total)), questions(total)]
        if !by.isWhole {
            let groups = try ServiceLevelQuestions(desk: desk, period: period, by: by).figures()
            sections.append(breakdown(by, groups.sorted))
        }
        sections.append(try worst(period))
        return Report(
            name: "sla", title: "Service levels",
            basis: desk.basis(period, exactness: "exact: counts, percentiles and money are computed from every event"),
            sections: sections, main: by.isWhole ? "objectives" : by.name, definitions: definitions(by))
    }

    private func figures(_ period: ReportPeriod) throws -> ServiceLevelFigures {
        try ServiceLevelQuestions.whole(desk: desk, period: period)
    }

    /// Budgets run over the days up to the period's end, however long the period is.
    private func budgetFigures(_ period: ReportPeriod, _ total: ServiceLevelFigures) throws -> ServiceLevelFigures {
        let days = ServiceLevels.objectives.compactMap(\.budgetDays).max() ?? 30
        let window = period.last(days: days)
        return window == period ? total : try figures(window)
    }

    private func table(_ figures: ServiceLevelFigures, budget: ServiceLevelFigures) -> ReportSection {
        ReportSection(
            name: "objectives", title: "Objectives",
            columns: [
                ReportColumn("objective", "objective"), ReportColumn("target", "target"), ReportColumn("alert_limit", "alert"),
                ReportColumn("actual", "actual"), ReportColumn("samples", "samples"), ReportColumn("verdict", "verdict"),
                ReportColumn("budget_left", "budget left"), ReportColumn("actual_low", "at least"), ReportColumn("actual_high", "at most"),
                ReportColumn("unpriced_calls", "unpriced calls"),
            ],
            rows: ServiceLevels.objectives.map { objective in
                let isCost = objective.name == "cost_per_answer"
                let answers = Int128(figures.answers)
                return [
                    .text(objective.name), ReportValue(objective.target), ReportValue(objective.alertLimit),
                    figures.shown(objective), .count(figures.samples(objective)), .state(figures.state(objective)),
                    budget.budgetLeft(objective), isCost ? figures.cost.each(figures.cost.low, per: answers) : .none,
                    isCost ? figures.cost.each(figures.cost.high, per: answers) : .none,
                    isCost ? .count(figures.cost.notWhollyPriced) : .none,
                ]
            })
    }

    private func questions(_ figures: ServiceLevelFigures) -> ReportSection {
        ReportSection(
            name: "questions", title: "Questions and answers",
            columns: [
                ReportColumn("good", "good"), ReportColumn("failed", "failed"), ReportColumn("pending", "pending"),
                ReportColumn("answers", "answers"), ReportColumn("errors", "errors"), ReportColumn("ratings", "ratings"),
                ReportColumn("satisfied", "4 or 5"), ReportColumn("cost_usd", "cost"),
            ],
            rows: [
                [
                    .count(figures.good), .count(figures.failed), .count(figures.pending), .count(figures.answers), .count(figures.errors),
                    .count(figures.ratings), .count(figures.satisfied), figures.cost.bookedShown,
                ]
            ])
    }

    private func breakdown(_ by: ReportGrouping, _ groups: [(key: GroupKey, value: ServiceLevelFigures)]) -> ReportSection {
        ReportSection(
            name: by.name, title: by.title,
            columns: by.columns + [
                ReportColumn("good", "good"), ReportColumn("failed", "failed"), ReportColumn("pending", "pending"),
                ReportColumn("answers", "answers"),
            ] + ServiceLevels.objectives.map { ReportColumn($0.name, $0.title.lowercased()) },
            rows: groups.map { key, figures in
                by.values(key) + [.count(figures.good), .count(figures.failed), .count(figures.pending), .count(figures.answers)]
                    + ServiceLevels.objectives.map { .judged(figures.shown($0), figures.state($0)) }
            })
    }

    /// Whose questions failed, and who waited longest.
    private func worst(_ period: ReportPeriod) throws -> ReportSection {
        let isFailed = "not coalesce(\(ServiceLevelQuestions.isGood), false)"
        let failures = "count(*) filter (where \(isFailed) and (asked_time < \(desk.answerDeadline) or \(ServiceLevelQuestions.isLate)))"
        let rows = try desk.rows(
            "select conversation_id, tenant, \(failures) as failed, "
                + "count(*), max(duration_ns) as slowest, count(*) filter (where status = 'error'), min(asked_time) "
                + "from turns where \(period.contains("asked_time")) group by 1, 2 "
                + "having \(failures) > 0 or max(duration_ns) >= \(Self.slowNanoseconds) "
                + "order by failed desc, slowest desc nulls last, conversation_id, tenant limit \(Self.worstCount)")
        return ReportSection(
            name: "worst_conversations", title: "Worst conversations: most failed questions, then slowest answer",
            columns: [
                ReportColumn("conversation_id", "conversation"), ReportColumn("tenant", "tenant"), ReportColumn("failed", "failed"),
                ReportColumn("questions", "questions"), ReportColumn("errors", "errors"), ReportColumn("slowest_answer", "slowest answer"),
                ReportColumn("first_asked", "first asked"),
            ],
            rows: rows.map { row in
                [
                    .optional(row.text(0)), .optional(row.text(1)), .count(row.integer(2)), .count(row.integer(3)), .count(row.integer(5)),
                    row.optionalNanoseconds(4).map { .seconds($0) } ?? .none, row.time(6).map { .time($0) } ?? .none,
                ]
            })
    }

    private func definitions(_ by: ReportGrouping) -> [ReportDefinition] {
        var definitions = ServiceLevels.objectives.map { ReportDefinition($0.name, $0.definition) }
        definitions += [
            ReportDefinition("question", "a message.received of the user (author null or user) with a conversation; it counts when it was asked"),
            ReportDefinition("failed", "not answered ok within the limit, which has passed at `now`; until then it is pending"),
            ReportDefinition("answer", "a message.sent of the agent (author null or agent); it counts when it was sent"),
            ReportDefinition("percentile", "percentile_disc: the smallest measured value that so many of the answers do not exceed"),
            ReportDefinition("verdict", "met; at risk: beyond the target, within the alert limit; beyond alert limit (CSV: breached)"),
            ReportDefinition(
                "verdict of a cost", "that of both ends of its range; at risk where they differ; no data where no call was told"),
            ReportDefinition(
                "rating", "the last of a conversation; it counts where the conversation closed, until then where it was given"),
            ReportDefinition("budget_left", "1 − bad ÷ (share allowed × all), over 30 days up to the end of the period; below 0: overspent"),
        ]
        if by.isOfCalls {
            definitions.append(
                ReportDefinition(
                    "by model, provider, route",
                    "questions and answers by their last answering call, cost by the call itself; ratings name none"))
            definitions.append(
                ReportDefinition("model", "the one that was asked for, since a call that fails knows no other; else the one that answered"))
        }
        return definitions + by.definitions
    }
}
