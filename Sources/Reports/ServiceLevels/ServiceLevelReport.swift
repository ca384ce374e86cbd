import Bytes
import Domain
import JSONTexts

/// Is what was promised kept: each objective with its target, what was measured, and how much of the error budget is
/// left.
struct ServiceLevelReport {
    let runner: ReportRunner
    let request: ReportRequest
    private static let worstCount = 5
    static let exact = "exact: counts, percentiles and money are computed from every event"
    /// Where conversations are cut.
    static let inexact =
        "good, failed and pending are at least so many, as questions of theirs count only with their answer, and so are "
        + "ratings, worst conversations and answers by model, provider or route: shares of these may be off; all other "
        + "answers, percentiles and money are computed from every event"

    func report() throws -> Report {
        let period = try request.period(now: runner.now)
        var by = try request.grouping(of: .sla, model: .askedFor)
        let judging = try runner.objectives(period, number: request.objectives)
        try runner.askAhead(try parts(period, judging.set))
        let total = try figures(period, judging.set)
        let promises = promises(period, judging.set)
        // Those of ratings and of conversations could not be told.
        let promised = runner.isOfCalls ? nil : try promises.summary(judging.set.answerLimits)
        var sections = [table(judging, total, left: try budgetsLeft(period, total, judging.set, promised))]
        if let promised { sections.append(promised) }
        sections += [questions(total), judging.section]
        if !by.isWhole {
            func queries(_ by: ReportGrouping) -> ServiceLevelQueries {
                ServiceLevelQueries(runner: runner, period: period, by: by, objectives: judging.set)
            }
            let kinds = queries(by).kinds
            let groups = try runner.listing(&by, kinds, of: period) { try queries($0).figures() }
            sections.append(try breakdown(by, groups.sorted, judging.set, of: period))
        }
        let outstanding = try StandingOut(runner: runner, period: period, objectives: judging.set)?.found()
        if let outstanding { sections.append(outstanding.section) }
        sections.append(try worst(period, judging.set))
        return Report(
            name: "sla", title: "Service levels",
            basis: runner.basis(
                period,
                exactness: try exactness(period, judging.set)),
            sections: sections, main: by.isWhole ? "objectives" : by.name,
            definitions: definitions(by, judging, percentilesSince: try percentilesSince(period, judging.set))
                + (outstanding.map { [$0.definition] } ?? []),
            titles: judging.set.titles)
    }

    /// What the sections ask but for the breakdown, in parts that do not wait for each other: most are too small to
    /// keep more than one thread busy.
    private func parts(_ period: ReportPeriod, _ set: ObjectiveSet) throws -> [@Sendable () throws -> Void] {
        let window = Self.budgetWindow(period, set)
        let whole = ServiceLevelQueries(runner: runner, period: period, by: try .whole(), objectives: set)
        var budgets = whole
        (budgets.period, budgets.isForBudgets) = (window, true)
        let worst = try worstConversations(period, set)
        let report = self
        let outstanding = try StandingOut(runner: runner, period: period, objectives: set)?.parts ?? []
        let ofPeriod = [{ _ = try worst.rows() }] + whole.parts + outstanding
        let promised = runner.isOfCalls ? [] : try promises(period, set).parts(set.answerLimits)
        let ofWindow = (window == period ? [] : budgetParts(budgets, set)) + promised
        // The longest first, so that no thread is left alone with one at the end.
        return (period.from < window.from ? ofPeriod + ofWindow : ofWindow + ofPeriod)
            + [{ _ = try report.exactness(period, set) }]
    }

    /// Service level objectives count all else for themselves.
    private func budgetParts(
        _ queries: ServiceLevelQueries, _ set: ObjectiveSet
    ) -> [@Sendable () throws -> Void] {
        if runner.isOfCalls { return queries.parts }
        let countsQuestions = set.objectives.contains { $0.measure == .availability && $0.channels.isEmpty }
        return countsQuestions ? [queries.questionsPart] : []
    }

    private func promises(_ period: ReportPeriod, _ set: ObjectiveSet) -> BudgetReport {
        BudgetReport(runner: runner, objectives: set.serviceLevelObjectives, to: period.to)
    }

    private func exactness(_ period: ReportPeriod, _ set: ObjectiveSet) throws -> String {
        try runner.exactness(Self.exact, of: [period, Self.budgetWindow(period, set)], else: Self.inexact)
    }

    private func figures(_ period: ReportPeriod, _ objectives: ObjectiveSet) throws -> ServiceLevelFigures {
        try ServiceLevelQueries.whole(runner: runner, period: period, objectives: objectives)
    }

    /// Budgets run over the days up to the period's end, however long the period is.
    private static func budgetWindow(_ period: ReportPeriod, _ objectives: ObjectiveSet) -> ReportPeriod {
        ReportPeriod(Int64(objectives.budgetDays) * Nanoseconds.day, upTo: period.to)
    }

