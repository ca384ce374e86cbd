import Columnar
import Domain
import Platform
import Projections
import Segments
import Synchronization

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
    /// When the last of the events came that were looked through then, but for tenants and types with a period of their
    /// own (ns); nil where none was dropped.
    package var droppedUntil: Int64?
    /// What of theirs was, by name.
    package var droppedTenants: [RetentionStatus.Share] = []
    /// And of types with one, by name.
    package var droppedTypes: [RetentionStatus.Share] = []
    /// Conversations whose rows an earlier version of the program made, which lack what is compared: when somebody last
    /// acted, or that they are cut. They come anew with their next event.
    package var conversationsOfOldForms = 0
    // tests: that each event is read once, whatever the size of the store.
    /// Events that were read to be folded.
    package var readEvents = 0
    // tests: that of sealed events of small conversations no row is made.
    /// Those of which rows were made.
    package var restoredRows = 0
    // tests: that each group is read about once, however parts lie.
    /// How often the events of a group were read to be folded.
    package var readGroups = 0
    // tests: that nobody reads ids who does not need them.
    /// How often ids of events of a group were read for it.
    package var idReadings = 0
    // tests: likewise, few pages more than once.
    /// Pages that were read for it.
    package var readPages = 0
    // tests: none of them more than once.
    /// Pages of events that were read for rollups.
    package var readRollupPages = 0
    // tests: likewise.
    /// Parts in which conversations were folded.
    package var foldedParts = 0
    // tests: that what is read for later parts stays within the limit.
    /// The most events that were in memory of conversations that are smaller than a part.
    package var gatheredEvents = 0
    // tests: that of a conversation that is cut twice what its rows are made of stays at most.
    /// The most events of one large conversation that were in memory.
    package var heldEvents = 0
}

/// How far a verification is.
package struct VerificationProgress: Sendable {
    /// What is counted.
    package enum Step: Sendable {
        /// Bytes of files that were read.
        case files
        /// Events that were looked at, once for when their conversations were and once for what these come to.
        case events
    }

    /// What ``done`` and ``total`` count.
    package var step: Step
    /// How many were.
    package var done: Int
    /// How many there are.
    package var total: Int
}

extension VerificationProgress {
    /// Is told of progress, by one thread at a time.
    package typealias Tell = @Sendable (VerificationProgress) -> Void

    /// Counts for several threads.
    final class Count: Sendable {
        private let done = Mutex(0)
        private let (step, total, tell): (Step, Int, Tell)

        init(_ step: Step, total: Int, _ tell: @escaping Tell) {
            (self.step, self.total, self.tell) = (step, total, tell)
        }

        func add(_ count: Int) {
            done.withLock {
                $0 += count
                tell(VerificationProgress(step: step, done: min($0, total), total: total))
            }
        }
    }
}

