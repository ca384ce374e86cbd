import Bytes
import EventLogs
import Platform
import Segments

/// A store as its directory has it at one moment, whether or not another process serves it: the manifest in force, its
/// state, and the log behind that. Segments are looked at by nobody yet.
struct BackupSource {
    let files: StoreFiles
    /// The directory as it was read: the end of the log is kept in memory, and grows no more.
    let volume: OverlayFileSystem
    let segments: [SegmentDescription]
    let log: LogExtract
    /// Files that are written from memory: what is small, and was read whole to be believed.
    let small: [(path: String, bytes: [UInt8])]
    private let manifests: ManifestStore

    /// - Throws: what opening the store for reading throws.
    init(_ files: StoreFiles, _ fileSystem: any FileSystem) throws {
        (self.files, volume) = (files, EventStore.overlay(of: files.root, fileSystem))
        if try volume.lengthBytes(of: files.restoring) != nil { throw files.unfinishedRestore }
        if case .lost(let damage) = try LogState(files, volume) { throw StoreError.logDamaged(damage) }
        try ArchivePlace.check(files, volume)
        let (manifests, findings) = try ManifestStore.open(fileSystem: volume, directory: files.segments)
        if let doubt = findings.doubt { throw doubt }
        self.manifests = manifests
        segments = manifests.current.segments.map(\.description)
        let reading = try StateReading(manifests.current, in: files.segments, volume)
        var told: UInt64 = 0
        do {
            log = try LogExtract(directory: files.log, fileSystem: volume, from: reading?.state.replayFrom) {
                told = max(told, Writer.manifestVersion($0) ?? 0)
            }
        } catch let damage as CorruptionError {
            throw StoreError.logDamaged(damage)
        }
        guard told <= manifests.version else { throw StoreOpening.missing(told, in: files.segments) }
        var small: [(path: String, bytes: [UInt8])] = []
        for path in try EventStore.lossFiles(files, volume) {
            small.append((String(path.dropFirst(files.root.count + 1)), try volume.contents(of: path)))
        }
        if let reading {
            for name in [reading.reference.fileName, reading.reference.copyName] {
                small.append((BackupFile.segments + name, reading.bytes))
            }
        }
        if let (names, bytes) = try manifests.written() {
            small += names.map { (BackupFile.segments + $0, bytes) }
        }
        self.small = small
    }

    /// Whether the store has gone on to another manifest since: files of this one may be gone, or used again.
    var isOvertaken: Bool { manifests.hasMovedOn }

    func path(of segment: SegmentDescription) -> String { files.segments + "/" + segment.fileName }

    /// What is the matter with a segment that is not what the manifest names: the first damaged place.
    func damage(of segment: SegmentDescription, _ fileSystem: any FileSystem) -> any Error {
        var first: (any Error)?
        do {
            let reader = try SegmentReader.open(
                fileSystem: fileSystem, path: path(of: segment), expected: (segment.segmentID, segment.lengthBytes))
            try reader.faults(sha256: segment.sha256) { first = first ?? $0 }
        } catch {
            first = first ?? error
        }
        return first
            ?? CorruptionError(
                file: path(of: segment), offset: 0, expectation: "the SHA-256 that the manifest names")
    }
}
