import Platform

/// What tests of damage do with the files of a store.
extension SimulatedFileSystem {
    /// The bytes of all files, by path.
    var bytesByPath: [String: [UInt8]] { Dictionary(uniqueKeysWithValues: snapshot().map { ($0.path, $0.bytes) }) }

    /// A copy of a store's directory as it is now, as somebody makes it by hand.
    func copyStore(_ source: String, to target: String, withoutKey: Bool = false) throws {
        for directory in ["keys", "log", "segments"] { try createDirectories(target + "/" + directory) }
        for (path, bytes) in snapshot() where path.hasPrefix(source + "/") && !path.hasSuffix("LOCK") {
            if withoutKey, path.hasSuffix("store.key") { continue }
            try replace(target + path.dropFirst(source.utf8.count), with: bytes)
        }
    }
}