extension EventStore {
    /// Reads everything: files against the manifest, pages against their checksums, read models and rollups against a
    /// recomputation from all events, on all workers.
    /// - Parameters:
    ///   - hasReadFiles: what ``fileFaults(at:context:)`` looks at is known to be whole, and not read again.
    ///   - tell: is told how far it is.
    /// - Throws: `StorageError`, also for a file that another process has let go of meanwhile; damage is a finding.
    /// - Complexity: O(events · log conversations). In memory are ``FoldLimits/verifiedEventsAtOnce`` events, one
    ///   conversation as far as its rows are made of it, and some 64 bytes a conversation.
    package func verify(
        hasReadFiles: Bool = false, telling tell: @escaping VerificationProgress.Tell = { _ in }
    ) throws -> Verification {
        var result = Verification()
        let version = publishedVersion
        result.segments = version.sealed.segments.count
        if !hasReadFiles { result.findings = try fileFindings(version) }
        guard result.findings.isEmpty else { return result }
        return try verifyRows(of: version, result, tell)
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
    private func verifyRows(
        of version: StoreVersion, _ files: Verification, _ tell: @escaping VerificationProgress.Tell
    ) throws -> Verification {
        var result = files
        result.events = version.position
        var recomputed = ReadModelDigest(leavingOut: try version.sealed.oldFormConversations())
        let work = RecomputedConversations(version, layouts, registry, context.workers, tell)
        try work.add(to: &recomputed)
        (result.foldedParts, result.readEvents, result.restoredRows) = (work.parts, work.readEvents, work.restoredRows)
        result.idReadings = work.idReadings
        (result.heldEvents, result.gatheredEvents, result.readGroups) =
            (work.heldEvents, work.gatheredEvents, work.readGroups)
        result.readPages = work.statistics.pagesRead.load(ordering: .relaxed)
        recomputed.decide(leavingOut: try version.sealed.conversationsOfUnsaidCut(among: recomputed.cut))
        result.conversationsOfOldForms = recomputed.omitted.count
        var stored = ReadModelDigest(leavingOut: recomputed.omitted)
        let snapshot = snapshot(of: version)
        try stored.add(snapshot, context.workers)
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
        let statistics = ScanStatistics()
        result.findings += try rollupDamage(version, statistics)
        result.readRollupPages = statistics.pagesRead.load(ordering: .relaxed)
        return result
    }
}

/// Read models as a number of rows and a sum of their hashes: equal where the rows are, in whatever order they come.
struct ReadModelDigest {
    private(set) var turns = RowSum()
    private(set) var conversations = RowSum()
    private(set) var omitted: Set<ConversationGrouping.Key>
    /// Conversations that are cut: whether their rows count is decided once all are known.
    private var undecided: [ConversationGrouping.Key: (turns: RowSum, conversations: RowSum)] = [:]

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
        for key in rows.found.cut where !omitted.contains(key) { undecided[key] = (RowSum(), RowSum()) }
        for chunk in rows.turns { try add("turns", ReadModelColumns.turns, ChunkMorsel(chunk: chunk)) }
        for chunk in rows.conversations {
            let morsel = ClosingMorsel(base: ChunkMorsel(chunk: chunk), rule: closing, isOldForm: false)
            try add("conversations", ReadModelColumns.conversations, morsel)
        }
    }

    mutating func add(_ rows: PartRows, _ closing: ClosingRule) throws {
        turns.add(rows.turns)
        for (key, turns) in rows.cut { undecided[key, default: (RowSum(), RowSum())].turns.add(turns) }
        guard let chunk = rows.conversations, chunk.rowCount > 0 else { return }
        let morsel = ClosingMorsel(base: ChunkMorsel(chunk: chunk), rule: closing, isOldForm: false)
        try add("conversations", ReadModelColumns.conversations, morsel)
    }

    private mutating func add(_ name: String, _ columns: [TableColumn], _ morsel: any Morsel) throws {
        let table: WritableKeyPath<ReadModelDigest, RowSum> = name == "turns" ? \.turns : \.conversations
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
            var part = RowSum()
            part.add(vectors.map { $0.gather(rows) }, rowCount: rows.count)
            if name == "turns" { undecided[key]?.turns.add(part) } else { undecided[key]?.conversations.add(part) }
        }
    }

    /// Counts what others have counted of other conversations.
    mutating func merge(_ other: ReadModelDigest) {
        turns.add(other.turns)
        conversations.add(other.conversations)
        omitted.formUnion(other.omitted)
        undecided.merge(other.undecided) { mine, _ in mine }
    }

    /// - Precondition: no conversation is undecided.
    mutating func add(_ snapshot: StoreSnapshot, _ workers: any Workers) throws {
        precondition(undecided.isEmpty)
        let omitted = omitted
        for name in ["turns", "conversations"] {
            let table = snapshot.unfrozenReadModel(named: name)
            let morsels = try table.morsels(for: ScanRequest(columns: Array(table.columns.indices)))
            let columns = table.columns
            let digests = try workers.map(count: morsels.count) { index in
                var digest = ReadModelDigest(leavingOut: omitted)
                try digest.add(name, columns, morsels[index])
                return digest
            }
            for digest in digests { merge(digest) }
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
    static func keys(of rows: [Int], in group: RowGroup) throws -> [ConversationGrouping.Key] {
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
