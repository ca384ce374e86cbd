import EventLogs
import Platform
import Segments

/// What is not as it was written in the files of a store, all of it: every file that the manifest in force names, every
/// file of the log, and the key.
package struct FileFaults: Sendable {
    /// A line each, in the order of the files; of very many the first ones.
    package private(set) var lines: [String] = []
    /// All of them.
    package private(set) var count = 0
    /// Some of it could be set aside: ``EventStore/setLogAside(at:context:)``.
    package private(set) var isLogDamaged = false
    /// Those with which nothing is lost: what stood there is in segments as well, or says no more than that the log was
    /// closed.
    package private(set) var harmlessCount = 0

    /// Those of a file that is kept twice whose other writing holds what was written: a start makes it anew, or
    /// the next seal lets go of it.
    package private(set) var servedCount = 0

    /// So many are named.
    package static let linesMax = 100

    fileprivate mutating func add(_ fault: any Error, isServed: Bool = false) {
        count += 1
        if isServed { servedCount += 1 }
        if lines.count < Self.linesMax { lines.append("\(fault)") }
    }

    fileprivate mutating func add(_ others: FileFaults) {
        count += others.count
        lines += others.lines.prefix(Self.linesMax - lines.count)
    }

    fileprivate mutating func addLine(_ line: String) {
        count += 1
        if lines.count < Self.linesMax { lines.append(line) }
    }

    fileprivate mutating func add(_ survey: LogSurvey, _ state: StateFile?) {
        for fault in survey.faults { add(fault) }
        for fault in survey.harmless { add(fault) }
        count += survey.faultCount - survey.faults.count
        harmlessCount += survey.harmless.count
        isLogDamaged = LogContinuation(survey, state).canBeMended
    }

    fileprivate mutating func add(lostLog damage: CorruptionError, _ state: StateFile?) {
        add(damage)
        isLogDamaged = LogContinuation(lost: damage, state).canBeMended
    }

    fileprivate mutating func add(harmless survey: LogSurvey) {
        for fault in survey.faults {
            var fault = fault
            fault.expectation += "; nothing is lost: what stood here is in segments"
            add(fault)
        }
        count += survey.faultCount - survey.faults.count
        harmlessCount += survey.faultCount
    }
}

extension EventStore {
    /// Reads all files of a directory, whether or not a store can be opened on it and whether or not another process
    /// serves it. Nothing in it changes.
    /// - Parameters:
    ///   - decodes: whether pages of segments that are to the byte what was written are decoded, too; not where who
    ///     asks goes on to recompute what is made of them.
    ///   - tell: is told how far it is with segments; anew where another process has published meanwhile.
    /// - Throws: ``StorageError``; ``NewerFormatError`` where a newer version wrote what decides which files there are.
    /// - Complexity: O(bytes of the files), segments on all workers; a page for each of them, a record or a state is
    ///   held at a time.
    package static func fileFaults(
        at directory: String, context: StoreContext, decodes: Bool = true,
        telling tell: @escaping VerificationProgress.Tell = { _ in }
    ) throws -> FileFaults {
        // Files of versions before go a moment after the new one is published: one that was listed may be gone when
        // it is read, under the same version.
        try lookingBeside(
            directory, context.fileSystem, isWorthAgain: { ($0 as? StorageError)?.isMissing == true },
            isSound: { $0.count == 0 }
        ) { published in
            try faults(
                StoreFiles(root: directory), overlay(of: directory, context.fileSystem), context.workers,
                decodes: decodes, tell,
                published: published)
        }
    }

