internal import Hashing
package import Platform

extension EventLog {
    /// Opens the log in `directory`, which is created when missing, and replays the records from `start` on in order.
    /// Markers of the log itself are not replayed. Nothing is written before everything that matters has been read.
    /// O(bytes from `start` on) and one search of the last file. The caller holds the lock of the data directory.
    /// - Throws: ``CorruptionError`` when flushed bytes are damaged; ``StorageError``; what `replay` throws.
    package static func open(
        directory path: String, fileSystem: any FileSystem, randomness: any Randomness,
        options: EventLogOptions = EventLogOptions(),
        from start: ReplayStart = .beginning, replay: (LogRecord) throws -> Void
    ) throws -> (log: EventLog, report: RecoveryReport) {
        try fileSystem.createDirectories(path)
        let directory = LogDirectory(path: path, fileSystem: fileSystem)
        let found = try LogEndMark.read(in: directory)
        let listing = try directory.listing()
        guard !listing.logs.isEmpty else {
            if case .place(let place) = start { throw missing(place, in: directory) }
            if let place = options.mustReach { throw missing(place, in: directory) }
            if let lost = LogEndMark.shortfall(of: found, in: directory) { throw lost }
            return try begin(directory, options, listing, randomness)
        }
        var recovery = LogRecovery(
            directory: directory, numbers: listing.logs, start: start, options: options, mark: found.mark)
        try recovery.run(replay)
        if found.isUnread { try LogEndMark.remove(in: directory) }
        return (try resume(directory, options, listing, recovery), recovery.report)
    }

    static func missing(_ place: LogPlace, in directory: LogDirectory) -> CorruptionError {
        CorruptionError(
            file: directory.logPath(place.fileNumber), offset: place.offset,
            expectation: "the log to reach this place, found no log")
    }

    /// The first file of a log.
    private static func begin(
        _ directory: LogDirectory, _ options: EventLogOptions, _ listing: LogDirectory.Listing,
        _ randomness: any Randomness
    ) throws(StorageError) -> (log: EventLog, report: RecoveryReport) {
        let (fileSystem, number) = (directory.fileSystem, UInt64(1))
        let fileBytes = min(options.fileBytes, LogFormat.firstFileBytesMax)
        var report = RecoveryReport()
        (report.isNew, report.files) = (true, 1)
        var header = LogFileHeader(
            logID: randomness.nextUInt64(), fileNumber: number, fileBytes: fileBytes,
            firstPosition: report.nextPosition, previousEnd: 0, previousChain: 0)
        try removeLeftovers(directory, listing, keeping: [])
        let fresh = directory.freshPath(number)
        try directory.makeFile(fresh, bytes: fileBytes)
        let file = try fileSystem.open(fresh, .update)
        try file.write(header.encoded(), at: 0)
        try file.flush()
        try fileSystem.rename(fresh, to: directory.logPath(number))
        try directory.flush()
        let active = fileSystem.reopened(file, path: directory.logPath(number))
        let start = Start(
            files: [header], file: active, offset: LogFormat.fileHeaderBytes, chain: header.chain, spares: [],
            nextPosition: report.nextPosition)
        return (EventLog(directory: directory, options: options, start: start), report)
    }

    /// Goes on where the records end.
    private static func resume(
        _ directory: LogDirectory, _ options: EventLogOptions, _ listing: LogDirectory.Listing, _ recovery: LogRecovery
    ) throws(StorageError) -> EventLog {
        let fileSystem = directory.fileSystem
        let active = try fileSystem.open(
            directory.logPath(recovery.files[recovery.files.count - 1].fileNumber), .update)
        // What was read may so far be known to the system's cache alone; the replayed records count as stored from here
        // on. Where a flush has failed before, the system takes for written what it has lost, and the next flush would
        // not notice: what no later record vouches for is written once more.
        try active.rewrite(recovery.vouchedOffset..<recovery.endOffset)
        try active.flush()
        try directory.flush()
        var spares: [UInt64] = []
        for number in listing.spares where spares.count < options.spareFilesMax {
            if try fileSystem.lengthBytes(of: directory.sparePath(number)) == options.fileBytes {
                spares.append(number)
            }
        }
        try removeLeftovers(directory, listing, keeping: spares)
        let start = Start(
            files: recovery.files, passed: listing.logs.filter { $0 < recovery.files[0].fileNumber }, file: active,
            offset: recovery.endOffset + (planted(.tailCutOffByOne) ? LogFormat.alignmentBytes : 0),
            chain: recovery.chain, spares: spares,
            nextPosition: recovery.report.nextPosition)
        return EventLog(directory: directory, options: options, start: start)
    }

    /// Removes files that never got a number of their own, and spares that are too many or of another size.
    private static func removeLeftovers(
        _ directory: LogDirectory, _ listing: LogDirectory.Listing, keeping spares: [UInt64]
    ) throws(StorageError) {
        for number in listing.fresh { try directory.fileSystem.remove(directory.freshPath(number)) }
        for number in listing.spares where !spares.contains(number) {
            try directory.fileSystem.remove(directory.sparePath(number))
        }
    }
}

extension File {
    /// Writes what stands there once more, so that the next flush has it to do.
    fileprivate func rewrite(_ range: Range<Int>) throws(StorageError) {
        var done = range.lowerBound
        while done < range.upperBound {
            let bytes = try read(upTo: min(LogFileReader.windowBytes, range.upperBound - done), at: done)
            guard !bytes.isEmpty else { return }
            try write(bytes, at: done)
            done += bytes.count
        }
    }
}

extension FileSystem {
    /// The same file under its new name, so that errors name it; under the old one where it cannot be opened again now.
    func reopened(_ file: any File, path: String) -> any File {
        guard let again = try? open(path, .update) else { return file }
        file.close()
        return again
    }
}
