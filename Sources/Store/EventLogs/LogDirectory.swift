internal import Platform

/// Names in a log's directory.
struct LogDirectory {
    let path: String
    let fileSystem: any FileSystem

    func logPath(_ number: UInt64) -> String { path + "/events-" + Self.padded(number) + ".log" }
    func sparePath(_ number: UInt64) -> String { path + "/spare-" + Self.padded(number) + ".log" }
    /// A file under construction that is not of the common size.
    func freshPath(_ number: UInt64) -> String { path + "/fresh-" + Self.padded(number) + ".log" }

    struct Listing {
        /// Ascending.
        var logs: [UInt64] = []
        var spares: [UInt64] = []
        var fresh: [UInt64] = []
    }

    /// Files by name; other names are left alone.
    func listing() throws(StorageError) -> Listing {
        var listing = Listing()
        for entry in try fileSystem.list(path) where !entry.isDirectory {
            if let number = Self.number(in: entry.name, prefix: "events-") { listing.logs.append(number) }
            if let number = Self.number(in: entry.name, prefix: "spare-") { listing.spares.append(number) }
            if let number = Self.number(in: entry.name, prefix: "fresh-") { listing.fresh.append(number) }
        }
        return listing
    }

    func flush() throws(StorageError) { try fileSystem.flushDirectory(path) }

    private static let digits = 12

    private static func padded(_ number: UInt64) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    /// The number in a name that we would give; nil for any other name.
    private static func number(in name: String, prefix: String) -> UInt64? {
        guard name.hasPrefix(prefix), name.hasSuffix(".log") else { return nil }
        let text = name.dropFirst(prefix.count).dropLast(4)
        guard let number = UInt64(text), number < 1 << 31, padded(number) == text else { return nil }
        return number
    }
}
