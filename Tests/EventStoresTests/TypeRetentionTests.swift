import Domain
import EventStores
import Platform
import Projections
import Segments
import Testing

/// Events of a type with a period of its own go by that, and others of the same conversations stay; what was made of
/// all of them stays as it was.
@Suite struct TypeRetentionTests {
    private let disk = SimulatedFileSystem(seed: 66)
    private let clock = SimulatedClock(wallNanoseconds: SampleEvents.start + 3_600_000_000_000)
    private static let day: Int64 = 86_400_000_000_000

    /// Answers go early, and so does what is outside conversations.
    private static let answers = RetentionLimits().with(types: types(["message.sent", "probe.checked"]))

    private static func types(_ names: [String], days: Int64 = 7) -> [RetentionLimits.TypePeriod] {
        names.map { RetentionLimits.TypePeriod($0, nanoseconds: days * day) }
    }

    private func open(
        _ disk: SimulatedFileSystem? = nil, _ limits: RetentionLimits = answers, compacts: Bool = false,
        archives: Bool = false
    ) throws -> EventStore {
        var options = EventStoreTests.options()
        options.retention = limits
        if archives { options.archive.afterNanoseconds = 7 * Self.day }
        if compacts { options.compaction = CompactionLimits(fanIn: 2, levelEvents: 100, newestLeft: 0) }
        let context = StoreContext(
            fileSystem: disk ?? self.disk, clock: clock, randomness: SeededRandomness(seed: 1),
            workers: InlineWorkers(), sideQueue: HeldBackgroundQueue())
        return try EventStore.open(at: "/data", context: context, options: options)
    }

    private static func seconds(_ day: Int) -> Double { Double(day) * 86_400 }

    /// Three conversations that end on the first day, one that goes on, and an event outside any.
    private static var firstDay: IngestBatch {
        var events = SampleEvents()
        events.addTurn("one", 1, at: 10, tenant: "acme")
        events.addTurn("two", 1, at: 20, model: "late-model", tenant: "acme")
        events.addTurn("goes on", 1, at: 30, tenant: "acme")
        events.add("probe.checked", id: "probe", at: 40, ["target": .text("a")], tenant: "acme")
        events.addTurn("three", 1, at: 50, tenant: "bank")
        return events.batch
    }

    /// A store whose first segment is old enough on the tenth day, when it gets an event: of 22 events 13 are in it.
    private func filled(
        _ disk: SimulatedFileSystem? = nil, _ limits: RetentionLimits = answers, compacts: Bool = false,
        archives: Bool = false
    ) throws -> EventStore {
        let store = try open(disk, limits, compacts: compacts, archives: archives)
        _ = try store.append([Self.firstDay])
        try store.seal()
        clock.advance(nanoseconds: 5 * Self.day)
        var events = SampleEvents()
        events.addTurn("goes on", 2, at: Self.seconds(5), tenant: "acme")
        events.addTurn("of day 5", 1, at: Self.seconds(5) + 10, tenant: "acme")
        _ = try store.append([events.batch])
        try store.seal()
        clock.advance(nanoseconds: 5 * Self.day)
        var newest = SampleEvents()
        newest.addTurn("newest", 1, at: Self.seconds(10), tenant: "bank")
        _ = try store.append([newest.batch])
        return store
    }

    /// A turn on a day, in a segment.
    private func take(_ conversation: String, of day: Int, _ store: EventStore) throws {
        var events = SampleEvents()
        events.addTurn(conversation, 1, at: Self.seconds(day), tenant: "bank")
        _ = try store.append([events.batch])
        try store.seal()
    }

    private func ids(_ store: EventStore) throws -> [String] { try rows(store, "events", ["id"]) }

    /// Has all go that is old enough: how often anything was looked through.
    private func dropAll(of store: EventStore) throws -> Int {
        var count = 0
        while try dropOldEvents(of: store, clock), count < 20 { count += 1 }
        return count
    }

