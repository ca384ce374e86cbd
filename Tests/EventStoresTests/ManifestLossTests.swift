import Domain
import EventStores
import Platform
import Segments
import Synchronization
import Testing

/// The log knows which manifest was last: a store never goes on from an older one as if nothing had happened.
@Suite struct ManifestLossTests {
    private let disk = SimulatedFileSystem(seed: 71)

    private func open() throws -> EventStore {
        try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
    }

    private func turn(_ name: String) -> IngestBatch {
        var events = SampleEvents()
        events.addTurn(name, 1, at: 10)
        return events.batch
    }

    private func newest() throws -> String {
        let names = try disk.list("/data/segments").map(\.name).filter { $0.hasPrefix("manifest-") }.sorted()
        return "/data/segments/" + (try #require(names.last))
    }

    /// Segments without a log and without a manifest are what is left of a store, and no new one: nothing of them goes.
    @Test func segmentsAloneAreNoNewStore() throws {
        let store = try open()
        _ = try store.append([turn("a")])
        try store.seal()
        try store.close()
        for entry in try disk.list("/data/log") { try disk.remove("/data/log/" + entry.name) }
        for entry in try disk.list("/data/segments") where entry.name.contains("manifest") {
            try disk.remove("/data/segments/" + entry.name)
        }
        let left = try disk.list("/data/segments").map(\.name)
        #expect(!left.isEmpty)
        for _ in 0..<2 {
            #expect(throws: StoreError.self) { try open() }
            #expect(throws: StoreError.self) { try EventStore.reading("/data", context: context(disk)) { $0.status } }
        }
        #expect(try disk.list("/data/segments").map(\.name) == left)
        #expect(try disk.list("/data/log").isEmpty)
    }

    /// What was published last: a seal, an import, records alone, a segment that took the place of another.
    enum Last: CaseIterable { case seal, importedEvents, importedRecords, rewrite }

    @Test(arguments: Last.allCases, [true, false]) func theLastManifestIsMissed(last: Last, isDamaged: Bool) throws {
        let store = try open()
        for name in ["a", "b"] {
            _ = try store.append([turn(name)])
            try store.seal()
        }
        switch last {
        case .seal:
            _ = try store.append([turn("c")])
            try store.seal()
        case .importedEvents: _ = try store.importBulk([turn("c")])
        case .importedRecords:
            var batch = SampleEvents().batch
            batch.deadLetters = [
                DeadLetter(id: "1", source: "test", type: "unknown.type", time: nil, error: "no", fields: "{}")
            ]
            _ = try store.importBulk([batch])
        case .rewrite:
            #expect(try store.start(RewriteJob()))
            try store.finishJobs()
        }
        let before = try rows(store, "events", ["id"])
        // Even where nothing came after it.
        disk.crash(.process)
        let path = try newest()
        let bytes = try #require(disk.snapshot(of: path))
        let copy = path.replacing("/manifest-", with: "/copy-of-manifest-")
        if isDamaged {
            for file in [path, copy] where disk.snapshot(of: file) != nil {
                disk.damage(file) { $0[$0.count / 2] ^= 1 }
            }
        } else {
            for file in [path, copy] { try disk.remove(file) }
        }
        let damage = #expect(throws: CorruptionError.self) { try open() }
        #expect(damage?.file == path)
        // Nothing was written over: put back, it is the store again.
        if isDamaged { disk.damage(path) { $0 = bytes } } else { try disk.replace(path, with: bytes) }
        let again = try open()
        #expect(try rows(again, "events", ["id"]) == before)
        #expect(try again.verify().findings == [])
        try again.close()
    }

    /// Whoever verifies beside a server lists the manifests first and reads the log last: a seal that ends in between
    /// has the log tell of a manifest that was not there yet. Nothing is missing, however often that happens.
    @Test func aManifestThatIsPublishedMeanwhileIsNotMissing() throws {
        let server = try open()
        _ = try server.append([turn("a")])
        try server.seal()
        let seals = Mutex(0)
        let served = ServedFileSystem(disk) {
            let number = seals.withLock { seals in
                seals += 1
                return seals
            }
            _ = try server.append([turn("b-\(number)")])
            try server.seal()
        }
        let faults = try EventStore.fileFaults(at: "/data", context: context(served))
        #expect(faults.count == 0, "\(faults.lines)")
        #expect(seals.withLock { $0 } == 1, "it was not looked at again and again")
        // What is really not there is missed as before.
        disk.crash(.process)
        let path = try newest()
        for file in [path, path.replacing("/manifest-", with: "/copy-of-manifest-")] { try disk.remove(file) }
        let missing = try EventStore.fileFaults(at: "/data", context: context(disk))
        #expect(missing.lines.contains { $0.hasPrefix("\(path) is damaged") }, "\(missing.lines)")
    }

    /// A seal that could not make its manifest's name durable takes its files back: whoever verifies beside the server,
    /// and the next start, miss none of them, and no repair would give them up.
    @Test func whatCouldNotBePublishedIsNotMissed() throws {
        var failed = 0
        for call in 1...12 {
            let disk = SimulatedFileSystem(seed: UInt64(call))
            let store = try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
            _ = try store.append([turn("a")])
            try store.seal()
            _ = try store.append([turn("b")])
            disk.arm(SimulatedFault(.failure(5), atCall: call, of: [.flushDirectory]))
            do { try store.seal() } catch { failed += 1 }
            disk.disarm()
            let faults = try EventStore.fileFaults(at: "/data", context: context(disk))
            #expect(faults.count == 0, "at call \(call): \(faults.lines)")
            #expect(try !EventStore.repairPlan(at: "/data", context: context(disk)).wantsLoss, "at call \(call)")
            disk.crash(call % 2 == 0 ? .power : .process)
            let again = try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
            #expect(try rows(again, "events", ["id"]).count == 6, "at call \(call)")
            #expect(try again.verify().findings == [], "at call \(call)")
            try again.close()
        }
        #expect(failed > 0)
    }

    @Test func withoutAnyManifestASealedStoreDoesNotBeginAnew() throws {
        let store = try open()
        _ = try store.append([turn("a")])
        try store.seal()
        try store.close()
        for name in try disk.list("/data/segments").map(\.name) where name.contains("manifest-") {
            try disk.remove("/data/segments/" + name)
        }
        #expect(throws: CorruptionError.self) { try open() }
    }

    /// A copy that is damaged is written anew by a start, as one that is missing: the file may be lost later.
    @Test func damagedCopiesAreWrittenAnewByAStart() throws {
        let store = try open()
        _ = try store.append([turn("a")])
        try store.seal()
        disk.crash(.process)
        let state = try #require(
            try disk.list("/data/segments").map(\.name).filter { $0.hasPrefix("copy-of-state-") }.max())
        let manifest = try newest().replacing("/manifest-", with: "/copy-of-manifest-")
        for copy in [manifest, "/data/segments/" + state] {
            let whole = try #require(disk.snapshot(of: copy))
            disk.damage(copy) { $0[$0.count / 2] ^= 1 }
            let again = try open()
            #expect(disk.snapshot(of: copy) == whole, "\(copy)")
            #expect(try again.verify().findings == [])
            disk.crash(.process)
        }
    }

