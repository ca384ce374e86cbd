import Columnar
import Domain
import Projections

/// Under which labels the counters of costs have the calls of a sealed morsel.
struct CountedCalls {
    private let times, received, positions: Vector
    private let columns: [Vector?]
    private let leads: ClockLeads

    init(_ morsel: any Morsel, _ layout: EventTableLayout, _ leads: ClockLeads) throws {
        (times, received) = (try morsel.column(layout.time), try morsel.column(layout.receivedTime))
        positions = try morsel.column(layout.position)
        columns = try ["tenant", "provider", "model", "route"].map {
            try layout.index(of: $0).map { try morsel.column($0) }
        }
        self.leads = leads
    }

    /// Tenant, provider, model, route; nil for a call that came too late to be counted.
    func labels(of row: Int) -> [String]? {
        guard let time = times.integer(at: row), let receivedTime = received.integer(at: row) else { return nil }
        let arrival = leads.arrival(at: positions.integer(at: row) ?? 0, receivedTime: receivedTime)
        return arrival.isLive(time) ? columns.map { $0?.text(at: row) ?? "" } : nil
    }
}
