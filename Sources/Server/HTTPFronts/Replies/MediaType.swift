import Execution
import Reports

/// The media types of answers, with the parameters that they are sent with.
enum MediaType {
    static let json = "application/json"
    static let form = "application/x-www-form-urlencoded"
    static let html = "text/html; charset=utf-8"
    static let lines = "application/x-ndjson"
    static let text = "text/plain; charset=utf-8"
    /// The first line names the columns.
    static let csv = "text/csv; charset=utf-8; header=present"
    /// A report as pages show it.
    static let cells = "application/vnd.plimsoll.cells+json"
}

extension ResultFormat {
    var contentType: String {
        switch self {
        case .json: MediaType.json
        case .csv: MediaType.csv
        case .ndjson: MediaType.lines
        case .table: MediaType.text
        }
    }
}

extension ReportFormat {
    var contentType: String {
        switch self {
        case .json: MediaType.json
        case .csv: MediaType.csv
        case .table: MediaType.text
        case .html: MediaType.html
        case .cells: MediaType.cells
        }
    }
}
