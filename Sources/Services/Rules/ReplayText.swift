import Asking
import Bytes
import Domain
import JSONTexts
import PromQLText

/// A replay as it is shown: which alerts would have fired, when, how long, and which conversations they were about.
package struct ReplayText: Sendable {
    /// More conversations of an alert nobody reads.
    package static let causesMax = 10

    private let replay: RuleReplay
    /// By alerts; nil: they were not asked for.
    private let causes: [[String]?]

    /// Asks which conversations each alert was about.
    /// - Parameters:
    ///   - end: ms since 1970: the end of alerts that still fire.
    ///   - alertsMax: of so many alerts, the first.
    ///   - ask: what the first column of an answer in SQL says.
    /// - Throws: what `ask` throws.
    package init(
        _ replay: RuleReplay, through end: Int64, alertsMax: Int = .max, _ ask: (String) throws -> [String]
    ) throws {
        self.replay = replay
        causes = try replay.firings.enumerated().map { index, firing -> [String]? in
            guard index < alertsMax else { return nil }
            guard let question = Self.question(of: firing, end) else { return [] }
            return try ask(question)
        }
    }

    /// Which conversations took longest; nil where no label tells which are meant.
    private static func question(of firing: RuleReplay.Firing, _ end: Int64) -> String? {
        let model = firing.labels["model"]
        var conditions: [String] = []
        for name: ByteText in ["tenant", "channel"] where !firing.labels[name].isEmpty {
            conditions.append("\(name) = \(quoted(firing.labels[name]))")
        }
        if !model.isEmpty { conditions.append("coalesce(response_model, request_model) = \(quoted(model))") }
        if conditions.isEmpty { return nil }
        let times = [firing.pendingSince, firing.resolvedAt ?? end].map { quoted(ByteText(time($0).utf8)) }
        conditions += [
            "time >= timestamptz \(times[0])", "time <= timestamptz \(times[1])", "conversation_id is not null",
        ]
        return """
            select conversation_id from \(model.isEmpty ? "message_sent" : "llm_call")
            where \(conditions.joined(separator: " and "))
            group by 1 order by max(duration_ns) desc nulls last, 1 limit \(causesMax)
            """
    }

    /// As a literal of SQL: what stands in it ends it nowhere.
    private static func quoted(_ text: ByteText) -> String {
        "'" + text.description.replacing("'", with: "''") + "'"
    }

    private static func time(_ milliseconds: Int64) -> String {
        RFC3339.render(milliseconds.saturatingMultiply(by: 1_000_000))
    }

    // MARK: Shown

    /// For people, a line each; behind them, what could not be evaluated.
    package var table: String {
        let complaints = replay.complaints.map { $0 + "\n" }.joined()
        if replay.firings.isEmpty {
            return "\(replay.evaluations) evaluations, nothing would have fired\n" + complaints
        }
        let head = ["alert", "pending since", "fired at", "resolved at", "highest", "labels"]
        let rows = zip(replay.firings, causes).map { firing, conversations in
            let labels = firing.labels.labels.filter { $0.name != "alertname" }
                .map { "\($0.name)=\($0.value)" }.joined(separator: " ")
            let conversations = conversations ?? []
            let shown = conversations.isEmpty ? "" : "  conversations: " + conversations.joined(separator: " ")
            return [
                "\(firing.labels["alertname"])", Self.time(firing.pendingSince), Self.time(firing.firedAt),
                firing.resolvedAt.map(Self.time) ?? "still fires", WrittenNumber.general(firing.highest),
                labels + shown,
            ]
        }
        return renderAligned([head] + rows) + complaints
    }

    /// `{"alerts":[…],"evaluations":…,"complaints":[…]}`.
    package var json: String {
        JSONWriter.object { json in
            json.key("alerts")
            json.array(Array(zip(replay.firings, causes))) { pair, json in
                let (firing, conversations) = pair
                json.object { json in
                    json.member("alert", "\(firing.labels["alertname"])")
                    json.member("group", firing.group.text)
                    json.key("labels")
                    SeriesJSON.write(firing.labels, to: &json)
                    json.member("pending_since", Self.time(firing.pendingSince))
                    json.member("fired_at", Self.time(firing.firedAt))
                    json.key("resolved_at")
                    if let end = firing.resolvedAt { json.value(Self.time(end)) } else { json.null() }
                    json.member("highest", WrittenNumber.general(firing.highest))
                    json.key("conversations")
                    if let conversations { json.array(conversations) { $1.value($0) } } else { json.null() }
                }
            }
            json.member("evaluations", replay.evaluations)
            json.key("complaints")
            json.array(replay.complaints) { $1.value($0) }
        } + "\n"
    }
}
