import Bytes
package import Columnar

/// Rows that lie together and are to be written.
package struct ParquetRows {
    /// Which of those that the columns have.
    let rows: Range<Int>
    /// Reads a column; asked for each once, one after the other.
    let column: (_ index: Int) throws -> Vector
}

/// Writes a Parquet file (https://parquet.apache.org/docs/file-format/), from its first byte to its last, to whoever
/// takes the bytes: row groups, and ``end()``.
///
/// A column of a row group is read, written and let go before the next one is, so that beside it only what the file's
/// end says lies in memory. Equal rows in equal pieces give equal bytes.
package struct ParquetWriter: Sendable {
    /// The most rows of a row group.
    static let groupRowsMax = 131_072
    /// So much is held back before it is handed on.
    private static let heldBytesMax = 1 << 20
    private static let mark = Array("PAR1".utf8)

    private let columns: [ParquetColumn]
    private let createdBy: String
    private let notes: [(name: String, value: String)]
    private var output = ParquetOutput()
    private var groups: [GroupMetadata] = []

    /// - Parameters:
    ///   - createdBy: which program writes it, and of which version.
    ///   - notes: what else the file says of itself.
    /// - Throws: for columns that have no form in Parquet, none at all, or two of one name.
    package init(
        columns: [TableColumn], createdBy: String, notes: [(name: String, value: String)] = []
    ) throws(ParquetRefusal) {
        var seen: Set<ExactText> = []
        for column in columns where !seen.insert(ExactText(column.name)).inserted {
            throw ParquetRefusal.twoColumns(column.name)
        }
        if columns.isEmpty { throw ParquetRefusal.noColumns }
        var forms: [ParquetColumn] = []
        for column in columns { forms.append(try ParquetColumn(column)) }
        (self.columns, self.createdBy, self.notes) = (forms, createdBy, notes)
        output.append(Self.mark)
    }

    /// Rows and row groups so far.
    var counts: (rows: Int, groups: Int) { (groups.reduce(0) { $0 + $1.rowCount }, groups.count) }

    /// Writes a row group.
    /// - Parameters:
    ///   - pieces: its rows, in order.
    ///   - write: takes bytes, in order.
    /// - Precondition: at most 131,072 rows.
    /// - Throws: ``ParquetRefusal``; what reading and writing throw.
    package mutating func append(_ pieces: [ParquetRows], _ write: ([UInt8]) throws -> Void) throws {
        let count = pieces.reduce(0) { $0 + $1.rows.count }
        precondition(count <= Self.groupRowsMax, "rows of a row group")
        guard count > 0 else { return }
        var group = GroupMetadata(rowCount: count, offset: output.position, chunks: [])
        for (index, column) in columns.enumerated() {
            var chunk = ChunkWriter(column)
            for piece in pieces {
                try chunk.append(try piece.column(index), piece.rows, to: &output)
                if output.heldBytes >= Self.heldBytesMax { try write(output.take()) }
            }
            try chunk.finish(to: &output)
            group.chunks.append(chunk.metadata)
            if output.heldBytes >= Self.heldBytesMax { try write(output.take()) }
        }
        groups.append(group)
    }

    /// The end of the file, which says what it holds; nothing may follow it.
    package mutating func end() -> [UInt8] {
        let footer = ParquetFooter.bytes(columns, groups, notes: notes, createdBy: createdBy)
        var length = ByteSink()
        length.append(word: UInt64(footer.count), count: 4)
        for part in [footer, length.bytes, Self.mark] { output.append(part) }
        return output.take()
    }

    /// Which rows of which pieces of a table make a row group together: pieces stay whole, but those that are larger
    /// than one.
    /// - Parameter rowCounts: of each piece.
    static func groups(of rowCounts: [Int]) -> [[(piece: Int, rows: Range<Int>)]] {
        var groups: [[(piece: Int, rows: Range<Int>)]] = []
        var left = 0
        for (piece, count) in rowCounts.enumerated() {
            var start = 0
            while start < count {
                let end = min(count, start + groupRowsMax)
                if end - start > left {
                    groups.append([])
                    left = groupRowsMax
                }
                groups[groups.count - 1].append((piece, start..<end))
                left -= end - start
                start = end
            }
        }
        return groups
    }
}

extension ParquetRows {
    /// Rows that lie in memory, by row group.
    package static func groups(of chunks: [Chunk]) -> [[ParquetRows]] {
        ParquetWriter.groups(of: chunks.map(\.rowCount)).map { group in
            group.map { piece, rows in ParquetRows(rows: rows) { chunks[piece].columns[$0] } }
        }
    }
}
