import Columnar
import Execution
import Plans
import Platform
import Synchronization

/// Keeps what it is asked, and what answering took.
final class ListeningEngine: QueryEngine {
    private let engine = LocalEngine(clock: SimulatedClock())
    private let asked = Mutex<[Plan]>([])
    private let taken = Mutex<[QueryStatistics]>([])

    func run(_ plan: Plan, catalog: any TableCatalog, options: QueryOptions) throws -> ResultSet {
        asked.withLock { $0.append(plan) }
        let result = try engine.run(plan, catalog: catalog, options: options)
        taken.withLock { $0.append(result.statistics) }
        return result
    }

    func prepared(_ plan: Plan, catalog: any TableCatalog, options: QueryOptions) throws -> Plan {
        try engine.prepared(plan, catalog: catalog, options: options)
    }

    /// Each question, in their order.
    var plans: [Plan] { asked.withLock { $0 } }

    /// The tables of each question, in their order.
    var tables: [[String]] { plans.map(\.tablesRead) }

    /// What each answer took, in their order.
    var statistics: [QueryStatistics] { taken.withLock { $0 } }
}
