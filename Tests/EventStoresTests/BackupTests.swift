import Columnar
import Domain
import EventStores
import Glibc
import Platform
import Projections
import Testing

/// A backup is the store at one position, whatever goes on beside it and whatever ends it early; a store that is made
/// of it answers as the source did there.
@Suite struct BackupTests {
    /// What is asked of a store: all rows of all tables, every column, and what `/metrics` counts.
    private struct Answers: Equatable {
        var rows: [[String]]
        var counters: [MetricFamily]
        var position: Int64
    }

    private static let tables = [
        "events", "llm_call", "feedback_submitted", "turns", "conversations", "dead_letters", "system_events",
    ]

    private func answers(_ store: EventStore, without left: Set<String> = []) throws -> Answers {
        let snapshot = store.snapshot()
        let found = try Self.tables.filter { !left.contains($0) }.map { name in
            try rows(snapshot, name, try #require(snapshot.table(named: name)).columns.map(\.name))
        }
        return Answers(rows: found, counters: snapshot.counters.families, position: snapshot.position)
    }

    private static var options: StoreOptions {
        var options = StoreOptions()
        options.logFileBytes = 16 << 10
        options.sealEventsMax = 1 << 30
        options.compaction = CompactionLimits(fanIn: 2, levelEvents: 8, newestLeft: 0)
        return options
    }

    private func open(_ disk: SimulatedFileSystem, _ path: String = "/data") throws -> EventStore {
        try EventStore.open(at: path, context: context(disk), options: Self.options)
    }

    /// Turns, late ones among them, calls without a price, and now and then the price.
    private func batch(_ number: Int) -> IngestBatch {
        var events = SampleEvents()
        let lag = number % 3 == 2 ? -90_000.0 : 0
        for turn in 1...2 {
            events.addTurn(
                "c\((number + turn) % 4)", Int64(10 * number + turn), at: Double(100 * number + turn) + lag,
                model: turn == 1 ? "late-model" : "gpt-4o")
        }
        events.add(
            "feedback.submitted", id: "f\(number)", at: nil,
            ["conversation_id": .text("c\(number % 4)"), "score": .integer(Int64(number % 5) + 1)])
        if number % 4 == 3 {
            events.addPrice("late-model", "input", picoPerToken: Int64(1_000 + number), at: -200_000 + Double(number))
        }
        return events.batch
    }

    private func add(_ numbers: Range<Int>, to store: EventStore, seals: Bool = true) throws {
        for number in numbers {
            _ = try store.append([batch(number)])
            if seals { try store.seal() }
        }
    }

    private func compact(_ store: EventStore) throws {
        while try store.startCompaction() { try store.finishJobs() }
        try store.tick()
    }

    private func backUp(
        _ disk: any FileSystem, links: Bool = true, key: Bool = true, kept: Int = 7,
        note: @escaping (Int, Int) throws -> Void = { _, _ in }
    ) throws -> BackupSummary {
        var options = BackupOptions()
        (options.links, options.takesKey, options.keptMax) = (links, key, kept)
        return try EventStore.backUp(
            "/data", into: "/backups", context: context(disk), options: options, note: note)
    }

    private func restore(
        _ disk: any FileSystem, to path: String, number: UInt64? = nil, until moment: EarlierStore.Moment? = nil
    ) throws -> RestoredBackup {
        var wanted = BackupRestoring()
        (wanted.number, wanted.moment) = (number, moment)
        return try EventStore.restoreBackup("/backups", into: path, context: context(disk), wanted)
    }

    private func expectWhole(_ disk: any FileSystem, _ number: UInt64? = nil, _ note: Comment? = nil) throws {
        let result = try EventStore.verifyBackup("/backups", number: number, context: context(disk))
        #expect(result.findings == [], note)
    }

    /// As another process reads it beside the writer.
    private func read(_ disk: any FileSystem, _ path: String = "/data") throws -> Answers {
        let store = try EventStore.openForReading(at: path, context: context(disk), options: Self.options)
        defer { try? store.close() }
        return try answers(store)
    }

    // MARK: Equal

    /// Late events, late prices, corrections, bulk imports, seals and compactions between backups, in any order.
    @Test(arguments: 0..<12) func eachBackupIsTheStoreAtItsPosition(seed: UInt64) throws {
        let disk = SimulatedFileSystem(seed: seed)
        var generator = SeededGenerator(seed: seed)
        let store = try open(disk)
        var known: [UInt64: Answers] = [:]
        for number in 0..<18 {
            if generator.oneIn(4) {
                _ = try store.importBulk([batch(number)])
            } else {
                _ = try store.append([batch(number)])
            }
            if generator.oneIn(3) { try store.seal() }
            if generator.oneIn(3) { try compact(store) }
            if generator.oneIn(5) { _ = try store.rebook(provider: "openai", model: nil, times: .min ..< .max) }
            guard generator.oneIn(3) else { continue }
            let before = try read(disk)
            let summary = try backUp(disk, links: generator.oneIn(2), kept: 50)
            #expect(summary.record.position == before.position)
            known[summary.record.number] = before
        }
        for (number, wanted) in known.sorted(by: { $0.key < $1.key }) {
            try expectWhole(disk, number)
            let path = "/restored\(number)"
            let restored = try restore(disk, to: path, number: number)
            #expect(restored.position == wanted.position)
            #expect(try read(disk, path) == wanted)
            let again = try open(disk, path)
            #expect(try again.verify().findings == [])
            // It knows its events, and goes on.
            #expect(try again.append([batch(0)])[0].accepted == 0)
            #expect(try again.append([batch(99)])[0].accepted == 8)
            try again.close()
        }
        try store.close()
    }

    // MARK: Only what is new

    @Test func aSecondBackupWritesWhatIsNew() throws {
        let disk = SimulatedFileSystem(seed: 2)
        let store = try open(disk)
        try add(0..<6, to: store)
        let first = try backUp(disk, links: false)
        // What stands twice in a store, as states and manifests do, is one piece.
        #expect(first.linked.files == 0 && first.copied.files > 6 && first.found.files < first.copied.files)
        let written = disk.counts.writtenBytes
        let same = try backUp(disk, links: false)
        #expect(same.copied.files == 0 && same.record.position == first.record.position)
        let records = try disk.lengthBytes(of: "/backups/backup-000000000002") ?? 0
        // What it is of, twice, and the key.
        #expect(disk.counts.writtenBytes - written == 2 * records + 40)
        let segments = try disk.list("/data/segments").map(\.name).filter { $0.hasSuffix(".segment") }
        try add(6..<7, to: store)
        let next = try backUp(disk, links: false)
        let newest = try #require(
            disk.list("/data/segments").map(\.name).first { $0.hasSuffix(".segment") && !segments.contains($0) })
        let newBytes = try disk.lengthBytes(of: "/data/segments/" + newest) ?? 0
        // One segment, a state, a manifest, and what of the log is written: a file, or two of them.
        #expect(next.segments == 7 && (4...5).contains(next.copied.files) && next.copied.bytes > newBytes)
        #expect(next.copied.bytes < first.copied.bytes)
        let linked = try backUp(disk)
        #expect(linked.linked.files == 0 && linked.copied.files == 0)
        try store.close()
    }

