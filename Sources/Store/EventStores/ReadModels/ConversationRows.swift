import Columnar
import Domain
import Platform
import Projections
import Synchronization

/// Rows of the read models that stand for all conversations touched by a run of unsealed events, and the sealed rows
/// they replace.
struct ConversationRows: Sendable {
    var turns: [Chunk] = []
    var conversations: [Chunk] = []
    var replaced = ReplacedRows()

    /// Folds every conversation that the blocks touch, with what segments hold of it.
    /// - Parameter dirty: conversations to fold although no block touches them.
    /// - Throws: ``CorruptionError`` or ``StorageError`` from reading segments.
    /// - Complexity: O(events of the touched conversations).
    static func folding(
        _ blocks: [TailBlock], dirty: [ConversationGrouping.Key], sealed: SealedState, overlay: CostOverlay,
        layouts: EventTableLayouts,
        registry: SchemaRegistry, workers: any Workers
    ) throws -> ConversationRows {
        let grouping = ConversationGrouping(blocks: blocks, also: dirty, registry: registry)
        guard !grouping.keys.isEmpty else { return ConversationRows() }
        let outputs = (0..<workers.parallelism).map { _ in PartOutput(registry) }
        let columns = FoldColumns(registry)
        var rows = ConversationRows()
        for first in stride(from: 0, to: grouping.keys.count, by: keysAtOnce) {
            let keys = first..<min(first + keysAtOnce, grouping.keys.count)
            let found = try SealedConversations(
                keys: Array(grouping.keys[keys]), sealed: sealed, overlay: overlay, layouts: layouts,
                registry: registry, workers: workers)
            try fold(grouping, keys, found, blocks, columns, workers, outputs)
            rows.replaced.merge(found.replaced)
        }
        for output in outputs {
            let built = output.builder.withLock { $0.finish() }
            if built.turns.rowCount > 0 { rows.turns.append(built.turns) }
            if built.conversations.rowCount > 0 { rows.conversations.append(built.conversations) }
        }
        return rows
    }

    /// So many conversations are in memory at one time with all that segments hold of them.
    private static let keysAtOnce = 4_096

    /// The rows that one of the workers' parts makes.
    private final class PartOutput: Sendable {
        let builder: Mutex<ReadModelBuilder>

        init(_ registry: SchemaRegistry) { builder = Mutex(ReadModelBuilder(registry: registry)) }
    }

    /// Folds some of the conversations, each part its share.
    private static func fold(
        _ grouping: ConversationGrouping, _ keys: Range<Int>, _ found: SealedConversations, _ blocks: [TailBlock],
        _ columns: FoldColumns,
        _ workers: any Workers, _ outputs: [PartOutput]
    ) throws {
        let buffers = blocks.map(\.rows.bytes) + [found.events.rows.bytes]
        let costs = blocks.flatMap(\.costs.values)
        let allCosts = costs + found.events.costs.values
        try workers.run(count: outputs.count) { part in
            outputs[part].builder.withLock { output in
                var fold = ConversationFold(columns: columns)
                for key in stride(from: keys.lowerBound + part, to: keys.upperBound, by: outputs.count) {
                    var events = grouping.events[key]
                    for row in found.rowsByKey[key - keys.lowerBound] ?? [] {
                        events.append(
                            EventReference(
                                buffer: Int32(blocks.count), start: Int32(found.events.rows.starts[row]),
                                position: found.events.positions[row],
                                cost: found.events.costs.place(of: row).map { Int32(costs.count + $0) } ?? -1))
                    }
                    if events.isEmpty { continue }
                    columns.sort(&events, buffers: buffers)
                    fold.fold(events, buffers: buffers, costs: allCosts, into: &output)
                }
            }
        }
    }
}
