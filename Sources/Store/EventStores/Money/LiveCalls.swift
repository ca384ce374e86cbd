import Columnar
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
