import Platform

/// Every file and folder of a data directory.
struct StoreFiles: Sendable {
    let root: String

    var lock: String { root + "/LOCK" }
    var keys: String { root + "/keys" }
    /// 32 secret bytes, by which stand-ins for user ids and hashes of identities are keyed, and the first 8 of their SHA-256.
    var secret: String { root + "/keys/store.key" }
    var log: String { root + "/log" }
    var segments: String { root + "/segments" }

    /// Whether a file beside the segments is one that jobs write and manifests name.
    static func isOurs(segmentFile name: String) -> Bool { name.hasSuffix(".segment") || name.hasPrefix("state-") }
}
