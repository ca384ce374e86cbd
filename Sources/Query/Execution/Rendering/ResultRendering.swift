import Columnar
package import Plans

/// Result sets as text, one file a format. Times are shown in the query's zone.
package enum ResultFormat: String, Sendable, CaseIterable {
    case table, csv, json, ndjson
}

extension ResultSet {
    /// The rows in a format, with a line end at the end.
    package func rendered(_ format: ResultFormat) -> String {
        let zone = (try? ZoneOffsets.named(timeZone)) ?? .utc
        switch format {
        case .table: return TableText.render(self, zone: zone)
        case .csv: return CSVText.render(self, zone: zone)
        case .json: return JSONText.render(self, zone: zone)
        case .ndjson: return JSONText.renderLines(self, zone: zone)
        }
    }

    /// Calls the step with every row's values.
    func forEachRow(_ step: ([Scalar]) -> Void) {
        var values: [Scalar] = []
        for chunk in chunks {
            for row in 0..<chunk.rowCount {
                values.removeAll(keepingCapacity: true)
                for column in chunk.columns { values.append(column.scalar(at: row)) }
                step(values)
            }
        }
    }
}
