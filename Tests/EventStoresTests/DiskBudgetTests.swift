import Columnar
import Domain
import EventStores
import Platform
import Testing

/// A budget for the disk: somebody is told, then the oldest events go, none that is to be kept, and where nothing may
/// go none is taken.
@Suite struct DiskBudgetTests {
    private static let day: Int64 = 86_400_000_000_000
    private static let kept = 7 * day

    private let disk = SimulatedFileSystem(seed: 71)
    private let clock = SimulatedClock(wallNanoseconds: SampleEvents.start + 3_600_000_000_000)

    private func open(_ limits: RetentionLimits, _ disk: SimulatedFileSystem? = nil) throws -> EventStore {
        let context = StoreContext(
            fileSystem: disk ?? self.disk, clock: clock, randomness: SeededRandomness(seed: 1),
            workers: InlineWorkers(), sideQueue: HeldBackgroundQueue())
        var options = EventStoreTests.options()
        options.retention = limits
        return try EventStore.open(at: "/data", context: context, options: options)
    }

    private static func budget(_ bytes: Int) -> RetentionLimits {
        var limits = RetentionLimits()
        limits.budget = DiskBudget(bytes: bytes, keptNanoseconds: kept)
        return limits
    }

    /// Events outside any conversation, whose ids are long and all over the place: all of that goes with them.
    private static func probes(_ name: String, day: Int) -> IngestBatch {
        var events = SampleEvents()
        for number in UInt64(1)...2_000 {
            let words = [0x9E37_79B9_7F4A_7C15, 0xD1B5_4A32_D192_ED03].map { String(number &* $0, radix: 36) }
            let second = Double(day) * 86_400 + Double(number) / 10
            events.add("probe.checked", id: name + words.joined(), at: second, ["target": .text("a")])
        }
        return events.batch
    }

    private static func turn(_ conversation: String, day: Int) -> IngestBatch {
        var events = SampleEvents()
        events.addTurn(conversation, 1, at: Double(day) * 86_400)
        return events.batch
    }

