import Access
import Bytes
import Domain
import EventLogs
import EventStores
import Platform
import Segments
import WireFormats

/// Files of a store. Checksums and lengths are made to pass after each change, where a form has them: else checksums
/// alone would be tried, since nothing passes them by chance.
extension FuzzTarget {
    static let files: [FuzzTarget] = [log, segment, manifest, state, backup, record, tokens, rows]

    private static let log = FuzzTarget(
        "file-log", "a start reads it or says why not, and goes on behind it; inspection and survey end",
        bytesMax: 8_192, seeds: { [try sampleLog(), Array(try sampleLog().prefix(1_024))] }
    ) { bytes in
        let disk = try volume(["log/events-000000000001.log": LogFormat.resealed(bytes, number: 1)])
        try answers {
            let file = try disk.open("/data/log/events-000000000001.log", .read)
            defer { file.close() }
            try LogInspector.inspect(file, detail: .bytes(payloadMax: 64)) { _ in }
        }
        try answers { _ = try LogSurvey(directory: "/data/log", fileSystem: disk) }
        try answers {
            var events: Int64 = 0
            let (log, report) = try EventLog.open(
                directory: "/data/log", fileSystem: disk, randomness: SeededRandomness(seed: 1),
                options: EventLogOptions(fileBytes: 4_096)
            ) { events = events.saturatingAdd(Int64($0.count)) }
            try require(report.replayedEvents >= 0 && log.nextPosition >= 0, "positions do not fall")
            if log.nextPosition < .max {
                try log.append(
                    .events, position: log.nextPosition, count: 1, receivedTime: log.lastTime, payload: [1])
            }
            try log.flush()
        }
    }

    private static let segment = FuzzTarget(
        "file-segment", "opened and read to its last page, or damage that names a place", bytesMax: 65_536,
        seeds: { try sampleFiles { $0.hasSuffix(segmentFileEnding) } }
    ) { bytes in
        let disk = try volume(["segments/a": SegmentLimits.resealed(bytes)])
        try answers {
            let reader = try SegmentReader.open(fileSystem: disk, path: "/data/segments/a")
            try answers { try reader.verify() }
            try answers { try reader.faults(sha256: []) { _ in } }
            _ = reader.inspection()
            _ = reader.tableUsage()
            for table in reader.tableNames {
                for group in reader.groups(table: table) {
                    for (column, description) in reader.columns(table: table).enumerated() {
                        try answers { _ = try group.column(named: description.name, type: description.type) }
                        try answers { _ = try group.filter(column) }
                    }
                }
            }
        }
    }

    private static let manifest = FuzzTarget(
        "file-manifest", "read and described, or damage that names a place",
        seeds: { try sampleFiles { $0.hasPrefix("manifest-") } }
    ) { bytes in
        let name = ManifestStore.fileName(1)
        let disk = try volume([name: ManifestStore.resealed(bytes, version: 1)])
        try answers { _ = try ManifestStore.inspection(ofFileAt: "/data/" + name, disk, withBytes: true) }
    }

    private static let state = FuzzTarget(
        "file-state", "written again and read again the same", bytesMax: 131_072,
        seeds: { try sampleFiles { $0.hasPrefix("state") } }
    ) { bytes in
        try rewrites(bytes, StoreFileRewriting.state)
    }

    private static let backup = FuzzTarget(
        "file-backup", "written again the same", seeds: { [StoreFileRewriting.sampleBackup] }
    ) { bytes in
        try rewrites(StoreFileRewriting.resealed(backup: bytes), StoreFileRewriting.backup)
    }

    private static let record = FuzzTarget(
        "log-record", "a system record, written again and read again the same",
        seeds: { StoreFileRewriting.sampleRecords }
    ) { bytes in
        try rewrites(bytes, StoreFileRewriting.record)
    }

    private static let rows = FuzzTarget(
        "log-rows", "rows that pass can be walked and written out", seeds: { [sampleRows().bytes] }
    ) { bytes in
        let rows: EventRows
        do throws(DecodingError) {
            rows = try EventRows(checking: bytes, registry: .builtIn)
        } catch { return }
        var renderer = EventRenderer(registry: .builtIn)
        var text: [UInt8] = []
        for row in rows { renderer.append(row, to: &text) }
        try require(rows.isEmpty || !text.isEmpty, "rows are shown")
    }

