import Bytes
import Domain
import EventLogs
import JSONTexts
package import Platform

/// What `plimsoll inspect` says of the files that are neither log nor segment nor manifest.
package enum StoreFileInspection {
    /// A text about the file; nil where it is none of these, by its name.
    /// - Throws: `StorageError`; `FileContentError` where a state file is none that this version reads.
    package static func describe(_ fileSystem: any FileSystem, _ path: String) throws -> String? {
        let name = fileName(of: path)
        let sizeBytes = try size(fileSystem, path)
        switch name {
        case "store.key":
            let isWhole = sizeBytes == 40
            return
                "store.key: the key of user tokens and identities, \(sizeBytes) bytes\(isWhole ? "" : " (DAMAGED: expected 40)"); "
                + "not shown. Back it up with the directory"
        case LogEndMark.fileName: return try LogEndMark.inspection(ofFileAt: path, fileSystem)
        case "LOCK": return "LOCK: held by the process that serves the directory; no contents"
        case _ where name.hasSuffix(".new"):
            return "\(name): \(sizeBytes) bytes under a temporary name, left by a crash; removed at the next start"
        case _ where fileName(of: parentDirectory(of: path)) == "keys":
            return "\(name): a secret, \(sizeBytes) bytes; not shown"
        case _ where StoreFiles.isState(name: name): return try state(try fileSystem.contents(of: path), path)
        default: return nil
        }
    }

    private static func size(_ fileSystem: any FileSystem, _ path: String) throws(StorageError) -> Int {
        let file = try fileSystem.open(path, .read)
        defer { file.close() }
        return try file.lengthBytes()
    }

    private static func state(_ bytes: [UInt8], _ path: String) throws -> String {
        let state: StateFile
        do throws(DecodingError) {
            state = try StateFile(parsing: bytes)
        } catch {
            throw error.of(path)
        }
        let (ledger, place) = (state.ledger, state.replayFrom)
        return """
            \(fileName(of: path)): what the store knows of its sealed past, \(bytes.count) bytes, intact
            position         \(ledger.position)
            received time    \(RFC3339.render(ledger.receivedTime))
            schemas          \(state.schemas.count) bytes
            prices           \(ledger.prices.book.count), \(ledger.prices.book.serialised.count) bytes
            absent times     \(ledger.absentTimes.count) events without a time
            counters         \(state.counters.count) bytes
            corrections      \(ledger.prices.rebookings.count)
            log goes on at   file \(place.fileNumber), offset \(place.offset), position \(place.position)
            """
    }
}