    /// Lets a store have a segment for each of three days, and be closed on a later one; how many bytes its files come
    /// to once it is open again, and the first segment.
    private func fill(until lastDay: Int) throws -> (bytes: Int, segment: Int) {
        let store = try open(RetentionLimits())
        for day in 0..<3 {
            for part in ["a", "b"] { _ = try store.append([Self.probes("\(day)\(part)", day: day)]) }
            try store.seal()
            clock.advance(nanoseconds: Self.day)
        }
        clock.advance(nanoseconds: Int64(lastDay - 3) * Self.day)
        _ = try store.append([Self.turn("newest", day: lastDay)])
        try store.close()
        let again = try open(RetentionLimits())
        try again.tick()
        let bytes = try #require(again.status.diskUse).bytes
        try again.close()
        let segments = try disk.list("/data/segments").map(\.name).filter { $0.hasSuffix(".segment") }
        return (bytes, try #require(try disk.lengthBytes(of: "/data/segments/" + segments[0])))
    }

    private func tick(_ store: EventStore, after nanoseconds: Int64 = 120_000_000_000) throws {
        clock.advance(nanoseconds: nanoseconds)
        for _ in 0..<4 {
            try store.tick()
            try store.finishJobs()
        }
    }

    private func dropped(_ store: EventStore, _ reason: RetentionReason = .diskBudget) -> Int64 {
        store.status.retention.dropped.first { $0.reason == reason }?.events ?? 0
    }

    private func told(_ store: EventStore, _ words: String) -> Bool {
        store.troubles.contains { $0.line.contains(words) }
    }

    @Test func filesAreCountedByWhatTheyAreFor() throws {
        let store = try open(RetentionLimits())
        _ = try store.append([Self.turn("a", day: 0)])
        try store.seal()
        let use = try #require(store.status.diskUse)
        #expect(use.bytes(of: .segments) == store.status.segmentBytes && use.bytes(of: .segments) > 0)
        for (kind, folder) in [(DiskUse.Kind.log, "/data/log"), (.other, "/data/keys")] {
            let bytes = try disk.list(folder).reduce(0) { try $0 + (disk.lengthBytes(of: folder + "/" + $1.name) ?? 0) }
            #expect(bytes > 0 && use.bytes(of: kind) >= bytes, "\(folder)")
        }
        #expect(use.bytes(of: .state) > 0 && use.bytes(of: .setAside) == 0)
        #expect(use.bytes == DiskUse.Kind.allCases.reduce(0) { $0 + use.bytes(of: $1) })
        try store.close()
    }

    /// A folder that is not the store's own may be somebody else's, as `lost+found` at the root of a volume is, or lie
    /// on another volume: what is beside it is counted all the same.
    @Test func foldersOfOthersKeepNothingFromBeingCounted() throws {
        let store = try open(RetentionLimits())
        _ = try store.append([Self.turn("a", day: 0)])
        try store.close()
        let volume = OthersFolders(disk, denied: "/data/lost+found", linked: "/data/backups")
        let context = StoreContext(
            fileSystem: volume, clock: clock, randomness: SeededRandomness(seed: 1), workers: InlineWorkers(),
            sideQueue: HeldBackgroundQueue())
        let again = try EventStore.open(at: "/data", context: context, options: EventStoreTests.options())
        let bytes = try #require(again.status.diskUse).bytes
        for folder in ["/data/lost+found", "/data/backups"] {
            try disk.createDirectories(folder)
            try disk.replace(folder + "/file", with: [UInt8](repeating: 1, count: 1_000))
        }
        #expect(again.status.diskUse?.bytes == bytes)
        try again.close()
    }

    /// Only as much goes as must, the oldest first, and the record says why.
    @Test func theOldestGoAndNoMoreThanMust() throws {
        let (bytes, segment) = try fill(until: 40)
        let store = try open(Self.budget((bytes - segment / 4) / 9 * 10))
        try store.tick()
        // A start takes the wall clock at its word, and nothing goes by that.
        #expect(told(store, "for three days") && dropped(store) == 0 && store.lastDrop == nil)
        try tick(store, after: 4 * Self.day)
        #expect(dropped(store) == 4_000 && dropped(store, .age) == 0)
        #expect(store.troubles.isEmpty && !store.isBudgetSpent, "\(store.troubles)")
        let status = store.status
        #expect(try #require(status.diskUse).bytes < bytes)
        #expect(status.droppedEvents == 4_000 && status.retention.overdueNanoseconds == nil)
        #expect(try #require(status.retention.dropped.last).bytes >= Int64(segment))
        #expect(try #require(status.retention.lastDrop) <= clock.wallNanoseconds())
        #expect(store.lastDrop?.contains("4000 events") == true && store.lastDrop?.contains("max_disk says") == true)
        let records = try rows(store, "system_events", ["type", "data"]).filter { $0.contains("retention.dropped") }
        #expect(records.count == 1 && records[0].contains("disk_budget"), "\(records)")
        #expect(store.snapshot().priceNotice?.contains("as max_disk says") == true)
        #expect(try store.verify().findings == [])
        // What is left is within the budget.
        try tick(store)
        #expect(dropped(store) == 4_000)
        try store.close()
    }

    /// What went may have been enough: where nobody can look nothing more goes by what was seen before.
    @Test func nothingGoesByALookFromBefore() throws {
        let (bytes, segment) = try fill(until: 40)
        let store = try open(Self.budget((bytes - segment / 4) / 9 * 10))
        try store.tick()
        clock.advance(nanoseconds: 4 * Self.day)
        for _ in 0..<4 where dropped(store) == 0 {
            try store.tick()
            try store.finishJobs()
        }
        #expect(dropped(store) == 4_000)
        disk.arm(SimulatedFault(.failure(24), atCall: 1, of: [.list], isLasting: true))
        for _ in 0..<3 { try tick(store) }
        #expect(dropped(store) == 4_000 && store.status.diskUse == nil)
        #expect(told(store, "cannot be measured") && store.status.failedDiskLooks >= 3, "\(store.troubles)")
        disk.disarm()
        try tick(store)
        #expect(try dropped(store) == 4_000 && store.verify().findings == [])
        #expect(!told(store, "cannot be measured") && store.status.failedDiskLooks >= 3)
        try store.close()
    }

    /// Somebody is told while everything still fits, and nothing goes.
    @Test func whatWillGoIsToldBefore() throws {
        let (bytes, _) = try fill(until: 40)
        let store = try open(Self.budget(bytes / 85 * 100))
        try store.tick()
        #expect(told(store, "four fifths of max_disk") && told(store, "more than 7 days ago"), "\(store.troubles)")
        try tick(store, after: 4 * Self.day)
        #expect(dropped(store) == 0 && store.status.segments == 3)
        #expect(try store.append([Self.turn("more", day: 44)])[0].accepted == 3)
        #expect(store.status.retention.limits.budget?.bytes == bytes / 85 * 100)
        try store.close()
        let large = try open(Self.budget(bytes * 2))
        try large.tick()
        #expect(large.troubles.isEmpty)
        try large.close()
    }

    /// Nothing younger goes however little room there is; then nothing comes in either, until something may go.
    @Test func whereNothingMayGoNoEventIsTaken() throws {
        let (bytes, segment) = try fill(until: 5)
        let limits = Self.budget(bytes - segment / 4)
        let store = try open(limits)
        #expect(try store.append([Self.turn("before a look", day: 5)])[0].accepted == 3)
        try tick(store)
        #expect(store.isBudgetSpent && dropped(store) == 0 && store.status.segments == 3)
        #expect(told(store, "no event can go: no more sealed events were received more than 7 days ago"))
        do {
            _ = try store.append([Self.turn("more", day: 5)])
            Issue.record("it was taken")
        } catch StoreError.budgetSpent(let reason) {
            #expect(reason.contains("retention.keep_at_least"), "\(reason)")
        }
        // What the store notes of itself goes on, or nobody would be told.
        _ = try store.append([IngestBatch(notes: [SystemNote(.metricsSampled, data: "{}")])])
        let count = try rows(store, "events", ["id"]).count
        #expect(count == 12_006)
        try tick(store, after: 9 * Self.day)
        // How many that are follows from what else lies in the directory: as many as must, whole segments.
        let gone = dropped(store)
        #expect([4_000, 8_000, 12_000].contains(gone) && !store.isBudgetSpent, "\(gone), \(store.troubles)")
        let (left, most) = (try #require(store.status.diskUse).bytes, try #require(limits.budget).dropBytes)
        #expect(left <= most && left + segment > most, "\(left) of \(most)")
        #expect(try store.append([Self.turn("more", day: 14)])[0].accepted == 3)
        #expect(try rows(store, "events", ["id"]).count == 12_009 - Int(gone))
        #expect(try store.verify().findings == [])
        try store.close()
        let again = try open(RetentionLimits())
        #expect(dropped(again) == gone && again.status.droppedUntil != nil)
        try again.close()
    }

    /// A clock that is a year ahead at a start takes nothing along.
    @Test func aClockThatRunsAwayTakesNothingAlong() throws {
        let (bytes, segment) = try fill(until: 5)
        clock.step(toWallNanoseconds: clock.wallNanoseconds() + 365 * Self.day)
        let store = try open(Self.budget(bytes - segment / 4))
        for _ in 0..<3 { try tick(store, after: 3_600_000_000_000) }
        #expect(dropped(store) == 0 && told(store, "for three days") && store.isBudgetSpent)
        try store.close()
    }

    // MARK: Faults

    /// A store with a segment of ten days ago, mostly in a budget that has no room at all.
    private func small(
        _ disk: SimulatedFileSystem, _ limits: RetentionLimits = Self.budget(10)
    ) throws -> EventStore {
        let store = try open(limits, disk)
        var events = SampleEvents()
        events.addTurn("one", 1, at: 10)
        events.addTurn("goes on", 1, at: 30)
        events.add("probe.checked", id: "probe", at: 40, ["target": .text("a")])
        _ = try store.append([events.batch])
        try store.seal()
        clock.advance(nanoseconds: 5 * Self.day)
        events = SampleEvents()
        events.add("probe.checked", id: "later", at: 5 * 86_400, ["target": .text("a")])
        _ = try store.append([events.batch])
        clock.advance(nanoseconds: 5 * Self.day)
        events = SampleEvents()
        events.addTurn("goes on", 2, at: 10 * 86_400)
        _ = try store.append([events.batch])
        return store
    }

    private func drop(_ store: EventStore) throws -> Bool { try dropOldEvents(of: store, clock) }

    /// Power goes at any step: the events are there, or all that was made of them and why they went.
    @Test func itIsWholeOrNotAtAll() throws {
        var (call, hasEnded, count) = (1, false, 0)
        while !hasEnded {
            let disk = SimulatedFileSystem(seed: UInt64(call))
            let began = clock.wallNanoseconds()
            let store = try small(disk)
            let before = try readModels(store)
            disk.arm(SimulatedFault(.powerCut, atCall: call))
            hasEnded = (try? drop(store)) == true
            disk.crash(.power)
            let again = try open(RetentionLimits(), disk)
            let events = try rows(again, "events", ["id"]).count
            #expect(events == 11 && dropped(again) == 0 || events == 7 && dropped(again) == 4, "at call \(call)")
            count += events == 7 ? 1 : 0
            #expect(try readModels(again) == before && again.verify().findings == [], "at call \(call)")
            try again.close()
            clock.step(toWallNanoseconds: began)
            call += 1
        }
        #expect(call > 10 && count > 1)
    }

    /// A disk that refuses any one step leaves the store as it was, and the next attempt succeeds.
    @Test(arguments: [5, 28] as [Int32]) func aFailureAtAnyStepIsMadeGood(code: Int32) throws {
        var (call, hasEnded) = (1, false)
        while !hasEnded {
            let disk = SimulatedFileSystem(seed: UInt64(call))
            let began = clock.wallNanoseconds()
            let store = try small(disk)
            let before = try readModels(store)
            let faults = disk.counts.faults
            disk.arm(SimulatedFault(.failure(code), atCall: call))
            hasEnded = (try? drop(store)) == true && disk.counts.faults == faults
            disk.disarm()
            #expect(try readModels(store) == before, "at call \(call)")
            disk.crash()
            let again = try open(Self.budget(10), disk)
            if dropped(again) == 0 { #expect(try drop(again), "at call \(call)") }
            #expect(try dropped(again) == 4 && readModels(again) == before, "at call \(call)")
            try again.close()
            clock.step(toWallNanoseconds: began)
            call += 1
        }
        #expect(call > 10)
    }

    /// What calls cost is frozen once a seal knows all prices: where there is too little room it does not wait for one.
    @Test func aPriceIsSealedBeforeAnythingGoes() throws {
        let store = try small(disk)
        var events = SampleEvents()
        events.addPrice("other-model", "input", picoPerToken: 2_000, at: 10 * 86_400)
        _ = try store.append([events.batch])
        let (before, segments) = (try readModels(store), store.status.segments)
        #expect(try !drop(store))
        try store.finishJobs()
        #expect(store.status.segments == segments + 1 && store.status.unsealedEvents == 0)
        try tick(store)
        #expect(dropped(store) == 4)
        #expect(try readModels(store) == before && store.verify().findings == [])
        try store.close()
    }

    /// Where a price comes each second, a segment of each would be all that comes of it.
    @Test func whatWaitsForASealHasOneMadeSeldom() throws {
        let store = try small(disk)
        var seals = 0
        for second in 0..<60 {
            var events = SampleEvents()
            clock.advance(nanoseconds: 1_000_000_000)
            events.addPrice("model \(second)", "input", picoPerToken: 2_000, at: 10 * 86_400 + Double(second))
            _ = try store.append([events.batch])
            try store.tick()
            try store.finishJobs()
            if store.status.unsealedEvents == 0 { seals += 1 }
        }
        // The first one at once, the second one ten seconds later, the third one after twice as long.
        #expect((2...4).contains(seals), "\(seals)")
        try store.close()
    }

    /// What could not be dropped for want of room is said, and tried again.
    @Test func aFailureIsSaid() throws {
        let store = try small(disk)
        disk.arm(SimulatedFault(.failure(5), atCall: 1, of: [.rename], isLasting: true))
        #expect(throws: (any Error).self) { try drop(store) }
        #expect(told(store, "the last attempt failed") && told(store, "old enough stay") && store.isBudgetSpent)
        disk.disarm()
        clock.advance(nanoseconds: 900_000_000_000)
        #expect(try drop(store))
        #expect(dropped(store) == 4 && !told(store, "the last attempt failed"))
        try store.close()
    }

    /// For how long events of before the period could have gone, and that none are left.
    @Test func whatShouldHaveGoneIsSaid() throws {
        let store = try small(disk, RetentionLimits(eventsNanoseconds: Self.kept))
        #expect(store.status.retention.overdueNanoseconds == 3 * Self.day)
        #expect(try drop(store))
        #expect(store.status.retention.overdueNanoseconds == 0)
        #expect(dropped(store, .age) == 4 && dropped(store) == 0 && store.status.retention.lastDrop != nil)
        #expect(store.lastDrop?.contains("as retention.events says") == true)
        try store.close()
    }
}

/// A volume with a folder that is somebody else's alone, and a name that stands for one elsewhere.
private final class OthersFolders: ForwardingFileSystem {
    let base: any FileSystem
    private let denied, linked: String

    init(_ base: any FileSystem, denied: String, linked: String) {
        (self.base, self.denied, self.linked) = (base, denied, linked)
    }

    func list(_ directory: String) throws(StorageError) -> [DirectoryEntry] {
        if directory == denied { throw StorageError(.list, path: directory, code: 13) }
        return try base.list(directory)
    }

    func linkTarget(of path: String) throws(StorageError) -> String? { path == linked ? "/elsewhere" : nil }
}
