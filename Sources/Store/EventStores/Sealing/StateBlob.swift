import Bytes
import Domain
import EventLogs

// What the store must know of its sealed past besides the segments themselves, published with them at one position. Little-endian.
//
//     offset  size  field
//     0       1     version        StateVersion
//     1       8     position       the last sealed position
//     9       8     receivedTime   the last received_time given out
//     17      …     schemas        varint length + SchemaRegistry.serialised: what ids in files mean
//             …     book           varint length + PriceBook.serialised
//             …     absentTimes    varint count, then 8 hash + 8 time each
//             …     counters       varint length + MetricCounters.serialised (from version 2 on)
//             …     rebookings     varint count, then varint length + data of the record each (from version 3 on)
//             …     marks          varint count, then varint length + data of the record each (from version 4 on)
//             …     leads          varint count, then 8 position + 8 lead each (from version 5 on)
//             …     objectives     varint count, then 8 since + varint length + data of the record each (from version 6 on)
//             …     outcomes       varint length + data of the record, empty where the store never said (from version 7 on)
//             28    replayFrom     LogPlace: where the log goes on

/// The ladder of the state's format; numbers are never used again.
enum StateVersion: UInt8 {
    /// Without counters: they begin at zero.
    case first = 1
    /// Without corrections of costs: there are none.
    case second = 2
    /// Without marks of deliveries: every destination begins at the end.
    case third = 3
    /// Without leads: the clock never ran away.
    case fourth = 4
    /// Without versions of objectives: the built-in ones are in force.
    case fifth = 5
    /// Without how conversations are judged: silence means nothing.
    case sixth = 6
    /// As drawn above.
    case seventh = 7
}

struct StateBlob: Sendable {
    var position: Int64 = 0
    var receivedTime: Int64 = 0
    var schemas: [UInt8] = []
    var book: [UInt8] = []
    var absentTimes: [AbsentTimes.Entry] = []
    var counters: [UInt8] = []
    var rebookings: [String] = []
    var marks: [String] = []
    var leads: [ClockLeads.Entry] = []
    /// Versions of objectives behind the built-in one, ascending.
    var objectives: [(since: Int64, data: String)] = []
    var outcomes = ""
    var replayFrom = LogPlace(fileNumber: 0, offset: 0, chain: 0, position: 0)

    init() {}

    var serialised: [UInt8] {
        var sink = ByteSink()
        sink.append(StateVersion.seventh.rawValue)
        sink.append(littleEndian: position)
        sink.append(littleEndian: receivedTime)
        for part in [schemas, book] {
            sink.append(varint: UInt64(part.count))
            sink.append(contentsOf: part)
        }
        sink.append(varint: UInt64(absentTimes.count))
        for entry in absentTimes {
            sink.append(littleEndian: entry.hash)
            sink.append(littleEndian: entry.time)
        }
        sink.append(varint: UInt64(counters.count))
        sink.append(contentsOf: counters)
        for records in [rebookings, marks] {
            sink.append(varint: UInt64(records.count))
            for data in records { sink.append(text: data) }
        }
        sink.append(varint: UInt64(leads.count))
        for entry in leads {
            sink.append(littleEndian: entry.position)
            sink.append(littleEndian: entry.lead)
        }
        sink.append(varint: UInt64(objectives.count))
        for record in objectives {
            sink.append(littleEndian: record.since)
            sink.append(text: record.data)
        }
        sink.append(text: outcomes)
        replayFrom.append(to: &sink)
        return sink.bytes
    }

    init(parsing bytes: [UInt8]) throws(DecodingError) {
        var cursor = ByteCursor(bytes)
        guard let version = StateVersion(rawValue: try cursor.readByte()) else { throw cursor.failure("a known version of the state") }
        position = try cursor.read(littleEndian: Int64.self)
        receivedTime = try cursor.read(littleEndian: Int64.self)
        schemas = Array(try cursor.readSlice(try cursor.readCount(max: cursor.remaining)))
        book = Array(try cursor.readSlice(try cursor.readCount(max: cursor.remaining)))
        for _ in 0..<(try cursor.readCount(max: cursor.remaining / 16)) {
            let hash = try cursor.read(littleEndian: UInt64.self)
            absentTimes.append(AbsentTimes.Entry(hash: hash, time: try cursor.read(littleEndian: Int64.self)))
        }
        if version != .first { counters = Array(try cursor.readSlice(try cursor.readCount(max: cursor.remaining))) }
        if version.rawValue >= StateVersion.third.rawValue { rebookings = try Self.texts(&cursor) }
        if version.rawValue >= StateVersion.fourth.rawValue { marks = try Self.texts(&cursor) }
        if version.rawValue >= StateVersion.fifth.rawValue {
            for _ in 0..<(try cursor.readCount(max: cursor.remaining / 16)) {
                let position = try cursor.read(littleEndian: Int64.self)
                leads.append(ClockLeads.Entry(position: position, lead: try cursor.read(littleEndian: Int64.self)))
            }
        }
        if version.rawValue >= StateVersion.sixth.rawValue {
            for _ in 0..<(try cursor.readCount(max: cursor.remaining)) {
                let since = try cursor.read(littleEndian: Int64.self)
                objectives.append((since, try cursor.readText(max: cursor.remaining)))
            }
        }
        if version.rawValue >= StateVersion.seventh.rawValue { outcomes = try cursor.readText(max: cursor.remaining) }
        replayFrom = try LogPlace(parsing: &cursor)
        guard cursor.isAtEnd else { throw cursor.failure("the end of the state") }
    }

    private static func texts(_ cursor: inout ByteCursor) throws(DecodingError) -> [String] {
        var texts: [String] = []
        for _ in 0..<(try cursor.readCount(max: cursor.remaining)) { texts.append(try cursor.readText(max: cursor.remaining)) }
        return texts
    }
}
