import EventLogs
import Platform
import Segments

/// Every file and folder of a data directory, but the tokens of those who may ask, which `Access` keeps beside the key,
/// and the mark of a demo.
struct StoreFiles: Sendable {
    let root: String

    var lock: String { root + "/LOCK" }
    var keys: String { root + "/keys" }
    /// 32 secret bytes, by which stand-ins for user ids and hashes of identities are keyed, and the first 8 of their
    /// SHA-256.
    var secret: String { root + "/keys/store.key" }
    var log: String { root + "/log" }
    var segments: String { root + "/segments" }
    /// Where archived segments lie: a folder, or a link to a directory elsewhere (``ArchivePlace``).
    var archive: String { segments + "/" + String(ManifestSegment.archiveBeginning.dropLast()) }
    /// Stands in a directory elsewhere, and says whose archive it is.
    var archiveMark: String { archive + "/" + Self.archiveMarkName }

    static let archiveMarkName = "STORE"

    /// Which words the mark of an archive elsewhere may have (``ArchiveClaim``).
    var archiveClaim: String { root + "/ARCHIVE" }

    /// Stands there until a restore has ended.
    var restoring: String { root + "/RESTORING" }

    /// Why nothing opens while it does.
    var unfinishedRestore: CorruptionError {
        CorruptionError(
            file: restoring, offset: 0,
            expectation: "no such file: a restore into this directory has not ended; remove the directory and restore"
                + " again")
    }

    /// Where damaged files are kept that were set aside, a directory for each time.
    static let setAsideName = "set-aside"

    /// How errors name a record of the log.
    func name(of record: LogRecord) -> String { "\(log), \(record.place)" }

    /// Ids go up by one from file to file: no store has given a greater one, and those above never run out.
    private static let idMax: UInt64 = 1 << 62

    private static let stateBeginning = "state-"

    /// The name of the state that belongs to a segment.
    static func stateName(_ id: UInt64) -> String { stateBeginning + String(id) }

    /// Whether a name is that of a state, or of its copy.
    static func isState(name: String) -> Bool { original(of: name).hasPrefix(stateBeginning) }

    /// A name without what makes it that of a copy.
    private static func original(of name: String) -> String { FileReference.original(ofCopy: name) ?? name }

    /// Whether a file beside the segments is one that jobs write and manifests name.
    static func isOurs(segmentFile name: String) -> Bool { name.hasSuffix(segmentFileEnding) || isState(name: name) }

    /// An id that no file of these names has and that is not below `next`, so that nothing is written under the name of
    /// a file that is to be removed.
    /// - Throws: ``CorruptionError`` where an id is beyond those that a store gives.
    func nextID(above names: [String], from next: UInt64) throws(CorruptionError) -> UInt64 {
        var result = next
        for name in names {
            guard let id = Self.id(ofSegmentFile: name) else { continue }
            guard id < Self.idMax else {
                throw CorruptionError(
                    file: segments + "/" + name, offset: 0, expectation: "no file whose name no store has given")
            }
            result = max(result, id + 1)
        }
        guard result <= Self.idMax else {
            throw CorruptionError(
                file: segments, offset: 0, expectation: "a manifest whose next segment is at most \(Self.idMax)")
        }
        return result
    }

    /// The name of a segment's file as manifests have it: of an archived one with its folder.
    func name(ofSegmentAt path: String) -> String {
        assert(path.hasPrefix(segments + "/"), "segments lie in the store's directory")
        return String(path.dropFirst(segments.count + 1))
    }

    private static func id(ofSegmentFile path: String) -> UInt64? {
        let name = fileName(of: path)
        if isState(name: name) { return UInt64(original(of: name).dropFirst(stateBeginning.count)) }
        return name.hasSuffix(segmentFileEnding) ? UInt64(name.dropLast(segmentFileEnding.count), radix: 16) : nil
    }
}
