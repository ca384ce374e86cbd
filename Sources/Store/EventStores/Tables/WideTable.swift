import Columnar
import Segments

/// The table `events`: every event of every type, with every column of any type; null where a type has none.
struct WideTable: TableSource {
    let layouts: EventTableLayouts
    let tables: [EventTable]

    var name: String { "events" }
    var columns: [TableColumn] { layouts.wideColumns }

    func morsels(for request: ScanRequest) throws -> [any Morsel] {
        var morsels: [any Morsel] = []
        let columns = columns
        for (type, table) in tables.enumerated() {
            let sources = layouts.wideSources[type]
            guard let predicates = narrowed(request.predicates, sources, table) else {
                skip(table, request.statistics)
                continue
            }
            var narrow = request
            (narrow.columns, narrow.predicates) = ([], predicates)
            let view = WideView(sources: sources, columns: columns, table.layout)
            for morsel in try table.morsels(for: narrow) { morsels.append(WideMorsel(base: morsel, view: view)) }
        }
        return morsels
    }

    /// The predicates in the type's own columns; nil where one of them can't hold for any event of the type.
    private func narrowed(_ predicates: [ColumnPredicate], _ sources: [Int], _ table: EventTable) -> [ColumnPredicate]?
    {
        var narrowed: [ColumnPredicate] = []
        for predicate in predicates {
            let source = sources[predicate.column]
            if source >= 0, source != table.layout.type {
                narrowed.append(ColumnPredicate(column: source, comparison: predicate.comparison))
            } else {
                let value: Scalar = source < 0 ? .null : .text(table.layout.typeName)
                if !Self.holds(predicate.comparison, for: value) { return nil }
            }
        }
        return narrowed
    }

    private static func holds(_ comparison: ColumnPredicate.Comparison, for value: Scalar) -> Bool {
        guard case .text(let text) = value else { return comparison == .isNull }
        switch comparison {
        case .equal(let other): return other == value
        case .notEqual(let other): return other != value
        case .oneOf(let others): return others.contains(value)
        case .isNull: return false
        case .less(.text(let other)): return text.utf8.lexicographicallyPrecedes(other.utf8)
        case .greater(.text(let other)): return other.utf8.lexicographicallyPrecedes(text.utf8)
        case .lessOrEqual(.text(let other)): return !other.utf8.lexicographicallyPrecedes(text.utf8)
        case .greaterOrEqual(.text(let other)): return !text.utf8.lexicographicallyPrecedes(other.utf8)
        default: return true
        }
    }

    private func skip(_ table: EventTable, _ statistics: ScanStatistics) {
        let groups = table.sealed.segments.reduce(0) {
            $0 + ($1.reader.table(named: table.layout.name, number: table.layout.typeID)?.groupCount ?? 0)
        }
        statistics.add(groupsTotal: groups, groupsSkipped: groups)
    }
}

/// How one type is seen through the wide table's columns; its morsels share it.
final class WideView: Sendable {
    let sources: [Int]
    let columns: [TableColumn]
    /// Its column of the type.
    let typePlace: Int
    let typeName: String

    init(sources: [Int], columns: [TableColumn], _ layout: EventTableLayout) {
        (self.sources, self.columns) = (sources, columns)
        (typePlace, typeName) = (layout.type, layout.typeName)
    }
}

/// A morsel of one type seen through the wide table's columns.
struct WideMorsel: Morsel {
    let base: any Morsel
    let view: WideView

    var rowCount: Int { base.rowCount }
    /// The type follows from the rows.
    var identity: MorselIdentity? { base.identity }
    var pieceCount: Int { base.pieceCount }
    func parts() throws -> [any Morsel] { try base.parts().map { WideMorsel(base: $0, view: view) } }

    func column(_ index: Int) throws -> Vector {
        let source = view.sources[index]
        return try constant(index) ?? base.column(source)
    }

    func keys(_ index: Int) throws -> Vector {
        let source = view.sources[index]
        return try constant(index) ?? base.keys(source)
    }

    /// A column that is the same for all rows of the type; nil for others.
    private func constant(_ index: Int) -> Vector? {
        let source = view.sources[index]
        if source < 0 { return .constant(.null, type: view.columns[index].type, count: rowCount) }
        return source == view.typePlace ? .constant(.text(view.typeName), type: .text, count: rowCount) : nil
    }

    func column(_ index: Int, rows: [UInt32]) throws -> Vector {
        let source = view.sources[index]
        if source < 0 { return .constant(.null, type: view.columns[index].type, count: rows.count) }
        if source == view.typePlace { return .constant(.text(view.typeName), type: .text, count: rows.count) }
        return try base.column(source, rows: rows)
    }

    func keys(_ index: Int, rows: [UInt32]) throws -> Vector {
        let source = view.sources[index]
        if source < 0 || source == view.typePlace { return try column(index, rows: rows) }
        return try base.keys(source, rows: rows)
    }

    func lacks(_ index: Int) -> Bool {
        let source = view.sources[index]
        return source < 0 || source != view.typePlace && base.lacks(source)
    }

    func texts(_ index: Int) throws -> Vector? {
        let source = view.sources[index]
        if source < 0 || source == view.typePlace { return nil }
        return try base.texts(source)
    }

    func present(_ index: Int) throws -> PresentValues? {
        let source = view.sources[index]
        return source < 0 || source == view.typePlace ? nil : try base.present(source)
    }

    func rows(_ index: Int, ofTexts texts: [[UInt8]]) throws -> [UInt32]? {
        let source = view.sources[index]
        if source < 0 || source == view.typePlace { return nil }
        return try base.rows(source, ofTexts: texts)
    }

    func rows(_ index: Int, withText text: [UInt8]) throws -> [UInt32]? {
        let source = view.sources[index]
        if source < 0 || source == view.typePlace { return nil }
        return try base.rows(source, withText: text)
    }

    func rows(_ index: Int, first count: Int, descending: Bool) throws -> [UInt32]? {
        let source = view.sources[index]
        if source < 0 || source == view.typePlace { return nil }
        return try base.rows(source, first: count, descending: descending)
    }

    func rows(_ index: Int, within times: ClosedRange<Int64>) throws -> [UInt32]? {
        let source = view.sources[index]
        if source < 0 || source == view.typePlace { return nil }
        return try base.rows(source, within: times)
    }

    func runs(_ index: Int, in buckets: TimeBuckets) throws -> RunColumn? {
        let source = view.sources[index]
        return source < 0 || source == view.typePlace ? nil : try base.runs(source, in: buckets)
    }

    func summary(_ index: Int) -> ColumnSummary? {
        let source = view.sources[index]
        if source < 0 { return ColumnSummary(minimum: .null, maximum: .null, nullCount: rowCount, sum: 0) }
        if source == view.typePlace {
            return ColumnSummary(minimum: .text(view.typeName), maximum: .text(view.typeName), nullCount: 0)
        }
        return base.summary(source)
    }
}