    @Test func eventsOfTypesGoAndOthersOfTheirConversationsStay() throws {
        let store = try filled()
        let (before, counters) = (try made(store), store.snapshot().counters.families)
        #expect(try ids(store).count == 22)
        #expect(try dropOldEvents(of: store, clock))
        func check(_ store: EventStore) throws {
            #expect(try made(store) == before && store.snapshot().counters.families == counters)
            let left = try ids(store)
            #expect(left.count == 18)
            for gone in ["one/1/a", "two/1/a", "three/1/a", "probe"] {
                #expect(!left.contains { $0.contains(gone) }, "\(gone)")
            }
            for there in ["one/1/q", "one/1/c", "three/1/c", "goes on/1/a", "of day 5/1/a"] {
                #expect(left.contains { $0.contains(there) }, "\(there)")
            }
            let told = try notices(store, "events")
            #expect(told.count == 1 && told[0].contains("4 events") && told[0].contains("retention.types says"))
            #expect(told[0].contains("of type message.sent ") && told[0].contains("of type probe.checked "), "\(told)")
            #expect(try notices(store, "message_sent").count == 1 && notices(store, "llm_call").isEmpty)
            #expect(try notices(store, "events", type: "llm.call").isEmpty && notices(store, "turns").isEmpty)
            #expect(try notices(store, "events", of: "bank", type: "message.sent").count == 1)
            let verification = try store.verify()
            #expect(verification.findings == [])
            #expect(verification.droppedEvents == 4 && verification.droppedUntil == nil)
            #expect(verification.droppedTypes.map(\.name) == ["message.sent", "probe.checked"])
            let status = store.status
            #expect(status.droppedEvents == 4 && status.droppedUntil == nil && status.retention.tenants.isEmpty)
            #expect(status.retention.types == verification.droppedTypes)
            #expect(status.retention.types.map(\.events) == [3, 1])
            #expect(status.retention.dropped.first { $0.reason == .typeAge }?.events == 4)
            #expect(status.retention.overdueNanoseconds == 0)
        }
        try check(store)
        // What goes on alone is no reason for another one, nor is what stayed.
        #expect(try !dropOldEvents(of: store, clock))
        disk.crash()
        let again = try open()
        try check(again)
        try again.seal()
        try check(again)
        try again.close()
    }

    /// A version of before would fold conversations again from what stayed of them.
    @Test func manifestsOfSettledSegmentsHaveAFormatOfTheirOwn() throws {
        let store = try filled()
        #expect(try dropOldEvents(of: store, clock))
        let names = try disk.list("/data/segments").map(\.name).filter { $0.hasPrefix("manifest-") }
        #expect(try disk.contents(of: "/data/segments/" + (try #require(names.max())))[8] == 5)
        try store.close()
    }

