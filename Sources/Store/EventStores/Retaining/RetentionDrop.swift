import Bytes
import Domain
import JSONTexts

/// What retention let go of at one time, and what it fixed before: the row of a frozen segment's table, and a row
/// `retention.dropped` of `system_events`.
struct RetentionDrop: Sendable {
    /// Rows that stand for what went.
    struct Table: Sendable {
        var name: String
        var rows: Int
        /// ``RowHashes/sum(_:rowCount:)`` over the columns that the segment has.
        var hash: UInt64
    }

    /// A segment whose events went.
    struct Source: Sendable {
        var id: UInt64
        /// 32 bytes, of the whole file.
        var sha256: [UInt8]
    }

    /// What went of one tenant's, or of one type.
    struct Part: Hashable, Sendable {
        var name: ExactText
        var events: Int64 = 0
        /// Event time of the latest (ns); nil where none went.
        var until: Int64?
    }

    /// Positions that were looked through; nil where the segments had none.
    var positions: ClosedRange<Int64>?
    /// Up to which position everything was known that is fixed here.
    var position: Int64
    /// How many events went.
    var events: Int64 = 0
    /// Model calls among them whose cost is not exact, and stays so.
    var inexactCalls: Int64 = 0
    /// Event times of those that went (ns); nil where none did.
    var times: ClosedRange<Int64>?
    /// Whose events could go, or which; all others stayed.
    let scope: RetentionScope
    /// Where that says so by name: what went of each, ascending.
    var parts: [Part]
    /// The segment of those that did not go although they could: their conversations go on. nil where there is none,
    /// or it holds others' events as well.
    var left: UInt64?
    /// The segment of those that stayed where conversations of theirs are settled: it has no event of the scope. nil of
    /// others.
    var settled: UInt64?
    /// Why they went.
    var reason: RetentionReason
    /// Bytes of the segments, without those of what goes on.
    var bytes: Int64 = 0
    /// When they went, by the clock that is believed (ns); nil where it is not said.
    var droppedAt: Int64?
    /// No event in the segments was received later (ns).
    var receivedUntil: Int64
    /// Rollups that the rows stand in, also where there is none of one since no event concerned it.
    var rollups: [String]
    var tables: [Table] = []
    var sources: [Source] = []

    /// The record's type.
    static let recordType = RetentionLimits.recordType

    /// Nothing went yet.
    init(
        position: Int64, scope: RetentionScope, reason: RetentionReason, droppedAt: Int64?, receivedUntil: Int64,
        rollups: [String], sources: [Source]
    ) {
        (self.position, self.scope, self.reason, self.droppedAt) = (position, scope, reason, droppedAt)
        (self.receivedUntil, self.rollups, self.sources) = (receivedUntil, rollups, sources)
        parts = []
        switch scope {
        case .only(let names), .types(let names): parts = names.sorted().map { Part(name: $0) }
        case .all, .allBut: break
        }
    }

    /// The record's data as canonical JSON.
    /// - Parameter manifest: the version that names what is left, where it is known.
    func data(manifest: UInt64? = nil) -> String {
        JSONWriter.object { json in
            if case .allBut(let names) = scope {
                json.key("besides")
                json.array(names.sorted()) { $1.value($0.text) }
            }
            json.member("bytes", bytes)
            if let droppedAt { json.member("dropped_at", RFC3339.render(droppedAt)) }
            json.member("events", events)
            if let positions { json.member("first_position", positions.lowerBound) }
            if let times { json.member("from", RFC3339.render(times.lowerBound)) }
            json.member("inexact_calls", inexactCalls)
            if let positions { json.member("last_position", positions.upperBound) }
            if let left { json.member("left", left) }
            if let manifest { json.member("manifest", manifest) }
            json.member("position", position)
            json.member("reason", reason.rawValue)
            json.member("received_until", RFC3339.render(receivedUntil))
            json.key("rollups")
            json.array(rollups) { $1.value($0) }
            json.key("segments")
            json.array(sources) { source, json in
                json.object {
                    $0.member("id", source.id)
                    $0.member("sha256", hexadecimal(source.sha256))
                }
            }
            if let settled { json.member("settled", settled) }
            json.key("tables")
            json.array(tables) { table, json in
                json.object {
                    $0.member("hash", hexadecimal(Self.bigEndian(table.hash)))
                    $0.member("name", table.name)
                    $0.member("rows", table.rows)
                }
            }
            if !parts.isEmpty, !scope.isOfTypes { Self.append(parts, as: "tenants", to: &json) }
            if let times { json.member("to", RFC3339.render(times.upperBound)) }
            if scope.isOfTypes { Self.append(parts, as: "types", to: &json) }
        }
    }

    private static func append(_ parts: [Part], as name: String, to json: inout JSONWriter) {
        json.key(name)
        json.array(parts) { part, json in
            json.object {
                $0.member("events", part.events)
                $0.member("name", part.name.text)
                if let until = part.until { $0.member("to", RFC3339.render(until)) }
            }
        }
    }

    private static func bigEndian(_ hash: UInt64) -> [UInt8] {
        stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: hash >> UInt64($0)) }
    }
}

