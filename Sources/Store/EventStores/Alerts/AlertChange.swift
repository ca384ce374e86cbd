package import Bytes
import JSONTexts

/// How an alert of a rule stands from now on. Logged, so that a start goes on from it; a row `alert.changed` of
/// `system_events`, which so tells what fired when.
package struct AlertChange: Hashable, Sendable {
    /// What is the case.
    package enum State: String, CaseIterable, Sendable {
        /// The expression holds, not yet for as long as the rule wants.
        case pending
        /// It did for as long, or ended so lately that the rule keeps it firing.
        case firing
        /// It fired and does no more.
        case resolved
        /// Nothing is known of it any more.
        case inactive
    }

    /// What tells an alert from all others.
    package struct Key: Hashable, Comparable, Sendable {
        /// Of the rule, as its file and name.
        package var group: ExactText
        /// The alert's labels, its name among them, as a canonical JSON object.
        package var labels: ExactText

        /// Takes both as given.
        package init(group: ExactText, labels: ExactText) { (self.group, self.labels) = (group, labels) }

        package static func < (left: Key, right: Key) -> Bool {
            left.group == right.group ? left.labels < right.labels : left.group < right.group
        }
    }

    /// Which alert it is.
    package var key: Key
    /// How it stands.
    package var state: State
    /// Since when the expression has held, ms since 1970 UTC.
    package var activeTime: Int64
    /// Since when it has fired; nil while it did not.
    package var firedTime: Int64?
    /// Since when the expression holds no more, while the rule keeps the alert firing.
    package var keptSince: Int64?
    /// When it was resolved.
    package var resolvedTime: Int64?
    /// What the expression said last, as Prometheus writes numbers.
    package var value: String

    /// Takes each part as given.
    package init(
        key: Key, state: State, activeTime: Int64, firedTime: Int64? = nil, keptSince: Int64? = nil,
        resolvedTime: Int64? = nil, value: String
    ) {
        (self.key, self.state, self.activeTime) = (key, state, activeTime)
        (self.firedTime, self.keptSince, self.resolvedTime, self.value) = (firedTime, keptSince, resolvedTime, value)
    }
}

extension AlertChange {
    /// The record's type.
    static let recordType = "alert.changed"

    /// The record's data as canonical JSON.
    var data: String {
        JSONWriter.object { json in
            json.member("active_time_ms", activeTime)
            if let firedTime { json.member("fired_time_ms", firedTime) }
            json.member("group", key.group.text)
            if let keptSince { json.member("kept_since_ms", keptSince) }
            json.member("labels", key.labels.text)
            if let resolvedTime { json.member("resolved_time_ms", resolvedTime) }
            json.member("state", state.rawValue)
            json.member("value", value)
        }
    }

    /// Reads what ``data`` wrote; nil where it is something else.
    init?(data: String) {
        guard let json = try? JSONReader.parse(data), let group = json["group"]?.string,
            let labels = json["labels"]?.string, let state = json["state"]?.string.flatMap(State.init),
            let active = json["active_time_ms"]?.integer, let value = json["value"]?.string
        else { return nil }
        self.init(
            key: Key(group: ExactText(group), labels: ExactText(labels)), state: state, activeTime: active,
            firedTime: json["fired_time_ms"]?.integer, keptSince: json["kept_since_ms"]?.integer,
            resolvedTime: json["resolved_time_ms"]?.integer, value: value)
    }
}

/// How each alert stands of which something is known.
struct AlertStates: Sendable {
    private var byKey: [AlertChange.Key: AlertChange] = [:]

    init() {}

    var isEmpty: Bool { byKey.isEmpty }

    /// Ascending by group and labels.
    var all: [AlertChange] { byKey.values.sorted { $0.key < $1.key } }

    mutating func set(_ change: AlertChange) {
        byKey[change.key] = change.state == .inactive ? nil : change
    }
}
