import Columnar
import Domain
import Hashing
import Projections
import Segments

/// What a verification looked at and found.
package struct Verification: Sendable {
    /// One line each; empty when everything is as it was written.
    package var findings: [String] = []
    /// Segment files read whole.
    package var segments = 0
    /// The last position.
    package var events: Int64 = 0
    /// Rows of the table `turns`.
    package var turns = 0
    /// Rows of the table `conversations`.
    package var conversations = 0
    /// Events of these that retention dropped: what was made of them is compared with hashes of that moment.
    package var droppedEvents: Int64 = 0
    /// When the last of the events came that were looked through then (ns); nil where none was dropped.
    package var droppedUntil: Int64?
    /// Conversations whose rows an earlier version of the program made, which lack what is compared: when somebody last
    /// acted, or that they are cut. They come anew with their next event.
    package var conversationsOfOldForms = 0
}

extension EventStore {
    /// Reads everything: files against the manifest, pages against their checksums, read models and rollups against a
    /// recomputation from all events.
    /// - Parameter hasReadFiles: what ``fileFaults(at:context:)`` looks at is known to be whole, and not read again.
    /// - Throws: `StorageError`, also for a file that another process has let go of meanwhile; damage is a finding.
    /// - Complexity: one pass over the store for each 200,000 events or so, or fewer where these are long, so that
    ///   memory stays bounded: O(events²) for very many.
    package func verify(hasReadFiles: Bool = false) throws -> Verification {
        var result = Verification()
        let version = publishedVersion
        result.segments = version.sealed.segments.count
        if !hasReadFiles { result.findings = try fileFindings(version) }
        guard result.findings.isEmpty else { return result }
        return try verifyRows(of: version, result)
    }

    private func fileFindings(_ version: StoreVersion) throws -> [String] {
        var findings: [String] = []
        for segment in version.sealed.segments {
            do {
                try segment.reader.verify()
            } catch where isOvertaken(error) {
                throw error
            } catch {
                findings.append("\(error)")
            }
        }
        return findings + (recovery.damage + recovery.restored + (try manifestDamage())).map { "\($0)" }
    }

    /// Compares read models and rollups with a recomputation.
    private func verifyRows(of version: StoreVersion, _ files: Verification) throws -> Verification {
        var result = files
        result.events = version.position
        // Bytes of files are what is known without reading; rows are some times longer.
        let bytes = version.sealed.segments.reduce(version.tail.byteCount) { $0 + $1.reader.lengthBytes }
        let parts = max(Int(version.position / 200_000), bytes / (32 << 20)) + 1
        let oldForms = try version.sealed.oldFormConversations()
        var recomputed = ReadModelDigest(leavingOut: oldForms)
        for part in 0..<parts {
            let rows = try recomputedRows(version, part: part, of: parts)
            try recomputed.add(rows, version.closing)
        }
        recomputed.decide(leavingOut: try version.sealed.conversationsOfUnsaidCut(among: recomputed.cut))
        result.conversationsOfOldForms = recomputed.omitted.count
        var stored = ReadModelDigest(leavingOut: recomputed.omitted)
        let snapshot = snapshot(of: version)
        try stored.add(snapshot)
        (result.turns, result.conversations) = (stored.turns.rows, stored.conversations.rows)
        try verifyFrozenRows(of: version, &result)
        // What went bad since its file was looked at.
        result.findings += Set(snapshot.fold.unfolded.map(\.cause.text)).sorted()
        guard result.findings.isEmpty else { return result }
        if recomputed.turns != stored.turns {
            result.findings.append(
                "turns: \(stored.turns.rows) rows stored, \(recomputed.turns.rows) recomputed, and they are not equal")
        }
        if recomputed.conversations != stored.conversations {
            result.findings.append(
                "conversations: \(stored.conversations.rows) rows stored,"
                    + " \(recomputed.conversations.rows) recomputed, and they are not equal")
        }
        // Who comes back after his events went may be cut or not, whatever rows of before say.
        let saidCut = try version.sealed.unfrozen.conversationsOfSaidCut()
        let isNoted = saidCut.isSubset(of: version.sealed.cut)
        if try !isNoted || !version.sealed.cut.subtracting(saidCut).isSubset(of: version.sealed.frozenCut()) {
            result.findings.append(
                "conversations: rows of \(saidCut.count) say that they are cut, \(version.sealed.cut.count) are noted"
                    + " as cut, and they are not the same")
        }
        result.findings += try rollupDamage(version)
        return result
    }

