import Columnar
import Domain
import Platform
import Projections
import Segments
import Synchronization

/// The rows of all conversations, folded from their events alone: what read models are compared with.
///
/// First columns say when each conversation was; then each part of them (``ConversationParts``) is read and folded by
/// one worker, and what it comes to is added up. Columns are folded as they are (``PartFold``); rows are made of the
/// events of a conversation alone that is larger than a part.
final class RecomputedConversations: Sendable {
    /// Events of one part, where there are very many workers.
    private static let partEventsMin = 20_000
    /// Bytes of files whose events are in memory together, over all workers: rows are some times longer.
    private static let bytesAtOnce = 64 << 20
    /// Groups whose columns are read before what they say is collected.
    private static let groupsAtOnce = 64

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
    private let counts = Mutex((parts: 0, readEvents: 0, restoredRows: 0, heldEvents: 0))

    /// Parts in which conversations were folded.
    var parts: Int { counts.withLock { $0.parts } }
    /// Events that were read to be folded.
    var readEvents: Int { counts.withLock { $0.readEvents } }
    /// Those of which rows were made.
    var restoredRows: Int { counts.withLock { $0.restoredRows } }
    /// The most events of one large conversation that were in memory.
    var heldEvents: Int { counts.withLock { $0.heldEvents } }

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
        progress = VerificationProgress.Count(.events, total: 2 * rowCount, tell)
    }

    /// Folds all conversations and counts their rows.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading pages.
    func add(to digest: inout ReadModelDigest) throws {
        let parts = ConversationParts(try stretches(), eventsMax: partEvents)
        counts.withLock { $0.parts = parts.parts.count }
        let omitted = digest.omitted
        let unsealed = try unsealedRows(parts)
        // As many digests at a time as there are workers: of cut conversations they hold names.
        for first in stride(from: 0, to: parts.parts.count, by: Self.groupsAtOnce) {
            let count = min(Self.groupsAtOnce, parts.parts.count - first)
            let digests = try workers.map(count: count) { index in
                let part = UInt32(first + index)
                var one = ReadModelDigest(leavingOut: omitted)
                let rows = try self.rows(of: part, in: parts, unsealed[Int(part)] ?? [])
                try one.add(rows, self.version.closing)
                self.progress.add(parts.parts[Int(part)].events)
                return one
            }
            for one in digests { digest.merge(one) }
        }
    }

    /// How many events a part is to have. What a store's rows weigh its files tell, roughly.
    private var partEvents: Int {
        let bytes = version.sealed.segments.reduce(version.tail.byteCount) { $0 + $1.reader.lengthBytes }
        let eventsAtOnce = version.foldLimits.verifiedEventsAtOnce
        let perWorker = max(min(Self.partEventsMin, eventsAtOnce), eventsAtOnce / max(1, workers.parallelism))
        let partBytes = max(1, Self.bytesAtOnce / max(1, workers.parallelism))
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

    /// Read-model rows of the conversations of one part.
    private func rows(
        of part: UInt32, in parts: ConversationParts, _ unsealed: [(block: Int, rows: [Int])]
    ) throws -> ConversationRows {
        if parts.parts[Int(part)].isLarge { return try rows(ofLarge: part, in: parts, unsealed) }
        var fold = PartFold(registry, columns, version.foldLimits)
        let tail = version.tail.readBlocks
        for (number, indices) in unsealed {
            count(indices.count)
            fold.add(tail[number], rows: indices)
        }
        for group in groups {
            try group.events(
                of: part, in: parts, statistics, version.overlay, for: columns,
                textBytesMax: version.foldLimits.bytesAtOnce
            ) { events in
                count(events.table.count)
                fold.add(events)
            }
        }
        return fold.rows()
    }

    /// The same of a large conversation, of which more than its rows are made of never stay.
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

/// The events of one large conversation, or of those that have one hash of their ids: of each as many as its rows are
/// made of and at most as many again, by number and by bytes.
struct RecomputedEvents {
    private struct Event {
        var position: Int64
        var receivedTime: Int64
        var row: [UInt8]
        var cost: CallCost?
        /// What it takes while it is folded, bytes.
        var weight: Int
    }

    /// What there is of one conversation.
    private struct Kept {
        var events: [Event] = []
        /// Of all of them.
        var weight = 0

        mutating func append(_ event: Event) -> (count: Int, weight: Int) {
            events.append(event)
            weight += event.weight
            return (events.count, weight)
        }
    }

    private var byKey: [ConversationGrouping.Key: Kept] = [:]
    /// When those were that are no longer here.
    private(set) var leftOut: [ConversationGrouping.Key: ClosedRange<Int64>] = [:]
    /// The most events of one conversation that were here.
    private(set) var heldEvents = 0
    private let columns: FoldColumns
    private let eventsMax: Int
    private let bytesMax: Int

    init(_ columns: FoldColumns, _ limits: FoldLimits) {
        self.columns = columns
        (eventsMax, bytesMax) = (limits.conversationEventsMax, limits.conversationBytesMax)
    }

    mutating func add(_ rows: PlacedRows, _ known: WellKnownColumns) {
        for (index, row) in rows.rows.enumerated() {
            add(
                Event(
                    position: rows.positions[index], receivedTime: rows.receivedTimes[index], row: row.copy,
                    cost: rows.costs[index], weight: columns.weight(of: row)),
                key: ConversationGrouping.key(row, known))
        }
    }

    private mutating func add(_ event: Event, key: ConversationGrouping.Key?) {
        guard let key else { return }
        let (count, weight) = byKey[key, default: Kept()].append(event)
        heldEvents = max(heldEvents, count)
        if count > 2 * eventsMax || weight / 2 > bytesMax { trim(key) }
    }

    /// Leaves the events that rows are made of as far as they are known, as a fold cuts them, and one more, by which it
    /// is known that there are others. What comes later can only push these out.
    private mutating func trim(_ key: ConversationGrouping.Key) {
        guard var kept = byKey.removeValue(forKey: key) else { return }
        kept.events.sort { $0.position < $1.position }
        var (count, weight) = (0, 0)
        while count < min(eventsMax, kept.events.count), weight + kept.events[count].weight <= bytesMax {
            weight += kept.events[count].weight
            count += 1
        }
        let left = min(max(count, 1) + 1, kept.events.count)
        for event in kept.events[left...] {
            let time = EventRow(event.row).time
            let times = leftOut[key] ?? time...time
            leftOut[key] = min(times.lowerBound, time)...max(times.upperBound, time)
            kept.weight -= event.weight
        }
        kept.events.removeLast(kept.events.count - left)
        byKey[key] = kept
    }

    /// In the order of positions, in blocks of which none is too large for references into it.
    var blocks: [TailBlock] {
        // order: sorted by position.
        let events = byKey.values.flatMap(\.events).sorted { $0.position < $1.position }
        var blocks: [TailBlock] = []
        var first = 0
        while first < events.count {
            var (rows, next) = (EventRows(), first)
            while next < events.count, next == first || rows.bytes.count + events[next].row.count <= Self.blockBytesMax
            {
                rows.append(EventRow(events[next].row))
                next += 1
            }
            let part = events[first..<next]
            blocks.append(
                TailBlock(
                    rows, firstPosition: part[first].position, receivedTimes: part.map(\.receivedTime),
                    costs: RowCosts(part.map(\.cost)), positions: part.map(\.position)))
            first = next
        }
        return blocks
    }

    private static let blockBytesMax = 256 << 20
}
