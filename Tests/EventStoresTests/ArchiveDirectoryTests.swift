import Domain
import EventStores
import Foundation
import Platform
import Segments
import Synchronization
import Testing

/// Archived segments on another volume: whoever reads the store finds them, and nobody answers without them.
@Suite struct ArchiveDirectoryTests {
    private let disk = SimulatedFileSystem(seed: 81)
    /// Each start draws other numbers.
    private let archive = ArchivingStores(randomness: SeededRandomness(seed: 1))
    private let volume: LinkingFileSystem
    private static let cold = "/cold/store"

    init() { volume = LinkingFileSystem(disk) }

    private func filled(_ volume: LinkingFileSystem? = nil) throws -> EventStore {
        try archive.filled(volume ?? self.volume, directory: Self.cold)
    }

    /// What lies in the directory of the archive.
    private func names(_ disk: SimulatedFileSystem? = nil) throws -> [String] {
        try (disk ?? self.disk).list(Self.cold).map(\.name)
    }

    @Test func everyCommandFindsThem() throws {
        let store = try filled()
        let before = try archive.answers(store)
        #expect(try names() == ["STORE"])
        #expect(try archive.run(store))
        #expect(try store.status.archivedSegments == 1 && names().count == 2)
        #expect(try archive.answers(store) == before && store.verify().findings == [])
        try store.close()
        // It needs to be said once.
        let again = try archive.open(volume)
        #expect(try archive.answers(again) == before)
        try again.close()
        let reader = try EventStore.openForReading(
            at: "/data", context: archive.context(volume), options: EventStoreTests.options())
        #expect(try archive.answers(reader) == before && reader.verify().findings == [])
        try reader.close()
        #expect(try EventStore.fileFaults(at: "/data", context: archive.context(volume)).lines == [])
        #expect(try DirectorySummary(of: "/data", volume).text.contains("1 of them archived"))
        // The archive alone is of no other volume, so that its segments are copied.
        let summary = try EventStore.backUp(
            "/data", into: "/backups", context: archive.context(volume), options: BackupOptions())
        #expect(summary.segments == 2)
        #expect(try EventStore.verifyBackup("/backups", context: archive.context(volume)).findings == [])
        var wanted = BackupRestoring()
        wanted.keyFile = "/data/keys/store.key"
        _ = try EventStore.restoreBackup("/backups", into: "/restored", context: archive.context(volume), wanted)
        // There they lie beside the others.
        let restored = try archive.open(volume, at: "/restored")
        #expect(try archive.answers(restored) == before && restored.status.archivedSegments == 1)
        try restored.close()
    }

    /// A volume that is not mounted leaves no directory, or an empty one.
    @Test(arguments: [false, true]) func whatIsNotMountedIsToldAndNothingIsAnsweredWithoutIt(isEmpty: Bool) throws {
        let store = try filled()
        let before = try archive.answers(store)
        #expect(try archive.run(store))
        try store.close()
        let image = disk.bytesByPath.filter { !$0.key.hasSuffix("LOCK") }
        if isEmpty { try disk.createDirectories(LinkingFileSystem.nowhere + Self.cold) }
        volume.unmount(Self.cold)
        let context = archive.context(volume)
        let attempts: [() throws -> Void] = [
            { try archive.open(volume).close() }, { try archive.open(volume, directory: Self.cold).close() },
            {
                try EventStore.openForReading(at: "/data", context: context, options: EventStoreTests.options())
                    .close()
            },
            { _ = try EventStore.fileFaults(at: "/data", context: context) },
            { _ = try EventStore.repair(at: "/data", context: context, acceptsLoss: true) },
            { _ = try EventStore.backUp("/data", into: "/backups", context: context, options: BackupOptions()) },
            { _ = try DirectorySummary(of: "/data", volume) },
        ]
        for attempt in attempts {
            let error = #expect(throws: ArchiveRefusal.self) { try attempt() }
            let refusal = try #require(error)
            #expect(refusal.reason.contains(Self.cold) && refusal.reason.contains("positions 1 to 31"), "\(refusal)")
            #expect(refusal.advice.contains("mount it"))
        }
        let after = disk.bytesByPath.filter { !$0.key.hasSuffix("LOCK") && !$0.key.hasPrefix("/backups") }
        #expect(after == image)
        volume.mount()
        let again = try archive.open(volume)
        #expect(try archive.answers(again) == before && again.verify().findings == [])
        try again.close()
    }

