import Columnar
import Segments

/// `turns` or `conversations`: the live rows of all segments, then the rows folded from the unsealed events.
///
/// Rows that a later version replaced are left out, whether that version is sealed or not.
struct ReadModelTable: TableSource {
    let name: String
    let columns: [TableColumn]
    let sealed: SealedState
    /// What silence closes; nil for `turns`.
    let closing: ClosingRule?
    /// Computed when first asked for.
    let unsealed: @Sendable (@escaping ScanRequest.Check) throws -> ConversationRows

    func morsels(for request: ScanRequest) throws -> [any Morsel] {
        let fresh = try unsealed(request.check)
        if let notice = fresh.found.notice { request.statistics.note(notice) }
        var morsels: [any Morsel] = []
        for segment in sealed.segments {
            for (index, group) in segment.reader.groups(table: name).enumerated() {
                let base = GroupMorsel(group: group, columns: columns, statistics: request.statistics)
                request.statistics.add(groupsTotal: 1)
                if try canSkip(group, request) {
                    request.statistics.add(groupsSkipped: 1)
                    continue
                }
                let place = ReplacedRows.Place(segment: segment.id, table: name, group: index)
                let (dead, more) = (segment.replaced.rows(at: place), fresh.replaced.rows(at: place))
                // A fold replaces rows that were live until then, so none is in both.
                if dead.count + more.count == group.rowCount { continue }
                morsels.append(closed(base, group).without(dead, more))
            }
        }
        let isOfTurns = name == "turns"
        for (place, chunk) in (isOfTurns ? fresh.turns : fresh.conversations).enumerated() {
            request.statistics.add(groupsTotal: 1)
            let identity = MorselIdentity(origin: fresh.origin, piece: UInt64(place) << 1 | (isOfTurns ? 1 : 0))
            morsels.append(closed(ChunkMorsel(chunk: chunk, identity: identity), nil))
        }
        return morsels
    }

    private func canSkip(_ group: RowGroup, _ request: ScanRequest) throws -> Bool {
        let names = columns.map(\.name)
        guard let closing else {
            return try group.canSkip(request.predicates, names: names, statistics: request.statistics)
        }
        return try closing.canSkip(group, request, names: names)
    }

    /// The rows with what silence makes of them.
    private func closed(_ base: any Morsel, _ group: RowGroup?) -> any Morsel {
        guard let closing else { return base }
        let isOldForm = group.map { $0.columnIndex(named: "last_activity_time") == nil } ?? false
        return ClosingMorsel(base: base, rule: closing, isOldForm: isOldForm)
    }
}

/// A morsel without its replaced rows.
struct LiveRowsMorsel: Morsel {
    let base: any Morsel
    let live: [UInt32]
    /// Those that are left out.
    let dead: [Set<UInt32>]

    var rowCount: Int { live.count }
    var identity: MorselIdentity? { base.identity?.leavingOut(dead) }
    func column(_ index: Int) throws -> Vector { try base.column(index).gather(live) }

    /// Bounds still hold without the replaced rows; counts and sums do not.
    func summary(_ index: Int) -> ColumnSummary? { nil }
}
