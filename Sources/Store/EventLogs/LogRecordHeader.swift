internal import Bytes
internal import Hashing

/// The fixed part of a record; `LogFormat` draws it.
struct LogRecordHeader {
    var checksum: UInt64 = 0
    var payloadBytes: Int
    var kind: LogRecordKind
    var fileNumberLow: UInt16
    var count: UInt32
    var chain: UInt32
    var position: Int64
    var receivedTime: Int64
    var flushedOffset: Int
    var logID: UInt64

    var recordBytes: Int { LogFormat.recordBytes(payloadBytes: payloadBytes) }

    /// Appends the whole record for `place` and sets the checksum.
    mutating func append(payload: ArraySlice<UInt8>, to buffer: inout [UInt8], fileNumber: UInt64, offset: Int) {
        assert(payload.count == payloadBytes && position >= 0, "the header of this payload")
        assert((LogFormat.fileHeaderBytes...offset).contains(flushedOffset), "only what stands before can be flushed")
        var sink = ByteSink(capacity: LogFormat.recordHeaderBytes)
        sink.append(littleEndian: UInt64(0))
        sink.append(littleEndian: UInt32(payloadBytes))
        sink.append(kind.rawValue)
        sink.append(UInt8(0))
        sink.append(littleEndian: fileNumberLow)
        sink.append(littleEndian: count)
        sink.append(littleEndian: chain)
        sink.append(littleEndian: position)
        sink.append(littleEndian: receivedTime)
        sink.append(littleEndian: UInt64(flushedOffset))
        sink.append(littleEndian: logID)
        let start = buffer.count
        buffer.append(contentsOf: sink.bytes)
        buffer.append(contentsOf: payload)
        buffer.append(
            contentsOf: [UInt8](repeating: 0, count: recordBytes - LogFormat.recordHeaderBytes - payload.count))
        assert(buffer.count - start == recordBytes, "a record is padded")
        checksum = Self.checksum(of: buffer[start...], fileNumber: fileNumber, offset: offset)
        for index in 0..<8 { buffer[start + index] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt64(index))) }
    }

    /// Where the log's id stands in it.
    static let idOffset = 48

    /// Reads the fields; says nothing about whether they are right.
    init(parsing bytes: ArraySlice<UInt8>) throws(DecodingError) {
        var input = ByteCursor(bytes)
        checksum = try input.read(littleEndian: UInt64.self)
        payloadBytes = Int(try input.read(littleEndian: UInt32.self))
        kind = LogRecordKind(rawValue: try input.readByte())
        guard try input.readByte() == 0 else { throw DecodingError(offset: 13, expectation: "zero") }
        fileNumberLow = try input.read(littleEndian: UInt16.self)
        count = try input.read(littleEndian: UInt32.self)
        chain = try input.read(littleEndian: UInt32.self)
        position = try input.read(littleEndian: Int64.self)
        receivedTime = try input.read(littleEndian: Int64.self)
        flushedOffset = Int(clamping: try input.read(littleEndian: UInt64.self))
        logID = try input.read(littleEndian: UInt64.self)
    }

    init(
        payloadBytes: Int, kind: LogRecordKind, file: LogFileHeader, count: UInt32, chain: UInt32, position: Int64,
        receivedTime: Int64,
        flushedOffset: Int
    ) {
        self.payloadBytes = payloadBytes
        self.kind = kind
        self.fileNumberLow = UInt16(truncatingIfNeeded: file.fileNumber)
        self.count = count
        self.chain = chain
        self.position = position
        self.receivedTime = receivedTime
        self.flushedOffset = flushedOffset
        self.logID = file.logID
    }

    /// Whether the fields can stand at `offset` of that file, in a file whose records end at `limit` or before.
    func isPlausible(in file: LogFileHeader, offset: Int, limit: Int) -> Bool {
        logID == file.logID && fileNumberLow == UInt16(truncatingIfNeeded: file.fileNumber)
            && payloadBytes <= LogFormat.payloadBytesMax && recordBytes <= limit - offset
            && flushedOffset >= LogFormat.fileHeaderBytes && flushedOffset <= offset
            && position >= 0 && !position.addingReportingOverflow(Int64(count)).overflow
    }

    /// Of a whole record with its padding.
    static func checksum(of record: ArraySlice<UInt8>, fileNumber: UInt64, offset: Int) -> UInt64 {
        xxh3(record.dropFirst(8), seed: LogFormat.seed(fileNumber: fileNumber, offset: offset))
    }
}
