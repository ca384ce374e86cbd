import Columnar

/// A table that lacks what somebody has set aside: whoever scans it is told.
struct NotedTable: TableSource {
    let base: any TableSource
    let notice: String

    var name: String { base.name }
    var columns: [TableColumn] { base.columns }

    func morsels(for request: ScanRequest) throws -> [any Morsel] {
        request.statistics.note(notice)
        return try base.morsels(for: request)
    }
}
