import Access
import OperatorLogs
import Platform
import Testing

/// Sessions, asked without a wire: the clock stands until it is moved.
@Suite struct SessionTests {
    private static let hour: Int64 = 3_600_000_000_000
    private let disk = SimulatedFileSystem(seed: 6)
    private let clock = SimulatedClock()
    private var file: TokenFile { TokenFile(dataDirectory: "/data", fileSystem: disk) }

    private func token(_ scopes: Set<AccessScope>, expiresAfter nanoseconds: Int64? = nil) throws -> AccessToken {
        try file.token(scopes, at: clock.wallNanoseconds(), expiresAfter: nanoseconds)
    }

    private func control(isTokenRequired: Bool = false) throws -> AccessControl {
        AccessControl(
            file: file, book: try file.load(), isTokenRequired: isTokenRequired, clock: clock,
            threads: ThreadPool(threadCount: 1), log: PacedLog(OperatorLog { _ in }, clock: clock),
            randomness: SystemRandomness())
    }

    private func begin(_ control: AccessControl, _ token: String?, from peer: String = "10.0.0.7") async throws
        -> String?
    {
        try await control.beginSession(token, action: "POST /session", peer: peer)
    }

    /// nil: let in.
    private func refusal(
        _ control: AccessControl, _ session: String, _ scope: AccessScope = .read
    ) async throws -> AccessRefusal? {
        do {
            _ = try await control.admit(session: session, needing: scope, action: "GET /v1/status", peer: "10.0.0.7")
            return nil
        } catch let refusal as AccessRefusal {
            return refusal
        }
    }