    private static let tokens = FuzzTarget(
        "file-tokens", "read, or damage that names a place",
        seeds: { [try sampleTokens()] }
    ) { bytes in
        let disk = try volume(["keys/tokens": TokenFile.resealed(bytes)])
        try answers { _ = try TokenFile(dataDirectory: "/data", fileSystem: disk).load()?.table(at: 0) }
    }

    // MARK: What all need

    /// What is damaged, newer, or cannot be read is an answer.
    private static func answers(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch is any FileContentError {
        } catch is StorageError {
        } catch is EventLogError {}
    }

    /// What can be read is written so that it is read again the same.
    /// - Parameter rewritten: reads bytes, and writes what they say.
    static func rewrites(
        _ bytes: [UInt8], _ rewritten: ([UInt8]) throws(DecodingError) -> [UInt8]
    ) throws(FuzzFinding) {
        let written: [UInt8]
        do throws(DecodingError) { written = try rewritten(bytes) } catch { return }
        try unchanged(written, rewritten)
    }

    /// What was written is read again the same.
    static func unchanged(
        _ written: [UInt8], _ rewritten: ([UInt8]) throws(DecodingError) -> [UInt8]
    ) throws(FuzzFinding) {
        let again: [UInt8]
        do throws(DecodingError) { again = try rewritten(written) } catch {
            throw FuzzFinding("what was written is refused: \(error)")
        }
        try require(again == written, "what was written is read as it was")
    }

    /// A volume with files below the directory of a store.
    private static func volume(_ files: KeyValuePairs<String, [UInt8]>) throws -> SimulatedFileSystem {
        let disk = SimulatedFileSystem(seed: 1)
        for (path, bytes) in files {
            let path = "/data/" + path
            try disk.createDirectories(parentDirectory(of: path))
            try disk.replace(path, with: bytes)
        }
        return disk
    }

    // MARK: Seeds

    private static let start: Int64 = 1_785_578_400_000_000_000

    /// Some events, of several conversations.
    static func sampleRows() -> EventRows {
        var decoder = freshDecoder()
        let text = (0..<3).flatMap { round in
            eventTexts.flatMap { text in
                let other = text.replacing("\"e-", with: "\"e-\(round)-").replacing("\"c-1", with: "\"c-\(round)")
                return Array(other.utf8) + [0x0A]
            }
        }
        return decoder.decodeLines(text.span).batch
    }

    private static func sampleLog() throws -> [UInt8] {
        let disk = SimulatedFileSystem(seed: 1)
        let (log, _) = try EventLog.open(
            directory: "/log", fileSystem: disk, randomness: SeededRandomness(seed: 1),
            options: EventLogOptions(fileBytes: 4_096)
        ) { _ in }
        let payloads = StoreFileRewriting.sampleRecords + [Array(sampleRows().bytes.prefix(400))]
        for (index, payload) in payloads.enumerated() {
            try log.append(
                .events, position: Int64(index) * 2, count: 2, receivedTime: start + Int64(index), payload: payload)
            try log.flush()
        }
        try log.close(time: start + 100)
        return disk.snapshot(of: "/log/events-000000000001.log") ?? []
    }

    /// A store without prices of a list, which would be put in order at each start.
    static func openStore(_ disk: SimulatedFileSystem) throws -> EventStore {
        var options = StoreOptions()
        options.logFileBytes = 16 << 10
        options.listPrices = []
        let context = StoreContext(
            fileSystem: disk, clock: SimulatedClock(wallNanoseconds: start), randomness: SeededRandomness(seed: 1),
            workers: InlineWorkers())
        return try EventStore.open(at: "/data", context: context, options: options)
    }

    /// Files of a small store that was sealed.
    private static func sampleFiles(_ isWanted: (String) -> Bool) throws -> [[UInt8]] {
        let disk = SimulatedFileSystem(seed: 1)
        let store = try openStore(disk)
        _ = try store.append([IngestBatch(events: sampleRows())])
        try store.seal()
        try store.close()
        return disk.snapshot().filter { isWanted(fileName(of: $0.path)) }.map(\.bytes)
    }

    private static func sampleTokens() throws -> [UInt8] {
        let disk = SimulatedFileSystem(seed: 1)
        try disk.createDirectories("/data/keys")
        let file = TokenFile(dataDirectory: "/data", fileSystem: disk)
        for name in ["emitter", "people of support"] {
            _ = try file.update { book in
                try book.create(
                    name: name, scopes: [.ingest, .read], expires: start + 1_000, now: start,
                    randomness: SeededRandomness(seed: UInt64(name.utf8.count)))
            }
        }
        return disk.snapshot(of: "/data/keys/tokens") ?? []
    }
}
