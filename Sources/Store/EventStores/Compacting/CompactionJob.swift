import Columnar
import Domain
import Platform
import Projections
import Segments
import Synchronization

/// Makes one segment of several neighbours: the same rows, but for those that later ones stand for, in fewer and
/// larger groups. The order of rows follows from the rows alone, so the segment does, too.
struct CompactionJob: StoreJob {
    static let kind = "compact"

    /// In the order of their positions, which have no gap.
    let segments: [SealedSegment]
    let registry: SchemaRegistry
    let layouts: EventTableLayouts
    let identityKey: UInt64
    let stop: CompactionStop

    var kind: String { Self.kind }

    /// - Complexity: O(rows · columns), on one thread; what is in memory is a place for each row of a table, and the
    ///   columns of one group.
    func prepare(_ base: StoreJobBase) throws -> ManifestEdit {
        let writer = try SegmentWriter(
            fileSystem: base.fileSystem, directory: base.directory, segmentID: base.segmentID)
        let description: SegmentDescription
        do {
            try write(to: writer)
            description = try writer.finish()
        } catch {
            try? writer.abandon()
            throw error
        }
        let positions = segments.compactMap(\.positions)
        var edit = ManifestEdit()
        if let first = positions.first, let last = positions.last {
            edit.added = [ManifestSegment(description, positions: first.lowerBound...last.upperBound)]
        } else {
            edit.added = [ManifestSegment(description)]
        }
        edit.removed = segments.map(\.id)
        return edit
    }

    private func write(to writer: SegmentWriter) throws {
        let hints = SegmentHints(registry)
        let watermark = try self.watermark()
        var rollups = [[RollupPart]](repeating: [], count: layouts.rollups.count)
        for layout in layouts.tables {
            let table = try MergedTable(
                layout.name, columns: layout.columns, of: segments, by: .time("time", then: "position"),
                check: stop.check)
            try table.forEachPiece(check: stop.check) { chunk in
                let own = Chunk(columns: Array(chunk.columns.prefix(layout.columns.count)), rowCount: chunk.rowCount)
                for (index, rollup) in layouts.rollups.enumerated() where rollup.source == Int(layout.typeID) {
                    rollups[index].append(rollup.layout.fold(own, watermark: watermark))
                }
                let absent = table.columns.firstIndex { $0.name == EventTableLayout.timeAbsentColumn }
                writer.add(identities: try identities(of: own, layout, isTimeAbsent: absent.map { chunk.columns[$0] }))
                try writer.add(encodeGroup(table: layout.name, columns: hints.columns(table.columns), chunk: chunk))
            }
        }
        let others: [(name: String, columns: [TableColumn], order: MergedTable.Order)] = [
            ("turns", ReadModelColumns.turns, .time("time", then: nil)),
            ("conversations", ReadModelColumns.conversations, .time("start_time", then: nil)),
            ("system_events", SystemTables.events, .asTheyStand),
            ("dead_letters", SystemTables.deadLetters, .asTheyStand),
        ]
        for (name, columns, order) in others {
            let table = try MergedTable(name, columns: columns, of: segments, by: order, check: stop.check)
            try table.forEachPiece(check: stop.check) { chunk in
                try writer.add(encodeGroup(table: name, columns: hints.columns(table.columns), chunk: chunk))
            }
        }
        for group in RollupGroups.encoded(rollups, layouts: layouts) { try writer.add(group) }
    }

    /// The latest received time of the events that count, as ``RollupGroups/recomputed(_:rollup:layouts:)`` has it.
    private func watermark() throws -> Int64 {
        var latest: Int64 = 0
        for segment in segments {
            for layout in layouts.tables {
                for (index, group) in segment.reader.groups(table: layout.name).enumerated() {
                    let dead = segment.deadRows(table: layout.name, group: index)
                    if dead.isEmpty {
                        guard case .timestamptz(let time)? = group.summary(named: "received_time")?.maximum else {
                            continue
                        }
                        latest = max(latest, time)
                    } else {
                        let times = try group.column(named: "received_time", type: .timestamptz)
                        for row in 0..<group.rowCount where !dead.contains(UInt32(row)) {
                            latest = max(latest, times.integer(at: row) ?? 0)
                        }
                    }
                }
            }
        }
        return latest
    }

    /// Hashes of the rows' identities, from their first fields.
    private func identities(of chunk: Chunk, _ layout: EventTableLayout, isTimeAbsent: Vector?) throws -> [UInt64] {
        let last = registry.wellKnown.tenant
        let restorer = RowRestorer(layout, registry: registry) { $0 <= last }
        let rows = try restorer.restore(
            rows: Array(0..<chunk.rowCount), of: ChunkMorsel(chunk: chunk), isTimeAbsent: isTimeAbsent)
        return rows.rows.identityHashes(key: identityKey)
    }

    /// Whether nothing of segments is left out: tables that this version does not know stay as they are.
    static func knows(_ segments: [SealedSegment], _ layouts: EventTableLayouts) -> Bool {
        let known = Set(
            layouts.tables.map(\.name) + layouts.rollups.map(\.layout.definition.name)
                + ["turns", "conversations", "system_events", "dead_letters"])
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
