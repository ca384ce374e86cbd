internal import Hashing
package import Platform

/// The write-ahead log: takes records from one writer, makes them durable in groups, gives them back in order after a
/// restart.
///
/// Synchronous and deterministic; belongs to one thread at a time. `append` gathers, `flush` makes durable: a record
/// counts as stored when the `flush` after its `append` has returned. After a failed write or flush nothing is taken
/// any more.
package final class EventLog {
    let directory: LogDirectory
    let options: EventLogOptions

    /// Oldest first; the last one is written.
    private(set) var files: [LogFileHeader]
    /// Older files that were passed over when it was opened; they go with the next release.
    private var passed: [UInt64]
    private var file: any File
    /// Records not yet written, for the file's `writtenOffset` on.
    private var buffer: [UInt8] = []
    private var writtenOffset: Int
    private var flushedOffset: Int
    /// Zeros, or bytes of an earlier use, were written up to here: a flush before this offset moves no metadata.
    private var filledOffset: Int
    /// No zeros go ahead of what is left of this file: the volume had no room for them.
    private var isFillingRefused = false
    /// Low word of the checksum of the last record, or of the file header.
    private var chain: UInt32
    private var spares: [Spare]
    /// What left unknown what is on the disk, so that nothing is taken any more.
    package private(set) var failure: StorageError?
    private var isClosed = false
    /// Names of the directory changed, and the machine was too short of something to make that durable: nothing counts
    /// as stored before it is.
    private var owesDirectoryFlush = false

    /// The position that the next event must have at least.
    package private(set) var nextPosition: Int64
    /// The greatest received time of the records appended since it was opened; markers tell none.
    package private(set) var lastTime = Int64.min

    /// A file that waits for a number.
    private struct Spare {
        var number: UInt64
        /// Every byte was written once, so that zeros need not go ahead of the records.
        var isFilled: Bool
    }

    /// What opening hands over.
    struct Start {
        var files: [LogFileHeader]
        /// Files before these that could not be read and need not be.
        var passed: [UInt64] = []
        var file: any File
        var offset: Int
        var chain: UInt32
        var spares: [UInt64]
        var nextPosition: Int64
    }

    init(directory: LogDirectory, options: EventLogOptions, start: Start) {
        self.directory = directory
        self.options = options
        files = start.files
        passed = start.passed
        file = start.file
        writtenOffset = start.offset
        flushedOffset = start.offset
        filledOffset = LogFormat.filledOffset(after: start.offset)
        chain = start.chain
        spares = start.spares.map { Spare(number: $0, isFilled: false) }
        nextPosition = start.nextPosition
        precondition(!files.isEmpty && writtenOffset >= LogFormat.fileHeaderBytes, "a log has a file that is written")
        assert(zip(files, files.dropFirst()).allSatisfy { $1.fileNumber == $0.fileNumber + 1 }, "files without a gap")
    }

    /// Whether a file of a log's directory is the one that is written: the greatest number.
    package static func isLast(_ name: String, in entries: [DirectoryEntry]) -> Bool {
        guard let number = LogDirectory.number(in: name, prefix: LogDirectory.logPrefix) else { return false }
        let numbers = entries.compactMap { LogDirectory.number(in: $0.name, prefix: LogDirectory.logPrefix) }
        return numbers.allSatisfy { $0 <= number }
    }

    /// Whether a log's directory has any file with records: spare ones, and what says how a log was closed, are none.
    package static func hasRecords(_ entries: [DirectoryEntry]) -> Bool {
        entries.contains {
            !$0.isDirectory && LogDirectory.number(in: $0.name, prefix: LogDirectory.logPrefix) != nil
        }
    }

    private var active: LogFileHeader { files[files.count - 1] }
    private var endOffset: Int { writtenOffset + buffer.count }

    /// Where the next record will begin if it fits this file; replay from here gives every record appended from now on.
    package var end: LogPlace {
        LogPlace(fileNumber: active.fileNumber, offset: endOffset, chain: chain, position: nextPosition)
    }

    /// Whether every appended record is durable.
    package var isFlushed: Bool { flushedOffset == endOffset }

    /// Bytes that this log occupies, spare files included.
    package var sizeBytes: Int { files.reduce(0) { $0 + $1.fileBytes } + spares.count * options.fileBytes }

    private func checkUsable() throws(EventLogError) {
        if let failure { throw .stopped(failure) }
        if isClosed { throw .closed }
    }

    /// Runs a step whose failure leaves unknown what is on the disk.
    private func fatal(_ body: () throws(StorageError) -> Void) throws(StorageError) {
        do {
            try body()
        } catch {
            if !planted(.goOnAfterFailedFlush) { failure = error }
            throw error
        }
    }

    /// Makes room for several records, so that none of them can fail for want of space once the first was taken.
    /// O(payloads).
    /// - Throws: ``EventLogError``, also where no file holds them all; ``StorageError`` of making a new file: nothing
    ///   was taken then.
    package func reserve(payloads: [Int]) throws {
        try checkUsable()
        if let largest = payloads.max(), largest > LogFormat.payloadBytesMax {
            throw EventLogError.recordTooLarge(payloadBytes: largest)
        }
        // A file that is longer could be written, but no start would read it.
        var bytes = 0
        for payload in payloads {
            bytes += LogFormat.recordBytes(payloadBytes: payload)
            guard bytes <= LogFormat.reservedBytesMax else { throw EventLogError.reservationTooLarge(bytes: bytes) }
        }
        if bytes > active.fileBytes - endOffset { try rotate(roomFor: bytes) }
    }

    /// Takes a record; not durable before ``flush()``. O(payload).
    /// - Parameter position: of the first event, or of the next event where `count` is 0.
    /// - Returns: where the record stands.
    /// - Throws: ``EventLogError``; ``StorageError`` of writing, which stops the log, or of making room for a new file,
    ///   which does not: the record is not taken then, and the caller may try again when there is space.
    /// - Precondition: `position >= nextPosition`, `0 <= count <= UInt32.max`.
    @discardableResult
    package func append(
        _ kind: LogRecordKind, position: Int64, count: Int, receivedTime: Int64, payload: ArraySlice<UInt8>
    ) throws -> LogPlace {
        try checkUsable()
        precondition(position >= nextPosition && count >= 0, "positions ascend")
        guard payload.count <= LogFormat.payloadBytesMax else {
            throw EventLogError.recordTooLarge(payloadBytes: payload.count)
        }
        let bytes = LogFormat.recordBytes(payloadBytes: payload.count)
        if bytes > active.fileBytes - endOffset { try rotate(roomFor: bytes) }
        assert(bytes <= active.fileBytes - endOffset, "a record ends in its file")
        var place = end
        place.position = position
        var header = LogRecordHeader(
            payloadBytes: payload.count, kind: kind, file: active, count: UInt32(count), chain: place.chain,
            position: position,
            receivedTime: receivedTime, flushedOffset: flushedOffset)
        header.append(payload: payload, to: &buffer, fileNumber: active.fileNumber, offset: place.offset)
        assert(endOffset == place.offset + bytes, "records lie end to end")
        chain = UInt32(truncatingIfNeeded: header.checksum)
        nextPosition = position + Int64(count)
        if !kind.isMarker { lastTime = max(lastTime, receivedTime) }
        if buffer.count >= options.bufferBytes { try write() }
        return place
    }

    /// As above, of a whole array.
    @discardableResult
    package func append(
        _ kind: LogRecordKind, position: Int64, count: Int, receivedTime: Int64, payload: [UInt8]
    ) throws -> LogPlace {
        try append(kind, position: position, count: count, receivedTime: receivedTime, payload: payload[...])
    }

    private func write() throws(StorageError) {
        guard !buffer.isEmpty else { return }
        let end = endOffset
        assert(end <= active.fileBytes, "records end in their file")
        if end > filledOffset {
            // Zeros go ahead of the records in steps, in the same write: one flush in many moves metadata, and none
            // waits for a whole file.
            filledOffset = min(LogFormat.filledOffset(after: end), active.fileBytes)
            buffer.append(contentsOf: [UInt8](repeating: 0, count: filledOffset - end))
        }
        try fatal { () throws(StorageError) in
            do throws(StorageError) { try file.write(buffer, at: writtenOffset) } catch {
                if !planted(.ignoreLogWriteError) { throw error }
            }
        }
        writtenOffset = end
        buffer.removeAll(keepingCapacity: true)
        assert(flushedOffset <= writtenOffset && writtenOffset <= filledOffset, "flushed, then written, then filled")
    }

    /// Makes every appended record durable. One `fdatasync`; none when there is nothing new.
    package func flush() throws {
        try checkUsable()
        guard !isFlushed else { return }
        if owesDirectoryFlush { try flushDirectory() }
        try write()
        try fatal { () throws(StorageError) in
            if planted(.skipLogFlush), nextPosition.isMultiple(of: 3) { return }
            do throws(StorageError) { try file.flush() } catch {
                if !planted(.ignoreLogFlushError) { throw error }
            }
        }
        assert(buffer.isEmpty, "everything was written before the flush")
        flushedOffset = writtenOffset
    }

    /// Writes zeros where records come next, if few are left there, and flushes them: for when nobody waits, so that
    /// those who do are seldom kept by zeros, and by a flush that moves metadata. Nothing while records wait for a
    /// flush.
    /// - Throws: ``StorageError``, which stops the log, but where the volume has no room: what was flushed is there.
    package func fillAhead() throws(StorageError) {
        guard failure == nil, !isClosed, isFlushed, !isFillingRefused, filledOffset < active.fileBytes,
            filledOffset - writtenOffset < LogFormat.fillStepBytes
        else { return }
        let end = min(filledOffset + LogFormat.fillAheadBytes, active.fileBytes)
        do throws(StorageError) {
            try file.writeZeros(end - filledOffset, at: filledOffset)
            try file.flush()
        } catch {
            isFillingRefused = true
            if !error.isSpaceExhausted, !error.isScarcity { failure = error }
            throw error
        }
        filledOffset = end
    }

    /// Takes back what was appended since a place, as long as none of it was flushed: the log is as it was there.
    /// - Parameters:
    ///   - place: ``end`` at that time.
    ///   - lastTime: ``lastTime`` at that time.
    /// - Returns: false where it is too late; nothing changed then.
    package func takeBack(to place: LogPlace, lastTime time: Int64) -> Bool {
        guard failure == nil, !isClosed, place.fileNumber == active.fileNumber, place.offset >= flushedOffset,
            place.offset <= endOffset
        else { return false }
        do {
            // What was written must not be found behind the end: it would go on from the same record as what comes now.
            if writtenOffset > place.offset {
                let count = writtenOffset - place.offset
                try fatal { () throws(StorageError) in try file.writeZeros(count, at: place.offset) }
                writtenOffset = place.offset
            }
        } catch {
            return false
        }
        buffer.removeLast(endOffset - place.offset)
        (chain, nextPosition, lastTime) = (place.chain, place.position, time)
        assert(end == place, "the log ends where it did")
        return true
    }

    /// Notes that nothing came for a while, and flushes: the note vouches for all before it, so that a later cut can
    /// only concern the note. To be called once after about a second without an append.
    package func markIdle(time: Int64) throws { try mark(.idle, time: time) }

    /// Flushes, ends the log in a marker that vouches for all before it, flushes that, writes down how far the log
    /// reaches (``LogEndMark``), and closes the files.
    package func close(time: Int64) throws {
        let place = try mark(.end, time: time)
        isClosed = true
        // Where it cannot be written, what one of before says is true as well.
        let reached = LogEndMark(active, place: place, end: endOffset)
        if !planted(.forgetLogEnd) { try? reached.write(in: directory) }
        file.close()
    }

    /// - Returns: where the marker stands.
    @discardableResult
    private func mark(_ kind: LogRecordKind, time: Int64) throws -> LogPlace {
        try flush()
        let place = try append(kind, position: nextPosition, count: 0, receivedTime: time, payload: [])
        try flush()
        return place
    }

    // MARK: Files

    /// Ends the current file and goes on in the next one, so that all before can be released.
    package func rotate() throws {
        try checkUsable()
        guard endOffset > LogFormat.fileHeaderBytes else { return }
        try rotate(roomFor: 0)
    }

    private func rotate(roomFor bytes: Int) throws {
        try flush()
        let number = active.fileNumber + 1
        assert(isFlushed && buffer.isEmpty, "the file that ends is durable")
        let fileBytes = max(options.fileBytes, LogFormat.fileHeaderBytes + bytes)
        var header = LogFileHeader(
            logID: active.logID, fileNumber: number, fileBytes: fileBytes, firstPosition: nextPosition,
            previousEnd: writtenOffset,
            previousChain: chain)
        let (next, isFilled) = try beginFile(&header)
        file.close()
        file = next
        files.append(header)
        writtenOffset = LogFormat.fileHeaderBytes
        flushedOffset = writtenOffset
        filledOffset = isFilled ? fileBytes : writtenOffset
        isFillingRefused = false
        chain = header.chain
    }

    /// Makes the next file under a passing name, and gives it its own once the header is flushed.
    private func beginFile(_ header: inout LogFileHeader) throws(StorageError) -> (file: any File, isFilled: Bool) {
        let path = directory.logPath(header.fileNumber)
        let built: String
        var isFilled = false
        if header.fileBytes == options.fileBytes {
            try prepareSpare()
            guard let spare = spares.last else { preconditionFailure("a spare was prepared") }
            built = directory.sparePath(spare.number)
            isFilled = spare.isFilled
        } else {
            built = directory.freshPath(header.fileNumber)
            try directory.makeFile(built, bytes: header.fileBytes)
        }
        let file = try directory.fileSystem.open(built, .update)
        try file.write(header.encoded(), at: 0)
        try file.flush()
        do {
            try directory.fileSystem.rename(built, to: path)
        } catch {
            // Unless it was refused for want of space, the new file may or may not be there.
            if !error.isSpaceExhausted, !error.isScarcity { failure = error }
            throw error
        }
        if header.fileBytes == options.fileBytes { spares.removeLast() }
        // From here on the new file says where the old one ends, so the old one must not grow.
        do {
            try flushDirectory()
        } catch where error.isScarcity {
            // The flush of the first record tries again.
        }
        return (directory.fileSystem.reopened(file, path: path), isFilled)
    }

    /// Makes the names durable. Scarcity is no failure: nothing was flushed, and it may be tried again.
    private func flushDirectory() throws(StorageError) {
        owesDirectoryFlush = true
        do {
            if !planted(.dropLogDirectoryFlush) { try directory.flush() }
        } catch {
            if !error.isScarcity { failure = error }
            throw error
        }
        owesDirectoryFlush = false
    }

    /// Reserves a spare file if there is none, so that a full disk shows early and the next rotation has its room: for
    /// idle moments.
    package func prepareSpare() throws(StorageError) {
        guard spares.isEmpty else { return }
        let number = active.fileNumber + 1
        try directory.makeFile(directory.sparePath(number), bytes: options.fileBytes)
        spares.append(Spare(number: number, isFilled: false))
    }

    /// Frees the files whose records all stand before `place`; they are used again. The caller has made durable
    /// elsewhere what they hold, records without events included. Returns the number of files freed.
    @discardableResult
    package func release(before place: LogPlace) throws -> Int {
        try release { _, next in next.fileNumber <= place.fileNumber }
    }

    /// Frees the files whose records all have positions before `position`.
    @discardableResult
    package func release(upTo position: Int64) throws -> Int {
        try release { _, next in next.firstPosition < position }
    }

    private func release(while isFree: (LogFileHeader, LogFileHeader) -> Bool) throws -> Int {
        try checkUsable()
        if owesDirectoryFlush { try flushDirectory() }
        var freed = 0
        while let number = passed.first {
            try directory.fileSystem.remove(directory.logPath(number))
            passed.removeFirst()
            try flushDirectory()
            freed += 1
        }
        while files.count > 1, isFree(files[0], files[1]) {
            let header = files[0]
            let path = directory.logPath(header.fileNumber)
            // A spare that was prepared for a file which then began as another one has that file's number already.
            let isNamed = spares.contains { $0.number == header.fileNumber }
            if header.fileBytes == options.fileBytes, spares.count < options.spareFilesMax, !isNamed {
                try directory.fileSystem.rename(path, to: directory.sparePath(header.fileNumber))
                spares.append(Spare(number: header.fileNumber, isFilled: true))
            } else {
                try directory.fileSystem.remove(path)
            }
            files.removeFirst()
            // One by one: a power cut that undid the removal of an older file and not of a newer one would leave a gap.
            try flushDirectory()
            freed += 1
        }
        assert(!files.isEmpty, "the file that is written stays")
        return freed
    }
}

extension LogDirectory {
    /// A file of that length whose space is reserved, so that a full disk shows here and not in the middle of a record.
    func makeFile(_ path: String, bytes: Int) throws(StorageError) {
        let file = try fileSystem.open(path, .replace)
        defer { file.close() }
        do {
            try file.preallocate(bytes: bytes)
        } catch {
            // Half a file would keep the space that it failed to get.
            try? fileSystem.remove(path)
            throw error
        }
    }
}
