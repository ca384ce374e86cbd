package import Platform

/// What a log's directory holds, for `inspect`: nothing is recovered, nothing is written, and damage ends a file.
package struct LogInventory: Sendable {
    /// Files with records.
    package private(set) var files = 0
    /// Their bytes, and those of spare files, which are as large.
    package private(set) var bytes = 0
    /// Versions of the files' format, as the files say them; of those that are empty nothing.
    package private(set) var formats: Set<UInt8> = []

    /// - Parameters:
    ///   - start: files with lower numbers are only counted.
    ///   - visit: is called with each intact record from there on, in order.
    /// - Throws: ``StorageError``; what `visit` throws. Where another process lets go of a file meanwhile, the file is
    ///   missing.
    package static func of(
        _ directory: String, _ fileSystem: any FileSystem, from start: UInt64, visit: (LogRecord) throws -> Void
    ) throws -> LogInventory {
        let names = LogDirectory(path: directory, fileSystem: fileSystem)
        let listing = try names.listing()
        var inventory = LogInventory()
        for number in listing.spares { inventory.bytes += try fileSystem.lengthBytes(of: names.sparePath(number)) ?? 0 }
        for number in listing.logs {
            let file = try fileSystem.open(names.logPath(number), .read)
            defer { file.close() }
            let head = try LogFileHead(of: file)
            inventory.files += 1
            inventory.bytes += head.lengthBytes
            let versionOffset = LogFormat.magic.count
            if head.sector.count > versionOffset { inventory.formats.insert(head.sector[versionOffset]) }
            guard number >= start, let header = try? head.header(number: number) else { continue }
            var reader = LogFileReader(
                file: file, header: header, offset: LogFormat.fileHeaderBytes, chain: header.chain,
                limit: header.fileBytes)
            while case .record(let record) = try reader.next() { try visit(record) }
        }
        return inventory
    }
}
