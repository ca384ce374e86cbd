import Bytes
import Domain
import JSONTexts

/// How service level objectives stand: how much of each error budget is left, how fast it goes, who burns it, and how
/// much of the window is on record at all.
struct BudgetReport {
    let runner: ReportRunner
    let objectives: [ServiceLevelObjective]
    /// End of the windows; nil: now.
    let to: Int64?

    /// Values of each dimension that are named.
    private static let burnersMax = 3
    /// Conversations that are named.
    private static let conversationsMax = 5
    private static let exact = "exact: each question, answer and rating is counted, none is estimated"
    private static let inexact =
        "of those only their first questions, and answers by model, count, so that shares may be off"
    /// Windows that are shown where no rule asks for them, in minutes.
    private static let spans: [Int64] = [60, 360, 1440, 4320]

    /// What was counted for an objective.
    private struct Standing {
        var objective: ServiceLevelObjective
        var period: ReportPeriod
        var end: Int64
        var budget: ErrorBudget
        /// Others that may be bad, as far as anybody knows.
        var inDoubt: Int64
        /// By minutes.
        var spans: [Int64: ErrorBudget]
        /// What tells when the budget burns too fast.
        var rules: [BurnRule]
        /// Why nothing does.
        var reasonForNoRules: String?
        var hoursOfKind: Int64
        var burners: [(by: BurnerDimension, of: [BudgetQueries.Burner])]

        var firing: [BurnRule] {
            rules.filter { rule in
                guard let long = spans[rule.longMinutes], let short = spans[rule.shortMinutes] else { return false }
                return rule.fires(long: long, short: short)
            }
        }

        /// How it stands with what is known to be bad, and with all that may be.
        private var ends: (best: ObjectiveState, worst: ObjectiveState) {
            let isBurning = !firing.isEmpty
            let worst = ErrorBudget(total: budget.total, bad: budget.bad + inDoubt, allowed: budget.allowed)
            return (budget.state(isBurning: isBurning), worst.state(isBurning: isBurning))
        }

        /// A cost is judged as everywhere: by both ends of what it may be.
        var state: ObjectiveState { .between(ends.best, ends.worst) }

        /// What the state alone does not say.
        var remark: String? {
            if ends.best != ends.worst { return "calls without a price decide: \(inDoubt) in doubt" }
            if budget.total > 0, budget.isOverspent, budget.bad < ErrorBudget.badMin { return "too few to judge" }
            guard let rule = firing.first else { return reasonForNoRules == nil ? nil : "no rule follows" }
            return rule.isFast ? "burns fast" : "burns slowly"
        }
    }

    func report() throws -> Report {
        let end = to ?? runner.now
        let judging = try runner.objectives(ReportPeriod(Nanoseconds.hour, upTo: end))
        var standings: [Standing] = []
        for objective in objectives {
            try runner.check()
            standings.append(try standing(objective, at: end, judging.set))
        }
        let from = standings.map(\.period.from).min() ?? end
        let periods = Set(standings.map(\.period)).sorted { ($0.from, $0.to) < ($1.from, $1.to) }
        return Report(
            name: "slos", title: "Service level objectives",
            basis: runner.basis(
                ReportPeriod(from: from, to: end), exactness: try Self.exactness(of: periods, runner)),
            sections: [
                Self.budgets(standings), Self.burnRates(standings), try coverage(standings), Self.burners(standings),
            ], main: "budgets", definitions: Self.definitions(standings),
            titles: judging.set.titles(of: objectives))
    }

    /// How exact budgets of some windows are.
    static func exactness(of periods: [ReportPeriod], _ runner: ReportRunner) throws -> String {
        try runner.exactness(exact, of: periods, else: inexact)
    }

    /// How much of each budget is left, and of how many hours of its window there is any event: the figures of
    /// ``report()``, for a report of other things.
    /// - Parameter limits: within which an answer is in time.
    func summary(_ limits: AnswerLimits) throws -> ReportSection {
        var covered: [ReportPeriod: ReportValue] = [:]
        let rows = try left(limits).map { period, cells in
            let coverage = try covered[period] ?? ReportValue.ratio(hoursWithEvents(period), of: Self.hours(period))
            covered[period] = coverage
            return cells + [coverage]
        }
        return ReportSection(
            name: "service_level_objectives", title: "Service level objectives: error budgets",
            columns: Self.columnsOfLeft + [ReportColumn("coverage", "coverage")], rows: rows)
    }

