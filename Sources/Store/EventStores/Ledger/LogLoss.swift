import Bytes
import JSONTexts
import Segments

/// A damaged stretch of the log, or a damaged segment, that somebody had set aside: the events and records in it (and
/// behind it, of the log) are no longer part of the store, and what is computed is without them. A row `log.set_aside`
/// of `system_events`.
struct LogLoss: Hashable, Sendable {
    /// The damaged file, by its name in its directory: of the log, or of the segments.
    var file: String
    /// Where the log was damaged first.
    var offset: Int
    /// Of the first event that is lost, if any is: of the log the next event got the same one.
    var firstPosition: Int64
    /// Of the last event that is lost, as far as anything behind the place tells; nil where nothing does.
    var lastPosition: Int64?
    /// Events in intact records behind the place, which the copies hold; of a segment all that it had.
    var intactEvents: Int
    /// Such records.
    var intactRecords: Int
    /// The directory of the copies, within the store's.
    var copies: String

    /// The record's type.
    static let recordType = "log.set_aside"

    /// The record's data as canonical JSON.
    var data: String {
        JSONWriter.object { json in
            json.member("copies", copies)
            json.member("file", file)
            json.member("first_position", firstPosition)
            json.member("intact_events", intactEvents)
            json.member("intact_records", intactRecords)
            if let lastPosition { json.member("last_position", lastPosition) }
            json.member("offset", offset)
        }
    }
}

extension LogLoss {
    /// Reads what ``data`` wrote; nil where it is something else.
    init?(data: String) {
        guard let json = try? JSONReader.parse(data), let copies = json["copies"]?.string,
            let file = json["file"]?.string, let first = json["first_position"]?.integer,
            let events = json["intact_events"]?.integer, let records = json["intact_records"]?.integer,
            let offset = json["offset"]?.integer, first > 0, events >= 0, records >= 0, offset >= 0
        else { return nil }
        self.init(
            file: file, offset: Int(offset), firstPosition: first, lastPosition: json["last_position"]?.integer,
            intactEvents: Int(events), intactRecords: Int(records), copies: copies)
    }

    /// What is lost, as a clause.
    var extent: String {
        if isOfSegment { return hasEvents ? events : "what it said of events elsewhere" }
        return hasEvents ? events + Self.more : Self.noEvent
    }

    /// Whether it was a segment, and no stretch of the log.
    var isOfSegment: Bool { file.hasSuffix(segmentFileEnding) }

    /// What was set aside, with an article.
    var subject: String { isOfSegment ? "a damaged segment" : "a damaged stretch of the log" }

    private static let noEvent = "no event, but perhaps prices, corrections or settings"

    private var hasEvents: Bool { lastPosition.map { $0 >= firstPosition } ?? true }

    private static let more = ", and prices, corrections and settings that came with or after them"

    private var events: String {
        if isOfSegment {
            let count = intactEvents == 1 ? "1 event" : "\(intactEvents) events"
            return "\(count) of positions \(firstPosition) to \(lastPosition ?? firstPosition)"
        }
        guard let lastPosition else { return "events from position \(firstPosition) on, nobody knows how many" }
        return lastPosition == firstPosition
            ? "the event of position \(firstPosition)" : "events of positions \(firstPosition) to \(lastPosition)"
    }

    /// So many are told one by one.
    private static let toldMax = 10

    /// What every answer says from then on, of all of them.
    static func notice(_ losses: [LogLoss]) -> String? {
        guard let last = losses.last else { return nil }
        let place = ": rows of type log.set_aside in system_events say more"
        if losses.count == 1 {
            return "not exact: \(last.subject) was set aside, and with it \(last.extent)\(place)"
        }
        let told = losses.suffix(toldMax).filter(\.hasEvents).map(\.events)
        let older = losses.count > toldMax ? ["what \(losses.count - toldMax) before them held"] : []
        let extent = told + older
        let segments = losses.contains(where: \.isOfSegment) ? " and segments" : ""
        return "not exact: \(losses.count) damaged stretches of the log\(segments) were set aside, and with them "
            + (extent.isEmpty ? noEvent : extent.joined(separator: "; ") + more) + place
    }

    /// The loss that a record of the log tells of; nil of other records.
    init?(_ record: SystemRecord) {
        guard case .event(Self.recordType, let data) = record.content else { return nil }
        self.init(data: data)
    }
}

/// Where a loss begins.
struct LossPlace: Hashable {
    private let file: ExactText
    private let offset: Int
    private let position: Int64

    /// A segment is lost once, wherever it was looked at first.
    init(_ loss: LogLoss) {
        (file, offset, position) = (ExactText(loss.file), loss.isOfSegment ? 0 : loss.offset, loss.firstPosition)
    }
}

extension LogLoss {
    /// Takes up what an attempt at the same place found: it may have removed files since.
    mutating func include(_ attempt: LogLoss) {
        lastPosition = [lastPosition, attempt.lastPosition].compactMap { $0 }.max()
        intactEvents = max(intactEvents, attempt.intactEvents)
        intactRecords = max(intactRecords, attempt.intactRecords)
    }
}
