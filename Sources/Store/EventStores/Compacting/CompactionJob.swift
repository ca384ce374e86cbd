import Columnar
import Domain
import Platform
import Projections
import Segments
import Synchronization

/// Makes one segment of several neighbours: the same rows in fewer and larger groups. Rows of read models that later
/// ones stand for are left out, those of events are in groups of their own. The order of rows follows from the rows
/// alone, so the segment does, too.
struct CompactionJob: StoreJob {
    static let kind = "compact"

    /// In the order of their positions, which have no gap.
    let segments: [SealedSegment]
    let registry: SchemaRegistry
    let layouts: EventTableLayouts
    let identityKey: UInt64
    /// How hard pages are tried to be written short: harder where they are seldom read any more.
    let compression: PageEffort
    let stop: CompactionStop
    /// Of which conversations rows are taken, and of events and read models alone; nil: everything.
    var filter: ConversationFilter?
    /// The store whose archive the segment becomes one of; nil: it stays among the others.
    var archive: StoreFiles?
    /// Of an archive outside the data directory.
    var archiveClaim: ArchiveClaim?
    /// Whether rows that are frozen stand for the conversations of what is taken (``SealedSegment/isSettled``).
    var isSettled = false
    /// Known once the job is done.
    let rows = CompactedRows()

    var kind: String { Self.kind }

    /// - Complexity: O(rows · columns), on one thread; what is in memory is a place for each row of a table, the
    ///   columns of one group, and 4 bytes for each row of all tables.
    func prepare(_ base: StoreJobBase) throws -> ManifestEdit {
        let writer = try SegmentWriter(
            fileSystem: base.fileSystem, directory: try folder(base), segmentID: base.segmentID,
            flushesInSteps: base.isBesideWriter)
        var edit = ManifestEdit()
        do {
            let past = try write(to: writer).past
            let description = try finish(writer)
            let positions = segments.compactMap(\.positions)
            if let first = positions.first, let last = positions.last {
                edit.added = [ManifestSegment(description, positions: first.lowerBound...last.upperBound)]
            } else {
                edit.added = [ManifestSegment(description)]
            }
            edit.superseded = past.manifestRows
        } catch {
            try? writer.abandon()
            throw error
        }
        edit.removed = segments.map(\.id)
        return edit
    }

    /// Where the segment is written.
    /// - Throws: ``ArchiveRefusal`` where a volume was unmounted meanwhile: what is written in its place would be
    ///   hidden when it comes back, or has no room, or is another one's by now; ``StorageError``.
    func folder(_ base: StoreJobBase) throws -> String {
        guard let archive else { return base.directory }
        try ArchivePlace.check(archive, base.fileSystem)
        if let archiveClaim {
            // Here, since the writer does not wait for another volume.
            try ArchivePlace.checkRoom(for: segments, archive, base.fileSystem)
            try archiveClaim.renew()
        }
        try base.fileSystem.createDirectories(archive.archive)
        return archive.archive
    }

    /// Ends a segment that was written there.
    /// - Returns: what a manifest says of it.
    /// - Throws: ``ArchiveRefusal`` where the archive is another one's by now; ``StorageError``.
    func finish(_ writer: SegmentWriter) throws -> SegmentDescription {
        // Who has gone on with it meanwhile may give a segment the same name.
        try archiveClaim?.check()
        var description = try writer.finish()
        if archive != nil { description.fileName = ManifestSegment.archiveBeginning + description.fileName }
        return description
    }