    /// Under the version before the log lacks what it goes on from: the manifest is named, which is to be put back.
    @Test func theManifestIsNamedAndNotTheLogThatHasGoneOn() throws {
        let store = try open()
        _ = try store.append([turn("a")])
        try store.seal()
        // More than a file of the log holds, so that the one before goes with the seal.
        var events = SampleEvents()
        for number in 0..<6_000 { events.addTurn("b\(number)", 1, at: 10) }
        _ = try store.append([events.batch])
        try store.seal()
        try store.close()
        #expect(disk.snapshot(of: "/data/log/events-000000000001.log") == nil)
        let path = try newest()
        for file in [path, path.replacing("/manifest-", with: "/copy-of-manifest-")] {
            disk.damage(file) { $0[$0.count / 2] ^= 1 }
        }
        let damage = #expect(throws: CorruptionError.self) { try open() }
        #expect(damage?.file == path)
    }

    /// Files that only the version before names go with it, also where a restart lies between.
    @Test func filesOfVersionsBeforeARestartGo() throws {
        for round in 0..<4 {
            let store = try open()
            for number in 0..<2 {
                _ = try store.append([turn("\(round)/\(number)")])
                try store.seal()
            }
            try store.close()
            #expect(try disk.list("/data/segments").filter { $0.name.hasPrefix("state-") }.count == 2)
        }
    }
}

/// A volume with a server that does something whenever somebody else opens a file with records of its log.
private final class ServedFileSystem: ForwardingFileSystem {
    let base: any FileSystem
    private let serve: @Sendable () throws -> Void

    init(_ base: SimulatedFileSystem, _ serve: @escaping @Sendable () throws -> Void) {
        (self.base, self.serve) = (base, serve)
    }

    func open(_ path: String, _ options: FileOptions) throws(StorageError) -> any File {
        if path.hasPrefix("/data/log/"), path.hasSuffix(".log") {
            do { try serve() } catch { Issue.record(error) }
        }
        return try base.open(path, options)
    }
}
