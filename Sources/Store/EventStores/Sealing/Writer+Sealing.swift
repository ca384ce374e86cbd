import Columnar
import Domain
import EventLogs
import Hashing
import Platform
import Projections
import Segments

extension Writer {
    /// Whether enough has gathered for a segment.
    var isSealDue: Bool { isTailBeyond(1) }

    /// Whether seals have failed for so long that taking more in would cost too much memory.
    var isTailFull: Bool { isTailBeyond(4) }

    private func isTailBeyond(_ factor: Int) -> Bool {
        tail.count >= factor * options.sealEventsMax || tail.byteCount >= factor * options.sealBytesMax
    }

    /// Turns everything unsealed into one segment, with the read-model rows it changes, and publishes both at one position.
    ///
    /// Segment first, then the manifest that names it, then the log's files are given back: a crash in between leaves either the old state
    /// and a log to replay, or the new one.
    func seal() throws {
        guard tail.count > 0 || !systemRecords.isEmpty || !dirty.isEmpty else { return }
        let position = nextPosition - 1
        let rows = try ConversationRows.folding(
            tail.blocks, dirty: dirty.sorted(), sealed: sealed, overlay: overlay, layouts: layouts, registry: registry,
            workers: context.workers)
        let id = manifests.current.nextSegmentID
        let groups = try SealedGroups(
            blocks: tail.blocks, readModels: rows, layouts: layouts, registry: registry, identityKey: identityKey, workers: context.workers)
        let attached = "{\"events\":\(tail.count),\"last_position\":\(position),\"segment\":\(id)}"
        let note = SystemRecord(position: position, receivedTime: receivedTime, content: .event(type: "segment.attached", data: attached))
        let description = try write(groups, records: systemRecords + [note], id: id)
        var replaced = rows.replaced
        for segment in sealed.segments { replaced.merge(segment.replaced) }
        try log.flush()
        let place = log.end
        let reader = try SegmentReader.open(
            fileSystem: context.fileSystem, path: files.segments + "/" + description.fileName, expected: (description.segmentID, description.lengthBytes))
        let segment = SealedSegment(
            id: id, reader: reader, replaced: ReplacedRows(), positions: tail.count > 0 ? (sealed.position + 1)...position : nil,
            timeRange: description.timeRange ?? 0...0, identities: try reader.identityFilter())
        var state = SealedState(
            segments: sealed.segments.map { $0.replacing(replaced: replaced.rows(ofSegment: $0.id)) } + [segment])
        state.position = position
        try publish(state, adding: description, replaced: replaced, place: place)
        sealed = state
        tail = Tail()
        identities = IdentityTable()
        systemRecords = []
        dirty = []
        absentTimes.forget(before: receivedTime - Limits.timelessLookupNanoseconds)
        // Behind the place where replay goes on: the segment has the record already, the log only tells its story.
        try log.append(.segmentAttached, position: nextPosition, count: 0, receivedTime: receivedTime, payload: Array(attached.utf8))
        try log.release(before: place)
    }

    private func write(_ groups: SealedGroups, records: [SystemRecord], id: UInt64) throws -> SegmentDescription {
        let writer = try SegmentWriter(fileSystem: context.fileSystem, directory: files.segments, segmentID: id)
        do {
            for group in groups.groups { try writer.add(group) }
            let tables = SystemTables.chunks(records)
            let hints = SegmentHints(registry)
            for (name, columns, chunk) in [
                ("system_events", SystemTables.events, tables.events), ("dead_letters", SystemTables.deadLetters, tables.deadLetters),
            ] {
                for slice in chunk.slices(of: Limits.groupRowsMax) {
                    try writer.add(table: name, columns: hints.columns(columns), chunk: slice)
                }
            }
            writer.add(identities: groups.identities)
            return try writer.finish()
        } catch {
            try? writer.abandon()
            throw error
        }
    }

    /// The manifest's next version: all live segments and the state, at one position.
    private func publish(
        _ state: SealedState, adding description: SegmentDescription, replaced: ReplacedRows, place: LogPlace
    ) throws {
        var blob = StateBlob()
        blob.position = state.position
        blob.receivedTime = receivedTime
        blob.schemas = registry.serialised
        blob.book = booking.book.serialised
        blob.absentTimes = absentTimes.entries
        blob.counters = counters.serialised
        blob.replayFrom = place
        let bytes = blob.serialised
        let name = "state-\(manifests.version + 1)"
        try context.fileSystem.replace(files.segments + "/" + name, with: bytes)
        var manifest = manifests.current
        let oldState = manifest.projections?.fileName
        manifest.position = state.position
        manifest.nextSegmentID = description.segmentID + 1
        let events = state.segments.last?.positions
        manifest.segments.append(ManifestSegment(description, positions: tail.count > 0 ? events : nil))
        manifest.superseded = replaced.manifestRows
        manifest.projections = FileReference(fileName: name, lengthBytes: bytes.count, sha256: SHA256.hash(bytes))
        manifest.logStart = Segments.LogStart(file: place.fileNumber, position: nextPosition)
        try manifests.publish(manifest)
        // The state before the last is named by no kept version any more.
        if let oldState, oldState != previousState {
            if let previousState { try? context.fileSystem.remove(files.segments + "/" + previousState) }
            previousState = oldState
        }
    }
}

extension Chunk {
    /// The rows in runs of at most `count`.
    func slices(of count: Int) -> [Chunk] {
        guard rowCount > count else { return rowCount == 0 ? [] : [self] }
        return stride(from: 0, to: rowCount, by: count).map { first in
            let rows = Array(UInt32(first)..<UInt32(min(first + count, rowCount)))
            return Chunk(columns: columns.map { $0.gather(rows) }, rowCount: rows.count)
        }
    }
}
