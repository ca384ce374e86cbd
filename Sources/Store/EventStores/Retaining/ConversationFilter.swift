import Columnar
import Domain
import Segments

/// Tells rows of groups by whose conversation they are of. What is outside any is meant where that is said.
struct ConversationFilter: Sendable {
    /// Tenant and conversation.
    let keys: Set<ConversationGrouping.Key>
    /// Which rows are meant: those of these conversations, or of all others.
    let isOfThem: Bool
    /// Whether rows outside any conversation are meant, too.
    private(set) var meansOutside = false

    init(keys: Set<ConversationGrouping.Key>, isOfThem: Bool) { (self.keys, self.isOfThem) = (keys, isOfThem) }

    /// The same of events of a type that stay: a budget holds until another one is set, however long ago it was.
    func staying(of layout: EventTableLayout, _ registry: SchemaRegistry) -> ConversationFilter {
        var filter = self
        filter.meansOutside = layout.typeID == registry.wellKnownTypes.budgetSet
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
        guard let conversation else { return meansOutside }
        let key = ConversationGrouping.Key(
            tenant: String(decoding: tenant ?? [], as: UTF8.self),
            conversation: String(decoding: conversation, as: UTF8.self))
        return keys.contains(key) == isOfThem
    }
}
