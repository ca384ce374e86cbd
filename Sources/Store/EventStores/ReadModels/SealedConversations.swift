import Columnar
import Domain
import Platform
import Projections
import Segments

/// What segments hold of given conversations: their events, restored as far as the fold reads them, and the read-model
/// rows that stand for them so far.
struct SealedConversations {
    private(set) var events = PlacedRows()
    /// Index of a key to indices of restored rows.
    private(set) var rowsByKey: [Int: [Int]] = [:]
    private(set) var replaced = ReplacedRows()
    /// Indices of keys whose rows so far are made of a part of the events.
    private(set) var cut: Set<Int> = []
    /// When the first and the last event of the one conversation were of which not all rows are here.
    private(set) var times: ClosedRange<Int64>?

    /// Where events of the conversations may be.
    private struct Place {
        var group: RowGroup
        var dead: Set<UInt32>
        var layout: EventTableLayout
        /// The keys whose time the group meets.
        var keys: [Int]
    }

    /// What the look-up reads, the same for all conversations.
    struct Source {
        var sealed: SealedState
        var overlay: CostOverlay
        var layouts: EventTableLayouts
        var registry: SchemaRegistry
        var columns: FoldColumns
        var workers: any Workers
        var limits: FoldLimits
        /// Conversations whose rows do not say when all of their sealed events were.
        var unfolded: Set<ConversationGrouping.Key>
        /// Those and conversations of which sealed events have changed: their rows may say too much of the times, too.
        var changed: Set<ConversationGrouping.Key>
        /// Throws when the rows are no longer wanted.
        var check: ScanRequest.Check
    }

    /// When each conversation began, as far as segments know it; the greatest time for others.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading segments.
    static func begins(_ keys: [ConversationGrouping.Key], _ source: Source) throws -> [Int64] {
        var begins = [Int64](repeating: .max, count: keys.count)
        var counts: [Int] = []
        for found in try readModelRows("conversations", ConversationIndex(keys), source, .max, &counts) ?? [] {
            for (match, times) in zip(found.matches, found.times) {
                begins[match.key] = min(begins[match.key], times.first)
            }
        }
        return begins
    }

    /// Of one conversation that is too large to be folded whole, the first rows alone are here, at least those that its
    /// fold takes.
    /// - Parameter counts: where nil is returned, by key, how many rows segments hold of it; empty where they are not
    ///   too many but too large.
    /// - Returns: nil where segments hold more of several conversations than is to be in memory at one time.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading segments.
    /// - Complexity: a filter test for each key and group; pages are read only of groups that hold one of the keys.
    init?(keys: [ConversationGrouping.Key], _ source: Source, counts: inout [Int]) throws {
        let index = ConversationIndex(keys)
        let rowsMax = keys.count > 1 ? source.limits.rowsAtOnce : Int.max
        // When each conversation began and ended, as far as segments know it; empty ranges are greatest...least.
        var firsts = [Int64](repeating: .max, count: keys.count)
        var lasts = [Int64](repeating: .min, count: keys.count)
        let conversations = try Self.readModelRows("conversations", index, source, rowsMax, &counts)
        guard let conversations else { return nil }
        for found in conversations {
            cut.formUnion(found.cut)
            for (match, times) in zip(found.matches, found.times) {
                replaced.add(match.row, at: found.place)
                firsts[match.key] = min(firsts[match.key], times.first)
                lasts[match.key] = max(lasts[match.key], times.last)
            }
        }
        if !source.unfolded.isEmpty {
            // Wherever their events are: what a seal went on without is in no row's time.
            for key in keys.indices where source.unfolded.contains(keys[key]) {
                (firsts[key], lasts[key]) = (.min, .max)
            }
        }
        let present = keys.indices.filter { firsts[$0] <= lasts[$0] }
        guard !present.isEmpty else { return }
        guard let turns = try Self.readModelRows("turns", index.only(present), source, rowsMax, &counts) else {
            return nil
        }
        for found in turns {
            for match in found.matches { replaced.add(match.row, at: found.place) }
        }
        var places: [Place] = []
        for layout in source.layouts.tables {
            for segment in source.sealed.segments where !segment.isSettled {
                for (number, group) in segment.reader.groups(table: layout.name).enumerated() {
                    guard let times = group.timeRange else { continue }
                    let inTime = present.filter { firsts[$0] <= times.upperBound && lasts[$0] >= times.lowerBound }
                    if !inTime.isEmpty {
                        let dead = segment.deadRows(table: layout.name, group: number)
                        places.append(Place(group: group, dead: dead, layout: layout, keys: inTime))
                    }
                }
            }
        }
        if try takeAll(places, index, source, &counts) { return }
        guard keys.count == 1 else { return nil }
        let isChanged = source.changed.contains(keys[0])
        if !isChanged { times = firsts[0]...lasts[0] }
        try takeFirst(places, index, source, seesAll: isChanged)
    }

