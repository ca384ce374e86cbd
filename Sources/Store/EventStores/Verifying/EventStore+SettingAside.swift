import EventLogs
package import Platform
import Segments

/// What setting a damaged stretch of the log aside would lose, or has lost.
package struct LogSettingAside: Sendable {
    /// The first damaged place.
    package let damage: CorruptionError
    /// How many places are damaged from there on.
    package let faultCount: Int
    /// Events that are lost, as a clause.
    package let extent: String
    /// Events in intact records behind the place, which are lost to the store as well.
    package let intactEvents: Int
    /// Such records.
    package let intactRecords: Int
    /// The directory that the damaged files are copied to.
    package let copies: String
    /// Files that were copied; empty as long as nothing was done.
    package fileprivate(set) var copied: [String] = []
}

extension EventStore {
    /// What would be lost of the log of a directory that none serves. Reads alone.
    /// - Returns: nil where the log is whole.
    /// - Throws: as ``setLogAside(at:context:)``, but for locks.
    package static func logDamage(at directory: String, context: StoreContext) throws -> LogSettingAside? {
        try damagedLog(StoreFiles(root: directory), overlay(of: directory, context.fileSystem))?.told
    }

    /// Ends the log of a store before its first damaged place: events and records from there on are no longer part of
    /// it. The log files from that place on are copied into a directory of the store's; the log goes on with a record
    /// of it, by which every answer says that it is not exact.
    /// - Returns: nil where the log is whole; nothing was done then.
    /// - Throws: ``StorageError``; ``FileContentError`` where something else than the log is damaged, or the log before
    ///   the place where a start begins to read it: nothing was done then.
    package static func setLogAside(at directory: String, context: StoreContext) throws -> LogSettingAside? {
        let files = StoreFiles(root: directory)
        let lock = try context.fileSystem.lock(files.lock)
        defer { lock.release() }
        guard let (found, survey, loss) = try damagedLog(files, context.fileSystem) else { return nil }
        var told = found
        let record = SystemRecord(
            position: loss.firstPosition - 1, receivedTime: survey.receivedTime,
            content: .event(type: LogLoss.recordType, data: loss.data))
        told.copied = try EventLog.setAside(
            survey, directory: files.log, into: told.copies, fileSystem: context.fileSystem,
            record: (.system, loss.firstPosition, record.serialised))
        return told
    }

    private static func damagedLog(
        _ files: StoreFiles, _ fileSystem: any FileSystem
    ) throws -> (told: LogSettingAside, survey: LogSurvey, loss: LogLoss)? {
        let (manifests, findings) = try ManifestStore.open(fileSystem: fileSystem, directory: files.segments)
        // Which place the log goes on from is known by the manifest in force, and by no other.
        if let refused = findings.refused.first { throw refused }
        let state = try StateReading(manifests.current, in: files.segments, fileSystem)?.state
        var manifestVersion: UInt64 = 0
        let survey = try LogSurvey(directory: files.log, fileSystem: fileSystem, from: state?.replayFrom) { record in
            manifestVersion = max(manifestVersion, Writer.manifestVersion(record) ?? 0)
        }
        guard var damage = survey.faults.first else { return nil }
        guard let end = survey.end else {
            damage.expectation += " (nothing before it says how the log could go on)"
            throw damage
        }
        guard manifestVersion <= manifests.version else {
            throw StoreOpening.missing(manifestVersion, in: files.segments)
        }
        let number = try freeNumber(files, fileSystem)
        // Events that were imported in bulk are in no log.
        let first = max(end.position, state?.ledger.nextPosition ?? 1)
        let last = survey.behind.nextPosition.map { max($0, first) - 1 }
        let loss = LogLoss(
            file: fileName(of: damage.file), offset: damage.offset, firstPosition: first, lastPosition: last,
            intactEvents: survey.behind.events, intactRecords: survey.behind.records,
            copies: StoreFiles.setAsideName + "/\(number)")
        let told = LogSettingAside(
            damage: damage, faultCount: survey.faultCount, extent: loss.extent, intactEvents: loss.intactEvents,
            intactRecords: loss.intactRecords, copies: files.root + "/" + loss.copies)
        return (told, survey, loss)
    }

    /// The number of the next directory of copies.
    private static func freeNumber(_ files: StoreFiles, _ fileSystem: any FileSystem) throws -> Int {
        let directory = files.root + "/" + StoreFiles.setAsideName
        guard try fileSystem.isDirectory(directory) else { return 1 }
        return (try fileSystem.list(directory).compactMap { Int($0.name) }.max() ?? 0) + 1
    }
}