    @Test func itOpensWhatIsAskedAndNothingElse() async throws {
        for scopes in [[.read], [.admin], [.read, .ingest]] as [Set<AccessScope>] {
            let token = try token(scopes)
            let control = try control()
            let session = try #require(try await begin(control, token.text))
            #expect(session.wholeMatch(of: /[0-9a-f]{64}/) != nil)
            #expect(try await refusal(control, session) == nil)
            for scope in [AccessScope.ingest, .admin] {
                #expect(try await refusal(control, session, scope) == .denied(.missing, needed: scope))
            }
            #expect(try await refusal(control, session) == nil, "what it does not open does not end it")
            // Its secret is no token, nor a token a session.
            #expect(try await refusal(control, token.text) == .denied(.missing, needed: .read))
            for other in ["", "00", session.uppercased(), String(session.dropLast()) + "g", session + "00"] {
                #expect(try await refusal(control, other) == .denied(.missing, needed: .read), "\(other)")
            }
            #expect(
                try await refusal(try self.control(), session) == .denied(.missing, needed: .read), "another server")
        }
    }

    @Test func onlyAGoodTokenBeginsOne() async throws {
        let (ingest, late) = (try token([.ingest]), try token([.read], expiresAfter: 1))
        clock.advance(nanoseconds: 1)
        let control = try control()
        for (token, reason) in [
            (ingest.text, .scope), (late.text, .expired), ("plim_guess", .unknown), (nil, .missing),
        ] as [(String?, AccessDenialReason)] {
            await #expect(throws: AccessRefusal.denied(reason, needed: .read)) { try await begin(control, token) }
        }
    }

    @Test func withoutTokensThereIsNone() async throws {
        #expect(try await begin(try control(), "anything") == nil)
        let strict = try control(isTokenRequired: true)
        await #expect(throws: AccessRefusal.denied(.unknown, needed: .read)) { try await begin(strict, "anything") }
    }

    @Test func itEndsWhenItIsNotUsedForTwelveHours() async throws {
        let token = try token([.read])
        let control = try control()
        let (used, idle) = (try #require(try await begin(control, token.text)), try await begin(control, token.text))
        for _ in 0..<3 {
            clock.advance(nanoseconds: 12 * Self.hour - 1)
            #expect(try await refusal(control, used) == nil)
        }
        #expect(try await refusal(control, try #require(idle)) == .denied(.missing, needed: .read))
        clock.advance(nanoseconds: 12 * Self.hour)
        #expect(try await refusal(control, used) == .denied(.missing, needed: .read))
    }

    @Test func itEndsWithItsTokenAndWhenItIsEnded() async throws {
        let (first, second) = (try token([.read]), try token([.read], expiresAfter: 2 * Self.hour))
        let control = try control()
        let session = try #require(try await begin(control, first.text))
        let short = try #require(try await begin(control, second.text))
        let ended = try #require(try await begin(control, first.text))
        control.endSession(ended, action: "POST /session/end", peer: "10.0.0.7")
        control.endSession("none", action: "POST /session/end", peer: "10.0.0.7")
        #expect(try await refusal(control, ended) == .denied(.missing, needed: .read))
        #expect(try await refusal(control, session) == nil)
        clock.advance(nanoseconds: 2 * Self.hour)
        #expect(try await refusal(control, short) == .denied(.expired, needed: .read))
        #expect(try await refusal(control, short) == .denied(.missing, needed: .read), "it is forgotten")
        _ = try file.update { book in try book.revoke(first.id, now: 1) }
        clock.advance(nanoseconds: 500_000_000)
        #expect(try await refusal(control, session) == .denied(.revoked, needed: .read))
        #expect(try await refusal(control, session) == .denied(.missing, needed: .read))
    }

    /// What cannot be looked at now is not over.
    @Test func aFileThatCannotBeReadEndsNone() async throws {
        let token = try token([.read])
        let control = try control()
        let session = try #require(try await begin(control, token.text))
        let whole = try #require(disk.snapshot(of: "/data/keys/tokens"))
        disk.damage("/data/keys/tokens") { $0[30] ^= 1 }
        clock.advance(nanoseconds: 500_000_000)
        #expect(try await refusal(control, session) == .unverifiable)
        disk.damage("/data/keys/tokens") { $0 = whole }
        clock.advance(nanoseconds: 500_000_000)
        #expect(try await refusal(control, session) == nil)
    }

    @Test func soManyAtMostAndTheOneThatWasUsedLeastLatelyGoes() async throws {
        let token = try token([.read])
        let control = try control()
        var sessions: [String] = []
        for _ in 0..<1000 {
            sessions.append(try #require(try await begin(control, token.text)))
            clock.advance(nanoseconds: 1)
        }
        #expect(try await refusal(control, sessions[0]) == nil)
        clock.advance(nanoseconds: 1)
        _ = try await begin(control, token.text)
        #expect(try await refusal(control, sessions[1]) == .denied(.missing, needed: .read))
        for index in [0, 2, 999] { #expect(try await refusal(control, sessions[index]) == nil, "\(index)") }
    }

    @Test func wrongTokensAreTriedSoOftenAndNoMore() async throws {
        let token = try token([.read])
        let control = try control()
        func fail(from peer: String) async throws {
            await #expect(throws: AccessRefusal.denied(.unknown, needed: .read)) {
                try await begin(control, "plim_guess", from: peer)
            }
        }
        for _ in 0..<9 { try await fail(from: "10.0.0.7") }
        #expect(try await begin(control, token.text) != nil, "a good one counts for nothing")
        try await fail(from: "10.0.0.7")
        await #expect(throws: AccessRefusal.tooManyTries(retrySeconds: 60)) { try await begin(control, token.text) }
        #expect(try await begin(control, token.text, from: "10.0.0.8") != nil, "others are not held up")
        clock.advance(nanoseconds: 59_500_000_000)
        await #expect(throws: AccessRefusal.tooManyTries(retrySeconds: 1)) { try await begin(control, token.text) }
        clock.advance(nanoseconds: 500_000_000)
        #expect(try await begin(control, token.text) != nil)
        // Of many senders those beyond a bound are counted as one: what is kept of them does not grow.
        for sender in 0..<1000 { try await fail(from: "s\(sender)") }
        for sender in 0..<10 { try await fail(from: "t\(sender)") }
        await #expect(throws: AccessRefusal.tooManyTries(retrySeconds: 60)) {
            try await begin(control, token.text, from: "u")
        }
        #expect(try await begin(control, token.text, from: "s0") != nil)
    }
}
