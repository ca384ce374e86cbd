import Columnar

/// What rows that stand for several events, and events themselves, are both reduced to before they are aggregated.
enum PartialColumn: Hashable {
    /// A dimension, or the time, by name.
    case key(String)
    /// How many events.
    case events
    /// Of a measure, by name.
    case count(String), sum(String), minimum(String), maximum(String), histogram(String)
    case atMost(String, Int64)
}

extension RollupDescription {
    /// Where the rollup keeps it; nil: nowhere.
    func index(of partial: PartialColumn) -> Int? {
        func measure(_ name: String) -> RollupMeasureDescription? { measures.first { $0.source.name == name } }
        switch partial {
        case .key(let name): return ([time] + dimensions).first { columns[$0].name == name }
        case .events: return events
        case .count(let name): return measure(name)?.count
        case .sum(let name): return measure(name)?.sum
        case .minimum(let name): return measure(name)?.minimum
        case .maximum(let name): return measure(name)?.maximum
        case .histogram(let name): return measure(name)?.histogram
        case .atMost(let name, let bound): return measure(name)?.limits.first { $0.bound == bound }?.count
        }
    }
}

/// The same of one event.
struct EventPartials {
    /// What the scan of events reads.
    let columns: [TableColumn]

    /// nil where the event has no such column.
    func expression(_ partial: PartialColumn) -> Expression? {
        func column(_ name: String) -> Expression? {
            columns.firstIndex { $0.name == name }.map { .column($0, columns[$0].type) }
        }
        func counted(_ condition: Expression) -> Expression {
            let branch = ConditionalBranch(condition: condition, value: .literal(.integer(1), .integer))
            return .conditional([branch], otherwise: .literal(.integer(0), .integer), .integer)
        }
        switch partial {
        case .key(let name), .minimum(let name), .maximum(let name): return column(name)
        case .events: return .literal(.integer(1), .integer)
        case .count(let name): return column(name).map { counted(.call(.isNotNull, [$0], .boolean)) }
        case .sum(let name):
            return column(name).map { $0.type.isNumeric ? $0 : .cast($0, .numeric(scale: 0)) }
        case .histogram: return .cast(.literal(.null, .null), .text)
        case .atMost(let name, let bound):
            return column(name).map {
                counted(.call(.lessOrEqual, [$0, .literal(.integer(bound), .integer)], .boolean))
            }
        }
    }
}
