package import Columnar

extension RowGroup {
    /// The runs that buckets make of all rows by a column of times, by name, found out once for all who ask; nil where
    /// rows have no time, where runs would be too short to serve, and where it would not be kept. The page is read and
    /// its checksum verified for the first who asks.
    /// - Parameter place: as of ``columnIndex(named:near:)``.
    /// - Throws: `StorageError`; `CorruptionError` naming file and offset; `NewerFormatError`.
    package func runs(
        named name: String, near place: Int = 0, in buckets: TimeBuckets, statistics: ScanStatistics? = nil
    ) throws -> RunColumn? {
        // A page of one value is none that is read.
        guard let column = columnIndex(named: name, near: place), pageBytes(column) > 0,
            columns[column].type == .timestamptz || columns[column].type == .timestamp,
            summary(column).nullCount == 0
        else { return nil }
        let key = KeptRuns.Key(table: table, group: index, column: column, buckets: buckets.key)
        switch segment.keptRuns.look(key, of: segment.origin) {
        case .known(let runs): return runs
        case .noRoom: return nil
        case .unknown: break
        }
        let vector = try self.column(column, statistics: statistics)
        var runs: RunColumn?
        if case .int64(let times) = vector.storage, vector.validity == nil {
            // A time without a bucket is refused where it is wanted: it may be that of a row that nobody wants.
            runs = try? times.span.bucketRuns(buckets.bucket)
        }
        assert(runs.map { $0.rowCount == rowCount } ?? true, "runs make up the rows")
        segment.keptRuns.keep(runs, as: key, of: segment.origin)
        return runs
    }
}
