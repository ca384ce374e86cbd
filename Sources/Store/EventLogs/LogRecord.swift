package import Bytes

/// What a record's payload is. Open: a number that this version does not know is kept and handed on.
package struct LogRecordKind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package var rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Event rows end to end; `count` of them.
    package static let events = LogRecordKind(rawValue: 1)
    /// The schemas in force from here on.
    package static let schemas = LogRecordKind(rawValue: 2)
    /// Prices or other configuration in force from here on.
    package static let configuration = LogRecordKind(rawValue: 3)
    /// A sealed segment took over a range of events.
    package static let segmentAttached = LogRecordKind(rawValue: 4)
    /// Time reached an instant on which derived facts depend.
    package static let timeReached = LogRecordKind(rawValue: 5)
    // 6 is never used again: a correction of booked costs is a system record.
    /// Nothing new for a while; vouches for all before it.
    package static let idle = LogRecordKind(rawValue: 7)
    /// The log was closed here; vouches for all before it.
    package static let end = LogRecordKind(rawValue: 8)

    /// Written by the log itself, never handed to a replay.
    var isMarker: Bool { self == .idle || self == .end }

    package var description: String {
        switch self {
        case .events: "events"
        case .schemas: "schemas"
        case .configuration: "configuration"
        case .segmentAttached: "segment attached"
        case .timeReached: "time reached"
        case .idle: "idle"
        case .end: "end"
        default: "kind \(rawValue)"
        }
    }
}

/// Where a record begins. Kept in a manifest, it is where replay goes on.
package struct LogPlace: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var fileNumber: UInt64
    /// Bytes from the start of the file.
    package var offset: Int
    /// Low word of the checksum before the place: ties the place to one history.
    package var chain: UInt32
    /// Of the next event at the place.
    package var position: Int64

    package init(fileNumber: UInt64, offset: Int, chain: UInt32, position: Int64) {
        self.fileNumber = fileNumber
        self.offset = offset
        self.chain = chain
        self.position = position
    }

    /// 28 bytes, for a manifest.
    package func append(to sink: inout ByteSink) {
        sink.append(littleEndian: fileNumber)
        sink.append(littleEndian: UInt64(offset))
        sink.append(littleEndian: chain)
        sink.append(littleEndian: position)
    }

    package init(parsing input: inout ByteCursor) throws(DecodingError) {
        fileNumber = try input.read(littleEndian: UInt64.self)
        offset = Int(clamping: try input.read(littleEndian: UInt64.self))
        chain = try input.read(littleEndian: UInt32.self)
        position = try input.read(littleEndian: Int64.self)
        guard fileNumber < LogFormat.fileNumberEnd, offset >= LogFormat.fileHeaderBytes,
            offset <= LogFormat.fileBytesMax, position >= 0
        else {
            throw input.failure("a place in the log")
        }
    }

    package static func < (left: LogPlace, right: LogPlace) -> Bool {
        (left.fileNumber, left.offset) < (right.fileNumber, right.offset)
    }

    package var description: String { "file \(fileNumber), offset \(offset)" }
}

/// A record as it comes back.
package struct LogRecord: Sendable {
    package var place: LogPlace
    package var kind: LogRecordKind
    /// Of the first event; of the next event where `count` is 0.
    package var position: Int64
    package var count: Int
    /// Nanoseconds since 1970 UTC.
    package var receivedTime: Int64
    /// A slice of the bytes read at one time: copy what is to stay.
    package var payload: ArraySlice<UInt8>

    package init(
        place: LogPlace, kind: LogRecordKind, position: Int64, count: Int, receivedTime: Int64,
        payload: ArraySlice<UInt8>
    ) {
        self.place = place
        self.kind = kind
        self.position = position
        self.count = count
        self.receivedTime = receivedTime
        self.payload = payload
    }

    /// The position after the record's last event.
    package var nextPosition: Int64 { position + Int64(count) }
}
