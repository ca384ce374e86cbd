import Bytes
import Columnar

/// The unsealed events as a list of blocks, small ones merged so that they stay few (``TailMerging``).
///
/// While a seal is under way its blocks are the frozen ones: they lead the list and are no longer merged, only repriced
/// for readers.
struct Tail: Sendable {
    private(set) var blocks: [TailBlock] = []
    private(set) var count = 0
    private(set) var byteCount = 0
    /// Rows that stand for sealed ones until a segment holds them; each position once.
    private(set) var amended: [TailBlock] = []
    private(set) var frozenAmended = 0
    /// What the seal under way holds; zero when there is none.
    private(set) var frozenBlocks = 0
    private(set) var frozenCount = 0
    private(set) var frozenBytes = 0
    /// Another number where an event is another one or is gone, the same where events are only added.
    private(set) var lineage = MorselIdentity.freshOrigin()

    /// Events that came after the frozen ones.
    var freshCount: Int { count - frozenCount }
    var freshBytes: Int { byteCount - frozenBytes }
    var freshBlocks: ArraySlice<TailBlock> { blocks[frozenBlocks...] }

    mutating func append(_ block: TailBlock) {
        guard block.count > 0 else { return }
        mergeNewest(before: block)
        blocks.append(block)
        count += block.count
        byteCount += block.byteCount
        mergeNewest()
    }

    private mutating func mergeNewest(before next: TailBlock? = nil) {
        let due = TailMerging.due(freshBlocks.lazy.map(\.size), before: next?.size)
        guard due > 0 else { return }
        let merged = TailBlock.merging(Array(blocks.suffix(due)))
        blocks.removeLast(due)
        blocks.append(merged)
    }

    /// All that no segment holds as it is, what stands for sealed events first.
    var readBlocks: [TailBlock] { amended.isEmpty ? blocks : amended + blocks }
    /// Those that a seal under way has taken up.
    var frozenReadBlocks: [TailBlock] { Array(amended.prefix(frozenAmended) + blocks.prefix(frozenBlocks)) }
    /// Number of events that stand for sealed ones and are in no seal.
    var freshAmendedCount: Int { amended[frozenAmended...].reduce(0) { $0 + $1.count } }

    mutating func amend(_ block: TailBlock) {
        amended.append(block)
        lineage = MorselIdentity.freshOrigin()
    }

    mutating func replace(_ transform: (TailBlock) -> TailBlock) {
        blocks = blocks.map(transform)
        amended = amended.map(transform)
        byteCount = blocks.reduce(0) { $0 + $1.byteCount }
        lineage = MorselIdentity.freshOrigin()
    }

    /// Whether a seal under way holds the event's row.
    func isFrozen(_ position: Int64) -> Bool {
        frozenReadBlocks.contains { $0.row(of: position) != nil }
    }

    /// Marks all blocks as those of a seal.
    mutating func freeze() {
        (frozenBlocks, frozenCount, frozenBytes, frozenAmended) = (blocks.count, count, byteCount, amended.count)
    }

    /// The seal failed: its blocks are like the others again.
    mutating func thaw() { (frozenBlocks, frozenCount, frozenBytes, frozenAmended) = (0, 0, 0, 0) }

    /// The seal is published: its blocks are in a segment.
    mutating func dropFrozen() {
        blocks.removeFirst(frozenBlocks)
        amended.removeFirst(frozenAmended)
        count -= frozenCount
        byteCount -= frozenBytes
        lineage = MorselIdentity.freshOrigin()
        thaw()
    }

    /// The block and row of a position; nil where the tail does not hold it.
    func locate(_ position: Int64) -> (block: TailBlock, row: Int)? {
        let index = blocks.partitioningIndex { $0.lastPosition >= position }
        if index < blocks.count, let row = blocks[index].row(of: position) { return (blocks[index], row) }
        for block in amended { if let row = block.row(of: position) { return (block, row) } }
        return nil
    }
}
