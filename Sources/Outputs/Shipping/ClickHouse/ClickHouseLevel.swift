/// What a server can do, as far as shipping wants it.
package enum ClickHouseLevel: Sendable {
    /// 18.16, which Debian has: times are `Int64` of nanoseconds, and an insert has no name by which a second one is
    /// known.
    case old
    /// ``modernMin`` and later.
    case modern

    /// The lowest version of level ``modern``: an LTS with all that is used.
    static let modernMin = (major: 23, minor: 8)

    /// The level of a server.
    /// - Parameter version: what `version()` says, such as `26.9.2.1`.
    /// - Returns: nil for a version that is not spoken to.
    package static func of(version: String) -> ClickHouseLevel? {
        let parts = version.split(separator: ".").prefix(2).map { Int($0) }
        guard parts.count == 2, let major = parts[0], let minor = parts[1] else { return nil }
        if (major, minor) >= (modernMin.major, modernMin.minor) { return .modern }
        return (major, minor) == (18, 16) ? .old : nil
    }
}
