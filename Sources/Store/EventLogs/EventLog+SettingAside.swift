package import Platform

extension EventLog {
    /// Ends a log before its first damaged place, because somebody who knows what is lost wants it so. The files from
    /// that place on are copied whole into another directory; then the log goes on in a new file that begins with
    /// records of it. One renaming does it: a crash before it leaves a log that is as damaged as before.
    /// - Parameters:
    ///   - end: where a ``LogSurvey`` says that the log ends.
    ///   - receivedTime: of the records, ns since 1970 UTC.
    ///   - target: a directory for the copies; what an attempt before left there is written anew.
    ///   - records: what the new file begins with, and the position of the next event, where the log ends or greater.
    /// - Returns: the copies.
    /// - Throws: ``StorageError``; ``CorruptionError`` where no number is left.
    /// - Precondition: the caller holds the lock of the data directory.
    package static func setAside(
        from end: LogPlace, receivedTime: Int64, directory path: String, into target: String,
        fileSystem: any FileSystem, records: (kind: LogRecordKind, position: Int64, payloads: [[UInt8]])
    ) throws -> [String] {
        let directory = LogDirectory(path: path, fileSystem: fileSystem)
        let numbers = try directory.listing().logs.filter { $0 >= end.fileNumber }
        let header = try directory.head(of: end.fileNumber).header.get()
        try directory.checkNumber(end.fileNumber + 1)
        let copies = try directory.copy(numbers, into: target)
        // The last one first, each durably: what is left is damaged until the new file has its name.
        for number in numbers.reversed() where number > end.fileNumber + 1 {
            try fileSystem.remove(directory.logPath(number))
            try directory.flush()
        }
        try directory.begin(after: header, endingAt: end, records: records, receivedTime: receivedTime)
        return copies
    }

    /// Begins a log again, because somebody who knows what is lost wants it so, where nothing of it says how it could
    /// go on: a file of a new log, which begins with records of it. All files that are there are copied whole into
    /// another directory and stay, until ``removeFiles(before:directory:fileSystem:)``: who reads from the returned
    /// place on passes over them.
    /// - Parameters:
    ///   - start: where the log should have gone on.
    ///   - receivedTime: of the records, ns since 1970 UTC.
    ///   - target: a directory for the copies; what an attempt before left there is written anew.
    ///   - records: what the new file begins with, and the position of the next event.
    /// - Returns: the copies, and the place where the new log begins.
    /// - Throws: ``StorageError``; ``CorruptionError`` where no number is left.
    /// - Precondition: the caller holds the lock of the data directory.
    package static func beginAgain(
        behind start: LogPlace, receivedTime: Int64, directory path: String, into target: String,
        fileSystem: any FileSystem, randomness: any Randomness,
        records: (kind: LogRecordKind, position: Int64, payloads: [[UInt8]])
    ) throws -> (copies: [String], place: LogPlace) {
        try fileSystem.createDirectories(path)
        let directory = LogDirectory(path: path, fileSystem: fileSystem)
        let numbers = try directory.listing().logs
        // One number stays free, so that nobody takes it for a file that goes on from those before it.
        let number = max(numbers.last ?? 0, start.fileNumber) + 2
        try directory.checkNumber(number)
        let copies = try directory.copy(numbers, into: target)
        let recordBytes = LogFormat.recordBytes(of: records.payloads)
        let length = try numbers.last.flatMap { try fileSystem.lengthBytes(of: directory.logPath($0)) } ?? 0
        let isUsual = length >= LogFormat.fileBytesMin && length % LogFormat.alignmentBytes == 0
        let usual = EventLogOptions().fileBytes
        var header = LogFileHeader(
            logID: randomness.nextUInt64(), fileNumber: number,
            fileBytes: max(isUsual ? min(length, usual) : usual, LogFormat.fileHeaderBytes + recordBytes),
            firstPosition: start.position, previousEnd: 0, previousChain: 0)
        let place = try directory.begin(&header, records: records, receivedTime: receivedTime)
        return (copies, place)
    }

    /// Removes the files before one that a log began again with, once the place of it is known elsewhere.
    /// - Throws: ``StorageError``.
    package static func removeFiles(
        before place: LogPlace, directory path: String, fileSystem: any FileSystem
    ) throws(StorageError) {
        let directory = LogDirectory(path: path, fileSystem: fileSystem)
        for number in try directory.listing().logs where number < place.fileNumber {
            try fileSystem.remove(directory.logPath(number))
        }
        try directory.flush()
    }
}

