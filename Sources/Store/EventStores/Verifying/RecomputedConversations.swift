import Columnar
import Domain
import Platform
import Projections
import Segments
import Synchronization

/// The rows of all conversations, folded from their events alone: what read models are compared with.
///
/// First columns say when each conversation was; then each part of them (``ConversationParts``) is folded by one
/// worker, and what it comes to is added up. Parts of short conversations have their turn in the order of their times,
/// so that groups are read about once for all of them (``GroupSweep``); each of the others reads for itself. Columns
/// are folded as they are (``PartFold``), and of turns no rows are made but what these would be summed up to; rows of
/// events are made of a conversation alone that is larger than a part.
final class RecomputedConversations: Sendable {
    /// Events of one part, where there are very many workers.
    private static let partEventsMin = 20_000
    /// Bytes of files whose events are in memory together, over all workers: rows are some times longer.
    private static let bytesAtOnce = 64 << 20
    /// Groups whose columns are read before what they say is collected.
    private static let groupsAtOnce = 64
    /// What is held at one time, in turns: one is folded, one read, and of groups that reach beyond there is as much
    /// again.
    private static let turnsHeld = 4

    /// Of what was read.
    let statistics = ScanStatistics()
    private let version: StoreVersion
    private let layouts: EventTableLayouts
    private let registry: SchemaRegistry
    private let workers: any Workers
    private let groups: [EventGroup]
    private let columns: FoldColumns
    /// Of these and of what is unsealed.
    private let rowCount: Int
    private let progress: VerificationProgress.Count
    private let counts = Mutex(
        (parts: 0, readGroups: 0, readEvents: 0, restoredRows: 0, heldEvents: 0, idReadings: 0))
    private let held: HeldEvents

    /// Parts in which conversations were folded.
    var parts: Int { counts.withLock { $0.parts } }
    /// How often the events of a group were read to be folded.
    var readGroups: Int { counts.withLock { $0.readGroups } }
    /// How often ids of events of a group were read, for conversations in whose order they have a say.
    var idReadings: Int { counts.withLock { $0.idReadings } }
    /// Events that were read to be folded.
    var readEvents: Int { counts.withLock { $0.readEvents } }
    /// Those of which rows were made.
    var restoredRows: Int { counts.withLock { $0.restoredRows } }
    /// The most events of one large conversation that were in memory.
    var heldEvents: Int { counts.withLock { $0.heldEvents } }
    /// The most events of short conversations that were.
    var gatheredEvents: Int { held.most }

    init(
        _ version: StoreVersion, _ layouts: EventTableLayouts, _ registry: SchemaRegistry, _ workers: any Workers,
        _ tell: @escaping VerificationProgress.Tell
    ) {
        (self.version, self.layouts, self.registry, self.workers) = (version, layouts, registry, workers)
        columns = FoldColumns(registry)
        let columns = columns
        var groups: [EventGroup] = []
        for layout in layouts.tables {
            guard let conversation = layout.index(of: "conversation_id") else { continue }
            let restorer = RowRestorer(layout, registry: registry, isWanted: columns.reads)
            for segment in version.sealed.segments where !segment.isSettled {
                for (number, group) in segment.reader.groups(table: layout.name).enumerated() {
                    groups.append(
                        EventGroup(
                            group: group, segment: segment, number: number, layout: layout,
                            conversation: conversation, restorer: restorer, times: group.timeRange))
                }
            }
        }
        self.groups = groups
        rowCount = groups.reduce(0) { $0 + $1.group.rowCount } + version.tail.readBlocks.reduce(0) { $0 + $1.count }
        let turnEvents = Self.partEvents(version, rowCount, workers) * max(1, workers.parallelism)
        held = HeldEvents(laterMax: (Self.turnsHeld - 2) * turnEvents)
        progress = VerificationProgress.Count(.events, total: 2 * rowCount, tell)
    }

    /// Folds all conversations and counts their rows.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading pages.
    func add(to digest: inout ReadModelDigest) throws {
        let parts = ConversationParts(try stretches(), eventsMax: partEvents)
        counts.withLock { $0.parts = parts.parts.count }
        let unsealed = try unsealedRows(parts)
        try sweep(parts, unsealed, into: &digest)
        // As many digests at a time as there are workers: of cut conversations they hold names.
        let omitted = digest.omitted
        for first in stride(from: parts.shortCount, to: parts.parts.count, by: Self.groupsAtOnce) {
            let count = min(Self.groupsAtOnce, parts.parts.count - first)
            let digests = try workers.map(count: count) { index in
                let part = UInt32(first + index)
                var one = ReadModelDigest(leavingOut: omitted)
                try self.add(part, in: parts, unsealed[Int(part)] ?? [], to: &one)
                self.progress.add(parts.parts[Int(part)].events)
                return one
            }
            for one in digests { digest.merge(one) }
        }
    }

