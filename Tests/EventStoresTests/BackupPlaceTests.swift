import Bytes
import EventStores
import Hashing
import Platform
import Testing

/// A place of backups is somebody's directory: what is in it and is not ours stays, and what looks like ours is
/// believed only as far as it can be.
@Suite struct BackupPlaceTests {
    private func open(_ disk: SimulatedFileSystem, _ path: String = "/data", seed: UInt64 = 1) throws -> EventStore {
        try EventStore.open(at: path, context: context(disk, seed: seed))
    }

    private func add(_ number: Int64, to store: EventStore) throws {
        var events = SampleEvents()
        for turn in 1...3 { events.addTurn("c\(number)", Int64(turn), at: Double(number) * 100 + Double(turn)) }
        _ = try store.append([events.batch])
        try store.seal()
    }

    private func backUp(
        _ disk: any FileSystem, _ path: String = "/data", kept: Int = 7, links: Bool = true
    ) throws -> BackupSummary {
        var options = BackupOptions()
        (options.keptMax, options.links) = (kept, links)
        return try EventStore.backUp(path, into: "/backups", context: context(disk), options: options)
    }

    /// A store with one batch, and a backup of it.
    private func backedUp(seed: UInt64, links: Bool = true) throws -> (disk: SimulatedFileSystem, store: EventStore) {
        let disk = SimulatedFileSystem(seed: seed)
        let store = try open(disk)
        try add(1, to: store)
        _ = try backUp(disk, links: links)
        return (disk, store)
    }

    private func restore(
        _ disk: SimulatedFileSystem, keyFile: String = "/data/keys/store.key",
        note: @escaping (Int, Int) throws -> Void = { _, _ in }
    ) throws {
        var wanted = BackupRestoring()
        wanted.keyFile = keyFile
        _ = try EventStore.restoreBackup("/backups", into: "/restored", context: context(disk), wanted, note: note)
    }

    private func write(_ disk: SimulatedFileSystem, _ path: String, _ bytes: [UInt8] = [7]) throws {
        try disk.createDirectories(parentDirectory(of: path))
        try disk.replace(path, with: bytes)
    }

    // MARK: What others keep

    /// A folder that is called as ours is makes no place.
    @Test func aFolderOfTheSameNameIsSomebodyElses() throws {
        let disk = SimulatedFileSystem(seed: 1)
        let store = try open(disk)
        try add(1, to: store)
        try write(disk, "/backups/pieces/king.png")
        try write(disk, "/backups/list.new")
        let image = disk.snapshot().map(\.path)
        #expect(throws: BackupRefusal.self) { _ = try backUp(disk) }
        #expect(disk.snapshot().map(\.path) == image)
        try store.close()
    }

    @Test func aFileIsNoPlace() throws {
        let disk = SimulatedFileSystem(seed: 10)
        let store = try open(disk)
        try write(disk, "/backups")
        #expect(throws: BackupRefusal.self) { _ = try backUp(disk) }
        #expect(disk.snapshot(of: "/backups") == [7])
        try store.close()
    }

    /// What is put into a place later stays, too, and is no file of an attempt.
    @Test func onlyFilesOfOursAreRemoved() throws {
        let (disk, store) = try backedUp(seed: 2)
        let others = ["/backups/pieces/king.png", "/backups/pieces/queen.new", "/backups/list.new", "/backups/README"]
        for path in others { try write(disk, path) }
        let left = [
            "/backups/pieces/" + String(repeating: "0a", count: 32) + ".new", "/backups/backup-000000000009.new",
            "/backups/copy-of-backup-000000000001.new",
        ]
        for path in left { try write(disk, path) }
        try add(2, to: store)
        #expect(try backUp(disk, kept: 1).removed == [1])
        for path in others { #expect(disk.snapshot(of: path) == [7], "\(path)") }
        for path in left { #expect(disk.snapshot(of: path) == nil, "\(path)") }
        let found = try EventStore.verifyBackup("/backups", context: context(disk))
        #expect(found.findings == [] && found.strayFiles == 0 && found.record.number == 2)
        try store.close()
    }

    /// Power may have gone when no more than the folder was there.
    @Test func aPlaceThatWasHardlyBegunGoesOn() throws {
        let disk = SimulatedFileSystem(seed: 3)
        let store = try open(disk)
        try disk.createDirectories("/backups/pieces")
        #expect(try backUp(disk).record.number == 1)
        try store.close()
    }

    /// A backup that was made without the key, in between, does not open the place to another store.
    @Test func thePlaceIsThatOfItsStore() throws {
        let disk = SimulatedFileSystem(seed: 4)
        let (own, other) = (try open(disk), try open(disk, "/else", seed: 77))
        try add(1, to: own)
        try add(1, to: other)
        _ = try backUp(disk)
        _ = try backUp(KeyDenied(disk, "/data/keys/store.key"))
        #expect(throws: BackupRefusal.self) { _ = try backUp(disk, "/else") }
        #expect(try backUp(disk).record.number == 3)
        try own.close()
        try other.close()
    }

    // MARK: What is not what it says

    /// Of a hostile hand, with a checksum that is right: lengths that nobody can add up, and a file without an end.
    @Test func whatABackupIsOfIsBounded() throws {
        let (disk, store) = try backedUp(seed: 5)
        let record = "/backups/backup-000000000002"
        try write(disk, record, Self.record(number: 2, lengths: [.max, .max, 5]))
        let damage = #expect(throws: CorruptionError.self) {
            _ = try EventStore.verifyBackup("/backups", context: context(disk))
        }
        #expect(damage?.file == record)
        #expect(throws: CorruptionError.self) { try restore(disk) }
        try write(disk, record, [UInt8](repeating: 0, count: (64 << 20) + 1))
        let long = #expect(throws: CorruptionError.self) {
            _ = try EventStore.verifyBackup("/backups", context: context(disk))
        }
        #expect(long?.offset == 64 << 20)
        #expect(try EventStore.verifyBackup("/backups", number: 1, context: context(disk)).findings == [])
        #expect(try backUp(disk).record.number == 3)
        try store.close()
    }