    /// Whether an event is a repeat of one that is gone is known of all other types, however old.
    @Test func onlyWhatMayBeARepeatIsTooOld() throws {
        let store = try filled()
        #expect(try dropOldEvents(of: store, clock))
        let gone = [2, 5, 9, 12]
        for (row, verdict) in try store.append([Self.firstDay])[0].verdicts.enumerated() {
            #expect(verdict == (gone.contains(row) ? .tooOld : .duplicate), "\(row)")
        }
        var events = SampleEvents()
        events.addTurn("late", 1, at: 15, tenant: "bank")
        let late = try store.append([events.batch])[0].verdicts
        #expect(late[2] == .tooOld && !late.prefix(2).contains(.tooOld), "\(late)")
        #expect(try store.verify().findings == [])
        try store.seal()
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// Who comes back, or comes late, has rows of his own: no call counts twice, and none is lost.
    @Test func aConversationThatComesBackHasRowsOfItsOwn() throws {
        let store = try filled()
        #expect(try dropOldEvents(of: store, clock))
        let tokens = try sum(store, "conversations", "input_tokens")
        var events = SampleEvents()
        events.add(
            "llm.call", id: "one/late", at: 12,
            [
                "conversation_id": .text("one"), "turn": .integer(1), "provider": .text("openai"),
                "request_model": .text("gpt-4o"), "input_tokens": .integer(500), "status": .text("ok"),
            ], tenant: "acme")
        events.addTurn("one", 2, at: Self.seconds(10) + 50, tenant: "acme")
        #expect(try store.append([events.batch])[0].accepted == 4)
        func check(_ store: EventStore) throws {
            #expect(try sum(store, "conversations", "input_tokens") == tokens + 1_500)
            #expect(try sum(store, "rollup_llm_call_1d", "input_tokens_sum") == tokens + 1_500)
            let own = try rows(store, "conversations", ["conversation_id"]).filter { $0.contains("one") }
            #expect(own.count == 2, "\(own)")
            #expect(try store.verify().findings == [])
        }
        try check(store)
        try store.seal()
        try check(store)
        disk.crash()
        let again = try open()
        try check(again)
        try again.close()
    }

    /// A price that comes later books calls that stayed where these are told, and no conversation that is frozen; a
    /// correction of them is refused, and no other row comes to stand for one.
    @Test func whatCallsCostInFrozenConversationsIsFixed() throws {
        let store = try filled()
        #expect(try dropOldEvents(of: store, clock))
        let models = try readModels(store)
        let times = SampleEvents.start..<(SampleEvents.start + Self.day)
        #expect(throws: StoreError.self) { try store.rebook(provider: "openai", model: "gpt-4o", times: times) }
        var changed = SampleEvents()
        changed.add(
            "llm.call", id: "one/1/c", at: 11,
            [
                "conversation_id": .text("one"), "turn": .integer(1), "channel": .text("web"),
                "provider": .text("openai"), "request_model": .text("gpt-4o"), "input_tokens": .integer(2_000),
                "output_tokens": .integer(100), "status": .text("ok"),
            ], tenant: "acme")
        _ = try store.append([
            IngestBatch(replacements: [EventReplacement(position: 2, row: changed.batch.events.bytes)])
        ])
        #expect(try readModels(store) == models && sum(store, "llm_call", "input_tokens") == 7_000)
        let before = try sum(store, "llm_call", "cost_usd")
        var prices = SampleEvents()
        prices.addPrice("late-model", "input", picoPerToken: 1_000_000, at: 5)
        prices.addPrice("late-model", "output", picoPerToken: 2_000_000, at: 5)
        _ = try store.append([prices.batch])
        func check(_ store: EventStore) throws {
            let cost = try sum(store, "llm_call", "cost_usd")
            #expect(cost > before)
            #expect(try sum(store, "rollup_llm_call_1d", "cost_usd_sum") == cost && readModels(store) == models)
            #expect(try store.verify().findings == [])
        }
        try check(store)
        try store.seal()
        try check(store)
        disk.crash()
        let again = try open()
        try check(again)
        try again.close()
    }

    /// What stayed goes by the period of all, and with it nothing that was made of it.
    @Test func whatStayedGoesWithAllOthers() throws {
        let store = try filled()
        #expect(try dropOldEvents(of: store, clock))
        try store.close()
        let again = try open(nil, RetentionLimits(eventsNanoseconds: 30 * Self.day).with(types: Self.answers.types))
        // From here on the monotonic clock bears out what the wall clock says.
        try take("before", of: 10, again)
        clock.advance(nanoseconds: 40 * Self.day)
        try take("last", of: 50, again)
        let before = try made(again)
        #expect(try dropAll(of: again) == 1)
        #expect(try made(again) == before && again.verify().findings == [])
        #expect(try ids(again).count == 3 && again.status.droppedEvents == 25)
        try again.close()
    }

    /// An event goes by the first period that ends, be it that of its tenant or that of its type.
    @Test func periodsOfTenantsAndTypesHoldBeside() throws {
        let acme = RetentionLimits.TenantPeriod("acme", nanoseconds: 14 * Self.day)
        let limits = RetentionLimits(eventsNanoseconds: nil, tenants: [acme]).with(types: Self.answers.types)
        let store = try filled(nil, limits)
        #expect(try dropOldEvents(of: store, clock))
        try store.seal()
        clock.advance(nanoseconds: 20 * Self.day)
        try take("last", of: 30, store)
        let before = try made(store)
        let count = try dropAll(of: store)
        #expect(count > 2 && count < 20)
        #expect(try made(store) == before && store.verify().findings == [])
        // Also what went on when others of the tenant went.
        let left = try rows(store, "events", ["tenant", "id"])
        #expect(left.allSatisfy { $0.contains("bank") } && left.count == 7, "\(left)")
        #expect(left.filter { $0.contains("/a") }.count == 1, "\(left)")
        #expect(store.status.retention.overdueNanoseconds == 0)
        disk.crash()
        let again = try open(nil, limits)
        #expect(try made(again) == before && again.verify().findings == [])
        #expect(try dropAll(of: again) < 20 && made(again) == before && again.verify().findings == [])
        try again.close()
    }

    /// Settings change: types that get a period later are looked for in all that is there.
    @Test func moreTypesMayGetAPeriod() throws {
        let store = try filled()
        #expect(try dropOldEvents(of: store, clock))
        let before = try made(store)
        try store.close()
        let more = RetentionLimits().with(types: Self.types(["message.sent", "message.received"]))
        let again = try open(nil, more)
        let count = try dropAll(of: again)
        #expect(count > 0 && count < 20)
        #expect(try made(again) == before && again.verify().findings == [])
        let left = try ids(again)
        #expect(left.count == 15 && left.contains { $0.contains("one/1/c") }, "\(left)")
        // And back, with none at all: everything stays as it is, and conversations as they are.
        try again.close()
        let back = try open(nil, RetentionLimits())
        try back.seal()
        #expect(try !dropOldEvents(of: back, clock))
        #expect(try made(back) == before && back.verify().findings == [])
        try back.close()
    }

    /// Of what is settled a tier of types reads its own types, be the past as long as it may.
    @Test func looksThatFindNothingOfATypeReadNothing() throws {
        let store = try filled()
        #expect(try dropOldEvents(of: store, clock))
        try store.close()
        let again = try open(nil, RetentionLimits().with(types: Self.types(["tool.call"])))
        let (calls, written) = (disk.counts.calls, disk.counts.writtenBytes)
        #expect(try dropOldEvents(of: again, clock))
        // The one for room.
        #expect(disk.counts.calls - calls <= 1, "\(disk.counts.calls - calls)")
        #expect(disk.counts.writtenBytes == written)
        #expect(try !again.startRetention() && again.verify().findings == [])
        try again.close()
    }

    /// Nobody makes one segment of events from which conversations are folded and of others.
    @Test func compactionLeavesSettledSegments() throws {
        let store = try filled(compacts: true)
        try store.seal()
        #expect(try dropOldEvents(of: store, clock))
        let before = try made(store)
        while try store.startCompaction() { try store.finishJobs() }
        #expect(try made(store) == before && store.verify().findings == [])
        clock.advance(nanoseconds: 20 * Self.day)
        try take("last", of: 30, store)
        let last = try made(store)
        #expect(try dropOldEvents(of: store, clock))
        #expect(try made(store) == last && store.verify().findings == [])
        #expect(try ids(store).filter { $0.contains("/a") }.count == 1)
        try store.close()
    }

    /// What stays of archived segments stays archived, and apart from what is archived later.
    @Test func theArchiveIsWrittenAnew() throws {
        let limits = RetentionLimits().with(types: Self.types(["message.sent", "probe.checked"], days: 14))
        let store = try filled(nil, limits, archives: true)
        func archive() throws {
            clock.advance(nanoseconds: 120_000_000_000)
            while try store.startArchiving() {
                try store.finishJobs()
                clock.advance(nanoseconds: 120_000_000_000)
            }
        }
        try store.seal()
        clock.advance(nanoseconds: 10 * Self.day)
        try take("later", of: 20, store)
        try archive()
        #expect(store.status.archivedSegments > 0)
        clock.advance(nanoseconds: 10 * Self.day)
        try take("last", of: 30, store)
        let before = try made(store)
        #expect(try dropOldEvents(of: store, clock))
        #expect(try made(store) == before && store.verify().findings == [])
        #expect(store.status.archivedSegments == 1)
        #expect(try ids(store).count == 20)
        try archive()
        #expect(store.status.archivedSegments == 2)
        #expect(try made(store) == before && store.verify().findings == [])
        disk.crash()
        let again = try open(nil, limits, archives: true)
        #expect(try made(again) == before && again.verify().findings == [])
        try again.close()
    }

    /// Events that stay are in exports, which say that they are a part.
    @Test func anExportHasWhatIsLeft() throws {
        let store = try filled()
        #expect(try dropOldEvents(of: store, clock))
        var reader = try store.exportReader(in: .min ..< .max)
        #expect(!reader.beginning.isWhole && reader.beginning.notice?.contains("type message.sent") == true)
        var exported = 0
        while let page = try reader.next() { exported += page.events.count }
        #expect(exported == 18)
        try store.close()
    }

    /// Power goes at any step, or a call fails: the events are there, or all that was made of them.
    @Test(arguments: [nil, 5] as [Int32?]) func itIsWholeOrNotAtAll(code: Int32?) throws {
        var (call, hasEnded, dropped) = (1, false, 0)
        while !hasEnded {
            let disk = SimulatedFileSystem(seed: UInt64(call))
            let began = clock.wallNanoseconds()
            let store = try filled(disk)
            let before = try made(store)
            let faults = disk.counts.faults
            disk.arm(SimulatedFault(code.map { .failure($0) } ?? .powerCut, atCall: call))
            hasEnded = (try? dropOldEvents(of: store, clock)) == true && (code == nil || disk.counts.faults == faults)
            disk.disarm()
            if code == nil { disk.crash(.power) } else { disk.crash() }
            let again = try open(disk)
            let left = try ids(again).count
            #expect(left == 22 || left == 18, "at call \(call)")
            dropped += left < 22 ? 1 : 0
            #expect(try made(again) == before && again.verify().findings == [], "at call \(call)")
            if left == 22 {
                #expect(try dropOldEvents(of: again, clock))
                #expect(try ids(again).count == 18 && made(again) == before, "at call \(call)")
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
            let names = try disk.list("/data/segments").map(\.name).filter { $0.hasSuffix(".segment") }.sorted()
            return try names.map { try disk.contents(of: "/data/segments/" + $0) }
        }
        let one = try bytes(SimulatedFileSystem(seed: 5))
        #expect(try one == bytes(SimulatedFileSystem(seed: 6)) && one.count == 4)
    }
}
