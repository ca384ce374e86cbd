package import Bytes
import JSONTexts

/// What is known of a group of alert rules after an evaluation. Logged, so that a start goes on from it; a row
/// `rules.evaluated` of `system_events`.
package struct RuleStateRecord: Hashable, Sendable {
    /// Which group it is.
    package var group: ExactText
    /// What whoever evaluates wrote; it means nothing here.
    package var state: [UInt8]

    /// Takes each part as given.
    package init(group: ExactText, state: [UInt8]) { (self.group, self.state) = (group, state) }
}

extension RuleStateRecord {
    /// The record's type.
    static let recordType = "rules.evaluated"

    /// The record's data as canonical JSON.
    var data: String {
        var json = beginning
        json.member("state", hexadecimal(state))
        json.endObject()
        return json.text
    }

    /// What the data of all states of the group begins with.
    var dataBeginning: String { beginning.text + "," }

    private var beginning: JSONWriter {
        var json = JSONWriter()
        json.beginObject()
        json.member("group", group.text)
        return json
    }

    /// Reads what ``data`` wrote; nil where it is something else.
    init?(data: String) {
        guard let json = try? JSONReader.parse(data), let group = json["group"]?.string,
            let state = json["state"]?.string.flatMap({ bytes(ofHexadecimal: $0.utf8) })
        else { return nil }
        self.init(group: ExactText(group), state: state)
    }
}

/// The last state of each group of rules. An empty one means that the group is no more.
struct RuleStates: Sendable {
    private var byGroup: [ExactText: [UInt8]] = [:]

    init() {}

    var isEmpty: Bool { byGroup.isEmpty }

    /// Ascending by group.
    var all: [RuleStateRecord] {
        byGroup.sorted { $0.key < $1.key }.map { RuleStateRecord(group: $0.key, state: $0.value) }
    }

    mutating func set(_ record: RuleStateRecord) {
        byGroup[record.group] = record.state.isEmpty ? nil : record.state
    }
}
