import Domain
import EventStores
import Platform
import Projections
import Segments
import Testing

/// Events of a tenant with a period of its own go by that, and nobody else's with them; what was made of them stays.
@Suite struct TenantRetentionTests {
    private let disk = SimulatedFileSystem(seed: 62)
    private let queue = HeldBackgroundQueue()
    private let clock = SimulatedClock(wallNanoseconds: SampleEvents.start + 3_600_000_000_000)
    private static let day: Int64 = 86_400_000_000_000

    /// One tenant whose events go early.
    private static let acme = RetentionLimits(eventsNanoseconds: nil, tenants: [period("acme", days: 7)])

    private static func period(_ tenant: String, days: Int64) -> RetentionLimits.TenantPeriod {
        RetentionLimits.TenantPeriod(tenant, nanoseconds: days * day)
    }

    private func open(
        _ disk: SimulatedFileSystem? = nil, _ limits: RetentionLimits = acme, compacts: Bool = false,
        archives: Bool = false
    ) throws -> EventStore {
        var options = EventStoreTests.options()
        options.retention = limits
        if archives { options.archive.afterNanoseconds = 7 * Self.day }
        if compacts { options.compaction = CompactionLimits(fanIn: 2, levelEvents: 100, newestLeft: 0) }
        let context = StoreContext(
            fileSystem: disk ?? self.disk, clock: clock, randomness: SeededRandomness(seed: 1),
            workers: InlineWorkers(), sideQueue: queue)
        return try EventStore.open(at: "/data", context: context, options: options)
    }

    private func segmentNames(_ disk: SimulatedFileSystem? = nil) throws -> [String] {
        try (disk ?? self.disk).list("/data/segments").map(\.name).filter { $0.hasSuffix(".segment") }.sorted()
    }

    private static func seconds(_ day: Int) -> Double { Double(day) * 86_400 }

    /// Conversations of two tenants that end on the first day, one of each that goes on, and events outside any.
    private static var firstDay: IngestBatch {
        var events = SampleEvents()
        events.addTurn("one", 1, at: 10, tenant: "acme")
        events.addTurn("two", 1, at: 20, model: "late-model", tenant: "acme")
        events.addTurn("goes on", 1, at: 30, tenant: "acme")
        events.add("probe.checked", id: "probe of acme", at: 40, ["target": .text("a")], tenant: "acme")
        events.addTurn("three", 1, at: 50, tenant: "bank")
        events.addTurn("stays", 1, at: 60, tenant: "bank")
        events.add("probe.checked", id: "probe of bank", at: 70, ["target": .text("b")], tenant: "bank")
        return events.batch
    }

    private static func turns(_ number: Int64, day: Int) -> IngestBatch {
        var events = SampleEvents()
        events.addTurn("goes on", number, at: seconds(day), tenant: "acme")
        events.addTurn("stays", number, at: seconds(day) + 5, tenant: "bank")
        events.addTurn("of day \(day)", 1, at: seconds(day) + 10, tenant: "acme")
        return events.batch
    }

    /// A store whose first segment is old enough on the tenth day, when it gets an event.
    private func filled(
        _ disk: SimulatedFileSystem? = nil, _ limits: RetentionLimits = acme, compacts: Bool = false,
        archives: Bool = false
    ) throws -> EventStore {
        let store = try open(disk, limits, compacts: compacts, archives: archives)
        _ = try store.append([Self.firstDay])
        try store.seal()
        clock.advance(nanoseconds: 5 * Self.day)
        _ = try store.append([Self.turns(2, day: 5)])
        try store.seal()
        clock.advance(nanoseconds: 5 * Self.day)
        var events = SampleEvents()
        events.addTurn("newest", 1, at: Self.seconds(10), tenant: "bank")
        _ = try store.append([events.batch])
        return store
    }

    /// A turn of the bank's on a day, in a segment.
    private func take(_ conversation: String, of day: Int, _ store: EventStore) throws {
        var events = SampleEvents()
        events.addTurn(conversation, 1, at: Self.seconds(day), tenant: "bank")
        _ = try store.append([events.batch])
        try store.seal()
    }

