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

    /// What has come since the fold.
    struct Changes: Sendable {
        /// Conversations to be folded: those that got events, and those that could not be read.
        var folded: Set<ConversationGrouping.Key> = []
        /// Those whose rows are made of their first events alone, of which there were too many already: when others
        /// were that they got. Nothing else of their rows follows from these, so they are not folded again, however
        /// often events come: most of all that is to do would be for them.
        var widened: [ConversationGrouping.Key: ClosedRange<Int64>] = [:]
    }

    /// What has come up to a later version.
    /// - Parameter check: throws when its rows are no longer wanted; asked before each block.
    /// - Complexity: O(unsealed events).
    func changes(
        in tail: Tail, _ registry: SchemaRegistry, check: () throws -> Void
    ) rethrows -> Changes {
        var changes = Changes(folded: Set(rows.found.unfolded.map(\.key)))
        let cut = Set(rows.found.cut).subtracting(changes.folded)
        for block in tail.readBlocks where block.lastPosition > position {
            try check()
            for (index, row) in block.rows.enumerated() where block.position(of: index) > position {
                guard let key = ConversationGrouping.key(row, registry.wellKnown) else { continue }
                if cut.contains(key) {
                    let known = changes.widened[key] ?? row.time...row.time
                    changes.widened[key] = min(known.lowerBound, row.time)...max(known.upperBound, row.time)
                } else {
                    changes.folded.insert(key)
                }
            }
        }
        return changes
    }

    /// The rows of a later version.
    /// - Parameters:
    ///   - changes: what has come up to it.
    ///   - folded: rows of the conversations that these name to be folded.
    ///   - check: throws when the rows are no longer wanted; asked before each piece.
    func rows(
        _ changes: Changes, folded: ConversationRows, check: () throws -> Void
    ) rethrows -> ConversationRows {
        var rows = rows
        if !changes.folded.isEmpty { rows = try rows.without(changes.folded, check: check).with(folded) }
        return try rows.widened(by: changes.widened, check: check)
    }
}

extension ConversationRows {
    /// The same without the rows of some conversations; sealed rows that these replaced stay replaced.
    /// - Complexity: O(rows and their texts).
    fileprivate func without(
        _ keys: Set<ConversationGrouping.Key>, check: () throws -> Void
    ) rethrows -> ConversationRows {
        var rows = ConversationRows()
        rows.turns = try Self.chunks(turns, ReadModelColumns.turns, without: keys, check)
        rows.conversations = try Self.chunks(conversations, ReadModelColumns.conversations, without: keys, check)
        (rows.replaced, rows.found) = (replaced, found)
        rows.found.cut.removeAll { keys.contains($0) }
        rows.found.cutBefore.removeAll { keys.contains($0) }
        rows.found.unfolded.removeAll { keys.contains($0.key) }
        return rows
    }

    /// The same where conversations began earlier or ended later: the very same rows where none did.
    /// - Complexity: O(rows of conversations).
    fileprivate func widened(
        by times: [ConversationGrouping.Key: ClosedRange<Int64>], check: () throws -> Void
    ) rethrows -> ConversationRows {
        if times.isEmpty { return self }
        let columns = ReadModelColumns.conversations
        guard let start = columns.firstIndex(where: { $0.name == "start_time" }),
            let last = columns.firstIndex(where: { $0.name == "last_time" })
        else { preconditionFailure("rows of conversations say when they were") }
        let names = ConversationNames(columns, times.keys)
        var isChanged = false
        let chunks = try conversations.map { chunk in
            try check()
            var (earlier, later): ([Int: Int64], [Int: Int64]) = ([:], [:])
            for (row, key) in names.rows(in: chunk) {
                guard let more = times[key] else { continue }
                if more.lowerBound < chunk.columns[start].integer(at: row) ?? .min { earlier[row] = more.lowerBound }
                if more.upperBound > chunk.columns[last].integer(at: row) ?? .max { later[row] = more.upperBound }
            }
            if earlier.isEmpty && later.isEmpty { return chunk }
            isChanged = true
            var vectors = chunk.columns
            vectors[start] = vectors[start].setting(earlier)
            vectors[last] = vectors[last].setting(later)
            return Chunk(columns: vectors, rowCount: chunk.rowCount)
        }
        if !isChanged { return self }
        var rows = ConversationRows()
        (rows.turns, rows.conversations, rows.replaced, rows.found) = (turns, chunks, replaced, found)
        return rows
    }

    private static func chunks(
        _ chunks: [Chunk], _ columns: [TableColumn], without keys: Set<ConversationGrouping.Key>,
        _ check: () throws -> Void
    ) rethrows -> [Chunk] {
        let names = ConversationNames(columns, keys)
        return try chunks.compactMap { chunk in
            try check()
            var isLeft = [Bool](repeating: true, count: chunk.rowCount)
            for (row, key) in names.rows(in: chunk) where keys.contains(key) { isLeft[row] = false }
            let left = isLeft.indices.filter { isLeft[$0] }
            if left.count == chunk.rowCount { return chunk }
            return left.isEmpty ? nil : chunk.gather(left.map { UInt32($0) })
        }
    }
}

/// Finds rows of a read model that may be of some conversations.
private struct ConversationNames {
    private let tenant, conversation: Int
    private let names: Set<ExactText>

    init(_ columns: [TableColumn], _ keys: some Sequence<ConversationGrouping.Key>) {
        guard let tenant = columns.firstIndex(where: { $0.name == "tenant" }),
            let conversation = columns.firstIndex(where: { $0.name == "conversation_id" })
        else { preconditionFailure("rows of read models say whose they are") }
        (self.tenant, self.conversation) = (tenant, conversation)
        names = Set(keys.map(\.conversation))
    }

    /// Rows of conversations with one of the ids, whatever their tenants, each with whose it is.
    /// - Complexity: O(rows and their texts).
    func rows(in chunk: Chunk) -> [(row: Int, key: ConversationGrouping.Key)] {
        let (tenants, conversations) = (chunk.columns[tenant], chunk.columns[conversation])
        let isNamed = conversations.rows(
            whereText: { names.contains(ExactText(String(decoding: $0, as: UTF8.self))) }, orNull: false)
        return isNamed.indices.filter { isNamed[$0] }.map { row in
            let key = ConversationGrouping.Key(
                tenant: tenants.text(at: row) ?? "", conversation: conversations.text(at: row) ?? "")
            return (row, key)
        }
    }
}

extension Vector {
    /// The same times but for those of some rows.
    /// - Precondition: every row has a time.
    /// - Complexity: O(rows).
    fileprivate func setting(_ times: [Int: Int64]) -> Vector {
        if times.isEmpty { return self }
        let all = (0..<count).map { times[$0] ?? integer(at: $0) ?? 0 }
        return Vector(type: type, count: count, storage: .int64(all))
    }
}
