import Bytes
import Columnar

/// A table of events of which retention dropped some: whoever asks for times of these is told, but for who asks for
/// tenants or types alone of which none is gone.
struct RetainedTable: TableSource {
    let base: any TableSource
    /// The column of event times.
    let time: Int
    /// That of tenants; nil where there is none.
    let tenant: Int?
    /// That of types; nil where all events are of one.
    let type: Int?
    /// That one.
    let typeName: String?
    let ends: RetentionEnds

    var name: String { base.name }
    var columns: [TableColumn] { base.columns }

    func morsels(for request: ScanRequest) throws -> [any Morsel] {
        let tenants = askedNames(tenant, request.predicates)
        let types = typeName.map { [ExactText($0)] } ?? askedNames(type, request.predicates)
        let notice = ends.notice { scope, horizon in
            let isOfThem = tenants.map { $0.contains(where: scope.contains) } ?? true
            let isOfTypes = types.map { $0.contains { scope.contains(type: $0.text) } } ?? true
            return isOfThem && isOfTypes && !request.predicates.contains { isBehind($0, horizon) }
        }
        if let notice { request.statistics.note(notice) }
        return try base.morsels(for: request)
    }

    /// Whether no event that is gone satisfies it.
    private func isBehind(_ predicate: ColumnPredicate, _ horizon: Int64) -> Bool {
        guard predicate.column == time else { return false }
        switch predicate.comparison {
        case .greaterOrEqual(.timestamptz(let first)), .greater(.timestamptz(let first)),
            .equal(.timestamptz(let first)):
            return first >= horizon
        default: return false
        }
    }

    /// The tenants or types that are asked for by name; nil where others may be, too.
    private func askedNames(_ column: Int?, _ predicates: [ColumnPredicate]) -> [ExactText]? {
        guard let column else { return nil }
        for predicate in predicates where predicate.column == column {
            switch predicate.comparison {
            case .equal(.text(let name)): return [ExactText(name)]
            case .oneOf(let names):
                return names.compactMap { name -> ExactText? in
                    if case .text(let name) = name { ExactText(name) } else { nil }
                }
            default: continue
            }
        }
        return nil
    }
}
