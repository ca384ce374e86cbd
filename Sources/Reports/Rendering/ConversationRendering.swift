import Columnar
import Domain
import JSONTexts

extension ConversationDocument {
    /// The document as JSON: nulls left out, money as exact decimal text, times as RFC 3339.
    package var json: String {
        var json = JSONWriter(.indented)
        json.beginObject()
        json.member("conversation_id", id)
        json.member("tenant", tenant)
        json.member("position", exact: position)
        json.member("watermark", RFC3339.render(watermark))
        if let notice { json.member("notice", notice) }
        for field in header { Self.append(field, to: &json) }
        json.key("turn_list")
        json.beginArray()
        for turn in turns { Self.append(turn, to: &json) }
        json.endArray()
        json.key("events")
        json.beginArray()
        for event in events {
            json.beginObject()
            json.member("position", exact: event.position)
            json.member("time", RFC3339.render(event.time))
            json.member("type", event.type)
            for field in event.fields { Self.append(field, to: &json) }
            json.endObject()
        }
        json.endArray()
        if eventsOmitted > 0 { json.member("events_omitted", exact: eventsOmitted) }
        json.endObject()
        return json.text + "\n"
    }

    private static func append(_ fields: [ConversationField], to json: inout JSONWriter) {
        json.beginObject()
        for field in fields { append(field, to: &json) }
        json.endObject()
    }

    static func append(_ field: ConversationField, to json: inout JSONWriter) {
        json.key(field.name)
        switch field.value {
        case .boolean(let truth): json.value(truth)
        case .integer(let number): json.value(exact: number)
        case .double(let number) where number.isFinite: json.value(keepingType: number)
        case .json(let document): json.raw(document)
        default: json.value(ScalarWords.text(field.value))
        }
    }

    /// The document for people: one line a turn, one line an event.
    package var text: String {
        var text =
            "Conversation \(HumanReadableText.text(.text(id)))  tenant \(HumanReadableText.text(.text(tenant)))\n"
        text += Self.words(header, leavingOut: []) + "\n\nTurns\n"
        for turn in turns { text += "  " + Self.words(turn, leavingOut: ["user_id", "trace_id"]) + "\n" }
        text += "\nEvents\n"
        let digits = String(events.last.map { max($0.position, position) } ?? 0).count
        let width = events.reduce(0) { max($0, $1.type.count) }
        for event in events {
            let place = String(event.position)
            text +=
                "  " + String(repeating: " ", count: max(0, digits - place.count)) + place + "  "
                + RFC3339.render(event.time) + "  " + event.type
            let words = Self.words(event.fields, leavingOut: Self.untold)
            text += (words.isEmpty ? "" : String(repeating: " ", count: width - event.type.count + 2) + words) + "\n"
        }
        if eventsOmitted > 0 { text += "  and \(eventsOmitted) more\n" }
        if let notice { text += "\nNot all of it yet: \(notice).\n" }
        return text + "\nBasis: every event up to position \(position), received by \(RFC3339.render(watermark)).\n"
    }

    /// What is the same in every line or says nothing to a reader.
    private static let untold = [
        "id", "source", "received_time", "user_id", "channel", "team", "cost_centre", "environment", "region",
        "service_name",
        "service_version", "trace_id", "span_id", "parent_span_id",
    ]

    private static func words(_ fields: [ConversationField], leavingOut untold: [String]) -> String {
        fields.filter { !untold.contains($0.name) }.map {
            "\($0.name)=\(HumanReadableText.text(.text(ScalarWords.text($0.value))))"
        }
        .joined(separator: " ")
    }
}

/// Values of columns as text.
enum ScalarWords {
    static func text(_ value: Scalar) -> String {
        switch value {
        case .null: ""
        case .boolean(let truth): truth ? "true" : "false"
        case .integer(let number), .date(let number): String(number)
        case .double(let number): number.description
        case .numeric(let mantissa, let scale): DecimalText.render(mantissa, scale: scale)
        case .text(let text), .json(let text): text
        case .timestamptz(let time), .timestamp(let time): RFC3339.render(time)
        case .interval(let interval): "\(interval.months) months \(interval.days) days \(interval.nanoseconds) ns"
        case .array(let values): values.map(text).joined(separator: ",")
        }
    }
}
