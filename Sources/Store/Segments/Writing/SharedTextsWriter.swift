internal import Columnar

/// The texts that pages of a segment have in common, column by column, until they are written.
struct SharedTextsWriter {
    /// Texts to be written.
    struct Block {
        /// Which of the footer's it is.
        var index: Int
        var texts: TextDictionary
        var compression: PageEffort
        var isLookedUp: Bool
    }

    private struct Column {
        // texts: columns have names of ours.
        var name: String
        var compression: PageEffort
        var isLookedUp: Bool
        var pool = TextPool()
        /// By block of the pool: which of the footer's it is.
        var indices: [Int] = []

        var blocks: [Block] {
            indices.enumerated().map { block, index in
                Block(index: index, texts: pool.texts(of: block), compression: compression, isLookedUp: isLookedUp)
            }
        }
    }

    /// Texts of one column that are held: beyond them the next page begins anew.
    private static let textsMax = 1 << 20
    private static let textBytesMax = 48 << 20

    /// In the order of their first pages.
    private var columns: [Column] = []

    /// The page with codes of shared texts and the footer's blocks that it names, ascending; nil where it is better off
    /// with its own.
    /// - Parameter next: how many blocks the footer has: new ones get the indices from there on.
    mutating func share(
        _ page: TextPage, of column: SegmentColumn, _ compression: PageEffort, next: Int
    ) -> (page: EncodedPage, texts: [Int])? {
        let place = columns.firstIndex { $0.name == column.name } ?? columns.count
        if place == columns.count {
            columns.append(
                Column(name: column.name, compression: compression, isLookedUp: column.hint.isLookedUp))
        }
        guard let shared = columns[place].pool.share(page, compression: compression) else { return nil }
        columns[place].isLookedUp = columns[place].isLookedUp || column.hint.isLookedUp
        var index = next
        while columns[place].indices.count < columns[place].pool.blockCount {
            columns[place].indices.append(index)
            index += 1
        }
        return (shared.page, shared.blocks.map { columns[place].indices[$0] })
    }

    /// The blocks of a column that holds enough, to be written before its next page.
    mutating func takeFull(of name: String) -> [Block] {
        guard let place = columns.firstIndex(where: { $0.name == name }) else { return [] }
        let pool = columns[place].pool
        guard pool.count > Self.textsMax || pool.byteCount > Self.textBytesMax else { return [] }
        return columns.remove(at: place).blocks
    }

    /// All blocks that are left.
    mutating func takeAll() -> [Block] {
        defer { columns = [] }
        return columns.flatMap(\.blocks)
    }
}
