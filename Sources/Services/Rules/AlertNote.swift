import AlertRules
import Bytes
import Domain
import EventStores
import JSONTexts
import PromQLText

/// A row `alert.changed`: an alert that came to another stage, and when. The history of `ALERTS` is made of them.
struct AlertNote: Hashable, Sendable {
    /// Which group it is of: its file, a semicolon, its name.
    let group: ExactText
    /// The alert's, `alertname` among them.
    let labels: LabelSet
    /// nil: there was none.
    let before: RuleAlert.Stage?
    /// nil: there is none any more.
    let after: RuleAlert.Stage?
    /// ms since 1970 of the evaluation.
    let time: Int64
    /// ms since 1970: since when the series is there.
    let activeAt: Int64
    /// What the series said last; nil where the alert has gone.
    let value: Double?

    /// The data of the row: canonical JSON.
    var data: String {
        JSONWriter.object { json in
            json.key("active_at")
            json.value(time: Self.nanoseconds(activeAt))
            json.member("after", Self.word(after))
            json.key("alert")
            json.value(utf8: labels["alertname"].bytes[...])
            json.member("before", Self.word(before))
            json.member("group", group.text)
            json.key("labels")
            json.value(labels.labels)
            json.key("time")
            json.value(time: Self.nanoseconds(time))
            if let value { json.member("value", WrittenNumber.plain(value)) }
        }
    }

    /// What is written where there is no alert.
    private static let none = "none"

    private static func word(_ stage: RuleAlert.Stage?) -> String {
        switch stage {
        case .resolved: "resolved"
        case let stage?: stage.word
        case nil: none
        }
    }

    private static func stage(_ word: String) -> RuleAlert.Stage? {
        switch word {
        case "pending": .pending
        case "firing": .firing
        case "resolved": .resolved
        default: nil
        }
    }

    private static func nanoseconds(_ milliseconds: Int64) -> Int64 {
        milliseconds.saturatingMultiply(by: 1_000_000)
    }

    init(
        group: ExactText, labels: LabelSet, before: RuleAlert.Stage?, after: RuleAlert.Stage?, time: Int64,
        activeAt: Int64, value: Double?
    ) {
        (self.group, self.labels, self.before, self.after) = (group, labels, before, after)
        (self.time, self.activeAt, self.value) = (time, activeAt, value)
    }

    /// Reads what ``data`` wrote; nil where it is something else.
    init?(data: String) {
        guard let json = try? JSONReader.parse(data), let group = json["group"]?.string,
            let labels = LabelSet(json: json["labels"]), let before = json["before"]?.string,
            let after = json["after"]?.string,
            let time = json["time"]?.string.flatMap({ try? RFC3339.parse($0) }),
            let activeAt = json["active_at"]?.string.flatMap({ try? RFC3339.parse($0) })
        else { return nil }
        self.init(
            group: ExactText(group), labels: labels, before: Self.stage(before), after: Self.stage(after),
            time: floorDivide(time, 1_000_000), activeAt: floorDivide(activeAt, 1_000_000),
            value: json["value"]?.string.flatMap { Double($0) })
    }
}

extension SystemNote {
    /// Whether it is what became of an alert.
    var isOfAlert: Bool { type == Kind.alertChanged.rawValue }
}

extension RuleEvaluation {
    /// The rows of its changes.
    /// - Parameter before: what it began with.
    func notes(from before: RuleGroupState, _ key: ExactText, at time: Int64) -> [SystemNote] {
        changes.map { change in
            let alerts = state.rules[change.rule].alerts + before.rules[change.rule].alerts
            let alert = alerts.first { $0.labels == change.labels }
            let note = AlertNote(
                group: key, labels: change.labels, before: change.before, after: change.after, time: time,
                activeAt: alert?.activeAt ?? time, value: change.after == nil ? nil : alert?.value)
            return SystemNote(.alertChanged, data: note.data)
        }
    }
}
