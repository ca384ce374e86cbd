import Domain
import JSONTexts

extension TokenBook {
    /// A line for each token, in the order in which they were made: id, state at `now` (ns since 1970 UTC), scopes, times, name.
    package func table(at now: Int64) -> String {
        let head = ["id", "state", "scopes", "created", "expires", "revoked", "name"]
        let rows = [head] + records.map { record in
            [
                record.id, record.state(at: now).rawValue, record.scopeList, Self.second(record.created),
                record.expires.map(Self.second) ?? "-", record.revoked.map(Self.second) ?? "-", record.name,
            ]
        }
        let widths = head.indices.map { column in rows.reduce(0) { max($0, $1[column].count) } }
        return rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    private static func second(_ time: Int64) -> String { RFC3339.render(time - time % 1_000_000_000) }
}
