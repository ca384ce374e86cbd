import Bytes
import Domain
import Hashing
import JSONTexts

// An export is newline-delimited CloudEvents: a first line that says of which store it is and what that store began
// with, then every event in the order of positions with what happened in the store between them, and a last line that
// counts both. Checksums stand between and in the last line. What a start would find in the log is in it, so importing
// it into an empty store is a replay.

/// A line of an export that is no event: a CloudEvent in shape, whose data say what happened.
enum ExportLine {
    /// The line, its end included.
    static func text(
        id: String, source: String = "plimsoll", type: String, data: (inout JSONWriter) -> Void
    ) -> String {
        JSONWriter.object { json in
            json.member("specversion", "1.0")
            json.member("id", id)
            json.member("source", source)
            json.member("type", type)
            json.key("data")
            json.beginObject()
            data(&json)
            json.endObject()
        } + "\n"
    }
}

/// The first line of an export.
package struct ExportHeader: Hashable, Sendable {
    /// A fingerprint of the store's key: who has the same one knows the same users.
    package var store: String
    /// Whether everything is there: only then can what was booked and corrected be had again.
    package var isWhole: Bool
    /// Whether events hold tokens of users, which mean something with the key only.
    var hasUsers: Bool
    /// The store's last event.
    package var position: Int64
    /// Records between the events, corrections included.
    package var records: Int
    /// Corrections of costs and first prices.
    var corrections: Int
    /// The prices that were there before the first event, as a price book is serialised; empty where not everything is
    /// there.
    package var prices: [UInt8]
    /// What the store says of what it lost; nil where it lost nothing.
    package var notice: String?

    /// Of this line; those of earlier versions hold no checksums.
    package var format = Self.latestFormat

    /// The format of exports; a later one has a greater number. 1: without checksums.
    private static let latestFormat: Int64 = 2

    /// Whether lines with checksums follow.
    package var hasChecksums: Bool { format >= 2 }

    /// The line, its end included.
    package var line: String {
        ExportLine.text(id: "begun", source: "plimsoll/\(store)", type: "export.begun") { json in
            json.member("format", format)
            json.member("store", store)
            json.member("is_whole", isWhole)
            json.member("has_users", hasUsers)
            json.member("position", position)
            json.member("records", records)
            json.member("corrections", corrections)
            json.member("price_book", hexadecimal(prices))
            if let notice { json.member("notice", notice) }
        }
    }

    /// Reads what ``line`` wrote.
    /// - Throws: ``RestoreRefusal`` for another format, and for what is no such line.
    package init(parsing line: [UInt8]) throws(RestoreRefusal) {
        guard let data = (try? JSONReader.parse(line))?["data"], let format = data["format"]?.integer else {
            throw Self.unreadable
        }
        guard (1...Self.latestFormat).contains(format) else {
            throw RestoreRefusal(
                reason: "the export has format \(format), which is not known here",
                advice: "use the version that wrote it, or a later one")
        }
        guard let store = data["store"]?.string, case .boolean(let isWhole)? = data["is_whole"],
            case .boolean(let hasUsers)? = data["has_users"], let position = data["position"]?.integer,
            let records = data["records"]?.integer, let corrections = data["corrections"]?.integer,
            let prices = (data["price_book"]?.string).flatMap({ bytes(ofHexadecimal: $0.utf8) })
        else { throw Self.unreadable }
        (self.store, self.isWhole, self.hasUsers, self.position, self.prices) = (
            store, isWhole, hasUsers, position, prices
        )
        (self.records, self.corrections, self.format) = (Int(records), Int(corrections), format)
        notice = data["notice"]?.string
    }

    /// Takes each part as given.
    package init(
        store: String, isWhole: Bool, hasUsers: Bool, position: Int64, records: Int, corrections: Int, prices: [UInt8],
        notice: String? = nil
    ) {
        self.notice = notice
        (self.store, self.isWhole, self.hasUsers, self.position) = (store, isWhole, hasUsers, position)
        (self.records, self.corrections, self.prices) = (records, corrections, prices)
    }

    private static let unreadable = RestoreRefusal(
        reason: "the first line of the export is damaged", advice: "export again")

    /// What tells stores apart and gives nothing of their key away.
    static func fingerprint(ofKey secret: [UInt8]) -> String {
        hexadecimal(hmacSHA256(key: secret, message: Array("plimsoll store".utf8)).prefix(16))
    }
}

/// The last line of an export: with it nothing is missing.
package struct ExportTrailer: Hashable, Sendable {
    /// Events before it.
    package var events: Int
    /// Records before it.
    package var records: Int
    /// Over all lines before it, checkpoints left out; nil in exports of format 1.
    package var checksum: String?

    /// Takes each part as given.
    package init(events: Int, records: Int, checksum: String? = nil) {
        (self.events, self.records, self.checksum) = (events, records, checksum)
    }

    /// The line, its end included.
    package var line: String {
        ExportLine.text(id: "ended", type: "export.ended") { json in
            json.member("events", events)
            json.member("records", records)
            if let checksum { json.member("checksum", checksum) }
        }
    }

    /// Reads what ``line`` wrote; nil where it is something else.
    package init?(parsing line: [UInt8]) {
        guard let data = (try? JSONReader.parse(line))?["data"], let events = data["events"]?.integer,
            let records = data["records"]?.integer
        else { return nil }
        self.init(events: Int(events), records: Int(records), checksum: data["checksum"]?.string)
    }
}

/// Why an export cannot be taken over, before or while it is.
package struct RestoreRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package var reason: String
    /// What to do about it.
    package var advice: String

    /// Takes each part as given.
    package init(reason: String, advice: String) { (self.reason, self.advice) = (reason, advice) }

    package var description: String { reason }
}
