import Columnar
import Domain
import EventStores
import Projections
import Testing

/// What a drop must leave as it is: read models row by row, of rollups what their rows come to.
struct MadeOfEvents: Equatable {
    var models: [[String]]
    var rollups: [[String]]
}

func made(_ store: EventStore) throws -> MadeOfEvents {
    let names = ["rollup_llm_call_1d", "rollup_llm_call_1h", "rollup_message_sent_1d", "rollup_events_users_1d"]
    let rollups = try names.map { name in
        let columns = try #require(store.snapshot().table(named: name)).columns
        let measures = columns.filter { ["events", "cost_usd_sum", "duration_ns_sum"].contains($0.name) }
        return try measures.map { "\($0.name) \(try sum(store, name, $0.name))" }
    }
    return MadeOfEvents(models: try readModels(store), rollups: rollups)
}

/// Sum of a column over all rows of a table.
func sum(_ store: EventStore, _ table: String, _ column: String) throws -> Int128 {
    let source = try #require(store.snapshot().table(named: table))
    let place = try #require(source.columns.firstIndex { $0.name == column })
    var sum = Int128(0)
    for morsel in try source.morsels(for: ScanRequest(columns: [place])) {
        let vector = try morsel.column(place)
        for row in 0..<morsel.rowCount {
            switch vector.scalar(at: row) {
            case .integer(let value): sum += Int128(value)
            case .numeric(let value, _): sum += value
            default: break
            }
        }
    }
    return sum
}

/// What answers from a table say that they lack, where they ask for one tenant, or for one type.
func notices(
    _ store: EventStore, _ table: String, of tenant: String? = nil, type: String? = nil
) throws -> [String] {
    let source = try #require(store.snapshot().table(named: table))
    var request = ScanRequest(columns: [0], statistics: ScanStatistics())
    for (column, value) in [("tenant", tenant), ("type", type)] {
        guard let value else { continue }
        let place = try #require(source.columns.firstIndex { $0.name == column })
        request.predicates.append(ColumnPredicate(column: place, comparison: .equal(.text(value))))
    }
    _ = try source.morsels(for: request)
    return request.statistics.notices
}
