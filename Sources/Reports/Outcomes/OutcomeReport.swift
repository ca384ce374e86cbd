import Domain

/// How conversations ended, why people had to help, and what customers said.
struct OutcomeReport {
    let runner: ReportRunner
    let request: ReportRequest

    func report() throws -> Report {
        let period = try request.period(now: runner.now)
        let questions = OutcomeQueries(runner: runner, period: period, rule: request.rule)
        let judging = try runner.objectives(period, number: request.objectives)
        var by = try request.grouping(of: .outcomes)
        let total = try questions.whole()
        let isAsked = total.requested > 0
        var reasons = ReportGrouping(dimensions: [.escalationReason], clock: by.clock)
        let escalated = try runner.listing(&reasons, questions.escalationKinds, of: period) {
            try questions.escalations($0)
        }
        var sections = [
            summary(total), try certainty(questions, total), notClosed(try questions.neverClosed()),
            try satisfaction(total, judging, period), judging.section,
            escalations(reasons, escalated.sorted, total), withoutMessage(try questions.withoutMessage()),
        ]
        if !by.isWhole {
            let isCompared = OutcomeComparison.isMeant(for: by)
            let kinds = questions.kinds() + (isCompared ? [questions.begunKind()] : [])
            let (figures, begun) = try runner.listing(&by, kinds, of: period) { by in
                (try questions.figures(by), try isCompared ? questions.begun(by) : Grouped<BegunFigures>())
            }
            let groups = figures.sorted
            sections.append(
                ReportSection(
                    name: by.name, title: by.title, columns: by.columns + OutcomeFigures.columns,
                    rows: groups.map { by.values($0.key) + $0.value.values(isAsked: isAsked) },
                    spans: by.spans(groups.map(\.key), of: period, finished: runner.finished)))
            if isCompared {
                sections.append(
                    OutcomeComparison(by: by, groups: begun.sorted).section(
                        name: "compared", title: by.title + ", compared, with 95 % intervals"))
            }
        }
        var variants = ReportGrouping(dimensions: [.experiment, .variant], clock: by.clock)
        let hasVariant = "variant is not null"
        let figures = try runner.listing(&variants, [questions.begunKind(where: hasVariant)], of: period) { by in
            try questions.begun(by, where: hasVariant)
        }
        sections.append(
            OutcomeComparison(by: variants, groups: figures.sorted).section(
                name: "variants", title: "Variants, with 95 % intervals"))
        // Said once, of whichever there are too many.
        let others = by.listed == nil ? (reasons.listed ?? variants.listed).map { [$0.definition] } ?? [] : []
        return Report(
            name: "outcomes", title: "Outcomes",
            basis: runner.basis(
                period,
                exactness: try runner.exactness(
                    "exact counts over every conversation; intervals are Wilson's, 95 %", of: [period],
                    else: "how these ended and were rated is unknown, so all counts of conversations and ratings are at "
                        + "least so many, and rates and intervals are of the others; escalations raised are counted "
                        + "from every event")),
            sections: sections,
            main: by.isWhole ? "outcomes" : by.name,
            definitions: definitions + judging.definitions(of: .satisfaction) + by.definitions
                + others + (try cutDefinitions(period)))
    }

    /// However long ago they were: nobody knows of them whether they have closed.
    private func cutDefinitions(_ period: ReportPeriod) throws -> [ReportDefinition] {
        let count = try runner.cutConversations(in: [ReportPeriod(from: .min, to: period.to)])
        guard count > 0 else { return [] }
        return [
            ReportDefinition(
                "cut_after",
                "conversations with more than \(Limits.conversationText) are in none of these figures, neither closed nor "
                    + "not closed; begun before the end of the period: \(count)")
        ]
    }

    private func summary(_ total: OutcomeFigures) -> ReportSection {
        ReportSection(
            name: "outcomes", title: "Conversations closed in the period, by \(request.rule.rawValue)",
            columns: [ReportColumn("rule", "rule")] + OutcomeFigures.columns,
            rows: [[.text(request.rule.rawValue)] + total.values(isAsked: total.requested > 0)])
    }

    private func certainty(_ questions: OutcomeQueries, _ total: OutcomeFigures) throws -> ReportSection {
        let confirmed = try questions.confirmed()
        return ReportSection(
            name: "certainty", title: "How certain that is",
            columns: [
                ReportColumn("confirmed", "confirmed"), ReportColumn("assumed", "assumed"),
                ReportColumn("closed_by_silence", "closed by silence"),
            ],
            rows: [[.count(confirmed), .count(total.resolved - confirmed), .count(try questions.closedBySilence())]])
    }

    private var silence: String {
        guard let silence = runner.outcomes.idleAfterNanoseconds else { return "silence closes nothing here" }
        return "closed, too, for the reason idle: "
            + "after \(OutcomeSettings.text(nanoseconds: silence)) in which neither people nor agents did anything, as far as the "
            + "log has got"
    }

