package import Access

// tests: what a token must hold is asked route by route.
/// Which scope each route needs: what the table of routes says of it. What is not in the table needs `admin`.
package struct RouteScopes: Sendable {
    private struct Address: Hashable {
        var method: String
        var path: String
    }

    /// nil: anybody may use it.
    private let scopes: [Address: AccessScope?]

    /// - Parameter routes: no two of one method and path; the path is a pattern, such as `/v1/conversations/{id}`.
    package init(_ routes: [(method: String, path: String, scope: AccessScope?)]) {
        scopes = Dictionary(uniqueKeysWithValues: routes.map { (Address(method: $0.method, path: $0.path), $0.scope) })
    }

    /// - Parameter path: the route's pattern.
    /// - Returns: nil for routes that anybody may use.
    package func needed(_ method: String, _ path: String) -> AccessScope? {
        guard let scope = scopes[Address(method: method, path: path)] else { return .admin }
        return scope
    }
}
