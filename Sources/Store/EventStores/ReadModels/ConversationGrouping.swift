import Bytes
import Columnar
import Domain
import Projections

/// The unsealed events of each conversation that has any.
struct ConversationGrouping: Sendable {
    /// A conversation: tenant and conversation_id.
    struct Key: Hashable, Comparable, Sendable {
        let tenant: ExactText
        let conversation: ExactText

        init(tenant: String, conversation: String) {
            (self.tenant, self.conversation) = (ExactText(tenant), ExactText(conversation))
        }

        /// By tenant, then conversation.
        static func < (left: Key, right: Key) -> Bool {
            (left.tenant, left.conversation) < (right.tenant, right.conversation)
        }
    }

    /// Where in a row its conversation stands.
    typealias Fields = (tenant: Range<Int>, conversation: Range<Int>)

    /// Sorted by where they were first seen.
    private(set) var keys: [Key] = []
    /// For each key, its events in position order.
    private(set) var events: [[EventReference]] = []

    /// - Complexity: O(bytes of the blocks).
    /// - Parameters:
    ///   - also: conversations to fold although no unsealed event touches them.
    ///   - only: those whose events are wanted; nil: all.
    ///   - check: throws when they are no longer wanted; asked before each block.
    init(
        blocks: [TailBlock], also: [Key], only: Set<Key>? = nil, registry: SchemaRegistry, check: () throws -> Void
    ) rethrows {
        let wellKnown = registry.wellKnown
        precondition(
            wellKnown.conversationID == wellKnown.tenant + 1, "tenant and conversation_id stand side by side in a row")
        var dictionary = TextDictionaryBuilder()
        var isWanted: [Bool] = []
        for (blockIndex, block) in blocks.enumerated() {
            try check()
            // By their places: other threads walk the same rows, and nothing of them is counted for each.
            let rows = block.rows
            for index in rows.indices {
                let row = rows[index]
                guard let fields = Self.fields(row, wellKnown) else { continue }
                let code = Int(
                    dictionary.code(of: fields.tenant.lowerBound..<fields.conversation.upperBound, in: row.bytes))
                if code == keys.count {
                    let key = Key(row, fields)
                    keys.append(key)
                    events.append([])
                    isWanted.append(only?.contains(key) ?? true)
                }
                guard isWanted[code] else { continue }
                events[code].append(
                    EventReference(
                        row, buffer: Int32(blockIndex), position: block.position(of: index),
                        cost: block.costs.place(of: index).map { Int32($0) } ?? -1))
            }
        }
        let known = Set(keys)
        for key in also where !known.contains(key) {
            keys.append(key)
            events.append([])
        }
    }

    /// The conversation of an event; nil outside any.
    static func key(_ row: EventRow, _ known: WellKnownColumns) -> Key? { fields(row, known).map { Key(row, $0) } }

    /// The values of tenant and conversation_id; nil for an event outside any conversation.
    static func fields(_ row: EventRow, _ known: WellKnownColumns) -> Fields? {
        var tenant: Range<Int>?
        var cursor = EventRowCursor(row)
        while cursor.advance(in: row) {
            if cursor.column == known.tenant, case .text(let range) = cursor.value { tenant = range }
            if cursor.column == known.conversationID, case .text(let range) = cursor.value, let tenant {
                return (tenant, range)
            }
            if cursor.column > known.conversationID { return nil }
        }
        return nil
    }
}

extension ConversationGrouping.Key {
    fileprivate init(_ row: EventRow, _ fields: (tenant: Range<Int>, conversation: Range<Int>)) {
        self.init(
            tenant: String(decoding: row.bytes[fields.tenant], as: UTF8.self),
            conversation: String(decoding: row.bytes[fields.conversation], as: UTF8.self))
    }
}
