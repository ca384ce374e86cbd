import Columnar
import Domain
import EventStores
import Platform
import Segments
import Testing

/// Rollup rows that say something else than their events, in files whose checksums are all in order: only a
/// recomputation finds them.
@Suite struct RollupDamageTests {
    private static let folder = "/data/segments"

    /// A sealed store with calls and answers of some hours.
    private static func sealedStore(_ disk: SimulatedFileSystem) throws {
        let asked = try AskedStore(disk)
        var events = RollupEvents()
        events.addPrice("small", "input", picoPerToken: 150_000, at: RollupEvents.start)
        // Few groups of many events: rollups that save no rows are left out.
        for id in 0..<200 {
            let time = RollupEvents.start + Int64(id % 4) * RollupEvents.hour
            events.add(
                "llm.call", id: "c\(id)", time: time,
                [
                    "provider": .text("house"), "request_model": .text("small"), "input_tokens": .integer(Int64(id)),
                    "output_tokens": .integer(7),
                ])
            events.add(
                "message.sent", id: "m\(id)", time: time,
                [
                    "author": .text("agent"), "duration_ns": .integer(Int64(id) * 1_000_000),
                    "user_id": .text("user \(id % 3)"),
                ])
            events.add("tool.call", id: "t\(id)", time: time, ["tool": .text("search"), "duration_ns": .integer(5)])
            events.add("feedback.submitted", id: "f\(id)", time: time, ["score": .integer(Int64(id % 5 + 1))])
        }
        _ = try asked.store.append([events.batch])
        try asked.store.seal()
        try asked.store.close()
    }

    /// Writes the only segment anew, with `change` applied to the chunks of one table, and has the manifest name it.
    private static func rewrite(
        _ disk: SimulatedFileSystem, _ table: String, _ change: ([SegmentColumn], Chunk) -> Chunk
    ) throws {
        var (manifests, _) = try ManifestStore.open(fileSystem: disk, directory: folder, isKnown: { _ in true })
        var manifest = manifests.current
        let old = try #require(manifest.segments.first)
        let reader = try SegmentReader.open(fileSystem: disk, path: folder + "/" + old.description.fileName)
        let writer = try SegmentWriter(fileSystem: disk, directory: folder, segmentID: manifest.nextSegmentID)
        for name in reader.tableNames {
            for group in reader.groups(table: name) {
                let columns = try group.columns.indices.map { try group.column($0) }
                let chunk = Chunk(columns: columns, rowCount: group.rowCount)
                let kept = name == table ? change(group.columns, chunk) : chunk
                if kept.rowCount > 0 { try writer.add(table: name, columns: group.columns, chunk: kept) }
            }
        }
        manifest.segments[0].description = try writer.finish(metadata: reader.metadata)
        manifest.nextSegmentID += 1
        try manifests.publish(manifest)
    }

    private static func findings(_ disk: SimulatedFileSystem) throws -> [String] {
        let asked = try AskedStore(disk)
        defer { try? asked.store.close() }
        return try asked.store.verify().findings
    }

    @Test func aSegmentWrittenAnewIsFoundInOrder() throws {
        let disk = SimulatedFileSystem(seed: 41)
        try Self.sealedStore(disk)
        #expect(try Self.findings(disk) == [])
        try Self.rewrite(disk, "rollup_llm_call_1h") { _, chunk in chunk }
        #expect(try Self.findings(disk) == [])
    }

    @Test(arguments: [
        "rollup_llm_call_1h", "rollup_llm_call_1d", "rollup_message_sent_1m", "rollup_feedback_submitted_1d",
        "rollup_events_users_1d",
    ])
    func oneNumberThatIsNotThatOfTheEventsIsFound(table: String) throws {
        let disk = SimulatedFileSystem(seed: 42)
        try Self.sealedStore(disk)
        try Self.rewrite(disk, table) { columns, chunk in
            var chunk = chunk
            guard let index = columns.firstIndex(where: { $0.type == .integer }) else { return chunk }
            var values = (0..<chunk.rowCount).map { row -> Int64 in
                if case .integer(let value) = chunk.columns[index].scalar(at: row) { value } else { 0 }
            }
            values[chunk.rowCount / 2] += 1
            chunk.columns[index] = Vector(type: .integer, count: chunk.rowCount, storage: .int64(values))
            return chunk
        }
        let found = try Self.findings(disk)
        #expect(found.count == 1 && found.first?.hasPrefix("\(table): rows of segment ") == true, "\(found)")
    }

