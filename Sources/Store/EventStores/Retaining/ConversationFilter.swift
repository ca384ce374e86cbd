import Bytes
import Columnar
import Domain
import Segments

/// Tells rows of groups by whose they are, of which type, and of which conversation. What is outside any is meant where
/// that is said.
struct ConversationFilter: Sendable {
    /// Which rows of a scope are meant that are of a conversation, and whether those outside any are.
    private struct Rule {
        enum Conversations {
            case none, all
            case only(Set<ConversationGrouping.Key>)
            case allBut(Set<ConversationGrouping.Key>)
        }

        var conversations: Conversations
        var meansOutside = false

        static let everything = Rule(conversations: .all, meansOutside: true)

        /// - Parameter isSettled: whether the conversation has been settled before.
        func holds(_ isSettled: Bool, _ key: @autoclosure () -> ConversationGrouping.Key) -> Bool {
            switch conversations {
            case .none: false
            case .all: true
            case .only(let keys): isSettled || keys.contains(key())
            case .allBut(let keys): !isSettled && !keys.contains(key())
            }
        }
    }

    /// Whose rows are told apart by the rules.
    private let scope: RetentionScope
    /// Of rows of the scope.
    private var rule: Rule
    /// Of its tenants' rows of events of other types.
    private let ruleOfOtherTypes: Rule
    /// Whether rows of everybody else are meant, too.
    private let meansOthers: Bool

    /// - Parameter ofOtherTypes: nil: as of those of the scope.
    private init(_ rule: Rule, ofOtherTypes: Rule? = nil, in scope: RetentionScope, meansOthers: Bool) {
        (self.rule, self.scope, self.meansOthers) = (rule, scope, meansOthers)
        ruleOfOtherTypes = ofOtherTypes ?? rule
    }

    /// Rows of some conversations, and nothing else.
    init(of keys: Set<ConversationGrouping.Key>) {
        self.init(Rule(conversations: .only(keys)), in: .all, meansOthers: false)
    }

    /// All that stays where events of a scope go but for those of conversations beside some.
    static func staying(besides settled: Set<ConversationGrouping.Key>, in scope: RetentionScope) -> Self {
        Self(Rule(conversations: .allBut(settled)), ofOtherTypes: .everything, in: scope, meansOthers: true)
    }

    /// Of that what is of the scope and of a conversation that goes on. Where types go that is all of the conversation,
    /// of whatever type.
    static func goingOn(besides settled: Set<ConversationGrouping.Key>, in scope: RetentionScope) -> Self {
        Self(Rule(conversations: .allBut(settled)), in: scope, meansOthers: false)
    }

    /// And all else of it: of the scope no conversation is meant, of other types those that do not go on.
    static func others(than scope: RetentionScope, besides settled: Set<ConversationGrouping.Key> = []) -> Self {
        Self(
            Rule(conversations: .none),
            ofOtherTypes: Rule(conversations: .only(settled), meansOutside: true), in: scope, meansOthers: true)
    }

    /// The same of events of a type that stay: a budget holds until another one is set, however long ago it was.
    func staying(of layout: EventTableLayout) -> ConversationFilter {
        var filter = self
        if !scope.contains(type: layout.typeName) {
            filter.rule = ruleOfOtherTypes
        } else if meansOthers, layout.typeName == RetentionLimits.keptType {
            filter.rule.meansOutside = true
        }
        return filter
    }

    /// By row of a group: whether it is meant.
    /// - Parameter segment: whose group it is.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading pages.
    /// - Complexity: O(rows), and a look at the conversations once for all rows of one.
    func rows(of group: RowGroup, in segment: SealedSegment) throws -> [Bool] {
        let tenants = CodedTexts(try group.column(named: "tenant", type: .text))
        let conversations = CodedTexts(try group.column(named: "conversation_id", type: .text))
        // By the codes of both.
        var known: [UInt64: Bool] = [:]
        return (0..<group.rowCount).map { row in
            let (tenant, conversation) = (tenants.code(of: row), conversations.code(of: row))
            let codes = UInt64(UInt32(tenant)) << 32 | UInt64(UInt32(conversation))
            if let isMeant = known[codes] { return isMeant }
            let isMeant = holds(tenants.text(of: tenant), conversations.text(of: conversation), segment.isSettled)
            known[codes] = isMeant
            return isMeant
        }
    }

    private func holds(_ tenant: ArraySlice<UInt8>?, _ conversation: ArraySlice<UInt8>?, _ isSettled: Bool) -> Bool {
        let name = String(decoding: tenant ?? [], as: UTF8.self)
        guard scope.contains(ExactText(name)) else { return meansOthers }
        guard let conversation else { return rule.meansOutside }
        return rule.holds(
            isSettled,
            ConversationGrouping.Key(tenant: name, conversation: String(decoding: conversation, as: UTF8.self)))
    }
}