    private func budgetFigures(
        _ period: ReportPeriod, _ total: ServiceLevelFigures, _ objectives: ObjectiveSet
    ) throws -> ServiceLevelFigures {
        let window = Self.budgetWindow(period, objectives)
        if window == period { return total }
        return try ServiceLevelQueries.budgets(runner: runner, period: window, objectives: objectives)
    }

    /// What is left of each error budget: one figure, that of the service level objective that follows from the line.
    /// A report of calls tells none of these, as ratings and hours name no call, and counts questions and answers.
    private func budgetsLeft(
        _ period: ReportPeriod, _ total: ServiceLevelFigures, _ set: ObjectiveSet, _ promised: ReportSection?
    ) throws -> [ReportValue] {
        if let promised { return promised.rows.indices.map { promised.value("budget_left", row: $0) ?? .none } }
        let figures = try budgetFigures(period, total, set)
        return set.objectives.map(figures.budgetLeft)
    }

    private func table(
        _ judging: AppliedObjectives, _ figures: ServiceLevelFigures, left: [ReportValue]
    ) -> ReportSection {
        ReportSection(
            name: "objectives", title: "Objectives",
            columns: [
                ReportColumn("objective", "objective", isObjective: true), ReportColumn("target", "target"),
                ReportColumn("alert_limit", "alert"),
                ReportColumn("actual", "actual"), ReportColumn("samples", "samples"),
                ReportColumn("verdict", "verdict"),
                ReportColumn("budget_left", "budget left"), ReportColumn("actual_low", "at least"),
                ReportColumn("actual_high", "at most"),
                ReportColumn("unpriced_calls", "unpriced calls"), ReportColumn("objectives_version", "version"),
            ],
            rows: zip(judging.set.objectives, left).map { objective, left in
                let isCost = objective.measure == .costPerAnswer
                let answers = Int128(figures.answers)
                return [
                    .text(objective.name), ReportValue(objective.target), ReportValue(objective.alertLimit),
                    figures.shown(objective), .count(figures.samples(objective)), .state(figures.state(objective)),
                    left, isCost ? figures.cost.each(figures.cost.low, per: answers) : .none,
                    isCost ? figures.cost.each(figures.cost.high, per: answers) : .none,
                    isCost ? .count(figures.cost.notWhollyPriced) : .none, .count(Int64(judging.version.number)),
                ]
            })
    }

    private func questions(_ figures: ServiceLevelFigures) -> ReportSection {
        ReportSection(
            name: "questions", title: "Questions and answers",
            columns: [
                ReportColumn("good", "good"), ReportColumn("failed", "failed"), ReportColumn("pending", "pending"),
                ReportColumn("answers", "answers"), ReportColumn("errors", "failed answers"),
                ReportColumn("ratings", "ratings"),
                ReportColumn("satisfied", "4 or 5"), ReportColumn("cost_usd", "cost"),
            ],
            rows: [
                [
                    .count(figures.good), .count(figures.failed), .count(figures.pending), .count(figures.answers),
                    .count(figures.errors),
                    .count(figures.ratings), .count(figures.satisfied), figures.cost.bookedShown,
                ]
            ])
    }

    private func breakdown(
        _ by: ReportGrouping, _ groups: [(key: GroupKey, value: ServiceLevelFigures)], _ set: ObjectiveSet,
        of period: ReportPeriod
    ) throws -> ReportSection {
        let objectives = set.objectives
        func queries(_ period: ReportPeriod) -> ServiceLevelQueries {
            ServiceLevelQueries(runner: runner, period: period, by: by, objectives: set)
        }
        let goneAnswers = try GoneTimes(by, of: period, runner: runner) {
            try queries($0).lacksAnswers(ofTimes: false)
        }
        let gone = try objectives.map { objective in
            try GoneTimes(by, of: period, runner: runner, hasRollups: !objective.measure.isPercentile) {
                try queries($0).lacksEvents(objective)
            }
        }
        let spans = by.spans(groups.map(\.key), of: period, finished: runner.finished)
        func known(_ value: ReportValue, _ place: Int, _ gone: GoneTimes?) -> ReportValue {
            guard let gone, gone.concerns(spans[place]) else { return value }
            return .unknown
        }
        return ReportSection(
            name: by.name, title: by.title,
            columns: by.columns + [
                ReportColumn("good", "good"), ReportColumn("failed", "failed"), ReportColumn("pending", "pending"),
                ReportColumn("answers", "answers"),
            ] + objectives.map { ReportColumn($0.name, $0.title) },
            rows: groups.enumerated().map { place, group in
                let figures = group.value
                return by.values(group.key) + [
                    .count(figures.good), .count(figures.failed), .count(figures.pending),
                    known(.count(figures.answers), place, goneAnswers),
                ]
                    + zip(objectives, gone).map { objective, gone in
                        known(.judged(figures.shown(objective), figures.state(objective)), place, gone)
                    }
            }, spans: spans)
    }

