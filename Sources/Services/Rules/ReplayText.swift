import Bytes
package import Domain
import JSONTexts
import PromQLText

/// A replay as it is shown: which alerts would have fired, when, how long, and which conversations they were about.
package struct ReplayText: Sendable {
    /// More conversations of an alert nobody reads.
    package static let causesMax = 10

    private let replay: RuleReplay
    /// Why it is not complete, and what to do; nil: it is, or who ended it knows why.
    private let endedBecause: String?
    /// ms before it was pending in which what made it so may have been: rules look back, and a question is judged when
    /// its answer is due.
    private static let lead: Int64 = 300_000

    /// By alerts; nil: they were not asked for.
    private let causes: [[String]?]

    /// Asks which conversations each alert was about.
    /// - Parameters:
    ///   - limits: within which questions have to be answered.
    ///   - alertsMax: of so many alerts, the first.
    ///   - endedBecause: what is said where the time was over before it was complete; nil: who ended it knows why.
    ///   - ask: what the first column of an answer in SQL says; nil: it is not to be asked any more.
    /// - Throws: what `ask` throws.
    package init(
        _ replay: RuleReplay, limits: AnswerLimits = ObjectiveSet.builtIn.answerLimits, alertsMax: Int = .max,
        endedBecause: String? = nil, _ ask: (String) throws -> [String]?
    ) throws {
        self.replay = replay
        self.endedBecause = replay.ranOutOfTime ? endedBecause : nil
        causes = try replay.firings.enumerated().map { index, firing -> [String]? in
            guard index < alertsMax else { return nil }
            guard let question = Self.question(of: firing, replay, limits) else { return [] }
            return try ask(question)
        }
    }

    /// Which conversations come first; nil where neither the rule nor a label tells which are meant.
    private static func question(
        of firing: RuleReplay.Firing, _ replay: RuleReplay, _ limits: AnswerLimits
    ) -> String? {
        let model = firing.labels["model"]
        var conditions: [String] = []
        for name: ByteText in ["tenant", "channel"] where !firing.labels[name].isEmpty {
            conditions.append("\(name) = \(quoted(firing.labels[name]))")
        }
        if !model.isEmpty { conditions.append("coalesce(response_model, request_model) = \(quoted(model))") }
        let told = replay.subjects[firing.labels["alertname"]]
        if told == nil, conditions.isEmpty { return nil }
        var subject = told ?? .slowAnswers
        if !model.isEmpty, !subject.hasModel { subject = .slowCalls }
        let start = firing.pendingSince.saturatingSubtract(lead)
        let end = firing.resolvedAt ?? replay.reached
        conditions.append("conversation_id is not null")
        conditions += subject == .questions
            ? questions(from: start, through: end, limits) : ["time >= \(literal(start))", "time <= \(literal(end))"]
        return """
            select conversation_id from \(subject.table)
            where \((conditions + subject.conditions(limits)).joined(separator: " and "))
            group by 1 order by \(subject.order), 1 limit \(causesMax)
            """
    }

    /// Questions of a stretch of time (ms since 1970), as conditions of SQL: one that was answered then may have been
    /// asked before, and one without an answer counts when its answer was due.
    private static func questions(from start: Int64, through end: Int64, _ limits: AnswerLimits) -> [String] {
        func asked(dueAt time: Int64) -> String {
            func text(_ nanoseconds: Int64) -> String { literal(time.saturatingSubtract(nanoseconds / 1_000_000)) }
            if limits.channels.isEmpty { return text(limits.nanoseconds) }
            let channels = limits.channels.map { "when \(quoted(ByteText($0.name))) then \(text($0.nanoseconds)) " }
            return "(case channel \(channels.joined())else \(text(limits.nanoseconds)) end)"
        }
        let first = start.saturatingSubtract(limits.bounds.upperBound / 1_000_000)
        return [
            "time >= \(literal(first))", "asked_time <= \(literal(end))",
            "(status is not null and time >= \(literal(start)) or status is null and asked_time >= "
                + "\(asked(dueAt: start)) and asked_time <= \(asked(dueAt: end)))",
        ]
    }

    /// ms since 1970.
    private static func literal(_ milliseconds: Int64) -> String {
        "timestamptz \(quoted(ByteText(time(milliseconds).utf8)))"
    }

    /// As a literal of SQL: what stands in it ends it nowhere.
    private static func quoted(_ text: ByteText) -> String {
        "'" + text.description.replacing("'", with: "''") + "'"
    }

    private static func time(_ milliseconds: Int64) -> String {
        RFC3339.render(milliseconds.saturatingMultiply(by: 1_000_000))
    }

    // MARK: Shown

    /// For people, a line each, its conversations below; behind them which times were evaluated, whether that is all,
    /// and what could not be.
    package var table: String {
        let times = "from \(Self.time(replay.start)) to \(Self.time(replay.end))"
        var period = "\(replay.evaluations) evaluations \(times)"
        if let end = replay.endedAt {
            period = "incomplete: \(period) ended at \(Self.time(end))"
            if let endedBecause { period += ": \(endedBecause)" }
        }
        let complaints = replay.complaints.map { $0 + "\n" }.joined()
        if replay.firings.isEmpty {
            let nothing = replay.endedAt == nil ? "nothing would have fired" : "nothing would have fired before"
            return "\(period), \(nothing)\n" + complaints
        }
        let head = ["alert", "pending since", "fired at", "resolved at", "worst", "labels"]
        let rows = zip(replay.firings, causes).map { firing, conversations in
            let labels = firing.labels.labels.filter { $0.name != "alertname" }
                .map { "\($0.name)=\($0.value)" }.joined(separator: " ")
            return [
                "\(firing.labels["alertname"])", Self.time(firing.pendingSince), Self.time(firing.firedAt),
                firing.resolvedAt.map(Self.time) ?? "fires at the end",
                "\(Self.word(firing)) \(WrittenNumber.general(firing.worst))", labels + Self.below(conversations ?? []),
            ]
        }
        return renderAligned([head] + rows) + period + "\n" + address + complaints
    }

    /// Where conversations are shown, if some are named.
    private var address: String {
        guard let origin = replay.origin, causes.contains(where: { $0?.isEmpty == false }) else { return "" }
        return "a conversation: \(ReplayLink.conversation("ID", at: origin))\n"
    }

    /// No line of conversations is longer, but for one whose id alone is.
    private static let lineMax = 100

    /// What stands below an alert.
    private static func below(_ conversations: [String]) -> String {
        guard !conversations.isEmpty else { return "" }
        let head = "    conversations:"
        var (lines, line) = ("", head)
        for conversation in conversations {
            if line.count > head.count, line.count + 1 + conversation.count > lineMax {
                lines += "\n" + line
                line = String(repeating: " ", count: head.count)
            }
            line += " " + conversation
        }
        return lines + "\n" + line
    }

    private static func word(_ firing: RuleReplay.Firing) -> String { firing.isBelow ? "lowest" : "highest" }

    /// `{"alerts":[…],"from":…,"to":…,"evaluations":…,"complaints":[…]}`; `ended_at` behind `to` where it is not
    /// complete, and `ended_because` where that was said. Beside `conversations` of an alert are `conversation_urls`,
    /// in their order, where it is known where people reach the installation.
    package var json: String {
        JSONWriter.object { json in
            json.key("alerts")
            json.array(Array(zip(replay.firings, causes))) { pair, json in
                let (firing, conversations) = pair
                json.object { json in
                    json.member("alert", "\(firing.labels["alertname"])")
                    json.member("group", firing.group.text)
                    json.key("labels")
                    json.value(firing.labels.labels)
                    json.member("pending_since", Self.time(firing.pendingSince))
                    json.member("fired_at", Self.time(firing.firedAt))
                    json.key("resolved_at")
                    if let end = firing.resolvedAt { json.value(Self.time(end)) } else { json.null() }
                    json.member(Self.word(firing), WrittenNumber.general(firing.worst))
                    json.key("conversations")
                    if let conversations { json.array(conversations) { $1.value($0) } } else { json.null() }
                    if let conversations, !conversations.isEmpty, let origin = replay.origin {
                        json.key("conversation_urls")
                        json.array(conversations) { $1.value(ReplayLink.conversation($0, at: origin)) }
                    }
                }
            }
            json.member("from", Self.time(replay.start))
            json.member("to", Self.time(replay.end))
            if let end = replay.endedAt { json.member("ended_at", Self.time(end)) }
            if let endedBecause { json.member("ended_because", endedBecause) }
            json.member("evaluations", replay.evaluations)
            json.key("complaints")
            json.array(replay.complaints) { $1.value($0) }
        } + "\n"
    }
}