    /// Second names cost no bytes; they outlive what the store removes. Where there are none, files are copied.
    @Test func segmentsGetSecondNamesWhereTheVolumeHasThem() throws {
        let disk = SimulatedFileSystem(seed: 3)
        let store = try open(disk)
        try add(0..<4, to: store)
        let wanted = try read(disk)
        let first = try backUp(disk)
        #expect(first.linked.files == 4)
        try compact(store)
        try add(4..<6, to: store)
        disk.arm(SimulatedFault(.failure(EXDEV), atCall: 1, of: [.link], isLasting: true))
        let second = try backUp(disk)
        #expect(second.linked.files == 0 && second.copied.files > 1)
        disk.disarm()
        for number in [UInt64(1), 2] { try expectWhole(disk, number) }
        _ = try restore(disk, to: "/restored", number: 1)
        #expect(try read(disk, "/restored") == wanted)
        try store.close()
    }

    @Test func outdatedBackupsGoWithThePiecesOfTheirOwn() throws {
        let disk = SimulatedFileSystem(seed: 4)
        let store = try open(disk)
        for number in 0..<5 {
            try add(number..<(number + 1), to: store)
            if number == 3 { try compact(store) }
            _ = try backUp(disk, kept: 2)
        }
        let result = try EventStore.verifyBackup("/backups", context: context(disk))
        #expect(result.numbers == [5, 4] && result.strayFiles == 0 && result.findings == [])
        try expectWhole(disk, 4)
        #expect(throws: BackupRefusal.self) {
            _ = try EventStore.verifyBackup("/backups", number: 1, context: context(disk))
        }
        try store.close()
    }

    // MARK: Whatever ends it early

    private func prepared(_ seed: UInt64) throws -> (disk: SimulatedFileSystem, store: EventStore, first: Answers) {
        let disk = SimulatedFileSystem(seed: seed)
        let store = try open(disk)
        try add(0..<3, to: store)
        let first = try read(disk)
        _ = try backUp(disk)
        try add(3..<5, to: store)
        try add(5..<6, to: store, seals: false)
        return (disk, store, first)
    }

    /// Power, or a call that fails: the backup before stays, or the new one is there; the store has lost nothing, and
    /// the next backup goes on.
    @Test(arguments: [SimulatedFault.Effect.powerCut, .failure(ENOSPC), .failure(EIO)], [true, false])
    func aBackupMayEndAtAnyCall(effect: SimulatedFault.Effect, links: Bool) throws {
        let (clean, _, _) = try prepared(0)
        let before = clean.counts.calls
        _ = try backUp(clean, links: links)
        let calls = clean.counts.calls - before
        #expect(calls > 40)
        for call in stride(from: 1, through: calls, by: effect == .powerCut ? 1 : 3) {
            let (disk, store, first) = try prepared(UInt64(call))
            let second = try read(disk)
            disk.arm(SimulatedFault(effect, atCall: call))
            let made = try? backUp(disk, links: links)
            disk.disarm()
            if effect == .powerCut { disk.crash(.power) }
            let note: Comment = "call \(call) of \(calls)"
            let found = try EventStore.verifyBackup("/backups", context: context(disk))
            #expect(found.findings == [], note)
            #expect(made == nil ? [1, 2].contains(found.record.number) : found.record.number == 2, note)
            #expect(found.record.position == (found.record.number == 1 ? first : second).position, note)
            if call % 8 == 0 {
                _ = try restore(disk, to: "/restored")
                #expect(try read(disk, "/restored") == (found.record.number == 1 ? first : second), note)
            }
            if effect != .powerCut { try store.close() }
            let source = try open(disk)
            #expect(try answers(source) == second, note)
            _ = try backUp(disk, links: links)
            let next = try EventStore.verifyBackup("/backups", context: context(disk))
            #expect(next.findings == [] && next.strayFiles == 0 && next.record.position == second.position, note)
            try source.close()
        }
    }

    /// The first one as well, before there is any: the next one goes on in the place that it began.
    @Test(arguments: [true, false]) func theFirstBackupMayEndAtAnyCall(links: Bool) throws {
        var (call, isMade) = (1, false)
        while !isMade {
            let disk = SimulatedFileSystem(seed: UInt64(call))
            let store = try open(disk)
            try add(0..<2, to: store)
            let wanted = try read(disk)
            disk.arm(SimulatedFault(.powerCut, atCall: call))
            isMade = (try? backUp(disk, links: links)) != nil && !disk.isOff
            disk.crash(.power)
            _ = try backUp(disk, links: links)
            let found = try EventStore.verifyBackup("/backups", context: context(disk))
            #expect(found.findings == [] && found.record.position == wanted.position, "call \(call)")
            call += 1
            try #require(call < 2_000)
        }
        #expect(call > 30)
    }

    /// What is there then is the store, or nothing opens it.
    @Test(arguments: [SimulatedFault.Effect.powerCut, .failure(ENOSPC)])
    func aRestoreMayEndAtAnyCall(effect: SimulatedFault.Effect) throws {
        let (disk, store, _) = try prepared(7)
        _ = try backUp(disk)
        let wanted = try read(disk)
        try store.close()
        let before = disk.counts.calls
        _ = try restore(disk, to: "/clean")
        let calls = disk.counts.calls - before
        var (opened, refused) = (0, 0)
        for call in 1...calls {
            let path = "/restored\(call)"
            disk.arm(SimulatedFault(effect, atCall: call))
            let isDone = (try? restore(disk, to: path)) != nil
            disk.disarm()
            if isDone {
                #expect(try read(disk, path) == wanted, "call \(call)")
                continue
            }
            if effect == .powerCut { disk.crash(.power) }
            // Before the first folder of a store is there, it is a directory like any other.
            let hasParts = try ["/log", "/segments", "/keys"].contains { try disk.isDirectory(path + $0) }
            guard hasParts else { continue }
            do {
                #expect(try read(disk, path) == wanted, "call \(call)")
                opened += 1
            } catch is CorruptionError {
                refused += 1
                #expect(throws: CorruptionError.self) { _ = try open(disk, path) }
                #expect(try EventStore.fileFaults(at: path, context: context(disk)).count == 1)
                #expect(throws: BackupRefusal.self) { _ = try restore(disk, to: path) }
            }
        }
        #expect(refused > 20 && opened < 4)
    }

    /// Seals and compactions take files away while it runs, whether or not it can hold them.
    @Test(arguments: [true, false], [Int.max, 128]) func theStoreMayGoOnMeanwhile(links: Bool, openFiles: Int) throws {
        let disk = SimulatedFileSystem(seed: 11)
        disk.setOpenFiles(max: openFiles)
        let store = try open(disk)
        try add(0..<6, to: store)
        var known = [try read(disk)]
        var steps = 0
        // While the log is copied, and while segments are.
        let summary = try backUp(disk, links: links) { done, total in
            guard steps < 8, steps < 3 || done > total / 2 else { return }
            steps += 1
            try add((10 + steps)..<(11 + steps), to: store)
            try compact(store)
            known.append(try read(disk))
        }
        #expect(steps > 3)
        try expectWhole(disk)
        _ = try restore(disk, to: "/restored")
        let found = try read(disk, "/restored")
        #expect(found.position == summary.record.position)
        #expect(known.contains(found))
        try store.close()
    }

    // MARK: Damage

    @Test(arguments: [true, false]) func damageOfTheSourceIsNamedAndTouchesNoBackup(links: Bool) throws {
        let (disk, store, first) = try prepared(5)
        let image = disk.snapshot().filter { $0.path.hasPrefix("/backups/") }.map { "\($0.path) \($0.bytes.count)" }
        let newest = try #require(disk.list("/data/segments").map(\.name).last { $0.hasSuffix(".segment") })
        disk.damage("/data/segments/" + newest) { $0[$0.count / 2] ^= 4 }
        let damage = #expect(throws: CorruptionError.self) { _ = try backUp(disk, links: links) }
        #expect(damage?.file == "/data/segments/" + newest)
        #expect((damage?.offset ?? 0) > 0)
        disk.damage("/data/segments/" + newest) { $0[$0.count / 2] ^= 4 }
        let found = try EventStore.verifyBackup("/backups", context: context(disk))
        #expect(found.findings == [] && found.record.number == 1)
        for line in image { #expect(disk.snapshot().contains { "\($0.path) \($0.bytes.count)" == line }) }
        _ = try restore(disk, to: "/restored")
        #expect(try read(disk, "/restored") == first)
        _ = try backUp(disk, links: links)
        try expectWhole(disk)
        try store.close()
    }

    /// A record that others vouch for: nothing is cut there and taken for the end.
    @Test func damageOfTheLogIsNamed() throws {
        let (disk, store, _) = try prepared(12)
        for number in 8..<10 { _ = try store.append([batch(number)]) }
        let log = "/data/log/" + (try #require(disk.list("/data/log").map(\.name).last { $0.hasPrefix("events-") }))
        // A question of the first batch that no segment has.
        let id = Array("c2/51/q".utf8)
        let bytes = try #require(disk.snapshot(of: log))
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: id) })
        disk.damage(log) { $0[place] ^= 4 }
        let damage = logDamage { _ = try backUp(disk) }
        #expect(damage?.file == log && (damage?.offset ?? place) < place)
        try expectWhole(disk, 1)
        disk.damage(log) { $0[place] ^= 4 }
        #expect(try backUp(disk).record.number == 2)
        try store.close()
    }

    /// Each piece, and what the backup is of.
    @Test func damageOfABackupIsNamedAndNeverRestored() throws {
        let (disk, store, _) = try prepared(6)
        _ = try backUp(disk, links: false)
        try store.close()
        let pieces = try disk.list("/backups/pieces").map { "/backups/pieces/" + $0.name }
        var named = 0
        for (index, path) in pieces.enumerated() {
            disk.damage(path) { $0[$0.count / 2] ^= 16 }
            let found = try EventStore.verifyBackup("/backups", context: context(disk))
            if !found.findings.isEmpty {
                named += 1
                #expect(found.findings.count == 1 && found.findings[0].hasPrefix(path))
                #expect(throws: CorruptionError.self) { _ = try restore(disk, to: "/restored\(index)") }
                #expect(throws: CorruptionError.self) { _ = try open(disk, "/restored\(index)") }
            }
            disk.damage(path) { $0[$0.count / 2] ^= 16 }
        }
        #expect(named > 5 && named <= pieces.count)
        let record = "/backups/backup-000000000002"
        for offset in [0, 8, 9, 16, 24, 40, 100] {
            disk.damage(record) { $0[offset] ^= 1 }
            let found = try EventStore.verifyBackup("/backups", context: context(disk))
            #expect(found.findings.count == 1 && found.findings[0].hasPrefix(record))
            disk.damage("/backups/copy-of-backup-000000000002") { $0[offset] ^= 1 }
            #expect(throws: CorruptionError.self) { _ = try restore(disk, to: "/other") }
            #expect(try !disk.isDirectory("/other"))
            disk.damage(record) { $0[offset] ^= 1 }
            disk.damage("/backups/copy-of-backup-000000000002") { $0[offset] ^= 1 }
        }
        try expectWhole(disk)
    }

    // MARK: What is refused

    @Test func theKeyStaysApart() throws {
        let disk = SimulatedFileSystem(seed: 8)
        let store = try open(disk)
        try add(0..<2, to: store)
        #expect(try !backUp(disk, key: false).hasKey)
        #expect(disk.snapshot(of: "/backups/keys/store.key") == nil)
        #expect(throws: BackupRefusal.self) { _ = try restore(disk, to: "/restored") }
        let other = try EventStore.open(at: "/else", context: context(disk, seed: 77), options: Self.options)
        try other.close()
        var wanted = BackupRestoring()
        wanted.keyFile = "/else/keys/store.key"
        #expect(throws: BackupRefusal.self) {
            _ = try EventStore.restoreBackup("/backups", into: "/restored", context: context(disk), wanted)
        }
        #expect(try !disk.isDirectory("/restored"))
        wanted.keyFile = "/data/keys/store.key"
        _ = try EventStore.restoreBackup("/backups", into: "/restored", context: context(disk), wanted)
        #expect(disk.snapshot(of: "/restored/keys/store.key") == disk.snapshot(of: "/data/keys/store.key"))
        #expect(disk.isSecret("/restored/keys/store.key"))
        #expect(try backUp(disk).hasKey && disk.isSecret("/backups/keys/store.key"))
        _ = try restore(disk, to: "/again")
        #expect(try read(disk, "/again") == read(disk))
        // Another store's.
        #expect(throws: BackupRefusal.self) {
            _ = try EventStore.backUp("/else", into: "/backups", context: context(disk))
        }
        try store.close()
    }

    @Test func whatIsInTheWayStays() throws {
        let disk = SimulatedFileSystem(seed: 9)
        let store = try open(disk)
        try add(0..<2, to: store)
        _ = try backUp(disk)
        let image = disk.snapshot().map { "\($0.path) \($0.bytes.count)" }
        #expect(throws: BackupRefusal.self) { _ = try restore(disk, to: "/data") }
        #expect(throws: BackupRefusal.self) {
            _ = try EventStore.backUp("/data", into: "/data", context: context(disk))
        }
        #expect(throws: BackupRefusal.self) { _ = try EventStore.verifyBackup("/data", context: context(disk)) }
        let held = try disk.lock("/backups/LOCK")
        let busy = #expect(throws: StorageError.self) { _ = try backUp(disk) }
        #expect(busy?.isLocked == true)
        held.release()
        #expect(disk.snapshot().map { "\($0.path) \($0.bytes.count)" } == image)
        try store.close()
    }

    // MARK: Earlier

    /// Up to a position: as the store was there, before prices and events that came later.
    @Test func aStoreIsRestoredAsItWasBefore() throws {
        let disk = SimulatedFileSystem(seed: 10)
        let store = try open(disk)
        var known: [Answers] = []
        for number in 0..<8 {
            try add(number..<(number + 1), to: store, seals: number % 3 == 1)
            known.append(try answers(store, without: ["system_events"]))
        }
        try compact(store)
        _ = try backUp(disk)
        try store.close()
        for wanted in known {
            let path = "/at\(wanted.position)"
            let result = try restore(disk, to: path, until: .position(wanted.position))
            #expect(result.position == wanted.position)
            let made = try open(disk, path)
            #expect(try answers(made, without: ["system_events"]) == wanted)
            #expect(try made.verify().findings == [])
            try made.close()
        }
        let end = known[known.count - 1].position
        #expect(throws: BackupRefusal.self) { _ = try restore(disk, to: "/beyond", until: .position(end + 1)) }
        #expect(throws: BackupRefusal.self) { _ = try restore(disk, to: "/beyond", until: .received(.max)) }
        #expect(try !disk.isDirectory("/beyond"))
    }

    /// By a clock that is a year behind the one of the store: what was received stays received when it was.
    @Test func aClockThatIsBehindRestoresAsWell() throws {
        let disk = SimulatedFileSystem(seed: 11)
        let store = try open(disk)
        try add(0..<2, to: store, seals: false)
        let wanted = try answers(store, without: ["system_events"])
        try add(2..<3, to: store, seals: true)
        _ = try backUp(disk)
        try store.close()
        var behind = context(disk)
        behind.clock = SimulatedClock(wallNanoseconds: SampleEvents.start - 365 * 86_400_000_000_000)
        var restoring = BackupRestoring()
        restoring.moment = .position(wanted.position)
        _ = try EventStore.restoreBackup("/backups", into: "/behind", context: behind, restoring)
        let made = try EventStore.open(at: "/behind", context: behind, options: Self.options)
        #expect(try answers(made, without: ["system_events"]) == wanted)
        try made.close()
    }
}