extension LogDirectory {
    /// - Throws: ``CorruptionError`` where a new file would get a number that is no name's: one before it has a number
    ///   that no log has come to.
    fileprivate func checkNumber(_ number: UInt64) throws(CorruptionError) {
        guard number >= LogFormat.fileNumberEnd else { return }
        throw CorruptionError(
            file: path, offset: 0, expectation: "files with numbers below \(LogFormat.fileNumberEnd - 2)")
    }

    /// Copies files whole, durably.
    fileprivate func copy(_ numbers: [UInt64], into target: String) throws -> [String] {
        try fileSystem.createDirectories(target)
        var copies: [String] = []
        for number in numbers {
            let copy = target + "/" + fileName(of: logPath(number))
            try fileSystem.copy(logPath(number), to: copy)
            copies.append(copy)
        }
        try fileSystem.flushDirectory(target)
        return copies
    }

    /// Makes the file behind one that is to end at a place, in place of what has its name.
    fileprivate func begin(
        after previous: LogFileHeader, endingAt end: LogPlace,
        records: (kind: LogRecordKind, position: Int64, payloads: [[UInt8]]), receivedTime: Int64
    ) throws {
        let recordBytes = LogFormat.recordBytes(of: records.payloads)
        var header = LogFileHeader(
            logID: previous.logID, fileNumber: end.fileNumber + 1,
            // As large as the one before, unless that was made for one long record.
            fileBytes: max(
                min(previous.fileBytes, EventLogOptions().fileBytes), LogFormat.fileHeaderBytes + recordBytes),
            firstPosition: end.position, previousEnd: end.offset, previousChain: end.chain)
        // The log no longer reaches as far as it did. What is written down instead holds once the file is there, and
        // until then it says that the file is missing. One that cannot be read now may say more another time.
        let found = try LogEndMark.read(in: self)
        if found.isUnread || found.mark.map({ $0.place.fileNumber > end.fileNumber }) ?? false {
            _ = header.encoded()
            let place = LogPlace(
                fileNumber: header.fileNumber, offset: LogFormat.fileHeaderBytes, chain: header.chain,
                position: end.position)
            try LogEndMark(header, place: place, end: place.offset).write(in: self)
        }
        _ = try begin(&header, records: records, receivedTime: receivedTime)
    }

    /// Makes a file that holds some records.
    /// - Returns: where its records begin.
    fileprivate func begin(
        _ header: inout LogFileHeader, records: (kind: LogRecordKind, position: Int64, payloads: [[UInt8]]),
        receivedTime: Int64
    ) throws -> LogPlace {
        var contents = header.encoded()
        var chain = header.chain
        for payload in records.payloads {
            var record = LogRecordHeader(
                payloadBytes: payload.count, kind: records.kind, file: header, count: 0, chain: chain,
                position: records.position, receivedTime: receivedTime, flushedOffset: LogFormat.fileHeaderBytes)
            record.append(
                payload: payload[...], to: &contents, fileNumber: header.fileNumber, offset: contents.count)
            chain = UInt32(truncatingIfNeeded: record.checksum)
        }
        let fresh = freshPath(header.fileNumber)
        try makeFile(fresh, bytes: header.fileBytes)
        let file = try fileSystem.open(fresh, .update)
        defer { file.close() }
        try file.write(contents, at: 0)
        try file.flush()
        try fileSystem.rename(fresh, to: logPath(header.fileNumber))
        try flush()
        return LogPlace(
            fileNumber: header.fileNumber, offset: LogFormat.fileHeaderBytes, chain: header.chain,
            position: header.firstPosition)
    }
}

extension LogFormat {
    fileprivate static func recordBytes(of payloads: [[UInt8]]) -> Int {
        payloads.reduce(0) { $0 + recordBytes(payloadBytes: $1.count) }
    }
}

extension FileSystem {
    /// Copies a file, durably but for its name.
    fileprivate func copy(_ path: String, to copy: String) throws {
        let (source, target) = (try open(path, .read), try open(copy, FileOptions(.readWrite, creation: .emptied)))
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
