import Columnar
import Segments
import Synchronization

/// `turns` or `conversations`: the live rows of all segments, then the rows folded from the unsealed events.
///
/// Rows that a later version replaced are left out, whether that version is sealed or not.
struct ReadModelTable: TableSource {
    let name: String
    let columns: [TableColumn]
    var sealed: SealedState
    /// What silence closes; nil for `turns`.
    let closing: ClosingRule?
    /// What is known of the silence of pieces.
    let ends: SilenceEnds
    /// Computed when first asked for.
    let unsealed: @Sendable (ScanRequest) throws -> ConversationRows

    func morsels(for request: ScanRequest) throws -> [any Morsel] {
        let fresh = try unsealed(request)
        if let notice = fresh.found.notice { request.statistics.note(notice) }
        var morsels: [any Morsel] = []
        let names = columns.map(\.name)
        let stored = closing.map { $0.stored(request.predicates) } ?? request.predicates
        for segment in sealed.segments {
            guard let table = segment.reader.table(named: name) else { continue }
            var sieve = table.sieve(stored, names: names, statistics: request.statistics)
            for (index, group) in table.groups.enumerated() {
                let base = GroupMorsel(
                    group: group, columns: columns, statistics: request.statistics, sharesTexts: true)
                request.statistics.add(groupsTotal: 1)
                if try sieve.canSkip(index) || closing?.refutes(request.predicates, of: group) ?? false {
                    request.statistics.add(groupsSkipped: 1)
                    continue
                }
                let place = ReplacedRows.Place(segment: segment.id, table: name, group: index)
                let (dead, more) = (segment.replaced.rows(at: place), fresh.replaced.rows(at: place))
                // A fold replaces rows that were live until then, so none is in both.
                if dead.count + more.count == group.rowCount { continue }
                morsels.append(closed(base.without(dead, more), of: base, group))
            }
        }
        let isOfTurns = name == "turns"
        for (place, chunk) in (isOfTurns ? fresh.turns : fresh.conversations).enumerated() {
            request.statistics.add(groupsTotal: 1)
            let identity = MorselIdentity(origin: fresh.origin, piece: UInt64(place) << 1 | (isOfTurns ? 1 : 0))
            let rows = ChunkMorsel(chunk: chunk, identity: identity)
            morsels.append(closed(rows, of: rows, nil))
        }
        return morsels
    }

    /// The rows with what silence makes of them.
    private func closed(_ rows: any Morsel, of whole: any Morsel, _ group: RowGroup?) -> any Morsel {
        guard let closing else { return rows }
        let isOldForm = group.map { $0.columnIndex(named: "last_activity_time") == nil } ?? false
        return ClosingMorsel(base: rows, rule: closing, isOldForm: isOldForm, whole: whole, ends: ends)
    }
}

/// A morsel without its replaced rows.
struct LiveRowsMorsel: Morsel {
    private let base: any Morsel
    private let dead, more: Set<UInt32>
    private let live = LiveRows()
    let rowCount: Int

    /// Which rows are left is found out when they are read: most tables are listed far more often.
    private final class LiveRows: Sendable { let rows = Mutex<KeptRows?>(nil) }

    /// - Complexity: O(rows that are left out).
    init(_ base: any Morsel, without dead: Set<UInt32>, _ more: Set<UInt32>) {
        (self.base, self.dead, self.more) = (base, dead, more)
        let count = UInt32(base.rowCount)
        // order: they are counted.
        let left = more.reduce(0) { $1 < count && !dead.contains($1) ? $0 + 1 : $0 }
        // order: likewise.
        rowCount = base.rowCount - dead.reduce(left) { $1 < count ? $0 + 1 : $0 }
    }

    var identity: MorselIdentity? { base.identity?.leavingOut([dead, more]) }

    func column(_ index: Int) throws -> Vector { try base.column(index).gather(kept()) }

    func keys(_ index: Int) throws -> Vector { try base.keys(index).gather(kept()) }

    func column(_ index: Int, rows: [UInt32]) throws -> Vector {
        try base.column(index, rows: kept().rows(at: rows))
    }

    func lacks(_ index: Int) -> Bool { base.lacks(index) }

    func rows(_ index: Int, ofTexts texts: [[UInt8]]) throws -> [UInt32]? {
        try base.rows(index, ofTexts: texts).map(places)
    }

    func rows(_ index: Int, withText text: [UInt8]) throws -> [UInt32]? {
        try base.rows(index, withText: text).map(places)
    }

    func rows(_ index: Int, within times: ClosedRange<Int64>) throws -> [UInt32]? {
        try base.rows(index, within: times).map(places)
    }

    func runs(_ index: Int, in buckets: TimeBuckets) throws -> RunColumn? {
        try base.runs(index, in: buckets)?.gather(kept())
    }

    /// At which places among the rows that are left those of some stand that are left.
    private func places(of found: [UInt32]) -> [UInt32] {
        let left = found.filter { !dead.contains($0) && !more.contains($0) }
        return left.isEmpty ? [] : kept().places(of: left)
    }

    /// The rows that are left, found once.
    private func kept() -> KeptRows {
        live.rows.withLock { rows in
            let found = rows ?? liveRows()
            rows = found
            return found
        }
    }

    /// - Complexity: O(rows / 64) and O(rows that are left out), which are few of most.
    private func liveRows() -> KeptRows {
        var live = Validity(count: base.rowCount, allValid: true)
        for rows in [dead, more] {
            // order: each clears a bit of its own.
            for row in rows where row < live.count { live[Int(row)] = false }
        }
        return KeptRows(live)
    }

    /// Bounds still hold without the replaced rows, and so does it that all rows have a value or none; counts and sums
    /// do not.
    func summary(_ index: Int) -> ColumnSummary? {
        guard let known = base.summary(index) else { return nil }
        if known.nullCount == base.rowCount {
            return ColumnSummary(minimum: .null, maximum: .null, nullCount: rowCount)
        }
        guard known.nullCount == 0 else { return nil }
        var summary = ColumnSummary(minimum: known.minimum, maximum: known.maximum, nullCount: 0)
        summary.isLoose = true
        return summary
    }
}