    /// What is written where a volume was would be hidden when it comes back.
    @Test func nothingIsWrittenWhereAVolumeWas() throws {
        let store = try filled()
        try disk.createDirectories(LinkingFileSystem.nowhere + Self.cold)
        volume.unmount(Self.cold)
        // Events go on: it is no failure of the store.
        #expect(try archive.run(store))
        #expect(try store.append([ArchivingStores.turn("newest", 2, day: 10)])[0].accepted == 3)
        #expect(try disk.list(LinkingFileSystem.nowhere + Self.cold).isEmpty)
        #expect(store.status.troubles.contains { $0.line.contains("are not archived") && $0.line.contains("mount") })
        let before = try archive.answers(store)
        #expect(store.status.archivedSegments == 0)
        volume.mount()
        archive.clock.advance(nanoseconds: 900_000_000_000)
        #expect(try archive.run(store))
        #expect(try archive.answers(store) == before && names().count == 2)
        try store.close()
    }

    @Test func anotherStoresArchiveIsRefused() throws {
        let store = try filled()
        #expect(try archive.run(store))
        try store.close()
        func refusal(_ path: String, _ directory: String?) throws -> ArchiveRefusal {
            let error = #expect(throws: ArchiveRefusal.self) {
                try archive.open(volume, at: path, directory: directory).close()
            }
            return try #require(error)
        }
        var context = archive.context(volume)
        context.randomness = SeededRandomness(seed: 2)
        try EventStore.open(at: "/other", context: context, options: EventStoreTests.options()).close()
        #expect(try refusal("/other", Self.cold).reason.contains("another store"))
        // What stands in its place now is another one's.
        let mark = try disk.contents(of: Self.cold + "/STORE")
        try disk.replace(Self.cold + "/STORE", with: Array("of somebody else".utf8))
        #expect(try refusal("/data", nil).reason.contains("another store"))
        try disk.replace(Self.cold + "/STORE", with: mark)
        // The store's own lies elsewhere, and nothing is split.
        #expect(try refusal("/data", "/cold/new").advice.contains(Self.cold))
        try disk.createDirectories("/full")
        try disk.replace("/full/letter.txt", with: [1])
        #expect(try refusal("/other", "/full").reason.contains("letter.txt"))
        try archive.open(volume, directory: Self.cold).close()
        try archive.open(volume, directory: Self.cold + "/").close()
    }

    /// A copy has what leads to the archive of its original. It may be read, and does not go on with it.
    @Test func aCopyDoesNotGoOnWithTheArchive() throws {
        let store = try filled()
        let before = try archive.answers(store)
        #expect(try archive.run(store))
        try store.close()
        try disk.copyStore("/data", to: "/copy")
        try volume.linkDirectory("/copy/segments/archive", to: Self.cold)
        let error = #expect(throws: ArchiveRefusal.self) { try archive.open(volume, at: "/copy").close() }
        #expect(error?.reason.contains("of the data directory /data,") == true)
        let reader = try EventStore.openForReading(
            at: "/copy", context: archive.context(volume), options: EventStoreTests.options())
        #expect(try archive.answers(reader) == before)
        try reader.close()
        // Unless it is to take the place of its original.
        try disk.remove(Self.cold + "/STORE")
        volume.unlink("/copy/segments/archive")
        let moved = try archive.open(volume, at: "/copy", directory: Self.cold)
        #expect(try archive.answers(moved) == before && moved.verify().findings == [])
        try moved.close()
        #expect(throws: ArchiveRefusal.self) { try archive.open(volume).close() }
    }

    /// Another machine, on which a copy lies at the same path, and the same volume has the archive.
    private func machine(withCopyAt path: String) throws -> LinkingFileSystem {
        try disk.copyStore("/data", to: path)
        let machine = LinkingFileSystem(disk)
        try machine.linkDirectory("/data", to: path)
        try machine.linkDirectory("/data/segments/archive", to: Self.cold)
        return machine
    }

    /// The path does not tell it from its original: the first that goes on has the archive.
    @Test func aCopyOnAnotherMachineDoesNotGoOnWithTheArchive() throws {
        let store = try filled()
        #expect(try archive.run(store))
        try store.close()
        let machine = try machine(withCopyAt: "/copy")
        let again = try archive.open(volume)
        let before = try archive.answers(again)
        let error = #expect(throws: ArchiveRefusal.self) { try archive.open(machine).close() }
        #expect(error?.reason.contains("another copy of this store has gone on with the archive in") == true)
        #expect(error?.advice.contains("remove STORE in \(Self.cold)") == true)
        let reader = try EventStore.openForReading(
            at: "/data", context: archive.context(machine), options: EventStoreTests.options())
        #expect(try archive.answers(reader) == before)
        try reader.close()
        try again.close()
        // The original's own word is known to it from start to start.
        try archive.open(volume).close()
    }

    /// Not even what its own manifest names: the original may have let go of it.
    @Test func aRepairedCopyPutsNothingIntoTheArchive() throws {
        let store = try filled()
        #expect(try archive.run(store))
        try store.close()
        let machine = try machine(withCopyAt: "/copy")
        try archive.open(volume).close()
        let segment = try #require(try names().first { $0 != "STORE" })
        try disk.remove(Self.cold + "/" + segment)
        #expect(throws: ArchiveRefusal.self) {
            try EventStore.repair(at: "/data", context: archive.context(machine), acceptsLoss: true)
        }
        #expect(try names() == ["STORE"])
        // Whose it is goes on without it.
        let plan = try EventStore.repair(at: "/data", context: archive.context(volume), acceptsLoss: true)
        #expect(plan.wantsLoss)
        try archive.open(volume).close()
    }

    @Test func whoLostTheArchivePutsNothingThere() throws {
        let store = try filled()
        let before = try archive.answers(store)
        let copy = try archive.open(try machine(withCopyAt: "/copy"))
        #expect(try archive.run(store))
        #expect(try names() == ["STORE"] && store.status.archivedSegments == 0)
        #expect(store.status.troubles.contains { $0.line.contains("are not archived") && $0.line.contains("copy") })
        // Events go on in both.
        #expect(try archive.answers(store) == before)
        #expect(try store.append([ArchivingStores.turn("newest", 2, day: 10)])[0].accepted == 3)
        archive.clock.advance(nanoseconds: 900_000_000_000)
        #expect(try archive.run(copy))
        #expect(try names().count == 2 && copy.status.archivedSegments == 1)
        try copy.close()
        try store.close()
    }

    @Test func whoLostTheArchiveRemovesNothingFromIt() throws {
        let store = try archive.filled(volume, directory: Self.cold, keptDays: 14)
        #expect(try archive.run(store))
        let archived = try names()
        let copy = try archive.open(try machine(withCopyAt: "/copy"), afterDays: nil)
        let before = try archive.rowsOf("llm_call", copy.snapshot())
        archive.clock.advance(nanoseconds: 10 * ArchivingStores.day)
        _ = try store.append([ArchivingStores.turn("later", 1, day: 20)])
        try store.seal()
        archive.clock.advance(nanoseconds: 120_000_000_000)
        #expect(try store.startRetention())
        try store.finishJobs()
        #expect(store.status.archivedSegments == 0 && archived.count == 2)
        for _ in 0..<3 {
            try store.tick()
            try store.finishJobs()
        }
        #expect(try names().filter { archived.contains($0) } == archived)
        #expect(try archive.rowsOf("llm_call", copy.snapshot()) == before && copy.verify().findings == [])
        try store.close()
        try copy.close()
    }

    /// Its mark has no word yet: it is taken by the first, as any is.
    @Test func anArchiveOfAnEarlierVersionIsTaken() throws {
        try filled().close()
        let mark = try disk.contents(of: Self.cold + "/STORE")
        #expect(mark.split(separator: 10).map(\.count).last == 32)
        try disk.replace(Self.cold + "/STORE", with: Array(mark.dropLast(33)))
        try disk.remove("/data/ARCHIVE")
        let machine = try machine(withCopyAt: "/copy")
        try archive.open(volume).close()
        #expect(throws: ArchiveRefusal.self) { try archive.open(machine).close() }
        try archive.open(volume).close()
        // Who has lost his word does not guess.
        try disk.remove("/data/ARCHIVE")
        #expect(throws: ArchiveRefusal.self) { try archive.open(volume).close() }
    }

    /// It may be slow, or stuck: no step of the writer waits for it, its jobs do.
    @Test func noStepAsksTheVolumeOfTheArchive() throws {
        var archive = archive
        let jobs = HeldBackgroundQueue()
        archive.compaction = jobs
        let store = try archive.filled(volume, directory: Self.cold, keptDays: 14)
        archive.clock.advance(nanoseconds: 120_000_000_000)
        var asked = volume.askedElsewhere
        #expect(try store.startArchiving() && jobs.heldCount == 1)
        #expect(volume.askedElsewhere == asked)
        try store.finishJobs()
        let archived = try names().filter { $0 != "STORE" }
        #expect(store.status.archivedSegments == 1 && archived.count == 1)
        archive.clock.advance(nanoseconds: 10 * ArchivingStores.day)
        _ = try store.append([ArchivingStores.turn("later", 1, day: 20)])
        try store.seal()
        archive.clock.advance(nanoseconds: 120_000_000_000)
        #expect(try store.startRetention())
        jobs.waitUntilIdle()
        asked = volume.askedElsewhere
        // The first takes over what the job did, the next one knows that nobody reads the segment any more.
        for _ in 0..<3 { try store.tick() }
        #expect(store.status.archivedSegments == 0 && jobs.heldCount > 0)
        #expect(volume.askedElsewhere == asked)
        #expect(try names().contains(archived[0]))
        try store.finishJobs()
        #expect(try !names().contains(archived[0]))
        try store.close()
    }

    /// A volume without room is found by the job.
    @Test func aFullVolumeIsATrouble() throws {
        let store = try filled()
        volume.fillElsewhere()
        #expect(try archive.run(store))
        #expect(try names() == ["STORE"] && store.status.archivedSegments == 0)
        #expect(store.status.troubles.contains { $0.line.contains("has no room for twice") })
        try store.close()
    }

    /// Who goes on with an earlier state of the store, at the same place, loses nothing that was archived since.
    @Test func anEarlierStateRemovesNothingThatWasArchivedSince() throws {
        try filled().close()
        try disk.copyStore("/data", to: "/earlier")
        let store = try archive.open(volume)
        #expect(try archive.run(store))
        try store.close()
        let mark = String(decoding: try disk.contents(of: Self.cold + "/STORE"), as: UTF8.self)
        let ofEarlier = mark.replacingOccurrences(of: "/data", with: "/earlier")
        try disk.replace(Self.cold + "/STORE", with: Array(ofEarlier.utf8))
        let before = try names()
        let error = #expect(throws: ArchiveRefusal.self) {
            let earlier = try archive.open(volume, at: "/earlier", directory: Self.cold)
            try earlier.seal()
            try earlier.close()
        }
        #expect(error?.reason.contains(".segment") == true)
        #expect(try names() == before && before.count == 2)
    }

    /// Who has archived in the data directory moves the files, and says where they are.
    @Test func whatWasArchivedBesideTheOthersIsMoved() throws {
        let store = try archive.filled(volume)
        let before = try archive.answers(store)
        #expect(try archive.run(store))
        try store.close()
        let beside = try archive.open(volume)
        let (counted, sealed) = (try bytesInDirectory(beside), beside.status.segmentBytes)
        #expect(counted >= sealed, "\(counted) of \(sealed)")
        try beside.close()
        let error = #expect(throws: ArchiveRefusal.self) { try archive.open(volume, directory: Self.cold).close() }
        #expect(error?.advice.contains("move all files of /data/segments/archive to \(Self.cold)") == true)
        try disk.createDirectories(Self.cold)
        for entry in try disk.list("/data/segments/archive") {
            try disk.rename("/data/segments/archive/" + entry.name, to: Self.cold + "/" + entry.name)
        }
        try disk.removeDirectory("/data/segments/archive")
        let again = try archive.open(volume, directory: Self.cold)
        #expect(try archive.answers(again) == before && again.verify().findings == [])
        #expect(try names().count == 2)
        let left = try bytesInDirectory(again)
        #expect(try left == segmentBytes(in: "/data/segments", disk))
        try again.close()
    }

    /// Bytes of the segments that lie in a folder, not in those below it: also of those that earlier manifests name.
    private func segmentBytes(in folder: String, _ fileSystem: any FileSystem) throws -> Int {
        let names = try fileSystem.list(folder).map(\.name).filter { $0.hasSuffix(".segment") }
        return try names.reduce(0) { try $0 + (fileSystem.lengthBytes(of: folder + "/" + $1) ?? 0) }
    }

    /// Bytes of segments that count as files of the data directory.
    private func bytesInDirectory(_ store: EventStore) throws -> Int {
        try #require(store.status.diskUse).bytes(of: .segments)
    }

    /// No room comes free in the data directory by what lies elsewhere: nothing of it goes for that.
    @Test(arguments: [false, true]) func aBudgetTakesNothingFromAnotherVolume(isElsewhere: Bool) throws {
        let first = try archive.filled(volume, directory: isElsewhere ? Self.cold : nil)
        #expect(try archive.run(first))
        try first.close()
        let store = try archive.open(volume, budgetBytes: 10)
        archive.clock.advance(nanoseconds: 4 * ArchivingStores.day)
        _ = try store.append([ArchivingStores.turn("newest", 2, day: 14)])
        let before = try archive.answers(store)
        var hasBegun = false
        for _ in 0..<3 {
            archive.clock.advance(nanoseconds: 120_000_000_000)
            if try store.startRetention() { hasBegun = true }
            try store.finishJobs()
        }
        let status = store.status
        #expect(hasBegun == !isElsewhere && status.archivedSegments == (isElsewhere ? 1 : 0))
        #expect((status.droppedEvents > 0) == !isElsewhere && store.isBudgetSpent, "\(store.troubles)")
        #expect(store.troubles.contains { $0.line.contains("an archive outside the directory") } == isElsewhere)
        if isElsewhere { #expect(try archive.answers(store) == before) }
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// Power goes at any step, with what was copied by half on the other volume.
    @Test func itIsWholeOrNotAtAll() throws {
        var (call, hasEnded, archived) = (1, false, 0)
        while !hasEnded {
            let disk = SimulatedFileSystem(seed: UInt64(call))
            let volume = LinkingFileSystem(disk)
            let began = archive.clock.wallNanoseconds()
            let store = try filled(volume)
            let before = try archive.answers(store)
            let faults = disk.counts.faults
            disk.arm(SimulatedFault(.powerCut, atCall: call))
            hasEnded = (try? archive.run(store)) == true && disk.counts.faults == faults
            disk.crash(.power)
            let again = try archive.open(volume)
            #expect(try archive.answers(again) == before, "at call \(call)")
            #expect(try again.verify().findings == [], "at call \(call)")
            // With the next manifest goes what none names, beside the writer.
            try again.seal()
            try again.finishJobs()
            let left = try names(disk)
            #expect(
                left.count == 1 + again.status.archivedSegments && left.contains("STORE"), "at call \(call): \(left)")
            archived += left.count - 1
            try again.close()
            archive.clock.step(toWallNanoseconds: began)
            call += 1
        }
        #expect(call > 10 && archived > 1)
    }

    /// Power goes while the directory is said for the first time: the next start goes on.
    @Test func theDirectoryIsThereOrNot() throws {
        var (call, hasEnded) = (1, false)
        while !hasEnded {
            let disk = SimulatedFileSystem(seed: UInt64(call))
            let volume = LinkingFileSystem(disk)
            disk.arm(SimulatedFault(.powerCut, atCall: call))
            let isDone = (try? archive.open(volume, directory: Self.cold).close()) != nil
            hasEnded = isDone && disk.counts.faults == 0
            disk.crash(.power)
            try archive.open(volume, directory: Self.cold).close()
            #expect(try names(disk) == ["STORE"], "at call \(call)")
            call += 1
        }
        #expect(call > 10)
    }

    /// A flush fails while it is said, and power goes during the next attempt: nothing leads to a directory whose mark
    /// is gone.
    @Test func aDirectoryWhoseFlushFailedIsThereOrNot() throws {
        var (call, hasEnded) = (1, false)
        while !hasEnded {
            let disk = SimulatedFileSystem(seed: UInt64(call))
            let unflushed = UnflushedDirectory(disk, Self.cold)
            let volume = LinkingFileSystem(unflushed)
            #expect(throws: StorageError.self) { try archive.open(volume, directory: Self.cold).close() }
            unflushed.isFailing.store(false, ordering: .relaxed)
            disk.crash(.process)
            disk.arm(SimulatedFault(.powerCut, atCall: call, of: [.rename, .flushDirectory]))
            let isDone = (try? archive.open(volume, directory: Self.cold).close()) != nil
            hasEnded = isDone && disk.counts.faults == 0
            disk.crash(.power)
            try archive.open(volume, directory: Self.cold).close()
            #expect(try names(disk) == ["STORE"], "at call \(call)")
            call += 1
        }
        #expect(call > 4)
    }

    /// A flush of the archive's directory that fails leaves it open which word power leaves there: whatever comes of
    /// the next one, in this process or another, it is one that the store knows.
    @Test(arguments: [false, true]) func aWordWhoseFlushFailedIsKnown(isOfNextStart: Bool) throws {
        for seed in 1...4 {
            for call in 1...8 {
                let disk = SimulatedFileSystem(seed: UInt64(100 * seed + call))
                let volume = LinkingFileSystem(disk)
                let began = archive.clock.wallNanoseconds()
                let store = try filled(volume)
                let before = try archive.answers(store)
                // The first is of the store's own file.
                disk.arm(SimulatedFault(.failure(5), atCall: 2, of: [.flushDirectory]))
                #expect(try archive.run(store) && store.status.archivedSegments == 0)
                let cut = SimulatedFault(.powerCut, atCall: call, of: [.rename, .flushDirectory])
                if isOfNextStart {
                    disk.crash(.process)
                    disk.arm(cut)
                    _ = try? archive.open(volume).close()
                } else {
                    archive.clock.advance(nanoseconds: 900_000_000_000)
                    disk.arm(cut)
                    _ = try? archive.run(store)
                }
                disk.crash(.power)
                let again = try archive.open(volume)
                #expect(try archive.answers(again) == before, "seed \(seed), at call \(call)")
                #expect(try again.verify().findings == [], "seed \(seed), at call \(call)")
                try again.close()
                archive.clock.step(toWallNanoseconds: began)
            }
        }
    }

    /// On the machine's own disk a symbolic link leads there.
    @Test func aSymbolicLinkLeadsThere() throws {
        let files = FileManager.default
        let root = files.temporaryDirectory.appendingPathComponent("plimsoll-archive-\(UUID().uuidString)").path
        defer { try? files.removeItem(atPath: root) }
        let (system, data, cold) = (POSIXFileSystem(), root + "/data", root + "/cold")
        let store = try archive.filled(system, at: data, directory: cold)
        let before = try archive.answers(store)
        #expect(try archive.run(store))
        #expect(try files.destinationOfSymbolicLink(atPath: data + "/segments/archive") == cold)
        #expect(try system.linkTarget(of: data + "/segments/archive") == cold)
        let absolute = try system.absolutePath(of: data)
        #expect(try system.absolutePath(of: data + "/segments/../../data") == absolute && absolute.hasPrefix("/"))
        #expect(try system.linkTarget(of: data + "/segments") == nil && system.linkTarget(of: data + "/none") == nil)
        #expect(try system.list(cold).count == 2 && archive.answers(store) == before)
        try store.close()
        let summary = try EventStore.backUp(
            data, into: root + "/backups", context: archive.context(system), options: BackupOptions())
        #expect(summary.linked.files == 2)
        try files.moveItem(atPath: cold, toPath: root + "/away")
        #expect(throws: ArchiveRefusal.self) { try archive.open(system, at: data).close() }
        try files.moveItem(atPath: root + "/away", toPath: cold)
        let again = try archive.open(system, at: data)
        #expect(try archive.answers(again) == before && again.verify().findings == [])
        let status = again.status
        let left = try bytesInDirectory(again)
        #expect(try status.archivedBytes > 0 && left == segmentBytes(in: data + "/segments", system))
        try again.close()
    }
}

