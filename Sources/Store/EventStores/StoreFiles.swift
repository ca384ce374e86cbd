import Platform

/// Every file and folder of a data directory.
struct StoreFiles: Sendable {
    let root: String

    var lock: String { root + "/LOCK" }
    var keys: String { root + "/keys" }
    /// 32 secret bytes, by which stand-ins for user ids and hashes of identities are keyed, and the first 8 of their
    /// SHA-256.
    var secret: String { root + "/keys/store.key" }
    var log: String { root + "/log" }
    var segments: String { root + "/segments" }

    /// An id that no file of these names has, so that nothing is written under the name of a file that is to be
    /// removed.
    static func nextID(above names: [String]) -> UInt64 {
        let ids = names.compactMap { name -> UInt64? in
            if name.hasPrefix("state-") { return UInt64(name.dropFirst(6)) }
            return name.hasSuffix(".segment") ? UInt64(name.dropLast(8), radix: 16) : nil
        }
        return ids.max().map { $0 &+ 1 } ?? 0
    }

    /// Whether a file beside the segments is one that jobs write and manifests name.
    static func isOurs(segmentFile name: String) -> Bool { name.hasSuffix(".segment") || name.hasPrefix("state-") }
}
