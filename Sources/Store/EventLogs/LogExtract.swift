package import Platform

/// What of a log a start reads that begins at a place, file by file: where these are copied as it says, a log opens
/// that ends where this one did.
package struct LogExtract: Sendable {
    /// One file.
    package struct Part: Sendable {
        /// Its name in the log's directory.
        package let name: String
        /// Bytes from its beginning on that are records; zeros stand for what comes behind them.
        package let countedBytes: Int
        /// Its whole length.
        package let lengthBytes: Int
    }

    /// In the order of the log.
    package let parts: [Part]

    /// Reads the log as a start does and decides where it ends; writes nothing.
    /// - Parameters:
    ///   - place: from which a start reads on; nil where it reads all.
    ///   - visit: is called with each record from there on.
    /// - Throws: ``StorageError``; ``FileContentError`` where a start would not go on; what `visit` throws.
    /// - Complexity: O(bytes from the place on).
    package init(
        directory path: String, fileSystem: any FileSystem, from place: LogPlace?, _ visit: (LogRecord) throws -> Void
    ) throws {
        let directory = LogDirectory(path: path, fileSystem: fileSystem)
        let found = try LogEndMark.read(in: directory)
        let numbers = try directory.listing().logs
        guard !numbers.isEmpty else {
            if let place { throw EventLog.missing(place, in: directory) }
            if let lost = LogEndMark.shortfall(of: found, in: directory) { throw lost }
            parts = []
            return
        }
        var recovery = LogRecovery(
            directory: directory, numbers: numbers, start: place.map { .place($0) } ?? .beginning,
            options: EventLogOptions(mustReach: place), mark: found.mark)
        try recovery.run(visit)
        let files = recovery.files.filter { $0.fileNumber >= place?.fileNumber ?? 0 }
        assert(!files.isEmpty, "a log that was read has a file")
        let ends = files.dropFirst().map(\.previousEnd) + [recovery.endOffset]
        parts = zip(files, ends).map { file, end in
            Part(
                name: fileName(of: directory.logPath(file.fileNumber)), countedBytes: end,
                lengthBytes: file.fileBytes)
        }
    }
}
