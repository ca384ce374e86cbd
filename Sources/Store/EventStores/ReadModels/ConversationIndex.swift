import Bytes
import Columnar
import Segments

/// A row of a group and the index of the key that it belongs to.
typealias Match = (row: Int, key: Int)

/// Finds which rows of a group belong to given conversations, by the bytes of their ids.
struct ConversationIndex: Sendable {
    private let keys: [ConversationGrouping.Key]
    /// By key: hash of its conversation's id.
    private let hashes: [UInt64]
    /// By hash, the keys, ascending.
    private let byHash: [UInt64: [Int32]]
    /// The keys that are looked for, ascending.
    private let wanted: [Int]
    /// The ids of all keys' conversations, ascending.
    private let ids: [ExactText]

    /// - Complexity: O(bytes of the keys · log keys).
    init(_ keys: [ConversationGrouping.Key]) {
        let hashes = keys.map { lookupHash(Array($0.conversation.utf8)[...]) }
        var byHash: [UInt64: [Int32]] = [:]
        for (key, hash) in hashes.enumerated() { byHash[hash, default: []].append(Int32(key)) }
        self.init(
            keys, hashes, byHash, wanted: Array(keys.indices), ids: keys.map(\.conversation).sorted())
    }

    private init(
        _ keys: [ConversationGrouping.Key], _ hashes: [UInt64], _ byHash: [UInt64: [Int32]], wanted: [Int],
        ids: [ExactText]
    ) {
        (self.keys, self.hashes, self.byHash, self.wanted, self.ids) = (keys, hashes, byHash, wanted, ids)
    }

    /// How many keys there are, looked for or not.
    var count: Int { keys.count }

    /// The one key that is looked for, where it is one, and the UTF-8 of its conversation's id.
    var single: (index: Int, conversation: [UInt8])? {
        wanted.count == 1 ? (wanted[0], Array(keys[wanted[0]].conversation.utf8)) : nil
    }

    /// The same keys by the same indices, of which only some are looked for.
    func only(_ wanted: [Int]) -> ConversationIndex {
        ConversationIndex(keys, hashes, byHash, wanted: wanted, ids: ids)
    }

    /// Whether one of the keys may be in a column, by the bounds of its texts. Where ids ascend, as most do, the groups
    /// of other times are told by that; of many keys a filter lets some pass.
    /// - Complexity: O(log keys).
    func mayLie(within summary: ColumnSummary) -> Bool {
        guard case .text(let low) = summary.minimum, case .text(let high) = summary.maximum else { return true }
        let first = ids.partitioningIndex { $0 >= ExactText(low) }
        return first < ids.count && ids[first] <= ExactText(high)
    }

    /// Whether a filter of conversation ids may hold one of the wanted keys.
    func mightOccur(in filter: TextFilter) -> Bool { wanted.contains { filter.mightContain(hashes[$0]) } }

    /// For each code of a dictionary, the wanted keys of that conversation id.
    func keys(in dictionary: TextDictionary) -> [[Int32]] {
        var isWanted = [Bool](repeating: false, count: keys.count)
        for key in wanted { isWanted[key] = true }
        return (0..<dictionary.count).map { code in
            let text = dictionary.utf8(code)
            return (byHash[lookupHash(text)] ?? []).filter {
                isWanted[Int($0)] && keys[Int($0)].conversation.utf8.elementsEqual(text)
            }
        }
    }

    func isTenant(_ utf8: ArraySlice<UInt8>, ofKey key: Int32) -> Bool {
        keys[Int(key)].tenant.utf8.elementsEqual(utf8)
    }
}

extension RowGroup {
    /// The rows whose tenant and conversation_id are one of the wanted keys, ascending.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading pages.
    /// - Complexity: a filter test for each key; O(rows) where one passes.
    func rows(of index: ConversationIndex) throws -> [Match] {
        if let bounds = summary(named: "conversation_id"), !index.mayLie(within: bounds) { return [] }
        if let filter = try columnIndex(named: "conversation_id").flatMap({ try filter($0) }),
            !index.mightOccur(in: filter)
        {
            return []
        }
        if let single = index.single,
            let rows = try rows(ofTexts: [single.conversation], in: "conversation_id")
        {
            if rows.isEmpty { return [] }
            let tenants = try column(named: "tenant", type: .text, rows: rows)
            var matches: [Match] = []
            for (place, row) in rows.enumerated() {
                tenants.withText(at: place) {
                    if index.isTenant($0, ofKey: Int32(single.index)) { matches.append((Int(row), single.index)) }
                }
            }
            return matches
        }
        let conversations = try column(named: "conversation_id", type: .text)
        var codes: [UInt32] = []
        var keys: [[Int32]] = []
        switch conversations.storage {
        case .text(let texts, let dictionary): (codes, keys) = (texts, index.keys(in: dictionary))
        case .constant(.text(let text)): keys = index.keys(in: TextDictionary([text]))
        default: return []
        }
        guard keys.contains(where: { !$0.isEmpty }) else { return [] }
        let tenants = try column(named: "tenant", type: .text)
        var matches: [Match] = []
        for row in 0..<rowCount where conversations.validity?[row] ?? true {
            for key in keys[codes.isEmpty ? 0 : Int(codes[row])] {
                tenants.withText(at: row) { if index.isTenant($0, ofKey: key) { matches.append((row, Int(key))) } }
            }
        }
        return matches
    }
}