    /// Read-model rows of the conversations of one part, folded from their events alone.
    private func recomputedRows(_ version: StoreVersion, part: Int, of parts: Int) throws -> ConversationRows {
        let (columns, limits) = (FoldColumns(registry), version.foldLimits)
        var events = RecomputedEvents(eventsMax: limits.conversationEventsMax)
        for layout in layouts.tables {
            let restorer = RowRestorer(layout, registry: registry, isWanted: columns.reads)
            guard let conversation = layout.index(of: "conversation_id") else { continue }
            for segment in version.sealed.segments {
                for (index, group) in segment.reader.groups(table: layout.name).enumerated() {
                    let dead = segment.deadRows(table: layout.name, group: index)
                    let morsel = layout.morsel(of: group, statistics: ScanStatistics(), overlay: version.overlay)
                    let ids = try morsel.column(conversation)
                    let rows = Self.rows(ids, except: dead, in: part, of: parts)
                    if rows.isEmpty { continue }
                    let restored = try restorer.restore(rows: rows, of: morsel, isTimeAbsent: try group.timeAbsent())
                    for (index, row) in restored.rows.enumerated() {
                        events.add(
                            .init(
                                position: restored.positions[index], receivedTime: restored.receivedTimes[index],
                                row: row.copy, cost: restored.costs[index]),
                            key: ConversationGrouping.key(row, registry.wellKnown))
                    }
                }
            }
        }
        for block in version.tail.readBlocks {
            for (index, row) in block.rows.enumerated() {
                guard let id = row.text(of: registry.wellKnown.conversationID), Self.part(of: id, parts) == part else {
                    continue
                }
                events.add(
                    .init(
                        position: block.position(of: index), receivedTime: block.receivedTimes[index],
                        row: row.copy, cost: block.costs[index]),
                    key: ConversationGrouping.key(row, registry.wellKnown))
            }
        }
        return try ConversationRows.folding(
            events.blocks, dirty: [], leftOut: events.leftOut, sealed: SealedState(),
            overlay: version.overlay, layouts: layouts,
            registry: registry, workers: context.workers, limits: limits)
    }

    private static func part(of conversation: ArraySlice<UInt8>, _ parts: Int) -> Int {
        Int(xxh3(conversation) % UInt64(parts))
    }

    /// Rows of a group whose conversation is of the part, ascending. A conversation's part is computed once for all of
    /// its rows.
    private static func rows(_ ids: Vector, except dead: Set<UInt32>, in part: Int, of parts: Int) -> [Int] {
        let texts = CodedTexts(ids)
        let isOfPart = texts.codes { Self.part(of: $0, parts) == part }
        return (0..<ids.count).filter { row in isOfPart[texts.code(of: row)] && !dead.contains(UInt32(row)) }
    }
}

/// The events of some conversations, of each as many as its rows are made of and at most as many again.
private struct RecomputedEvents {
    struct Event {
        var position: Int64
        var receivedTime: Int64
        var row: [UInt8]
        var cost: CallCost?
    }

    private var byKey: [ConversationGrouping.Key: [Event]] = [:]
    /// When those were that are no longer here.
    private(set) var leftOut: [ConversationGrouping.Key: ClosedRange<Int64>] = [:]
    private let eventsMax: Int

    init(eventsMax: Int) { self.eventsMax = eventsMax }

    mutating func add(_ event: Event, key: ConversationGrouping.Key?) {
        guard let key else { return }
        byKey[key, default: []].append(event)
        guard byKey[key]?.count ?? 0 > 2 * eventsMax else { return }
        byKey[key]?.sort { $0.position < $1.position }
        for event in byKey[key]?.suffix(eventsMax) ?? [] {
            let time = EventRow(event.row).time
            let times = leftOut[key] ?? time...time
            leftOut[key] = min(times.lowerBound, time)...max(times.upperBound, time)
        }
        byKey[key]?.removeLast(eventsMax)
    }

