/// The formats of a report.
package enum ReportFormat: String, Hashable, Sendable, CaseIterable {
    case table, json, csv
}

extension Report {
    /// The report in a format, with a line end at the end.
    package func rendered(_ format: ReportFormat) -> String {
        switch format {
        case .table: ReportTableText.render(self)
        case .json: ReportJSON.render(self)
        case .csv: ReportCSV.render(self)
        }
    }
}
