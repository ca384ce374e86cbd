import Bytes
import Domain

/// Answer limits over rows of `turns`, as SQL.
struct AnswerLimitText {
    private let limits: AnswerLimits
    private let now: Int64

    /// - Parameter now: the instant at which deadlines are judged (ns since 1970 UTC).
    init(_ limits: AnswerLimits, now: Int64) { (self.limits, self.now) = (limits, now) }

    /// Answered ok in time; null while unanswered.
    var isGood: String { "(status <> 'error' and time <= \(deadline))" }
    /// Answered when the limit had passed.
    var isLate: String { "time > \(deadline)" }
    /// The limit has passed by now, answered or not.
    var isOver: String {
        byChannel { limit in "asked_time < \(SQLTexts.time(now.saturatingSubtract(limit)))" }
    }

    /// Nobody knows yet whether it becomes a good one.
    var isPending: String { "not (coalesce(\(isGood), false) or \(isOver) or coalesce(\(isLate), false))" }
    /// What of a period can hold such questions; nil: no part of it.
    func unjudged(of period: ReportPeriod) -> ReportPeriod? {
        let from = max(period.from, now.saturatingSubtract(limits.bounds.upperBound))
        return from < period.to ? ReportPeriod(from: from, to: period.to) : nil
    }

    /// It is known by now whether it is a good one.
    var isJudged: String { "(\(isAnsweredInTime) or \(isOver))" }
    /// When that is known: with the answer, where one came in time, whatever it says; else when the limit passes.
    var judgedTime: String { "(case when \(isAnsweredInTime) then time else \(deadline) end)" }

    /// It is known within a period. No question is judged later than its limit passes, so pages of earlier ones can be
    /// left out.
    func judged(within period: ReportPeriod) -> String {
        let first = SQLTexts.time(period.from.saturatingSubtract(limits.bounds.upperBound))
        return "asked_time >= \(first) and \(period.contains(judgedTime))"
    }

    private var isAnsweredInTime: String { "(status is not null and time <= \(deadline))" }

    /// When a question's limit passes.
    private var deadline: String { byChannel { "asked_time + interval '\(ObjectiveText.secondsNumber($0)) seconds'" } }

    private func byChannel(_ expression: (Int64) -> String) -> String {
        guard !limits.channels.isEmpty else { return expression(limits.nanoseconds) }
        let cases = limits.channels.map { channel in
            "when \(SQLTexts.text(String(decoding: channel.name, as: UTF8.self))) then \(expression(channel.nanoseconds)) "
        }
        return "(case channel \(cases.joined())else \(expression(limits.nanoseconds)) end)"
    }
}