    /// - Parameter published: the version of the manifest that is in force now, whatever was in force when the folder
    ///   was listed; nil where it cannot be told.
    private static func faults(
        _ files: StoreFiles, _ fileSystem: any FileSystem, _ workers: any Workers, decodes: Bool,
        _ tell: @escaping VerificationProgress.Tell, published: () -> UInt64?
    ) throws -> FileFaults {
        var faults = FileFaults()
        if try fileSystem.lengthBytes(of: files.restoring) != nil {
            faults.add(files.unfinishedRestore)
            return faults
        }
        try ArchivePlace.check(files, fileSystem)
        if let damage = try StoreKey.damage(files, fileSystem) { faults.add(damage) }
        for path in try lossFiles(files, fileSystem) {
            do {
                _ = try loss(at: path, fileSystem)
            } catch where StoreError.isOfPlace(error) {
                faults.add(error)
            }
        }
        guard try fileSystem.isDirectory(files.segments) else { return faults }
        let (manifest, version, refused, loneCopies) = try ManifestStore.survey(
            fileSystem: fileSystem, directory: files.segments)
        for fault in refused { faults.add(fault.damage, isServed: fault.isServed) }
        for copy in loneCopies { faults.addLine("\(copy); \(LoneManifestCopy.advice)") }
        let descriptions = manifest.segments.map(\.description)
        let progress = VerificationProgress.Count(
            .files, total: descriptions.reduce(0) { $0 + $1.lengthBytes }, tell)
        let found = try workers.map(count: descriptions.count) { index in
            defer { progress.add(descriptions[index].lengthBytes) }
            var found = FileFaults()
            try addSegment(descriptions[index], files, fileSystem, decodes: decodes, &found)
            return found
        }
        for others in found { faults.add(others) }
        let state = try addState(manifest, files, fileSystem, &faults)
        if case .lost(let damage) = try LogState(files, fileSystem) {
            faults.add(lostLog: damage, state)
            return faults
        }
        // Without the state nobody knows from where on the log is needed: all of it is looked at.
        var told: UInt64 = 0
        let survey = try LogSurvey(directory: files.log, fileSystem: fileSystem, from: state?.replayFrom) {
            if !$1 { told = max(told, Writer.manifestVersion($0) ?? 0) }
        }
        if let place = state?.replayFrom {
            faults.add(harmless: try LogSurvey(directory: files.log, fileSystem: fileSystem, before: place))
        }
        faults.add(survey, state)
        if told > version, !refused.contains(where: { fileName(of: $0.damage.file) == ManifestStore.fileName(told) }),
            // The log was read last: what it tells of may have been published since the folder was listed.
            published() ?? 0 < told
        {
            faults.add(StoreOpening.missing(told, in: files.segments))
        }
        return faults
    }

    private static func addSegment(
        _ description: SegmentDescription, _ files: StoreFiles, _ fileSystem: any FileSystem, decodes: Bool,
        _ faults: inout FileFaults
    ) throws {
        let path = files.segments + "/" + description.fileName
        do {
            let reader = try SegmentReader.open(
                files: SegmentFiles(fileSystem: fileSystem), path: path,
                expected: (description.segmentID, description.lengthBytes))
            try reader.faults(sha256: description.sha256, decodes: decodes) { faults.add($0) }
        } catch where StoreError.isOfPlace(error) {
            faults.add(Self.named(error, path, "a segment that the manifest names"))
        }
    }

    /// - Returns: the state, where one of its two files holds it.
    private static func addState(
        _ manifest: Manifest, _ files: StoreFiles, _ fileSystem: any FileSystem, _ faults: inout FileFaults
    ) throws -> StateFile? {
        guard let reference = manifest.projections else { return nil }
        let copy = files.segments + "/" + reference.copyName
        var ofCopy: CorruptionError?
        if try fileSystem.lengthBytes(of: copy) != nil {
            do {
                _ = try StateReading.whole(reference, copy, fileSystem)
            } catch where StoreError.isOfPlace(error) {
                ofCopy = StateReading.damage(error, copy)
            }
        }
        do {
            guard let reading = try StateReading(manifest, in: files.segments, fileSystem) else { return nil }
            if let ofCopy { faults.add(ofCopy, isServed: true) }
            if let damage = reading.damage { faults.add(damage, isServed: true) }
            return reading.state
        } catch let error as CorruptionError {
            if let ofCopy { faults.add(ofCopy) }
            faults.add(error)
            return nil
        }
    }

    private static func named(_ error: any Error, _ path: String, _ what: String) -> any Error {
        guard (error as? StorageError)?.isMissing == true else { return error }
        return CorruptionError(file: path, offset: 0, expectation: "\(what); the file is missing")
    }
}