    /// In the order of positions, in blocks of which none is too large for references into it.
    var blocks: [TailBlock] {
        // order: sorted by position.
        let events = byKey.values.joined().sorted { $0.position < $1.position }
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

/// Read models as a number of rows and a sum of their hashes: equal where the rows are, in whatever order they come.
struct ReadModelDigest {
    struct Table: Equatable {
        var rows = 0
        var sum: UInt64 = 0

        mutating func add(_ columns: [Vector], rowCount: Int) {
            add(Table(rows: rowCount, sum: RowHashes.sum(columns, rowCount: rowCount)))
        }

        mutating func add(_ other: Table) {
            rows += other.rows
            sum &+= other.sum
        }
    }

    private(set) var turns = Table()
    private(set) var conversations = Table()
    private(set) var omitted: Set<ConversationGrouping.Key>
    /// Conversations that are cut: whether their rows count is decided once all are known.
    private var undecided: [ConversationGrouping.Key: (turns: Table, conversations: Table)] = [:]

    init(leavingOut omitted: Set<ConversationGrouping.Key>) { self.omitted = omitted }

    /// Conversations that are cut and not left out so far, ascending.
    var cut: [ConversationGrouping.Key] { undecided.keys.sorted() }

    /// Counts the rows of conversations that are cut, but for some, which are left out.
    mutating func decide(leavingOut more: Set<ConversationGrouping.Key>) {
        // order: sums.
        for (key, tables) in undecided where !more.contains(key) {
            turns.add(tables.turns)
            conversations.add(tables.conversations)
        }
        undecided = [:]
        omitted.formUnion(more)
    }

    mutating func add(_ rows: ConversationRows, _ closing: ClosingRule) throws {
        for key in rows.found.cut where !omitted.contains(key) { undecided[key] = (Table(), Table()) }
        for chunk in rows.turns { try add("turns", ReadModelColumns.turns, ChunkMorsel(chunk: chunk)) }
        for chunk in rows.conversations {
            let morsel = ClosingMorsel(base: ChunkMorsel(chunk: chunk), rule: closing, isOldForm: false)
            try add("conversations", ReadModelColumns.conversations, morsel)
        }
    }

    private mutating func add(_ name: String, _ columns: [TableColumn], _ morsel: any Morsel) throws {
        let table: WritableKeyPath<ReadModelDigest, Table> = name == "turns" ? \.turns : \.conversations
        let vectors = try columns.indices.map { try morsel.column($0) }
        guard !omitted.isEmpty || !undecided.isEmpty, let tenant = columns.firstIndex(where: { $0.name == "tenant" }),
            let id = columns.firstIndex(where: { $0.name == "conversation_id" })
        else { return self[keyPath: table].add(vectors, rowCount: morsel.rowCount) }
        var (counted, waiting) = ([UInt32](), [ConversationGrouping.Key: [UInt32]]())
        for row in 0..<morsel.rowCount {
            let key = ConversationGrouping.Key(
                tenant: vectors[tenant].text(at: row) ?? "", conversation: vectors[id].text(at: row) ?? "")
            if omitted.contains(key) { continue }
            if undecided[key] != nil {
                waiting[key, default: []].append(UInt32(row))
            } else {
                counted.append(UInt32(row))
            }
        }
        self[keyPath: table].add(vectors.map { $0.gather(counted) }, rowCount: counted.count)
        // order: each goes to a place of its own.
        for (key, rows) in waiting {
            var part = Table()
            part.add(vectors.map { $0.gather(rows) }, rowCount: rows.count)
            if name == "turns" { undecided[key]?.turns.add(part) } else { undecided[key]?.conversations.add(part) }
        }
    }

    mutating func add(_ snapshot: StoreSnapshot) throws {
        for name in ["turns", "conversations"] {
            let table = snapshot.unfrozenReadModel(named: name)
            for morsel in try table.morsels(for: ScanRequest(columns: Array(table.columns.indices))) {
                try add(name, table.columns, morsel)
            }
        }
    }
}

extension SealedState {
    /// Of conversations that are cut, those whose live rows were written before rows said so.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading pages.
    /// - Complexity: a filter test for each of them and each group of such rows.
    func conversationsOfUnsaidCut(among keys: [ConversationGrouping.Key]) throws -> Set<ConversationGrouping.Key> {
        var found: Set<ConversationGrouping.Key> = []
        guard !keys.isEmpty else { return found }
        let index = ConversationIndex(keys)
        for segment in segments {
            for (number, group) in segment.reader.groups(table: "conversations").enumerated()
            where group.columnIndex(named: "cut_after") == nil {
                let place = ReplacedRows.Place(segment: segment.id, table: "conversations", group: number)
                let dead = segment.replaced.rows(at: place)
                for match in try group.rows(of: index) where !dead.contains(UInt32(match.row)) {
                    found.insert(keys[match.key])
                }
            }
        }
        return found
    }

    /// Conversations whose live rows say that they are made of the first events alone.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading pages.
    /// - Complexity: O(rows of `conversations`), one column of them.
    func conversationsOfSaidCut() throws -> Set<ConversationGrouping.Key> {
        var keys: Set<ConversationGrouping.Key> = []
        for segment in segments {
            for (index, group) in segment.reader.groups(table: "conversations").enumerated()
            where group.columnIndex(named: "cut_after") != nil {
                let cutAfter = try group.column(named: "cut_after", type: .integer)
                let rows = segment.liveRows(of: group, index: index, table: "conversations")
                keys.formUnion(try Self.keys(of: rows.filter { cutAfter.integer(at: $0) != nil }, in: group))
            }
        }
        return keys
    }

    /// The same of rows that stay as they are.
    func frozenCut() throws -> Set<ConversationGrouping.Key> {
        var frozen = self
        frozen.segments.removeAll { !$0.isFrozen }
        return try frozen.conversationsOfSaidCut()
    }

    /// The conversations of some rows of `conversations`.
    private static func keys(of rows: [Int], in group: RowGroup) throws -> [ConversationGrouping.Key] {
        guard !rows.isEmpty else { return [] }
        let tenants = try group.column(named: "tenant", type: .text)
        let ids = try group.column(named: "conversation_id", type: .text)
        return rows.map {
            ConversationGrouping.Key(tenant: tenants.text(at: $0) ?? "", conversation: ids.text(at: $0) ?? "")
        }
    }

    /// Conversations whose live rows were written before rows said when somebody last acted.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading pages.
    /// - Complexity: O(rows of such segments).
    func oldFormConversations() throws -> Set<ConversationGrouping.Key> {
        var keys: Set<ConversationGrouping.Key> = []
        for segment in segments {
            for (index, group) in segment.reader.groups(table: "conversations").enumerated()
            where group.columnIndex(named: "last_activity_time") == nil {
                let rows = segment.liveRows(of: group, index: index, table: "conversations")
                keys.formUnion(try Self.keys(of: rows, in: group))
            }
        }
        return keys
    }
}
