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
    let source: EventTable

    var name: String { layout.definition.name }
    var columns: [TableColumn] { layout.columns }

    func morsels(for request: ScanRequest) throws -> [any Morsel] {
        let asked = request.columns + request.predicates.map(\.column)
        let asksCosts = asked.contains { index in layout.contents[index].source.map(source.layout.isCost) ?? false }
        // A row of several events is not refuted by what its measures add up to.
        let predicates = request.predicates.filter { layout.contents[$0.column].isKey }
        var morsels: [any Morsel] = []
        for segment in source.sealed.segments {
            let groups = segment.reader.groups(table: source.name)
            if groups.isEmpty { continue }
            let rows = rows(of: segment, asked)
            // A segment's rollups hold the rows that later ones have come to stand for since it was made.
            let hasDead = groups.indices.contains {
                !groups[$0].isPast && !segment.deadRows(table: source.name, group: $0).isEmpty
            }
            if !rows.isEmpty, !hasDead, !(asksCosts && groups.contains(where: source.overlay.concerns)) {
                for group in rows {
                    request.statistics.add(groupsTotal: 1)
                    if try group.canSkip(predicates, names: columns.map(\.name), statistics: request.statistics) {
                        request.statistics.add(groupsSkipped: 1)
                    } else {
                        morsels.append(
                            GroupMorsel(
                                group: group, columns: columns, statistics: request.statistics, sharesTexts: true))
                    }
                }
            } else {
                let narrow = ScanRequest(columns: [], predicates: narrowed(predicates), statistics: request.statistics)
                morsels += try source.morsels(of: segment, for: narrow).map {
                    EventsAsRollupMorsel(base: $0, layout: layout)
                }
            }
        }
        for morsel in source.unsealedMorsels(request.statistics) {
            morsels.append(EventsAsRollupMorsel(base: morsel, layout: layout))
        }
        return morsels
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
