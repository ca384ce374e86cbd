import Domain

/// How conversations ended, why people had to help, and what customers said.
struct OutcomeReport {
    let desk: ReportDesk
    let request: ReportRequest

    func report() throws -> Report {
        let period = try request.period(now: desk.now)
        let questions = OutcomeQuestions(desk: desk, period: period, rule: request.rule)
        let judging = try desk.objectives(period, number: request.objectives)
        let by = try request.grouping(of: .outcomes)
        let total = try questions.whole()
        let isAsked = total.requested > 0
        var sections = [
            summary(total), try certainty(questions, total), notClosed(try questions.neverClosed()), satisfaction(total, judging.set),
            escalations(try questions.escalations(), total),
        ]
        if !by.isWhole {
            sections.append(
                ReportSection(
                    name: by.name, title: by.title, columns: by.columns + OutcomeFigures.columns,
                    rows: try questions.figures(by).sorted.map { by.values($0.key) + $0.value.values(isAsked: isAsked) }))
        }
        let variants = ReportGrouping(dimensions: [.experiment, .variant], clock: by.clock)
        sections.append(self.variants(variants, try questions.figures(variants, where: "variant is not null").sorted))
        return Report(
            name: "outcomes", title: "Outcomes",
            basis: desk.basis(period, exactness: "exact counts over every conversation; intervals are Wilson's, 95 %"), sections: sections,
            main: by.isWhole ? "outcomes" : by.name, definitions: definitions + by.definitions)
    }

    private func summary(_ total: OutcomeFigures) -> ReportSection {
        ReportSection(
            name: "outcomes", title: "Conversations closed in the period, by \(request.rule.rawValue)",
            columns: [ReportColumn("rule", "rule")] + OutcomeFigures.columns,
            rows: [[.text(request.rule.rawValue)] + total.values(isAsked: total.requested > 0)])
    }

    private func certainty(_ questions: OutcomeQuestions, _ total: OutcomeFigures) throws -> ReportSection {
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
        guard let silence = desk.outcomes.idleAfterNanoseconds else { return "silence closes nothing here" }
        return "closed, too, for the reason idle: "
            + "after \(OutcomeSettings.text(nanoseconds: silence)) in which neither people nor agents did anything, as far as the "
            + "log has got"
    }

    private func notClosed(_ counts: (conversations: Int64, rated: Int64)) -> ReportSection {
        ReportSection(
            name: "not_closed", title: "Conversations that have not closed: only their ratings are in the figures above",
            columns: [ReportColumn("not_closed", "not closed"), ReportColumn("rated", "rated")],
            rows: [[.count(counts.conversations), .count(counts.rated)]])
    }

    private func satisfaction(_ total: OutcomeFigures, _ objectives: ObjectiveSet) -> ReportSection {
        let interval = WilsonInterval(part: total.satisfied, whole: total.ratings)
        return ReportSection(
            name: "satisfaction", title: "Satisfaction",
            columns: [
                ReportColumn("csat", "CSAT"), ReportColumn("csat_low", "from"), ReportColumn("csat_high", "to"),
                ReportColumn("ratings", "ratings"), ReportColumn("satisfied", "4 or 5"), ReportColumn("requested", "requested"),
                ReportColumn("response_rate", "response"), ReportColumn("verdict", "verdict"),
            ],
            rows: [
                [
                    .ratio(total.satisfied, of: total.ratings), .init(interval?.low), .init(interval?.high), .count(total.ratings),
                    .count(total.satisfied), .count(total.requested), .ratio(total.ratings, of: total.asked(total.requested > 0)),
                    objectives.objective(.satisfaction).map {
                        .state($0.state(.share(part: total.satisfied, whole: total.ratings)))
                    } ?? .none,
                ]
            ])
    }

    private func escalations(_ groups: [(reason: String?, conversations: Int64, raised: Int64)], _ total: OutcomeFigures) -> ReportSection {
        ReportSection(
            name: "escalations", title: "Escalations by reason",
            columns: [
                ReportColumn("reason", "reason"), ReportColumn("conversations", "conversations"), ReportColumn("escalation_rate", "of closed"),
                ReportColumn("escalations_raised", "raised"),
            ],
            rows: groups.map { reason, conversations, raised in
                [.optional(reason), .count(conversations), .ratio(conversations, of: total.closed), .count(raised)]
            })
    }

    private func variants(_ by: ReportGrouping, _ groups: [(key: GroupKey, value: OutcomeFigures)]) -> ReportSection {
        ReportSection(
            name: "variants", title: "Variants, with 95 % intervals",
            columns: by.columns + [
                ReportColumn("closed", "closed"),
                ReportColumn("resolved", "resolved"), ReportColumn("resolution_rate", "resolution"), ReportColumn("resolution_low", "from"),
                ReportColumn("resolution_high", "to"), ReportColumn("escalation_rate", "escalation"), ReportColumn("escalation_low", "from"),
                ReportColumn("escalation_high", "to"), ReportColumn("ratings", "ratings"), ReportColumn("csat", "CSAT"),
                ReportColumn("csat_low", "from"), ReportColumn("csat_high", "to"),
            ],
            rows: groups.map { key, figures in
                let resolution = WilsonInterval(part: figures.resolved, whole: figures.closed)
                let escalation = WilsonInterval(part: figures.handedOver, whole: figures.closed)
                let csat = WilsonInterval(part: figures.satisfied, whole: figures.ratings)
                return by.values(key) + [
                    .count(figures.closed), .count(figures.resolved),
                    .ratio(figures.resolved, of: figures.closed), .init(resolution?.low), .init(resolution?.high),
                    .ratio(figures.handedOver, of: figures.closed), .init(escalation?.low), .init(escalation?.high), .count(figures.ratings),
                    .ratio(figures.satisfied, of: figures.ratings), .init(csat?.low), .init(csat?.high),
                ]
            })
    }

    private var definitions: [ReportDefinition] {
        [
            ReportDefinition(request.rule.rawValue, request.rule.definition),
            ReportDefinition("closed", "conversations whose last closing lies in the period; they are the whole of every rate of conversations"),
            ReportDefinition("silence", silence),
            ReportDefinition("confirmed", "resolved, and the customer said so; all other resolutions are assumed"),
            ReportDefinition("escalation_rate", "closed conversations in which an escalation was ever raised, by the last reason; also the resolved ones"),
            ReportDefinition("reopen_rate", "closed conversations that were reopened at least once"),
            ReportDefinition(
                "ratings", "conversations with a rating, the last of each; it counts where the conversation closed, until then where it was given"),
            ReportDefinition("csat", "ratings of 4 or 5 ÷ ratings"),
            ReportDefinition(
                "response_rate",
                "ratings ÷ conversations that were asked for one or gave one; ÷ all that closed or gave one where none of the period "
                    + "was asked"),
        ]
    }
}

extension ReportValue {
    /// A bound of an interval, none of nothing.
    fileprivate init(_ bound: Double?) { self = bound.map { .estimate($0) } ?? .none }
}
