import Bytes
import Columnar
import Domain
import Platform
import Projections
import Segments

/// Lets go of the events of some segments and keeps what was made of them: two segments come in their place, or three
/// where the events of some tenants or types stay.
///
/// A conversation all of whose rows lie in these segments stays as it is; its events go, and so do those outside any
/// conversation but for budgets. Others go on, and are folded again whole with their next event: theirs stay, as
/// compaction would write them. So do those of other tenants than those whose turn it is, in a segment of their own, so
/// that they are not written anew when the ones that go on are looked at next.
///
/// Where types go, conversations that do not go on are settled: their rows stay as they are, events that stay have a
/// segment that says so (``SealedSegment/isSettled``), and no conversation is folded from them any more. Such segments
/// are looked through among themselves.
struct RetentionJob: StoreJob {
    static let kind = "retain"

    /// Why it came to nothing.
    struct Obstacle: Error, CustomStringConvertible {
        var description: String
    }

    /// In the order of their positions, which have no gap but for what other tenants' events lie in; none is frozen.
    let segments: [SealedSegment]
    /// Conversations that are folded again in any case.
    let unsettled: Set<ConversationGrouping.Key>
    /// Segments of what was left over that are not looked through: conversations with events there go on.
    var leftElsewhere: [SealedSegment] = []
    /// Where everybody's events go: what goes on is left over, for those who look for the events of some.
    var leavesOver = false
    /// What the manifest says of the segments.
    let sources: [RetentionDrop.Source]
    let registry: SchemaRegistry
    let layouts: EventTableLayouts
    let identityKey: UInt64
    /// What the calls that go cost for ever.
    let overlay: CostOverlay
    /// What that is made of, and what else must not change until the edit is published.
    let basis: RetentionBasis
    /// Whose events go, or which, and why.
    let tier: RetentionTier
    /// Of the last event, and when it came.
    let position, receivedTime: Int64
    /// By the clock that is believed.
    let clockTime: Int64
    let stop: CompactionStop
    /// The store in whose archive the events of other tenants go on; nil: among the other segments.
    var archive: StoreFiles?
    /// Of an archive outside the data directory.
    var archiveClaim: ArchiveClaim?

    var kind: String { Self.kind }
    var segmentsMax: Int { tier.scope == .all ? 2 : 3 }
    /// Whether conversations of their events are settled already: then no conversation is looked at any more.
    var areSettled: Bool { segments.allSatisfy(\.isSettled) }
    /// Whether what stays of others is of settled conversations.
    private var settles: Bool { tier.scope.isOfTypes || tier.scope != .all && areSettled }
    /// No event of the segments was received later (ns).
    var receivedUntil: Int64 { RollupGroups.watermark(of: segments, layouts) }

    /// - Complexity: as of a compaction of the segments, and a second look at the events that go. Where there are none
    ///   of those whose turn it is, a look at whose the events are, and nothing changes, unless conversations are to be
    ///   settled.
    func prepare(_ base: StoreJobBase) throws -> ManifestEdit {
        var edit = ManifestEdit()
        guard try holdsAny() else { return edit }
        let settled = try settledConversations()
        let frozen = try FrozenRows(self, settled: settled)
        // Where the first with positions stood: what was left over before lies ahead of others' events, and stays there
        // no longer.
        let (placed, others) = (segments.filter { $0.positions != nil }, segments.filter { $0.positions == nil })
        edit.removed = (tier.scope == .all && !leavesOver ? segments : placed + others).map(\.id)
        let positions = segments.compactMap(\.positions)
        let own = positions.first.flatMap { first in positions.last.map { first.lowerBound...$0.upperBound } }
        var rests: [Rest] = []
        do {
            try writeRests(besides: settled, base, to: &rests)
            let left = rests.first(where: \.isLeftOver)?.description.segmentID
            // The positions go with the events that are left, so that these are found by them.
            let leftBytes = rests.reduce(0) { $0 + $1.description.lengthBytes }
            var frozen = frozen
            (frozen.drop.positions, frozen.drop.left, frozen.drop.settled) = (own, left, settledSegment(among: rests))
            let description = try writeFrozen(frozen, leftBytes: leftBytes, base)
            let isPlaced = rests.contains { !$0.isLeftOver }
            edit.added = [ManifestSegment(description, positions: isPlaced ? nil : own)]
        } catch {
            for rest in rests { try? base.fileSystem.remove(base.directory + "/" + rest.description.fileName) }
            throw error
        }
        var past = ReplacedRows()
        for rest in rests {
            edit.added.append(ManifestSegment(rest.description, positions: rest.isLeftOver ? nil : own))
            past.merge(rest.past)
        }
        edit.superseded = past.manifestRows
        return edit
    }

    /// Whether an event in the segments is of those whose turn it is, or of a conversation that is to be settled, as in
    /// segments behind them others of it may lie.
    private func holdsAny() throws -> Bool {
        if tier.scope == .all || tier.scope.isOfTypes && !areSettled { return true }
        let others = ConversationFilter.others(than: tier.scope)
        for layout in layouts.tables where tier.scope.contains(type: layout.typeName) {
            let others = others.staying(of: layout)
            for (segment, group) in groups(of: layout) {
                try stop.check()
                // Mostly whose rows they are decides, and conversations are not read.
                guard try tier.scope.hasRows(in: group) else { continue }
                if try others.rows(of: group, in: segment).contains(false) { return true }
            }
        }
        return false
    }

