import Columnar
import Domain
import Platform
import Projections
import Segments

/// What segments hold of given conversations: their events, restored, and the read-model rows that stand for them so
/// far.
struct SealedConversations {
    private(set) var events = PlacedRows()
    /// Index of a key to indices of restored rows.
    private(set) var rowsByKey: [Int: [Int]] = [:]
    private(set) var replaced = ReplacedRows()

    /// - Throws: ``CorruptionError`` or ``StorageError`` from reading segments.
    /// - Complexity: a filter test for each key and group; pages are read only of groups that hold one of the keys.
    init(
        keys: [ConversationGrouping.Key], sealed: SealedState, overlay: CostOverlay, layouts: EventTableLayouts,
        registry: SchemaRegistry, workers: any Workers
    ) throws {
        let index = ConversationIndex(keys)
        // When each conversation began and ended, as far as segments know it; empty ranges are greatest...least.
        var firsts = [Int64](repeating: .max, count: keys.count)
        var lasts = [Int64](repeating: .min, count: keys.count)
        for found in try Self.readModelRows("conversations", index, sealed, workers) {
            for (match, times) in zip(found.matches, found.times) {
                replaced.add(match.row, at: found.place)
                firsts[match.key] = min(firsts[match.key], times.first)
                lasts[match.key] = max(lasts[match.key], times.last)
            }
        }
        let present = keys.indices.filter { firsts[$0] <= lasts[$0] }
        guard !present.isEmpty else { return }
        for found in try Self.readModelRows("turns", index.only(present), sealed, workers) {
            for match in found.matches { replaced.add(match.row, at: found.place) }
        }
        var places: [(group: RowGroup, dead: [UInt32], layout: EventTableLayout, keys: [Int])] = []
        for layout in layouts.tables {
            for segment in sealed.segments {
                for (number, group) in segment.reader.groups(table: layout.name).enumerated() {
                    guard let times = group.timeRange else { continue }
                    let inTime = present.filter { firsts[$0] <= times.upperBound && lasts[$0] >= times.lowerBound }
                    if !inTime.isEmpty {
                        places.append((group, segment.deadRows(table: layout.name, group: number), layout, inTime))
                    }
                }
            }
        }
        let work = places
        let found = try workers.map(count: work.count) { place -> (matches: [Match], rows: PlacedRows) in
            let (group, dead, layout, keys) = work[place]
            let gone = Set(dead)
            let matches = try group.rows(of: index.only(keys)).filter { !gone.contains(UInt32($0.row)) }
            guard !matches.isEmpty else { return ([], PlacedRows()) }
            let morsel = layout.morsel(of: group, statistics: ScanStatistics(), overlay: overlay)
            let restored = try RowRestorer(layout, registry: registry).restore(
                rows: matches.map(\.row), isTimeAbsent: try group.timeAbsent(), column: { try morsel.column($0) })
            return (matches, restored)
        }
        events.rows.bytes.reserveCapacity(found.reduce(0) { $0 + $1.rows.rows.bytes.count })
        for (matches, restored) in found { append(restored, keys: matches.map(\.key)) }
    }

    /// Live rows of a read model in one group that stand for one of the keys, and when each begins and ends where the
    /// model says so.
    private struct ReadModelRows {
        var place: ReplacedRows.Place
        var matches: [Match]
        var times: [(first: Int64, last: Int64)]
    }

    private static func readModelRows(
        _ table: String, _ index: ConversationIndex, _ sealed: SealedState, _ workers: any Workers
    ) throws -> [ReadModelRows] {
        let work = sealed.segments.flatMap { segment in
            segment.reader.groups(table: table).enumerated().map { (segment, $0, $1) }
        }
        return try workers.map(count: work.count) { item in
            let (segment, groupIndex, group) = work[item]
            let place = ReplacedRows.Place(segment: segment.id, table: table, group: groupIndex)
            let dead = Set(segment.replaced.rows(at: place))
            let matches = try group.rows(of: index).filter { !dead.contains(UInt32($0.row)) }
            guard !matches.isEmpty, table == "conversations" else {
                return ReadModelRows(place: place, matches: matches, times: [])
            }
            let starts = try group.column(named: "start_time", type: .timestamptz)
            let ends = try group.column(named: "last_time", type: .timestamptz)
            let times = matches.map { (starts.integer(at: $0.row) ?? .min, ends.integer(at: $0.row) ?? .max) }
            return ReadModelRows(place: place, matches: matches, times: times)
        }
    }

    private mutating func append(_ more: PlacedRows, keys: [Int]) {
        for (index, key) in keys.enumerated() { rowsByKey[key, default: []].append(events.count + index) }
        events.append(contentsOf: more)
    }
}