    /// Whose questions failed, and who waited longest. What nobody promised is not among the worst: answers within the
    /// target of the highest percentile.
    private func worst(_ period: ReportPeriod, _ objectives: ObjectiveSet) throws -> ReportSection {
        let rows = try worstConversations(period, objectives).rows()
        return ReportSection(
            name: "worst_conversations", title: "Worst conversations: most failed questions, then slowest answer",
            columns: [
                ReportColumn("conversation_id", "conversation"), ReportColumn("tenant", "tenant"),
                ReportColumn("failed", "failed"),
                ReportColumn("questions", "questions"), ReportColumn("errors", "failed answers"),
                ReportColumn("slowest_answer", "slowest answer"),
                ReportColumn("first_asked", "first asked"),
            ],
            rows: rows.map { row in
                [
                    .optional(row.text(0)), .optional(row.text(1)), .count(row.integer(2)), .count(row.integer(3)),
                    .count(row.integer(5)),
                    row.optionalNanoseconds(4).map { .seconds($0) } ?? .none, row.time(6).map { .time($0) } ?? .none,
                ]
            })
    }

    private func worstConversations(_ period: ReportPeriod, _ set: ObjectiveSet) throws -> WorstConversations {
        try WorstConversations(runner: runner, period: period, objectives: set, count: Self.worstCount)
    }

    /// Since when all events are there, where percentiles lack some that retention dropped; nil: they are of all.
    private func percentilesSince(_ period: ReportPeriod, _ set: ObjectiveSet) throws -> Int64? {
        let whole = ServiceLevelQueries(runner: runner, period: period, by: try .whole(), objectives: set)
        return try whole.lacksAnswers(ofTimes: true) ? runner.eventsEnd : nil
    }

    private func definitions(
        _ by: ReportGrouping, _ judging: AppliedObjectives, percentilesSince since: Int64?
    ) -> [ReportDefinition] {
        var definitions = judging.definitions
        definitions += [
            ReportDefinition(
                "question", "\(QuestionRule.question.definition) with a conversation; it counts when it was asked"),
            ReportDefinition(
                "failed", "not answered ok within the limit, which has passed at `now`; until then it is pending"),
            ReportDefinition("answer", "\(QuestionRule.answer.definition); it counts when it was sent"),
            ReportDefinition(
                "errors",
                "failed answers: answers with status error; a question also fails when no answer comes in time"),
            ReportDefinition(
                "percentile",
                "percentile_disc: the smallest measured value that so many of the answers do not exceed"
                    + (since.map {
                        "; of those answers whose events are there: of before \(RFC3339.render($0)) some or all are "
                            + "not, and samples counts those that are"
                    } ?? "")),
            ReportDefinition(
                "verdict",
                "met: the target itself or better; at risk: beyond the target, the alert limit itself included; beyond alert limit "
                    + "(CSV: breached)"),
            ReportDefinition(
                "verdict of a cost",
                "that of both ends of its range; at risk where they differ; no data where no call was told"),
            ReportDefinition(
                "rating",
                "the last of a conversation; it counts where the conversation closed, until then where it was given"),
            ReportDefinition(
                "budget_left",
                "left ÷ allowed of the service level objective, so 1 − bad ÷ (share allowed × all), over "
                    + "\(judging.set.budgetDays) days up to the end of the period; below 0: overspent"
            ),
            ReportDefinition(
                "service level objective",
                "as `plimsoll slo status` counts it: of a percentile each answer within its bound, of a cost each "
                    + "hour, so that a line may be met whose budget is overspent, or the other way round"),
            ReportDefinition("coverage", "hours with any event ÷ hours of the budget's window"),
        ]
        if by.isOfCalls || runner.isOfCalls {
            definitions.append(
                ReportDefinition(
                    "by model, provider, route",
                    "questions and answers by their last answering call, cost by the call itself; ratings name none"))
            definitions.append(
                ReportDefinition(
                    "model",
                    "the one that was asked for, since a call that fails knows no other; else the one that answered. "
                        + "Cost, prices and dashboards go by the one that answered: model_names in the report of "
                        + "cost has both"))
        }
        return definitions + by.definitions
    }
}

extension ObjectiveMeasure {
    /// Whether it is of the times of single answers, which no rollup has.
    fileprivate var isPercentile: Bool {
        switch self {
        case .answerDuration, .firstToken: true
        case .availability, .errorRate, .costPerAnswer, .satisfaction: false
        }
    }
}
