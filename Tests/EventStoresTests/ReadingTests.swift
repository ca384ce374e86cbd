import Columnar
import Domain
import EventStores
import Foundation
import Glibc
import Platform
import Synchronization
import Testing

/// Who reads a directory changes nothing in it, needs no right to write, and may look while another process serves it.
@Suite struct ReadingTests {
    private let disk = SimulatedFileSystem(seed: 13)

    private func open() throws -> EventStore {
        try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
    }

    private func reading(_ system: any FileSystem) throws -> EventStore {
        try EventStore.openForReading(
            at: "/data", context: context(system, seed: 5), options: EventStoreTests.options())
    }

    private func turn(_ name: String) -> IngestBatch {
        var events = SampleEvents()
        events.addTurn(name, 1, at: 10)
        return events.batch
    }

    /// A store with a sealed part, a tail, and what a crash left behind.
    private func crashed() throws -> [String] {
        let store = try open()
        for name in ["a", "b"] {
            _ = try store.append([turn(name)])
            try store.seal()
        }
        _ = try store.append([turn("c")])
        let ids = try rows(store, "events", ["id"])
        disk.crash(.process)
        try disk.replace("/data/segments/0000000000000fff.segment", with: [1, 2, 3])
        let leftover = try disk.open("/data/segments/state-77.new", .create)
        try leftover.write([1], at: 0)
        return ids
    }

    private func image() -> [String] {
        disk.snapshot().map { "\($0.path) \($0.bytes.count) \($0.bytes.hashValue)" }
    }

    @Test func aVolumeThatRefusesToBeWrittenIsReadVerifiedAndExported() throws {
        let ids = try crashed()
        let (before, written) = (image(), disk.counts.writtenBytes)
        let store = try reading(RefusingFileSystem(disk))
        #expect(try rows(store, "events", ["id"]) == ids)
        #expect(try rows(store, "conversations", ["conversation_id"]).count == 3)
        let verified = try store.verify()
        #expect(verified.findings.isEmpty && verified.events == store.snapshot().position)
        var export = try store.exportReader(in: .min ..< .max)
        _ = try export.next()
        try store.close()
        #expect(image() == before && disk.counts.writtenBytes == written)
        // The owner finds it as it was.
        let owner = try open()
        #expect(try rows(owner, "events", ["id"]) == ids)
    }