    /// How much of each budget is left, with its window: the figures of ``report()``, and nothing else of it.
    /// - Parameter limits: within which an answer is in time.
    func left(_ limits: AnswerLimits) throws -> [(period: ReportPeriod, cells: [ReportValue])] {
        let asked = try asked(limits)
        let counts = try BudgetQueries.counts(asked)
        return objectives.enumerated().map { place, objective in
            let budget = ErrorBudget(
                total: counts[place].total, bad: counts[place].bad, allowed: objective.allowed)
            let counted: [ReportValue] = [
                .text(objective.name.text), .share(part: Int128(objective.target), whole: 1_000_000),
                .ratio(budget.total - budget.bad, of: budget.total), .count(budget.total), .count(budget.bad),
            ]
            return (asked[place].window, counted + Self.shares(budget))
        }
    }

    /// Those of ``left(_:)``.
    static let columnsOfLeft = [
        ReportColumn("slo", "objective", isKey: true, isObjective: true), ReportColumn("target", "target"),
        ReportColumn("good", "good"), ReportColumn("events", "counted"), ReportColumn("bad", "bad"),
        ReportColumn("allowed", "allowed"), ReportColumn("left", "left"), ReportColumn("budget_left", "budget left"),
    ]

    /// What its columns mean.
    static let definitionsOfLeft = [
        ReportDefinition("allowed", "(1 − target) × counted: so many may be bad; left: allowed − bad"),
        ReportDefinition("budget left", "left ÷ allowed; below 0: overspent"),
    ]

    /// What ``summary(_:)`` asks but for questions, which a report of service levels asks likewise, in parts that do
    /// not wait for each other.
    func parts(_ limits: AnswerLimits) throws -> [@Sendable () throws -> Void] {
        var answers: [BudgetQueries.Asked] = []
        var parts: [@Sendable () throws -> Void] = []
        for asked in try asked(limits) {
            switch asked.queries.indicator.measure {
            case .questions: continue
            case .answers, .answerDuration, .firstToken: answers.append(asked)
            case .ratings: parts.append { _ = try BudgetQueries.counts([asked]) }
            case .costPerAnswer:
                // Longer answers are not kept, and would be asked for twice.
                guard 4 * Self.hours(asked.window) <= KnownAnswers.valuesMax else { continue }
                parts.append { _ = try BudgetQueries.counts([asked]) }
            }
        }
        let together = answers
        return parts + [{ _ = try BudgetQueries.counts(together) }]
    }

    private func asked(_ limits: AnswerLimits) throws -> [BudgetQueries.Asked] {
        let end = to ?? runner.now
        return try objectives.map { objective in
            (
                queries: BudgetQueries(runner: runner, indicator: objective.indicator, limits: limits),
                window: try objective.window.period(at: end)
            )
        }
    }

    /// How many bad ones are allowed, how many more, and what share that is.
    private static func shares(_ budget: ErrorBudget) -> [ReportValue] {
        let isCounted = budget.total > 0
        return [
            isCounted ? .text(DecimalText.render(budget.millionths, scale: 6)) : .none,
            isCounted ? .text(DecimalText.render(budget.leftMillionths, scale: 6)) : .none,
            .ratio(budget.leftMillionths, of: budget.millionths),
        ]
    }

    /// An hour that is not over is one, too.
    private static func hours(_ period: ReportPeriod) -> Int64 {
        -floorDivide(-period.to.saturatingSubtract(period.from), Nanoseconds.hour)
    }

    /// Most hours have answers or calls, which rollups know; all events are looked through only where there are none.
    private func hoursWithEvents(_ period: ReportPeriod) throws -> Int64 {
        let hour = "date_bin(interval '1 hour', time, \(SQLTexts.time(period.from)))"
        var found = Set(try BudgetQueries.hoursWithAnswers(runner, period))
        for table in [QuestionRule.answer.table, "llm_call", "events"] {
            guard let rest = Self.missing(from: found, period) else { break }
            let rows = try runner.rows(
                "select \(hour), count(*) from \(runner.whole(table)) where \(rest.contains("time")) group by 1")
            for row in rows { if let time = row.time(0) { found.insert(time) } }
        }
        return Int64(found.count)
    }

