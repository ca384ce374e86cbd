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
    private let randomness: any Randomness
    private let state = Mutex(State())
    private let sessions = SessionBook()
    private let attempts = Mutex(AttemptLimit())

    /// - Parameters:
    ///   - file: nil: there are no tokens.
    ///   - book: what the file held when the server began.
    ///   - isTokenRequired: also while no token was ever made.
    ///   - threads: one of them reads the file.
    ///   - log: hears of refusals, of `admin` and of sessions.
    ///   - randomness: makes secrets of sessions.
    package init(
        file: TokenFile?, book: TokenBook?, isTokenRequired: Bool, clock: any Clock, threads: ThreadPool,
        log: PacedLog, randomness: any Randomness
    ) {
        self.file = file
        self.isTokenRequired = isTokenRequired
        self.clock = clock
        self.threads = threads
        self.log = AccessLog(log)
        self.randomness = randomness
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
        let admission = try await decide(needing: scope, action: action, peer: peer) { book, now in
            book.judge(credential, needing: scope, now: now)
        }
        return admission.isTokenAsked
    }

    // MARK: Sessions

    /// The same for who shows the secret of a session. It opens `read` and nothing else, for as long as its token
    /// would; with that it ends.
    /// - Parameter session: what ``beginSession(_:action:peer:)`` gave. One that is none any more is as good as nothing
    ///   shown.
    package func admit(
        session: String, needing scope: AccessScope, action: String, peer: String
    ) async throws -> Bool {
        let holder = scope == .read ? sessions.holder(of: session, now: clock.monotonicNanoseconds()) : nil
        do {
            let admission = try await decide(needing: scope, action: action, peer: peer) { book, now in
                guard let holder else { return (nil, .missing) }
                return (holder, book.judge(holder: holder, needing: scope, now: now))
            }
            return admission.isTokenAsked
        } catch let refusal as AccessRefusal {
            if holder != nil, case .denied = refusal { sessions.end(session) }
            throw refusal
        }
    }

    /// Begins a session for who shows a token that may `read`.
    /// - Returns: the secret of the session, 64 hexadecimal digits; nil where nobody has to show anything.
    /// - Throws: as ``admit(_:needing:action:peer:)``; ``AccessRefusal/tooManyTries(retrySeconds:)``.
    package func beginSession(_ credential: String?, action: String, peer: String) async throws -> String? {
        let now = clock.monotonicNanoseconds()
        if let seconds = attempts.withLock({ $0.wait(of: peer, now: now) }) {
            throw AccessRefusal.tooManyTries(retrySeconds: seconds)
        }
        do {
            let admission = try await decide(needing: .read, action: action, peer: peer) { book, now in
                book.judge(credential, needing: .read, now: now)
            }
            guard admission.isTokenAsked, let holder = admission.holder else { return nil }
            log.session("a session begins", of: holder, action: action, peer: peer)
            return sessions.begin(for: holder, now: now, randomness: randomness)
        } catch let refusal as AccessRefusal {
            if case .denied = refusal { attempts.withLock { $0.failed(peer, now: now) } }
            throw refusal
        }
    }

    /// Ends a session; one that is none is passed over.
    package func endSession(_ session: String, action: String, peer: String) {
        guard let holder = sessions.end(session) else { return }
        log.session("a session ends", of: holder, action: action, peer: peer)
    }

    // MARK: Deciding

    private typealias Verdict = (id: String?, objection: AccessDenialReason?)

    /// Who is let in, and whether anybody had to show anything for it.
    private struct Admission {
        var isTokenAsked: Bool
        /// The id of the token; nil where none was asked for.
        var holder: String?
    }

    private func decide(
        needing scope: AccessScope, action: String, peer: String, judge: (TokenBook, Int64) -> Verdict
    ) async throws -> Admission {
        var state = try await state(notOlderThan: Self.lookNanoseconds)
        guard state.failure != nil || state.book != nil || isTokenRequired else {
            return Admission(isTokenAsked: false)
        }
        var verdict = judge(state.book ?? TokenBook(), clock.wallNanoseconds())
        if verdict.objection == .unknown {
            state = try await self.state(notOlderThan: Self.unknownLookNanoseconds)
            verdict = judge(state.book ?? TokenBook(), clock.wallNanoseconds())
        }
        if let failure = state.failure {
            log.failed(failure)
            throw AccessRefusal.unverifiable
        }
        guard let objection = verdict.objection else {
            if scope == .admin, let id = verdict.id { log.served(id, action: action, peer: peer) }
            return Admission(isTokenAsked: true, holder: verdict.id)
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
