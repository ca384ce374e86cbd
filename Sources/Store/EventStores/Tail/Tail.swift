/// The unsealed events as a list of blocks, small ones merged so that their number stays logarithmic.
///
/// While a seal is under way its blocks are the frozen ones: they lead the list and are no longer merged, only repriced for readers.
struct Tail: Sendable {
    private(set) var blocks: [TailBlock] = []
    private(set) var count = 0
    private(set) var byteCount = 0
    /// What the seal under way holds; zero when there is none.
    private(set) var frozenBlocks = 0
    private(set) var frozenCount = 0
    private(set) var frozenBytes = 0
    /// So many blocks of one size class become one of the next.
    private static let fanIn = 8

    /// Events that came after the frozen ones.
    var freshCount: Int { count - frozenCount }
    var freshBytes: Int { byteCount - frozenBytes }
    var freshBlocks: ArraySlice<TailBlock> { blocks[frozenBlocks...] }

    mutating func append(_ block: TailBlock) {
        guard block.count > 0 else { return }
        blocks.append(block)
        count += block.count
        byteCount += block.bytes.count
        while blocks.count - frozenBlocks >= Self.fanIn {
            let newest = blocks[(blocks.count - Self.fanIn)...]
            let sizeClass = Self.sizeClass(newest.last.map(\.count) ?? 0)
            let isOneClass = newest.allSatisfy { Self.sizeClass($0.count) <= sizeClass }
            guard isOneClass, newest.reduce(0, { $0 + $1.count }) <= 65_536 else { return }
            let merged = TailBlock.merging(Array(newest))
            blocks.removeLast(Self.fanIn)
            blocks.append(merged)
        }
    }

    mutating func replace(_ transform: (TailBlock) -> TailBlock) {
        blocks = blocks.map(transform)
        byteCount = blocks.reduce(0) { $0 + $1.bytes.count }
    }

    /// Whether an event is here and no seal holds it, so that its row can still be replaced.
    func isReplaceable(_ position: Int64) -> Bool {
        guard let first = freshBlocks.first, let last = blocks.last else { return false }
        return position >= first.firstPosition && position <= last.lastPosition
    }

    /// Marks all blocks as those of a seal.
    mutating func freeze() { (frozenBlocks, frozenCount, frozenBytes) = (blocks.count, count, byteCount) }

    /// The seal failed: its blocks are like the others again.
    mutating func thaw() { (frozenBlocks, frozenCount, frozenBytes) = (0, 0, 0) }

    /// The seal is published: its blocks are in a segment.
    mutating func dropFrozen() {
        blocks.removeFirst(frozenBlocks)
        count -= frozenCount
        byteCount -= frozenBytes
        thaw()
    }

    /// The block and row of a position; nil where the tail does not hold it.
    func locate(_ position: Int64) -> (block: TailBlock, row: Int)? {
        var low = 0
        var high = blocks.count
        while low < high {
            let middle = (low + high) / 2
            if blocks[middle].lastPosition < position { low = middle + 1 } else { high = middle }
        }
        guard low < blocks.count, position >= blocks[low].firstPosition else { return nil }
        return (blocks[low], Int(position - blocks[low].firstPosition))
    }

    private static func sizeClass(_ count: Int) -> Int { (Int.bitWidth - count.leadingZeroBitCount) / 3 }
}
