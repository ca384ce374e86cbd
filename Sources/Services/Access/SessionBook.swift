import Bytes
import Hashing
import Platform
import Synchronization

/// Sessions of browsers: who showed a token once is known by a secret of 256 random bits from then on. Nothing of them
/// but hashes is kept, in memory alone: a server that starts again knows none.
final class SessionBook: Sendable {
    /// Beyond so many the one that was used least lately ends.
    static let countMax = 1000
    /// A session that is not used for so long has ended.
    static let idleNanoseconds: Int64 = 12 * 3_600_000_000_000
    private static let secretBytes = 32

    private struct Session {
        /// The id of the token that it was begun with.
        var holder: String
        /// Monotonic.
        var usedAt: Int64
    }

    /// By the SHA-256 of their secrets.
    private let sessions = Mutex<[[UInt8]: Session]>([:])

    /// Begins one.
    /// - Parameters:
    ///   - holder: the id of the token that was shown.
    ///   - now: monotonic.
    /// - Returns: its secret, in hexadecimal digits.
    /// - Complexity: O(sessions).
    func begin(for holder: String, now: Int64, randomness: any Randomness) -> String {
        let secret = randomness.bytes(Self.secretBytes)
        sessions.withLock { sessions in
            sessions = sessions.filter { !Self.isIdle($0.value, now) }
            if sessions.count >= Self.countMax, let oldest = sessions.min(by: { $0.value.usedAt < $1.value.usedAt }) {
                sessions[oldest.key] = nil
            }
            sessions[SHA256.hash(secret)] = Session(holder: holder, usedAt: now)
        }
        return hexadecimal(secret)
    }

    /// Whose session it is, which counts as a use of it.
    /// - Parameters:
    ///   - text: the secret as it was shown.
    ///   - now: monotonic.
    /// - Returns: the id of its token; nil where there is no such session, or none any more.
    func holder(of text: String, now: Int64) -> String? {
        guard let digest = Self.digest(text) else { return nil }
        return sessions.withLock { sessions in
            guard let session = sessions[digest] else { return nil }
            guard !Self.isIdle(session, now) else {
                sessions[digest] = nil
                return nil
            }
            sessions[digest]?.usedAt = now
            return session.holder
        }
    }

    /// Ends one.
    /// - Returns: the id of its token; nil where there was none.
    @discardableResult
    func end(_ text: String) -> String? {
        guard let digest = Self.digest(text) else { return nil }
        return sessions.withLock { $0.removeValue(forKey: digest)?.holder }
    }

    private static func isIdle(_ session: Session, _ now: Int64) -> Bool { now - session.usedAt >= idleNanoseconds }

    private static func digest(_ text: String) -> [UInt8]? {
        guard text.utf8.count == 2 * secretBytes, let secret = bytes(ofHexadecimal: text.utf8) else {
            return nil
        }
        return SHA256.hash(secret)
    }
}
