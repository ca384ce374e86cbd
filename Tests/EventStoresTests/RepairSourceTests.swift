import Domain
import EventStores
import Glibc
import Platform
import Segments
import Testing

/// A repair takes of a backup what is this store's and of this time, from a copy of the directory or from a place of
/// backups, and nothing that only looks like it.
@Suite struct RepairSourceTests {
    private let disk = SimulatedFileSystem(seed: 93)

    private func open(
        _ path: String = "/data", seed: UInt64 = 1, _ options: StoreOptions = EventStoreTests.options()
    ) throws -> EventStore {
        try EventStore.open(at: path, context: context(disk, seed: seed), options: options)
    }

    private func append(_ store: EventStore, _ name: String, at seconds: Double) throws {
        var events = SampleEvents()
        events.addTurn(name, 1, at: seconds)
        _ = try store.append([events.batch])
    }

    /// A store with so many segments, and a turn that none has.
    private func make(
        _ path: String = "/data", seed: UInt64 = 1, segments: ClosedRange<Int> = 1...3,
        _ options: StoreOptions = EventStoreTests.options()
    ) throws {
        let store = try open(path, seed: seed, options)
        for number in segments {
            try append(store, "c\(number) \(path)", at: Double(number * 1_000))
            try store.seal()
        }
        try append(store, "tail \(path)", at: 9_500)
        try store.close()
    }

    private var files: [String: [UInt8]] { disk.bytesByPath }

    private func paths(_ path: String, _ beginning: String) -> [String] {
        disk.snapshot().map(\.path).filter { $0.hasPrefix(path + beginning) }
    }

    private func repair(from backup: String) throws -> RepairPlan {
        try EventStore.repair(at: "/data", context: context(disk), from: backup)
    }

    /// A store with several files of the log, and a copy of it: its ids, and these files.
    private func copied() throws -> (ids: [String], logs: [String]) {
        var options = EventStoreTests.options()
        options.logFileBytes = 4 << 10
        try make("/data", options)
        let store = try open("/data", options)
        for number in 0..<40 { try append(store, "more \(number)", at: 9_600 + Double(number)) }
        try store.close()
        try disk.copyStore("/data", to: "/backup")
        let logs = paths("/data", "/log/events-")
        try #require(logs.count > 4)
        return (try ids(), logs)
    }

