import Columnar

/// A table of events of which retention dropped some: whoever asks for times of these is told.
struct RetainedTable: TableSource {
    let base: any TableSource
    /// The column of event times.
    let time: Int
    /// No event of this time or later is gone (ns).
    let horizon: Int64
    let notice: String

    var name: String { base.name }
    var columns: [TableColumn] { base.columns }

    func morsels(for request: ScanRequest) throws -> [any Morsel] {
        if !request.predicates.contains(where: isBehind) { request.statistics.note(notice) }
        return try base.morsels(for: request)
    }

    /// Whether no event that is gone satisfies it.
    private func isBehind(_ predicate: ColumnPredicate) -> Bool {
        guard predicate.column == time else { return false }
        switch predicate.comparison {
        case .greaterOrEqual(.timestamptz(let first)), .greater(.timestamptz(let first)),
            .equal(.timestamptz(let first)):
            return first >= horizon
        default: return false
        }
    }
}
