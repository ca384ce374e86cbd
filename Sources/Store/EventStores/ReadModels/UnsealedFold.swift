import Bytes
import Columnar
import Domain
import Projections

/// Rows of the unsealed events of one version, for versions that come after it: what has come since touches few
/// conversations, and only these are folded again.
struct UnsealedFold: Sendable {
    /// All that rows follow from but for the events that are added: where it is the same, rows of conversations that
    /// got no event are, too.
    struct Basis: Hashable, Sendable {
        let tail: UInt64
        let segments: [UInt64]
        let unfolded: Set<ConversationGrouping.Key>
        let overlay: UInt64
        let dirty: [ConversationGrouping.Key]
    }

    let basis: Basis
    /// Of the last event that was there.
    let position: Int64
    let rows: ConversationRows

    /// Pieces of a table in memory; beyond them one fold makes them few again.
    private static let chunksMax = 64

    /// Whether others may go on from it.
    var isShort: Bool { rows.turns.count + rows.conversations.count <= Self.chunksMax }

    /// Conversations to be folded for a later version: those that got events, and those that could not be read.
    /// - Complexity: O(unsealed events).
    func changed(in tail: Tail, _ registry: SchemaRegistry) -> Set<ConversationGrouping.Key> {
        var keys = Set(rows.found.unfolded.map(\.key))
        for block in tail.readBlocks where block.lastPosition > position {
            for (index, row) in block.rows.enumerated() where block.position(of: index) > position {
                if let key = ConversationGrouping.key(row, registry.wellKnown) { keys.insert(key) }
            }
        }
        return keys
    }
}

extension ConversationRows {
    /// The same without the rows of some conversations; sealed rows that these replaced stay replaced.
    /// - Complexity: O(rows and their texts).
    func without(_ keys: Set<ConversationGrouping.Key>) -> ConversationRows {
        var rows = ConversationRows()
        rows.turns = Self.chunks(turns, ReadModelColumns.turns, without: keys)
        rows.conversations = Self.chunks(conversations, ReadModelColumns.conversations, without: keys)
        (rows.replaced, rows.found) = (replaced, found)
        rows.found.cut.removeAll { keys.contains($0) }
        rows.found.cutBefore.removeAll { keys.contains($0) }
        rows.found.unfolded.removeAll { keys.contains($0.key) }
        return rows
    }

    private static func chunks(
        _ chunks: [Chunk], _ columns: [TableColumn], without keys: Set<ConversationGrouping.Key>
    ) -> [Chunk] {
        guard let tenant = columns.firstIndex(where: { $0.name == "tenant" }),
            let conversation = columns.firstIndex(where: { $0.name == "conversation_id" })
        else { preconditionFailure("rows of read models say whose they are") }
        let names = Set(keys.map(\.conversation))
        return chunks.compactMap { chunk in
            let (tenants, conversations) = (chunk.columns[tenant], chunk.columns[conversation])
            let isNamed = conversations.rows(
                whereText: { names.contains(ExactText(String(decoding: $0, as: UTF8.self))) }, orNull: false)
            let left = (0..<chunk.rowCount).filter { row in
                guard isNamed[row] else { return true }
                let key = ConversationGrouping.Key(
                    tenant: tenants.text(at: row) ?? "", conversation: conversations.text(at: row) ?? "")
                return !keys.contains(key)
            }
            if left.count == chunk.rowCount { return chunk }
            return left.isEmpty ? nil : chunk.gather(left.map { UInt32($0) })
        }
    }
}
