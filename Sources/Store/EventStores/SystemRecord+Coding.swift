import Bytes
import Domain
import EventLogs

// A system record as the payload of a log record of kind `system`. Little-endian.
//
//     1  kind    1 system event, 2 dead letter
//     …  texts   varint length + UTF-8 each: type, data · id, source, type, error, fields
//     1  hasTime dead letters only; then 8 time when 1
//
// Several that are kept or lost together, as the payload of one of kind `together`, end to end:
//
//     …  length  varint
//     …  record  as above

extension SystemRecord {
    var serialised: [UInt8] {
        var sink = ByteSink()
        switch content {
        case .event(let type, let data):
            sink.append(UInt8(1))
            sink.append(text: type)
            sink.append(text: data)
        case .deadLetter(let letter):
            sink.append(UInt8(2))
            for text in [letter.id, letter.source, letter.type, letter.error, letter.fields] { sink.append(text: text) }
            sink.append(UInt8(letter.time == nil ? 0 : 1))
            if let time = letter.time { sink.append(littleEndian: time) }
        }
        return sink.bytes
    }

    /// What a record of the log of kind `system` tells.
    init(logged record: LogRecord) throws(DecodingError) {
        try self.init(position: record.position - 1, receivedTime: record.receivedTime, parsing: record.payload)
    }

    /// Bytes of it among others that are kept or lost with it.
    var serialisedTogetherBytes: Int {
        var sink = ByteSink()
        let count = serialised.count
        sink.append(varint: UInt64(count))
        return sink.bytes.count + count
    }

    static func serialisedTogether(_ records: [SystemRecord]) -> [UInt8] {
        var sink = ByteSink()
        for record in records {
            let bytes = record.serialised
            sink.append(varint: UInt64(bytes.count))
            sink.append(contentsOf: bytes)
        }
        return sink.bytes
    }

    /// What a record of the log of kind `together` tells, in its order.
    static func together(logged record: LogRecord) throws(DecodingError) -> [SystemRecord] {
        var cursor = ByteCursor(record.payload)
        var records: [SystemRecord] = []
        while !cursor.isAtEnd {
            let count = try cursor.readCount(max: cursor.remaining)
            records.append(
                try SystemRecord(
                    position: record.position - 1, receivedTime: record.receivedTime,
                    parsing: try cursor.readSlice(count)))
        }
        return records
    }

    init(position: Int64, receivedTime: Int64, parsing payload: ArraySlice<UInt8>) throws(DecodingError) {
        self.position = position
        self.receivedTime = receivedTime
        var cursor = ByteCursor(payload)
        func text(_ cursor: inout ByteCursor) throws(DecodingError) -> String {
            try cursor.readText(max: cursor.remaining)
        }
        let kind = try cursor.readByte()
        switch kind {
        case 1:
            let type = try text(&cursor)
            content = .event(type: type, data: try text(&cursor))
        case 2:
            let (id, source, type) = (try text(&cursor), try text(&cursor), try text(&cursor))
            let (error, fields) = (try text(&cursor), try text(&cursor))
            let hasTime = try cursor.readByte() != 0
            let time = hasTime ? try cursor.read(littleEndian: Int64.self) : nil
            content = .deadLetter(
                DeadLetter(id: id, source: source, type: type, time: time, error: error, fields: fields))
        default: throw cursor.newerForm("a kind of system record", found: kind)
        }
        guard cursor.isAtEnd else { throw cursor.failure("the end of the record") }
    }
}
