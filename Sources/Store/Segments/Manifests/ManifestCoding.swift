internal import Bytes
internal import Columnar
internal import Hashing

// One version of the manifest: a file of its own, written whole. Little-endian, varints LEB128.
//
//     offset  size  field
//     0       8     magic "PLIMMANI"
//     8       1     format (ManifestFormat)
//     9       7     zeros
//     16      8     version: 1, 2, 3, …
//     24      32    SHA-256 of the previous version's file; zeros in version 1
//     56      8     length of the body
//     64      n     body
//     64+n    32    SHA-256 of all bytes before it
//
//     body
//     z v     position, next segment id
//     1       flags: bit 0 clean end
//     v z     log start: file, position
//     v       segments, each: v id, v+… name, v length, 32 SHA-256, tables (v, each v+… name, v rows),
//             three ranges (1 present, z z): times, positions, received
//     v       superseded lists, each: v+… table, v segment, v group, v rows, each as the distance from the one before
//     1       projections present: a file (v+… name, v length, 32 SHA-256)
//     1       0: files of other roles, which no version has written

/// The ladder of manifest formats; numbers are never reused.
enum ManifestFormat: UInt8 {
    case first = 1
    /// As before; some of the segments are frozen (``ManifestSegment/isFrozen``). A program of before would fold
    /// conversations again from what is left of their events, and take what was dropped for new when it comes again.
    case second = 2
    /// As before; some of the segments are archived (``ManifestSegment/isArchived``). A program of before would know
    /// nothing of a directory elsewhere that is not there, nor remove there what comes to nothing.
    case third = 3

    /// As before; some of the frozen segments stand for events of some tenants alone
    /// (``ManifestSegment/isPartlyFrozen``). A program of before would take it that everybody's had gone: it would
    /// refuse all that is as old, and let events of others stay for ever.
    case fourth = 4
    /// As before; events of some types alone went (``ManifestSegment/isTypesFrozen``), and others of their
    /// conversations stayed (``ManifestSegment/isSettled``). A program of before would take it that all types had gone,
    /// and fold conversations once more from what is left of them.
    case fifth = 5

    /// The oldest one that says all of a manifest: without such segments every version reads it.
    init(of manifest: Manifest) {
        if manifest.segments.contains(where: { $0.isTypesFrozen || $0.isSettled }) {
            self = .fifth
        } else if manifest.segments.contains(where: \.isPartlyFrozen) {
            self = .fourth
        } else if manifest.segments.contains(where: \.isArchived) {
            self = .third
        } else {
            self = manifest.segments.contains(where: \.isFrozen) ? .second : .first
        }
    }
}

enum ManifestCoding {
    static let magic = Array("PLIMMANI".utf8)
    static let headerBytes = 64
    static let hashBytes = 32
    static let textBytesMax = 1_024
    /// Lists in a manifest; far above what a store of a thousand segments has.
    static let entriesMax = 1 << 24

    static func encode(_ manifest: Manifest, version: UInt64, previous: [UInt8]) -> [UInt8] {
        precondition(version > 0 && previous.count == hashBytes, "a version continues the one before")
        var body = ByteSink()
        write(manifest, into: &body)
        var sink = ByteSink(capacity: headerBytes + body.count + hashBytes)
        sink.append(contentsOf: magic)
        sink.append(ManifestFormat(of: manifest).rawValue)
        sink.append(contentsOf: repeatElement(0, count: 7))
        sink.append(littleEndian: version)
        sink.append(contentsOf: previous)
        sink.append(littleEndian: UInt64(body.count))
        sink.append(contentsOf: body.bytes)
        assert(sink.count == headerBytes + body.count, "the header has its length")
        sink.append(contentsOf: SHA256.hash(sink.bytes))
        return sink.bytes
    }

