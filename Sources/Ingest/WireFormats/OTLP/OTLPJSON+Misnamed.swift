internal import JSONParsing

/// Spans that are lost since something above them has not the name that the JSON encoding gives it: names there are in
/// lowerCamelCase, `resourceSpans` and not `resource_spans`, and unknown ones are passed over.
package struct OTLPMisnamed: Hashable, Sendable {
    /// The first such name, as sent.
    package var name: String
    /// How many spans stand below all of them, by whatever names.
    package var spans: Int

    /// What to say to whoever sent a name.
    package static func explanation(_ name: String) -> String { "\(name): JSON names are lowerCamelCase" }

    mutating func add(_ other: OTLPMisnamed) { spans += other.spans }
}

extension OTLPJSON {
    /// What leads from a request to its spans.
    private static let containers = ["resourceSpans", "scopeSpans", "spans"]
    /// Without these a span is refused.
    private static let needed = ["traceId", "spanId", "endTimeUnixNano"]
    private static let nameBytesMax = 48

    /// What is lost of spans where a member of a request (level 0) or of what it has by resource (level 1) has not the
    /// name that was meant; nil: nothing.
    /// - Complexity: O(what stands in the member).
    func misnamed(_ name: String, _ place: Int, level: Int) -> OTLPMisnamed? {
        guard Self.means(name, Self.containers[level]) else { return nil }
        let count = spans(below: place, level: level)
        return count > 0 ? OTLPMisnamed(name: name, spans: count) : nil
    }

    /// Whether a member of a span would be one that it needs if its name were written as JSON has it.
    static func isNeeded(_ name: String) -> Bool { needed.contains { means(name, $0) } }

    private static func means(_ name: String, _ wanted: String) -> Bool {
        name.utf8.count <= nameBytesMax && plain(name) == plain(wanted)
    }

    /// Without capitals and underscores.
    private static func plain(_ name: String) -> [UInt8] {
        name.utf8.filter { $0 != UInt8(ascii: "_") }.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }

    /// How many spans stand below a member of a level. Elements that are no objects have none.
    private func spans(below place: Int, level: Int) -> Int {
        guard tape.kind(place) == .array else { return 0 }
        var count = 0
        var child = tape.firstChild(place)
        let end = tape.end(place)
        while child < end {
            if level + 1 == Self.containers.count {
                count += 1
            } else if tape.kind(child) == .object {
                count += spans(in: child, level: level + 1)
            }
            child = tape.next(child)
        }
        return count
    }

    private func spans(in object: Int, level: Int) -> Int {
        var count = 0
        var key = tape.firstChild(object)
        let end = tape.end(object)
        while key < end {
            if Self.means(tape.text(key), Self.containers[level]) { count += spans(below: key + 1, level: level) }
            key = tape.next(key + 1)
        }
        return count
    }
}
