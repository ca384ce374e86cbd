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
        let groups = segment.footer.tables[table].groups
        guard let column = columnIndex(named: name), let reference = groups[index].pages[column] else {
            return .constant(.null, type: type, count: rows.count)
        }
        let place = reference.page
        if place.length == 0 || rows.count == rowCount {
            return try self.column(column, statistics: statistics).gather(rows)
        }
        let type = columns[column].type
        let content = try segment.read(block: place)
        statistics?.add(pagesRead: 1, bytesRead: place.length)
        var cursor = ByteCursor(content)
        var headerBytes = 0
        do {
            let header = try PageHeader(from: &cursor, type: type)
            headerBytes = cursor.offset
            guard header.rowCount == rowCount else { throw cursor.failure("a page of \(rowCount) rows") }
            return try PageDecoder.decode(header, payload: content[cursor.index...], type: type, rows: rows)
        } catch let error as DecodingError {
            throw error.of(segment.path, at: place.offset + SegmentLimits.checksumBytes + headerBytes)
        }
    }
}
