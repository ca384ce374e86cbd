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