    /// What one job of a sweep comes to.
    private enum Swept: Sendable {
        case digest(ReadModelDigest)
        case found(GroupSweep.Found)
    }

    /// Folds the parts of short conversations, as many in a turn as there are workers. While those of a turn are
    /// folded, groups are read for the next one.
    private func sweep(
        _ parts: ConversationParts, _ unsealed: [Int: [(block: Int, rows: [Int])]], into digest: inout ReadModelDigest
    ) throws {
        var sweep = GroupSweep(groups.map(\.times), parts)
        let (end, size) = (sweep.partCount, UInt32(clamping: max(1, workers.parallelism)))
        let omitted = digest.omitted
        var turn: Range<UInt32> = 0..<0
        while turn.upperBound < end || !turn.isEmpty {
            let next = turn.upperBound..<min(turn.upperBound + size, end)
            let readings = sweep.readings(before: next)
            held.begin(sweep.eventCount(of: next))
            let shares = turn.map { sweep.take($0) }
            let folded = turn
            let swept = try workers.map(count: shares.count + readings.count) { index -> Swept in
                guard index < shares.count else {
                    return .found(try self.read(readings[index - shares.count], before: end, in: parts))
                }
                let part = Int(folded.lowerBound) + index
                var one = ReadModelDigest(leavingOut: omitted)
                try self.add(shares[index], unsealed[part] ?? [], to: &one)
                self.progress.add(parts.parts[part].events)
                return .digest(one)
            }
            held.remove(shares.joined().reduce(0) { $0 + $1.table.count })
            for one in swept {
                switch one {
                case .digest(let one): digest.merge(one)
                case .found(let found): sweep.keep(found)
                }
            }
            turn = next
        }
    }

    /// Reads a group for the parts whose turn comes, and for later ones as far as there is room.
    private func read(
        _ reading: GroupSweep.Reading, before end: UInt32, in parts: ConversationParts
    ) throws -> GroupSweep.Found {
        var found = GroupSweep.Found(group: reading.group, given: end)
        let isRead = try groups[reading.group].events(
            of: reading.turn.lowerBound..<end, now: reading.turn, in: parts, statistics, version.overlay, for: columns,
            textBytesMax: version.foldLimits.bytesAtOnce,
            hasRoom: { rows in
                let hasRoom = held.addIfThereIsRoom(rows)
                if !hasRoom { found.given = reading.turn.upperBound }
                return hasRoom
            }
        ) { part, events in
            if reading.turn.contains(part) { held.add(events.table.count) }
            found.shares.append((part, events))
        }
        if isRead { counts.withLock { $0.readGroups += 1 } }
        return found
    }

    /// How many events a part is to have. What a store's rows weigh its files tell, roughly.
    private var partEvents: Int {
        Self.partEvents(version, rowCount, workers)
    }

    private static func partEvents(_ version: StoreVersion, _ rowCount: Int, _ workers: any Workers) -> Int {
        let bytes = version.sealed.segments.reduce(version.tail.byteCount) { $0 + $1.reader.lengthBytes }
        let parallelism = max(1, workers.parallelism)
        let eventsAtOnce = version.foldLimits.verifiedEventsAtOnce / turnsHeld
        let perWorker = max(min(partEventsMin, eventsAtOnce), eventsAtOnce / parallelism)
        let partBytes = max(1, bytesAtOnce / turnsHeld / parallelism)
        return max(1, min(perWorker, rowCount / (bytes / partBytes + 1) + 1))
    }

