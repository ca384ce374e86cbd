import Access
import Platform

extension TokenFile {
    /// A new token without a name, kept in the file.
    func token(_ scopes: Set<AccessScope>, at now: Int64, expiresAfter nanoseconds: Int64?) throws -> AccessToken {
        try update { book in
            try book.create(
                name: "", scopes: scopes, expires: nanoseconds.map { now + $0 }, now: now,
                randomness: SystemRandomness())
        }
    }
}
