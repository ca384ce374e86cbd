internal import Bytes
internal import Hashing
package import Platform

// How far a log reached when it was closed in order: `log.end` beside the files with records, replaced whole once the
// last record is durable. In the last file nothing stands behind the last record to vouch for it; this does, and for
// the file itself. A log only grows, so what it says stays true while the log goes on, and however it ends later.
// Little-endian:
//
//     offset  size  field
//     0       7     magic "PLIMEND"
//     7       1     version: 1
//     8       8     logID
//     16      8     checksum of the header of the file that the place is in
//     24      28    place: where the end marker begins (LogPlace); its chain ties it to all records before
//     52      4     zero
//     56      8     where the log ended, behind its end marker
//     64      8     XXH3-64 of all before it
//
// Versions of before do not know it and leave it alone. Where they went on, the log is longer, or another one.

/// What was written down of a log when it was closed in order.
package struct LogEndMark: Hashable, Sendable {
    let logID: UInt64
    /// Of the header of the file, which tells it from another one of its number.
    let fileChecksum: UInt64
    /// Where its end marker began: all before it is records.
    let place: LogPlace
    /// Where the marker ended.
    let end: Int

    /// Its name in a log's directory.
    package static let fileName = "log.end"

    private static let magic = Array("PLIMEND".utf8)
    private static let version: UInt8 = 1
    private static let lengthBytes = 72

    /// - Precondition: `header` was read or encoded, and is that of the file that `place` is in.
    init(_ header: LogFileHeader, place: LogPlace, end: Int) {
        assert(header.fileNumber == place.fileNumber && place.offset <= end, "the place is in the file")
        (logID, fileChecksum, self.place, self.end) = (header.logID, header.checksum, place, end)
    }

    // MARK: The file

    private static func path(in directory: LogDirectory) -> String { directory.path + "/" + fileName }

    /// Writes it in place of the one before.
    func write(in directory: LogDirectory) throws(StorageError) {
        try directory.fileSystem.replace(Self.path(in: directory), with: encoded)
    }

    /// Removes it, durably, where a log goes on without having been held against it: what could not be read now might
    /// be read later, and would have the log end where it ended before.
    static func remove(in directory: LogDirectory) throws(StorageError) {
        do throws(StorageError) {
            try directory.fileSystem.remove(path(in: directory))
        } catch {
            if !error.isMissing { throw error }
        }
        try directory.flush()
    }

    /// What is found of one.
    struct Found {
        /// nil where there is none that can be used.
        var mark: LogEndMark?
        /// What is the matter with it.
        var damage: CorruptionError?
        /// The volume did not give it now, and may another time.
        var isUnread = false
    }

    /// The mark of a directory, and what is the matter with it where it cannot be used: without one less is known of
    /// the log, and nothing is lost as long as a file of it is there. Read it before the log, which another process may
    /// close meanwhile.
    /// - Throws: ``StorageError``; ``NewerFormatError``.
    static func read(in directory: LogDirectory) throws -> Found {
        let path = path(in: directory)
        do {
            return Found(mark: try read(path, directory.fileSystem))
        } catch let error as StorageError where error.isMissing {
            return Found()
        } catch let error as StorageError where error.isOfPlace {
            let damage = CorruptionError(file: path, offset: 0, expectation: "what can be read (\(error))")
            return Found(damage: damage, isUnread: !error.isNoFile)
        } catch let damage as CorruptionError {
            return Found(damage: damage)
        }
    }

    private static func read(_ path: String, _ fileSystem: any FileSystem) throws -> LogEndMark {
        let file = try fileSystem.open(path, .read)
        defer { file.close() }
        do {
            return try LogEndMark(parsing: try file.read(upTo: 4 * lengthBytes, at: 0))
        } catch let error as DecodingError {
            throw error.of(path)
        }
    }

    /// A text about such a file.
    /// - Throws: ``StorageError``; ``FileContentError`` where it is none that this version reads.
    package static func inspection(ofFileAt path: String, _ fileSystem: any FileSystem) throws -> String {
        let mark = try read(path, fileSystem)
        return "\(fileName): the log was closed in order at \(mark.place), before position \(mark.place.position)"
    }

    private var encoded: [UInt8] {
        var sink = ByteSink(capacity: Self.lengthBytes)
        sink.append(contentsOf: Self.magic)
        sink.append(Self.version)
        sink.append(littleEndian: logID)
        sink.append(littleEndian: fileChecksum)
        place.append(to: &sink)
        sink.append(littleEndian: UInt32(0))
        sink.append(littleEndian: UInt64(end))
        sink.append(littleEndian: xxh3(sink.bytes, seed: 0))
        assert(sink.count == Self.lengthBytes, "the mark has its length")
        return sink.bytes
    }

    private init(parsing bytes: [UInt8]) throws(DecodingError) {
        var input = ByteCursor(bytes)
        guard try input.readSlice(Self.magic.count).elementsEqual(Self.magic) else {
            throw DecodingError(offset: 0, expectation: "the magic bytes PLIMEND")
        }
        let found = try input.readByte()
        guard found == Self.version else {
            throw DecodingError(
                offset: 7, expectation: "format version 1, found \(found)",
                isOfNewerForm: found > Self.version && Self.isWhole(bytes))
        }
        guard bytes.count == Self.lengthBytes else {
            throw DecodingError(
                offset: min(bytes.count, Self.lengthBytes), expectation: "a file of \(Self.lengthBytes) bytes")
        }
        guard Self.isWhole(bytes) else {
            throw DecodingError(offset: Self.lengthBytes - 8, expectation: "the checksum of the mark")
        }
        logID = try input.read(littleEndian: UInt64.self)
        fileChecksum = try input.read(littleEndian: UInt64.self)
        place = try LogPlace(parsing: &input)
        let zero = try input.read(littleEndian: UInt32.self)
        end = Int(clamping: try input.read(littleEndian: UInt64.self))
        guard zero == 0, (place.offset...LogFormat.fileBytesMax).contains(end) else {
            throw DecodingError(offset: 52, expectation: "zero, and an end behind the place")
        }
    }

    /// Whether it ends in its checksum, whatever its version.
    private static func isWhole(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 8 else { return false }
        var end = ByteCursor(bytes[(bytes.count - 8)...])
        return (try? end.read(littleEndian: UInt64.self)) == xxh3(bytes[..<(bytes.count - 8)], seed: 0)
    }

    // MARK: What it says of a log

    /// What lacks of a log that ends at a place in its last file; nil where it reaches as far as it did, or is another
    /// log.
    func shortfall(of last: LogFileHeader, endingAt offset: Int, in directory: LogDirectory) -> CorruptionError? {
        guard last.logID == logID else { return nil }
        if last.fileNumber < place.fileNumber {
            return CorruptionError(
                file: directory.logPath(last.fileNumber + 1), offset: 0,
                expectation: "the log up to \(place), where it was closed; the file is missing")
        }
        guard isOf(last), offset < place.offset else { return nil }
        return CorruptionError(
            file: directory.logPath(last.fileNumber), offset: offset,
            expectation: "a record; the log was closed at offset \(place.offset)")
    }

    /// Why a record of a file is none of those that it had when it was closed; nil where it may be one, or comes behind
    /// them. A file that was put back as it was earlier may hold what a crash has taken since.
    /// - Parameter chain: behind the record.
    func contradiction(
        of record: LogRecord, endingAt offset: Int, chain: UInt32, in header: LogFileHeader, of directory: LogDirectory
    ) -> CorruptionError? {
        guard isOf(header), record.place.offset < place.offset, offset >= place.offset,
            offset > place.offset || chain != place.chain
        else { return nil }
        return CorruptionError(
            file: directory.logPath(header.fileNumber), offset: record.place.offset,
            expectation: "the record that stood here when the log was closed at offset \(place.offset)")
    }

    /// What lacks of a log of which no file is there; nil where nothing says that there was one. Who finds what was
    /// written down of it damaged knows that it was written.
    /// - Parameter found: what ``read(in:)`` gave.
    static func shortfall(
        of found: Found, in directory: LogDirectory
    ) -> CorruptionError? {
        found.mark.map { EventLog.missing($0.place, in: directory) } ?? found.damage
    }

    /// Whether all records of a log are there, and the marker is not with which it was closed.
    func hasLostMarker(of last: LogFileHeader, endingAt offset: Int) -> Bool {
        isOf(last) && (place.offset..<end).contains(offset)
    }

    /// Whether a file is the one that its place is in.
    func isOf(_ last: LogFileHeader) -> Bool {
        last.logID == logID && last.fileNumber == place.fileNumber && last.checksum == fileChecksum
    }
}
