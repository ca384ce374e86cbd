import Columnar
import Domain
import EventStores
import Platform
import Segments
import Testing

/// A damaged record of the log: nothing is dropped before somebody has said so, and nothing is dropped unsaid.
@Suite struct SettingAsideTests {
    private let disk = SimulatedFileSystem(seed: 82)
    private let log = "/data/log/events-000000000001.log"

    private func open() throws -> EventStore {
        try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
    }

    private func turn(_ name: String) -> IngestBatch {
        var events = SampleEvents()
        events.addTurn(name, 1, at: 10)
        return events.batch
    }

    /// A store with turns that are sealed, if they are to be, and four that are not; where the records of these begin.
    private func make(isSealed: Bool, turns: Int = 1) throws -> [Int] {
        let store = try open()
        for number in 0..<turns { _ = try store.append([turn(number == 0 ? "sealed" : "sealed-\(number)")]) }
        if isSealed { try store.seal() }
        var places: [Int] = []
        for name in ["a", "b", "c", "d"] {
            places.append(try end())
            _ = try store.append([turn(name)])
        }
        try store.close()
        return places
    }

    /// Where the records of the log end so far.
    private func end() throws -> Int {
        let bytes = try #require(disk.snapshot(of: log))
        var offset = 512
        // A record has a checksum, then the length of its payload.
        while bytes[offset..<(offset + 8)].contains(where: { $0 != 0 }) {
            let length = bytes[(offset + 8)..<(offset + 12)].reversed().reduce(0) { $0 << 8 | Int($1) }
            offset += 56 + (length + 7) / 8 * 8
        }
        return offset
    }

    private func ids(_ store: EventStore) throws -> Set<String> { Set(try rows(store, "message_received", ["id"])) }

    @Test(arguments: [false, true]) func whatIsLostIsToldDoneAndSaidEverAfter(isSealed: Bool) throws {
        let places = try make(isSealed: isSealed)
        disk.damage(log) { $0[places[2] + 70] ^= 8 }
        let damaged = try #require(disk.snapshot(of: log))
        let refusal = logDamage { try open().close() }
        #expect(refusal?.file == log && refusal?.offset == places[2])
        let faults = try EventStore.fileFaults(at: "/data", context: context(disk))
        #expect(faults.count == 1 && faults.isLogDamaged, "\(faults.lines)")
        let told = try #require(try EventStore.logDamage(at: "/data", context: context(disk)))
        #expect(told.damage.offset == places[2] && told.faultCount == 1 && told.copied == [])
        #expect(told.extent.hasPrefix("events of positions 10 to 15,"), "\(told.extent)")
        #expect(told.intactEvents == 3 && told.intactRecords >= 1)
        #expect(disk.snapshot(of: log) == damaged)
        #expect(logDamage { try open().close() } == refusal)

        let done = try #require(try EventStore.setLogAside(at: "/data", context: context(disk)))
        #expect(done.extent == told.extent && done.copied == ["/data/set-aside/1/events-000000000001.log"])
        #expect(disk.snapshot(of: done.copied[0]) == damaged)
        #expect(try EventStore.logDamage(at: "/data", context: context(disk)) == nil)
        try expectLoss(position: 9)
        // The same after a seal, when the state tells of it.
        let store = try open()
        try store.seal()
        try store.close()
        try expectLoss(position: 9)
        #expect(try EventStore.setLogAside(at: "/data", context: context(disk)) == nil)
        #expect(try EventStore.fileFaults(at: "/data", context: context(disk)).count == 0)
    }

