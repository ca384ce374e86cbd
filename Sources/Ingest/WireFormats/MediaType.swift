/// The media types of bodies that carry events.
package enum MediaType: Sendable {
    /// One event: `application/cloudevents+json`.
    case structured
    /// A JSON array of events: `application/cloudevents-batch+json`.
    case batch
    /// One event a line: `application/x-ndjson`, `application/ndjson`, `application/jsonl`.
    case lines
    /// `application/json` and others ending in `+json`: the data of an event in binary mode when the request has `ce-`
    /// headers, else an event or an array of events.
    case json

    /// The media type of a `Content-Type` header, parameters aside; nil for one that carries no events.
    package static func parse(_ header: String) -> MediaType? {
        switch essence(header) {
        case "application/cloudevents+json": .structured
        case "application/cloudevents-batch+json": .batch
        case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines": .lines
        case let name where name == "application/json" || name == "text/json" || name.hasSuffix("+json"): .json
        default: nil
        }
    }

    static func isJSON(_ header: String) -> Bool {
        let name = essence(header)
        return name == "application/json" || name == "text/json" || name.hasSuffix("+json")
    }

    private static func essence(_ header: String) -> String {
        let name = header.utf8.prefix { $0 != UInt8(ascii: ";") }
        return String(decoding: name.filter { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self).lowercased()
    }
}
