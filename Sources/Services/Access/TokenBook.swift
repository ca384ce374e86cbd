package import Platform

/// What is kept of a token: everything but its secret.
package struct TokenRecord: Hashable, Sendable {
    /// Names it in lists and logs.
    package var id: String
    /// SHA-256 of the secret.
    var digest: [UInt8]
    /// At least one, in the order of ``AccessScope``.
    package var scopes: [AccessScope]
    /// ns since 1970 UTC.
    var created: Int64
    /// From then on it is worth nothing, ns since 1970 UTC; nil: never.
    package var expires: Int64?
    /// When it was revoked, ns since 1970 UTC; nil: it was not.
    package var revoked: Int64?
    /// Who or what it is for; one line, possibly empty.
    package var name: String

    /// Joined by commas.
    var scopeList: String { scopes.map(\.rawValue).joined(separator: ",") }

    /// What it is worth at a time (ns since 1970 UTC).
    package func state(at time: Int64) -> State {
        if revoked != nil { return .revoked }
        if let expires, expires <= time { return .expired }
        return .valid
    }

    /// What a token is worth.
    package enum State: String, Sendable { case valid, expired, revoked }
}

/// Why somebody is not let in. Raw values are labels of metrics.
package enum AccessDenialReason: String, Sendable {
    /// Nothing was shown.
    case missing = "no_token"
    /// No such id, another secret, or no token of ours at all.
    case unknown = "unknown_token"
    case expired = "expired_token"
    case revoked = "revoked_token"
    /// The token is good, but not for this.
    case scope = "missing_scope"
}

/// All tokens that were ever made: a revoked one stays, so that its id still tells who it was.
package struct TokenBook: Hashable, Sendable {
    /// More are refused: each request of a stranger must stay cheap to decide.
    static let countMax = 10_000
    /// Of ``TokenRecord/name``.
    static let nameBytesMax = 100

    /// In the order in which they were made.
    package private(set) var records: [TokenRecord] = []
    private var places: [String: Int] = [:]

    /// An empty one.
    package init() {}

    /// Takes a record over.
    /// - Returns: false when there is one of this id already.
    mutating func add(_ record: TokenRecord) -> Bool {
        guard places[record.id] == nil else { return false }
        places[record.id] = records.count
        records.append(record)
        return true
    }

    /// Makes a token. Its secret is nowhere but in the result.
    /// - Parameters:
    ///   - scopes: at least one.
    ///   - now: ns since 1970 UTC.
    /// - Throws: ``TokenError`` for a name that does not fit a line or when there are too many.
    package mutating func create(
        name: String, scopes: Set<AccessScope>, expires: Int64?, now: Int64, randomness: any Randomness
    ) throws(TokenError) -> AccessToken {
        guard !scopes.isEmpty else { throw TokenError("a token needs a scope: ingest, read or admin") }
        guard name.utf8.count <= Self.nameBytesMax,
            !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw TokenError("the name must be one line of at most \(Self.nameBytesMax) bytes") }
        if let expires, expires <= now { throw TokenError("the token would have expired already") }
        guard records.count < Self.countMax else { throw TokenError("there are \(Self.countMax) tokens already") }
        while true {
            let token = AccessToken(randomness: randomness)
            let record = TokenRecord(
                id: token.id, digest: token.digest, scopes: AccessScope.allCases.filter(scopes.contains), created: now,
                expires: expires,
                revoked: nil, name: name)
            if add(record) { return token }
        }
    }

    /// Makes a token worth nothing.
    /// - Returns: what is kept of it.
    /// - Throws: ``TokenError`` when there is no token of this id. One that is revoked already stays as it is.
    package mutating func revoke(_ id: String, now: Int64) throws(TokenError) -> TokenRecord {
        guard let place = places[id] else {
            throw TokenError("there is no token \(id); `plimsoll tokens list --data DIR` names them")
        }
        if records[place].revoked == nil { records[place].revoked = now }
        return records[place]
    }

    /// Whether the sender of a token may do what needs `scope`.
    /// - Parameter text: what the sender showed; nil where nothing was.
    /// - Returns: the token's id as far as its secret proved right, and what speaks against it.
    func judge(_ text: String?, needing scope: AccessScope, now: Int64) -> (id: String?, objection: AccessDenialReason?)
    {
        guard let text else { return (nil, .missing) }
        guard let token = AccessToken(text), let place = places[token.id],
            Self.areEqual(records[place].digest, token.digest)
        else { return (nil, .unknown) }
        return (token.id, objection(to: records[place], needing: scope, now: now))
    }

    /// Whether who showed the token of an id earlier may still do what needs `scope`.
    /// - Returns: what speaks against it.
    func judge(holder id: String, needing scope: AccessScope, now: Int64) -> AccessDenialReason? {
        guard let place = places[id] else { return .unknown }
        return objection(to: records[place], needing: scope, now: now)
    }

    private func objection(to record: TokenRecord, needing scope: AccessScope, now: Int64) -> AccessDenialReason? {
        switch record.state(at: now) {
        case .revoked: .revoked
        case .expired: .expired
        case .valid: record.scopes.covers(scope) ? nil : .scope
        }
    }

    /// Takes the same time wherever the first difference is.
    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (a, b) in zip(left, right) { difference |= a ^ b }
        return difference == 0
    }
}

/// A wish about tokens that cannot be met.
package struct TokenError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