    static func decode(_ bytes: [UInt8]) throws(DecodingError) -> (
        manifest: Manifest, version: UInt64, previous: [UInt8]
    ) {
        var cursor = ByteCursor(bytes)
        guard try cursor.readSlice(8).elementsEqual(magic) else {
            throw DecodingError(offset: 0, expectation: "the magic of a manifest")
        }
        let format = try cursor.readByte()
        guard ManifestFormat(rawValue: format) != nil else {
            throw DecodingError(
                offset: cursor.offset, expectation: "manifest format 1, 2, 3 or 4, found \(format)",
                isOfNewerForm: endsInItsHash(bytes))
        }
        guard try cursor.readSlice(7).allSatisfy({ $0 == 0 }) else { throw cursor.failure("zeros") }
        let version = try cursor.read(littleEndian: UInt64.self)
        let previous = Array(try cursor.readSlice(hashBytes))
        let length = try cursor.read(littleEndian: UInt64.self)
        guard let count = Int(exactly: length), cursor.remaining >= hashBytes, count == cursor.remaining - hashBytes
        else {
            throw cursor.failure("a body of \(length) bytes and a hash")
        }
        guard SHA256.hash(bytes[..<(headerBytes + count)]).elementsEqual(bytes[(headerBytes + count)...]) else {
            throw DecodingError(offset: headerBytes + count, expectation: "the SHA-256 of the manifest")
        }
        var body = ByteCursor(try cursor.readSlice(count))
        do throws(DecodingError) {
            let manifest = try read(&body)
            guard body.isAtEnd else { throw body.failure("the end of the manifest") }
            return (manifest, version, previous)
        } catch {
            throw DecodingError(
                offset: headerBytes + error.offset, expectation: error.expectation, isOfNewerForm: error.isOfNewerForm)
        }
    }

    /// See ``ManifestStore/resealed(_:version:)``.
    static func resealed(_ bytes: [UInt8], version: UInt64) -> [UInt8] {
        guard bytes.count >= headerBytes + hashBytes else { return bytes }
        var sink = ByteSink(capacity: bytes.count)
        sink.append(contentsOf: magic)
        sink.append(bytes[8])
        sink.append(contentsOf: repeatElement(0, count: 7))
        sink.append(littleEndian: version)
        sink.append(contentsOf: bytes[24..<56])
        sink.append(littleEndian: UInt64(bytes.count - headerBytes - hashBytes))
        sink.append(contentsOf: bytes[headerBytes..<(bytes.count - hashBytes)])
        sink.append(contentsOf: SHA256.hash(sink.bytes))
        return sink.bytes
    }

    /// Whether it is what was written, whatever its format.
    private static func endsInItsHash(_ bytes: [UInt8]) -> Bool {
        bytes.count > hashBytes && SHA256.hash(bytes.dropLast(hashBytes)).elementsEqual(bytes.suffix(hashBytes))
    }

    private static func write(_ manifest: Manifest, into sink: inout ByteSink) {
        sink.append(zigzag: manifest.position)
        sink.append(varint: manifest.nextSegmentID)
        sink.append(UInt8(manifest.isCleanEnd ? 1 : 0))
        sink.append(varint: manifest.logStart.file)
        sink.append(zigzag: manifest.logStart.position)
        sink.append(varint: UInt64(manifest.segments.count))
        for segment in manifest.segments { write(segment, into: &sink) }
        sink.append(varint: UInt64(manifest.superseded.count))
        for list in manifest.superseded {
            sink.append(text: list.table)
            sink.append(varint: list.segmentID)
            sink.append(varint: UInt64(list.group))
            sink.append(varint: UInt64(list.rows.count))
            var last = -1
            for row in list.rows {
                precondition(row > last, "superseded rows ascend")
                assert(row < PageLimits.rowsMax, "a row of a group")
                sink.append(varint: UInt64(row - last - 1))
                last = row
            }
        }
        sink.append(UInt8(manifest.projections == nil ? 0 : 1))
        if let file = manifest.projections { write(file, into: &sink) }
        sink.append(UInt8(0))
    }

