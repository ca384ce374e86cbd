package import Columnar

extension RowGroup {
    /// Whether no row of the group can satisfy all predicates, as ``GroupSieve`` says, which is made for many groups.
    /// - Parameters:
    ///   - predicates: their columns index `names`.
    ///   - names: the names of the table's columns as the query knows them; one that the segment lacks is null
    ///     throughout.
    package func canSkip(
        _ predicates: [ColumnPredicate], names: [String], statistics: ScanStatistics? = nil
    ) throws -> Bool {
        var sieve = GroupSieve(segment, table: table, predicates, names: names, statistics)
        return try sieve.canSkip(index)
    }
}
