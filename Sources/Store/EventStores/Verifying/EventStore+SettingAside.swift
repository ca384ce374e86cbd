import Bytes
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
    ///
    /// Where the file is damaged or missing that a start reads first, the log begins again behind what is sealed.
    /// - Returns: nil where the log is whole; nothing was done then.
    /// - Throws: ``StorageError``; ``FileContentError`` where something else than the log is damaged;
    ///   ``StoreError/logLost(_:)``: nothing was done then.
    package static func setLogAside(at directory: String, context: StoreContext) throws -> LogSettingAside? {
        let files = StoreFiles(root: directory)
        let lock = try context.fileSystem.lock(files.lock)
        defer { lock.release() }
        guard let damage = try damagedLog(files, context.fileSystem) else { return nil }
        let (loss, receivedTime) = (damage.loss, damage.receivedTime)
        var told = damage.told
        let payloads = (damage.forgotten + [loss]).map { loss in
            SystemRecord(
                position: loss.firstPosition - 1, receivedTime: receivedTime,
                content: .event(type: LogLoss.recordType, data: loss.data)
            ).serialised
        }
        // What is lost is said ever after, also where the record of it is lost one day. It is written first:
        // afterwards power may go.
        try context.fileSystem.createDirectories(told.copies)
        try context.fileSystem.replace(told.copies + lossName, with: Array(loss.data.utf8))
        let records = (kind: LogRecordKind.system, position: loss.firstPosition, payloads: payloads)
        switch damage.continuation {
        case .opened, .nowhere: preconditionFailure("a log that is damaged and can go on")
        case .setAside(let end):
            told.copied = try EventLog.setAside(
                from: end, receivedTime: receivedTime, directory: files.log, into: told.copies,
                fileSystem: context.fileSystem, records: records)
        case .begunAgain(let state):
            let place: LogPlace
            (told.copied, place) = try EventLog.beginAgain(
                behind: state.replayFrom, receivedTime: receivedTime, directory: files.log, into: told.copies,
                fileSystem: context.fileSystem, randomness: context.randomness, records: records)
            try damage.goOn(from: place, state, files, context.fileSystem)
        }
        return told
    }

    /// A log that is damaged and can go on.
    private struct DamagedLog {
        var told: LogSettingAside
        var continuation: LogContinuation
        /// The greatest one of what stays, ns since 1970 UTC.
        var receivedTime: Int64
        var loss: LogLoss
        var manifests: ManifestStore
        var unknownFiles: [String]
        /// Losses of before whose records are lost with it.
        var forgotten: [LogLoss]

        /// Has a start read the log from another place on. Until this is published the log is as damaged as before;
        /// then nobody needs what stands before the place.
        func goOn(
            from place: LogPlace, _ state: StateFile, _ files: StoreFiles, _ fileSystem: any FileSystem
        ) throws {
            var (manifests, state) = (manifests, state)
            state.replayFrom = place
            var next = manifests.current
            let id = try files.nextID(above: unknownFiles, from: next.nextSegmentID)
            next.nextSegmentID = id + 1
            next.projections = try state.write(as: id, in: files.segments, fileSystem, flushesInSteps: true)
            next.logStart = LogStart(file: place.fileNumber, position: place.position)
            try manifests.publish(next)
            try EventLog.removeFiles(before: place, directory: files.log, fileSystem: fileSystem)
        }
    }

    private static func damagedLog(_ files: StoreFiles, _ fileSystem: any FileSystem) throws -> DamagedLog? {
        try ArchivePlace.check(files, fileSystem)
        let (manifests, findings) = try ManifestStore.open(fileSystem: fileSystem, directory: files.segments)
        // Which place the log goes on from is known by the manifest in force, and by no other.
        if let doubt = findings.doubt { throw doubt }
        let state = try StateReading(manifests.current, in: files.segments, fileSystem)?.state
        if state == nil, case .lost(let damage) = try LogState(files, fileSystem) { throw StoreError.logLost(damage) }
        var manifestVersion: UInt64 = 0
        var (losses, lossesBehind) = (state?.ledger.losses ?? [], [LogLoss]())
        let survey = try LogSurvey(directory: files.log, fileSystem: fileSystem, from: state?.replayFrom) {
            record, isBehind in
            if !isBehind { manifestVersion = max(manifestVersion, Writer.manifestVersion(record) ?? 0) }
            if record.kind == .system, let note = try? SystemRecord(logged: record), let loss = LogLoss(note) {
                if isBehind { lossesBehind.append(loss) } else { losses.append(loss) }
            }
        }
        let continuation = LogContinuation(survey, state)
        if case .nowhere(let damage) = continuation { throw StoreError.logLost(damage) }
        // Of a whole log as well: a start needs the manifest that it tells of.
        guard manifestVersion <= manifests.version else {
            throw StoreOpening.missing(manifestVersion, in: files.segments)
        }
        guard continuation.canBeMended, let damage = survey.faults.first else { return nil }
        // Events that were imported in bulk are in no log.
        let first = max(survey.end?.position ?? 0, state?.ledger.nextPosition ?? 1)
        let last = survey.behind.nextPosition.map { max($0, first) - (planted(.lossOneShort) ? 2 : 1) }
        // What tells of a loss stands beside the copies as well, and is told again: a log that was begun again begins
        // with it.
        let written = Set(try lossFiles(files, fileSystem).map { LossPlace(try Self.loss(at: $0, fileSystem)) })
        let told = lossesBehind.count { written.contains(LossPlace($0)) }
        var loss = LogLoss(
            file: fileName(of: damage.file), offset: damage.offset, firstPosition: first, lastPosition: last,
            intactEvents: survey.behind.events, intactRecords: survey.behind.records - told, copies: "")
        let isKnown = losses.contains { LossPlace($0) == LossPlace(loss) }
        let (number, attempt) = try directoryOfCopies(isKnown ? nil : LossPlace(loss), files, fileSystem)
        loss.copies = StoreFiles.setAsideName + "/\(number)"
        if let attempt { loss.include(attempt) }
        let setting = LogSettingAside(
            damage: damage, faultCount: survey.faultCount, extent: loss.extent, intactEvents: loss.intactEvents,
            intactRecords: loss.intactRecords, copies: files.root + "/" + loss.copies)
        // An attempt to give a segment up that came to nothing is no loss.
        let segments = Set(manifests.current.segments.map { fileName(of: $0.description.fileName) })
        let forgotten = try forgotten(besides: losses + [loss], files, fileSystem)
            .filter { !($0.isOfSegment && segments.contains($0.file)) }
        return DamagedLog(
            told: setting, continuation: continuation,
            receivedTime: max(survey.receivedTime, state?.ledger.receivedTime ?? 0), loss: loss, manifests: manifests,
            unknownFiles: findings.unknownFiles, forgotten: forgotten)
    }

    /// Beside the copies: the data of the record of what was lost.
    static let lossName = "/loss.json"

    /// Losses that stand beside copies and that nothing else tells of. Of a place that power kept from being set aside
    /// there are several, and one is told.
    private static func forgotten(
        besides known: [LogLoss], _ files: StoreFiles, _ fileSystem: any FileSystem
    ) throws -> [LogLoss] {
        var told = Set(known.map(LossPlace.init))
        return try lossFiles(files, fileSystem).reversed().compactMap { path in
            let loss = try loss(at: path, fileSystem)
            return told.insert(LossPlace(loss)).inserted ? loss : nil
        }.reversed()
    }

    /// Losses that stand beside copies and that a store does not know though its log could be read. The record of one
    /// may have been the last of the log, where damage counts as a record that was cut short. A file that cannot be
    /// read tells of none here; it is a fault of its own.
    /// - Parameters:
    ///   - known: those that state and log tell of.
    ///   - records: what was read of the log. Where it goes on behind the place, the file was put back, and nothing is
    ///     lost.
    ///   - segments: those of the store, none of which is lost.
    static func untoldLosses(
        besides known: [LogLoss], _ records: [LogRecord], _ segments: [SealedSegment], _ files: StoreFiles,
        _ fileSystem: any FileSystem
    ) -> [LogLoss] {
        var told = Set(known.map(LossPlace.init))
        let paths = (try? lossFiles(files, fileSystem)) ?? []
        return paths.reversed().compactMap { path in
            guard let loss = try? loss(at: path, fileSystem) else { return nil }
            let number = UInt64(loss.file.filter(\.isNumber))
            let isThere =
                loss.isOfSegment
                ? segments.contains { fileName(of: $0.reader.path) == loss.file }
                : records.contains { $0.place.fileNumber == number && $0.place.offset >= loss.offset }
            return !isThere && told.insert(LossPlace(loss)).inserted ? loss : nil
        }.reversed()
    }

    /// Has attempts to give a segment up count for nothing that came to no end, where the store goes on with the
    /// segment: one day another one takes its place, and it would look lost. What cannot be renamed is tried again.
    static func forgetAttempts(
        besides known: [LogLoss], _ segments: [SealedSegment], _ files: StoreFiles, _ fileSystem: any FileSystem
    ) {
        let told = Set(known.map(LossPlace.init))
        for path in (try? lossFiles(files, fileSystem)) ?? [] {
            guard let loss = try? loss(at: path, fileSystem), loss.isOfSegment, !told.contains(LossPlace(loss)),
                segments.contains(where: { fileName(of: $0.reader.path) == loss.file })
            else { continue }
            try? fileSystem.rename(path, to: path + endedEnding)
            try? fileSystem.flushDirectory(parentDirectory(of: path))
        }
    }

    /// Behind the name of what tells of a loss that was none.
    private static let endedEnding = ".none"

    /// The files beside the copies that tell of losses, in order.
    static func lossFiles(_ files: StoreFiles, _ fileSystem: any FileSystem) throws -> [String] {
        let directory = files.root + "/" + StoreFiles.setAsideName
        guard try fileSystem.isDirectory(directory) else { return [] }
        return try fileSystem.list(directory).filter(\.isDirectory).compactMap { number($0.name) }.sorted()
            .map { directory + "/\($0)" + lossName }
            // Versions of before wrote none where there was no room.
            .filter { try fileSystem.lengthBytes(of: $0) != nil }
    }

    /// - Throws: ``StorageError``; ``CorruptionError`` where the file tells of no loss.
    static func loss(at path: String, _ fileSystem: any FileSystem) throws -> LogLoss {
        guard let loss = LogLoss(data: String(decoding: try fileSystem.contents(of: path), as: UTF8.self)) else {
            throw CorruptionError(file: path, offset: 0, expectation: "what was set aside, as JSON")
        }
        return loss
    }

    /// The number of the next directory of copies: that of an attempt at the same place that power kept from its end,
    /// which is given as well, or one that none has.
    /// - Parameter place: nil where the log tells of a loss at the place, so that an attempt at it had its end.
    static func directoryOfCopies(
        _ place: LossPlace?, _ files: StoreFiles, _ fileSystem: any FileSystem
    ) throws -> (number: Int, attempt: LogLoss?) {
        let directory = files.root + "/" + StoreFiles.setAsideName
        guard try fileSystem.isDirectory(directory) else { return (1, nil) }
        guard let last = try fileSystem.list(directory).compactMap({ number($0.name) }).max() else { return (1, nil) }
        let names = try fileSystem.list(directory + "/\(last)").map { "/" + $0.name }
        // What tells of the loss is written before anything is copied.
        guard names.contains(lossName) else {
            return (names.allSatisfy { $0.hasPrefix(lossName) } ? last : last + 1, nil)
        }
        let attempt = try loss(at: directory + "/\(last)" + lossName, fileSystem)
        return LossPlace(attempt) == place ? (last, attempt) : (last + 1, nil)
    }

    /// The number in a name that we would give; nil for any other name.
    private static func number(_ name: String) -> Int? {
        Int(name).flatMap { (1..<1 << 62).contains($0) && String($0) == name ? $0 : nil }
    }
}