    private func notClosed(_ counts: (conversations: Int64, rated: Int64)) -> ReportSection {
        ReportSection(
            name: "not_closed",
            title: "Conversations that have not closed: only their ratings are in the figures above",
            columns: [ReportColumn("not_closed", "not closed"), ReportColumn("rated", "rated")],
            rows: [[.count(counts.conversations), .count(counts.rated)]])
    }

    /// Most likely ids that were mistyped: what they tell is counted as a conversation of its own.
    private func withoutMessage(_ counts: (conversations: Int64, outcomes: Int64, ratings: Int64)) -> ReportSection {
        ReportSection(
            name: "without_message", title: "Told of conversations without a message: are their ids right?",
            columns: [
                ReportColumn("conversations", "conversations"), ReportColumn("with_outcome", "with an outcome"),
                ReportColumn("rated", "rated"),
            ],
            rows: counts.conversations > 0
                ? [[.count(counts.conversations), .count(counts.outcomes), .count(counts.ratings)]] : [])
    }

    private func satisfaction(
        _ total: OutcomeFigures, _ judging: AppliedObjectives, _ period: ReportPeriod
    ) throws -> ReportSection {
        let objectives = judging.set
        let objective = objectives.objective(.satisfaction)
        var cells = ReportValue.withInterval(total.satisfied, of: total.ratings)
        cells += [.count(total.ratings), .count(total.satisfied), .count(total.requested)]
        cells.append(.ratio(total.ratings, of: total.asked(total.requested > 0)))
        let verdict = try objective.map { objective in
            if objective.channels.isEmpty {
                return objective.state(.share(part: total.satisfied, whole: total.ratings))
            }
            // Promised for certain channels.
            let limited = try ServiceLevelQueries.ratings(
                runner: runner, period: period, objectives: objectives, of: objective)
            return objective.state(.share(part: limited.satisfied, whole: limited.ratings))
        }
        cells.append(verdict.map { ReportValue.state($0) } ?? ReportValue.none)
        cells += [
            ReportValue(objective?.target), ReportValue(objective?.alertLimit), .count(Int64(judging.version.number)),
        ]
        return ReportSection(
            name: "satisfaction", title: "Satisfaction",
            columns: [
                ReportColumn("csat", "CSAT"), ReportColumn("csat_low", "from"), ReportColumn("csat_high", "to"),
                ReportColumn("ratings", "ratings"), ReportColumn("satisfied", "4 or 5"),
                ReportColumn("requested", "requested"),
                ReportColumn("response_rate", "response"), ReportColumn("verdict", "verdict"),
                ReportColumn("target", "target"),
                ReportColumn("alert_limit", "alert"), ReportColumn("objectives_version", "version"),
            ], rows: [cells])
    }

    private func escalations(
        _ by: ReportGrouping, _ groups: [(key: GroupKey, value: EscalationCounts)], _ total: OutcomeFigures
    ) -> ReportSection {
        ReportSection(
            name: "escalations", title: "Escalations by reason",
            columns: [
                ReportColumn("reason", "reason"), ReportColumn("conversations", "conversations"),
                ReportColumn("escalation_rate", "of closed"),
                ReportColumn("escalations_raised", "raised"),
            ],
            rows: groups.map { key, counts in
                by.values(key) + [
                    .count(counts.conversations), .ratio(counts.conversations, of: total.closed), .count(counts.raised),
                ]
            })
    }

    private var definitions: [ReportDefinition] {
        [
            ReportDefinition(request.rule.rawValue, request.rule.definition),
            ReportDefinition(
                "closed",
                "conversations whose last closing lies in the period; they are the whole of every rate of conversations"
            ),
            ReportDefinition("open", "undecided: closed, with an outcome that by the rule time may change"),
            ReportDefinition(
                "not_closed",
                "begun before the end of the period and not closed until now; rated: those whose last rating lies in the period"
            ),
            ReportDefinition("silence", silence),
            ReportDefinition("confirmed", "resolved, and the customer said so; all other resolutions are assumed"),
            ReportDefinition(
                "escalation_rate",
                "closed conversations in which an escalation was ever raised, by the last reason; also the resolved ones"
            ),
            ReportDefinition(
                "without_message",
                "conversations with an outcome or a rating and their last event in the period, of which neither a question nor an answer "
                    + "was ever told; an outcome: resolved, reopened, escalated, or closed by an event"),
            ReportDefinition("reopen_rate", "closed conversations that were reopened at least once"),
            ReportDefinition(
                "ratings",
                "conversations with a rating, the last of each; it counts where the conversation closed, until then where it was given"
            ),
            ReportDefinition("csat", "ratings of 4 or 5 ÷ ratings"),
            ReportDefinition(
                "response_rate",
                "ratings ÷ conversations that were asked for one or gave one; ÷ all that closed or gave one where none of the period "
                    + "was asked"),
        ] + OutcomeComparison.definitions
    }
}
