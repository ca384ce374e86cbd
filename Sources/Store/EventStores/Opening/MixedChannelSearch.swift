import Columnar
import Domain
import Segments

/// Finds conversations whose rows of `turns` an earlier version may have written with the place of an answer instead of
/// the question's, see ``QuestionRule/placeColumns``.
///
/// Only where the messages of a conversation name several channels, or one and none, may the two differ.
struct MixedChannelSearch {
    private var conversations = GroupTable(types: [.text, .text])
    private var channels = GroupTable(types: [.text])
    private var ordinal: UInt64 = 0
    /// By number of the conversation: the number of the channel that its first message names.
    private var first: [UInt32] = []
    /// By number of the conversation: whether another message names another one.
    private var isMixed: [Bool] = []

    private init() {}

    /// Those of segments. What cannot be read is passed over: whoever asks for these messages is told of it, and a
    /// conversation that cannot be folded keeps the rows that it has.
    /// - Throws: `StorageError` where the volume fails.
    /// - Complexity: O(messages), three columns of them; one column where all name the same channel.
    static func conversations(in sealed: SealedState) throws -> Set<ConversationGrouping.Key> {
        var search = Self()
        try search.forEachGroup(in: sealed) { search, group, _ in
            search.number(try group.column(named: "channel", type: .text))
        }
        guard search.channels.count > 1 else { return [] }
        try search.forEachGroup(in: sealed) { search, group, dead in try search.add(group, without: dead) }
        return search.found
    }

    private mutating func forEachGroup(
        in sealed: SealedState, _ body: (inout MixedChannelSearch, RowGroup, Set<UInt32>) throws -> Void
    ) throws {
        for table in QuestionRule.allCases.map(\.table) {
            for segment in sealed.segments where !segment.isSettled {
                for (index, group) in segment.reader.groups(table: table).enumerated() {
                    do {
                        try body(&self, group, segment.deadRows(table: table, group: index))
                    } catch where StoreError.isOfPlace(error) {
                        continue
                    }
                }
            }
        }
    }

    @discardableResult
    private mutating func number(_ channel: Vector) -> [UInt32] {
        defer { ordinal += UInt64(channel.count) }
        return channels.assign([channel], ordinal: ordinal)
    }

    private mutating func add(_ group: RowGroup, without dead: Set<UInt32>) throws {
        let names = try group.column(named: "conversation_id", type: .text)
        let tenants = try group.column(named: "tenant", type: .text)
        let channels = try group.column(named: "channel", type: .text)
        let numbers = number(channels)
        let groups = conversations.assign([tenants, names], ordinal: ordinal)
        first.append(contentsOf: repeatElement(.max, count: conversations.count - first.count))
        isMixed.append(contentsOf: repeatElement(false, count: conversations.count - isMixed.count))
        for row in 0..<group.rowCount where !names.isNull(row) && !dead.contains(UInt32(row)) {
            let conversation = Int(groups[row])
            if first[conversation] == .max {
                first[conversation] = numbers[row]
            } else if first[conversation] != numbers[row] {
                isMixed[conversation] = true
            }
        }
    }

    private var found: Set<ConversationGrouping.Key> {
        let mixed = isMixed.indices.filter { isMixed[$0] }.map { UInt32($0) }
        guard !mixed.isEmpty else { return [] }
        let columns = conversations.keys(of: mixed)
        return Set(
            mixed.indices.map { row in
                ConversationGrouping.Key(
                    tenant: columns[0].text(at: row) ?? "", conversation: columns[1].text(at: row) ?? "")
            })
    }
}
