import Domain
import Projections

/// The events of one large conversation, or of those that have one hash of their ids: of each as many as its rows are
/// made of and at most as many again, by number and by bytes.
struct RecomputedEvents {
    private struct Event {
        var position: Int64
        var receivedTime: Int64
        var row: [UInt8]
        var cost: CallCost?
        /// What it takes while it is folded, bytes.
        var weight: Int
    }

    /// What there is of one conversation.
    private struct Kept {
        var events: [Event] = []
        /// Of all of them.
        var weight = 0

        mutating func append(_ event: Event) -> (count: Int, weight: Int) {
            events.append(event)
            weight += event.weight
            return (events.count, weight)
        }
    }

    private var byKey: [ConversationGrouping.Key: Kept] = [:]
    /// When those were that are no longer here.
    private(set) var leftOut: [ConversationGrouping.Key: ClosedRange<Int64>] = [:]
    /// The most events of one conversation that were here.
    private(set) var heldEvents = 0
    private let columns: FoldColumns
    private let eventsMax: Int
    private let bytesMax: Int

    init(_ columns: FoldColumns, _ limits: FoldLimits) {
        self.columns = columns
        (eventsMax, bytesMax) = (limits.conversationEventsMax, limits.conversationBytesMax)
    }

    mutating func add(_ rows: PlacedRows, _ known: WellKnownColumns) {
        for (index, row) in rows.rows.enumerated() {
            add(
                Event(
                    position: rows.positions[index], receivedTime: rows.receivedTimes[index], row: row.copy,
                    cost: rows.costs[index], weight: columns.weight(of: row)),
                key: ConversationGrouping.key(row, known))
        }
    }

    private mutating func add(_ event: Event, key: ConversationGrouping.Key?) {
        guard let key else { return }
        let (count, weight) = byKey[key, default: Kept()].append(event)
        heldEvents = max(heldEvents, count)
        if count > 2 * eventsMax || weight / 2 > bytesMax { trim(key) }
    }

    /// Leaves the events that rows are made of as far as they are known, as a fold cuts them, and one more, by which it
    /// is known that there are others. What comes later can only push these out.
    private mutating func trim(_ key: ConversationGrouping.Key) {
        guard var kept = byKey.removeValue(forKey: key) else { return }
        kept.events.sort { $0.position < $1.position }
        var (count, weight) = (0, 0)
        while count < min(eventsMax, kept.events.count), weight + kept.events[count].weight <= bytesMax {
            weight += kept.events[count].weight
            count += 1
        }
        let left = min(max(count, 1) + 1, kept.events.count)
        for event in kept.events[left...] {
            let time = EventRow(event.row).time
            let times = leftOut[key] ?? time...time
            leftOut[key] = min(times.lowerBound, time)...max(times.upperBound, time)
            kept.weight -= event.weight
        }
        kept.events.removeLast(kept.events.count - left)
        byKey[key] = kept
    }

    /// In the order of positions, in blocks of which none is too large for references into it.
    var blocks: [TailBlock] {
        // order: sorted by position.
        let events = byKey.values.flatMap(\.events).sorted { $0.position < $1.position }
        var blocks: [TailBlock] = []
        var first = 0
        while first < events.count {
            var (rows, next) = (EventRows(), first)
            while next < events.count, next == first || rows.bytes.count + events[next].row.count <= Self.blockBytesMax
            {
                rows.append(EventRow(events[next].row))
                next += 1
            }
            let part = events[first..<next]
            blocks.append(
                TailBlock(
                    rows, firstPosition: part[first].position, receivedTimes: part.map(\.receivedTime),
                    costs: RowCosts(part.map(\.cost)), positions: part.map(\.position)))
            first = next
        }
        return blocks
    }

    private static let blockBytesMax = 256 << 20
}
