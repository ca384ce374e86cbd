import Columnar
import Domain
import Projections

/// Which calls of a sealed morsel the counters have: an import, and what came too late, is backfill to them.
struct LiveCalls {
    private let times, received, positions: Vector
    private let leads: ClockLeads

    init(_ morsel: any Morsel, _ layout: EventTableLayout, _ leads: ClockLeads) throws {
        (times, received) = (try morsel.column(layout.time), try morsel.column(layout.receivedTime))
        positions = try morsel.column(layout.position)
        self.leads = leads
    }

    func isLive(_ row: Int) -> Bool {
        guard let time = times.integer(at: row), let receivedTime = received.integer(at: row) else { return false }
        return leads.arrival(at: positions.integer(at: row) ?? 0, receivedTime: receivedTime).isLive(time)
    }
}

/// Under which labels the counters of costs have the calls of a sealed morsel.
struct CountedCalls {
    private let live: LiveCalls
    private let columns: [Vector?]

    init(_ morsel: any Morsel, _ layout: EventTableLayout, _ leads: ClockLeads) throws {
        live = try LiveCalls(morsel, layout, leads)
        columns = try ["tenant", "provider", "model", "route"].map {
            try layout.index(of: $0).map { try morsel.column($0) }
        }
    }

    /// Tenant, provider, model, route; nil for a call that came too late to be counted.
    func labels(of row: Int) -> [String]? { live.isLive(row) ? columns.map { $0?.text(at: row) ?? "" } : nil }
}
