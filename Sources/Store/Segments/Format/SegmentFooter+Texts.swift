internal import Bytes
internal import Columnar

/// What a footer says of texts that pages have in common; a segment without such pages has nothing of it.
extension SegmentFooter {
    /// Texts of one block that readers take.
    private static let blockTextsMax = PageLimits.rowsMax

    func write(textsInto sink: inout ByteSink) {
        sink.append(varint: UInt64(texts.count))
        for reference in texts {
            assert((1...Self.blockTextsMax).contains(reference.count), "a block of texts")
            sink.append(varint: UInt64(reference.count))
            Self.write(reference.block, into: &sink)
            Self.write(reference.filter, into: &sink)
        }
    }

    static func readTexts(
        _ cursor: inout ByteCursor, _ blocksEnd: Int
    ) throws(DecodingError) -> [SharedTextsReference] {
        var texts: [SharedTextsReference] = []
        for _ in 0..<(try cursor.readCount(max: SegmentLimits.textBlocksMax)) {
            var reference = SharedTextsReference()
            reference.count = try cursor.readCount(max: blockTextsMax)
            reference.block = try readPlace(&cursor, blocksEnd)
            guard reference.count > 0, reference.block.length > 0 else { throw cursor.failure("a block of texts") }
            reference.filter = try readPlace(&cursor, blocksEnd)
            texts.append(reference)
        }
        return texts
    }

    static func write(texts indices: [Int], into sink: inout ByteSink) {
        assert((1...TextPool.pageBlocksMax).contains(indices.count), "a page names blocks, and not too many")
        sink.append(varint: UInt64(indices.count))
        for index in indices { sink.append(varint: UInt64(index)) }
    }

    static func readTextIndices(_ cursor: inout ByteCursor) throws(DecodingError) -> [Int] {
        var indices: [Int] = []
        for _ in 0..<(try cursor.readCount(max: TextPool.pageBlocksMax)) {
            let index = try cursor.readCount(max: SegmentLimits.textBlocksMax)
            guard index > indices.last ?? -1 else { throw cursor.failure("blocks of texts ascending") }
            indices.append(index)
        }
        return indices
    }

    /// The blocks are listed behind the pages that name them.
    func checkTexts(_ cursor: ByteCursor) throws(DecodingError) {
        for table in tables {
            for group in table.groups {
                for case .some(let reference) in group.pages {
                    guard reference.texts.last ?? -1 < texts.count else {
                        throw cursor.failure("a block of texts below \(texts.count)")
                    }
                }
            }
        }
    }
}
