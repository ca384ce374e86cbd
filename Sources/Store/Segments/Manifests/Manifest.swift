/// What the store consists of at one position: every live file, and where the log begins that continues them.
///
/// A value; ``ManifestStore`` keeps its versions on disk. Times are ns since 1970 UTC.
package struct Manifest: Hashable, Sendable {
    /// The greatest position that the segments and projections include; 0 of an empty store.
    package var position: Int64 = 0
    /// The id that the next segment gets; never reused.
    package var nextSegmentID: UInt64 = 1
    /// Ascending by first position, then by id.
    package var segments: [ManifestSegment] = []
    /// Rows of events and read models that later rows replaced, ascending by table, segment, group.
    package var superseded: [SupersededRows] = []
    /// The projections' state at `position`.
    package var projections: FileReference?
    /// Where replay begins.
    package var logStart = LogStart()
    /// The store was closed in order, and the log holds nothing beyond `position`. No version has written that: how far
    /// a log was closed stands beside it, in a file that versions of before leave alone (`LogEndMark` of `EventLogs`).
    package var isCleanEnd = false

    /// Starts empty.
    package init() {}

    /// Names of all files that the manifest needs, and of the copy of one of them, sorted.
    var liveFileNames: [String] {
        let names =
            segments.map(\.description.fileName)
            + [projections?.fileName, projections?.copyName].compactMap { $0 }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// A live segment.
package struct ManifestSegment: Hashable, Sendable {
    /// File, length, hash, rows and time range.
    package var description: SegmentDescription
    /// First and last position of its events; nil of read models, which have none.
    package var positions: ClosedRange<Int64>?
    /// Smallest and largest `received_time`, ns.
    package var receivedRange: ClosedRange<Int64>?

    /// Takes each part as given.
    package init(
        _ description: SegmentDescription, positions: ClosedRange<Int64>? = nil,
        receivedRange: ClosedRange<Int64>? = nil
    ) {
        self.description = description
        self.positions = positions
        self.receivedRange = receivedRange
    }
}

extension ManifestSegment {
    /// The table of a segment that holds what was made of events which retention dropped, and none of these: one row,
    /// which says what went.
    package static let frozenTable = "dropped_events"

    /// A table beside it where events of some tenants alone went: those of others stayed, in segments of their own.
    package static let partlyFrozenTable = "dropped_tenants"

    /// The same where events of some types alone went.
    package static let typesFrozenTable = "dropped_types"

    /// A table of a segment whose events stayed when others of their conversations went: what was made of these
    /// conversations is frozen, and none is folded from its events any more.
    package static let settledTable = "settled_events"

    /// Whether it is such a segment: its rows stand for events that are nowhere any more.
    package var isFrozen: Bool { description.rowCount(table: Self.frozenTable) > 0 }

    /// Whether what its rows stand for was of some tenants alone.
    var isPartlyFrozen: Bool { description.rowCount(table: Self.partlyFrozenTable) > 0 }

    /// Whether what its rows stand for was of some types alone.
    var isTypesFrozen: Bool { description.rowCount(table: Self.typesFrozenTable) > 0 }

    /// Whether rows that are frozen stand for the conversations of its events.
    package var isSettled: Bool { description.rowCount(table: Self.settledTable) > 0 }

    /// What names of archived segments begin with: the folder beside the other segments that they lie in. A link to a
    /// directory on another volume may stand for it.
    package static let archiveBeginning = "archive/"

    /// Whether it is archived: written anew to be kept for long.
    package var isArchived: Bool { description.fileName.hasPrefix(Self.archiveBeginning) }
}

// texts: tables have names of ours.
/// Rows of one group that no longer count.
package struct SupersededRows: Hashable, Sendable {
    /// The table's name.
    package var table: String
    /// The segment's id.
    package var segmentID: UInt64
    /// The group's place among the table's groups of the segment.
    package var group: Int
    /// Strictly ascending.
    package var rows: [Int]

    /// Takes each part as given.
    package init(table: String, segmentID: UInt64, group: Int, rows: [Int]) {
        self.table = table
        self.segmentID = segmentID
        self.group = group
        self.rows = rows
    }
}

/// A file beside the segments: its name in the store's directory, length and SHA-256.
package struct FileReference: Hashable, Sendable {
    /// Name within the store's directory.
    package var fileName: String
    /// Length of the file.
    package var lengthBytes: Int
    /// SHA-256 of the whole file, 32 bytes.
    package var sha256: [UInt8]

    /// Takes each part as given.
    package init(fileName: String, lengthBytes: Int, sha256: [UInt8]) {
        self.fileName = fileName
        self.lengthBytes = lengthBytes
        self.sha256 = sha256
    }
}

extension FileReference {
    /// The name of a second writing of the same bytes, where there is one: what exists nowhere else is written twice,
    /// so that no damage of one file ends the store. Versions of before wrote none.
    package var copyName: String { Self.copyName(of: fileName) }

    /// The name of the copy of a file.
    package static func copyName(of name: String) -> String { copyBeginning + name }

    /// The name of the file that a name is that of a copy of; nil where it is none.
    package static func original(ofCopy name: String) -> String? {
        name.hasPrefix(copyBeginning) ? String(name.dropFirst(copyBeginning.count)) : nil
    }

    private static let copyBeginning = "copy-of-"
}

/// The first log record that the manifest does not include.
package struct LogStart: Hashable, Sendable {
    /// Number of the log file.
    package var file: UInt64
    /// Position of the record.
    package var position: Int64

    /// Takes each part as given.
    package init(file: UInt64 = 0, position: Int64 = 0) {
        self.file = file
        self.position = position
    }
}