    private func ids(verifies: Bool = true) throws -> [String] {
        let store = try open()
        let ids = try rows(store, "events", ["id", "position"])
        if verifies { #expect(try store.verify().findings == []) }
        try store.close()
        return ids
    }

    /// Without any manifest nothing proves one by its neighbours, and another store has one of the same number.
    @Test(arguments: [true, false]) func manifestsOfAnotherStoreAreNone(hasKey: Bool) throws {
        try make()
        try make("/other", seed: 7)
        try disk.copyStore("/other", to: "/foreign", withoutKey: !hasKey)
        try disk.copyStore("/data", to: "/backup", withoutKey: !hasKey)
        let before = try ids()
        let whole = files
        for path in paths("/data", "/segments/") where path.contains("manifest-") { try disk.remove(path) }
        let refused = try repair(from: "/foreign")
        #expect(refused.keepsDamage && !refused.repairsSomething, "\(refused.steps)")
        for path in paths("/data", "/segments/") { #expect(files[path] == whole[path]) }
        #expect(try repair(from: "/backup").repairsSomething)
        #expect(try ids() == before)
    }

    /// A copy that went its own way has a manifest of the number that is whole, and that the one in force does not
    /// follow: under it that one would count for nothing.
    @Test func aManifestThatTheNextDoesNotFollowIsNone() throws {
        try make(segments: 1...2)
        try disk.copyStore("/data", to: "/backup")
        try make(segments: 3...5)
        try make("/backup", segments: 6...8)
        let before = try ids()
        let manifests = paths("/data", "/segments/manifest-")
        let path = try #require(manifests.dropLast().last)
        let twin = "/data/segments/copy-of-" + fileName(of: path)
        for path in [path, twin] { disk.damage(path) { for offset in 30..<40 { $0[offset] ^= 0x55 } } }
        try #require(files["/backup" + path.dropFirst(5)] != nil, "both have the version")
        let done = try repair(from: "/backup")
        #expect(done.keepsDamage && !done.repairsSomething, "\(done.steps)")
        #expect(try ids(verifies: false) == before)
    }

    /// A copy that went its own way has a whole log with more positions, of other events.
    @Test func aLogOfAnotherWayIsNone() throws {
        try make()
        try disk.copyStore("/data", to: "/backup")
        let log = try #require(paths("/data", "/log/events-").last)
        let start = try #require(files[log]?.lastIndex { $0 != 0 })
        for (path, names) in [("/data", ["mine", "mine too"]), ("/backup", ["theirs", "theirs too", "and more"])] {
            let store = try open(path)
            for (number, name) in names.enumerated() { try append(store, name, at: 9_600 + Double(number)) }
            try store.close()
        }
        disk.damage(log) { $0[start + 200] ^= 1 }
        let damaged = files[log]
        let done = try repair(from: "/backup")
        #expect(done.wantsLoss && !done.repairsSomething && files[log] == damaged, "\(done.steps)")
    }

    /// What `plimsoll backup` makes is a backup to repair from.
    @Test(arguments: [true, false]) func aPlaceOfBackupsHasWhatWasWritten(takesKey: Bool) throws {
        try make()
        let log = try #require(paths("/data", "/log/events-").last)
        let start = try #require(files[log]?.lastIndex { $0 != 0 })
        let store = try open()
        try append(store, "later", at: 9_600)
        try store.close()
        var options = BackupOptions()
        (options.takesKey, options.links) = (takesKey, false)
        _ = try EventStore.backUp("/data", into: "/backups", context: context(disk), options: options)
        let before = try ids()
        let whole = files
        for path in paths("/data", "/segments/") where !path.hasSuffix(".segment") { try disk.remove(path) }
        for path in paths("/data", "/segments/").prefix(2) { disk.damage(path) { $0.removeLast(9) } }
        disk.damage(log) { $0[start + 200] ^= 1 }
        if takesKey { disk.damage("/data/keys/store.key") { $0[3] ^= 1 } }
        #expect(try EventStore.repairPlan(at: "/data", context: context(disk)).keepsDamage)
        let done = try repair(from: "/backups")
        #expect(!done.keepsDamage && !done.wantsLoss, "\(done.steps)")
        for path in paths("/data", "/segments/") where path.hasSuffix(".segment") {
            #expect(files[path] == whole[path], "\(path)")
        }
        #expect(files["/data/keys/store.key"] == whole["/data/keys/store.key"])
        #expect(try ids() == before)
    }

    /// The first damaged file of the log is not the only one that a backup may have.
    @Test func severalFilesOfTheLogComeFromABackup() throws {
        let (before, logs) = try copied()
        for path in logs[(logs.count - 4)..<(logs.count - 2)] { disk.damage(path) { $0[700] ^= 1 } }
        let done = try repair(from: "/backup")
        #expect(done.steps.count == 2 && done.repairsSomething && !done.wantsLoss, "\(done.steps)")
        #expect(try ids() == before)
    }

    /// A file that is gone is named itself, so that a backup is asked for that one.
    @Test func aMissingFileOfTheLogComesFromABackup() throws {
        let (before, logs) = try copied()
        let path = logs[logs.count - 3]
        try disk.remove(path)
        let done = try repair(from: "/backup")
        #expect(done.steps.count == 1 && done.steps[0].damage.hasPrefix(path) && !done.wantsLoss, "\(done.steps)")
        #expect(try ids() == before)
    }

    /// An attempt that came to nothing is none of a loss, whatever becomes of the segment that was put back.
    @Test func anAttemptToGiveASegmentUpIsNoLoss() throws {
        try make()
        let path = try #require(paths("/data", "/segments/").first { $0.hasSuffix(".segment") })
        let whole = try #require(files[path])
        disk.damage(path) { $0.removeLast(9) }
        // There is no room for the copy.
        disk.arm(SimulatedFault(.failure(ENOSPC), atCall: 2, of: [.rename]))
        #expect(throws: StorageError.self) {
            _ = try EventStore.repair(at: "/data", context: context(disk), acceptsLoss: true)
        }
        #expect(files["/data/set-aside/1/loss.json"] != nil && files[path] != nil)
        disk.damage(path) { $0 = whole }
        var options = EventStoreTests.options()
        options.compaction = CompactionLimits(fanIn: 2, levelEvents: 8, newestLeft: 0)
        let store = try open("/data", options)
        while try store.startCompaction() { try store.finishJobs() }
        try append(store, "later", at: 9_900)
        try store.seal()
        try store.close()
        let again = try open("/data", options)
        try append(again, "last", at: 9_950)
        try #require(files[path] == nil, "another segment has what it held")
        #expect(again.snapshot().lossNotice == nil)
        #expect(try rows(again, "system_events", ["type"]).filter { $0.contains("log.set_aside") } == [])
        try again.close()
    }

    @Test func aRestoreThatHasNotEndedIsNoStore() throws {
        try make()
        try disk.replace("/data/RESTORING", with: [1])
        let plan = try EventStore.repair(at: "/data", context: context(disk), acceptsLoss: true)
        #expect(plan.steps.count == 1 && plan.keepsDamage && plan.setAside.isEmpty, "\(plan.steps)")
    }

    /// A folder that is gone is told as what was in it.
    @Test func theFolderOfSegmentsComesFromABackup() throws {
        try make()
        try disk.copyStore("/data", to: "/backup")
        let before = try ids()
        for path in paths("/data", "/segments/") { try disk.remove(path) }
        try disk.removeDirectory("/data/segments")
        #expect(try EventStore.repairPlan(at: "/data", context: context(disk)).keepsDamage)
        let done = try repair(from: "/backup")
        #expect(done.repairsSomething && !done.keepsDamage, "\(done.steps)")
        #expect(try ids() == before)
    }

    /// A sector of what helps to look up identities stops no start, like damage of it.
    @Test func aSectorOfAFilterStopsNoStart() throws {
        try make()
        let path = try #require(paths("/data", "/segments/").first { $0.hasSuffix(".segment") })
        let place = try #require(try SegmentReader.open(fileSystem: disk, path: path).identityFilterPlace)
        let volume = BadSectorFileSystem(disk, path, place)
        let count = try EventStore.reading("/data", context: context(volume)) { try rows($0, "events", ["id"]).count }
        #expect(count == 12)
    }

    /// What a disk no longer reads keeps nobody from giving the rest up: its copy has zeros there.
    @Test func aSegmentWithABadSectorIsGivenUp() throws {
        try make()
        let path = try #require(paths("/data", "/segments/").first { $0.hasSuffix(".segment") })
        let whole = try #require(files[path])
        let volume = BadSectorFileSystem(disk, path, (whole.count - 1)..<whole.count)
        let done = try EventStore.repair(at: "/data", context: context(volume), acceptsLoss: true)
        #expect(done.setAside == ["/data/set-aside/1"], "\(done.steps)")
        let copy = try #require(files["/data/set-aside/1/" + fileName(of: path)])
        let start = (whole.count - 1) / 4_096 * 4_096
        #expect(copy.count == whole.count && copy[..<start] == whole[..<start])
        #expect(copy[start...].allSatisfy { $0 == 0 })
        #expect(try ids().count == 9)
    }
}

/// A volume of which a stretch of one file cannot be read.
private final class BadSectorFileSystem: ForwardingFileSystem {
    let base: any FileSystem
    private let path: String
    private let place: Range<Int>