extension RetentionDrop {
    /// Reads what ``data(manifest:)`` wrote; nil where it is something else, or of a reason that only a newer version
    /// knows. Versions of before knew one reason, and counted no bytes.
    init?(data: String) {
        guard let json = try? JSONReader.parse(data), let position = json["position"]?.integer, position >= 0,
            let events = json["events"]?.integer, let inexact = json["inexact_calls"]?.integer, events >= 0,
            (0...events).contains(inexact),
            let reason = Self.reason(json["reason"]), let bytes = Self.bytes(json["bytes"]),
            let received = (json["received_until"]?.string).flatMap({ try? RFC3339.parse($0) }),
            let rollups = json["rollups"]?.array?.map({ $0.string }),
            let tables = json["tables"]?.array?.map({ Table($0) }),
            let sources = json["segments"]?.array?.map({ Source($0) })
        else { return nil }
        func range(_ first: Int64?, _ last: Int64?) -> ClosedRange<Int64>? {
            guard let first, let last, first <= last else { return nil }
            return first...last
        }
        func time(_ name: String) -> Int64? { (json[name]?.string).flatMap { try? RFC3339.parse($0) } }
        guard let scope = Self.scope(json) else { return nil }
        self.init(
            position: position, scope: scope, reason: reason, droppedAt: time("dropped_at"), receivedUntil: received,
            rollups: rollups.compactMap { $0 }, sources: sources.compactMap { $0 })
        positions = range(json["first_position"]?.integer, json["last_position"]?.integer)
        (self.events, inexactCalls, times, self.bytes) = (events, inexact, range(time("from"), time("to")), bytes)
        self.tables = tables.compactMap { $0 }
        left = (json["left"]?.integer).flatMap { UInt64(exactly: $0) }
        settled = (json["settled"]?.integer).flatMap { UInt64(exactly: $0) }
        if let array = (json["types"] ?? json["tenants"])?.array { parts = array.compactMap { Part($0) } }
        guard self.rollups.count == rollups.count, self.tables.count == tables.count,
            self.sources.count == sources.count, (times != nil) == (events > 0)
        else { return nil }
    }

    /// nil of what names nobody.
    private static func scope(_ json: JSONValue) -> RetentionScope? {
        func names(_ values: [JSONValue], _ name: (JSONValue) -> String?) -> Set<ExactText>? {
            let names = values.compactMap { name($0).map { ExactText($0) } }
            return names.count == values.count ? Set(names) : nil
        }
        if let others = json["besides"]?.array { return names(others) { $0.string }.map { .allBut($0) } }
        if let types = json["types"]?.array { return names(types) { $0["name"]?.string }.map { .types($0) } }
        guard let tenants = json["tenants"]?.array else { return .all }
        return names(tenants) { $0["name"]?.string }.map { .only($0) }
    }

    /// nil of one that nobody knows.
    private static func reason(_ json: JSONValue?) -> RetentionReason? {
        guard let json else { return .age }
        return json.string.flatMap { RetentionReason(rawValue: $0) }
    }

    /// nil of what is no number of bytes.
    private static func bytes(_ json: JSONValue?) -> Int64? {
        guard let json else { return 0 }
        return json.integer.flatMap { $0 >= 0 ? $0 : nil }
    }
}

extension RetentionDrop.Table {
    fileprivate init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let rows = json["rows"]?.count,
            let hash = (json["hash"]?.string).flatMap({ bytes(ofHexadecimal: $0.utf8) }), hash.count == 8
        else { return nil }
        self.init(name: name, rows: Int(rows), hash: hash.reduce(0) { $0 << 8 | UInt64($1) })
    }
}

extension RetentionDrop.Part {
    fileprivate init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let events = json["events"]?.integer, events >= 0 else { return nil }
        let until = (json["to"]?.string).flatMap { try? RFC3339.parse($0) }
        self.init(name: ExactText(name), events: events, until: until)
    }
}

extension RetentionDrop.Source {
    fileprivate init?(_ json: JSONValue) {
        guard let id = (json["id"]?.integer).flatMap({ UInt64(exactly: $0) }),
            let sha256 = (json["sha256"]?.string).flatMap({ bytes(ofHexadecimal: $0.utf8) })
        else { return nil }
        self.init(id: id, sha256: sha256)
    }
}

extension RetentionDrop {
    /// The latest of those by which events went; nil where none did.
    static func last(of drops: [RetentionDrop]) -> RetentionDrop? {
        drops.filter { $0.events > 0 }.max { $0.order < $1.order }
    }

    private var order: (Int64, Int64, Int64) { (droppedAt ?? .min, receivedUntil, position) }

    /// For those who run the store, in one line.
    var line: String {
        let names = parts.filter { $0.events > 0 }.map(\.name.text)
        let more = names.count > 5 ? " and \(names.count - 5) more" : ""
        let kind = scope.isOfTypes ? "type" : "tenant"
        let whose = names.isEmpty ? "" : " of \(kind) \(names.prefix(5).joined(separator: ", "))\(more)"
        return "retention dropped \(events == 1 ? "1 event" : "\(events) events")\(whose), received up to "
            + "\(RFC3339.render(receivedUntil)), as \(reason.setting) says; turns, conversations, rollups and counters "
            + "of them stay"
    }
}
