import Bytes
import Domain
import EventStores
import JSONTexts
import RuleFiles
import Synchronization

/// A row `alerts.evaluated`: evaluations of a group that were made, one an interval, and of which of its alerts. It is
/// noted with the state that knows of them, so that a state which survives has its evaluations proven, and no others.
struct EvaluationNote: Hashable, Sendable {
    /// Which group it is of: its file, a semicolon, its name.
    let group: ExactText
    /// The names of alerts whose rules did not fail, each once, in their order.
    let alerts: [ByteText]
    /// ms from one evaluation to the next, above zero.
    let interval: Int64
    /// ms since 1970 of the first evaluation.
    let first: Int64
    /// ms since 1970 of the last one.
    private(set) var last: Int64

    init(group: ExactText, alerts: [ByteText], interval: Int64, first: Int64, last: Int64) {
        (self.group, self.alerts, self.interval, self.first, self.last) = (group, alerts, interval, first, last)
    }

    /// The names of a group's alerts, each once, in their order.
    static func alerts(of group: RuleGroup) -> [ByteText] {
        Set(group.rules.filter { $0.kind != .record }.map(\.name)).sorted()
    }

    /// Goes on with an evaluation that follows, where nothing lies between.
    /// - Returns: whether it did.
    mutating func take(_ time: Int64, _ alerts: [ByteText], each interval: Int64) -> Bool {
        guard interval == self.interval, time == last.saturatingAdd(interval), alerts == self.alerts else {
            return false
        }
        last = time
        return true
    }

    /// The row.
    var note: SystemNote {
        let data = JSONWriter.object { json in
            json.key("alerts")
            json.array(alerts) { $1.value(utf8: $0.bytes[...]) }
            json.key("from")
            json.value(time: first.saturatingMultiply(by: 1_000_000))
            json.member("group", group.text)
            json.member("interval_ms", interval)
            json.key("to")
            json.value(time: last.saturatingMultiply(by: 1_000_000))
        }
        return SystemNote(.alertsEvaluated, data: data)
    }

    /// Reads the data of a row; nil where it is something else.
    init?(data: String) {
        guard let json = try? JSONReader.parse(data), let group = json["group"]?.string,
            let alerts = json["alerts"]?.array?.compactMap(\.string), let interval = json["interval_ms"]?.count,
            interval > 0, let first = json["from"]?.string.flatMap({ try? RFC3339.parse($0) }),
            let last = json["to"]?.string.flatMap({ try? RFC3339.parse($0) }), first <= last
        else { return nil }
        self.init(
            group: ExactText(group), alerts: alerts.map { ByteText($0.utf8) }, interval: interval,
            first: floorDivide(first, 1_000_000), last: floorDivide(last, 1_000_000))
    }
}

extension RuleManager.Group {
    /// More are not kept while they cannot be noted: of the oldest nobody will know.
    private static let unnotedMax = 1000

    /// It was evaluated.
    mutating func evaluated(at time: Int64, _ failures: [RuleFailing]) {
        let failed = Set(failures.map(\.name))
        let known = failed.isEmpty ? alerts : alerts.filter { !failed.contains($0) }
        if let place = unnoted.indices.last, unnoted[place].take(time, known, each: interval) { return }
        unnoted.append(
            EvaluationNote(group: place.key, alerts: known, interval: interval, first: time, last: time))
        if unnoted.count > Self.unnotedMax { unnoted.removeFirst() }
    }
}

extension RuleManager {
    /// Evaluations that were made and are not noted yet.
    var unnoted: [EvaluationNote] { state.withLock { $0.groups.flatMap(\.unnoted) } }
}
