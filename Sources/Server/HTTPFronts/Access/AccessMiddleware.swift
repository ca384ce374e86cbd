import Access
import HTTPTypes
import Hummingbird

/// Has ``AccessControl`` decide before any route sees the request.
struct AccessMiddleware: RouterMiddleware {
    let access: AccessControl
    let scopes: RouteScopes
    let guardian: SiteGuard

    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        // Without a route there is nothing to protect: it becomes a 404.
        let method = request.method == .head ? HTTPRequest.Method.get : request.method
        if let path = context.endpointPath, let scope = scopes.needed(method.rawValue, path) {
            let isKnown = try await access.admit(
                Self.token(request.headers), needing: scope,
                action: RequestOrigin.action(request.method, request.uri.path, route: path), peer: context.client)
            if !isKnown { try guardian.check(request) }
        }
        return try await next(request, context)
    }

    /// What stands after `Bearer` (RFC 6750, the scheme in any case); nil where there is no such field.
    private static func token(_ headers: HTTPFields) -> String? {
        guard let field = headers[.authorization], field.utf8.count > 7, field.prefix(7).lowercased() == "bearer "
        else { return nil }
        return String(field.dropFirst(7).drop { $0 == " " })
    }
}

extension Refusal {
    /// 401, 403, and 503 when tokens cannot be checked.
    init(_ refusal: AccessRefusal) {
        switch refusal {
        case .unverifiable:
            self.init(
                .serviceUnavailable, refusal.message, hint: "see the server's log", retryAfterSeconds: 5,
                reason: .credentials)
        case .denied(let objection, let scope):
            let hint =
                "send `Authorization: Bearer TOKEN`; `plimsoll tokens create --data DIR --scope \(scope.rawValue)` "
                + "makes one, DIR being the server's directory"
            self.init(
                objection == .scope ? .forbidden : .unauthorized, refusal.message, hint: hint,
                reason: .access(objection))
            challenge = "Bearer realm=\"plimsoll\"" + Self.challenge(objection, scope)
        }
    }

    private static func challenge(_ objection: AccessDenialReason, _ scope: AccessScope) -> String {
        switch objection {
        case .missing: ""
        case .unknown, .expired, .revoked: ", error=\"invalid_token\""
        case .scope: ", error=\"insufficient_scope\", scope=\"\(scope.rawValue)\""
        }
    }
}
