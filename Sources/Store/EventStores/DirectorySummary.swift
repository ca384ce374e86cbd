import Bytes
import Columnar
import Domain
import EventLogs
import JSONTexts
package import Platform
import Segments

/// A data directory on one screen, for `plimsoll inspect`: read off the manifest, the segments' footers and the log
/// behind them. Needs no key, takes no lock, and writes nothing.
package struct DirectorySummary: Sendable {
    private static let tablesListedMax = 8

    private let directory: String
    private var manifestVersion: UInt64 = 0
    /// Of the last event; events are numbered from 1 without a gap.
    private var position: Int64 = 0
    private var sealedPosition: Int64 = 0
    private var segments = 0
    private var segmentBytes = 0
    private var archivedSegments = 0
    private var archivedBytes = 0
    private var stateBytes = 0
    private var logFiles = 0
    private var logBytes = 0
    /// Whether the log ends as a close in order leaves it; a server that has taken nothing yet changes nothing in that.
    private var isClosed = false
    private var times: ClosedRange<Int64>?
    private var received: ClosedRange<Int64>?
    private var conversations = 0
    private var turns = 0
    /// Of events and of what was made of them, the largest first.
    private var tables: [TableUsage] = []
    private var formats: [(kind: String, versions: [UInt8])] = []
    /// Manifests that could not be taken, or were taken from their copies.
    private var damage: [CorruptionError] = []

    /// - Parameter directory: the data directory, with the folders `log` and `segments`.
    /// - Throws: `StorageError`; `FileContentError` where a manifest or a segment's footer cannot be read.
    package init(of directory: String, _ fileSystem: any FileSystem) throws {
        self = try EventStore.readingBeside { try DirectorySummary(once: directory, fileSystem) }
    }

    private init(once directory: String, _ fileSystem: any FileSystem) throws {
        self.directory = directory
        let files = StoreFiles(root: directory)
        try ArchivePlace.check(files, fileSystem)
        var logStart: UInt64 = 0
        if try fileSystem.isDirectory(files.segments) { logStart = try addSegments(files.segments, fileSystem) }
        guard try fileSystem.isDirectory(files.log) else { return }
        let inventory = try LogInventory.of(files.log, fileSystem, from: logStart) { add($0) }
        (logFiles, logBytes) = (inventory.files, inventory.bytes)
        formats.append(("log", inventory.formats.sorted()))
    }

    /// - Returns: the number of the file in which the log goes on.
    private mutating func addSegments(_ folder: String, _ fileSystem: any FileSystem) throws -> UInt64 {
        let (manifests, findings) = try ManifestStore.open(
            fileSystem: fileSystem, directory: folder, isKnown: { _ in true })
        damage = findings.damage
        let manifest = manifests.current
        (manifestVersion, sealedPosition, position) = (manifests.version, manifest.position, manifest.position)
        var versions: (manifest: Set<UInt8>, segment: Set<UInt8>, state: Set<UInt8>) = ([], [], [])
        func version(_ name: String, at offset: Int) throws -> UInt8? {
            let file = try fileSystem.open(folder + "/" + name, .read)
            defer { file.close() }
            return try file.read(upTo: 1, at: offset).first
        }
        if manifests.version > 0 {
            let name = ManifestStore.fileName(manifests.version)
            try version(findings.restored == nil ? name : FileReference.copyName(of: name), at: 8)
                .map { _ = versions.manifest.insert($0) }
        }
        var usage: [ExactText: TableUsage] = [:]
        for segment in manifest.segments {
            let description = segment.description
            let reader = try SegmentReader.open(fileSystem: fileSystem, path: folder + "/" + description.fileName)
            for table in reader.tableUsage() {
                var sum = table
                if let known = usage[ExactText(table.table)] {
                    sum.rowCount += known.rowCount
                    sum.bytes += known.bytes
                }
                usage[ExactText(table.table)] = sum
            }
            try version(description.fileName, at: 8).map { _ = versions.segment.insert($0) }
            segmentBytes += reader.lengthBytes
            if segment.isArchived {
                archivedSegments += 1
                archivedBytes += reader.lengthBytes
            }
            addTimes(of: reader)
            conversations += description.rowCount(table: "conversations")
            turns += description.rowCount(table: "turns")
            if let range = segment.receivedRange { received = Self.union(received, range) }
        }
        for list in manifest.superseded {
            if list.table == "conversations" { conversations -= list.rows.count }
            if list.table == "turns" { turns -= list.rows.count }
        }
        segments = manifest.segments.count
        if let state = manifest.projections {
            stateBytes = state.lengthBytes
            let isMissing = try fileSystem.lengthBytes(of: folder + "/" + state.fileName) == nil
            try version(isMissing ? state.copyName : state.fileName, at: 0)
                .map { _ = versions.state.insert($0) }
        }
        // order: sorted by size and name.
        tables = usage.values.sorted { ($1.bytes, $0.table) < ($0.bytes, $1.table) }
        formats = [
            ("manifest", versions.manifest.sorted()), ("segments", versions.segment.sorted()),
            ("state", versions.state.sorted()),
        ]
        return manifest.logStart.file
    }

    /// Those of events alone: what is made of them has times of other kinds.
    private mutating func addTimes(of segment: SegmentReader) {
        for name in segment.tableNames where !Self.isMade(name) {
            for group in segment.groups(table: name) {
                if let range = Self.range(of: "time", in: group) { times = Self.union(times, range) }
                // Of all that the manifest says, this it leaves to the segments.
                if let range = Self.range(of: "received_time", in: group) { received = Self.union(received, range) }
            }
        }
    }

    private static func range(of column: String, in group: RowGroup) -> ClosedRange<Int64>? {
        guard let summary = group.summary(named: column), case .timestamptz(let low) = summary.minimum,
            case .timestamptz(let high) = summary.maximum, low <= high
        else { return nil }
        return low...high
    }

    private static func isMade(_ table: String) -> Bool {
        [
            "turns", "conversations", "system_events", "dead_letters", ManifestSegment.frozenTable,
            ManifestSegment.partlyFrozenTable, ManifestSegment.typesFrozenTable, ManifestSegment.settledTable,
        ].contains(table)
            || table.hasPrefix("rollup_")
    }

    private mutating func add(_ record: LogRecord) {
        isClosed = record.kind == .end
        guard record.kind == .events, record.position > sealedPosition else { return }
        position = max(position, record.nextPosition &- 1)
        received = Self.union(received, record.receivedTime...record.receivedTime)
        let bytes = Array(record.payload)
        var start = 0
        while bytes.count - start >= EventRowWriter.headerBytes {
            let row = EventRow(bytes, at: start)
            guard row.byteCount >= EventRowWriter.headerBytes else { return }
            times = Self.union(times, row.time...row.time)
            start += row.byteCount
        }
    }

    private static func union(_ left: ClosedRange<Int64>?, _ right: ClosedRange<Int64>) -> ClosedRange<Int64> {
        guard let left else { return right }
        return min(left.lowerBound, right.lowerBound)...max(left.upperBound, right.upperBound)
    }
}

