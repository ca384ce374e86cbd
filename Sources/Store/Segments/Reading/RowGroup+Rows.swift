internal import Bytes
package import Columnar
internal import Platform

extension RowGroup {
    /// The rows at `rows` of one column of `columns`, by name; one that the segment lacks (it was added later) reads as
    /// null. The page is read and its checksum verified as a whole; only these rows are decoded.
    /// - Precondition: rows ascend and are rows of the group.
    /// - Throws: `StorageError`; `CorruptionError` naming file and offset; `NewerFormatError`.
    package func column(
        named name: String, type: ColumnType, rows: [UInt32], statistics: ScanStatistics? = nil
    ) throws -> Vector {
        guard let column = columnIndex(named: name) else { return .constant(.null, type: type, count: rows.count) }
        if rows.count == rowCount { return try self.column(column, statistics: statistics) }
        let found = try decoded(column, statistics, rows: rows) { (header, payload, type) throws(DecodingError) in
            try PageDecoder.decode(header, payload: payload, type: type, rows: rows)
        }
        return found ?? .constant(.null, type: type, count: rows.count)
    }
}
