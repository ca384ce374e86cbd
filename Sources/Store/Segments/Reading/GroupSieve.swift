internal import Columnar

/// Which groups of a table may hold a row that satisfies all of some predicates. What is the same for all groups is
/// worked out once: where the columns stand, and which of the blocks of texts that pages name may hold a text that is
/// looked for.
package struct GroupSieve {
    private struct Condition {
        let comparison: ColumnPredicate.Comparison
        /// Its place in the segment's table; nil: the segment lacks it, so that it is null throughout.
        let column: Int?
        /// The texts of which the column has to have one; nil where no filter speaks of that.
        let texts: [(utf8: [UInt8], hash: UInt64)]?
        /// By block of texts of the segment: whether it may hold one; empty until somebody asks.
        var mayHold: [Bool?] = []
    }

    private let segment: SegmentReader
    private let table: Int
    private let statistics: ScanStatistics?
    private var conditions: [Condition]

    /// - Parameters:
    ///   - table: its place in the footer.
    ///   - predicates: their columns index `names`.
    ///   - names: the names of the table's columns as the query knows them; one that the segment lacks is null
    ///     throughout.
    init(
        _ segment: SegmentReader, table: Int, _ predicates: [ColumnPredicate], names: [String],
        _ statistics: ScanStatistics?
    ) {
        assert(predicates.allSatisfy { names.indices.contains($0.column) }, "columns that the query knows")
        (self.segment, self.table, self.statistics) = (segment, table, statistics)
        let columns = segment.footer.tables[table].columns
        conditions = predicates.map { predicate in
            let column = columns.firstIndex { $0.name == names[predicate.column] }
            let isLookedUp = column.map { columns[$0].hint.isLookedUp } ?? false
            return Condition(
                comparison: predicate.comparison, column: column,
                texts: isLookedUp ? Self.texts(of: predicate.comparison) : nil)
        }
    }

    /// The texts of which a value has to be one; nil where it may be another value.
    private static func texts(of comparison: ColumnPredicate.Comparison) -> [(utf8: [UInt8], hash: UInt64)]? {
        let values: [Scalar]
        switch comparison {
        case .equal(let value): values = [value]
        case .oneOf(let several): values = several
        default: return nil
        }
        var texts: [(utf8: [UInt8], hash: UInt64)] = []
        for value in values {
            switch value {
            case .text(let text):
                let utf8 = Array(text.utf8)
                texts.append((utf8, lookupHash(utf8[...])))
            // Nothing equals it.
            case .null: continue
            default: return nil
            }
        }
        return texts
    }

    /// Whether no row of a group can satisfy all predicates: by the zone maps of the footer first, then by the filters
    /// of looked-up columns and the texts that the group has in common with others, which are read from the file.
    /// - Parameter index: the group's place among the table's groups of its segment.
    /// - Throws: `StorageError`; `CorruptionError` naming file and offset; `NewerFormatError`.
    package mutating func canSkip(_ index: Int) throws -> Bool {
        let group = segment.footer.tables[table].groups[index]
        for condition in conditions {
            let summary =
                condition.column.flatMap { group.pages[$0]?.header.summary }
                ?? ColumnSummary(minimum: .null, maximum: .null, nullCount: group.rowCount)
            if condition.comparison.isRefuted(by: summary, rowCount: group.rowCount) { return true }
        }
        for place in conditions.indices where conditions[place].texts != nil {
            guard let page = conditions[place].column.flatMap({ group.pages[$0] }) else { continue }
            if try isRefutedByTexts(place, page) { return true }
        }
        return false
    }

    private mutating func isRefutedByTexts(_ place: Int, _ page: PageReference) throws -> Bool {
        guard let texts = conditions[place].texts else { return false }
        if page.texts.isEmpty {
            guard page.filter.length > 0 else { return false }
            let filter = try segment.filter(page.filter, statistics, isKept: true)
            return !texts.contains { filter.mightContain($0.hash) }
        }
        if conditions[place].mayHold.isEmpty {
            conditions[place].mayHold = Array(repeating: nil, count: segment.footer.texts.count)
        }
        for block in page.texts {
            let mayHold = try conditions[place].mayHold[block] ?? self.mayHold(texts, block)
            conditions[place].mayHold[block] = mayHold
            if mayHold { return false }
        }
        return true
    }

    /// Filters pass one text in twenty that is not there, and pages name several blocks. Of a single text it is found
    /// out where it stands, which whoever reads the rows needs anyway.
    private func mayHold(_ texts: [(utf8: [UInt8], hash: UInt64)], _ block: Int) throws -> Bool {
        if texts.count == 1 {
            let places = try segment.places(ofText: texts[0].utf8, hash: texts[0].hash, inTexts: block, statistics)
            return places.map { !$0.isEmpty } ?? true
        }
        let place = segment.footer.texts[block].filter
        guard place.length > 0 else { return true }
        let filter = try segment.filter(place, statistics, isKept: true)
        return texts.contains { filter.mightContain($0.hash) }
    }
}
