import Columnar
import Domain
import Platform
import Projections

/// Rows of the read models that stand for all conversations touched by a run of unsealed events, and the sealed rows they replace.
struct ConversationRows: Sendable {
    var turns: [Chunk] = []
    var conversations: [Chunk] = []
    var replaced = ReplacedRows()

    /// Folds every conversation that the blocks touch, with what segments hold of it.
    /// - Parameter dirty: conversations to fold although no block touches them.
    /// - Throws: ``CorruptionError`` or ``StorageError`` from reading segments.
    /// - Complexity: O(events of the touched conversations).
    static func folding(
        _ blocks: [TailBlock], dirty: [ConversationGrouping.Key], sealed: SealedState, overlay: CostOverlay, layouts: EventTableLayouts,
        registry: SchemaRegistry, workers: any Workers
    ) throws -> ConversationRows {
        let grouping = ConversationGrouping(blocks: blocks, also: dirty, registry: registry)
        guard !grouping.keys.isEmpty else { return ConversationRows() }
        let found = try SealedConversations(
            keys: grouping.keys, sealed: sealed, overlay: overlay, layouts: layouts, registry: registry, workers: workers)
        let buffers = blocks.map(\.bytes) + [found.rows.bytes]
        let costs = blocks.flatMap(\.costs)
        let allCosts = costs + found.costs
        let parts = workers.parallelism
        let columns = FoldColumns(registry)
        let built = try workers.map(count: parts) { part in
            var fold = ConversationFold(columns: columns)
            var output = ReadModelBuilder(registry: registry)
            for key in stride(from: part, to: grouping.keys.count, by: parts) {
                var events = grouping.events[key]
                for row in found.rowsByKey[key] ?? [] {
                    let cost = found.costIndices[row]
                    events.append(
                        EventReference(
                            buffer: Int32(blocks.count), start: Int32(found.rows.starts[row]), position: found.rows.positions[row],
                            cost: cost < 0 ? -1 : cost + Int32(costs.count)))
                }
                if events.isEmpty { continue }
                sort(&events, buffers)
                fold.fold(events, buffers: buffers, costs: allCosts, into: &output)
            }
            return output.finish()
        }
        return ConversationRows(
            turns: built.map(\.turns).filter { $0.rowCount > 0 },
            conversations: built.map(\.conversations).filter { $0.rowCount > 0 }, replaced: found.replaced)
    }

    /// By time, then position: the order that makes the fold independent of how events came.
    private static func sort(_ events: inout [EventReference], _ buffers: [[UInt8]]) {
        func time(_ event: EventReference) -> Int64 { EventRowCursor.time(buffers[Int(event.buffer)], at: Int(event.start)) }
        let keyed = events.map { (time($0), $0.position, $0) }
        let isSorted = zip(keyed, keyed.dropFirst()).allSatisfy { ($0.0, $0.1) <= ($1.0, $1.1) }
        if !isSorted { events = keyed.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2) }
    }
}
