import Domain

// A record as a line of an export. Its data are a text inside the line, so that they come out byte for byte.

extension SystemRecord {
    /// Records that tell of the files of one store say nothing in another.
    var isMoved: Bool {
        guard case .event(let type, _) = content else { return true }
        return type != "segment.attached"
    }

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
        var members = ["\"position\":\(position)", "\"received_time\":\"\(RFC3339.render(receivedTime))\""]
        switch content {
        case .event(let type, let data): members += ["\"kind\":\(jsonText(type))", "\"record\":\(jsonText(data))"]
        case .deadLetter(let letter):
            members += ["\"kind\":\"dead_letter\"", "\"id\":\(jsonText(letter.id))", "\"source\":\(jsonText(letter.source))"]
            members.append("\"type\":\(jsonText(letter.type))")
            if let time = letter.time { members.append("\"time\":\"\(RFC3339.render(time))\"") }
            members += ["\"error\":\(jsonText(letter.error))", "\"fields\":\(jsonText(letter.fields))"]
        }
        return "{\"specversion\":\"1.0\",\"id\":\"\(position)\",\"source\":\"plimsoll\",\"type\":\"export.record\",\"data\":{"
            + members.joined(separator: ",") + "}}\n"
    }

    /// Reads what ``line`` wrote; nil where it is something else.
    package init?(parsing line: [UInt8]) {
        guard let data = (try? JSONReader.parse(line))?["data"], let position = data["position"]?.integer,
            let received = data["received_time"]?.string, let receivedTime = try? RFC3339.parse(received), let kind = data["kind"]?.string
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
            content = .deadLetter(DeadLetter(id: id, source: source, type: type, time: time, error: error, fields: fields))
        } else {
            guard let record = data["record"]?.string else { return nil }
            content = .event(type: kind, data: record)
        }
        self.init(position: position, receivedTime: receivedTime, content: content)
    }
}
