import Access
import OperatorLogs
import Platform
import Synchronization
import Testing

/// Who is let in, asked without a wire: the clock stands until it is moved.
@Suite struct AccessControlTests {
    private final class Lines: Sendable {
        private let state = Mutex<[String]>([])
        /// As they are written, without their times.
        var all: [String] { state.withLock { $0 } }
        var log: OperatorLog {
            OperatorLog { [self] line in
                let text = String(decoding: LogFormat.text.rendered(line, at: 0).dropFirst(25), as: UTF8.self)
                state.withLock { $0.append(String(text.dropLast())) }
            }
        }
    }

    private static let path = "/data/keys/tokens"
    private let disk = SimulatedFileSystem(seed: 5)
    private let clock = SimulatedClock()
    private let lines = Lines()
    private var file: TokenFile { TokenFile(dataDirectory: "/data", fileSystem: disk) }

    private func token(_ scopes: Set<AccessScope>, expiresAfter nanoseconds: Int64? = nil) throws -> AccessToken {
        try file.token(scopes, at: clock.wallNanoseconds(), expiresAfter: nanoseconds)
    }

    private func control(isTokenRequired: Bool = false) throws -> AccessControl {
        AccessControl(
            file: file, book: try file.load(), isTokenRequired: isTokenRequired, clock: clock,
            threads: ThreadPool(threadCount: 1), log: PacedLog(lines.log, clock: clock), randomness: SystemRandomness())
    }

    /// nil: let in.
    private func refusal(
        _ control: AccessControl, _ credential: String?, _ scope: AccessScope = .read
    ) async throws -> AccessRefusal? {
        do {
            try await control.admit(credential, needing: scope, action: "GET /v1/status", peer: "10.0.0.7")
            return nil
        } catch let refusal as AccessRefusal {
            return refusal
        }
    }

    @Test func everyScopeOpensItsOwnAndAdminAll() async throws {
        for held in AccessScope.allCases {
            let token = try token([held])
            let control = try control()
            for needed in AccessScope.allCases {
                let isLetIn = held == needed || held == .admin
                let refusal = try await refusal(control, token.text, needed)
                #expect(refusal == (isLetIn ? nil : .denied(.scope, needed: needed)), "\(held) for \(needed)")
            }
        }
        #expect(AccessRefusal.denied(.scope, needed: .admin).message == "the token lacks the scope admin")
    }

    @Test func withoutTokensEverybodyIsLetInUnlessTheyAreRequired() async throws {
        #expect(try await refusal(try control(), nil, .admin) == nil)
        let strict = try control(isTokenRequired: true)
        #expect(try await refusal(strict, nil, .ingest) == .denied(.missing, needed: .ingest))
        #expect(try await refusal(strict, "plim_guess", .ingest) == .denied(.unknown, needed: .ingest))
    }

    @Test func whatIsKnownOfATokenCountsWithinHalfASecond() async throws {
        let first = try token([.read])
        let control = try control()
        #expect(try await refusal(control, first.text) == nil)
        _ = try file.update { book in try book.revoke(first.id, now: 1) }
        clock.advance(nanoseconds: 499_000_000)
        #expect(try await refusal(control, first.text) == nil, "the look from before counts")
        clock.advance(nanoseconds: 1_000_000)
        #expect(try await refusal(control, first.text) == .denied(.revoked, needed: .read))
        // One that is not known may have been made just now: that is looked up sooner.
        let second = try token([.read])
        #expect(try await refusal(control, second.text) == .denied(.unknown, needed: .read))
        clock.advance(nanoseconds: 50_000_000)
        #expect(try await refusal(control, second.text) == nil)
        let late = try token([.read], expiresAfter: 1_000_000_000)
        clock.advance(nanoseconds: 500_000_000)
        #expect(try await refusal(control, late.text) == nil)
        clock.advance(nanoseconds: 500_000_000)
        #expect(try await refusal(control, late.text) == .denied(.expired, needed: .read))
    }

    @Test func aFileThatCannotBeReadLetsNobodyIn() async throws {
        let token = try token([.admin])
        let control = try control()
        let whole = try #require(disk.snapshot(of: Self.path))
        #expect(try await refusal(control, token.text) == nil)
        disk.damage(Self.path) { $0[30] ^= 1 }
        clock.advance(nanoseconds: 500_000_000)
        #expect(try await refusal(control, token.text) == .unverifiable)
        disk.damage(Self.path) { $0 = whole }
        clock.advance(nanoseconds: 500_000_000)
        #expect(try await refusal(control, token.text) == nil)
        try disk.remove(Self.path)
        clock.advance(nanoseconds: 500_000_000)
        #expect(try await refusal(control, token.text) == .unverifiable, "once there was a file")
    }

    @Test func theLogNamesTokensByTheirIdsAndKeepsItsPace() async throws {
        let (reader, admin) = (try token([.read]), try token([.admin]))
        let control = try control()
        for _ in 0..<(PacedLog.linesMax + 2) { _ = try await refusal(control, reader.text, .admin) }
        _ = try await refusal(control, nil)
        _ = try await refusal(control, admin.text, .admin)
        clock.advance(nanoseconds: 60_000_000_000)
        _ = try await refusal(control, reader.text, .admin)
        let asked = #"request="GET /v1/status" client=10.0.0.7"#
        let refused = "warning refused reason=missing_scope \(asked) token=\(reader.id) scope=admin"
        #expect(
            lines.all == Array(repeating: refused, count: PacedLog.linesMax) + [
                "warning refused reason=no_token \(asked) token=- scope=read",
                "notice admin used token=\(admin.id) client=10.0.0.7 request=\"GET /v1/status\"",
                "warning more of these in the minute after the first reason=missing_scope count=2", refused,
            ])
    }
}
