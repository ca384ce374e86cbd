/// What a finished segment is: the part of a manifest entry that the file itself determines.
package struct SegmentDescription: Hashable, Sendable {
    /// The segment's id.
    package var segmentID: UInt64
    /// Name within the store's directory.
    package var fileName: String
    /// Length of the file.
    package var lengthBytes: Int
    /// 32 bytes.
    package var sha256: [UInt8]
    /// Rows by table, sorted by name.
    package var tables: [TableRows]
    /// Smallest and largest `time` of all rows, ns; nil when no table has one.
    package var timeRange: ClosedRange<Int64>?

    /// Takes each part as given.
    package init(
        segmentID: UInt64, fileName: String, lengthBytes: Int, sha256: [UInt8], tables: [TableRows],
        timeRange: ClosedRange<Int64>?
    ) {
        self.segmentID = segmentID
        self.fileName = fileName
        self.lengthBytes = lengthBytes
        self.sha256 = sha256
        self.tables = tables
        self.timeRange = timeRange
    }

    /// Rows of one table; 0 when the segment has none.
    package func rowCount(table: String) -> Int { tables.first { $0.table == table }?.rowCount ?? 0 }
}

/// How many rows a segment has of a table.
package struct TableRows: Hashable, Sendable {
    /// The table's name.
    package var table: String
    /// Number of rows, nulls included.
    package var rowCount: Int

    /// Takes each part as given.
    package init(table: String, rowCount: Int) {
        self.table = table
        self.rowCount = rowCount
    }
}