    /// From the first hour of a period that is not among some of its hours to the last such; nil: all are.
    private static func missing(from found: Set<Int64>, _ period: ReportPeriod) -> ReportPeriod? {
        let count = hours(period)
        guard Int64(found.count) < count else { return nil }
        var (first, last) = (period.from, period.to)
        while found.contains(first) { first = first.saturatingAdd(Nanoseconds.hour) }
        // The last one may be shorter.
        var begin = period.from.saturatingAdd((count - 1) * Nanoseconds.hour)
        while found.contains(begin) { (last, begin) = (begin, begin.saturatingSubtract(Nanoseconds.hour)) }
        return ReportPeriod(from: first, to: last)
    }

    /// - Parameter set: says within which time questions are to be answered, and where buckets end.
    private func standing(
        _ objective: ServiceLevelObjective, at end: Int64, _ set: ObjectiveSet
    ) throws -> Standing {
        let period = try objective.window.period(at: end)
        let rules = objective.burnRules(buckets: set.bucketBounds)
        let minutes = Set(Self.spans + rules.flatMap { [$0.longMinutes, $0.shortMinutes] }).sorted()
        let spans = minutes.map { ReportPeriod($0 * Nanoseconds.minute, upTo: end) }
        let queries = BudgetQueries(runner: runner, indicator: objective.indicator, limits: set.answerLimits)
        let counts = try queries.counts(period, spans)
        func budget(_ counts: BudgetQueries.Counts) -> ErrorBudget {
            ErrorBudget(total: counts.total, bad: counts.bad, allowed: objective.allowed)
        }
        var burners: [(by: BurnerDimension, of: [BudgetQueries.Burner])] = []
        if counts.whole.bad > 0 {
            burners = try BurnerDimension.allCases.map { by in
                let limit = by == .conversation ? Self.conversationsMax : Self.burnersMax
                return (by, try queries.burners(by, period, limit: limit))
            }
        }
        return Standing(
            objective: objective, period: period, end: try objective.window.end(at: end), budget: budget(counts.whole),
            inDoubt: counts.whole.inDoubt,
            spans: Dictionary(uniqueKeysWithValues: zip(minutes, counts.spans.map(budget))), rules: rules,
            reasonForNoRules: objective.reasonForNoRules(buckets: set.bucketBounds),
            hoursOfKind: try queries.hours(period), burners: burners)
    }
}

// MARK: Sections

extension BudgetReport {
    private static func budgets(_ standings: [Standing]) -> ReportSection {
        ReportSection(
            name: "budgets", title: "Error budgets",
            columns: [
                ReportColumn("slo", "objective", isKey: true, isObjective: true),
                ReportColumn("title", "title", isBelow: true),
                ReportColumn("target", "target"), ReportColumn("good", "good"), ReportColumn("events", "counted"),
                ReportColumn("bad", "bad"), ReportColumn("allowed", "allowed"), ReportColumn("left", "left"),
                ReportColumn("budget_left", "budget left"), ReportColumn("state", "state"),
                ReportColumn("remark", "remark"),
            ],
            rows: standings.map { standing in
                let (budget, objective) = (standing.budget, standing.objective)
                let named: [ReportValue] = [
                    .text(objective.name.text), .text(objective.title.text),
                    .share(part: Int128(objective.target), whole: 1_000_000),
                    .ratio(budget.total - budget.bad, of: budget.total), .count(budget.total), .count(budget.bad),
                ]
                return named + shares(budget) + [.budgetState(standing.state), .optional(standing.remark)]
            })
    }

    private static func burnRates(_ standings: [Standing]) -> ReportSection {
        let rows = standings.flatMap { standing in
            spans.map { minutes -> [ReportValue] in
                let rule = standing.rules.first { $0.longMinutes == minutes }
                let short = rule.flatMap { standing.spans[$0.shortMinutes] }
                guard let long = standing.spans[minutes] else { preconditionFailure("each span is counted") }
                return [
                    .text(standing.objective.name.text), .text(BurnRule.text(minutes: minutes)), .count(long.total),
                    .count(long.bad), rate(long),
                    rule.map { .text(BurnRule.text(minutes: $0.shortMinutes)) } ?? .none,
                    short.map(rate) ?? .none,
                    rule.map { .text(DecimalText.render(Int128($0.tenThousandths), scale: 4)) } ?? .none,
                    rule.map { .count($0.badMin) } ?? .none,
                    rule.map { .text(standing.firing.contains($0) ? "fires" : "quiet") } ?? .none,
                ]
            }
        }
        return ReportSection(
            name: "burn_rates", title: "How fast budgets burn",
            columns: [
                ReportColumn("slo", "objective", isKey: true, isObjective: true),
                ReportColumn("window", "window", isKey: true),
                ReportColumn("events", "counted"), ReportColumn("bad", "bad"), ReportColumn("burn_rate", "burn rate"),
                ReportColumn("short_window", "and"), ReportColumn("short_burn_rate", "burn rate there"),
                ReportColumn("fires_above", "fires above"), ReportColumn("bad_needed", "and from bad"),
                ReportColumn("rule", "rule"),
            ], rows: rows)
    }

