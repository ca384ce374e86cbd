import Domain
import JSONTexts

extension TokenBook {
    /// A line for each token, in the order in which they were made: id, state at `now` (ns since 1970 UTC), scopes,
    /// times, name.
    package func table(at now: Int64) -> String {
        let head = ["id", "state", "scopes", "created", "expires", "revoked", "name"]
        let rows = records.map { record in
            [
                record.id, record.state(at: now).rawValue, record.scopeList, Self.second(record.created),
                record.expires.map(Self.second) ?? "-", record.revoked.map(Self.second) ?? "-", record.name,
            ]
        }
        return renderAligned([head] + rows)
    }

    private static func second(_ time: Int64) -> String { RFC3339.render(time - time % 1_000_000_000) }
}
