import Columnar
import Domain
import Projections
import Segments

/// A rollup's parts: the rows that segments carry, and events themselves where there are none.
///
/// Events stand for themselves in segments without rows (written before the rollup was, or not worth it), in those of
/// whose events some were replaced later, in those with calls that a late price concerns when costs are asked for, and
/// in the unsealed tail. So the parts add up to what the events do, wherever each lies.
struct RollupTable: TableSource {
    let layout: RollupLayout
    /// Others whose rows may stand in for those of this one, in segments that were written before it was.
    let finer: [RollupLayout]
    /// Whose events it is made of.
    let sources: [RollupSource]

    var name: String { layout.definition.name }
    var columns: [TableColumn] { layout.columns }

    func morsels(for request: ScanRequest) throws -> [any Morsel] {
        guard let sealed = sources.first?.events.sealed else { return [] }
        let asked = request.columns + request.predicates.map(\.column)
        // A row of several events is not refuted by what its measures add up to.
        let predicates = request.predicates.filter { layout.contents[$0.column].isKey }
        var morsels: [any Morsel] = []
        let names = columns.map(\.name)
        for segment in sealed.segments {
            try request.check()
            let rows = rows(of: segment, asked)
            if segment.isFrozen, rows.isEmpty, lacks(segment) { request.statistics.note(Self.lack(of: name)) }
            if !rows.isEmpty, try !sources.contains(where: { try $0.isChanged(in: segment, asked, request.check) }) {
                for group in rows {
                    request.statistics.add(groupsTotal: 1)
                    if try group.canSkip(predicates, names: names, statistics: request.statistics) {
                        request.statistics.add(groupsSkipped: 1)
                    } else {
                        morsels.append(
                            GroupMorsel(
                                group: group, columns: columns, statistics: request.statistics, sharesTexts: true))
                    }
                }
            } else {
                for source in sources { morsels += try source.morsels(of: segment, predicates, request) }
            }
        }
        for source in sources {
            for morsel in source.events.unsealedMorsels(request.statistics) {
                morsels.append(EventsAsRollupMorsel(base: morsel, layout: source.layout))
            }
        }
        return morsels
    }

    /// Whether a segment of which the events are gone has them not in this rollup: it came with a later version, or has
    /// other columns since.
    private func lacks(_ segment: SealedSegment) -> Bool {
        !segment.reader.groups(table: name).isEmpty || !(segment.drop?.rollups.contains(name) ?? false)
    }

    private static func lack(of name: String) -> String {
        "\(name) lacks events that were dropped before this version could count them in it: rows of type "
            + "\(RetentionDrop.recordType) in system_events say which"
    }

    /// A segment's rows, of this rollup or of a finer one; none where it has none that hold all that is asked.
    private func rows(of segment: SealedSegment, _ asked: [Int]) -> [RowGroup] {
        let needed = asked.map { columns[$0].name } + layout.definition.dimensions
        for layout in [layout] + finer {
            let rows = segment.reader.groups(table: layout.definition.name)
            let isWhole = rows.allSatisfy { group in needed.allSatisfy { group.columnIndex(named: $0) != nil } }
            if !rows.isEmpty, isWhole { return rows }
        }
        return []
    }
}

/// The events of one type in a rollup.
struct RollupSource: Sendable {
    let events: EventTable
    /// The rollup's layout over their columns.
    let layout: RollupLayout

    /// Whether a segment's rollup rows no longer say what its events of the type do: they hold the rows that later ones
    /// have come to stand for since the segment was made, and costs before late prices.
    /// - Parameter asked: columns of the rollup.
    func isChanged(in segment: SealedSegment, _ asked: [Int], _ check: () throws -> Void) throws -> Bool {
        let groups = segment.reader.groups(table: events.name)
        if groups.isEmpty { return false }
        try check()
        if groups.indices.contains(where: {
            !groups[$0].isPast && !segment.deadRows(table: events.name, group: $0).isEmpty
        }) {
            return true
        }
        let asksCosts = asked.contains { index in layout.contents[index].source.map(events.layout.isCost) ?? false }
        return asksCosts && groups.contains(where: events.overlay.concerns)
    }

    /// A segment's events as rows of the rollup.
    /// - Parameter predicates: conditions on keys.
    func morsels(
        of segment: SealedSegment, _ predicates: [ColumnPredicate], _ request: ScanRequest
    ) throws -> [any Morsel] {
        var narrow = request
        (narrow.columns, narrow.predicates, narrow.mayJoin) = ([], narrowed(predicates), false)
        return try events.morsels(of: segment, for: narrow).map { EventsAsRollupMorsel(base: $0, layout: layout) }
    }

    /// Conditions on keys in the events' own columns.
    private func narrowed(_ predicates: [ColumnPredicate]) -> [ColumnPredicate] {
        predicates.compactMap { predicate in
            switch layout.contents[predicate.column] {
            case .bucket(let index), .dimension(let index):
                ColumnPredicate(column: index, comparison: predicate.comparison)
            default: nil
            }
        }
    }
}

extension RollupLayout.Content {
    /// The source's column; nil for the number of events.
    var source: Int? {
        switch self {
        case .bucket(let index), .dimension(let index), .count(let index), .sum(let index), .minimum(let index),
            .maximum(let index), .histogram(let index), .atMost(let index, _):
            index
        case .events: nil
        }
    }

    /// Equal for all events of a row.
    var isKey: Bool {
        switch self {
        case .bucket, .dimension: true
        default: false
        }
    }
}

/// Events as rows of a rollup that stand for one event each, at its own time.
struct EventsAsRollupMorsel: Morsel {
    let base: any Morsel
    let layout: RollupLayout

    var rowCount: Int { base.rowCount }

    func column(_ index: Int) throws -> Vector {
        let type = layout.columns[index].type
        switch layout.contents[index] {
        case .bucket(let source), .dimension(let source), .minimum(let source), .maximum(let source):
            return try base.column(source)
        case .events:
            return .constant(.integer(1), type: .integer, count: rowCount)
        case .count(let source):
            let values = try base.column(source)
            return ones { !values.isNull($0) }
        case .atMost(let source, let bound):
            let values = try base.column(source)
            return ones { row in values.integer(at: row).map { $0 <= bound } ?? false }
        case .sum(let source):
            let values = try base.column(source)
            return values.type == type ? values : values.asNumeric(type)
        case .histogram:
            return .constant(.null, type: type, count: rowCount)
        }
    }

    func summary(_ index: Int) -> ColumnSummary? {
        guard layout.contents[index].isKey, let source = layout.contents[index].source else { return nil }
        return base.summary(source)
    }

    private func ones(_ isOne: (Int) -> Bool) -> Vector {
        Vector(type: .integer, count: rowCount, storage: .int64((0..<rowCount).map { isOne($0) ? 1 : 0 }))
    }
}

extension Vector {
    /// Integers as decimals without places.
    fileprivate func asNumeric(_ type: ColumnType) -> Vector {
        if case .constant(.integer(let value)) = storage {
            return .constant(.numeric(Int128(value), scale: 0), type: type, count: count)
        }
        return typed(type)
    }
}
