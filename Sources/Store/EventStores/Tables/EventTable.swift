import Columnar
import Segments

/// The table of one event type: groups of all segments, then the unsealed blocks.
struct EventTable: TableSource {
    let layout: EventTableLayout
    let sealed: SealedState
    let tail: [TailBlock]
    let overlay: CostOverlay

    var name: String { layout.name }
    var columns: [TableColumn] { layout.columns }

    func morsels(for request: ScanRequest) throws -> [any Morsel] {
        try sealed.segments.flatMap { try morsels(of: $0, for: request) } + unsealedMorsels(request.statistics)
    }

    /// The groups of one segment that may hold a row the request wants.
    func morsels(of segment: SealedSegment, for request: ScanRequest) throws -> [any Morsel] {
        guard let whole = segment.reader.table(named: layout.name, number: layout.typeID) else { return [] }
        // As many conditions as a question has are looked at for each.
        try request.check()
        let count = whole.groupCount
        request.statistics.add(groupsTotal: count)
        let mayCostOther = layout.money != nil && overlay.mayConcern(whole)
        let predicates = mayCostOther ? withoutCosts(request.predicates) : request.predicates
        if whole.refutes(predicates, names: layout.columnNames) {
            request.statistics.add(groupsSkipped: count)
            return []
        }
        if request.mayJoin, count > 1, !mayCostOther, !segment.hasDeadRows(table: layout.name, groups: count) {
            return [
                SegmentMorsel(whole: whole, columns: columns) { try pieces(of: whole, in: segment, for: request) }
            ]
        }
        return try pieces(of: whole, in: segment, for: request)
    }

    private func pieces(
        of whole: SegmentTable, in segment: SealedSegment, for request: ScanRequest
    ) throws -> [any Morsel] {
        var morsels: [any Morsel] = []
        let (names, statistics) = (layout.columnNames, request.statistics)
        var sieve = whole.sieve(request.predicates, names: names, statistics: statistics)
        // Of groups whose costs a late price changes, which the footer cannot speak to.
        var costless = whole.sieve(withoutCosts(request.predicates), names: names, statistics: statistics)
        for (index, group) in whole.groups.enumerated() {
            try request.check()
            let dead = segment.deadRows(table: layout.name, group: index)
            if dead.count == group.rowCount {
                request.statistics.add(groupsSkipped: 1)
                continue
            }
            let isConcerned = !request.predicates.isEmpty && layout.money != nil && overlay.concerns(group)
            if try isConcerned ? costless.canSkip(index) : sieve.canSkip(index) {
                statistics.add(groupsSkipped: 1)
            } else {
                let morsel = layout.morsel(
                    of: group, statistics: statistics, overlay: overlay, sharesTexts: true, check: request.check)
                morsels.append(morsel.without(dead))
            }
        }
        return morsels
    }

    /// The blocks that no segment holds yet.
    func unsealedMorsels(_ statistics: ScanStatistics) -> [any Morsel] {
        let morsels = tail.compactMap { block in
            block.table(layout).map {
                ChunkMorsel(
                    chunk: $0, identity: MorselIdentity(origin: block.origin, piece: UInt64(layout.typeID)))
            }
        }
        statistics.add(groupsTotal: morsels.count)
        return morsels
    }

    private func withoutCosts(_ predicates: [ColumnPredicate]) -> [ColumnPredicate] {
        predicates.filter { !layout.isCost($0.column) }
    }
}

/// A row group of a segment. Columns are found by name, so that a segment written before a column existed reads as null
/// there.
struct GroupMorsel: Morsel {
    let group: RowGroup
    let columns: [TableColumn]
    let statistics: ScanStatistics
    /// Whether groups are compared with each other, as questions do.
    var sharesTexts = false

    var rowCount: Int { group.rowCount }

    func column(_ index: Int) throws -> Vector {
        try group.column(
            named: columns[index].name, near: index, type: columns[index].type, statistics: statistics,
            sharesTexts: sharesTexts)
    }

    func keys(_ index: Int) throws -> Vector {
        try group.column(
            named: columns[index].name, type: columns[index].type, statistics: statistics, sharesTexts: sharesTexts,
            isOfKeys: sharesTexts)
    }

    func column(_ index: Int, rows: [UInt32]) throws -> Vector {
        try group.column(
            named: columns[index].name, near: index, type: columns[index].type, rows: rows, statistics: statistics)
    }

    func keys(_ index: Int, rows: [UInt32]) throws -> Vector {
        try group.column(
            named: columns[index].name, near: index, type: columns[index].type, rows: rows, statistics: statistics,
            isOfKeys: sharesTexts)
    }

    func lacks(_ index: Int) -> Bool { group.lacks(columnNamed: columns[index].name, near: index) }

    func texts(_ index: Int) throws -> Vector? {
        guard sharesTexts else { return nil }
        return try group.texts(named: columns[index].name, near: index, statistics: statistics)
    }

    func present(_ index: Int) throws -> PresentValues? {
        try group.present(
            named: columns[index].name, near: index, statistics: statistics, sharesTexts: sharesTexts)
    }

    func rows(_ index: Int, ofTexts texts: [[UInt8]]) throws -> [UInt32]? {
        try group.rows(ofTexts: texts, in: columns[index].name, statistics: statistics)
    }

    func rows(_ index: Int, withText text: [UInt8]) throws -> [UInt32]? {
        try group.rows(withText: text, in: columns[index].name, near: index, statistics: statistics)
    }

    func rows(_ index: Int, first count: Int, descending: Bool) throws -> [UInt32]? {
        try group.rows(first: count, descending: descending, in: columns[index].name, statistics: statistics)
    }

    func rows(_ index: Int, within times: ClosedRange<Int64>) throws -> [UInt32]? {
        try group.rows(within: times, in: columns[index].name, statistics: statistics)
    }

    func runs(_ index: Int, in buckets: TimeBuckets) throws -> RunColumn? {
        try group.runs(named: columns[index].name, near: index, in: buckets, statistics: statistics)
    }

    func summary(_ index: Int) -> ColumnSummary? { group.summary(named: columns[index].name, near: index) }
    var identity: MorselIdentity? { group.identity }
}

extension EventTableLayout {
    /// A group of the type's table, its costs read through late prices where these concern it.
    /// - Parameter check: throws when its costs are no longer wanted.
    func morsel(
        of group: RowGroup, statistics: ScanStatistics, overlay: CostOverlay, sharesTexts: Bool = false,
        check: @escaping ScanRequest.Check = {}
    ) -> any Morsel {
        let base = GroupMorsel(group: group, columns: columns, statistics: statistics, sharesTexts: sharesTexts)
        guard let money, overlay.concerns(group) else { return base }
        return RepricedMorsel(base: base, layout: self, money: money, overlay: overlay, check: check)
    }
}

/// Rows in memory.
struct ChunkMorsel: Morsel {
    let chunk: Chunk
    var identity: MorselIdentity?

    var rowCount: Int { chunk.rowCount }
    func column(_ index: Int) throws -> Vector { chunk.columns[index] }
    func summary(_ index: Int) -> ColumnSummary? { nil }
}
