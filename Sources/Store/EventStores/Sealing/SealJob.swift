import Columnar
import Domain
import EventLogs
import JSONTexts
import Platform
import Projections
import Segments
import Synchronization

/// A seal over a frozen snapshot: one segment with everything unsealed and the read-model rows that it changes, and the
/// state beside it.
struct SealJob: StoreJob {
    static let kind = "seal"
    /// Of the record that tells of the segment.
    static let recordType = "segment.attached"

    let registry: SchemaRegistry
    let layouts: EventTableLayouts
    let sealed: SealedState
    /// What stands for sealed events, then neighbours from `sealed.position + 1` on.
    let blocks: [TailBlock]
    /// Of the neighbours.
    let eventCount: Int
    /// System records that the segment takes up, the oldest ones.
    let records: [SystemRecord]
    /// What these take.
    let recordBytes: Int
    let dirty: [ConversationGrouping.Key]
    /// Sealed rows that `blocks` stand for: no manifest says yet that they are dead.
    let dead: ReplacedRows
    let overlay: CostOverlay
    /// That of the last position and received time that the snapshot holds.
    let ledger: Ledger
    let counters: SealedCounters
    /// Where the log goes on behind the snapshot; durable up to there.
    let place: LogPlace
    let foldLimits: FoldLimits
    /// What its fold found, once it is prepared.
    let lately = LatestFindings()

    var kind: String { Self.kind }

    /// A conversation that cannot be read keeps the rows that it has, and the next seal folds it again: what was
    /// accepted is sealed in any case.
    /// - Complexity: O(events of the blocks and of the conversations they touch).
    func prepare(_ base: StoreJobBase) throws -> ManifestEdit {
        let plan = SealedPlan(blocks, layouts)
        guard counters.areCountedBeside else {
            // First of all: until then each change that the writer counts copies what both hold.
            _ = counters.bytes
            return try makeFiles(base, plan)
        }
        // The writer waits. The state file, which comes last, is the first to want the counters, and the plan is not
        // wanted before conversations are folded.
        let edit = Mutex<ManifestEdit?>(nil)
        try base.workers.run(count: 3) { part in
            switch part {
            case 0:
                let made = try makeFiles(base, plan)
                edit.withLock { $0 = made }
            case 1: _ = counters.bytes
            default: _ = plan.work
            }
        }
        guard let edit = edit.withLock({ $0 }) else { preconditionFailure("it was made, or the run has thrown") }
        return edit
    }

    private func makeFiles(_ base: StoreJobBase, _ plan: SealedPlan) throws -> ManifestEdit {
        var rows = try ConversationRows.folding(
            blocks, dirty: dirty, unfolded: sealed.unfolded, sealed: sealed, overlay: overlay, layouts: layouts,
            registry: registry, workers: base.workers, limits: foldLimits, setsAside: true)
        rows.found.position = ledger.position
        lately.note(rows.found)
        let groups = try SealedGroups(
            plan, blocks: blocks, readModels: rows, layouts: layouts, registry: registry, workers: base.workers)
        let note = SystemRecord(
            position: ledger.position, receivedTime: ledger.receivedTime,
            content: .event(type: Self.recordType, data: attached(as: base.segmentID)))
        let (description, state) = try write(groups, records: records + [note], base)
        var edit = ManifestEdit()
        edit.added = [
            ManifestSegment(description, positions: eventCount > 0 ? (sealed.position + 1)...ledger.position : nil)
        ]
        var replaced = rows.replaced
        replaced.merge(dead)
        edit.superseded = replaced.manifestRows
        edit.end = SealCheckpoint(
            position: ledger.position, state: state,
            logStart: LogStart(file: place.fileNumber, position: ledger.nextPosition))
        return edit
    }

    /// The data of the record `segment.attached`.
    /// - Parameter manifest: the version that names the segment, where it is known.
    func attached(as segmentID: UInt64, manifest: UInt64? = nil) -> String {
        JSONWriter.object { json in
            json.member("events", eventCount)
            json.member("last_position", ledger.position)
            if let manifest { json.member("manifest", manifest) }
            json.member("segment", segmentID)
        }
    }

    /// Writes the segment and the state at one time: neither needs the other, and both wait for the disk. Where one of
    /// them fails neither is left.
    private func write(_ groups: SealedGroups, records: [SystemRecord], _ base: StoreJobBase) throws
        -> (SegmentDescription, FileReference)
    {
        let made = Mutex<(segment: SegmentDescription?, state: FileReference?)>((nil, nil))
        do {
            try base.workers.run(count: 2) { part in
                if part == 0 {
                    let segment = try writeSegment(groups, records: records, base)
                    made.withLock { $0.segment = segment }
                } else {
                    let state = try writeState(base, counters.bytes)
                    made.withLock { $0.state = state }
                }
            }
        } catch {
            let (segment, state) = (segmentFileName(base.segmentID), StoreFiles.stateName(base.segmentID))
            for name in [segment, state, FileReference.copyName(of: state)] {
                try? base.fileSystem.remove(base.directory + "/" + name)
            }
            throw error
        }
        let written = made.withLock { $0 }
        guard let segment = written.segment, let state = written.state else {
            preconditionFailure("both were made, or the run has thrown")
        }
        return (segment, state)
    }

    private func writeSegment(_ groups: SealedGroups, records: [SystemRecord], _ base: StoreJobBase) throws
        -> SegmentDescription
    {
        let writer = try SegmentWriter(
            fileSystem: base.fileSystem, directory: base.directory, segmentID: base.segmentID,
            flushesInSteps: base.isBesideWriter)
        do {
            for group in groups.groups { try writer.add(group) }
            let hints = SegmentHints(registry)
            for run in Self.runs(of: records) {
                let tables = SystemTables.chunks(run)
                for (name, columns, chunk) in [
                    ("system_events", SystemTables.events, tables.events),
                    ("dead_letters", SystemTables.deadLetters, tables.deadLetters),
                ] {
                    for piece in chunk.pieces(of: Limits.groupRowsMax) {
                        try writer.add(table: name, columns: hints.columns(columns), chunk: piece)
                    }
                }
            }
            writer.add(identities: groups.identities)
            return try writer.finish()
        } catch {
            try? writer.abandon()
            throw error
        }
    }

    /// Records in runs, none of which makes a page that is longer than readers take.
    private static func runs(of records: [SystemRecord]) -> [[SystemRecord]] {
        var runs: [[SystemRecord]] = []
        var bytes = Int.max
        for record in records {
            if bytes > SealedGroups.groupBytesMax - record.byteCount || runs.isEmpty {
                runs.append([])
                bytes = 0
            }
            runs[runs.count - 1].append(record)
            bytes += record.byteCount
        }
        return runs
    }

    private func writeState(_ base: StoreJobBase, _ counters: [UInt8]) throws -> FileReference {
        var next = sealed
        next.takeUp(lately.findings)
        let file = StateFile(
            schemas: registry.serialised, ledger: ledger, counters: counters, unfolded: next.unfolded,
            cut: next.cut, replayFrom: place)
        return try file.write(
            as: base.segmentID, in: base.directory, base.fileSystem, flushesInSteps: base.isBesideWriter)
    }
}