/// A volume that does not flush one of its directories.
private final class UnflushedDirectory: ForwardingFileSystem {
    let base: any FileSystem
    private let directory: String
    let isFailing = Atomic(true)

    init(_ base: any FileSystem, _ directory: String) { (self.base, self.directory) = (base, directory) }

    func flushDirectory(_ path: String) throws(StorageError) {
        if path == directory, isFailing.load(ordering: .relaxed) {
            throw StorageError(.flushDirectory, path: path, code: 5)
        }
        try base.flushDirectory(path)
    }
}

/// A volume on which names stand for directories elsewhere, one of which may be taken away. It keeps such names from
/// when they are given.
private final class LinkingFileSystem: ForwardingFileSystem {
    let base: any FileSystem
    private let state = Mutex(State())

    private struct State {
        var links: [String: String] = [:]
        var unmounted: String?
        var asked = 0
        var isFull = false
    }

    /// Where paths lead of what is not mounted.
    static let nowhere = "/nowhere"

    init(_ base: any FileSystem) { self.base = base }

    /// How often it was asked for something to which a name leads.
    var askedElsewhere: Int { state.withLock { $0.asked } }
    /// Where names lead there is no room.
    func fillElsewhere() { state.withLock { $0.isFull = true } }
    func unmount(_ directory: String) { state.withLock { $0.unmounted = directory } }
    func mount() { state.withLock { $0.unmounted = nil } }
    func unlink(_ path: String) { state.withLock { $0.links[path] = nil } }