    /// Of all conversations, one each.
    private func stretches() throws -> [ConversationParts.Stretch] {
        var collection = StretchCollection()
        for first in stride(from: 0, to: groups.count, by: Self.groupsAtOnce) {
            let found = try workers.map(count: min(Self.groupsAtOnce, groups.count - first)) { index in
                let group = self.groups[first + index]
                let stretches = try group.stretches(self.statistics, self.version.overlay)
                self.progress.add(group.group.rowCount)
                return stretches
            }
            for stretches in found { collection.add(stretches) }
        }
        for block in version.tail.readBlocks {
            var stretches: [ConversationParts.Stretch] = []
            for row in block.rows {
                guard let id = row.text(of: registry.wellKnown.conversationID) else { continue }
                stretches.append(
                    ConversationParts.Stretch(id: ConversationParts.id(of: id), times: row.time...row.time))
            }
            collection.add(stretches)
            progress.add(block.count)
        }
        return collection.finish()
    }

    /// By part, where its unsealed events stand.
    private func unsealedRows(_ parts: ConversationParts) throws -> [Int: [(block: Int, rows: [Int])]] {
        var found: [Int: [(block: Int, rows: [Int])]] = [:]
        for (number, block) in version.tail.readBlocks.enumerated() {
            var taken: [Int: [Int]] = [:]
            for (index, row) in block.rows.enumerated() {
                guard let id = row.text(of: registry.wellKnown.conversationID),
                    let part = parts.part(of: ConversationParts.id(of: id))
                else { continue }
                taken[Int(part), default: []].append(index)
            }
            // order: each goes to a place of its own.
            for (part, rows) in taken { found[part, default: []].append((number, rows)) }
        }
        return found
    }

    /// Adds the rows of the conversations of one part that reads for itself.
    private func add(
        _ part: UInt32, in parts: ConversationParts, _ unsealed: [(block: Int, rows: [Int])],
        to digest: inout ReadModelDigest
    ) throws {
        if parts.parts[Int(part)].isLarge {
            return try digest.add(rows(ofLarge: part, in: parts, unsealed), version.closing)
        }
        var shares: [GroupEvents] = []
        for group in groups {
            let isRead = try group.events(
                of: part..<part + 1, now: part..<part + 1, in: parts, statistics, version.overlay, for: columns,
                textBytesMax: version.foldLimits.bytesAtOnce, hasRoom: { _ in true }
            ) { shares.append($1) }
            if isRead { counts.withLock { $0.readGroups += 1 } }
        }
        try add(shares, unsealed, to: &digest)
    }

    /// Adds the rows of the conversations of one part, all of whose events are here.
    private func add(
        _ shares: [GroupEvents], _ unsealed: [(block: Int, rows: [Int])], to digest: inout ReadModelDigest
    ) throws {
        var fold = PartFold(registry, columns, version.foldLimits)
        fold.reserve(shares.reduce(unsealed.reduce(0) { $0 + $1.rows.count }) { $0 + $1.table.count })
        let tail = version.tail.readBlocks
        for (number, indices) in unsealed {
            count(indices.count)
            fold.add(tail[number], rows: indices)
        }
        for events in shares {
            count(events.table.count)
            fold.add(events)
        }
        try digest.add(fold.rows(leavingOut: digest.omitted), version.closing)
        let idReadings = fold.idReadings
        counts.withLock { $0.idReadings += idReadings }
    }

    /// Read-model rows of a large conversation, of which more than its rows are made of never stay.
    private func rows(
        ofLarge part: UInt32, in parts: ConversationParts, _ unsealed: [(block: Int, rows: [Int])]
    ) throws -> ConversationRows {
        let limits = version.foldLimits
        var large = RecomputedEvents(columns, limits)
        func take(_ rows: PlacedRows) {
            count(rows.count)
            large.add(rows, registry.wellKnown)
        }
        for group in groups {
            let rows = try group.rows(of: part, in: parts, statistics, version.overlay)
            counts.withLock { $0.restoredRows += rows.count }
            take(rows)
        }
        let tail = version.tail.readBlocks
        for (number, indices) in unsealed {
            var rows = PlacedRows()
            for index in indices {
                rows.append(
                    tail[number].rows[index], position: tail[number].position(of: index),
                    receivedTime: tail[number].receivedTimes[index], cost: tail[number].costs[index])
            }
            take(rows)
        }
        let held = large.heldEvents
        counts.withLock { $0.heldEvents = max($0.heldEvents, held) }
        return try ConversationRows.folding(
            large.blocks, dirty: [], leftOut: large.leftOut, sealed: SealedState(),
            overlay: version.overlay, layouts: layouts, registry: registry, workers: InlineWorkers(), limits: limits)
    }

    private func count(_ events: Int) { counts.withLock { $0.readEvents += events } }
}
