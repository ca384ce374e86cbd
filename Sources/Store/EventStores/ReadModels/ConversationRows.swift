import Columnar
import Domain
import Platform
import Projections
import Synchronization

/// Rows of the read models that stand for all conversations touched by a run of unsealed events, and the sealed rows
/// they replace.
struct ConversationRows: Sendable {
    /// Of its chunks, once it is made.
    private(set) var origin = MorselIdentity.freshOrigin()
    var turns: [Chunk] = []
    var conversations: [Chunk] = []
    var replaced = ReplacedRows()
    /// What is to be told of them.
    var found = FoldFindings()

    /// Folds every conversation that the blocks touch, with what segments hold of it, so many at a time as the limits
    /// say.
    /// - Parameters:
    ///   - dirty: conversations to fold although no block touches them.
    ///   - unfolded: more of them, whose sealed rows stand for a part of their sealed events or are missing.
    ///   - only: of all those the ones to fold; nil: all.
    ///   - leftOut: times of events that are in no block, since so many of their conversation come before them.
    ///   - setsAside: a conversation that cannot be read is no failure of the others.
    ///   - note: is told what the fold holds, in bytes, roughly.
    ///   - check: throws when the rows are no longer wanted.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading segments; what `check` throws.
    /// - Complexity: O(events of the touched conversations).
    static func folding(
        _ blocks: [TailBlock], dirty: [ConversationGrouping.Key], unfolded: Set<ConversationGrouping.Key> = [],
        only: Set<ConversationGrouping.Key>? = nil, leftOut: [ConversationGrouping.Key: ClosedRange<Int64>] = [:],
        sealed: SealedState, overlay: CostOverlay, layouts: EventTableLayouts,
        registry: SchemaRegistry, workers: any Workers, limits: FoldLimits, setsAside: Bool = false,
        note: @escaping ScanRequest.Note = { _ in },
        check: @escaping ScanRequest.Check = {}
    ) throws -> ConversationRows {
        if let only, only.isEmpty { return ConversationRows() }
        let also = unfolded.isEmpty ? dirty : unfolded.union(dirty).sorted()
        let grouping = try ConversationGrouping(
            blocks: blocks, also: also, only: only, registry: registry, check: check)
        let places = grouping.keys.indices.filter { only?.contains(grouping.keys[$0]) ?? true }
        guard !places.isEmpty else { return ConversationRows() }
        let source = SealedConversations.Source(
            sealed: sealed, overlay: overlay, layouts: layouts, registry: registry, columns: FoldColumns(registry),
            workers: workers, limits: limits, unfolded: unfolded, changed: unfolded.union(dirty), check: check)
        var folding = ConversationFolding(grouping, places, blocks, source, leftOut, setsAside: setsAside, note: note)
        if places.count > limits.keysAtOnce { try folding.orderByTime() }
        for first in stride(from: 0, to: places.count, by: limits.keysAtOnce) {
            try folding.fold(first..<min(first + limits.keysAtOnce, places.count))
        }
        return folding.finish()
    }

    /// These rows and those of conversations that were set aside so far, of which some may still be.
    func with(_ retried: ConversationRows) -> ConversationRows {
        var rows = self
        rows.origin = MorselIdentity.freshOrigin()
        rows.turns += retried.turns
        rows.conversations += retried.conversations
        rows.replaced.merge(retried.replaced)
        rows.found.cut = (found.cut + retried.found.cut).sorted()
        rows.found.cutBefore = (found.cutBefore + retried.found.cutBefore).sorted()
        rows.found.unfolded = retried.found.unfolded
        return rows
    }
}

/// Conversations on their way to rows.
private struct ConversationFolding {
    private let grouping: ConversationGrouping
    /// Indices of the keys, in the order in which they are folded.
    private var order: [Int]
    private let source: SealedConversations.Source
    private let leftOut: [ConversationGrouping.Key: ClosedRange<Int64>]
    /// Bytes and costs of each block; none is copied.
    private let buffers: [[UInt8]]
    private let costs: [[CallCost]]
    private let setsAside: Bool
    private let note: ScanRequest.Note
    /// References to unsealed events and the rows that these make, roughly.
    private let unsealedBytes: Int
    private let outputs: [Output]
    private var rows = ConversationRows()
    /// So often are conversations halved in search of one that cannot be read: damage that concerns very many would
    /// have each of them looked up alone.
    private var searchesLeft = 512

    /// A conversation's names, twice, and its lists.
    private static let keyBytes = 256

    /// What one of the workers' parts makes.
    private final class Output: Sendable {
        let made: Mutex<(builder: ReadModelBuilder, cut: [Int])>

        init(_ registry: SchemaRegistry) { made = Mutex((ReadModelBuilder(registry: registry), [])) }
    }

    init(
        _ grouping: ConversationGrouping, _ order: [Int], _ blocks: [TailBlock], _ source: SealedConversations.Source,
        _ leftOut: [ConversationGrouping.Key: ClosedRange<Int64>], setsAside: Bool,
        note: @escaping ScanRequest.Note
    ) {
        (self.grouping, self.source, self.leftOut, self.setsAside) = (grouping, source, leftOut, setsAside)
        self.order = order
        (buffers, costs) = (blocks.map(\.rows.bytes), blocks.map(\.costs.values))
        self.note = note
        let count = grouping.events.reduce(0) { $0 + $1.count }
        let (blockBytes, blockCount) = blocks.reduce((0, 0)) { ($0.0 + $1.byteCount, $0.1 + $1.count) }
        // Rows have about the size of the events that they are made of.
        unsealedBytes =
            count * (MemoryLayout<EventReference>.stride + blockBytes / max(1, blockCount))
            + grouping.keys.count * Self.keyBytes
        outputs = (0..<source.workers.parallelism).map { _ in Output(source.registry) }
    }