    private func ids(_ store: EventStore) throws -> [String] { try rows(store, "events", ["id"]) }

    @Test func eventsOfOneTenantGoAndWhatWasMadeOfThemStays() throws {
        let store = try filled()
        let (before, counters) = (try made(store), store.snapshot().counters.families)
        let count = try ids(store).count
        #expect(try dropOldEvents(of: store, clock))
        func check(_ store: EventStore) throws {
            #expect(try made(store) == before && store.snapshot().counters.families == counters)
            let left = try ids(store)
            #expect(left.count == count - 7)
            #expect(!left.contains { $0.contains("one/1") || $0.contains("two/1") || $0.contains("probe of acme") })
            #expect(left.contains { $0.contains("goes on/1/q") } && left.contains { $0.contains("three/1/q") })
            let told = try notices(store, "llm_call")
            #expect(told.count == 1 && told[0].contains("tenant acme") && told[0].contains("7 events"), "\(told)")
            #expect(told[0].contains("retention.tenants says"), "\(told)")
            #expect(try notices(store, "events", of: "acme").count == 1)
            #expect(try notices(store, "events", of: "bank").isEmpty && notices(store, "turns").isEmpty)
            let verification = try store.verify()
            #expect(verification.findings == [])
            #expect(verification.droppedEvents == 7 && verification.droppedUntil == nil)
            #expect(verification.droppedTenants.map(\.name) == ["acme"])
            let status = store.status
            #expect(status.droppedEvents == 7 && status.droppedUntil == nil)
            #expect(status.retention.tenants == verification.droppedTenants && status.retention.tenants[0].events == 7)
            #expect(status.retention.dropped.first { $0.reason == .tenantAge }?.events == 7)
            #expect(status.retention.overdueNanoseconds == 0)
        }
        try check(store)
        // What goes on alone is no reason for another one.
        #expect(try !dropOldEvents(of: store, clock))
        disk.crash()
        let again = try open()
        try check(again)
        try again.seal()
        try check(again)
        try again.close()
    }

    /// A version of before would take it that everybody's events had gone.
    @Test func manifestsOfPartlyFrozenSegmentsHaveAFormatOfTheirOwn() throws {
        let store = try filled()
        #expect(try dropOldEvents(of: store, clock))
        let names = try disk.list("/data/segments").map(\.name).filter { $0.hasPrefix("manifest-") }
        #expect(try disk.contents(of: "/data/segments/" + (try #require(names.max())))[8] == 4)
        try store.close()
    }

