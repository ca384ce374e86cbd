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

    /// The record's data as canonical JSON.
    /// - Parameter manifest: the version that names what is left, where it is known.
    func data(manifest: UInt64? = nil) -> String {
        JSONWriter.object { json in
            json.member("bytes", bytes)
            if let droppedAt { json.member("dropped_at", RFC3339.render(droppedAt)) }
            json.member("events", events)
            if let positions { json.member("first_position", positions.lowerBound) }
            if let times { json.member("from", RFC3339.render(times.lowerBound)) }
            json.member("inexact_calls", inexactCalls)
            if let positions { json.member("last_position", positions.upperBound) }
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
            json.key("tables")
            json.array(tables) { table, json in
                json.object {
                    $0.member("hash", hexadecimal(Self.bigEndian(table.hash)))
                    $0.member("name", table.name)
                    $0.member("rows", table.rows)
                }
            }
            if let times { json.member("to", RFC3339.render(times.upperBound)) }
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
        self.init(
            positions: range(json["first_position"]?.integer, json["last_position"]?.integer), position: position,
            events: events, inexactCalls: inexact, times: range(time("from"), time("to")), reason: reason, bytes: bytes,
            droppedAt: time("dropped_at"), receivedUntil: received, rollups: rollups.compactMap { $0 },
            tables: tables.compactMap { $0 }, sources: sources.compactMap { $0 })
        guard self.rollups.count == rollups.count, self.tables.count == tables.count,
            self.sources.count == sources.count, (times != nil) == (events > 0)
        else { return nil }
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

extension RetentionDrop.Source {
    fileprivate init?(_ json: JSONValue) {
        guard let id = (json["id"]?.integer).flatMap({ UInt64(exactly: $0) }),
            let sha256 = (json["sha256"]?.string).flatMap({ bytes(ofHexadecimal: $0.utf8) })
        else { return nil }
        self.init(id: id, sha256: sha256)
    }
}

extension RetentionDrop {
    /// What answers say that are made of events, once some went.
    /// - Parameters:
    ///   - drops: all of them that can be read, in any order.
    ///   - unreadable: how many more there are.
    static func notice(_ drops: [RetentionDrop], besidesUnreadable unreadable: Int = 0) -> String? {
        let gone = drops.filter { $0.events > 0 }
        let more =
            unreadable == 0
            ? nil
            : "events were dropped, and how many, which and why cannot be read of "
                + "\(unreadable == 1 ? "1 segment" : "\(unreadable) segments"); rows of type \(recordType) in "
                + "system_events may say more"
        guard let received = gone.map(\.receivedUntil).max() else { return more }
        let count: Int64 = gone.reduce(0) { $0.saturatingAdd($1.events) }
        let calls: Int64 = gone.reduce(0) { $0.saturatingAdd($1.inexactCalls) }
        let costs = calls == 0 ? "" : ", \(calls) of them calls without an exact cost, which no later price changes"
        return "events received up to \(RFC3339.render(received)) were dropped, as \(settings(gone)): "
            + "\(count == 1 ? "1 event is" : "\(count) events are") in turns, conversations, rollups and counters "
            + "alone\(costs); "
            + "rows of type \(recordType) in system_events say more" + (more.map { "; beside these, \($0)" } ?? "")
    }

    /// What says that they go: `retention.events says`.
    private static func settings(_ drops: [RetentionDrop]) -> String {
        let reasons = Set(drops.map(\.reason))
        let names = RetentionReason.allCases.filter(reasons.contains).map(\.setting)
        return names.joined(separator: " and ") + (names.count == 1 ? " says" : " say")
    }

    /// The latest of those by which events went; nil where none did.
    static func last(of drops: [RetentionDrop]) -> RetentionDrop? {
        drops.filter { $0.events > 0 }.max { $0.order < $1.order }
    }

    private var order: (Int64, Int64, Int64) { (droppedAt ?? .min, receivedUntil, position) }

    /// For those who run the store, in one line.
    var line: String {
        "retention dropped \(events == 1 ? "1 event" : "\(events) events"), received up to "
            + "\(RFC3339.render(receivedUntil)), as \(reason.setting) says; turns, conversations, rollups and counters "
            + "of them stay"
    }
}
