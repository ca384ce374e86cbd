internal import JSONParsing

/// Spans that are lost since something above them has not the name that the JSON encoding gives it: names there are in
/// lowerCamelCase, `resourceSpans` and not `resource_spans`, and unknown ones are passed over.
package struct OTLPMisnamed: Hashable, Sendable {
    /// The first such name, as sent.
    package var name: String
    /// How many spans stand below all of them, by whatever names.
    package var spans: Int

    /// What to say to whoever sent a name.
    package static func explanation(_ name: String) -> String {
        let successor = OTLPMembers.successors.first { $0.old.mean(name) }?.new
        return successor.map { "\(name): since OTLP 1.0 it is \($0)" } ?? "\(name): JSON names are lowerCamelCase"
    }

    mutating func add(_ other: OTLPMisnamed) { spans += other.spans }
}

/// Names that are read of an object, to find them again in other spellings.
struct OTLPMembers: Sendable {
    /// Without capitals and underscores.
    private let plain: [[UInt8]]
    private static let nameBytesMax = 48

    init(_ names: [String]) { plain = names.map { $0.utf8.map(Self.small) } }

    /// Names before OTLP 1.0, and what came in their place.
    static let successors = [
        (old: OTLPMembers(["instrumentationLibrarySpans"]), new: "scopeSpans"),
        (old: OTLPMembers(["instrumentationLibrary"]), new: "scope"),
    ]

    /// What leads from a request to its spans, by level.
    static let containers = [
        OTLPMembers(["resourceSpans"]), OTLPMembers(["scopeSpans", "instrumentationLibrarySpans"]),
        OTLPMembers(["spans"]),
    ]
    static let resourceSpans = OTLPMembers(["resource"])
    static let resource = OTLPMembers(["attributes"])
    static let scopeSpans = OTLPMembers(["scope", "instrumentationLibrary"])
    static let scope = OTLPMembers(["name", "version"])
    /// Without these a span is refused.
    static let needed = OTLPMembers(["traceId", "spanId", "endTimeUnixNano"])
    /// The others of a span.
    static let span = OTLPMembers([
        "parentSpanId", "traceState", "name", "kind", "startTimeUnixNano", "attributes", "events", "links", "status",
        "flags",
    ])
    static let status = OTLPMembers(["code", "message"])
    static let event = OTLPMembers(["timeUnixNano", "name", "attributes"])
    static let link = OTLPMembers(["traceId", "spanId", "attributes"])
    static let attribute = OTLPMembers(["key", "value"])
    static let value = OTLPMembers([
        "stringValue", "boolValue", "intValue", "doubleValue", "bytesValue", "arrayValue", "kvlistValue",
    ])
    static let list = OTLPMembers(["values"])

    /// Whether a name is one of these but for capitals and underscores.
    /// - Complexity: O(names × bytes that agree), and nothing is copied.
    func mean(_ name: String) -> Bool {
        name.utf8.count <= Self.nameBytesMax && plain.contains { Self.isSpelling(name, of: $0) }
    }

    private static func isSpelling(_ name: String, of plain: [UInt8]) -> Bool {
        var place = 0
        for byte in name.utf8 where byte != UInt8(ascii: "_") {
            guard place < plain.count, plain[place] == small(byte) else { return false }
            place += 1
        }
        return place == plain.count
    }

    private static func small(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}

/// The first member that is lost since it has not the name that the JSON encoding gives it. Once there is one, no
/// other is looked for: who is told of it looks at the others.
struct OTLPLostMember {
    private(set) var name: String?

    /// Takes note of a member that is passed over.
    mutating func note(_ name: String, among members: OTLPMembers) {
        if self.name == nil, members.mean(name) { self.name = name }
    }
}

extension OTLPScopeSpans {
    /// Notes that all its spans lack what stands in a member.
    mutating func lose(_ name: String) {
        for place in spans.indices where spans[place].lost == nil { spans[place].lost = name }
    }
}

extension OTLPJSON {
    /// What is lost of spans where a member of a request (level 0), of what it has by resource (1) or by scope (2) has
    /// not the name that was meant; nil: nothing.
    /// - Complexity: O(what stands in the member).
    func misnamed(_ name: String, _ place: Int, level: Int) -> OTLPMisnamed? {
        guard OTLPMembers.containers[level].mean(name) else { return nil }
        let count = spans(below: place, level: level)
        return count > 0 ? OTLPMisnamed(name: name, spans: count) : nil
    }

    /// How many spans stand below a member of a level. Elements that are no objects have none.
    private func spans(below place: Int, level: Int) -> Int {
        guard tape.kind(place) == .array else { return 0 }
        var count = 0
        var child = tape.firstChild(place)
        let end = tape.end(place)
        while child < end {
            if level + 1 == OTLPMembers.containers.count {
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
            if OTLPMembers.containers[level].mean(tape.text(key)) { count += spans(below: key + 1, level: level) }
            key = tape.next(key + 1)
        }
        return count
    }
}
