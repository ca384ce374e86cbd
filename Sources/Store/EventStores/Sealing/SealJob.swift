import Columnar
import Domain
import EventLogs
import Hashing
import JSONTexts
import Platform
import Projections
import Segments

/// A seal from its frozen snapshot to the published manifest: one segment with everything unsealed and the read-model rows that it changes.
///
/// Touches nothing of the writer, so any thread may run it while events go on coming in. Segment first, then the state, then the manifest
/// that names both: a crash in between leaves either the old state and a log to replay, or the new one. One at a time.
struct SealJob: Sendable {
    var context: StoreContext
    let files: StoreFiles
    let registry: SchemaRegistry
    let layouts: EventTableLayouts
    let segmentID: UInt64
    let manifests: ManifestStore
    /// The state file of the manifest before the current one.
    let previousState: String?
    let sealed: SealedState
    /// What stands for sealed events, then neighbours from `sealed.position + 1` on.
    let blocks: [TailBlock]
    /// Of the neighbours.
    let eventCount: Int
    let records: [SystemRecord]
    let dirty: [ConversationGrouping.Key]
    let overlay: CostOverlay
    let book: PriceBook
    let rebookings: [Rebooking]
    let marks: DeliveryMarks
    let leads: ClockLeads
    let objectives: ObjectiveHistory
    let absentTimes: [AbsentTimes.Entry]
    let counters: MetricCounters
    let outcomes: OutcomeSettings?
    /// The last position and received time that the snapshot holds.
    let position: Int64
    let receivedTime: Int64
    /// Where the log goes on behind the snapshot; durable up to there.
    let place: LogPlace

    /// What the writer takes over.
    struct Outcome: Sendable {
        var sealed: SealedState
        var manifests: ManifestStore
        var previousState: String?
        /// The data of the record `segment.attached`.
        var attached: String
    }

    /// - Throws: ``StorageError``, ``CorruptionError``; what was published before stands then.
    /// - Complexity: O(events of the blocks and of the conversations they touch).
    func run() throws -> Outcome {
        let rows = try ConversationRows.folding(
            blocks, dirty: dirty, sealed: sealed, overlay: overlay, layouts: layouts, registry: registry, workers: context.workers)
        let groups = try SealedGroups(
            blocks: blocks, readModels: rows, layouts: layouts, registry: registry, workers: context.workers)
        let attached = JSONWriter.object { json in
            json.member("events", eventCount)
            json.member("last_position", position)
            json.member("segment", segmentID)
        }
        let note = SystemRecord(position: position, receivedTime: receivedTime, content: .event(type: "segment.attached", data: attached))
        let description = try write(groups, records: records + [note])
        var replaced = rows.replaced
        for segment in sealed.segments { replaced.merge(segment.replaced) }
        let reader = try SegmentReader.open(
            fileSystem: context.fileSystem, path: files.segments + "/" + description.fileName, expected: (description.segmentID, description.lengthBytes))
        let segment = SealedSegment(
            id: segmentID, reader: reader, replaced: ReplacedRows(), positions: eventCount > 0 ? (sealed.position + 1)...position : nil,
            timeRange: description.timeRange ?? 0...0, identities: try reader.identityFilter())
        let bySegment = replaced.bySegment
        var state = SealedState(
            segments: sealed.segments.map { $0.replacing(replaced: bySegment[$0.id] ?? ReplacedRows()) } + [segment])
        state.position = position
        let (manifests, previousState) = try publish(ManifestSegment(description, positions: segment.positions), replaced)
        return Outcome(sealed: state, manifests: manifests, previousState: previousState, attached: attached)
    }

    private func write(_ groups: SealedGroups, records: [SystemRecord]) throws -> SegmentDescription {
        let writer = try SegmentWriter(fileSystem: context.fileSystem, directory: files.segments, segmentID: segmentID)
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
    private func publish(_ segment: ManifestSegment, _ replaced: ReplacedRows) throws -> (ManifestStore, previousState: String?) {
        var manifests = manifests
        var blob = StateBlob()
        blob.position = position
        blob.receivedTime = receivedTime
        blob.schemas = registry.serialised
        blob.book = book.serialised
        blob.absentTimes = absentTimes
        blob.counters = counters.serialised
        blob.rebookings = rebookings.map { $0.data(prices: []) }
        blob.marks = marks.all.map(\.data)
        blob.leads = leads.entries
        blob.objectives = objectives.versions.dropFirst().map { ($0.since, $0.data) }
        blob.outcomes = outcomes?.data ?? ""
        blob.replayFrom = place
        let bytes = blob.serialised
        let name = "state-\(manifests.version + 1)"
        try context.fileSystem.replace(files.segments + "/" + name, with: bytes)
        var manifest = manifests.current
        let oldState = manifest.projections?.fileName
        manifest.position = position
        manifest.nextSegmentID = segmentID + 1
        manifest.segments.append(segment)
        manifest.superseded = replaced.manifestRows
        manifest.projections = FileReference(fileName: name, lengthBytes: bytes.count, sha256: SHA256.hash(bytes))
        manifest.logStart = Segments.LogStart(file: place.fileNumber, position: position + 1)
        try manifests.publish(manifest)
        // The state before the last is named by no kept version any more.
        guard let oldState, oldState != previousState else { return (manifests, previousState) }
        if let previousState { try? context.fileSystem.remove(files.segments + "/" + previousState) }
        return (manifests, oldState)
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