    @Test func aServedDirectoryIsReadBesideItsServer() throws {
        let server = try open()
        var readers: [(store: EventStore, ids: [String])] = []
        for number in 0..<12 {
            _ = try server.append([turn("c\(number)")])
            let ids = try rows(server, "events", ["id"])
            let reader = try reading(RefusingFileSystem(disk))
            #expect(try rows(reader, "events", ["id"]) == ids)
            #expect(try reader.verify().findings.isEmpty)
            readers.append((reader, ids))
            if number % 3 == 2 { try server.seal() }
            try server.tick()
        }
        // Each sees what it saw.
        for (reader, ids) in readers { #expect(try rows(reader, "events", ["id"]) == ids) }
        try server.close()
    }

    /// What is gone or not whole is looked at again while another process may be sealing, and not for ever.
    @Test func whatASealCameInBetweenOfIsReadAnew() throws {
        let gone = StorageError(.open, path: "/data/segments/state-1", code: ENOENT)
        let torn = CorruptionError(file: "/data/segments/state-1", offset: 0, expectation: "a file of 9 bytes")
        var failures: [any Error] = [gone, torn, gone]
        let answer = try EventStore.readingBeside {
            if let failure = failures.popLast() { throw failure }
            return 7
        }
        #expect(answer == 7)
        var count = 0
        #expect(throws: CorruptionError.self) {
            try EventStore.readingBeside { () throws -> Int in
                count += 1
                throw torn
            }
        }
        #expect(count == 5)
        count = 0
        #expect(throws: StoreError.self) {
            try EventStore.readingBeside { () throws -> Int in
                count += 1
                throw StoreError.closed
            }
        }
        #expect(count == 1)
    }

    @Test func aReaderKnowsThatTheServerWentOn() throws {
        let server = try open()
        _ = try server.append([turn("a")])
        try server.seal()
        let reader = try reading(disk)
        let gone = StorageError(.open, path: "/data/segments/state-1", code: ENOENT)
        let damage = CorruptionError(file: "/data/segments/state-1", offset: 0, expectation: "more")
        #expect(!reader.isOvertaken(gone))
        for _ in 0..<3 {
            _ = try server.append([turn("b\(server.status.position)")])
            try server.seal()
            #expect(reader.isOvertaken(gone) && !reader.isOvertaken(damage))
        }
        #expect(try reader.verify().findings.isEmpty)
        try server.close()
    }

    /// On one screen: what is sealed, what only the log has, whoever serves it, and without the key.
    @Test func aSummaryCountsWhatSegmentsAndLogHold() throws {
        let server = try open()
        let before = try DirectorySummary(of: "/data", disk)
        let nothing = #""events":0,"sealed_events":0,"unsealed_events":0,"position":0,"first_time":null"#
        #expect(before.json.contains(nothing), "\(before.json)")
        #expect(before.text.contains("happened       none\n"), "\(before.text)")
        for name in ["a", "b"] {
            _ = try server.append([turn(name)])
            try server.seal()
        }
        let sealed = server.position
        var late = SampleEvents()
        late.addTurn("c", 1, at: 5000)
        _ = try server.append([late.batch])
        let events = server.position
        try #require(sealed > 0 && events > sealed)
        let system = RefusingFileSystem(disk, hidden: "/data/keys")
        let summary = try DirectorySummary(of: "/data", system)
        let counts = #""events":\#(events),"sealed_events":\#(sealed),"unsealed_events":\#(events - sealed),"#
        #expect(summary.json.contains(counts), "\(summary.json)")
        #expect(summary.json.contains(#""first_time":"2026-08-01T09:00:10"#), "\(summary.json)")
        #expect(summary.json.contains(#""last_time":"2026-08-01T10:23:21.5"#), "\(summary.json)")
        #expect(summary.json.contains(#""sealed_conversations":2,"sealed_turns":2,"segments":2,"#), "\(summary.json)")
        let formats = #""formats":{"manifest":[1],"segments":[1],"state":[14],"log":[1]}"#
        #expect(summary.json.contains(#""closed_in_order":false,"# + formats), "\(summary.json)")
        #expect(summary.json.contains(#"{"table":"message_received","rows":2,"bytes":"#))
        let lines = summary.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count < 24 && lines.allSatisfy { $0.utf8.count <= 100 }, "\(summary.text)")
        let shown = "\(events), of which \(sealed) in segments and \(events - sealed) in the log alone"
        #expect(summary.text.contains(shown), "\(summary.text)")
        try server.close()
        let closed = try DirectorySummary(of: "/data", disk)
        #expect(closed.json.contains(counts), "\(closed.json)")
        #expect(closed.json.contains(#""closed_in_order":true"#) && closed.json.contains(#""damage":[]"#))
        #expect(!closed.text.contains("damage"), "\(closed.text)")
    }

    /// As whoever asks the store: the copy of a damaged manifest is what counts, and the damage is named.
    @Test func aSummaryReadsTheCopyOfADamagedManifest() throws {
        let server = try open()
        for name in ["a", "b"] {
            _ = try server.append([turn(name)])
            try server.seal()
        }
        try server.close()
        let newest = try disk.list("/data/segments").map(\.name).filter { $0.hasPrefix("manifest-") }.max()
        let path = "/data/segments/" + (try #require(newest))
        let whole = try DirectorySummary(of: "/data", disk)
        #expect(!whole.json.contains(#""first_received_time":null"#), "\(whole.json)")
        #expect(!whole.text.contains("received       none\n"), "\(whole.text)")
        var first = ""
        try DirectoryInspection.describe(disk, "/data/segments") { first = first.isEmpty ? $0 : first }
        // Where nothing but the damage told differs.
        disk.damage(path) { $0[$0.count / 2] ^= 1 }
        let damaged = try DirectorySummary(of: "/data", disk)
        let start = #""damage":["\#(path) is damaged at offset "#
        #expect(damaged.json.contains(start), "\(damaged.json)")
        let others = damaged.text.split(separator: "\n").filter { !$0.hasPrefix("damage ") }
        #expect(others == whole.text.split(separator: "\n") && damaged.text.contains(path), "\(damaged.text)")
        var told = ""
        try DirectoryInspection.describe(disk, "/data/segments") { told = told.isEmpty ? $0 : told }
        #expect(told.hasPrefix(first) && told.contains("\ndamage: \(path) is damaged"), "\(told)")
    }

    /// A directory is shown file by file, and what a server has let go of meanwhile is said in its place.
    @Test func anInspectionIsOfOneManifestAndSaysWhatIsGone() throws {
        let server = try open()
        for name in ["a", "b"] {
            _ = try server.append([turn(name)])
            try server.seal()
        }
        let names = try disk.list("/data/segments").map(\.name).filter { $0.hasSuffix(".segment") }.sorted()
        try #require(names.count == 2)
        func inspect(_ meanwhile: (Int) throws -> Void) throws -> [String] {
            var texts: [String] = []
            try DirectoryInspection.describe(disk, "/data/segments") { text in
                texts.append(text)
                try meanwhile(texts.count)
            }
            return texts
        }
        let whole = try inspect { _ in }
        #expect(whole.count == 3 && whole.dropFirst().allSatisfy { $0.contains("table message_received") })
        // The manifest names two; a third one comes, and the first is gone before it is looked at.
        let overtaken = try inspect { count in
            guard count == 1 else { return }
            _ = try server.append([turn("c")])
            try server.seal()
            try disk.remove("/data/segments/" + names[0])
        }
        #expect(overtaken.count == 3 && overtaken[0] == whole[0] && overtaken[2] == whole[2])
        #expect(overtaken[1].hasPrefix(names[0] + ": gone"), "\(overtaken[1])")
    }

    @Test func aFileThatIsGoneThoughNobodyWentOnIsNoMatterOfTime() throws {
        let server = try open()
        _ = try server.append([turn("a")])
        try server.seal()
        try server.close()
        let name = try #require(try disk.list("/data/segments").map(\.name).first { $0.hasSuffix(".segment") })
        let error = #expect(throws: StorageError.self) {
            try DirectoryInspection.describe(disk, "/data/segments") { _ in
                try disk.remove("/data/segments/" + name)
            }
        }
        #expect(error?.isMissing == true)
    }

    @Test func theKeyIsNotNeededToRead() throws {
        let ids = try crashed()
        let store = try reading(RefusingFileSystem(disk, hidden: "/data/keys"))
        #expect(try rows(store, "events", ["id"]) == ids)
        #expect(!store.snapshot().hasUserTokens)
        #expect(throws: StorageError.self) { try store.exportReader(in: .min ..< .max) }
        #expect(try store.verify().findings.isEmpty)
        let owner = try reading(RefusingFileSystem(disk))
        #expect(owner.snapshot().hasUserTokens)
    }

    /// What is kept twice is compared by who writes: who reads takes the copy where the file does not serve.
    @Test func copiesAreNotReadBesideWhatIsWhole() throws {
        _ = try crashed()
        let system = RefusingFileSystem(disk)
        try reading(system).close()
        let opened = system.opened.withLock { $0 }
        #expect(opened.contains { $0.contains("/state-") } && opened.contains { $0.contains("/manifest-") })
        #expect(!opened.contains { $0.contains("/copy-of-") }, "\(opened)")
    }

    /// On the machine's own disk nothing is touched: no file comes or goes, none is written to.
    @Test func filesAndTheirTimesStay() throws {
        let name = "plimsoll-reading-\(UUID().uuidString)"
        let root = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        defer { try? FileManager.default.removeItem(atPath: root) }
        let system = POSIXFileSystem()
        let owner = try EventStore.open(at: root, context: context(system), options: EventStoreTests.options())
        _ = try owner.append([turn("a")])
        try owner.seal()
        _ = try owner.append([turn("b")])
        func image() throws -> [String] {
            let names = try #require(FileManager.default.enumerator(atPath: root)).compactMap { "\($0)" }.sorted()
            return try (names + [""]).map { name in
                let facts = try FileManager.default.attributesOfItem(atPath: root + "/" + name)
                let time = (facts[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
                return "\(name) \(facts[.size] ?? "") \(time) \(facts[.posixPermissions] ?? "")"
            }
        }
        let before = try image()
        // The owner goes on holding the lock.
        let reader = try EventStore.openForReading(
            at: root, context: context(system, seed: 5), options: EventStoreTests.options())
        #expect(try rows(reader, "events", ["id"]) == rows(owner, "events", ["id"]))
        #expect(try reader.verify().findings.isEmpty)
        try reader.close()
        #expect(try image() == before)
        try owner.close()
    }

    /// What an earlier version made for more readers is tightened by who writes the store, not by who reads it.
    @Test func whoWritesTightensWhatMoreMayRead() throws {
        let name = "plimsoll-reading-\(UUID().uuidString)"
        let root = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        defer { try? FileManager.default.removeItem(atPath: root) }
        let system = POSIXFileSystem()
        func write() throws {
            try EventStore.open(at: root, context: context(system), options: EventStoreTests.options()).close()
        }
        try write()
        let wide = [("keys", 0o755), ("log", 0o755), ("segments", 0o775), ("keys/store.key", 0o644)]
        for (name, mode) in wide {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: root + "/" + name)
        }
        func modes() throws -> [Int?] {
            try wide.map { name, _ in
                try FileManager.default.attributesOfItem(atPath: root + "/" + name)[.posixPermissions] as? Int
            }
        }
        let reader = try EventStore.openForReading(
            at: root, context: context(system, seed: 5), options: EventStoreTests.options())
        try reader.close()
        #expect(try modes() == [0o755, 0o755, 0o775, 0o644])
        try write()
        #expect(try modes() == [0o750, 0o750, 0o750, 0o600])
    }

    @Test func damageIsToldAsDamage() throws {
        _ = try crashed()
        let names = try disk.list("/data/segments").map(\.name).filter { $0.contains("manifest-") }
        for name in names { disk.damage("/data/segments/" + name) { $0[$0.count / 2] ^= 1 } }
        #expect(throws: CorruptionError.self) { try reading(disk) }
    }
}