    /// - Returns: the rows of events that later ones stand for, and how many groups there are.
    func write(to writer: SegmentWriter) throws -> (past: ReplacedRows, groups: Int) {
        let hints = SegmentHints(registry)
        let watermark =
            try filter.map { try RollupGroups.watermark(of: segments, layouts, $0, check: stop.check) }
            ?? RollupGroups.watermark(of: segments, layouts)
        var rollups = layouts.rollups.map { RollupParts($0.layout) }
        var (past, allGroups) = (ReplacedRows(), 0)
        for layout in layouts.tables {
            let table = try MergedTable(
                layout.name, columns: layout.columns, of: segments, by: .events,
                filter: filter?.staying(of: layout), check: stop.check)
            var groupCount = 0
            var moves = CompactedRows.Table(table)
            func add(_ chunk: Chunk, _ columns: [TableColumn]) throws {
                writer.add(identities: try identities(of: chunk, columns, layout))
                try writer.add(
                    encodeGroup(
                        table: layout.name, columns: hints.columns(columns), chunk: chunk, compression: compression))
                groupCount += 1
                allGroups += 1
            }
            try table.forEachPiece(check: stop.check) { chunk, columns, rows in
                moves.add(rows, group: groupCount)
                let own = Self.own(chunk, layout)
                for (index, rollup) in layouts.rollups.enumerated() {
                    guard let folding = rollup.layout(ofTable: Int(layout.typeID)) else { continue }
                    rollups[index].add(folding.fold(own, watermark: watermark))
                }
                try add(chunk, columns)
            }
            try table.forEachPastPiece(check: stop.check) { chunk, columns, rows in
                moves.add(rows, group: groupCount)
                let place = ReplacedRows.Place(segment: writer.segmentID, table: layout.name, group: groupCount)
                for row in 0..<chunk.rowCount { past.add(row, at: place) }
                try add(chunk, columns)
            }
            rows.add(moves)
        }
        // Records are of no conversation.
        for (name, columns, order) in filter == nil ? Self.readModels + Self.records : Self.readModels {
            let table = try MergedTable(
                name, columns: columns, of: segments, by: order, filter: filter, check: stop.check)
            var (moves, groupCount) = (CompactedRows.Table(table), 0)
            try table.forEachPiece(check: stop.check) { chunk, columns, rows in
                moves.add(rows, group: groupCount)
                try writer.add(
                    encodeGroup(table: name, columns: hints.columns(columns), chunk: chunk, compression: compression))
                groupCount += 1
                allGroups += 1
            }
            rows.add(moves)
        }
        for group in RollupGroups.encoded(rollups, layouts: layouts) { try writer.add(group) }
        if isSettled { try writeSettledMark(watermark, hints, to: writer) }
        return (past, allGroups)
    }

    /// What makes the segment one of those whose conversations are settled.
    private func writeSettledMark(_ watermark: Int64, _ hints: SegmentHints, to writer: SegmentWriter) throws {
        let last = segments.compactMap(\.positions?.upperBound).max() ?? 0
        let note = SystemRecord(
            position: last, receivedTime: watermark, content: .event(type: "retention.settled", data: "{}"))
        try writer.add(
            table: ManifestSegment.settledTable, columns: hints.columns(SystemTables.events),
            chunk: SystemTables.chunks([note]).events)
    }

    /// A table beside those of event types, and how its rows are ordered.
    typealias Other = (name: String, columns: [TableColumn], order: MergedTable.Order)

    static let readModels: [Other] = [
        ("turns", ReadModelColumns.turns, .time("time")),
        ("conversations", ReadModelColumns.conversations, .time("start_time")),
    ]
    static let records: [Other] = [
        ("system_events", SystemTables.events, .asTheyStand),
        ("dead_letters", SystemTables.deadLetters, .asTheyStand),
    ]

    /// What of a chunk is in the table's columns.
    private static func own(_ chunk: Chunk, _ layout: EventTableLayout) -> Chunk {
        Chunk(columns: Array(chunk.columns.prefix(layout.columns.count)), rowCount: chunk.rowCount)
    }

    /// Hashes of the rows' identities, from their first fields.
    private func identities(
        of chunk: Chunk, _ columns: [TableColumn], _ layout: EventTableLayout
    ) throws -> [UInt64] {
        let last = registry.wellKnown.tenant
        let restorer = RowRestorer(layout, registry: registry) { $0 <= last }
        let absent = columns.firstIndex { $0.name == EventTableLayout.timeAbsentColumn }
        let rows = try restorer.restore(
            rows: Array(0..<chunk.rowCount), of: ChunkMorsel(chunk: Self.own(chunk, layout)),
            isTimeAbsent: absent.map { chunk.columns[$0] })
        return rows.rows.identityHashes(key: identityKey)
    }

    /// Whether nothing of segments is left out: tables that this version does not know stay as they are.
    static func knows(_ segments: [SealedSegment], _ layouts: EventTableLayouts) -> Bool {
        let known = Set(
            layouts.tables.map(\.name) + layouts.rollups.map(\.name)
                + (readModels + records).map(\.name) + [ManifestSegment.settledTable])
        return segments.allSatisfy { $0.reader.tableNames.allSatisfy(known.contains) }
    }
}

/// Ends a job under way at its next step.
final class CompactionStop: Sendable {
    /// What is thrown then.
    struct Stopped: Error {}

    private let isStopped = Atomic(false)

    func stop() { isStopped.store(true, ordering: .relaxed) }

    /// - Throws: ``Stopped``.
    func check() throws {
        if isStopped.load(ordering: .relaxed) { throw Stopped() }
    }
}
