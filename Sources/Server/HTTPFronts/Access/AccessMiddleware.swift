import Access
import HTTPTypes
import Hummingbird
import RequestFields

/// Has ``AccessControl`` decide before any route sees the request, by the token or, for what is only asked, by the
/// session that it shows.
struct AccessMiddleware: RouterMiddleware {
    let access: AccessControl
    let scopes: RouteScopes
    let guardian: SiteGuard

    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        // Without a route there is nothing to protect: it becomes a 404.
        let method = request.method == .head ? HTTPRequest.Method.get : request.method
        guard let path = context.endpointPath, let scope = scopes.needed(method.rawValue, path) else {
            return try await next(request, context)
        }
        let action = RequestOrigin.action(request.method, request.uri.path, route: path)
        let token = request.headers[.authorization].flatMap(BearerToken.text)
        var context = context
        let isKnown: Bool
        // A session opens what is asked; whoever sends or changes anything shows a token each time.
        if token == nil, scope == .read, let cookie = SessionCookie(request.headers[values: .cookie]) {
            isKnown = try await access.admit(
                session: cookie.secret, needing: scope, action: action, peer: context.client)
            context.isSession = isKnown
        } else {
            isKnown = try await access.admit(token, needing: scope, action: action, peer: context.client)
        }
        if context.isSession { try checkSession(request) }
        if !isKnown { try guardian.check(request) }
        return try await next(request, context)
    }

    /// A browser shows a cookie whoever has it ask, so that more is to be known of who does.
    private func checkSession(_ request: Request) throws(Refusal) {
        guard request.method == .post else { return try guardian.checkHost(request) }
        try guardian.checkSender(request, isToldOf: true)
        guard request.mediaType == MediaType.json else {
            throw Refusal(
                .unsupportedMediaType, "with a session a request is sent as \(MediaType.json)",
                hint: "set Content-Type, or send a token in Authorization")
        }
    }
}

extension Refusal {
    /// 401, 403, 429 after too many wrong ones, and 503 when tokens cannot be checked.
    init(_ refusal: AccessRefusal) {
        switch refusal {
        case .tooManyTries(let seconds):
            self.init(
                .tooManyRequests, refusal.message, hint: "wait, then show one of this server's tokens",
                retryAfterSeconds: seconds)
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
