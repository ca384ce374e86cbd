import Bytes
import Columnar
import Domain
import Segments

/// Tells rows of groups by whose they are, and of which conversation. What is outside any is meant where that is said.
struct ConversationFilter: Sendable {
    /// Tenant and conversation.
    let keys: Set<ConversationGrouping.Key>
    /// Of rows of the scope, which are meant: those of these conversations, or of all others.
    let isOfThem: Bool
    /// Whose rows are told apart by the conversations.
    let scope: RetentionScope
    /// Whether rows of everybody else are meant, too.
    let meansOthers: Bool
    /// Whether rows of the scope outside any conversation are meant, too.
    private(set) var meansOutside = false

    init(keys: Set<ConversationGrouping.Key>, isOfThem: Bool) {
        self.init(keys, isOfThem: isOfThem, in: .all, meansOthers: true)
    }

    private init(
        _ keys: Set<ConversationGrouping.Key>, isOfThem: Bool, in scope: RetentionScope, meansOthers: Bool
    ) {
        (self.keys, self.isOfThem, self.scope, self.meansOthers) = (keys, isOfThem, scope, meansOthers)
    }

    /// All that stays where events of a scope go but for those of conversations beside some.
    static func staying(besides settled: Set<ConversationGrouping.Key>, in scope: RetentionScope) -> Self {
        ConversationFilter(settled, isOfThem: false, in: scope, meansOthers: true)
    }

    /// Of that what is of the scope and of a conversation that goes on.
    static func goingOn(besides settled: Set<ConversationGrouping.Key>, in scope: RetentionScope) -> Self {
        ConversationFilter(settled, isOfThem: false, in: scope, meansOthers: false)
    }

    /// And all else of it: of the scope no conversation is meant.
    static func others(than scope: RetentionScope) -> Self {
        ConversationFilter([], isOfThem: true, in: scope, meansOthers: true)
    }

    /// The same of events of a type that stay: a budget holds until another one is set, however long ago it was.
    func staying(of layout: EventTableLayout, _ registry: SchemaRegistry) -> ConversationFilter {
        var filter = self
        filter.meansOutside = meansOthers && layout.typeID == registry.wellKnownTypes.budgetSet
        return filter
    }

    /// By row of a group: whether it is meant.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading pages.
    /// - Complexity: O(rows), and a look at the conversations once for all rows of one.
    func rows(of group: RowGroup) throws -> [Bool] {
        let tenants = CodedTexts(try group.column(named: "tenant", type: .text))
        let conversations = CodedTexts(try group.column(named: "conversation_id", type: .text))
        // By the codes of both.
        var known: [UInt64: Bool] = [:]
        return (0..<group.rowCount).map { row in
            let (tenant, conversation) = (tenants.code(of: row), conversations.code(of: row))
            let codes = UInt64(UInt32(tenant)) << 32 | UInt64(UInt32(conversation))
            if let isMeant = known[codes] { return isMeant }
            let isMeant = holds(tenants.text(of: tenant), conversations.text(of: conversation))
            known[codes] = isMeant
            return isMeant
        }
    }

    private func holds(_ tenant: ArraySlice<UInt8>?, _ conversation: ArraySlice<UInt8>?) -> Bool {
        let name = String(decoding: tenant ?? [], as: UTF8.self)
        guard scope.contains(ExactText(name)) else { return meansOthers }
        guard let conversation else { return meansOutside }
        let key = ConversationGrouping.Key(
            tenant: name, conversation: String(decoding: conversation, as: UTF8.self))
        return keys.contains(key) == isOfThem
    }
}
