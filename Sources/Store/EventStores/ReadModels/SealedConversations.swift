import Columnar
import Domain
import Projections
import Segments

/// What segments hold of given conversations: their events, restored, and the read-model rows that stand for them so far.
struct SealedConversations {
    private(set) var rows = RestoredRows()
    /// Into `costs`, −1 for events that cost nothing; one for each restored row.
    private(set) var costIndices: [Int32] = []
    private(set) var costs: [CallCost] = []
    /// Index of a key to indices of restored rows.
    private(set) var rowsByKey: [Int: [Int]] = [:]
    private(set) var replaced = ReplacedRows()
    private let indices: [ConversationGrouping.Key: Int]
    private let names: Set<String>

    /// - Complexity: a filter test for each key and group; pages are read only of groups that hold one of the keys.
    init(keys: [ConversationGrouping.Key], sealed: SealedState, overlay: CostOverlay, layouts: EventTableLayouts, registry: SchemaRegistry) throws {
        indices = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, $0) })
        names = Set(keys.map(\.conversation))
        var present: [Int: ClosedRange<Int64>] = [:]
        for segment in sealed.segments {
            try markRows(of: segment, table: "conversations", keys) { key, range in
                present[key] = present[key].map { min($0.lowerBound, range.lowerBound)...max($0.upperBound, range.upperBound) } ?? range
            }
        }
        guard !present.isEmpty else { return }
        let found = present.keys.sorted().map { keys[$0] }
        for segment in sealed.segments { try markRows(of: segment, table: "turns", found) { _, _ in } }
        for layout in layouts.tables {
            let restorer = RowRestorer(layout, registry: registry)
            for segment in sealed.segments {
                for group in segment.reader.groups(table: layout.name) {
                    try restore(group, overlay, restorer, layout, found, present)
                }
            }
        }
    }

    /// Notes the live rows of a read model that stand for one of the keys.
    private mutating func markRows(
        of segment: SealedSegment, table: String, _ keys: [ConversationGrouping.Key], _ note: (Int, ClosedRange<Int64>) -> Void
    ) throws {
        for (groupIndex, group) in segment.reader.groups(table: table).enumerated() {
            let filter = try group.conversationFilter()
            guard keys.contains(where: { filter.mightContain($0.conversation) }) else { continue }
            let place = ReplacedRows.Place(segment: segment.id, table: table, group: groupIndex)
            let dead = Set(segment.replaced.rows(at: place))
            let matches = try matchingRows(group).filter { !dead.contains(UInt32($0.row)) }
            guard !matches.isEmpty else { continue }
            let isConversations = table == "conversations"
            let starts = isConversations ? try group.column(named: "start_time", type: .timestamptz) : nil
            let ends = isConversations ? try group.column(named: "last_time", type: .timestamptz) : nil
            for match in matches {
                replaced.add(match.row, at: place)
                note(match.key, (starts?.integer(at: match.row) ?? .min)...(ends?.integer(at: match.row) ?? .max))
            }
        }
    }

    /// Rows of a group whose tenant and conversation_id are one of the keys.
    private func matchingRows(_ group: RowGroup) throws -> [(row: Int, key: Int)] {
        let conversations = try group.column(named: "conversation_id", type: .text)
        var wanted: [Bool] = []
        if case .text(_, let dictionary) = conversations.storage {
            wanted = (0..<dictionary.count).map { names.contains(dictionary[$0]) }
            guard wanted.contains(true) else { return [] }
        }
        let tenants = try group.column(named: "tenant", type: .text)
        var matches: [(row: Int, key: Int)] = []
        for row in 0..<group.rowCount {
            if case .text(let codes, _) = conversations.storage, !wanted[Int(codes[row])] { continue }
            guard let conversation = conversations.text(at: row), let tenant = tenants.text(at: row) else { continue }
            if let key = indices[.init(tenant: tenant, conversation: conversation)] { matches.append((row, key)) }
        }
        return matches
    }

    private mutating func restore(
        _ group: RowGroup, _ overlay: CostOverlay, _ restorer: RowRestorer, _ layout: EventTableLayout,
        _ keys: [ConversationGrouping.Key], _ present: [Int: ClosedRange<Int64>]
    ) throws {
        guard let summary = group.summary(named: "time"), case .timestamptz(let first) = summary.minimum,
            case .timestamptz(let last) = summary.maximum
        else { return }
        let inTime = keys.filter { key in
            guard let index = indices[key], let range = present[index] else { return false }
            return range.lowerBound <= last && range.upperBound >= first
        }
        guard !inTime.isEmpty else { return }
        let filter = try group.conversationFilter()
        guard inTime.contains(where: { filter.mightContain($0.conversation) }) else { return }
        let matches = try matchingRows(group)
        guard !matches.isEmpty else { return }
        let morsel = layout.morsel(of: group, statistics: ScanStatistics(), overlay: overlay)
        let restored = try restorer.restore(
            rows: matches.map(\.row), isTimeAbsent: try group.timeAbsent(), column: { try morsel.column($0) })
        append(restored, keys: matches.map(\.key))
    }

    private mutating func append(_ more: RestoredRows, keys: [Int]) {
        let byteOffset = UInt32(rows.bytes.count)
        for (index, key) in keys.enumerated() {
            rowsByKey[key, default: []].append(rows.starts.count)
            rows.starts.append(more.starts[index] + byteOffset)
            rows.positions.append(more.positions[index])
            rows.receivedTimes.append(more.receivedTimes[index])
            if let cost = more.costs[index] {
                costIndices.append(Int32(costs.count))
                costs.append(cost)
            } else {
                costIndices.append(-1)
            }
        }
        rows.bytes.append(contentsOf: more.bytes)
    }
}
