import Synchronization

/// Conversations whose rows are made of their first events alone: how many, and some of them by name. The rows
/// themselves say it, too (`cut_after`), so nothing here grows with the store.
struct CutConversations: Hashable, Sendable {
    private(set) var count: Int
    /// The first ones by tenant and conversation, ascending.
    private(set) var named: [ConversationGrouping.Key]

    /// So many are named.
    static let namedMax = 100
    /// Asks for all of them.
    static let query = "select tenant, conversation_id, cut_after from conversations where cut_after is not null"

    init(count: Int = 0, named: [ConversationGrouping.Key] = []) { (self.count, self.named) = (count, named) }

    /// With what a fold made of some conversations, in the place of the rows that they had before.
    func with(_ rows: ConversationRows) -> CutConversations {
        let (now, before) = (Set(rows.cut), Set(rows.cutBefore))
        guard !now.isEmpty || !before.isEmpty else { return self }
        let over = before.subtracting(now)
        var next = self
        next.count = max(0, count + now.subtracting(before).count - over.count)
        next.named = Array(Set(named).subtracting(over).union(now).sorted().prefix(Self.namedMax))
        return next
    }
}

/// What the latest fold of unsealed events found of it, whoever asked for the rows. Each seal begins anew.
final class UnsealedCut: Sendable {
    private let found = Mutex<(position: Int64, rows: ConversationRows)>((0, ConversationRows()))

    func note(_ rows: ConversationRows, at position: Int64) {
        var told = ConversationRows()
        (told.cut, told.cutBefore) = (rows.cut, rows.cutBefore)
        found.withLock { if position >= $0.position { $0 = (position, told) } }
    }

    /// Those of sealed rows with what is known of the unsealed ones.
    func with(_ sealed: CutConversations) -> CutConversations { sealed.with(found.withLock { $0.rows }) }
}
