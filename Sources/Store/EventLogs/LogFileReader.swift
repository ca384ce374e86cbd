internal import Bytes
internal import Platform

/// Reads the records of one file in order.
struct LogFileReader {
    enum Step {
        case record(LogRecord)
        /// The place reached holds no record that follows.
        case stop
    }

    let file: any File
    let header: LogFileHeader
    /// Where the next record begins.
    private(set) var offset: Int
    /// What the next record must carry.
    private(set) var chain: UInt32
    /// Records end here or before.
    let limit: Int
    /// Everything before it was flushed: a record says so, or who gave the place to begin with.
    private(set) var vouchedOffset: Int

    /// Bytes of the file from `windowOffset` on.
    private var window: [UInt8] = []
    private var windowOffset = 0

    /// Bytes asked of the file at a time.
    static let windowBytes = 1 << 20

    init(file: any File, header: LogFileHeader, offset: Int, chain: UInt32, limit: Int) {
        self.file = file
        self.header = header
        self.offset = offset
        self.chain = chain
        self.limit = limit
        vouchedOffset = offset
    }

    mutating func next() throws -> Step {
        guard let (record, bytes) = try intactRecord(at: offset), record.chain == chain else { return .stop }
        let place = LogPlace(fileNumber: header.fileNumber, offset: offset, chain: chain, position: record.position)
        let payloadStart = bytes.startIndex + LogFormat.recordHeaderBytes
        let result = LogRecord(
            place: place, kind: record.kind, position: record.position, count: Int(record.count),
            receivedTime: record.receivedTime,
            payload: bytes[payloadStart..<(payloadStart + record.payloadBytes)])
        vouchedOffset = max(vouchedOffset, record.flushedOffset)
        offset += record.recordBytes
        assert(offset <= limit, "a record that passes ends where records may")
        chain = UInt32(truncatingIfNeeded: record.checksum)
        return .record(result)
    }

    /// The header at the place reached, if it was meant for this place, whole or torn.
    mutating func tornHeader() throws -> LogRecordHeader? {
        guard let header = try plausibleHeader(at: offset), header.chain == chain else { return nil }
        return header
    }

    private mutating func plausibleHeader(at place: Int) throws -> LogRecordHeader? {
        guard limit - place >= LogFormat.recordHeaderBytes else { return nil }
        let bytes = try slice(at: place, count: LogFormat.recordHeaderBytes)
        guard bytes.count == LogFormat.recordHeaderBytes, let record = try? LogRecordHeader(parsing: bytes) else {
            return nil
        }
        return record.isPlausible(in: header, offset: place, limit: limit) ? record : nil
    }

    private mutating func intactRecord(at place: Int) throws -> (LogRecordHeader, ArraySlice<UInt8>)? {
        guard let record = try plausibleHeader(at: place) else { return nil }
        let bytes = try slice(at: place, count: record.recordBytes)
        guard bytes.count == record.recordBytes,
            LogRecordHeader.checksum(of: bytes, fileNumber: header.fileNumber, offset: place) == record.checksum
        else { return nil }
        return (record, bytes)
    }

    private func isInWindow(_ place: Int, count: Int) -> Bool {
        place >= windowOffset && place + count <= windowOffset + window.count
    }

    /// Bytes of the file; fewer where it ends.
    private mutating func slice(at place: Int, count: Int) throws(StorageError) -> ArraySlice<UInt8> {
        if !isInWindow(place, count: count) {
            windowOffset = place
            window = try file.read(upTo: min(max(count, Self.windowBytes), max(0, header.fileBytes - place)), at: place)
        }
        let start = place - windowOffset
        return window[start..<min(start + count, window.count)]
    }

    /// What lies behind the place reached.
    struct Remains {
        /// Intact records of this file that no later record vouches for: a power cut kept them and lost what came
        /// before.
        var orphans = 0
        /// Where the first record stands that says that the place reached was flushed.
        var witness: Int?
    }

    /// Searches every aligned place behind the one reached. O(bytes left).
    mutating func searchRemains() throws -> Remains {
        var remains = Remains()
        var place = offset
        while let candidate = try nextCandidate(from: place) {
            place = candidate
            guard let (record, _) = try intactRecord(at: place) else {
                place += LogFormat.alignmentBytes
                continue
            }
            if record.flushedOffset > offset {
                remains.witness = remains.witness ?? place
            } else {
                remains.orphans += 1
            }
            place += record.recordBytes
            assert(place <= limit, "a record that passes ends where records may")
        }
        return remains
    }

    /// Goes on behind a place that holds no record, at the next one that is intact, whatever it follows.
    /// - Parameter start: where the search begins; nil for behind the place.
    /// - Returns: false where there is none.
    mutating func resume(from start: Int? = nil) throws -> Bool {
        var place = start ?? offset + LogFormat.alignmentBytes
        while let candidate = try nextCandidate(from: place) {
            if let (record, _) = try intactRecord(at: candidate) {
                (offset, chain) = (candidate, record.chain)
                return true
            }
            place = candidate + LogFormat.alignmentBytes
        }
        return false
    }

    /// The first place from `start` on that may hold a record by its file and log.
    private mutating func nextCandidate(from start: Int) throws(StorageError) -> Int? {
        let low = UInt8(truncatingIfNeeded: header.fileNumber)
        var place = start
        while true {
            if !isInWindow(place, count: LogFormat.recordHeaderBytes) {
                guard let next = try passingZeros(from: place) else { return nil }
                place = next
            }
            guard limit - place >= LogFormat.recordHeaderBytes else { return nil }
            _ = try slice(at: place, count: LogFormat.recordHeaderBytes)
            let bytes = window.span
            var index = place - windowOffset
            while index + LogFormat.recordHeaderBytes <= bytes.count {
                if bytes.loadUInt64(at: index + LogRecordHeader.idOffset) == header.logID, bytes[index + 14] == low {
                    let found = windowOffset + index
                    return limit - found >= LogFormat.recordHeaderBytes ? found : nil
                }
                index += LogFormat.alignmentBytes
            }
            guard windowOffset + index > place else { return nil }
            place = windowOffset + index
        }
    }

    /// The first place from one on whose record would not have zeros alone for its header, as far as the file knows
    /// without being read: a header has the log's id. nil where zeros are all that comes.
    private func passingZeros(from place: Int) throws(StorageError) -> Int? {
        guard header.logID != 0 else { return place }
        guard let data = try file.nextData(from: place) else { return nil }
        let zeros = max(0, data.lowerBound - place - (LogFormat.recordHeaderBytes - 1))
        return place + (zeros + LogFormat.alignmentBytes - 1) / LogFormat.alignmentBytes * LogFormat.alignmentBytes
    }
}