    /// How many times faster than allowed, to four decimals; none where nothing counts.
    private static func rate(_ budget: ErrorBudget) -> ReportValue {
        guard budget.total > 0 else { return .none }
        return .text(QuotientText.trimmed(Int128(budget.bad) * 1_000_000, budget.millionths, decimals: 4))
    }

    /// An hour without any event is one of which nobody knows whether all was well.
    private func coverage(_ standings: [Standing]) throws -> ReportSection {
        var seen: [ReportPeriod: Int64] = [:]
        for standing in standings where seen[standing.period] == nil {
            seen[standing.period] = try hoursWithEvents(standing.period)
        }
        return ReportSection(
            name: "coverage", title: "How much of the windows is on record",
            columns: [
                ReportColumn("slo", "objective", isKey: true, isObjective: true), ReportColumn("window", "window"),
                ReportColumn("from", "from"), ReportColumn("to", "to"), ReportColumn("ends", "ends"),
                ReportColumn("hours", "hours"), ReportColumn("hours_with_events", "with events"),
                ReportColumn("coverage", "coverage"), ReportColumn("hours_counted", "with any that counts"),
            ],
            rows: standings.map { standing in
                let period = standing.period
                let hours = Self.hours(period)
                let events = seen[period, default: 0]
                return [
                    .text(standing.objective.name.text), .text(standing.objective.window.text), .time(period.from),
                    .time(period.to), .time(standing.end), .count(hours), .count(events),
                    .ratio(events, of: hours), .count(standing.hoursOfKind),
                ]
            })
    }

    private static func burners(_ standings: [Standing]) -> ReportSection {
        ReportSection(
            name: "burners", title: "What burned most of the budgets",
            columns: [
                ReportColumn("slo", "objective", isKey: true, isObjective: true), ReportColumn("by", "by", isKey: true),
                ReportColumn("value", "value", isKey: true), ReportColumn("events", "counted"),
                ReportColumn("bad", "bad"), ReportColumn("share_of_bad", "of all bad"),
            ],
            rows: standings.flatMap { standing in
                standing.burners.flatMap { by, burners in
                    burners.map { burner in
                        [
                            .text(standing.objective.name.text), .text(by.rawValue), .optional(burner.value),
                            .count(burner.counts.total), .count(burner.counts.bad),
                            .ratio(burner.counts.bad, of: standing.budget.bad),
                        ]
                    }
                }
            })
    }

    private static func definitions(_ standings: [Standing]) -> [ReportDefinition] {
        standings.map { standing -> ReportDefinition in
            let reason = standing.reasonForNoRules.map { "; no rule follows: \($0)" } ?? ""
            return ReportDefinition(standing.objective.name.text, standing.objective.indicator.meaning + reason)
        } + definitionsOfLeft + [
            ReportDefinition(
                "state",
                "met: within the budget; at risk: a rule of burn rates fires, or fewer than \(ErrorBudget.badMin) bad "
                    + "ones overspent it; overspent (CSV: breached): more were bad than are allowed; "
                    + "of a cost it is that of the least and of the most that calls without a price cost, at risk "
                    + "where these differ"),
            ReportDefinition(
                "burn rate",
                "share of bad ones ÷ share allowed: at 1 the budget lasts just as long as its window; a question "
                    + "counts there when it is judged, as in rules, and in its budget by when it was asked"),
            ReportDefinition(
                "rule",
                "fires where both windows burn above its rate and enough are bad, so that a few at night wake nobody"),
            ReportDefinition(
                "coverage",
                "hours with any event ÷ hours of the window so far: an hour without one says nothing good"),
        ]
    }
}
