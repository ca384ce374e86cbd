import Bytes
import Columnar
import Platform
import Segments

/// One live segment with the rows in it, of events and of read models, that later ones stand for.
final class SealedSegment: Sendable {
    let id: UInt64
    let reader: SegmentReader
    let replaced: ReplacedRows
    /// Positions of the events it holds; nil where it holds none.
    let positions: ClosedRange<Int64>?
    let timeRange: ClosedRange<Int64>
    /// Whether its rows stand for events that retention dropped.
    let isFrozen: Bool
    /// Whether retention dropped other events of the same conversations, whose rows stay as they are: no conversation
    /// is folded from its events any more.
    let isSettled: Bool
    /// Whether it lies where archived ones do.
    let isArchived: Bool
    /// What went then; nil of other segments, and where it cannot be read.
    let drop: RetentionDrop?
    /// Of the identities of its events, in memory: 12 bits an event.
    private let identities: BlockFilter?

    private init(
        id: UInt64, reader: SegmentReader, replaced: ReplacedRows, positions: ClosedRange<Int64>?,
        timeRange: ClosedRange<Int64>, isFrozen: Bool, isSettled: Bool, isArchived: Bool, drop: RetentionDrop?,
        identities: BlockFilter?
    ) {
        self.id = id
        self.reader = reader
        self.replaced = replaced
        self.positions = positions
        self.timeRange = timeRange
        (self.isFrozen, self.isSettled, self.isArchived, self.drop) = (isFrozen, isSettled, isArchived, drop)
        self.identities = identities
    }

    /// Opens a segment that a manifest lists or a job has made; none of its rows are replaced yet.
    /// - Throws: ``StorageError``, ``FileContentError``.
    static func open(_ entry: ManifestSegment, in directory: String, _ files: SegmentFiles) throws -> SealedSegment {
        let description = entry.description
        let reader = try SegmentReader.open(
            files: files, path: directory + "/" + description.fileName,
            expected: (description.segmentID, description.lengthBytes))
        // Without a filter every event of the segment's time is looked up, which is slow and right: that it cannot be
        // used is no reason not to open.
        return SealedSegment(
            id: description.segmentID, reader: reader, replaced: ReplacedRows(), positions: entry.positions,
            timeRange: description.timeRange ?? 0...0, isFrozen: entry.isFrozen, isSettled: entry.isSettled,
            isArchived: entry.isArchived,
            drop: try StoreError.ifReadable { try drop(reader) },
            identities: try StoreError.ifReadable { try reader.identityFilter() })
    }

    /// It stands there twice, the second time as the last of the records. What cannot be read of it is a finding of who
    /// verifies, and no reason not to open.
    private static func drop(_ reader: SegmentReader) throws -> RetentionDrop? {
        guard !reader.groups(table: ManifestSegment.frozenTable).isEmpty else { return nil }
        for table in [ManifestSegment.frozenTable, "system_events"] {
            do {
                guard let group = reader.groups(table: table).last else { continue }
                let data = try group.column(named: "data", type: .json)
                if let drop = data.text(at: group.rowCount - 1).flatMap({ RetentionDrop(data: $0) }) { return drop }
            } catch is any FileContentError {
                continue
            }
        }
        return nil
    }

    func covers(time: Int64) -> Bool { timeRange.contains(time) }

    /// False proves that no event of the segment has an identity of this hash.
    func mightContain(identity hash: UInt64) -> Bool { identities?.mightContain(hash) ?? true }

    /// The same segment with other replaced rows.
    func replacing(replaced: ReplacedRows) -> SealedSegment {
        SealedSegment(
            id: id, reader: reader, replaced: replaced, positions: positions, timeRange: timeRange,
            isFrozen: isFrozen, isSettled: isSettled, isArchived: isArchived, drop: drop, identities: identities)
    }
}

extension SealedSegment {
    /// Rows of a group that later ones stand for.
    func deadRows(table: String, group: Int) -> Set<UInt32> {
        if replaced.rows.isEmpty { return [] }
        return replaced.rows(at: ReplacedRows.Place(segment: id, table: table, group: group))
    }

    /// Whether later rows stand for some of a table's, which has so many groups.
    func hasDeadRows(table: String, groups: Int) -> Bool {
        !replaced.rows.isEmpty && (0..<groups).contains { !deadRows(table: table, group: $0).isEmpty }
    }

