package import Hashing

/// What an export says in an event's envelope beside the attributes of CloudEvents, and which lines of it are no
/// events. Only an import of an export reads them: from a client the same names are extensions like others.
package enum ExportNames {
    /// `true` for an event that came without `time`: the time beside it is the one that it was given, no part of its
    /// identity.
    static let timeGiven = "timegiven"
    /// When the event was received; an event without it came together with the one before.
    package static let receivedTime = "receivedtime"
    /// What the call costs, where that does not follow from the prices before it.
    static let bookedCost = "bookedcost"
    /// What the types of lines begin with that are no events.
    static let typePrefix = "export."
    /// The type of the first line.
    package static let begun = "export.begun"
    /// The type of lines that tell what happened in the store between two events.
    package static let record = "export.record"
    /// The type of lines that hold a checksum over those before them.
    package static let checkpoint = "export.checkpoint"
    /// The type of the last line.
    package static let ended = "export.ended"

    /// The types of lines that are no events.
    static let all = [begun, record, checkpoint, ended]
}

/// Whose lines are decoded.
package enum LineOrigin: Sendable {
    /// A client's. That an export begins in the first place is told; else its lines are events of an unknown type.
    case client
    /// A file's, of events that are taken as if they were sent now. That a line of an export is in it is told.
    case file
    /// An export's that is moved: what ``ExportNames`` lists has its meaning.
    case export
    /// An export's whose events are taken as if they were sent now: the same, but spans are left out and counted.
    case newEvents

    /// Whether what ``ExportNames`` lists has its meaning.
    var isOfExport: Bool { self == .export || self == .newEvents }
}

/// The checksum of one line of an export, white space around it left out: a copy with other ends of lines is still the
/// same.
package enum ExportLineHash {
    /// XXH3-128 of the line's text.
    package static func of(_ line: Span<UInt8>) -> Hash128 {
        var (start, end) = (0, line.count)
        while start < end, isSpace(line[start]) { start += 1 }
        while end > start, isSpace(line[end - 1]) { end -= 1 }
        return xxh3Wide(line.extracting(start..<end))
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
}

/// A line of an export that is no event.
package struct ExportControlLine: Sendable {
    /// Its place among the events and lines of the input, from 0.
    package var index: Int
    /// One of the types of ``ExportNames``, or an unknown one that begins like them.
    package var type: String
    /// The line as it stands; empty where the input was no newline-delimited text.
    package var line: [UInt8] = []
}

/// The envelope attributes that only exports have, as places on the tape; 0 for none.
struct ExportPlaces {
    var timeGiven = 0
    var receivedTime = 0
    var bookedCost = 0

    /// Whether the key at a place is one of them; its value's place is noted then.
    mutating func take(_ name: Span<UInt8>, value place: Int) -> Bool {
        if Self.isEqual(name, ExportNames.timeGiven) {
            timeGiven = place
        } else if Self.isEqual(name, ExportNames.receivedTime) {
            receivedTime = place
        } else if Self.isEqual(name, ExportNames.bookedCost) {
            bookedCost = place
        } else {
            return false
        }
        return true
    }

    private static func isEqual(_ name: Span<UInt8>, _ text: String) -> Bool {
        guard name.count == text.utf8.count else { return false }
        for (index, byte) in text.utf8.enumerated() where name[index] != byte { return false }
        return true
    }
}