    /// Restores all rows.
    /// - Returns: false where they are too many to be in memory at one time; none was restored then.
    private mutating func takeAll(
        _ places: [Place], _ index: ConversationIndex, _ source: Source, _ counts: inout [Int]
    ) throws -> Bool {
        let (workers, limits) = (source.workers, source.limits)
        var count = 0
        var tally = [Int](repeating: 0, count: index.count)
        var work: [(place: Place, matches: [Match])] = []
        for first in stride(from: 0, to: places.count, by: Self.groupsAtOnce) {
            try source.check()
            let part = Array(places[first..<min(first + Self.groupsAtOnce, places.count)])
            let found = try workers.map(count: part.count) {
                try source.check()
                return try Self.matches(part[$0], index)
            }
            count += found.reduce(0) { $0 + $1.count }
            for match in found.joined() { tally[match.key] += 1 }
            guard count <= limits.rowsAtOnce else {
                // Those to come are counted, so that the keys are parted once and not again and again; one is not.
                if index.count == 1 { return false }
                work = []
                continue
            }
            for (place, matches) in zip(part, found) where !matches.isEmpty { work.append((place, matches)) }
        }
        if count > limits.rowsAtOnce {
            counts = tally
            return false
        }
        var bytes = 0
        var parts: [PlacedRows] = []
        for first in stride(from: 0, to: work.count, by: workers.parallelism) {
            let part = Array(work[first..<min(first + workers.parallelism, work.count)])
            let found = try workers.map(count: part.count) {
                try Self.restored(part[$0].matches.map(\.row), part[$0].place, source)
            }
            bytes += found.reduce(0) { $0 + $1.rows.bytes.count }
            guard bytes <= limits.bytesAtOnce else { return false }
            parts += found
        }
        events.rows.bytes.reserveCapacity(bytes)
        for (index, item) in work.enumerated() {
            append(parts[index], keys: item.matches.map(\.key))
            // It stands among all rows now, and is not to be there twice.
            parts[index] = PlacedRows()
        }
        return true
    }

    /// Groups whose matches are looked for before they are counted.
    private static let groupsAtOnce = 64
    /// Rows of a large conversation that are restored before they are weighed; more where those before were light.
    private static let firstRowsAtOnce = 2_048
    private static let lightRowsAtOnce = 16_384

    /// Restores the first rows of one conversation, in the order of their positions, until the fold takes no more.
    /// - Parameter seesAll: the times of all of its rows are looked at.
    private mutating func takeFirst(
        _ places: [Place], _ index: ConversationIndex, _ source: Source, seesAll: Bool
    ) throws {
        let limits = source.limits
        var firsts: [(position: Int64, place: Int, row: Int)] = []
        func keepFirst() {
            firsts.sort { $0.position < $1.position }
            // One more than the fold takes, so that it knows that there are more.
            firsts.removeLast(max(0, firsts.count - limits.conversationEventsMax - 1))
        }
        // Once there are enough, what lies behind them is not read.
        var last = Int64.max
        for (number, place) in places.enumerated() {
            if !seesAll, case .integer(let first)? = place.group.summary(named: "position")?.minimum, first > last {
                continue
            }
            try source.check()
            let matches = try Self.matches(place, index)
            guard !matches.isEmpty else { continue }
            if seesAll { try see(matches, place) }
            let positions = try place.group.column(named: "position", type: .integer)
            for match in matches {
                let position = positions.integer(at: match.row) ?? 0
                if position <= last { firsts.append((position, number, match.row)) }
            }
            guard firsts.count >= 2 * limits.conversationEventsMax + 1 else { continue }
            keepFirst()
            last = firsts.last?.position ?? .max
        }
        keepFirst()
        var (weight, taken) = (0, 0)
        while taken < firsts.count, weight <= limits.conversationBytesMax {
            try source.check()
            // As many as there is room for, if they weigh what those before do.
            let fitting = taken == 0 ? 0 : (limits.conversationBytesMax - weight) / max(1, weight / taken)
            let count = max(Self.firstRowsAtOnce, min(fitting, Self.lightRowsAtOnce))
            let part = firsts[taken..<min(taken + count, firsts.count)]
            taken = part.endIndex
            let byPlace = Dictionary(grouping: part) { $0.place }
            for place in byPlace.keys.sorted() {
                let rows = (byPlace[place] ?? []).map(\.row).sorted()
                let restored = try Self.restored(rows, places[place], source)
                for row in restored.rows { weight += source.columns.weight(of: row) }
                append(restored, keys: rows.map { _ in 0 })
            }
        }
    }