    /// Has conversations of one time folded together, so that most groups are read for one part of them alone.
    mutating func orderByTime() throws {
        do {
            let begins = try SealedConversations.begins(grouping.keys, source)
            order.sort { (begins[$0], $0) < (begins[$1], $1) }
        } catch  where setsAside && StoreError.isOfPlace(error) {
            // The order is no matter of what comes out, and which of them cannot be read is found on the way.
        }
    }

    /// Folds the conversations of some places in the order; in parts where segments hold too many rows of them for the
    /// memory, in halves where these are too large, or one of them is to be found that cannot be read.
    mutating func fold(_ places: Range<Int>) throws {
        try source.check()
        note(unsealedBytes)
        let keys = order[places].map { grouping.keys[$0] }
        var counts: [Int] = []
        do {
            if let found = try SealedConversations(keys: keys, source, counts: &counts) {
                // As they were restored and the rows made of them.
                note(unsealedBytes + 2 * found.events.rows.bytes.count)
                try fold(places, found)
                rows.replaced.merge(found.replaced)
                // order: sorted at the end.
                rows.found.cutBefore += found.cut.map { keys[$0] }
                return
            }
        } catch  where setsAside && StoreError.isOfPlace(error) {
            guard keys.count > 1, searchesLeft > 0 else {
                rows.found.unfolded += keys.map { UnfoldedConversation($0, error) }
                return
            }
            searchesLeft -= 1
        }
        if !counts.isEmpty { return try fold(places, counts) }
        let middle = places.lowerBound + places.count / 2
        try fold(places.lowerBound..<middle)
        try fold(middle..<places.upperBound)
    }

    /// Folds conversations so many at a time as are in memory together, by how many rows segments hold of each; large
    /// ones alone, at the end.
    private mutating func fold(_ places: Range<Int>, _ counts: [Int]) throws {
        let rowsMax = source.limits.rowsAtOnce
        let isLarge = counts.map { $0 > rowsMax / 2 }
        let small = counts.indices.filter { !isLarge[$0] }
        let parted = small + counts.indices.filter { isLarge[$0] }
        order.replaceSubrange(places, with: parted.map { order[places.lowerBound + $0] })
        var (first, rows) = (0, 0)
        for (index, key) in parted.enumerated() {
            if index > first, isLarge[key] || rows + counts[key] > rowsMax {
                try fold(places.lowerBound + first..<places.lowerBound + index)
                (first, rows) = (index, 0)
            }
            rows += counts[key]
        }
        try fold(places.lowerBound + first..<places.upperBound)
    }

    /// Each of the workers folds its share.
    private func fold(_ places: Range<Int>, _ found: SealedConversations) throws {
        let (grouping, order, outputs, check, leftOut) = (grouping, order, outputs, source.check, leftOut)
        let (columns, limits) = (source.columns, source.limits)
        let (allBuffers, sealedBuffer) = (buffers + [found.events.rows.bytes], Int32(buffers.count))
        let allCosts = costs + [found.events.costs.values]
        try source.workers.run(count: outputs.count) { part in
            try outputs[part].made.withLock { output in
                var fold = ConversationFold(columns: columns)
                for place in stride(from: places.lowerBound + part, to: places.upperBound, by: outputs.count) {
                    try check()
                    let key = order[place]
                    var events = grouping.events[key]
                    for row in found.rowsByKey[place - places.lowerBound] ?? [] {
                        events.append(
                            EventReference(
                                found.events.rows[row], buffer: sealedBuffer, position: found.events.positions[row],
                                cost: found.events.costs.place(of: row).map { Int32($0) } ?? -1))
                    }
                    if events.isEmpty { continue }
                    var cut = try columns.cut(
                        &events, buffers: allBuffers, eventsMax: limits.conversationEventsMax,
                        bytesMax: limits.conversationBytesMax, check: check)
                    if let times = cut {
                        output.cut.append(key)
                        let others = [found.times, leftOut[grouping.keys[key]]].compactMap { $0 }
                        cut = others.reduce(times) {
                            min($0.lowerBound, $1.lowerBound)...max($0.upperBound, $1.upperBound)
                        }
                    }
                    try columns.sort(&events, buffers: allBuffers, check: check)
                    try fold.fold(
                        events, buffers: allBuffers, costs: allCosts, cut: cut, into: &output.builder, check: check)
                }
            }
        }
    }

    func finish() -> ConversationRows {
        var rows = rows
        for output in outputs {
            let built = output.made.withLock { $0.builder.finish() }
            if built.turns.rowCount > 0 { rows.turns.append(built.turns) }
            if built.conversations.rowCount > 0 { rows.conversations.append(built.conversations) }
            rows.found.cut += output.made.withLock { $0.cut }.map { grouping.keys[$0] }
        }
        rows.found.cut.sort()
        rows.found.cutBefore.sort()
        return rows
    }
}