    @Test func aRowThatIsGoneIsFound() throws {
        let disk = SimulatedFileSystem(seed: 43)
        try Self.sealedStore(disk)
        try Self.rewrite(disk, "rollup_tool_call_1h") { _, chunk in
            let rows = Array(UInt32(1)..<UInt32(chunk.rowCount))
            return Chunk(columns: chunk.columns.map { $0.gather(rows) }, rowCount: rows.count)
        }
        let found = try Self.findings(disk)
        #expect(found.count == 1 && found.first?.hasPrefix("rollup_tool_call_1h: ") == true, "\(found)")
    }

    /// A segment that was written before a rollup was thought of has rows of a finer one: these are read, not its
    /// events.
    @Test func finerRowsStandInForThoseThatASegmentLacks() throws {
        let disk = SimulatedFileSystem(seed: 45)
        try Self.sealedStore(disk)
        let table = "rollup_message_sent_times_1h"
        try Self.rewrite(disk, table) { _, chunk in
            Chunk(columns: chunk.columns.map { $0.gather([UInt32]()) }, rowCount: 0)
        }
        let asked = try AskedStore(disk)
        let source = try #require(asked.store.snapshot().table(named: table))
        let places = try ["time", "events"].map { name in
            try #require(source.columns.firstIndex { $0.name == name })
        }
        // Four hours, and nothing that tells messages of an hour apart.
        #expect(try source.morsels(for: ScanRequest(columns: places)).reduce(0) { $0 + $1.rowCount } == 4)
        let question =
            "select date_trunc('hour', time) as h, count(*), approx_percentile(duration_ns, 0.5) from message_sent "
            + "group by h order by h"
        #expect(try asked.ask("explain " + question).contains { $0.contains("Scan \(table):") })
        #expect(try asked.ask(question) == asked.ask(question, usesRollups: false))
        try asked.store.close()
    }

    /// Likewise of one without rows of users, which has none that are finer.
    @Test func eventsStandInForUsersThatASegmentLacks() throws {
        let disk = SimulatedFileSystem(seed: 46)
        try Self.sealedStore(disk)
        let question =
            "select date_trunc('day', time) as d, count(distinct user_id), count(*) from events group by d order by d"
        let asked = try AskedStore(disk)
        let before = try asked.ask(question)
        // One day: three users, and nobody with and without a tenant.
        #expect(try before.count == 2 && asked.rowsScanned(question) == 5)
        try asked.store.close()
        try Self.rewrite(disk, "rollup_events_users_1d") { _, chunk in
            Chunk(columns: chunk.columns.map { $0.gather([UInt32]()) }, rowCount: 0)
        }
        let again = try AskedStore(disk)
        #expect(try again.ask(question) == before)
        #expect(try again.rowsScanned(question) == 801)
        #expect(try again.store.verify().findings == [])
        try again.store.close()
    }

    @Test func aDamagedPageOfRollupRowsIsFound() throws {
        let disk = SimulatedFileSystem(seed: 44)
        try Self.sealedStore(disk)
        let (manifests, _) = try ManifestStore.open(fileSystem: disk, directory: Self.folder, isKnown: { _ in true })
        let path = Self.folder + "/" + (try #require(manifests.current.segments.first)).description.fileName
        let reader = try SegmentReader.open(fileSystem: disk, path: path)
        let columns = reader.columns(table: "rollup_llm_call_1h").indices
        let place = try #require(
            columns.lazy.compactMap { reader.pagePlaces(table: "rollup_llm_call_1h", column: $0).first }.first)
        disk.damage(path) { $0[place.upperBound - 1] ^= 1 }
        let found = try Self.findings(disk)
        #expect(
            found.contains { $0.contains(path) && $0.contains("is damaged at offset \(place.lowerBound)") }, "\(found)")
    }
}
