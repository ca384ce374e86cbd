package import Columnar
internal import Synchronization

/// All groups of one table of a segment together: what the footer says of each of them, said of all, so that one look
/// tells of many. Cheap to copy, safe from any thread.
package struct SegmentTable: Sendable {
    private let segment: SegmentReader
    private let index: Int

    fileprivate init(segment: SegmentReader, index: Int) { (self.segment, self.index) = (segment, index) }

    private var directory: TableDirectory { segment.footer.tables[index] }

    /// Number of groups; at least one.
    package var groupCount: Int { directory.groups.count }

    /// The groups in the order in which they were added.
    package var groups: [RowGroup] {
        directory.groups.indices.map { RowGroup(segment: segment, table: index, index: $0) }
    }

    /// Number of rows, nulls included.
    package var rowCount: Int { segment.summaries.rowCount(of: index, in: segment.footer) }

    /// What is known of a column; nil for one that the segment lacks.
    /// - Complexity: O(groups) the first time, then O(columns).
    package func summary(named name: String) -> ColumnSummary? {
        guard let column = directory.columns.firstIndex(where: { $0.name == name }) else { return nil }
        return segment.summaries.summary(of: column, table: index, in: segment.footer)
    }

    /// Whether no row of any group can satisfy all predicates, by what is known of all groups together.
    /// - Parameters:
    ///   - predicates: their columns index `names`.
    ///   - names: the names of the table's columns as the query knows them; one that the segment lacks is null
    ///     throughout.
    package func refutes(_ predicates: [ColumnPredicate], names: [String]) -> Bool {
        predicates.contains { predicate in
            let rows = rowCount
            let summary =
                summary(named: names[predicate.column])
                ?? ColumnSummary(minimum: .null, maximum: .null, nullCount: rows)
            return predicate.comparison.isRefuted(by: summary, rowCount: rows)
        }
    }
}

extension SegmentTable {
    /// Which groups may hold a row that satisfies all predicates.
    /// - Parameters: as of ``refutes(_:names:)``.
    package func sieve(
        _ predicates: [ColumnPredicate], names: [String], statistics: ScanStatistics? = nil
    ) -> GroupSieve {
        GroupSieve(segment, table: index, predicates, names: names, statistics)
    }
}

extension SegmentReader {
    /// A table of the segment; nil where no group of it is there.
    package func table(named name: String) -> SegmentTable? { table(at: tableIndex(named: name)) }

    /// The same for who asks for it again and again.
    /// - Parameter number: of the name, the same for good and that of no other one.
    /// - Complexity: O(1), but for the first time.
    package func table(named name: String, number: UInt16) -> SegmentTable? {
        table(at: tableIndex(named: name, number: number))
    }

    private func table(at index: Int?) -> SegmentTable? {
        guard let index, !footer.tables[index].groups.isEmpty else { return nil }
        return SegmentTable(segment: self, index: index)
    }
}

/// What footers say of whole tables, put together when it is first asked for.
final class TableSummaries: Sendable {
    private struct Known {
        var rowCount: Int
        /// By column; nil where nobody asked yet.
        var columns: [ColumnSummary?]
    }

    /// By table.
    private let known = Mutex<[Known?]>([])

    fileprivate func rowCount(of table: Int, in footer: SegmentFooter) -> Int {
        known.withLock { Self.table(table, of: &$0, footer).rowCount }
    }

    fileprivate func summary(of column: Int, table: Int, in footer: SegmentFooter) -> ColumnSummary {
        known.withLock { known in
            var entry = Self.table(table, of: &known, footer)
            if let summary = entry.columns[column] { return summary }
            let summary = Self.summary(of: column, footer.tables[table])
            entry.columns[column] = summary
            known[table] = entry
            return summary
        }
    }

    private static func table(_ table: Int, of known: inout [Known?], _ footer: SegmentFooter) -> Known {
        if known.isEmpty { known = Array(repeating: nil, count: footer.tables.count) }
        if let entry = known[table] { return entry }
        let directory = footer.tables[table]
        let entry = Known(
            rowCount: directory.groups.reduce(0) { $0 + $1.rowCount },
            columns: Array(repeating: nil, count: directory.columns.count))
        known[table] = entry
        return entry
    }

    private static func summary(of column: Int, _ directory: TableDirectory) -> ColumnSummary {
        var merged = ColumnSummary(minimum: .null, maximum: .null, nullCount: 0)
        var rows = 0
        for group in directory.groups {
            let summary =
                group.pages[column]?.header.summary
                ?? ColumnSummary(minimum: .null, maximum: .null, nullCount: group.rowCount)
            merged = merged.merged(rowCount: rows, with: summary, group.rowCount)
            rows += group.rowCount
        }
        return merged
    }
}
