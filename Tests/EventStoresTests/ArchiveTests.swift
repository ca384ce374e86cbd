import Columnar
import Domain
import EventStores
import Platform
import Projections
import Segments
import Testing

/// Segments that are old enough are written anew to be kept for long: whatever is asked is answered as before.
@Suite struct ArchiveTests {
    private let disk = SimulatedFileSystem(seed: 71)
    private let archive = ArchivingStores()
    private static let day = ArchivingStores.day

    private func names(_ folder: String, _ disk: SimulatedFileSystem? = nil) throws -> [String] {
        try (disk ?? self.disk).list(folder).map(\.name).filter { $0.contains(".segment") }
    }

    @Test func answersAreThoseOfBefore() throws {
        let store = try archive.filled(disk)
        let before = try archive.answers(store)
        var counters = store.snapshot().counters.families
        #expect(before["events"]?.count == 3 * 10 + 1 + 6)
        clockOn()
        #expect(try store.startArchiving() && archive.queue.heldCount == 1)
        #expect(try archive.answers(store) == before)
        archive.queue.runNext()
        #expect(try archive.answers(store) == before && store.status.archivedSegments == 0)
        try store.finishJobs()
        func check(_ store: EventStore) throws {
            #expect(try archive.answers(store) == before)
            #expect(store.snapshot().counters.families == counters)
            #expect(store.status.segments == 2 && store.status.archivedSegments == 1)
            let bytes = try names("/data/segments/archive").map {
                try #require(disk.snapshot(of: "/data/segments/archive/" + $0)).count
            }
            #expect(bytes == [store.status.archivedBytes] && store.status.segmentBytes > bytes[0])
            #expect(try store.verify().findings == [])
        }
        try check(store)
        // What became one is gone with the next step, and nothing else is due.
        #expect(try !archive.run(store))
        try store.tick()
        #expect(try names("/data/segments").count == 1)
        // A tick counts those whom silence has closed meanwhile.
        counters = store.snapshot().counters.families
        for number in 0..<3 {
            let result = try store.append([ArchivingStores.batch(number)])[0]
            #expect(result.duplicates == (number == 2 ? 11 : 10))
        }
        disk.crash()
        let again = try archive.open(disk)
        try check(again)
        // Rows of conversations that go on are replaced where they lie.
        _ = try again.append([ArchivingStores.turn("own 0", 9, day: 10)])
        let after = try archive.answers(again)
        try again.seal()
        #expect(try archive.answers(again) == after && again.status.archivedSegments == 1)
        #expect(try again.verify().findings == [])
        try again.close()
    }

    private func clockOn() { archive.clock.advance(nanoseconds: 120_000_000_000) }

    @Test func nothingIsArchivedUnlessItIsSaid() throws {
        try archive.filled(disk).close()
        let store = try archive.open(disk, afterDays: nil)
        #expect(try !archive.run(store))
        try store.close()
        let later = try archive.open(disk, afterDays: 11)
        #expect(try !archive.run(later))
        #expect(try !disk.isDirectory("/data/segments/archive"))
        try later.close()
    }

    /// An event is written again when what it lies in has doubled, so that there are few segments and few writings.
    @Test func archivedSegmentsGrow() throws {
        let store = try archive.open(disk)
        var counts: [Int] = []
        for number in 0..<10 {
            _ = try store.append([ArchivingStores.turn("c\(number)", 1, day: 5 * number)])
            try store.seal()
            while try archive.run(store) {}
            counts.append(store.status.archivedSegments)
            archive.clock.advance(nanoseconds: 5 * Self.day)
        }
        #expect(counts == [0, 0, 1, 1, 2, 1, 2, 2, 3, 1])
        #expect(try store.verify().findings == [])
        #expect(try rows(store, "events", ["id"]).count == 30)
        try store.close()
    }

    /// However many small ones there are: all that become one are read at one time.
    @Test func noMoreBecomeOneThanAreReadAtOneTime() throws {
        let store = try archive.open(disk)
        for number in 0..<40 {
            _ = try store.append([ArchivingStores.turn("c\(number)", 1, day: 0)])
            try store.seal()
        }
        for day in [5, 10] {
            archive.clock.advance(nanoseconds: 5 * Self.day)
            _ = try store.append([ArchivingStores.turn("later \(day)", 1, day: day)])
            try store.seal()
        }
        let counts = store.status.segments
        #expect(try archive.run(store))
        #expect(store.status.archivedSegments == 1 && store.status.segments == counts - 31)
        while try archive.run(store) {}
        #expect(store.status.archivedSegments == 2 && store.status.segments == 4)
        #expect(try store.verify().findings == [] && rows(store, "events", ["id"]).count == 126)
        try store.close()
    }