    private func groups(of layout: EventTableLayout) -> [(segment: SealedSegment, group: RowGroup)] {
        segments.flatMap { segment in segment.reader.groups(table: layout.name).map { (segment, $0) } }
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
        let settled = keys.subtracting(unsettled).filter { tier.scope.contains($0.tenant) }
        return settled.subtracting(try goingOnElsewhere(among: settled))
    }

    /// Those of some conversations that have events in what was left over and is not looked through.
    private func goingOnElsewhere(
        among keys: Set<ConversationGrouping.Key>
    ) throws -> Set<ConversationGrouping.Key> {
        var found: Set<ConversationGrouping.Key> = []
        guard !keys.isEmpty, !leftElsewhere.isEmpty else { return found }
        let all = keys.sorted()
        let index = ConversationIndex(all)
        for layout in layouts.tables {
            for group in leftElsewhere.flatMap({ $0.reader.groups(table: layout.name) }) {
                try stop.check()
                for match in try group.rows(of: index) { found.insert(all[match.key]) }
            }
        }
        return found
    }

    /// A segment of events that stay.
    private struct Rest {
        var description: SegmentDescription
        var past: ReplacedRows
        /// It has the events of conversations that go on, and nobody else's.
        var isLeftOver: Bool
    }

    /// That of settled conversations' events.
    private func settledSegment(among rests: [Rest]) -> UInt64? {
        settles ? rests.first { !$0.isLeftOver }?.description.segmentID : nil
    }

    /// What goes on; nothing where nothing does. Where others' events stay they have a segment even if there are none,
    /// which has the positions of all: what went before lies between.
    /// - Parameter rests: gets each segment once it is written, whatever comes of the next one.
    private func writeRests(
        besides settled: Set<ConversationGrouping.Key>, _ base: StoreJobBase, to rests: inout [Rest]
    ) throws {
        let scope = tier.scope
        if scope == .all {
            let staying = ConversationFilter.staying(besides: settled, in: scope)
            if var rest = try writeRest(staying, as: base.segmentID + 1, base) {
                rest.isLeftOver = leavesOver
                rests.append(rest)
            }
            return
        }
        let goingOn = ConversationFilter.goingOn(besides: settled, in: scope)
        if var left = try writeRest(goingOn, as: base.segmentID + 1, base) {
            left.isLeftOver = true
            rests.append(left)
        }
        let others = try writeRest(
            .others(than: scope, besides: settled), as: base.segmentID + 2, isOthers: true, base)
        if let others { rests.append(others) }
    }

    /// - Parameter isOthers: of other tenants or types: archived where all was, and there even if it holds nothing.
    private func writeRest(
        _ rest: ConversationFilter, as segmentID: UInt64, isOthers: Bool = false, _ base: StoreJobBase
    ) throws -> Rest? {
        let archive = isOthers ? archive : nil
        let merge = CompactionJob(
            segments: segments, registry: registry, layouts: layouts, identityKey: identityKey,
            compression: archive == nil ? .zstd : .archive, stop: stop, filter: rest, archive: archive,
            archiveClaim: archive == nil ? nil : archiveClaim,
            isSettled: isOthers && settles)
        let writer = try SegmentWriter(
            fileSystem: base.fileSystem, directory: try merge.folder(base), segmentID: segmentID,
            flushesInSteps: base.isBesideWriter)
        do {
            let (past, groups) = try merge.write(to: writer)
            if groups > 0 || isOthers {
                return Rest(description: try merge.finish(writer), past: past, isLeftOver: false)
            }
        } catch {
            try? writer.abandon()
            throw error
        }
        try writer.abandon()
        return nil
    }

    /// Rows of the conversations that stay as they are, rollups of the events that go, all records, and what went.
    /// - Parameter leftBytes: of the segments of what goes on.
    private func writeFrozen(
        _ frozen: FrozenRows, leftBytes: Int, _ base: StoreJobBase
    ) throws -> SegmentDescription {
        let writer = try SegmentWriter(
            fileSystem: base.fileSystem, directory: base.directory, segmentID: base.segmentID,
            flushesInSteps: base.isBesideWriter)
        do {
            var drop = frozen.drop
            drop.bytes = Int64(max(0, segments.reduce(0) { $0 + $1.reader.lengthBytes } - leftBytes))
            let hints = SegmentHints(registry)
            let settled = ConversationFilter(of: frozen.settled)
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
            try writeRecords(drop, hints, to: writer)
            return try writer.finish()
        } catch {
            try? writer.abandon()
            throw error
        }
    }

    /// All records, and what went as the last of them.
    private func writeRecords(_ drop: RetentionDrop, _ hints: SegmentHints, to writer: SegmentWriter) throws {
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
        let table = tier.scope.isOfTypes ? ManifestSegment.typesFrozenTable : ManifestSegment.partlyFrozenTable
        for name in ["system_events", ManifestSegment.frozenTable] + (tier.scope == .all ? [] : [table]) {
            try writer.add(
                table: name, columns: hints.columns(SystemTables.events), chunk: SystemTables.chunks([note]).events)
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