    private static func write(_ segment: ManifestSegment, into sink: inout ByteSink) {
        let description = segment.description
        precondition(description.sha256.count == hashBytes)
        sink.append(varint: description.segmentID)
        sink.append(text: description.fileName)
        sink.append(varint: UInt64(description.lengthBytes))
        sink.append(contentsOf: description.sha256)
        sink.append(varint: UInt64(description.tables.count))
        for table in description.tables {
            sink.append(text: table.table)
            sink.append(varint: UInt64(table.rowCount))
        }
        for range in [description.timeRange, segment.positions, segment.receivedRange] {
            sink.append(UInt8(range == nil ? 0 : 1))
            guard let range else { continue }
            sink.append(zigzag: range.lowerBound)
            sink.append(zigzag: range.upperBound)
        }
    }

    private static func write(_ file: FileReference, into sink: inout ByteSink) {
        precondition(file.sha256.count == hashBytes)
        sink.append(text: file.fileName)
        sink.append(varint: UInt64(file.lengthBytes))
        sink.append(contentsOf: file.sha256)
    }

    private static func read(_ cursor: inout ByteCursor) throws(DecodingError) -> Manifest {
        var manifest = Manifest()
        manifest.position = try cursor.readZigzag()
        manifest.nextSegmentID = try cursor.readVarint()
        let flags = try cursor.readByte()
        guard flags <= 1 else { throw cursor.newerForm("manifest flags", found: flags) }
        manifest.isCleanEnd = flags == 1
        manifest.logStart.file = try cursor.readVarint()
        manifest.logStart.position = try cursor.readZigzag()
        for _ in 0..<(try cursor.readCount(max: entriesMax)) { manifest.segments.append(try readSegment(&cursor)) }
        for _ in 0..<(try cursor.readCount(max: entriesMax)) { manifest.superseded.append(try readSuperseded(&cursor)) }
        if try cursor.readByte() != 0 { manifest.projections = try readFile(&cursor) }
        let others = try cursor.readByte()
        guard others == 0 else { throw cursor.newerForm("no file of another role", found: others) }
        return manifest
    }

    private static func readSuperseded(_ cursor: inout ByteCursor) throws(DecodingError) -> SupersededRows {
        let table = try cursor.readText(max: textBytesMax)
        let segmentID = try cursor.readVarint()
        let group = try cursor.readCount(max: SegmentLimits.groupsMax)
        let count = try cursor.readCount(max: PageLimits.rowsMax)
        var rows: [Int] = []
        rows.reserveCapacity(count)
        var last = -1
        for _ in 0..<count {
            last += try cursor.readCount(max: PageLimits.rowsMax) + 1
            guard last < PageLimits.rowsMax else { throw cursor.failure("rows of a group") }
            rows.append(last)
        }
        return SupersededRows(table: table, segmentID: segmentID, group: group, rows: rows)
    }

    private static func readSegment(_ cursor: inout ByteCursor) throws(DecodingError) -> ManifestSegment {
        let segmentID = try cursor.readVarint()
        let file = try readFile(&cursor)
        var tables: [TableRows] = []
        for _ in 0..<(try cursor.readCount(max: SegmentLimits.tablesMax)) {
            let name = try cursor.readText(max: textBytesMax)
            tables.append(TableRows(table: name, rowCount: try cursor.readCount(max: .max)))
        }
        let timeRange = try readRange(&cursor)
        let description = SegmentDescription(
            segmentID: segmentID, fileName: file.fileName, lengthBytes: file.lengthBytes, sha256: file.sha256,
            tables: tables,
            timeRange: timeRange)
        let positions = try readRange(&cursor)
        return ManifestSegment(description, positions: positions, receivedRange: try readRange(&cursor))
    }

    private static func readRange(_ cursor: inout ByteCursor) throws(DecodingError) -> ClosedRange<Int64>? {
        guard try cursor.readByte() != 0 else { return nil }
        let low = try cursor.readZigzag()
        let high = try cursor.readZigzag()
        guard low <= high else { throw cursor.failure("a range that ascends") }
        return low...high
    }

    private static func readFile(_ cursor: inout ByteCursor) throws(DecodingError) -> FileReference {
        let name = try cursor.readText(max: textBytesMax)
        let length = try cursor.readCount(max: .max)
        return FileReference(fileName: name, lengthBytes: length, sha256: Array(try cursor.readSlice(hashBytes)))
    }
}
