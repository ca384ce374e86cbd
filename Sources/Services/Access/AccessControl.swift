package import OperatorLogs
package import Platform
import Synchronization

/// Decides who is let in. Looks at the token file again so often that what was made or revoked counts within half a
/// second; a file that is damaged, unreadable or gone lets nobody in.
package final class AccessControl: Sendable {
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
    private let threads: ThreadPool
    private let log: AccessLog
    private let state = Mutex(State())

    /// - Parameters:
    ///   - file: nil: there are no tokens.
    ///   - book: what the file held when the server began.
    ///   - isTokenRequired: also while no token was ever made.
    ///   - threads: one of them reads the file.
    ///   - log: hears of refusals and of `admin`.
    package init(
        file: TokenFile?, book: TokenBook?, isTokenRequired: Bool, clock: any Clock, threads: ThreadPool,
        log: PacedLog
    ) {
        self.file = file
        self.isTokenRequired = isTokenRequired
        self.clock = clock
        self.threads = threads
        self.log = AccessLog(log)
        state.withLock { $0.book = book }
    }

    /// Returns when what is asked for may be done.
    /// - Parameters:
    ///   - credential: the text of a token as the sender showed it; nil where he showed none.
    ///   - scope: what it needs.
    ///   - action: what is asked for, for the log; nothing that a stranger could have written.
    ///   - peer: the sender's address, for the log.
    /// - Returns: whether a token was asked for; where there are none, whoever comes is let in unknown.
    /// - Throws: ``AccessRefusal``; `CancellationError`.
    @discardableResult
    package func admit(
        _ credential: String?, needing scope: AccessScope, action: String, peer: String
    ) async throws -> Bool {
        var state = try await state(notOlderThan: Self.lookNanoseconds)
        guard state.failure != nil || state.book != nil || isTokenRequired else { return false }
        var verdict = (state.book ?? TokenBook()).judge(credential, needing: scope, now: clock.wallNanoseconds())
        if verdict.objection == .unknown {
            state = try await self.state(notOlderThan: Self.unknownLookNanoseconds)
            verdict = (state.book ?? TokenBook()).judge(credential, needing: scope, now: clock.wallNanoseconds())
        }
        if let failure = state.failure {
            log.failed(failure)
            throw AccessRefusal.unverifiable
        }
        guard let objection = verdict.objection else {
            if scope == .admin, let id = verdict.id { log.served(id, action: action, peer: peer) }
            return true
        }
        log.refused(objection, id: verdict.id, scope: scope, action: action, peer: peer)
        throw AccessRefusal.denied(objection, needed: scope)
    }

    // MARK: The file

    private func state(notOlderThan age: Int64) async throws -> State {
        let now = clock.monotonicNanoseconds()
        let known = state.withLock { $0 }
        guard let file, known.lookedAt.map({ now - $0 >= age }) ?? true else { return known }
        return try await threads.run { [self] in look(at: file, began: now) }
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
