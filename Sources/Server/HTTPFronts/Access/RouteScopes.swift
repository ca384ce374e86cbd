import Access
import HTTPTypes

/// Which scope each route needs. What is not listed needs `admin`, so a new route is closed until somebody decides otherwise.
enum RouteScopes {
    /// Answered to anybody: whether the process lives says nothing of what it keeps.
    private static let open: Set<String> = ["/healthz", "/-/healthy", "/readyz", "/-/ready"]
    private static let ingesting: Set<String> = ["/v1/events", "/v1/traces", "/api/public/otel/v1/traces"]
    private static let reading: Set<String> = [
        "/", "/v1/status", "/v1/sql", "/v1/events", "/v1/reports/{name}", "/v1/conversations/{id}", "/v1/prices", "/v1/prices/check",
        "/v1/prices/rebook", "/v1/objectives", "/metrics",
    ]

    /// - Parameter path: the route's pattern, such as `/v1/conversations/{id}`.
    /// - Returns: nil for routes that anybody may use.
    static func needed(_ method: HTTPRequest.Method, _ path: String) -> AccessScope? {
        if method == .get, open.contains(path) { return nil }
        if method == .post, ingesting.contains(path) { return .ingest }
        if method == .get || path == "/v1/sql", reading.contains(path) { return .read }
        return .admin
    }
}
