import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Platform
import Synchronization

/// Decides who is let in. Looks at the token file again so often that what was made or revoked counts within half a second; a file that is
/// damaged, unreadable or gone lets nobody in.
final class Door: Sendable {
    /// A decision rests on a look that is no older.
    private static let lookNanoseconds: Int64 = 500_000_000
    /// An unknown token may have been made just now. Strangers cause no more looks than this allows.
    private static let unknownLookNanoseconds: Int64 = 50_000_000

    private struct State {
        /// nil: no token was ever made.
        var book: TokenBook?
        /// Why tokens cannot be checked.
        var failure: String?
        /// Monotonic, when the look began.
        var lookedAt: Int64?
    }

    private let file: TokenFile?
    private let isTokenRequired: Bool
    private let clock: any Clock
    private let thread: NIOThreadPool
    private let log: AccessLog
    private let state = Mutex(State())

    /// - Parameters:
    ///   - file: nil: there are no tokens.
    ///   - book: what the file held when the server began.
    ///   - isTokenRequired: also while no token was ever made.
    ///   - thread: reads the file.
    init(file: TokenFile?, book: TokenBook?, isTokenRequired: Bool, clock: any Clock, thread: NIOThreadPool, logger: Logger) {
        self.file = file
        self.isTokenRequired = isTokenRequired
        self.clock = clock
        self.thread = thread
        log = AccessLog(clock: clock, logger: logger)
        state.withLock { $0.book = book }
    }

    /// Returns when the request may be served.
    /// - Parameters:
    ///   - scope: what the route needs.
    ///   - route: method and pattern, for the log.
    ///   - peer: the sender's address, for the log.
    /// - Throws: 401, 403, and 503 when tokens cannot be checked.
    func admit(_ headers: HTTPFields, needing scope: AccessScope, route: String, peer: String) async throws {
        var state = try await state(notOlderThan: Self.lookNanoseconds)
        guard state.failure != nil || state.book != nil || isTokenRequired else { return }
        let token = Self.token(headers)
        var verdict = (state.book ?? TokenBook()).judge(token, needing: scope, now: clock.wallNanoseconds())
        if verdict.objection == .unknown {
            state = try await self.state(notOlderThan: Self.unknownLookNanoseconds)
            verdict = (state.book ?? TokenBook()).judge(token, needing: scope, now: clock.wallNanoseconds())
        }
        if let failure = state.failure {
            log.failed(failure)
            throw Refusal(
                .serviceUnavailable, "credentials cannot be checked now", hint: "see the server's log", retryAfterSeconds: 5,
                reason: .credentials)
        }
        guard let objection = verdict.objection else {
            if scope == .admin, let id = verdict.id { log.served(id, route: route, peer: peer) }
            return
        }
        log.refused(objection, id: verdict.id, scope: scope, route: route, peer: peer)
        throw Self.refusal(objection, scope)
    }

    /// What stands after `Bearer` (RFC 6750, the scheme in any case); nil where there is no such field.
    private static func token(_ headers: HTTPFields) -> String? {
        guard let field = headers[.authorization], field.utf8.count > 7, field.prefix(7).lowercased() == "bearer " else { return nil }
        return String(field.dropFirst(7).drop { $0 == " " })
    }

    private static func refusal(_ objection: AccessObjection, _ scope: AccessScope) -> Refusal {
        let hint = "send `Authorization: Bearer TOKEN`; `plimsoll tokens create --scope \(scope.rawValue)` makes one"
        let realm = "Bearer realm=\"plimsoll\""
        let (message, challenge) =
            switch objection {
            case .missing: ("a token is needed", realm)
            case .unknown: ("the token is none of this server's", realm + ", error=\"invalid_token\"")
            case .expired: ("the token has expired", realm + ", error=\"invalid_token\"")
            case .revoked: ("the token was revoked", realm + ", error=\"invalid_token\"")
            case .scope:
                ("the token lacks the scope \(scope.rawValue)", realm + ", error=\"insufficient_scope\", scope=\"\(scope.rawValue)\"")
            }
        var refusal = Refusal(objection == .scope ? .forbidden : .unauthorized, message, hint: hint, reason: .access(objection))
        refusal.challenge = challenge
        return refusal
    }

    // MARK: The file

    private func state(notOlderThan age: Int64) async throws -> State {
        let now = clock.monotonicNanoseconds()
        let known = state.withLock { $0 }
        guard let file, known.lookedAt.map({ now - $0 >= age }) ?? true else { return known }
        return try await thread.runIfActive { [self] in look(at: file, began: now) }
    }

    private func look(at file: TokenFile, began: Int64) -> State {
        let found: (book: TokenBook?, failure: String?)
        do {
            found = (try file.load(), nil)
        } catch {
            found = (nil, "\(error)")
        }
        return state.withLock { state in
            // Of two looks at one time the later one counts.
            guard began >= state.lookedAt ?? .min else { return state }
            state.lookedAt = began
            state.failure = found.failure
            if let book = found.book {
                state.book = book
            } else if state.failure == nil, state.book != nil {
                state.failure = "the token file is gone; bring it back, or restart the server to begin without tokens"
            }
            return state
        }
    }
}

/// Asks at the door before any route sees the request.
struct AccessControl: RouterMiddleware {
    let door: Door
    let scopes: RouteScopes

    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        // Without a route there is nothing to protect: it becomes a 404.
        if let path = context.endpointPath, let scope = scopes.needed(request.method.rawValue, path) {
            try await door.admit(
                request.headers, needing: scope, route: "\(request.method) \(path)",
                peer: context.channel.remoteAddress?.ipAddress ?? "unknown")
        }
        return try await next(request, context)
    }
}
