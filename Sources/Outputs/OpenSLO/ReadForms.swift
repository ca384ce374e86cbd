import Domain

/// What of OpenSLO documents is read, for whoever writes them.
package enum ReadForms {
    /// Queries of a ratioMetric that are counted in events.
    package struct Ratio: Sendable {
        /// Whether the part is what is good of the total, and not what is bad.
        package let isGood: Bool
        /// What is good, or bad.
        package let part: String
        /// All that count.
        package let total: String

        fileprivate init(_ total: String, good: String? = nil, bad: String = "") {
            self.total = "sum(\(total))"
            (isGood, part) = (good != nil, "sum(\(good ?? bad))")
        }
    }

    // tests: each is read as it stands.
    /// One of each metric.
    package static let ratios = [
        Ratio("support_questions_total", bad: "support_questions_total{result=\"failed\"}"),
        Ratio("support_answers_total", bad: "support_answers_total{status=\"error\"}"),
        Ratio("support_feedback_total", good: "support_feedback_total{score=~\"4|5\"}"),
        Ratio("support_answer_duration_seconds_count", good: "support_answer_duration_seconds_bucket{le=\"5\"}"),
        Ratio(
            "support_time_to_first_token_seconds_count", good: "support_time_to_first_token_seconds_bucket{le=\"2\"}"),
    ]

    // tests: as `ratios`.
    /// The query of a thresholdMetric with slices of an hour.
    package static let cost =
        "sum(increase(support_llm_cost_usd_total[1h])) / sum(increase(support_answers_total[1h]))"

    /// For people: a heading each, and queries below it that are read as they stand.
    package static var text: String {
        let queries = ratios.map { "  total  \($0.total)\n  \($0.isGood ? "good " : "bad  ")  \($0.part)" }
        return """
            Read are documents of the kinds SLO and SLI; Service and DataSource may stand beside them. An SLO has a \
            ratioMetric or a thresholdMetric, one timeWindow, and target or targetPercent.

            ratioMetric, with counter: true and budgetingMethod: Occurrences: total and either good or bad, each \
            `sum(METRIC{…})`, what was taken back (`- sum(…_corrected…{…})`) behind it or not:

            \(queries.joined(separator: "\n"))

            thresholdMetric, with budgetingMethod: Timeslices, op: lte, value in USD and timeSliceWindow, 1m to 1d, \
            which is the range of the query:

              \(cost)

            Labels, the same in all parts of a metric, are channel and tenant, of answers and their times agent, too; \
            of a cost tenant alone. They are compared with = and !=, and with =~ and !~ where these name texts one by \
            one, such as "chat|web".

            timeWindow is `duration: 30d, isRolling: true`, 1h to 366d, or follows the calendar of a zone: \
            `duration: 1M`, in d, w, M, Q or Y, up to \(CalendarWindow.daysMax) days or \(CalendarWindow.monthsMax) \
            months, with `startTime: 2026-01-01 00:00:00` and `timeZone: Europe/Berlin` below calendar.
            """
    }
}
