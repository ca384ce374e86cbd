import Platform
import Segments

/// What a data directory takes.
struct YearDisk {
    /// Bytes of all files.
    private(set) var bytes = 0
    /// Of those that are no part of the log.
    private(set) var bytesBesideLog = 0
    /// Of segments, what stays when events go: turns, conversations, rollups and records, with their part of what all
    /// tables of a segment have in common.
    private(set) var lastingBytes = 0
    /// Segments.
    private(set) var segments = 0

    /// - Throws: `StorageError`; `FileContentError` where a segment cannot be read.
    init(of directory: String, _ fileSystem: any FileSystem) throws {
        bytes = try Self.bytes(in: directory, fileSystem)
        bytesBesideLog = try bytes - Self.bytes(in: directory + "/log", fileSystem)
        for entry in try fileSystem.list(directory + "/segments") where entry.name.hasSuffix(".segment") {
            let reader = try SegmentReader.open(
                fileSystem: fileSystem, path: "\(directory)/segments/\(entry.name)")
            let tables = reader.tableUsage()
            let all = tables.reduce(0) { $0 + $1.bytes }
            let lasting = tables.filter { Self.isLasting($0.table) }.reduce(0) { $0 + $1.bytes }
            segments += 1
            guard all > 0 else { continue }
            lastingBytes += Int(Double(reader.lengthBytes) * Double(lasting) / Double(all))
        }
    }

    private static func isLasting(_ table: String) -> Bool {
        ["turns", "conversations", "system_events", "dead_letters", "dropped_events"].contains(table)
            || table.hasPrefix("rollup_")
    }

    private static func bytes(in directory: String, _ fileSystem: any FileSystem) throws -> Int {
        try fileSystem.list(directory).reduce(0) { sum, entry in
            let path = directory + "/" + entry.name
            if entry.isDirectory { return try sum + bytes(in: path, fileSystem) }
            return try sum + (fileSystem.lengthBytes(of: path) ?? 0)
        }
    }
}

/// What a directory may take by the rule, measured while nothing had gone yet.
struct YearDiskBound {
    /// Bytes of a day beside the log: all of them, and those that stay when its events go.
    private var (daily, lasting) = (0.0, 0.0)
    private let plan: YearPlan

    init(_ plan: YearPlan) { self.plan = plan }

    /// What is made of events is written once more when these go, with what all tables have in common.
    private static let lastingSlack = 1.5
    /// Events of other days are not as many.
    private static let dailySlack = 1.1

    /// Measures a day.
    /// - Precondition: nothing of the days was dropped.
    mutating func measure(_ disk: YearDisk, days: Int) {
        daily = Double(disk.bytesBesideLog) / Double(days)
        lasting = Double(disk.lastingBytes) / Double(days)
    }

    /// Days that keep all they had (``YearPlan/ageDaysMax``) × bytes of one, and what stays of each day that there
    /// was; three files of the log.
    func bytes(after days: Int) -> Int {
        let whole = daily * Double(min(days, plan.ageDaysMax)) * Self.dailySlack
        return Int(whole + lasting * Double(days) * Self.lastingSlack) + 3 * plan.logFileBytes
    }
}