    /// The rows of a group that no later ones stand for, ascending.
    func liveRows(of group: RowGroup, index: Int, table: String) -> [Int] {
        let dead = deadRows(table: table, group: index)
        return (0..<group.rowCount).filter { !dead.contains(UInt32($0)) }
    }

    /// The rows of a group that count, as they are: with the segment's costs.
    func morsel(of group: RowGroup, index: Int, columns: [TableColumn], table: String, statistics: ScanStatistics)
        -> any Morsel
    {
        GroupMorsel(group: group, columns: columns, statistics: statistics).without(
            deadRows(table: table, group: index))
    }
}

extension Morsel {
    /// The morsel without some rows, which may be in either set.
    func without(_ dead: Set<UInt32>, _ more: Set<UInt32> = []) -> any Morsel {
        dead.isEmpty && more.isEmpty ? self : LiveRowsMorsel(self, without: dead, more)
    }
}

/// All live segments, oldest first. Never changes: a seal makes a new one.
struct SealedState: Sendable {
    var segments: [SealedSegment] = [] { didSet { ends.follow(segments) } }
    /// Where events begin since earlier ones were dropped.
    private(set) var ends = RetentionEnds()
    /// The last position that segments hold; 0 when there are none.
    var position: Int64 = 0
    /// Conversations whose rows no longer hold, since the last seal could not read something of them.
    var unfolded: Set<ConversationGrouping.Key> = []
    /// Conversations whose rows are made of their first events alone. Each has so many that few are in any store.
    var cut: Set<ConversationGrouping.Key> = []

    /// Events before this time (ns) may be gone of somebody; nil where none was dropped.
    var horizon: Int64? { ends.latest }

    /// What calls cost before this time (ns) is fixed in conversations, or may be; nil where it is nowhere.
    var costHorizon: Int64? {
        let settled = segments.lazy.filter(\.isSettled).map { $0.timeRange.upperBound.saturatingAdd(1) }.max()
        return [horizon, settled].compactMap { $0 }.max()
    }

    /// By scope: up to which received time a look since the start found no event that could go (ns). A start looks
    /// again, which costs little where there is none (``RetentionScope/hasRows(in:)``).
    var clear: [RetentionScope: Int64] = [:]
    /// The same of segments of settled conversations: those that were looked through.
    var clearSettled: [RetentionScope: Set<UInt64>] = [:]

    /// What retention dropped, as far as it can be read, in the order of the segments.
    var drops: [RetentionDrop] { segments.compactMap(\.drop) }

    /// Segments of events that did not go although they could: their conversations go on, and they go along with what
    /// is looked through next. They become one with no others.
    var leftOver: [UInt64: RetentionScope] {
        var scopes: [UInt64: RetentionScope] = [:]
        for drop in drops { if let id = drop.left { scopes[id] = drop.scope } }
        return scopes
    }

    /// Without what stands for events that are gone.
    var unfrozen: SealedState {
        var state = self
        state.segments.removeAll(where: \.isFrozen)
        return state
    }

    /// Takes up what the fold of a seal found.
    mutating func takeUp(_ found: FoldFindings) {
        unfolded = Set(found.unfolded.map(\.key))
        cut = cut.subtracting(found.cutBefore).union(found.cut)
    }

    /// The same with an edit applied, in the order of the manifest.
    /// - Parameter added: the edit's segments.
    func applying(_ edit: ManifestEdit, _ added: [SealedSegment]) -> SealedState {
        var state = self
        let place = edit.place(among: segments.map(\.id))
        var next = segments.filter { !edit.removed.contains($0.id) }
        next.insert(contentsOf: added, at: place)
        state.segments = next
        if let end = edit.end { state.position = end.position }
        return state.marking(ReplacedRows(edit.superseded))
    }

    /// The same with more rows marked as replaced.
    func marking(_ dead: ReplacedRows) -> SealedState {
        guard !dead.rows.isEmpty else { return self }
        let parts = dead.bySegment
        var state = self
        state.segments = segments.map { segment in
            guard let more = parts[segment.id] else { return segment }
            var replaced = segment.replaced
            replaced.merge(more)
            return segment.replacing(replaced: replaced)
        }
        return state
    }
}