    private func resolved(_ path: String, isCounted: Bool = true) -> String {
        state.withLock { state in
            var path = path
            // The longest first: a name may lie where another one leads.
            for (name, target) in state.links.sorted(by: { $0.key > $1.key }) where isIn(name, path) {
                if isCounted { state.asked += 1 }
                path = target + path.dropFirst(name.count)
            }
            if let unmounted = state.unmounted, isIn(unmounted, path) { path = Self.nowhere + path }
            return path
        }
    }

    private func isIn(_ directory: String, _ path: String) -> Bool {
        path == directory || path.hasPrefix(directory + "/")
    }

    func linkTarget(of path: String) throws(StorageError) -> String? { state.withLock { $0.links[path] } }

    func linkDirectory(_ path: String, to target: String) throws(StorageError) {
        // A call that power may cut.
        _ = try base.isDirectory(target)
        state.withLock { $0.links[path] = target }
    }

    func list(_ directory: String) throws(StorageError) -> [DirectoryEntry] {
        var entries = try base.list(resolved(directory))
        let names = state.withLock { $0.links.keys.sorted() }
        for path in names where parentDirectory(of: path) == directory {
            let isDirectory = try base.isDirectory(resolved(path, isCounted: false))
            entries.append(DirectoryEntry(name: fileName(of: path), isDirectory: isDirectory))
        }
        return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    func open(_ path: String, _ options: FileOptions) throws(StorageError) -> any File {
        try base.open(resolved(path), options)
    }

    func rename(_ path: String, to newPath: String) throws(StorageError) {
        try base.rename(resolved(path), to: resolved(newPath))
    }

    func remove(_ path: String) throws(StorageError) { try base.remove(resolved(path)) }
    func removeDirectory(_ path: String) throws(StorageError) { try base.removeDirectory(resolved(path)) }
    func createDirectories(_ path: String) throws(StorageError) { try base.createDirectories(resolved(path)) }
    func flushDirectory(_ path: String) throws(StorageError) { try base.flushDirectory(resolved(path)) }
    func lengthBytes(of path: String) throws(StorageError) -> Int? { try base.lengthBytes(of: resolved(path)) }
    func isDirectory(_ path: String) throws(StorageError) -> Bool { try base.isDirectory(resolved(path)) }
    func freeBytes(at path: String) throws(StorageError) -> Int {
        let resolved = resolved(path)
        let isFull = state.withLock { $0.isFull }
        return isFull && resolved != path ? 0 : try base.freeBytes(at: resolved)
    }

    func lock(_ path: String, isSecret: Bool) throws(StorageError) -> any FileLock {
        try base.lock(resolved(path), isSecret: isSecret)
    }
}
