/// What a token lets its holder do.
package enum AccessScope: String, CaseIterable, Hashable, Sendable {
    /// Send events and spans.
    case ingest
    /// Ask: SQL, reports, conversations, prices, metrics, status.
    case read
    /// Change what is kept; includes the others.
    case admin
}

extension [AccessScope] {
    /// Whether a holder of these scopes may do what needs `scope`.
    func covers(_ scope: AccessScope) -> Bool { contains(scope) || contains(.admin) }
}
