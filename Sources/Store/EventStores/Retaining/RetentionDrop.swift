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
            json.member("events", events)
            if let positions { json.member("first_position", positions.lowerBound) }
            if let times { json.member("from", RFC3339.render(times.lowerBound)) }
            json.member("inexact_calls", inexactCalls)
            if let positions { json.member("last_position", positions.upperBound) }
            if let manifest { json.member("manifest", manifest) }
            json.member("position", position)
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
    /// Reads what ``data(manifest:)`` wrote; nil where it is something else.
    init?(data: String) {
        guard let json = try? JSONReader.parse(data), let position = json["position"]?.integer, position >= 0,
            let events = json["events"]?.integer, let inexact = json["inexact_calls"]?.integer, events >= 0,
            (0...events).contains(inexact),
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
            events: events, inexactCalls: inexact, times: range(time("from"), time("to")), receivedUntil: received,
            rollups: rollups.compactMap { $0 }, tables: tables.compactMap { $0 }, sources: sources.compactMap { $0 })
        guard self.rollups.count == rollups.count, self.tables.count == tables.count,
            self.sources.count == sources.count, (times != nil) == (events > 0)
        else { return nil }
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
            : "events were dropped, as retention.events says, and how many and which cannot be read of "
                + "\(unreadable == 1 ? "1 segment" : "\(unreadable) segments"); rows of type \(recordType) in "
                + "system_events may say more"
        guard let received = gone.map(\.receivedUntil).max() else { return more }
        let count = gone.reduce(0) { $0 + $1.events }
        let calls = gone.reduce(0) { $0 + $1.inexactCalls }
        let costs = calls == 0 ? "" : ", \(calls) of them calls without an exact cost, which no later price changes"
        return "events received up to \(RFC3339.render(received)) were dropped, as retention.events says: "
            + "\(count == 1 ? "1 event is" : "\(count) events are") in turns, conversations, rollups and counters "
            + "alone\(costs); "
            + "rows of type \(recordType) in system_events say more" + (more.map { "; beside these, \($0)" } ?? "")
    }
}
