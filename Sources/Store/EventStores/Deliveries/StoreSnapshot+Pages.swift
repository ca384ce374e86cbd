import Bytes
import Columnar
import Domain
import Projections
import Segments

/// An event on its way to another system.
package struct PagedEvent: Hashable, Sendable {
    /// Its position.
    package var position: Int64
    /// When it was received, ns since 1970 UTC.
    package var receivedTime: Int64
    /// Its row.
    package var row: [UInt8]

    /// Takes each part as given.
    package init(position: Int64, receivedTime: Int64, row: [UInt8]) {
        self.position = position
        self.receivedTime = receivedTime
        self.row = row
    }
}

/// Events in the order of their positions, a run of the store's.
package struct EventPage: Sendable {
    /// Ascending by position.
    package var events: [PagedEvent] = []
    /// Everything wanted up to here is in ``events`` or was in pages before.
    package var coveredPosition: Int64
    /// When the last event up to there was received, as far as is known; nil where nothing was.
    package var coveredTime: Int64?

    /// No events.
    package init(coveredPosition: Int64) { self.coveredPosition = coveredPosition }
}

/// Which events a page is to have.
package struct EventPageRequest: Sendable {
    /// Type ids.
    package var types: Set<UInt16>
    /// Only events behind this position.
    package var after: Int64
    /// Only events received at this time or later.
    package var receivedSince: Int64
    /// At most so many, and at least one.
    package let countMax: Int

    /// - Precondition: `countMax > 0`.
    package init(types: Set<UInt16>, after: Int64, receivedSince: Int64 = .min, countMax: Int) {
        precondition(countMax > 0, "a page has room for an event")
        (self.types, self.after, self.receivedSince, self.countMax) = (types, after, receivedSince, countMax)
    }
}

extension StoreSnapshot {
    /// The next events behind a position. Events that came so late that no counter took them are left out: history that
    /// is imported is no news for other systems. Events are shown as they came: rows that stand for them since they
    /// were sealed are in no page.
    /// - Complexity: O(rows of the first segment behind the position that has any wanted, or unsealed events, and what
    ///   is found).
    package func page(_ request: EventPageRequest) throws -> EventPage {
        for segment in version.sealed.segments {
            guard let positions = segment.positions else { continue }
            // A stretch at a time: a large segment is not looked through for each page of it.
            var first = max(positions.lowerBound, request.after.saturatingAdd(1))
            while first <= positions.upperBound {
                let last = min(positions.upperBound, first.saturatingAdd(Self.stretchEvents - 1))
                let page = try page(request, of: segment, first...last)
                if !page.events.isEmpty { return page }
                first = last + 1
            }
        }
        return unsealedPage(request)
    }

    /// Positions that are looked through at one time.
    private static let stretchEvents: Int64 = 1 << 16

    /// A row of a group, not restored yet.
    private struct Place {
        var position: Int64
        var layout: Int
        var group: Int
        var row: Int
    }

    private func page(_ request: EventPageRequest, of segment: SealedSegment, _ own: ClosedRange<Int64>) throws
        -> EventPage
    {
        var places: [Place] = []
        var groups: [RowGroup] = []
        for (index, layout) in layouts.tables.enumerated() where request.types.contains(layout.typeID) {
            for group in segment.reader.groups(table: layout.name) where group.mayHold(own) && mayHold(group, request) {
                let positions = try group.column(named: "position", type: .integer)
                let received = try group.column(named: "received_time", type: .timestamptz)
                let times = try group.column(named: "time", type: .timestamptz)
                let moved = try group.moved()
                for row in 0..<group.rowCount {
                    guard let position = positions.integer(at: row), position > request.after, own.contains(position),
                        !(moved.boolean(at: row) ?? false),
                        let arrival = received.integer(at: row),
                        arrival >= request.receivedSince, let time = times.integer(at: row),
                        isNews(time, received: arrival, position)
                    else { continue }
                    places.append(Place(position: position, layout: index, group: groups.count, row: row))
                }
                groups.append(group)
            }
        }
        places.sort { $0.position < $1.position }
        let isWhole = places.count <= request.countMax
        var page = EventPage(coveredPosition: isWhole ? own.upperBound : places[request.countMax - 1].position)
        page.events = try restore(Array(places.prefix(request.countMax)), groups)
        page.coveredTime = page.events.last?.receivedTime
        return page
    }

    private func mayHold(_ group: RowGroup, _ request: EventPageRequest) -> Bool {
        if case .integer(let last)? = group.summary(named: "position")?.maximum, last <= request.after { return false }
        guard let received = group.summary(named: "received_time"), case .timestamptz(let first) = received.minimum,
            case .timestamptz(let last) = received.maximum
        else { return true }
        if last < request.receivedSince { return false }
        guard case .timestamptz(let latest)? = group.summary(named: "time")?.maximum else { return true }
        let lead = version.ledger.leads.entries.map(\.lead).max() ?? 0
        return EventArrival(receivedTime: first, lead: lead).isLive(latest)
    }

    private func isNews(_ time: Int64, received: Int64, _ position: Int64) -> Bool {
        arrival(at: position, receivedTime: received).isLive(time)
    }

    private func restore(_ places: [Place], _ groups: [RowGroup]) throws -> [PagedEvent] {
        var byGroup: [[Place]] = Array(repeating: [], count: groups.count)
        for place in places { byGroup[place.group].append(place) }
        var events: [PagedEvent] = []
        events.reserveCapacity(places.count)
        for (group, members) in zip(groups, byGroup) {
            guard let first = members.first else { continue }
            let layout = layouts.tables[first.layout]
            let restored = try RowRestorer(layout, registry: registry).restore(rows: members.map(\.row), of: group)
            for (index, row) in restored.rows.enumerated() {
                events.append(
                    PagedEvent(
                        position: restored.positions[index], receivedTime: restored.receivedTimes[index], row: row.copy
                    ))
            }
        }
        return events.sorted { $0.position < $1.position }
    }

    private func unsealedPage(_ request: EventPageRequest) -> EventPage {
        var page = EventPage(coveredPosition: max(request.after, version.position))
        for block in version.tail.blocks where block.lastPosition > request.after {
            let first = max(0, Int(request.after - block.firstPosition + 1))
            for row in first..<block.count {
                let (event, arrival) = (block.rows[row], block.receivedTimes[row])
                guard request.types.contains(event.type), arrival >= request.receivedSince,
                    isNews(event.time, received: arrival, block.firstPosition + Int64(row))
                else { continue }
                page.events.append(
                    PagedEvent(position: block.firstPosition + Int64(row), receivedTime: arrival, row: event.copy))
                guard page.events.count == request.countMax else { continue }
                (page.coveredPosition, page.coveredTime) = (block.firstPosition + Int64(row), arrival)
                return page
            }
        }
        page.coveredTime =
            page.coveredPosition == version.position ? version.receivedTime : page.events.last?.receivedTime
        return page
    }
}