    /// Widens the times by those of some rows.
    private mutating func see(_ matches: [Match], _ place: Place) throws {
        let column = try place.group.column(named: "time", type: .timestamptz)
        for time in matches.compactMap({ column.integer(at: $0.row) }) {
            times = min(times?.lowerBound ?? time, time)...max(times?.upperBound ?? time, time)
        }
    }

    /// Live rows of the place that belong to one of its keys.
    private static func matches(_ place: Place, _ index: ConversationIndex) throws -> [Match] {
        try place.group.rows(of: index.only(place.keys)).filter { !place.dead.contains(UInt32($0.row)) }
    }

    private static func restored(_ rows: [Int], _ place: Place, _ source: Source) throws -> PlacedRows {
        let morsel = place.layout.morsel(
            of: place.group, statistics: ScanStatistics(), overlay: source.overlay, check: source.check)
        let restorer = RowRestorer(place.layout, registry: source.registry, isWanted: source.columns.reads)
        try source.check()
        return try restorer.restore(rows: rows, of: morsel, isTimeAbsent: try place.group.timeAbsent())
    }

    /// Live rows of a read model in one group that stand for one of the keys, and when each begins and ends where the
    /// model says so.
    private struct ReadModelRows {
        var place: ReplacedRows.Place
        var matches: [Match]
        var times: [(first: Int64, last: Int64)]
        /// Keys whose row is made of a part of the events.
        var cut: [Int] = []
    }

    /// - Parameter counts: where nil is returned, how many there are of each key.
    /// - Returns: nil where there are more than `rowsMax`.
    private static func readModelRows(
        _ table: String, _ index: ConversationIndex, _ source: Source, _ rowsMax: Int, _ counts: inout [Int]
    ) throws -> [ReadModelRows]? {
        // Rows of events that are gone stay as they are, whoever comes back.
        let work = source.sealed.segments.filter { !$0.isFrozen }.flatMap { segment in
            segment.reader.groups(table: table).enumerated().map { (segment, $0, $1) }
        }
        var (count, rows) = (0, [ReadModelRows]())
        var tally = [Int](repeating: 0, count: index.count)
        for first in stride(from: 0, to: work.count, by: groupsAtOnce) {
            try source.check()
            let part = Array(work[first..<min(first + groupsAtOnce, work.count)])
            let found = try source.workers.map(count: part.count) { item in
                let (segment, groupIndex, group) = part[item]
                try source.check()
                return try readModelRows(table, group, segment, groupIndex, index)
            }
            count += found.reduce(0) { $0 + $1.matches.count }
            for match in found.lazy.flatMap(\.matches) { tally[match.key] += 1 }
            if count > rowsMax { rows = [] } else { rows += found.filter { !$0.matches.isEmpty } }
        }
        if count <= rowsMax { return rows }
        counts = tally
        return nil
    }

    private static func readModelRows(
        _ table: String, _ group: RowGroup, _ segment: SealedSegment, _ number: Int, _ index: ConversationIndex
    ) throws -> ReadModelRows {
        let place = ReplacedRows.Place(segment: segment.id, table: table, group: number)
        let dead = segment.replaced.rows(at: place)
        let matches = try group.rows(of: index).filter { !dead.contains(UInt32($0.row)) }
        guard !matches.isEmpty, table == "conversations" else {
            return ReadModelRows(place: place, matches: matches, times: [])
        }
        let starts = try group.column(named: "start_time", type: .timestamptz)
        let ends = try group.column(named: "last_time", type: .timestamptz)
        let times = matches.map { (starts.integer(at: $0.row) ?? .min, ends.integer(at: $0.row) ?? .max) }
        let cutAfter = try group.column(named: "cut_after", type: .integer)
        let cut = matches.filter { cutAfter.integer(at: $0.row) != nil }.map(\.key)
        return ReadModelRows(place: place, matches: matches, times: times, cut: cut)
    }

    private mutating func append(_ more: PlacedRows, keys: [Int]) {
        for (index, key) in keys.enumerated() { rowsByKey[key, default: []].append(events.count + index) }
        events.append(contentsOf: more)
    }
}
