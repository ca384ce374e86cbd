import Columnar
import Domain
import Platform
import Projections
import Segments

/// Lets go of the events of some segments and keeps what was made of them: two segments come in their place.
///
/// A conversation all of whose rows lie in these segments stays as it is; its events go, and so do those outside any
/// conversation but for budgets. Others go on, and are folded again whole with their next event: theirs stay, as
/// compaction would write them.
struct RetentionJob: StoreJob {
    static let kind = "retain"

    /// Why it came to nothing.
    struct Obstacle: Error, CustomStringConvertible {
        var description: String
    }

    /// In the order of their positions, which have no gap; none is frozen.
    let segments: [SealedSegment]
    /// Conversations that are folded again in any case.
    let unsettled: Set<ConversationGrouping.Key>
    /// What the manifest says of the segments.
    let sources: [RetentionDrop.Source]
    let registry: SchemaRegistry
    let layouts: EventTableLayouts
    let identityKey: UInt64
    /// What the calls that go cost for ever.
    let overlay: CostOverlay
    /// What that is made of, and what else must not change until the edit is published.
    let basis: RetentionBasis
    /// Why the events go.
    let reason: RetentionReason
    /// Of the last event, and when it came.
    let position, receivedTime: Int64
    /// By the clock that is believed.
    let clockTime: Int64
    let stop: CompactionStop

    var kind: String { Self.kind }
    var segmentsMax: Int { 2 }

    /// - Complexity: as of a compaction of the segments, and a second look at the events that go.
    func prepare(_ base: StoreJobBase) throws -> ManifestEdit {
        let settled = try settledConversations()
        let rest = ConversationFilter(keys: settled, isOfThem: false)
        let frozen = try FrozenRows(self, without: rest)
        var edit = ManifestEdit()
        edit.removed = segments.map(\.id)
        let positions = segments.compactMap(\.positions)
        let own = positions.first.flatMap { first in positions.last.map { first.lowerBound...$0.upperBound } }
        let left = try writeRest(rest, base)
        do {
            let description = try writeFrozen(
                frozen, positions: own, leftBytes: left?.description.lengthBytes ?? 0, base)
            // The positions go with the events that are left, so that these are found by them.
            edit.added = [ManifestSegment(description, positions: left == nil ? own : nil)]
        } catch {
            if let left { try? base.fileSystem.remove(base.directory + "/" + left.description.fileName) }
            throw error
        }
        if let left {
            edit.added.append(ManifestSegment(left.description, positions: own))
            edit.superseded = left.past.manifestRows
        }
        return edit
    }

    /// Conversations whose rows lie in the segments: no event of theirs lies elsewhere, or theirs would, too.
    private func settledConversations() throws -> Set<ConversationGrouping.Key> {
        var keys: Set<ConversationGrouping.Key> = []
        for segment in segments {
            for (index, group) in segment.reader.groups(table: "conversations").enumerated() {
                try stop.check()
                let rows = segment.liveRows(of: group, index: index, table: "conversations")
                keys.formUnion(try SealedState.keys(of: rows, in: group))
            }
        }
        return keys.subtracting(unsettled)
    }

    /// What goes on, as one segment; nil where nothing does.
    private func writeRest(
        _ rest: ConversationFilter, _ base: StoreJobBase
    ) throws -> (description: SegmentDescription, past: ReplacedRows)? {
        let writer = try SegmentWriter(
            fileSystem: base.fileSystem, directory: base.directory, segmentID: base.segmentID + 1,
            flushesInSteps: base.isBesideWriter)
        do {
            let merge = CompactionJob(
                segments: segments, registry: registry, layouts: layouts, identityKey: identityKey, compression: .zstd,
                stop: stop, filter: rest)
            let (past, groups) = try merge.write(to: writer)
            if groups > 0 { return (try writer.finish(), past) }
        } catch {
            try? writer.abandon()
            throw error
        }
        try writer.abandon()
        return nil
    }

    /// Rows of the conversations that stay as they are, rollups of the events that go, all records, and what went.
    /// - Parameter leftBytes: of the segment of what goes on.
    private func writeFrozen(
        _ frozen: FrozenRows, positions: ClosedRange<Int64>?, leftBytes: Int, _ base: StoreJobBase
    ) throws -> SegmentDescription {
        let writer = try SegmentWriter(
            fileSystem: base.fileSystem, directory: base.directory, segmentID: base.segmentID,
            flushesInSteps: base.isBesideWriter)
        do {
            var drop = frozen.drop
            drop.positions = positions
            drop.bytes = Int64(max(0, segments.reduce(0) { $0 + $1.reader.lengthBytes } - leftBytes))
            let hints = SegmentHints(registry)
            let settled = ConversationFilter(keys: frozen.settled, isOfThem: true)
            for (name, columns, order) in CompactionJob.readModels {
                let table = try MergedTable(
                    name, columns: columns, of: segments, by: order, filter: settled, check: stop.check)
                try table.forEachPiece(check: stop.check) { chunk, columns, _ in
                    drop.add(chunk, of: name)
                    try writer.add(
                        encodeGroup(table: name, columns: hints.columns(columns), chunk: chunk, compression: .zstd))
                }
            }
            for (rollup, chunks) in zip(layouts.rollups, frozen.rollups) {
                if planted(.freezeOneRollupLess), rollup.name == "rollup_llm_call_1d" { continue }
                for chunk in chunks {
                    try stop.check()
                    drop.add(chunk, of: rollup.name)
                    try writer.add(
                        encodeGroup(
                            table: rollup.name, columns: RollupGroups.segmentColumns(rollup.layout), chunk: chunk,
                            compression: .zstd))
                }
            }
            for (name, columns, order) in CompactionJob.records {
                let table = try MergedTable(name, columns: columns, of: segments, by: order, check: stop.check)
                try table.forEachPiece(check: stop.check) { chunk, columns, _ in
                    try writer.add(
                        encodeGroup(table: name, columns: hints.columns(columns), chunk: chunk, compression: .zstd))
                }
            }
            let note = SystemRecord(
                position: position, receivedTime: receivedTime,
                content: .event(type: RetentionDrop.recordType, data: drop.data()))
            for name in ["system_events", ManifestSegment.frozenTable] {
                try writer.add(
                    table: name, columns: hints.columns(SystemTables.events), chunk: SystemTables.chunks([note]).events)
            }
            return try writer.finish()
        } catch {
            try? writer.abandon()
            throw error
        }
    }
}

/// What follows from prices and corrections may be fixed while these are what the last seal knew: a start counts what
/// came later over the calls that there are by then.
struct RetentionBasis: Hashable, Sendable {
    private let prices, rebookings: Int
    private let list: Int64

    init(_ ledger: PriceLedger) {
        (prices, rebookings, list) = (ledger.book.count, ledger.rebookings.count, ledger.book.listNumber)
    }
}

extension RetentionDrop {
    /// Takes in rows that stay in the place of events.
    fileprivate mutating func add(_ chunk: Chunk, of name: String) {
        let hash = RowHashes.sum(chunk.columns, rowCount: chunk.rowCount)
        if let place = tables.firstIndex(where: { $0.name == name }) {
            tables[place].rows += chunk.rowCount
            tables[place].hash &+= hash
        } else {
            tables.append(Table(name: name, rows: chunk.rowCount, hash: hash))
        }
    }
}