    private func expectLoss(position: Int64) throws {
        let store = try open()
        #expect(store.position == position)
        #expect(try rows(store, "message_received", ["id"]).count == 3)
        #expect(try rows(store, "system_events", ["type"]).filter { $0.contains("log.set_aside") }.count == 1)
        for table in ["turns", "events", "llm_call"] {
            let (statistics, source) = (ScanStatistics(), try #require(store.snapshot().table(named: table)))
            _ = try source.morsels(for: ScanRequest(columns: [0], statistics: statistics))
            #expect(statistics.notices.contains { $0.hasPrefix("not exact:") && $0.contains("10 to 15") }, "\(table)")
        }
        #expect(store.status.troubles.contains { $0.line.contains("set-aside/1") && $0.line.contains("10 to 15") })
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// A whole log that tells of a manifest which is gone is refused by a start, and nothing of it could be set aside.
    @Test func lostManifestsAreDamageOfAnotherKind() throws {
        _ = try make(isSealed: true)
        for file in disk.snapshot() where file.path.contains("manifest-") { try disk.remove(file.path) }
        let refusal = try #require(throws: CorruptionError.self) { try open().close() }
        #expect(refusal.file.hasPrefix("/data/segments/manifest-") && refusal.expectation.contains("missing"))
        let before = disk.snapshot().map(\.path)
        #expect(throws: refusal) { try EventStore.logDamage(at: "/data", context: context(disk)) }
        #expect(throws: refusal) { try EventStore.setLogAside(at: "/data", context: context(disk)) }
        #expect(disk.snapshot().map(\.path) == before)
    }

    /// What was lost may be sent again, and is taken as new.
    @Test func eventsThatWereLostAreTakenAgain() throws {
        let places = try make(isSealed: true)
        disk.damage(log) { $0[places[0] + 9] ^= 1 }
        _ = try #require(try EventStore.setLogAside(at: "/data", context: context(disk)))
        let store = try open()
        for name in ["a", "b", "c", "d"] { #expect(try store.append([turn(name)])[0].accepted == 3) }
        #expect(try store.append([turn("sealed")])[0].accepted == 0)
        #expect(try ids(store).count == 5 && store.position == 15)
        try store.seal()
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// Also of a store that had hardly begun.
    @Test func theFirstRecordMayBeTheDamagedOne() throws {
        try open().close()
        disk.damage(log) { $0[512 + 20] ^= 1 }
        #expect(logDamage { try open().close() }?.offset == 512)
        let done = try #require(try EventStore.setLogAside(at: "/data", context: context(disk)))
        #expect(done.extent.hasPrefix("no event"), "\(done.extent)")
        let store = try open()
        #expect(try store.append([turn("a")])[0].accepted == 3)
        try store.close()
        let again = try open()
        #expect(try again.verify().findings == [] && again.position == 3)
        try again.close()
    }

    /// How the log can lose its beginning.
    enum Beginning: CaseIterable { case header, file, folder }

    @Test(arguments: Beginning.allCases) func itBeginsAgainBehindWhatIsSealed(beginning: Beginning) throws {
        _ = try make(isSealed: true)
        switch beginning {
        case .header: disk.damage(log) { $0[20] ^= 1 }
        case .file: try disk.remove(log)
        case .folder:
            for name in try disk.list("/data/log").map(\.name) { try disk.remove("/data/log/" + name) }
            try disk.removeDirectory("/data/log")
        }
        let damaged = disk.snapshot(of: log)
        let told = try #require(try EventStore.logDamage(at: "/data", context: context(disk)))
        #expect(logDamage { try open().close() } != nil)
        let isSearched = beginning == .header
        // How far the log reached stands beside its files.
        #expect(
            told.extent.hasPrefix(beginning != .folder ? "events of positions 4 to 15," : "events from position 4 on,"),
            "\(told.extent)")
        #expect(told.intactEvents == (isSearched ? 12 : 0))

        let done = try #require(try EventStore.setLogAside(at: "/data", context: context(disk)))
        #expect(done.extent == told.extent)
        #expect(done.copied == (isSearched ? ["/data/set-aside/1/events-000000000001.log"] : []))
        #expect(try EventStore.fileFaults(at: "/data", context: context(disk)).count == 0)
        // As if power had gone before the old file was removed: it is passed over, and goes with the next seal.
        if let damaged {
            #expect(disk.snapshot(of: done.copied[0]) == damaged)
            try disk.replace(log, with: damaged)
        }
        let store = try open()
        #expect(try store.position == 3 && ids(store).count == 1)
        #expect(try rows(store, "system_events", ["type"]).filter { $0.contains("log.set_aside") }.count == 1)
        #expect(store.status.troubles.contains { $0.line.contains("set-aside/1") })
        for name in ["a", "b", "c", "d"] { #expect(try store.append([turn(name)])[0].accepted == 3) }
        #expect(try store.append([turn("sealed")])[0].accepted == 0)
        try store.seal()
        #expect(try store.verify().findings == [])
        #expect(disk.snapshot(of: log) == nil)
        try store.close()
        let again = try open()
        #expect(try again.position == 15 && ids(again).count == 5)
        try again.close()
        #expect(try EventStore.fileFaults(at: "/data", context: context(disk)).count == 0)
    }

    /// The record of the first loss, with which the log was begun again, is told again and so is not lost.
    @Test func whatTheLogWasBegunAgainWithIsNoLoss() throws {
        _ = try make(isSealed: true)
        disk.damage(log) { $0[20] ^= 1 }
        _ = try #require(try EventStore.setLogAside(at: "/data", context: context(disk)))
        disk.damage("/data/log/events-000000000003.log") { $0[20] ^= 1 }
        let done = try #require(try EventStore.setLogAside(at: "/data", context: context(disk)))
        #expect(done.intactRecords == 0 && done.intactEvents == 0)
        #expect(done.extent.hasPrefix("no event"), "\(done.extent)")
        let store = try open()
        #expect(try rows(store, "system_events", ["type"]).filter { $0.contains("log.set_aside") }.count == 2)
        try store.close()
    }

    /// A loss is said ever after, also where the record of it is in the next stretch that is lost.
    @Test func theNextLossLeavesTheFirstOneSaid() throws {
        let places = try make(isSealed: true)
        disk.damage(log) { $0[places[2] + 70] ^= 8 }
        _ = try #require(try EventStore.setLogAside(at: "/data", context: context(disk)))
        let store = try open()
        for name in ["c", "d", "e"] { _ = try store.append([turn(name)]) }
        try store.close()
        // The first record of the file tells of the first loss.
        disk.damage("/data/log/events-000000000002.log") { $0[512 + 70] ^= 8 }
        let done = try #require(try EventStore.setLogAside(at: "/data", context: context(disk)))
        #expect(done.extent.hasPrefix("events of positions 10 to 18,"), "\(done.extent)")
        for isSealed in [false, true] {
            let again = try open()
            #expect(try rows(again, "system_events", ["type"]).filter { $0.contains("log.set_aside") }.count == 2)
            let notice = try #require(again.snapshot().lossNotice)
            let beginning = "not exact: 2 damaged stretches of the log were set aside, and with them "
            let extent = "events of positions 10 to 15; events of positions 10 to 18, and prices"
            #expect(notice.hasPrefix(beginning + extent), "\(notice)")
            #expect(again.status.troubles.count { $0.line.contains("set-aside/") } == 2)
            // Whoever takes the events elsewhere is told.
            let header = try again.exportReader(in: .min ..< .max).beginning
            #expect(header.notice == notice)
            #expect(try ExportHeader(parsing: Array(header.line.utf8)) == header)
            if !isSealed { try again.seal() }
            try again.close()
        }
    }

    /// What tells of a loss is written before the loss: where it cannot be, nothing is lost. One that cannot be read is
    /// named, and passed over by nobody.
    @Test func aLossIsWrittenDownBeforeItHappens() throws {
        let places = try make(isSealed: true)
        disk.damage(log) { $0[places[2] + 70] ^= 8 }
        var (call, isDone) = (1, false)
        while !isDone {
            disk.arm(SimulatedFault(.powerCut, atCall: call))
            do {
                _ = try EventStore.setLogAside(at: "/data", context: context(disk))
                isDone = true
                disk.disarm()
            } catch {
                // Whatever is said of a disk that has gone: what counts is what stands there when it is back.
                disk.crash(.power)
            }
            try #require(call < 1000)
            guard let told = try EventStore.logDamage(at: "/data", context: context(disk)) else { break }
            #expect(told.damage.offset == places[2], "call \(call)")
            call += 1
        }
        #expect(call > 10)
        let store = try open()
        #expect(try rows(store, "system_events", ["type"]).filter { $0.contains("log.set_aside") }.count == 1)
        for name in ["c", "d"] { _ = try store.append([turn(name)]) }
        try store.close()
        // The record of the loss is lost: what stands beside the copies tells of it, once.
        disk.damage("/data/log/events-000000000002.log") { $0[512 + 70] ^= 8 }
        let folders = try disk.list("/data/set-aside").map { "/data/set-aside/" + $0.name + "/loss.json" }
        let written = try #require(folders.first { disk.snapshot(of: $0) != nil })
        let whole = try #require(disk.snapshot(of: written))
        disk.damage(written) { $0[0] ^= 1 }
        #expect(throws: CorruptionError.self) { try EventStore.setLogAside(at: "/data", context: context(disk)) }
        #expect(try EventStore.fileFaults(at: "/data", context: context(disk)).lines[0].hasPrefix(written + " "))
        disk.damage(written) { $0 = whole }
        _ = try #require(try EventStore.setLogAside(at: "/data", context: context(disk)))
        let again = try open()
        #expect(try rows(again, "system_events", ["type"]).filter { $0.contains("log.set_aside") }.count == 2)
        try again.close()
    }

    /// Damage of the last record of a log counts as a record that was cut short; where it told of a loss, what stands
    /// beside the copies tells of it again.
    @Test(arguments: [false, true]) func theLastRecordMayBeTheOneOfALoss(isRead: Bool) throws {
        let places = try make(isSealed: true)
        disk.damage(log) { $0[places[2] + 70] ^= 8 }
        _ = try #require(try EventStore.setLogAside(at: "/data", context: context(disk)))
        let next = "/data/log/events-000000000002.log"
        disk.damage(next) { $0[512 + 70] ^= 8 }
        let damaged = disk.snapshot(of: next)
        if isRead {
            let reader = try EventStore.openForReading(
                at: "/data", context: context(disk), options: EventStoreTests.options())
            #expect(reader.snapshot().lossNotice?.contains("10 to 15") == true)
            try reader.close()
            #expect(disk.snapshot(of: next) == damaged)
        }
        // Once from the file, then from the log.
        for _ in 0..<2 { try expectLoss(position: 9) }
        // A file that tells of a stretch which was put back tells of no loss. The log ends earlier then than where it
        // was closed, and that is to be said as well.
        try disk.remove(next)
        disk.damage(log) { $0[places[2] + 70] ^= 8 }
        #expect(logDamage { try open().close() }?.file == next)
        try disk.remove("/data/log/log.end")
        let store = try open()
        #expect(store.position == 15 && store.snapshot().lossNotice == nil)
        try store.close()
    }

    /// Names that nobody of us gave are no numbers.
    @Test func foldersOfOtherNamesAreLeftAlone() throws {
        let places = try make(isSealed: true)
        disk.damage(log) { $0[places[2] + 70] ^= 8 }
        for name in ["9223372036854775807", "-3", "+7", "05"] { try disk.createDirectories("/data/set-aside/" + name) }
        let done = try #require(try EventStore.setLogAside(at: "/data", context: context(disk)))
        #expect(done.copies == "/data/set-aside/1")
    }

    /// Where nothing was sealed nothing says how the log could go on.
    @Test func withoutASegmentTheBeginningIsNeeded() throws {
        _ = try make(isSealed: false)
        disk.damage(log) { $0[20] ^= 1 }
        let damaged = disk.snapshot(of: log)
        #expect(logLoss { _ = try EventStore.setLogAside(at: "/data", context: context(disk)) }?.file == log)
        #expect(disk.snapshot(of: log) == damaged)
    }

    /// A store whose log is gone is no new one: all who look at it say so, and nothing is made in its place.
    @Test(arguments: [false, true]) func aLogThatIsGoneIsMissed(isSealed: Bool) throws {
        _ = try make(isSealed: isSealed)
        let files = try disk.list("/data/log").map { "/data/log/" + $0.name }
        let kept = files.map { (path: $0, bytes: disk.snapshot(of: $0)) }
        for path in files { try disk.remove(path) }
        try disk.removeDirectory("/data/log")
        for _ in 0..<2 {
            #expect(logDamage { try open().close() }?.file == "/data/log")
        }
        let faults = try EventStore.fileFaults(at: "/data", context: context(disk))
        #expect(faults.count == 1 && faults.lines[0].hasPrefix("/data/log "), "\(faults.lines)")
        if !isSealed {
            let lost = logLoss { _ = try EventStore.setLogAside(at: "/data", context: context(disk)) }
            #expect(lost?.file == "/data/log")
        }
        #expect(try !disk.isDirectory("/data/log"))
        try disk.createDirectories("/data/log")
        for file in kept { try disk.replace(file.path, with: try #require(file.bytes)) }
        let store = try open()
        #expect(try ids(store).count == 5)
        try store.close()
    }

    /// A file that was made ready for records, and what says how the log was closed, are no log: beside segments that
    /// nothing tells of they make no new store, which would take these for what came to nothing.
    @Test(arguments: [["log.end"], ["spare-000000000002.log"], ["log.end", "spare-000000000002.log"]])
    func segmentsWithoutRecordsAndManifestAreMissed(left: [String]) throws {
        _ = try make(isSealed: true)
        let segments = try disk.list("/data/segments").map(\.name)
        for name in segments where name.contains("manifest") { try disk.remove("/data/segments/" + name) }
        for entry in try disk.list("/data/log") where !left.contains(entry.name) {
            try disk.remove("/data/log/" + entry.name)
        }
        if left.contains("spare-000000000002.log") {
            try disk.replace("/data/log/spare-000000000002.log", with: [UInt8](repeating: 0, count: 4_096))
        }
        for _ in 0..<2 {
            #expect(logDamage { try open().close() }?.file == "/data/log")
        }
        #expect(logLoss { _ = try EventStore.setLogAside(at: "/data", context: context(disk)) }?.file == "/data/log")
        #expect(try EventStore.fileFaults(at: "/data", context: context(disk)).count >= 1)
        let kept = segments.filter { !$0.contains("manifest") }
        #expect(try Set(disk.list("/data/segments").map(\.name)) == Set(kept) && !kept.isEmpty)
    }

    /// Whether or not keys are there already, a directory without either folder is that of a new store.
    @Test func aDirectoryWithKeysAloneIsANewStore() throws {
        try disk.createDirectories("/data/keys")
        try disk.replace("/data/keys/tokens", with: [1])
        let store = try open()
        #expect(store.recovery.isNew)
        try store.close()
    }

    /// What a start does not read stops nothing, and nothing is lost with it; it is named all the same.
    @Test func damageOfWhatIsSealedIsNamed() throws {
        let places = try make(isSealed: true)
        disk.damage(log) { $0[512 + 70] ^= 8 }
        let faults = try EventStore.fileFaults(at: "/data", context: context(disk))
        #expect(faults.count == 1 && faults.harmlessCount == 1 && !faults.isLogDamaged)
        #expect(
            faults.lines.first?.hasPrefix("\(log) is damaged at offset 512:") == true
                && faults.lines.first?.contains("nothing is lost") == true, "\(faults.lines)")
        #expect(try EventStore.setLogAside(at: "/data", context: context(disk)) == nil)
        let store = try open()
        #expect(try ids(store).count == 5)
        try store.close()
        // Beside what is lost.
        disk.damage(log) { $0[places[2] + 70] ^= 8 }
        let both = try EventStore.fileFaults(at: "/data", context: context(disk))
        #expect(both.count == 2 && both.harmlessCount == 1 && both.isLogDamaged, "\(both.lines)")
    }

    /// Damage elsewhere is none of the log, and a store that is served keeps its log.
    @Test func nothingElseIsSetAside() throws {
        _ = try make(isSealed: true)
        #expect(try EventStore.setLogAside(at: "/data", context: context(disk)) == nil)
        let store = try open()
        #expect(throws: StorageError.self) { try EventStore.setLogAside(at: "/data", context: context(disk)) }
        try store.close()
        let names = try disk.list("/data/segments").map(\.name)
        for name in names.filter({ $0.contains("manifest-") }) {
            disk.damage("/data/segments/" + name) { $0[$0.count / 2] ^= 1 }
        }
        #expect(throws: CorruptionError.self) { try EventStore.setLogAside(at: "/data", context: context(disk)) }
        #expect(try !disk.isDirectory("/data/set-aside"))
    }

    /// Three kinds of damage at once, each named, in the order of the files.
    @Test func allFilesAreLookedAt() throws {
        // A column of one value alone has no page.
        let places = try make(isSealed: true, turns: 3)
        let names = try disk.list("/data/segments").map(\.name)
        let segment = "/data/segments/" + (try #require(names.first { $0.hasSuffix(".segment") }))
        let state = "/data/segments/" + (try #require(names.first { $0.hasPrefix("state-") }))
        let reader = try SegmentReader.open(fileSystem: disk, path: segment)
        for table in ["message_received", "message_sent"] {
            let index = try #require(reader.columns(table: table).firstIndex { $0.name == "id" })
            let page = try #require(reader.pagePlaces(table: table, column: index).first { !$0.isEmpty })
            disk.damage(segment) { $0[(page.lowerBound + page.upperBound) / 2] ^= 4 }
        }
        disk.damage(state) { $0[$0.count - 1] ^= 1 }
        disk.damage(log) {
            $0[places[1] + 70] ^= 8
            $0[places[3] + 70] ^= 8
        }
        disk.damage("/data/keys/store.key") { $0[3] ^= 1 }
        let faults = try EventStore.fileFaults(at: "/data", context: context(disk))
        let files = faults.lines.map { $0.split(separator: " ")[0] }
        #expect(
            files.map(String.init) == ["/data/keys/store.key", segment, segment, state, log, log], "\(faults.lines)")
        #expect(faults.count == 6 && faults.isLogDamaged)
        // A segment that is gone is one fault among others.
        try disk.remove(segment)
        let missing = try EventStore.fileFaults(at: "/data", context: context(disk))
        #expect(missing.count == 5 && missing.lines[1].contains("the file is missing"), "\(missing.lines)")
    }
}
