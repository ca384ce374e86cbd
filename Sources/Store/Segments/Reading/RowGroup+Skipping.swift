package import Columnar

extension RowGroup {
    /// Whether no row of the group can satisfy all predicates: by the zone maps of the footer first, then by the
    /// filters of looked-up columns and the texts that the group has in common with others, which are read from files.
    /// - Parameters:
    ///   - predicates: their columns index `names`.
    ///   - names: the names of the table's columns as the query knows them; one that the segment lacks is null
    ///     throughout.
    package func canSkip(
        _ predicates: [ColumnPredicate], names: [String], statistics: ScanStatistics? = nil
    ) throws -> Bool {
        assert(predicates.allSatisfy { names.indices.contains($0.column) }, "columns that the query knows")
        let places = predicates.map { columnIndex(named: names[$0.column]) }
        for (predicate, place) in zip(predicates, places) {
            let summary =
                place.map { self.summary($0) } ?? ColumnSummary(minimum: .null, maximum: .null, nullCount: rowCount)
            if predicate.comparison.isRefuted(by: summary, rowCount: rowCount) { return true }
        }
        for (predicate, place) in zip(predicates, places) {
            guard let place, columns[place].hint.isLookedUp else { continue }
            if try isRefutedByFilter(predicate.comparison, place, statistics) { return true }
        }
        return false
    }

    private func isRefutedByFilter(
        _ comparison: ColumnPredicate.Comparison, _ column: Int, _ statistics: ScanStatistics?
    ) throws -> Bool {
        let values: [Scalar]
        switch comparison {
        case .equal(let value): values = [value]
        case .oneOf(let several): values = several
        default: return false
        }
        var texts: [String] = []
        for value in values {
            switch value {
            case .text(let text): texts.append(text)
            case .null: continue
            default: return false
            }
        }
        // Filters of blocks pass one text in twenty that is not there, and pages name several blocks. Of a single text
        // it is found out where it stands in them, once for all groups that name them.
        if texts.count == 1, let blocks = directory.pages[column]?.texts, !blocks.isEmpty {
            let text = Array(texts[0].utf8)
            return try !segment.mayHold(text, hash: lookupHash(text[...]), inTexts: blocks, statistics)
        }
        guard let filter = try filter(column, statistics: statistics, isKept: true) else { return false }
        return !texts.contains { filter.mightContain(lookupHash(Array($0.utf8)[...])) }
    }
}
