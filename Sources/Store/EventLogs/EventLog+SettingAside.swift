internal import Bytes
package import Platform

extension EventLog {
    /// Ends a log before its first damaged place, because somebody who knows what is lost wants it so. The files from
    /// that place on are copied whole into another directory; then the log goes on in a new file that begins with a
    /// record of it. One renaming does it: a crash before it leaves a log that is as damaged as before.
    /// - Parameters:
    ///   - survey: says where the log ends.
    ///   - target: a directory that is not there yet, for the copies.
    ///   - record: what the new file begins with, and the position of the next event, where the log ends or greater.
    /// - Returns: the copies.
    /// - Throws: ``StorageError``.
    /// - Precondition: the survey knows where the log ends; the caller holds the lock of the data directory.
    package static func setAside(
        _ survey: LogSurvey, directory path: String, into target: String, fileSystem: any FileSystem,
        record: (kind: LogRecordKind, position: Int64, payload: [UInt8])
    ) throws -> [String] {
        guard let end = survey.end else { preconditionFailure("where the log ends is known") }
        let directory = LogDirectory(path: path, fileSystem: fileSystem)
        let numbers = try directory.listing().logs.filter { $0 >= end.fileNumber }
        let header: LogFileHeader
        do {
            header = try directory.head(of: end.fileNumber).header(number: end.fileNumber)
        } catch let error as DecodingError {
            throw error.of(directory.logPath(end.fileNumber))
        }
        try fileSystem.createDirectories(target)
        var copies: [String] = []
        for number in numbers {
            let copy = target + "/" + fileName(of: directory.logPath(number))
            try fileSystem.copy(directory.logPath(number), to: copy)
            copies.append(copy)
        }
        try fileSystem.flushDirectory(target)
        // The last one first, each durably: what is left is damaged until the new file has its name.
        for number in numbers.reversed() where number > end.fileNumber + 1 {
            try fileSystem.remove(directory.logPath(number))
            try directory.flush()
        }
        try directory.begin(after: header, endingAt: end, record: record, receivedTime: survey.receivedTime)
        return copies
    }
}

extension LogDirectory {
    /// Makes the file behind one that is to end at a place, in place of what has its name.
    fileprivate func begin(
        after previous: LogFileHeader, endingAt end: LogPlace,
        record: (kind: LogRecordKind, position: Int64, payload: [UInt8]), receivedTime: Int64
    ) throws {
        let recordBytes = LogFormat.recordBytes(payloadBytes: record.payload.count)
        var header = LogFileHeader(
            logID: previous.logID, fileNumber: end.fileNumber + 1,
            // As large as the one before, unless that was made for one long record.
            fileBytes: max(
                min(previous.fileBytes, EventLogOptions().fileBytes), LogFormat.fileHeaderBytes + recordBytes),
            firstPosition: end.position, previousEnd: end.offset, previousChain: end.chain)
        var contents = header.encoded()
        var recordHeader = LogRecordHeader(
            payloadBytes: record.payload.count, kind: record.kind, file: header, count: 0, chain: header.chain,
            position: record.position, receivedTime: receivedTime, flushedOffset: LogFormat.fileHeaderBytes)
        recordHeader.append(
            payload: record.payload[...], to: &contents, fileNumber: header.fileNumber, offset: contents.count)
        let fresh = freshPath(header.fileNumber)
        try makeFile(fresh, bytes: header.fileBytes)
        let file = try fileSystem.open(fresh, .update)
        defer { file.close() }
        try file.write(contents, at: 0)
        try file.flush()
        try fileSystem.rename(fresh, to: logPath(header.fileNumber))
        try flush()
    }
}

extension FileSystem {
    /// Copies a file, durably but for its name.
    fileprivate func copy(_ path: String, to copy: String) throws {
        let (source, target) = (try open(path, .read), try open(copy, .create))
        defer {
            source.close()
            target.close()
        }
        let length = try source.lengthBytes()
        try target.preallocate(bytes: length)
        for offset in stride(from: 0, to: length, by: 1 << 20) {
            try target.write(try source.read(exactly: min(1 << 20, length - offset), at: offset), at: offset)
        }
        try target.flush()
    }
}
