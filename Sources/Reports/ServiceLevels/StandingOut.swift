import Bytes
import Domain

/// What questions that went badly have in common, beyond what all have: of which model, tool or channel there are more
/// among them than among all. It is asked of short periods alone, a bad hour above all, as whoever looks at a month
/// looks for when before why.
struct StandingOut {
    private let runner: ReportRunner
    private let period: ReportPeriod
    private let isBad: String
    /// From when on an answer is slow: the target of the highest percentile that is promised; nil: none is.
    private let limit: String?

    /// Of longer periods nothing is asked.
    private static let periodMax = 3 * Nanoseconds.hour
    /// Of each dimension the values with most bad ones are looked at.
    private static let valuesMax = 200
    private static let rowsMax = 10
    private static let dimensions = [
        "model", "tool", "route", "channel", "agent_version", "prompt_version", "region", "tenant",
    ]

    /// - Returns: nil for a period that is too long.
    init?(runner: ReportRunner, period: ReportPeriod, objectives: ObjectiveSet) throws {
        guard period.to.saturatingSubtract(period.from) <= Self.periodMax else { return nil }
        let questions = ServiceLevelQueries(runner: runner, period: period, by: try .whole(), objectives: objectives)
        let slow = objectives.answerPercentiles.last.flatMap { objectives.objective(.answerDuration($0)) }?.target
        (self.runner, self.period) = (runner, period)
        isBad =
            "status = 'error' or (\(questions.isFailed))"
            + (slow.map { " or duration_ns >= \($0.units)" } ?? "")
        limit = slow.map { HumanReadableText.text(ReportValue($0)) }
    }

    /// What is asked, in parts that do not wait for each other.
    var parts: [@Sendable () throws -> Void] {
        let asked = self
        var parts: [@Sendable () throws -> Void] = [{ _ = try asked.all() }]
        for dimension in Self.dimensions { parts.append { _ = try asked.values(of: dimension) } }
        return parts
    }

    /// The section and what it says; nil where nothing went badly, or what did is no other than the rest.
    /// - Throws: as `ReportRunner/report(_:_:)`.
    func found() throws -> (section: ReportSection, definition: ReportDefinition)? {
        let all = try all()
        guard all.bad > 0 else { return nil }
        var values: [Value] = []
        for dimension in Self.dimensions { values += try self.values(of: dimension) }
        let found = values.filter { $0.isAhead(of: all, among: values.count) }.sorted { left, right in
            let (one, other) = (left.excess(all), right.excess(all))
            return one == other ? left.order < right.order : one > other
        }
        if found.isEmpty { return nil }
        let section = ReportSection(
            name: "stands_out", title: "What stands out among questions that went badly",
            columns: [
                ReportColumn("by", "by", isKey: true), ReportColumn("value", "value", isKey: true),
                ReportColumn("bad", "badly"), ReportColumn("share_of_bad", "of all that did"),
                ReportColumn("questions", "questions"), ReportColumn("share_of_questions", "of all questions"),
                ReportColumn("bad_rate", "badly here"), ReportColumn("bad_rate_elsewhere", "elsewhere"),
            ],
            rows: found.prefix(Self.rowsMax).map { value in
                [
                    .text(value.dimension), .text(value.text), .count(value.counts.bad),
                    .ratio(value.counts.bad, of: all.bad), .count(value.counts.all),
                    .ratio(value.counts.all, of: all.all), .ratio(value.counts.bad, of: value.counts.all),
                    .ratio(all.bad - value.counts.bad, of: all.all - value.counts.all),
                ]
            })
        return (section, definition)
    }

    private var definition: ReportDefinition {
        ReportDefinition(
            "stands_out",
            "of periods of up to \(Self.periodMax / Nanoseconds.hour) h: questions that failed or were answered "
                + "with an error" + (limit.map { " or in \($0) or more" } ?? "")
                + "; listed is what has more of them than all other questions have, beyond chance (Newcombe's "
                + "interval, 95 % for all that were looked at), first what most too many are of; a question counts for "
                + "each tool that was called in its turn")
    }

    private struct Counts {
        var all: Int64
        var bad: Int64
    }

    private struct Value {
        var dimension: String
        var text: String
        var counts: Counts
        /// The order of dimensions, and within one that of its question, which has no ties.
        var order: Int

        /// How many bad ones there are beyond what there would be if all were alike, times all questions.
        func excess(_ whole: Counts) -> Int128 {
            Int128(counts.bad) * Int128(whole.all) - Int128(counts.all) * Int128(whole.bad)
        }

        func isAhead(of whole: Counts, among values: Int) -> Bool {
            let rest = (part: whole.bad - counts.bad, whole: whole.all - counts.all)
            guard excess(whole) > 0,
                let ahead = ShareDifference((counts.bad, counts.all), above: rest, ofGroups: values)
            else { return false }
            return ahead.low > 0
        }
    }

    private func all() throws -> Counts {
        let row = try runner.rows(
            "select count(*), count(*) filter (where \(isBad)) from turns where \(period.contains("asked_time"))"
        ).first
        return Counts(all: Int64(row?.integer(0) ?? 0), bad: Int64(row?.integer(1) ?? 0))
    }

    private func values(of dimension: String) throws -> [Value] {
        let place = (Self.dimensions.firstIndex(of: dimension) ?? 0) * Self.valuesMax
        let cell = dimension == "model" ? DisplayedModelName.askedFor.rawValue : dimension
        let bad = "count(*) filter (where \(isBad))"
        let rows = try runner.rows(
            "select \(cell) as value, count(*), \(bad) as bad from turns\(dimension == "tool" ? tools : "") "
                + "where \(period.contains("asked_time")) and (\(cell)) is not null group by 1 having \(bad) > 0 "
                + "order by bad desc, 2 desc, value limit \(Self.valuesMax)")
        return rows.enumerated().compactMap { number, row in
            row.text(0).map { text in
                Value(
                    dimension: dimension, text: text,
                    counts: Counts(all: Int64(row.integer(1)), bad: Int64(row.integer(2))), order: place + number)
            }
        }
    }

    /// The tools of each turn, once each. They are called while it is answered, so that those of the last questions
    /// come behind the period.
    private var tools: String {
        let called = ReportPeriod(from: period.from, to: period.to.saturatingAdd(Nanoseconds.hour))
        return " join (select distinct tenant as tool_tenant, conversation_id as tool_conversation, turn as tool_turn, "
            + "tool from \(runner.whole("tool_call")) where \(called.contains("time"))) as tools_of_turns "
            + "on tool_tenant = tenant and tool_conversation = conversation_id and tool_turn = turn"
    }
}