// MARK: Renderings

extension DirectorySummary {
    /// One screen for people.
    package var text: String {
        var rows = [
            ["directory", directory],
            [
                "events",
                "\(position), of which \(sealedPosition) in segments and \(position - sealedPosition) in the log alone",
            ],
            ["position", "\(position)"],
            ["happened", Self.shown(times)],
            ["received", Self.shown(received)],
            ["conversations", "\(conversations) in segments, with \(turns) turns"],
            ["segments", "\(segments), \(segmentBytes) bytes\(archivedText); manifest version \(manifestVersion)"],
            ["log", "\(logFiles) files, \(logBytes) bytes with what is kept free"],
            ["state", "\(stateBytes) bytes"],
            ["log ends", isClosed ? "with a close in order" : "open: it is served, or its server did not close it"],
            [
                "formats",
                formats.map { format in
                    let versions = format.versions.map(String.init).joined(separator: " and ")
                    return "\(format.kind) \(versions.isEmpty ? "none" : versions)"
                }.joined(separator: ", "),
            ],
        ]
        for (index, damage) in damage.enumerated() { rows.append([index == 0 ? "damage" : "", "\(damage)"]) }
        if !tables.isEmpty { rows.append(["", ""]) }
        for (index, table) in tables.prefix(Self.tablesListedMax).enumerated() {
            let usage = "\(table.table): \(table.rowCount) rows, \(table.bytes) bytes"
            rows.append([index == 0 ? "largest tables" : "", usage])
        }
        let others = tables.dropFirst(Self.tablesListedMax)
        if !others.isEmpty {
            rows.append(["", "\(others.count) others: \(others.reduce(0) { $0 + $1.bytes }) bytes"])
        }
        return renderAligned(rows)
    }

    private var archivedText: String {
        archivedSegments == 0 ? "" : ", \(archivedSegments) of them archived, \(archivedBytes) bytes"
    }

    /// The same as an object; times are RFC 3339, null where nothing has one.
    package var json: String {
        JSONWriter.object { json in
            json.member("directory", directory)
            json.member("events", position)
            json.member("sealed_events", sealedPosition)
            json.member("unsealed_events", position - sealedPosition)
            json.member("position", position)
            for (name, range) in [("time", times), ("received_time", received)] {
                json.key("first_" + name)
                if let range { json.value(time: range.lowerBound) } else { json.null() }
                json.key("last_" + name)
                if let range { json.value(time: range.upperBound) } else { json.null() }
            }
            json.member("sealed_conversations", conversations)
            json.member("sealed_turns", turns)
            json.member("segments", segments)
            json.member("segment_bytes", segmentBytes)
            json.member("archived_segments", archivedSegments)
            json.member("archived_bytes", archivedBytes)
            json.member("manifest_version", manifestVersion)
            json.member("log_files", logFiles)
            json.member("log_bytes", logBytes)
            json.member("state_bytes", stateBytes)
            json.member("closed_in_order", isClosed)
            json.key("formats")
            json.object { json in
                for format in formats {
                    json.key(format.kind)
                    json.array(format.versions) { version, json in json.value(version) }
                }
            }
            json.key("damage")
            json.array(damage) { damage, json in json.value("\(damage)") }
            json.key("tables")
            json.array(tables) { table, json in
                json.object { json in
                    json.member("table", table.table)
                    json.member("rows", table.rowCount)
                    json.member("bytes", table.bytes)
                }
            }
        }
    }

    private static func shown(_ range: ClosedRange<Int64>?) -> String {
        guard let range else { return "none" }
        return "\(RFC3339.render(range.lowerBound)) to \(RFC3339.render(range.upperBound))"
    }
}