    /// Whether an event is a repeat of one that is gone is known of all others, however old.
    @Test func onlyWhatMayBeARepeatIsTooOld() throws {
        let store = try filled()
        #expect(try dropOldEvents(of: store, clock))
        let verdicts = try store.append([Self.firstDay])[0].verdicts
        let gone = [0, 1, 2, 3, 4, 5, 9]
        for (row, verdict) in verdicts.enumerated() {
            #expect(verdict == (gone.contains(row) ? .tooOld : .duplicate), "\(row)")
        }
        var events = SampleEvents()
        events.addTurn("late", 1, at: 15, tenant: "bank")
        events.addTurn("late", 1, at: 16, tenant: "acme")
        let late = try store.append([events.batch])[0].verdicts
        #expect(late.suffix(3) == [.tooOld, .tooOld, .tooOld] && !late.prefix(3).contains(.tooOld), "\(late)")
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// What goes on waits in a segment of its own and goes with what comes next; others' events are not written again.
    @Test func othersEventsAreWrittenAnewOnce() throws {
        let store = try filled()
        #expect(try dropOldEvents(of: store, clock))
        try store.tick()
        // The segment with the events of the other tenant.
        let kept = try #require(try segmentNames().first { try tables(of: $0).contains("probe_checked") })
        try store.seal()
        clock.advance(nanoseconds: 10 * Self.day)
        _ = try store.append([Self.turns(3, day: 20)])
        try store.seal()
        let before = try made(store)
        // The conversation goes on behind: what of it is old stays.
        #expect(try dropOldEvents(of: store, clock))
        #expect(try made(store) == before && store.verify().findings == [])
        #expect(try ids(store).contains { $0.contains("goes on/1/q") })
        clock.advance(nanoseconds: 20 * Self.day)
        try take("last", of: 40, store)
        let last = try made(store)
        #expect(try dropOldEvents(of: store, clock))
        #expect(try made(store) == last && store.verify().findings == [])
        let left = try rows(store, "events", ["tenant"])
        #expect(!left.isEmpty && left.allSatisfy { $0.contains("bank") }, "\(left)")
        try store.tick()
        #expect(try segmentNames().contains(kept))
        disk.crash()
        let again = try open()
        #expect(try made(again) == last && again.verify().findings == [])
        try again.close()
    }

    private func tables(of name: String) throws -> [String] {
        try SegmentReader.open(fileSystem: disk, path: "/data/segments/" + name).tableNames
    }

    /// A period of its own holds in place of that of all, be it longer.
    @Test func aTenantMayBeKeptForLonger() throws {
        let limits = RetentionLimits(eventsNanoseconds: 7 * Self.day, tenants: [Self.period("bank", days: 30)])
        let store = try filled(nil, limits)
        let before = try made(store)
        #expect(try dropOldEvents(of: store, clock))
        #expect(try made(store) == before && store.verify().findings == [])
        let told = try notices(store, "llm_call")
        #expect(told.count == 1 && told[0].contains("all tenants but bank"), "\(told)")
        #expect(try notices(store, "events", of: "bank").isEmpty && notices(store, "events", of: "other").count == 1)
        #expect(store.status.droppedEvents == 7 && store.status.droppedUntil != nil)
        #expect(try ids(store).contains { $0.contains("three/1/q") })
        // That goes, too, by its own.
        clock.advance(nanoseconds: 40 * Self.day)
        try take("last", of: 50, store)
        let last = try made(store)
        var count = 0
        while try dropOldEvents(of: store, clock), count < 10 { count += 1 }
        #expect(count == 2)
        #expect(try made(store) == last && store.verify().findings == [])
        // What lies in one segment with the last one stays as long.
        let left = try ids(store)
        #expect(left.count == 6 && left.allSatisfy { $0.contains("last/1/") || $0.contains("newest/1/") }, "\(left)")
        try store.close()
    }

    /// Where nobody has events that could go nothing is written, and nothing is said to be overdue.
    @Test func nothingIsWrittenWhereThereAreNone() throws {
        let limits = RetentionLimits(eventsNanoseconds: nil, tenants: [Self.period("nobody", days: 7)])
        let store = try filled(nil, limits)
        let names = try segmentNames()
        #expect(store.status.retention.overdueNanoseconds.map { $0 > 0 } == true)
        #expect(try dropOldEvents(of: store, clock))
        #expect(try segmentNames() == names && store.status.droppedEvents == 0)
        #expect(store.status.retention.overdueNanoseconds == 0)
        #expect(try !dropOldEvents(of: store, clock))
        try store.close()
    }

    /// What a start looks through again costs little: of a tenant whom no bounds hold nothing is read, of others whose
    /// the rows are and nothing else; and nothing is published.
    @Test(arguments: [("nobody", 0), ("aztec", 40)])
    func looksThatFindNothingAreCheap(tenant: String, reads: Int) throws {
        let limits = RetentionLimits(eventsNanoseconds: nil, tenants: [Self.period(tenant, days: 7)])
        try filled(nil, limits).close()
        let store = try open(nil, limits)
        var events = SampleEvents()
        events.addTurn("once more", 1, at: Self.seconds(10) + 60, tenant: "bank")
        _ = try store.append([events.batch])
        try store.seal()
        let (calls, written) = (disk.counts.calls, disk.counts.writtenBytes)
        #expect(try dropOldEvents(of: store, clock))
        // Beside the one for room.
        #expect(disk.counts.calls - calls <= reads + 1, "\(disk.counts.calls - calls)")
        #expect(disk.counts.writtenBytes == written)
        // The next look does not wait for a minute.
        #expect(try !store.startRetention() && store.status.retention.overdueNanoseconds == 0)
        try store.close()
    }

    /// Settings change: what was left over of others is looked through with all that came behind it.
    @Test(arguments: [
        RetentionLimits(eventsNanoseconds: nil, tenants: [period("acme", days: 7), period("bank", days: 7)]),
        RetentionLimits(eventsNanoseconds: 7 * day, tenants: [period("bank", days: 7)]),
        RetentionLimits(eventsNanoseconds: 7 * day),
    ]) func settingsMayChange(limits: RetentionLimits) throws {
        let store = try filled()
        #expect(try dropOldEvents(of: store, clock))
        try store.seal()
        clock.advance(nanoseconds: 10 * Self.day)
        _ = try store.append([Self.turns(3, day: 20)])
        try store.close()
        let again = try open(nil, limits)
        try again.seal()
        clock.advance(nanoseconds: 4 * Self.day)
        // Time is as the last event has it, and borne out by those before.
        try take("at last", of: 24, again)
        let before = try made(again)
        var count = 0
        while try dropOldEvents(of: again, clock), count < 10 { count += 1 }
        #expect(count > 0 && count < 10)
        #expect(try made(again) == before && again.verify().findings == [])
        #expect(try !ids(again).contains { $0.contains("three/1") || $0.contains("of day 5") })
        // Back again: what was left over goes the same way.
        try again.close()
        let back = try open()
        clock.advance(nanoseconds: 26 * Self.day)
        try take("later", of: 50, back)
        clock.advance(nanoseconds: 4 * Self.day)
        try take("last", of: 54, back)
        let last = try made(back)
        count = 0
        while try dropOldEvents(of: back, clock), count < 10 { count += 1 }
        #expect(count < 10)
        #expect(try made(back) == last && back.verify().findings == [])
        #expect(try rows(back, "events", ["tenant"]).allSatisfy { $0.contains("bank") })
        try back.close()
    }

    /// What goes on where all events went, and with them what was left over for a tenant, goes with that one's again.
    @Test func whatGoesOnIsFoundWhereAllWent() throws {
        let store = try filled()
        #expect(try dropOldEvents(of: store, clock))
        try store.close()
        let all = try open(nil, RetentionLimits(eventsNanoseconds: 7 * Self.day))
        #expect(try dropOldEvents(of: all, clock))
        #expect(try ids(all).contains { $0.contains("goes on/1/q") } && all.verify().findings == [])
        try all.close()
        let again = try open()
        // From here on the monotonic clock bears out what the wall clock says.
        try take("before", of: 10, again)
        clock.advance(nanoseconds: 10 * Self.day)
        try take("last", of: 20, again)
        let before = try made(again)
        var count = 0
        while try dropOldEvents(of: again, clock), count < 10 { count += 1 }
        #expect(count > 0 && count < 10)
        #expect(try made(again) == before && again.verify().findings == [])
        #expect(try rows(again, "events", ["tenant"]).allSatisfy { $0.contains("bank") })
        try again.close()
    }

    /// Settings change, and a tenant's turn comes that takes along what was left over for two: what of it is the
    /// other's goes by that one's period, though it came before what was looked through for both.
    @Test func whatOthersTookAlongIsFound() throws {
        let both = RetentionLimits(
            eventsNanoseconds: nil, tenants: [Self.period("acme", days: 7), Self.period("bank", days: 7)])
        let store = try open(nil, both)
        func take(_ conversation: String, _ turn: Int64, of day: Int, tenant: String, _ store: EventStore) throws {
            var events = SampleEvents()
            events.addTurn(conversation, turn, at: Self.seconds(day), tenant: tenant)
            _ = try store.append([events.batch])
            try store.seal()
        }
        func dropAll(of store: EventStore) throws {
            var count = 0
            while try dropOldEvents(of: store, clock), count < 10 { count += 1 }
            #expect(count > 0 && count < 10)
            #expect(try store.verify().findings == [])
        }
        _ = try store.append([Self.firstDay])
        try store.seal()
        clock.advance(nanoseconds: 5 * Self.day)
        try take("goes on", 2, of: 5, tenant: "acme", store)
        clock.advance(nanoseconds: 5 * Self.day)
        try take("stays", 2, of: 10, tenant: "bank", store)
        clock.advance(nanoseconds: Self.day / 2)
        #expect(try dropOldEvents(of: store, clock))
        #expect(try ids(store).count == 12 && ids(store).contains { $0.contains("stays/1/q") })
        try store.close()
        let again = try open(
            nil,
            RetentionLimits(
                eventsNanoseconds: nil, tenants: [Self.period("acme", days: 7), Self.period("bank", days: 30)]))
        // From here on the monotonic clock bears out what the wall clock says.
        try take("before", 1, of: 10, tenant: "bank", again)
        clock.advance(nanoseconds: 4 * Self.day)
        try take("after", 1, of: 14, tenant: "bank", again)
        // Of what was left over only the bank's is there now, older than all that was looked through.
        try dropAll(of: again)
        #expect(try ids(again).count == 12 && rows(again, "events", ["tenant"]).allSatisfy { $0.contains("bank") })
        clock.advance(nanoseconds: 40 * Self.day)
        try take("last", 1, of: 54, tenant: "bank", again)
        let before = try made(again)
        try dropAll(of: again)
        #expect(try made(again) == before)
        let left = try ids(again)
        #expect(left.count == 3 && left.allSatisfy { $0.contains("last/1/") }, "\(left)")
        try again.close()
    }

    /// What was left over of one tenant lies ahead of others' events that are older: these do not wait for it.
    @Test func othersDoNotWaitForWhatWasLeftOver() throws {
        let limits = RetentionLimits(
            eventsNanoseconds: nil, tenants: [Self.period("acme", days: 7), Self.period("bank", days: 30)])
        let store = try open(nil, limits)
        try take("old", of: 0, store)
        for (turn, days) in [(Int64(1), Int64(20)), (2, 8), (3, 0)] {
            var events = SampleEvents()
            events.addTurn("long", turn, at: turn == 1 ? 20 : Self.seconds(turn == 2 ? 20 : 28), tenant: "acme")
            _ = try store.append([events.batch])
            try store.seal()
            clock.advance(nanoseconds: days * Self.day)
        }
        // Only for the first two turns it is late enough, and their conversation goes on.
        #expect(try dropOldEvents(of: store, clock))
        #expect(try ids(store).count == 12)
        clock.advance(nanoseconds: 13 * Self.day / 2)
        try take("newest", of: 34, store)
        let before = try made(store)
        #expect(try dropOldEvents(of: store, clock))
        let left = try ids(store)
        #expect(left.count == 12 && !left.contains { $0.contains("old/1/") }, "\(left)")
        #expect(try made(store) == before && store.verify().findings == [])
        try store.close()
    }

    /// Compaction goes on beside what was left over, which is found afterwards.
    @Test func compactionLeavesWhatWasLeftOver() throws {
        let store = try filled(compacts: true)
        try store.seal()
        #expect(try dropOldEvents(of: store, clock))
        let before = try made(store)
        let count = store.status.segments
        while try store.startCompaction() { try store.finishJobs() }
        #expect(store.status.segments < count)
        #expect(try made(store) == before && store.verify().findings == [])
        clock.advance(nanoseconds: 20 * Self.day)
        try take("last", of: 30, store)
        let last = try made(store)
        #expect(try dropOldEvents(of: store, clock))
        #expect(try made(store) == last && store.verify().findings == [])
        #expect(try rows(store, "events", ["tenant"]).allSatisfy { $0.contains("bank") })
        try store.close()
    }

    /// What is gone is gone from the archive, too, and what stays of others stays archived.
    @Test func theArchiveIsWrittenAnew() throws {
        let limits = RetentionLimits(eventsNanoseconds: nil, tenants: [Self.period("acme", days: 14)])
        let store = try filled(nil, limits, archives: true)
        try store.seal()
        clock.advance(nanoseconds: 10 * Self.day)
        try take("later", of: 20, store)
        clock.advance(nanoseconds: 120_000_000_000)
        while try store.startArchiving() {
            try store.finishJobs()
            clock.advance(nanoseconds: 120_000_000_000)
        }
        #expect(store.status.archivedSegments > 0)
        clock.advance(nanoseconds: 10 * Self.day)
        try take("last", of: 30, store)
        let before = try made(store)
        #expect(try dropOldEvents(of: store, clock))
        #expect(try made(store) == before && store.verify().findings == [])
        #expect(try rows(store, "events", ["tenant"]).allSatisfy { $0.contains("bank") })
        #expect(store.status.archivedSegments == 1 && store.status.archivedBytes > 0)
        try store.tick()
        let files = try disk.list("/data/segments/archive").map(\.name).filter { $0.hasSuffix(".segment") }
        #expect(files.count == 1)
        let told = try tables(of: "archive/" + (try #require(files.first)))
        #expect(told.contains("probe_checked"))
        disk.crash()
        let again = try open(nil, limits, archives: true)
        #expect(try made(again) == before && again.verify().findings == [])
        try again.close()
    }

    /// Events that lie apart from their positions are in exports, which say that they are a part.
    @Test func anExportHasWhatIsLeft() throws {
        let store = try filled()
        let count = try ids(store).count
        #expect(try dropOldEvents(of: store, clock))
        var reader = try store.exportReader(in: .min ..< .max)
        #expect(!reader.beginning.isWhole && reader.beginning.notice?.contains("tenant acme") == true)
        var exported = 0
        while let page = try reader.next() { exported += page.events.count }
        #expect(exported == count - 7)
        try store.close()
    }

    /// Power goes at any step, or a call fails: the events are there, or all that was made of them.
    @Test(arguments: [nil, 5] as [Int32?]) func itIsWholeOrNotAtAll(code: Int32?) throws {
        var (call, hasEnded, dropped) = (1, false, 0)
        while !hasEnded {
            let disk = SimulatedFileSystem(seed: UInt64(call))
            let began = clock.wallNanoseconds()
            let store = try filled(disk)
            let (before, count) = (try made(store), try ids(store).count)
            let faults = disk.counts.faults
            disk.arm(SimulatedFault(code.map { .failure($0) } ?? .powerCut, atCall: call))
            hasEnded = (try? dropOldEvents(of: store, clock)) == true && (code == nil || disk.counts.faults == faults)
            disk.disarm()
            if code == nil { disk.crash(.power) } else { disk.crash() }
            let again = try open(disk)
            let left = try ids(again).count
            #expect(left == count || left == count - 7, "at call \(call)")
            dropped += left < count ? 1 : 0
            #expect(try made(again) == before && again.verify().findings == [], "at call \(call)")
            if left == count {
                #expect(try dropOldEvents(of: again, clock))
                #expect(try ids(again).count == count - 7 && made(again) == before, "at call \(call)")
            }
            try again.close()
            clock.step(toWallNanoseconds: began)
            call += 1
        }
        #expect(call > 10 && dropped > 0)
    }

    @Test func theSameEventsLeaveTheSameBytes() throws {
        func bytes(_ disk: SimulatedFileSystem) throws -> [[UInt8]] {
            let began = clock.wallNanoseconds()
            let store = try filled(disk)
            #expect(try dropOldEvents(of: store, clock))
            try store.tick()
            try store.close()
            clock.step(toWallNanoseconds: began)
            return try segmentNames(disk).map { try disk.contents(of: "/data/segments/" + $0) }
        }
        let one = try bytes(SimulatedFileSystem(seed: 5))
        #expect(try one == bytes(SimulatedFileSystem(seed: 6)) && one.count == 4)
    }
}
