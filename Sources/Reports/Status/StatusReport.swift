import Bytes
import Domain

/// How the service stands now, beside the same hour a week ago, and what changed lately.
struct StatusReport {
    let runner: ReportRunner
    /// End of the hour; nil: now.
    let to: Int64?

    private static let changesMax = 20
    private static let dropped = ReportDefinition(
        "dropped",
        "events that went by their age (retention.events, retention.tenants, retention.types) or for want of room "
            + "(max_disk): of those received up to then only conversations that go on have theirs, and tenants and "
            + "types that are kept for longer; turns, conversations, rollups and counters stay")

    func report() throws -> Report {
        let end = to ?? runner.now
        let hour = ReportPeriod(Nanoseconds.hour, upTo: end)
        // Of an hour that is not over, and of that a week before, what has passed of it: figures of unlike spans can't
        // be compared.
        let period = ReportPeriod(from: hour.from, to: max(hour.from, min(hour.to, runner.now)))
        let earlier = period.moved(byNanoseconds: -7 * Nanoseconds.day)
        let judging = try runner.objectives(hour)
        let (now, before) = (try figures(period, judging.set), try figures(earlier, judging.set))
        let coverage = Coverage(runner: runner)
        let (dropped, ofTenants, ofTypes) = try DroppedEvents(runner: runner).sections()
        return Report(
            name: "status", title: "The last hour",
            basis: runner.basis(
                period,
                exactness: try runner.exactness(
                    ServiceLevelReport.exact, of: [period, earlier], else: ServiceLevelReport.inexact)),
            sections: [
                try coverage.section([("now", period), ("week_before", earlier)]),
                objectives(judging.set, now.levels, before.levels),
                activity(now, before), try changes(end),
            ] + [dropped, ofTenants, ofTypes].compactMap { $0 },
            main: "objectives",
            definitions: [
                ReportDefinition(
                    "now", "the hour up to the end of the period; what has passed of it where it ends later"),
                ReportDefinition("week_before", "the same span seven days earlier"),
                ReportDefinition(
                    "coverage",
                    "minutes in which anything was recorded ÷ the 60 of an hour: below 100 % figures may be of a part of it"
                ),
                ReportDefinition(
                    "told_without_message",
                    "conversations with an outcome or a rating but without any question or answer: are their ids right?"
                ),
                ReportDefinition(
                    "changes",
                    "deployments, prompts, prices, experiments and knowledge of the day up to the end, latest first"),
            ] + (dropped == nil ? [] : [Self.dropped]) + judging.definitions, titles: judging.set.titles)
    }

    private struct Figures {
        var levels: ServiceLevelFigures
        var counts: [(name: String, count: Int128)]
    }

    private func figures(_ period: ReportPeriod, _ objectives: ObjectiveSet) throws -> Figures {
        let levels = try ServiceLevelQueries.whole(runner: runner, period: period, objectives: objectives)
        let tables = ["conversation_started", "conversation_closed", "escalation_raised", "llm_call", "tool_call"]
        var counts: [(name: String, count: Int128)] = try tables.map { table in
            let rows = try runner.rows("select count(*) from \(table) where \(period.contains("time"))")
            return (table, rows.first?.integer(0) ?? 0)
        }
        let unknown = try OutcomeQueries(runner: runner, period: period, rule: .house1).withoutMessage().conversations
        counts.append(("told_without_message", Int128(unknown)))
        return Figures(levels: levels, counts: counts)
    }

    private func objectives(_ set: ObjectiveSet, _ now: ServiceLevelFigures, _ before: ServiceLevelFigures)
        -> ReportSection
    {
        ReportSection(
            name: "objectives", title: "Objectives",
            columns: [
                ReportColumn("objective", "objective", isObjective: true), ReportColumn("target", "target"),
                ReportColumn("now", "now"),
                ReportColumn("samples", "samples"), ReportColumn("week_before", "a week before"),
                ReportColumn("samples_week_before", "samples then"),
            ],
            rows: set.objectives.map { objective in
                [
                    .text(objective.name), ReportValue(objective.target),
                    .judged(now.shown(objective), now.state(objective)), .count(now.samples(objective)),
                    .judged(before.shown(objective), before.state(objective)), .count(before.samples(objective)),
                ]
            })
    }

    private func activity(_ now: Figures, _ before: Figures) -> ReportSection {
        var rows: [[ReportValue]] = [
            [
                .text("questions"), .count(now.levels.good + now.levels.failed + now.levels.pending),
                .count(before.levels.good + before.levels.failed + before.levels.pending),
            ],
            [.text("questions_failed"), .count(now.levels.failed), .count(before.levels.failed)],
            [.text("answers"), .count(now.levels.answers), .count(before.levels.answers)],
        ]
        rows += zip(now.counts, before.counts).map { [.text($0.name), .count($0.count), .count($1.count)] }
        rows.append([
            .text("unpriced_calls"), .count(now.levels.cost.notWhollyPriced),
            .count(before.levels.cost.notWhollyPriced),
        ])
        rows.append([.text("cost_usd"), now.levels.cost.bookedShown, before.levels.cost.bookedShown])
        return ReportSection(
            name: "activity", title: "Activity",
            columns: [
                ReportColumn("measure", "measure"), ReportColumn("now", "now"),
                ReportColumn("week_before", "a week before"),
            ], rows: rows)
    }

    private func changes(_ end: Int64) throws -> ReportSection {
        let day = ReportPeriod(Nanoseconds.day, upTo: end).contains("time")
        let sources = [
            "select time, position, type, subject as what, from_value as was, to_value as became, \"by\" as who from deploy_changed where \(day)",
            "select time, position, type, coalesce(prompt_name, subject), from_value, coalesce(prompt_version, to_value), \"by\" from prompt_published where \(day)",
            "select time, position, type, provider || '/' || model || ' ' || token_class, null, "
                + "cast(usd_per_million_tokens as text) || ' USD per million', null from price_set where \(day)",
            "select time, position, type, coalesce(experiment, subject), from_value, to_value, \"by\" from experiment_changed where \(day)",
            "select time, position, type, subject, from_value, to_value, \"by\" from knowledge_indexed where \(day)",
        ]
        let rows = try runner.rows(
            "select * from (\(sources.joined(separator: " union all "))) as changes order by time desc, position desc limit \(Self.changesMax)"
        )
        return ReportSection(
            name: "changes", title: "What changed in the last day",
            columns: [
                ReportColumn("time", "time"), ReportColumn("type", "type"), ReportColumn("subject", "what"),
                ReportColumn("from_value", "from"),
                ReportColumn("to_value", "to"), ReportColumn("by", "by"),
            ],
            rows: rows.map { row in
                [row.time(0).map { .time($0) } ?? .none] + (2...6).map { .optional(row.text($0)) }
            })
    }
}