/// A volume that is mounted to be read, in whose files nobody but their owner may write.
private final class RefusingFileSystem: ForwardingFileSystem {
    let base: any FileSystem
    private let hidden: String?
    /// The paths of files that were opened.
    let opened = Mutex<[String]>([])

    init(_ base: any FileSystem, hidden: String? = nil) { (self.base, self.hidden) = (base, hidden) }

    private func refusal(_ operation: StorageError.Operation, _ path: String) -> StorageError {
        StorageError(operation, path: path, code: 30)
    }

    private func checkVisible(_ operation: StorageError.Operation, _ path: String) throws(StorageError) {
        guard let hidden, path.hasPrefix(hidden + "/") else { return }
        throw StorageError(operation, path: path, code: 13)
    }

    func open(_ path: String, _ options: FileOptions) throws(StorageError) -> any File {
        try checkVisible(.open, path)
        guard options.access == .read else { throw refusal(.open, path) }
        opened.withLock { $0.append(path) }
        return try base.open(path, options)
    }

    func rename(_ path: String, to newPath: String) throws(StorageError) { throw refusal(.rename, path) }
    func remove(_ path: String) throws(StorageError) { throw refusal(.remove, path) }
    func removeDirectory(_ path: String) throws(StorageError) { throw refusal(.remove, path) }
    func createDirectories(_ path: String) throws(StorageError) { throw refusal(.createDirectory, path) }
    func flushDirectory(_ path: String) throws(StorageError) { throw refusal(.flushDirectory, path) }
    func lock(_ path: String, isSecret: Bool) throws(StorageError) -> any FileLock { throw refusal(.lock, path) }

    func list(_ directory: String) throws(StorageError) -> [DirectoryEntry] {
        if directory == hidden { throw StorageError(.list, path: directory, code: 13) }
        return try base.list(directory)
    }

    func lengthBytes(of path: String) throws(StorageError) -> Int? {
        try checkVisible(.examine, path)
        return try base.lengthBytes(of: path)
    }

    func freeBytes(at path: String) throws(StorageError) -> Int { 0 }
}
