import Columnar
import EventLogs
import Platform
import Segments

extension EventStore {
    /// What becomes of all that is damaged in a directory, if it is repaired. Reads alone; the directory may be served
    /// meanwhile.
    /// - Parameters:
    ///   - backup: a directory of the same store, from whenever; nil where there is none.
    ///   - givingUp: names of segments that are given up although a store can be opened with them.
    /// - Throws: ``StorageError``; ``NewerFormatError``.
    package static func repairPlan(
        at directory: String, context: StoreContext, from backup: String? = nil, givingUp: Set<String> = []
    ) throws -> RepairPlan {
        try lookingBeside(directory, context.fileSystem, isSound: \.steps.isEmpty) { _ in
            try readingBeside {
                var planning = try RepairPlanning(at: directory, context: context, from: backup, givingUp: givingUp)
                return try planning.make()
            }
        }
    }

    /// Repairs what is damaged in a directory that none serves: what something else knows is written anew, what counts
    /// for nothing goes to where files are kept that were set aside. Each file is there whole at any moment, as it was
    /// or as it is to be, so that whoever is interrupted does it again.
    /// - Parameters:
    ///   - backup: as of ``repairPlan(at:context:from:givingUp:)``.
    ///   - acceptsLoss: whether the store goes on without what nothing else knows. Then that is copied first, and noted
    ///     in the log.
    /// - Returns: the plan, with where things went.
    /// - Throws: as ``repairPlan(at:context:from:givingUp:)``; ``StorageError`` of writing, and where somebody serves
    ///   the directory; ``ArchiveRefusal`` where something in an archive is to be written that is another one's.
    package static func repair(
        at directory: String, context: StoreContext, from backup: String? = nil, givingUp: Set<String> = [],
        acceptsLoss: Bool = false
    ) throws -> RepairPlan {
        let (files, fileSystem) = (StoreFiles(root: directory), context.fileSystem)
        var plan: RepairPlan
        do {
            let lock = try fileSystem.lock(files.lock)
            defer { lock.release() }
            plan = try repairPlan(at: directory, context: context, from: backup, givingUp: givingUp)
            try checkArchive(of: plan, files, context, acceptsLoss: acceptsLoss)
            for rewrite in plan.rewrites {
                try fileSystem.createDirectories(parentDirectory(of: rewrite.path))
                switch rewrite.source {
                case .bytes(let bytes, let isSecret):
                    try fileSystem.replace(rewrite.path, with: bytes, isSecret: isSecret)
                case .file(let file): try file.write(to: rewrite.path, fileSystem)
                }
            }
            if !plan.moves.isEmpty { plan.setAside.append(try moveAway(plan.moves, files, fileSystem)) }
            if acceptsLoss, !plan.lostSegments.isEmpty {
                plan.setAside += try giveUp(plan.lostSegments, files, fileSystem)
            }
        }
        guard acceptsLoss else { return plan }
        if plan.isLogLost, let done = try setLogAside(at: directory, context: context) {
            plan.setAside.append(done.copies)
        }
        // A start notes in the log what was given up: this one, or where something else is still damaged a later one.
        if !plan.lostSegments.isEmpty { try? open(at: directory, context: context).close() }
        return plan
    }

    /// A copy of a store does not put back into an archive elsewhere what its original has removed since.
    private static func checkArchive(
        of plan: RepairPlan, _ files: StoreFiles, _ context: StoreContext, acceptsLoss: Bool
    ) throws {
        let isWritten = plan.rewrites.contains { $0.path.hasPrefix(files.archive + "/") }
        let standsIn = acceptsLoss && plan.lostSegments.contains { $0.entry.isArchived }
        // Whose the archive is is told by the key: one that is damaged is to be put back first.
        guard isWritten || standsIn, let key = try? StoreKey.read(files.secret, fileSystem: context.fileSystem)
        else { return }
        try ArchivePlace.check(files, context.fileSystem, asOwner: true)
        _ = try ArchiveClaim.find(files, fingerprint: ExportHeader.fingerprint(ofKey: key), context)
    }

    /// Moves files of the segments' folder that count for nothing.
    /// - Returns: the directory that they are in.
    private static func moveAway(
        _ paths: [String], _ files: StoreFiles, _ fileSystem: any FileSystem
    ) throws -> String {
        let (number, _) = try directoryOfCopies(nil, files, fileSystem)
        let directory = files.root + "/" + StoreFiles.setAsideName + "/\(number)"
        try fileSystem.createDirectories(directory)
        for path in paths { try fileSystem.rename(path, to: directory + "/" + fileName(of: path)) }
        try fileSystem.flushDirectory(directory)
        try fileSystem.flushDirectory(files.segments)
        return directory
    }

