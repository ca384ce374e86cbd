internal import Bytes
internal import Platform

/// Names in a log's directory.
struct LogDirectory {
    let path: String
    let fileSystem: any FileSystem

    func logPath(_ number: UInt64) -> String { path + "/" + Self.logPrefix + Self.padded(number) + ".log" }
    func sparePath(_ number: UInt64) -> String { path + "/spare-" + Self.padded(number) + ".log" }
    /// A file under construction that is not of the common size.
    func freshPath(_ number: UInt64) -> String { path + "/fresh-" + Self.padded(number) + ".log" }

    /// What the names of files with records begin with.
    static let logPrefix = "events-"

    struct Listing {
        /// Ascending.
        var logs: [UInt64] = []
        var spares: [UInt64] = []
        var fresh: [UInt64] = []
    }

    /// Files by name; other names are left alone.
    func listing() throws(StorageError) -> Listing {
        var listing = Listing()
        for entry in try fileSystem.list(path) where !entry.isDirectory {
            if let number = Self.number(in: entry.name, prefix: Self.logPrefix) { listing.logs.append(number) }
            if let number = Self.number(in: entry.name, prefix: "spare-") { listing.spares.append(number) }
            if let number = Self.number(in: entry.name, prefix: "fresh-") { listing.fresh.append(number) }
        }
        return listing
    }

    /// How the file of a number begins.
    /// - Throws: ``StorageError``; ``NewerFormatError``.
    func head(of number: UInt64) throws -> (bytes: LogFileHead, header: Result<LogFileHeader, CorruptionError>) {
        let file = try fileSystem.open(logPath(number), .read)
        defer { file.close() }
        let bytes = try LogFileHead(of: file)
        do {
            return (bytes, .success(try bytes.header(number: number)))
        } catch {
            let failure = error.of(logPath(number))
            guard let damage = failure as? CorruptionError else { throw failure }
            return (bytes, .failure(damage))
        }
    }

    func flush() throws(StorageError) { try fileSystem.flushDirectory(path) }

    private static let digits = 12

    private static func padded(_ number: UInt64) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    /// The number in a name that we would give; nil for any other name.
    static func number(in name: String, prefix: String) -> UInt64? {
        guard name.hasPrefix(prefix), name.hasSuffix(".log") else { return nil }
        let text = name.dropFirst(prefix.count).dropLast(4)
        guard let number = UInt64(text), number < LogFormat.fileNumberEnd, padded(number) == text else { return nil }
        return number
    }
}

/// The first sector of a log file as it stands there, and the length of the file.
struct LogFileHead {
    let sector: [UInt8]
    let lengthBytes: Int

    init(of file: any File) throws(StorageError) {
        sector = try file.read(upTo: LogFormat.fileHeaderBytes, at: 0)
        lengthBytes = try file.lengthBytes()
    }

    /// What the sector says in a file whose name carries `number`.
    func header(number: UInt64) throws(DecodingError) -> LogFileHeader {
        try LogFileHeader(parsing: sector, number: number, lengthBytes: lengthBytes)
    }
}
