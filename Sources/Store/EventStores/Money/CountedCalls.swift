import Columnar

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