    init(_ base: any FileSystem, _ path: String, _ place: Range<Int>) {
        (self.base, self.path, self.place) = (base, path, place)
    }

    func open(_ path: String, _ options: FileOptions) throws(StorageError) -> any File {
        let file = try base.open(path, options)
        return path == self.path ? BadSectorFile(file, place) : file
    }
}

private final class BadSectorFile: File {
    private let base: any File
    private let place: Range<Int>
    var path: String { base.path }

    init(_ base: any File, _ place: Range<Int>) { (self.base, self.place) = (base, place) }

    func read(into span: inout MutableSpan<UInt8>, at offset: Int) throws(StorageError) -> Int {
        guard !place.overlaps(offset..<(offset + span.count)) else {
            throw StorageError(.read, path: path, offset: offset, code: EIO)
        }
        return try base.read(into: &span, at: offset)
    }

    func lengthBytes() throws(StorageError) -> Int { try base.lengthBytes() }
    func nextData(from offset: Int) throws(StorageError) -> Range<Int>? { try base.nextData(from: offset) }
    func write(_ bytes: Span<UInt8>, at offset: Int) throws(StorageError) { try base.write(bytes, at: offset) }
    func preallocate(bytes: Int) throws(StorageError) { try base.preallocate(bytes: bytes) }
    func flush() throws(StorageError) { try base.flush() }
    func truncate(toBytes length: Int) throws(StorageError) { try base.truncate(toBytes: length) }
    func close() { base.close() }
}