    /// Compaction leaves them as they are.
    @Test func archivedSegmentsAreNotMadeOneWithOthers() throws {
        let store = try archive.filled(disk, compacts: true)
        let before = try archive.answers(store)
        #expect(try archive.run(store))
        let archived = try names("/data/segments/archive")
        try store.seal()
        while try store.startCompaction() { try store.finishJobs() }
        #expect(try names("/data/segments/archive") == archived && archived.count == 1)
        #expect(try store.status.segments == 2 && archive.answers(store) == before)
        try store.close()
    }

    @Test func theSameSegmentsMakeTheSameBytes() throws {
        func bytes(_ disk: SimulatedFileSystem) throws -> [[UInt8]] {
            let began = archive.clock.wallNanoseconds()
            let store = try archive.filled(disk)
            #expect(try archive.run(store))
            let contents = try names("/data/segments/archive", disk).map {
                try disk.contents(of: "/data/segments/archive/" + $0)
            }
            try store.close()
            archive.clock.step(toWallNanoseconds: began)
            return contents
        }
        let one = try bytes(SimulatedFileSystem(seed: 5))
        #expect(try one == bytes(SimulatedFileSystem(seed: 6)) && one.count == 1)
    }

    /// A version that knows nothing of archives must not open the store.
    @Test func manifestsOfArchivedSegmentsHaveAFormatOfTheirOwn() throws {
        func format() throws -> UInt8? {
            let names = try disk.list("/data/segments").map(\.name).filter { $0.hasPrefix("manifest-") }
            return try disk.contents(of: "/data/segments/" + (try #require(names.max())))[8]
        }
        let store = try archive.filled(disk)
        #expect(try format() == 1)
        #expect(try archive.run(store))
        #expect(try format() == 3)
        try store.close()
    }

    @Test func retentionDropsThem() throws {
        let store = try archive.filled(disk, keptDays: 14)
        #expect(try archive.run(store))
        archive.clock.advance(nanoseconds: 10 * Self.day)
        _ = try store.append([ArchivingStores.turn("later", 1, day: 20)])
        try store.seal()
        let models = try ["turns", "conversations"].map { try archive.rowsOf($0, store.snapshot()) }
        clockOn()
        #expect(try store.startRetention())
        try store.finishJobs()
        #expect(store.status.archivedSegments == 0 && store.status.droppedEvents > 20)
        #expect(try ["turns", "conversations"].map { try archive.rowsOf($0, store.snapshot()) } == models)
        try store.tick()
        #expect(try names("/data/segments/archive") == [])
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// Power goes at any step: all is there, once, and nothing is left of what came to no end.
    @Test func itIsWholeOrNotAtAll() throws {
        var (call, hasEnded, archived) = (1, false, 0)
        while !hasEnded {
            let disk = SimulatedFileSystem(seed: UInt64(call))
            let began = archive.clock.wallNanoseconds()
            let store = try archive.filled(disk)
            let before = try archive.answers(store)
            let faults = disk.counts.faults
            disk.arm(SimulatedFault(.powerCut, atCall: call))
            hasEnded = (try? archive.run(store)) == true && disk.counts.faults == faults
            disk.crash(.power)
            let again = try archive.open(disk)
            #expect(try archive.answers(again) == before, "at call \(call)")
            #expect(try again.verify().findings == [], "at call \(call)")
            // With the next manifest goes what none names.
            try again.seal()
            let left = try disk.isDirectory("/data/segments/archive") ? names("/data/segments/archive", disk) : []
            #expect(left.count == again.status.archivedSegments, "at call \(call): \(left)")
            archived += left.count
            try again.close()
            archive.clock.step(toWallNanoseconds: began)
            call += 1
        }
        #expect(call > 10 && archived > 1)
    }

    /// A disk that refuses any one step: answers are as before, and what came to nothing is done after a start.
    @Test(arguments: [5, 28] as [Int32]) func aFailureAtAnyStepLeavesTheStoreWhole(code: Int32) throws {
        var (call, hasEnded) = (1, false)
        while !hasEnded {
            let disk = SimulatedFileSystem(seed: UInt64(call))
            let began = archive.clock.wallNanoseconds()
            let store = try archive.filled(disk)
            let before = try archive.answers(store)
            let faults = disk.counts.faults
            disk.arm(SimulatedFault(.failure(code), atCall: call))
            // Of some calls nobody minds that they fail.
            hasEnded = (try? archive.run(store)) == true && disk.counts.faults == faults
            disk.disarm()
            #expect(try archive.answers(store) == before, "at call \(call)")
            disk.crash()
            let again = try archive.open(disk)
            if again.status.archivedSegments == 0 { #expect(try archive.run(again), "at call \(call)") }
            #expect(try again.status.archivedSegments == 1 && archive.answers(again) == before, "at call \(call)")
            #expect(try again.verify().findings == [], "at call \(call)")
            try again.close()
            archive.clock.step(toWallNanoseconds: began)
            call += 1
        }
        #expect(call > 10)
    }

    /// What cannot be read stays, is told, and is archived once it can be.
    @Test func whatCannotBeReadStaysAndIsTold() throws {
        let store = try archive.filled(disk)
        let path = "/data/segments/" + (try #require(try names("/data/segments").first))
        let reader = try SegmentReader.open(fileSystem: disk, path: path)
        let page = try #require(reader.pagePlaces(table: "llm_call", column: 0).first)
        disk.damage(path) { $0[page.lowerBound + 20] ^= 1 }
        clockOn()
        #expect(try store.startArchiving())
        #expect(throws: (any Error).self) { try store.finishJobs() }
        #expect(store.status.troubles.contains { $0.line.contains("are not archived") }, "\(store.status.troubles)")
        #expect(try store.status.archivedSegments == 0 && !archive.run(store))
        disk.damage(path) { $0[page.lowerBound + 20] ^= 1 }
        archive.clock.advance(nanoseconds: 900_000_000_000)
        #expect(try archive.run(store))
        #expect(store.status.archivedSegments == 1)
        #expect(!store.status.troubles.contains { $0.line.contains("are not archived") })
        try store.close()
    }

    /// Backups have archived segments as they have others, each once; damage is found and mended by them.
    @Test func backupsHaveThem() throws {
        let store = try archive.filled(disk)
        #expect(try archive.run(store))
        let before = try archive.answers(store)
        let context = archive.context(disk)
        let first = try EventStore.backUp("/data", into: "/backups", context: context, options: BackupOptions())
        let second = try EventStore.backUp("/data", into: "/backups", context: context, options: BackupOptions())
        #expect(first.segments == 2 && second.segments == 2)
        #expect(second.found.bytes >= store.status.segmentBytes)
        #expect(try EventStore.verifyBackup("/backups", context: context).findings == [])
        var wanted = BackupRestoring()
        wanted.keyFile = "/data/keys/store.key"
        _ = try EventStore.restoreBackup("/backups", into: "/restored", context: context, wanted)
        let restored = try archive.open(disk, at: "/restored")
        #expect(try archive.answers(restored) == before && restored.status.archivedSegments == 1)
        try restored.close()
        let name = try #require(try names("/data/segments/archive").first)
        let path = "/data/segments/archive/" + name
        let reader = try SegmentReader.open(fileSystem: disk, path: path)
        let page = try #require(reader.pagePlaces(table: "llm_call", column: 0).first)
        // In a file of its own: a backup may have it by a second name.
        let whole = try disk.contents(of: path)
        try disk.remove(path)
        try disk.replace(path, with: whole)
        disk.damage(path) { for offset in page.lowerBound + 9..<page.lowerBound + 30 { $0[offset] ^= 0x55 } }
        #expect(try store.verify().findings.contains { $0.contains(path) })
        let scrubber = StoreScrubber(store)
        var (found, isEnd) = ([String](), false)
        while !isEnd {
            let step = try scrubber.step()
            found += step.found.map { "\($0)" }
            isEnd = step.isEnd
        }
        #expect(found.contains { $0.contains(path) }, "\(found)")
        try store.close()
        #expect(try EventStore.fileFaults(at: "/data", context: context).lines.contains { $0.contains(path) })
        _ = try EventStore.repair(at: "/data", context: context, from: "/backups")
        #expect(try disk.contents(of: path) == whole)
        let again = try archive.open(disk)
        #expect(try archive.answers(again) == before && again.verify().findings == [])
        try again.close()
    }

    /// Whoever gives an archived segment up is told what goes, and the store goes on without it.
    @Test func oneThatIsLostCanBeGivenUp() throws {
        let store = try archive.filled(disk)
        #expect(try archive.run(store))
        try store.close()
        let name = try #require(try names("/data/segments/archive").first)
        try disk.remove("/data/segments/archive/" + name)
        #expect(throws: CorruptionError.self) { try archive.open(disk).close() }
        let context = archive.context(disk)
        #expect(try EventStore.repairPlan(at: "/data", context: context).wantsLoss)
        _ = try EventStore.repair(at: "/data", context: context, acceptsLoss: true)
        let again = try archive.open(disk)
        #expect(again.snapshot().lossNotice != nil && again.status.archivedSegments == 0)
        #expect(try again.verify().findings == [])
        try again.close()
    }
}
