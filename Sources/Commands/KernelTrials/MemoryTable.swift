import Columnar

/// One table in memory, a morsel for each so many rows: what the engine is asked over.
struct MemoryTable: TableSource, TableCatalog {
    let name: String
    let columns: [TableColumn]
    private let pieces: [Piece]
    let position: Int64 = 0
    let watermark = MadeColumn.start
    let now = MadeColumn.start

    /// - Parameter vectors: a vector for each column, all of equal length.
    init(_ name: String, _ columns: [TableColumn], _ vectors: [Vector], morselRows: Int) {
        (self.name, self.columns) = (name, columns)
        let chunk = Chunk(columns: vectors, rowCount: vectors[0].count)
        pieces = stride(from: 0, to: chunk.rowCount, by: morselRows).map { start in
            Piece(chunk: chunk.slice(start..<min(start + morselRows, chunk.rowCount)))
        }
    }

    /// Every row, value by value.
    var rows: [[Scalar]] {
        pieces.flatMap { piece in
            (0..<piece.rowCount).map { row in piece.chunk.columns.map { $0.scalar(at: row) } }
        }
    }

    var tableNames: [String] { [name] }

    func table(named name: String) -> (any TableSource)? { name == self.name ? self : nil }

    func userToken(_ userID: String) -> String { userID }

    func morsels(for request: ScanRequest) -> [any Morsel] { pieces }

    private struct Piece: Morsel {
        let chunk: Chunk

        var rowCount: Int { chunk.rowCount }

        func column(_ index: Int) -> Vector { chunk.columns[index] }

        func summary(_ index: Int) -> ColumnSummary? { nil }
    }
}
