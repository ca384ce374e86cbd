/// Rows of chunks: picked, cut and put together, all columns alike.
extension Chunk {
    /// The rows at `positions`.
    /// - Precondition: every position is a row.
    package func gather(_ positions: [UInt32]) -> Chunk {
        Chunk(columns: columns.map { $0.gather(positions) }, rowCount: positions.count)
    }

    /// The rows of a range.
    package func slice(_ rows: Range<Int>) -> Chunk {
        assert(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows of the chunk")
        if rows == 0..<rowCount { return self }
        return gather(KeptRows(rows))
    }

    /// The rows in pieces of at most so many; none where there are no rows.
    package func pieces(of most: Int) -> [Chunk] {
        stride(from: 0, to: rowCount, by: most).map { slice($0..<min($0 + most, rowCount)) }
    }

    /// Chunks of these columns, end to end.
    package static func concatenate(_ chunks: [Chunk], columns: [TableColumn]) -> Chunk {
        if chunks.count == 1 { return chunks[0] }
        assert(chunks.allSatisfy { $0.columns.count == columns.count }, "chunks of the same columns")
        let rowCount = chunks.reduce(0) { $0 + $1.rowCount }
        return Chunk(
            columns: columns.indices.map { index in
                // As most columns of a table of many types are.
                if rowCount > 0, chunks.allSatisfy({ $0.columns[index].isAbsent }) {
                    return .constant(.null, type: columns[index].type, count: rowCount)
                }
                return Vector.concatenate(chunks.map { $0.columns[index] }, type: columns[index].type)
            }, rowCount: rowCount)
    }
}