    private static func record(number: UInt64, lengths: [Int]) -> [UInt8] {
        var body = ByteSink()
        for time in [Int64(1), 2, 3] { body.append(zigzag: time) }
        body.append(text: "")
        body.append(varint: UInt64(lengths.count))
        for (index, length) in lengths.enumerated() {
            body.append(text: "segments/\(index).segment")
            body.append(varint: UInt64(length))
            body.append(contentsOf: [UInt8](repeating: UInt8(index), count: 32))
        }
        var sink = ByteSink()
        sink.append(contentsOf: Array("PLIMBACK".utf8))
        sink.append(contentsOf: [1, 0, 0, 0, 0, 0, 0, 0])
        sink.append(littleEndian: number)
        sink.append(littleEndian: UInt64(body.count))
        sink.append(contentsOf: body.bytes)
        sink.append(contentsOf: SHA256.hash(sink.bytes))
        return sink.bytes
    }

    @Test func aKeyThatIsNotThereIsRefused() throws {
        let (disk, store) = try backedUp(seed: 6)
        let refusal = #expect(throws: BackupRefusal.self) { try restore(disk, keyFile: "/nowhere/store.key") }
        #expect(refusal?.reason == "there is no key /nowhere/store.key")
        #expect(try !disk.isDirectory("/restored"))
        try store.close()
    }

    /// Who makes a backup may not read the key: another one is found by the events then.
    @Test func anotherKeyIsRefusedWhereTheBackupKnowsNone() throws {
        let disk = SimulatedFileSystem(seed: 9)
        let (own, other) = (try open(disk), try open(disk, "/else", seed: 77))
        for number in Int64(1)...4 { try add(number, to: own) }
        _ = try backUp(KeyDenied(disk, "/data/keys/store.key"))
        let refusal = #expect(throws: BackupRefusal.self) { try restore(disk, keyFile: "/else/keys/store.key") }
        #expect(refusal?.reason == "/else/keys/store.key is not the key of the store that was backed up")
        #expect(try !disk.isDirectory("/restored"))
        try restore(disk)
        let restored = try open(disk, "/restored")
        #expect(restored.position == own.position)
        try restored.close()
        try own.close()
        try other.close()
    }

    // MARK: What others do meanwhile

    /// A backup that goes while it is read is not damaged.
    @Test func newerBackupsMayTakeThePlaceOfOneThatIsRead() throws {
        let (disk, store) = try backedUp(seed: 7)
        func replacing(with number: Int64) -> (Int, Int) throws -> Void {
            var isFirst = true
            return { _, _ in
                guard isFirst else { return }
                isFirst = false
                try add(number, to: store)
                _ = try backUp(disk, kept: 1)
            }
        }
        #expect(throws: BackupRefusal.self) {
            _ = try EventStore.verifyBackup("/backups", context: context(disk), note: replacing(with: 2))
        }
        #expect(throws: BackupRefusal.self) { try restore(disk, note: replacing(with: 3)) }
        #expect(throws: CorruptionError.self) { _ = try open(disk, "/restored") }
        let found = try EventStore.verifyBackup("/backups", context: context(disk))
        #expect(found.findings == [] && found.numbers == [3])
        try store.close()
    }

    /// A piece that was damaged and is removed comes again from the directory, for all backups that have it.
    @Test(arguments: [true, false]) func aPieceThatIsRemovedIsMadeAnew(links: Bool) throws {
        let (disk, store) = try backedUp(seed: 8, links: false)
        try add(2, to: store)
        _ = try backUp(disk, links: false)
        let names = try disk.list("/data/segments").map(\.name)
        let segment = try #require(names.first { $0.hasSuffix(".segment") })
        let bytes = try #require(disk.snapshot(of: "/data/segments/" + segment))
        let piece = "/backups/pieces/" + hexadecimal(SHA256.hash(bytes))
        disk.damage(piece) { $0[$0.count / 2] ^= 1 }
        let found = try EventStore.verifyBackup("/backups", context: context(disk))
        #expect(found.findings.count == 1 && found.findings[0].hasPrefix(piece))
        try disk.remove(piece)
        let made = try backUp(disk, links: links)
        #expect(made.linked.files == (links ? 1 : 0) && made.copied.files == (links ? 0 : 1))
        for number in [UInt64(1), 2, 3] {
            #expect(
                try EventStore.verifyBackup("/backups", number: number, context: context(disk)).findings == [])
        }
        try store.close()
    }
}

/// A volume on which one file is somebody else's alone.
private final class KeyDenied: ForwardingFileSystem {
    let base: any FileSystem
    private let denied: String

    init(_ base: any FileSystem, _ denied: String) { (self.base, self.denied) = (base, denied) }

    func open(_ path: String, _ options: FileOptions) throws(StorageError) -> any File {
        if path == denied { throw StorageError(.open, path: path, code: 13) }
        return try base.open(path, options)
    }
}