    /// Has the store go on without some segments. They are copied as they are, with what is lost beside them; then one
    /// manifest names them no more, with a state by which conversations that had something in them are folded anew.
    /// - Returns: the directories of the copies.
    private static func giveUp(
        _ losses: [SegmentLoss], _ files: StoreFiles, _ fileSystem: any FileSystem
    ) throws -> [String] {
        var directories: [String] = []
        for segment in losses {
            let path = files.segments + "/" + segment.entry.description.fileName
            let (number, attempt) = try directoryOfCopies(LossPlace(segment.loss(copies: "")), files, fileSystem)
            let copies = StoreFiles.setAsideName + "/\(number)"
            let directory = files.root + "/" + copies
            let copy = directory + "/" + fileName(of: path)
            try fileSystem.createDirectories(directory)
            if attempt == nil {
                try fileSystem.replace(directory + lossName, with: Array(segment.loss(copies: copies).data.utf8))
            }
            // That of an attempt before is whole, and of the file as it was then.
            if try fileSystem.lengthBytes(of: path) != nil, try fileSystem.lengthBytes(of: copy) == nil {
                try fileSystem.duplicate(path, as: copy)
            }
            try standIn(for: segment.entry.description, at: path, fileSystem)
            directories.append(directory)
        }
        var (manifests, findings) = try ManifestStore.open(fileSystem: fileSystem, directory: files.segments)
        if let doubt = findings.doubt { throw doubt }
        guard var state = try StateReading(manifests.current, in: files.segments, fileSystem)?.state else {
            return directories
        }
        var next = manifests.current
        let ids = Set(losses.map(\.entry.description.segmentID))
        next.segments.removeAll { ids.contains($0.description.segmentID) }
        next.superseded.removeAll { ids.contains($0.segmentID) }
        var sealed = SealedState()
        let segmentFiles = SegmentFiles(fileSystem: fileSystem)
        sealed.segments = try next.segments.map { try SealedSegment.open($0, in: files.segments, segmentFiles) }
        sealed = sealed.marking(ReplacedRows(next.superseded))
        for segment in losses {
            state.unfolded.formUnion(segment.conversations)
            state.unfolded.formUnion(try sealed.conversations(besides: segment.entry.description.timeRange))
        }
        state.cut = try sealed.conversationsOfSaidCut()
        let id = try files.nextID(above: findings.unknownFiles, from: next.nextSegmentID)
        next.nextSegmentID = id + 1
        next.projections = try state.write(as: id, in: files.segments, fileSystem, flushesInSteps: true)
        try manifests.publish(next)
        return directories
    }

    /// Has a file of the length stand where a segment is missing or of another length: a manifest that names a file
    /// which is not there counts for nothing, and the next one could not go on from it. It is as damaged as before.
    static func standIn(
        for description: SegmentDescription, at path: String, _ fileSystem: any FileSystem
    ) throws {
        if description.fileName.hasPrefix(ManifestSegment.archiveBeginning) {
            try fileSystem.createDirectories(parentDirectory(of: path))
        }
        let file = try fileSystem.open(path, .append)
        defer { file.close() }
        let length = try file.lengthBytes()
        if length == description.lengthBytes { return }
        if length > description.lengthBytes {
            try file.truncate(toBytes: description.lengthBytes)
        } else {
            try file.preallocate(bytes: description.lengthBytes)
        }
        try file.flush()
        try fileSystem.flushDirectory(parentDirectory(of: path))
    }
}

extension SealedState {
    /// Conversations whose rows may no longer hold without a segment of a time: those that live rows put into that
    /// time, and those of which rows here were replaced, perhaps by rows of that segment.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading pages.
    /// - Complexity: O(rows of `conversations`), some columns of them.
    fileprivate func conversations(besides times: ClosedRange<Int64>?) throws -> Set<ConversationGrouping.Key> {
        var keys: Set<ConversationGrouping.Key> = []
        for segment in segments {
            for (index, group) in segment.reader.groups(table: "conversations").enumerated() {
                let dead = segment.deadRows(table: "conversations", group: index)
                let starts = try group.column(named: "start_time", type: .timestamptz)
                let ends = try group.column(named: "last_time", type: .timestamptz)
                let rows = (0..<group.rowCount).filter { row in
                    guard let times, !dead.contains(UInt32(row)) else { return true }
                    return (starts.integer(at: row) ?? .min) <= times.upperBound
                        && (ends.integer(at: row) ?? .max) >= times.lowerBound
                }
                keys.formUnion(try Self.keys(of: rows, in: group))
            }
        }
        return keys
    }
}

extension FileSystem {
    /// Copies a file as it is, durably; the copy has its name once it is whole. What cannot be read of it is zeros.
    fileprivate func duplicate(_ path: String, as copy: String) throws {
        let temporary = copy + ".new"
        let (source, target) = (try open(path, .read), try open(temporary, .replace))
        defer {
            source.close()
            target.close()
        }
        let length = try source.lengthBytes()
        for offset in stride(from: 0, to: length, by: FlushStep.bytes) {
            try target.write(try source.readable(offset..<min(offset + FlushStep.bytes, length)), at: offset)
            try target.flush()
        }
        try rename(temporary, to: copy)
        try flushDirectory(parentDirectory(of: copy))
    }
}

extension File {
    /// A sector of a disk, or a part of one.
    private static var sectorBytes: Int { 4_096 }

    /// A stretch of the file, with zeros where a sector cannot be read.
    /// - Throws: ``StorageError`` that is not of one place; ``CorruptionError`` where the file ends before.
    fileprivate func readable(_ range: Range<Int>) throws -> [UInt8] {
        do {
            return try read(exactly: range.count, at: range.lowerBound)
        } catch let error as StorageError where error.isOfPlace {
            guard range.count > Self.sectorBytes else { return [UInt8](repeating: 0, count: range.count) }
        }
        return try stride(from: range.lowerBound, to: range.upperBound, by: Self.sectorBytes).flatMap { start in
            try readable(start..<min(start + Self.sectorBytes, range.upperBound))
        }
    }
}
