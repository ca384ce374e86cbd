import Bytes
import Domain
import JSONTexts

// A record as a line of an export. Its data are a text inside the line, so that they come out byte for byte.

extension SystemRecord {
    /// Records that tell of the files of one store say nothing in another.
    var isMoved: Bool {
        guard case .event(let type, _) = content else { return true }
        return type != SealJob.recordType && type != RetentionDrop.recordType
    }

    /// What it is called where it is a line of an export.
    package var kind: String {
        switch content {
        case .event(let type, _): type
        case .deadLetter: "dead_letter"
        }
    }

    /// Whether it is of a kind that this version, or one before, writes. Of another one nobody here can say what a
    /// start must do with it.
    package var isOfKnownKind: Bool { Self.knownKinds.contains { kind.hasSameBytes(as: $0) } }

    /// A new kind goes here, or an export that holds it is refused; one that settling notes to `SystemNote.Kind`.
    private static let knownKinds =
        [
            "dead_letter", SealJob.recordType, restoreType, Rebooking.recordType, DeliveryMark.recordType,
            ClockStep.recordType, ObjectiveVersion.recordType, OutcomeSettings.recordType,
            ConfigurationChange.recordType, LogLoss.recordType, RuleStateRecord.recordType, RetentionDrop.recordType,
        ] + SystemNote.Kind.allCases.map(\.rawValue)

    var isDeadLetter: Bool {
        guard case .deadLetter = content else { return false }
        return true
    }

    /// Whether it tells of a cost that changed.
    var isCorrection: Bool {
        guard case .event(Rebooking.recordType, _) = content else { return false }
        return true
    }

    /// The line, its end included.
    package var line: String {
        ExportLine.text(id: String(position), type: "export.record") { json in
            json.member("position", position)
            json.member("received_time", RFC3339.render(receivedTime))
            switch content {
            case .event(let type, let data):
                json.member("kind", type)
                json.member("record", data)
            case .deadLetter(let letter):
                json.member("kind", "dead_letter")
                json.member("id", letter.id)
                json.member("source", letter.source)
                json.member("type", letter.type)
                if let time = letter.time { json.member("time", RFC3339.render(time)) }
                json.member("error", letter.error)
                json.member("fields", letter.fields)
            }
        }
    }

    /// Reads what ``line`` wrote; nil where it is something else.
    package init?(parsing line: [UInt8]) {
        guard let data = (try? JSONReader.parse(line))?["data"], let position = data["position"]?.integer,
            let received = data["received_time"]?.string, let receivedTime = try? RFC3339.parse(received),
            let kind = data["kind"]?.string
        else { return nil }
        let content: Content
        if kind == "dead_letter" {
            guard let id = data["id"]?.string, let source = data["source"]?.string, let type = data["type"]?.string,
                let error = data["error"]?.string, let fields = data["fields"]?.string
            else { return nil }
            var time: Int64?
            if let text = data["time"]?.string {
                guard let parsed = try? RFC3339.parse(text) else { return nil }
                time = parsed
            }
            content = .deadLetter(
                DeadLetter(id: id, source: source, type: type, time: time, error: error, fields: fields))
        } else {
            guard let record = data["record"]?.string else { return nil }
            content = .event(type: kind, data: record)
        }
        self.init(position: position, receivedTime: receivedTime, content: content)
    }
}
