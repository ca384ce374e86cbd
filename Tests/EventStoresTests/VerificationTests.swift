import Columnar
import Domain
import EventStores
import Platform
import Synchronization
import Testing

/// A verification goes through a store a part at a time: what that costs grows with the store and no faster, and how it
/// is parted never shows.
@Suite struct VerificationTests {
    private static let turnsPerDay = 40

    /// A store of so many days, each sealed for itself but the last, with one conversation that lasts for all of them.
    private func store(
        days: Int, eventsAtOnce: Int = 240, hasLong: Bool = true, workers: (any Workers)? = nil
    ) throws -> EventStore {
        var options = EventStoreTests.options()
        options.foldLimits.verifiedEventsAtOnce = eventsAtOnce
        var machine = context(SimulatedFileSystem(seed: 91))
        if let workers { machine.workers = workers }
        let store = try EventStore.open(at: "/data", context: machine, options: options)
        for day in 0..<days {
            var events = SampleEvents()
            for turn in 0..<Self.turnsPerDay {
                events.addTurn("d\(day)-c\(turn)", 1, at: Double(day * 86_400 + turn * 60) - 86_400 * Double(days))
            }
            if hasLong {
                events.addTurn("for-ever", Int64(day + 1), at: Double(day * 86_400 + 9) - 86_400 * Double(days))
            }
            _ = try store.append([events.batch])
            if day + 1 < days { try store.seal() }
        }
        return store
    }

    private func events(_ days: Int) -> Int { days * (Self.turnsPerDay + 1) * 3 }

    @Test func eachEventIsReadOnceAndPagesGrowWithTheStore() throws {
        let (small, large) = (try store(days: 6), try store(days: 24))
        let (few, many) = (try small.verify(), try large.verify())
        #expect(few.findings == [] && many.findings == [])
        #expect(few.readEvents == events(6) && many.readEvents == events(24))
        // Of one conversation alone, which is larger than a part, the sealed events are made rows.
        #expect(few.restoredRows == 0 && many.restoredRows == 23 * 3)
        #expect(few.foldedParts > 6 && many.foldedParts > 24)
        // Four times the events: by passes over the store it would be sixteen times the pages.
        #expect(many.readPages < 6 * few.readPages, "\(few.readPages) and \(many.readPages)")
        for store in [small, large] { try store.close() }
    }

    /// Parts end where groups do not: what a group has of later ones stays until their turn, where there is room.
    @Test func eachGroupIsReadOnceWhereThereIsRoom() throws {
        let groups = 5 * 3
        for workers in [InlineWorkers(), ThreadWorkers(parallelism: 3)] as [any Workers] {
            let store = try store(days: 6, eventsAtOnce: 240, hasLong: false, workers: workers)
            let found = try store.verify()
            #expect(found.findings == [] && found.readEvents == 6 * Self.turnsPerDay * 3)
            #expect(found.foldedParts > 6 && found.readGroups == groups, "\(found.readGroups) of \(groups)")
            #expect(found.gatheredEvents <= 240 * workers.parallelism, "\(found.gatheredEvents)")
            try store.close()
        }
        // With one conversation that has some of each and reads for itself.
        let store = try store(days: 6)
        let found = try store.verify()
        #expect(found.readGroups == 2 * groups, "\(found.readGroups)")
        try store.close()
    }

    /// Where there is none, a group is read again, and no more is held.
    @Test(arguments: [24, 60, 96]) func noMoreThanTheLimitIsHeld(eventsAtOnce: Int) throws {
        let store = try store(days: 4, eventsAtOnce: eventsAtOnce, hasLong: false)
        let found = try store.verify()
        #expect(found.findings == [] && found.readEvents == 4 * Self.turnsPerDay * 3)
        #expect(found.gatheredEvents > 0 && found.gatheredEvents <= eventsAtOnce, "\(found.gatheredEvents)")
        // Each is read for each turn at most.
        #expect(found.readGroups <= 3 * found.foldedParts, "\(found.readGroups)")
        try store.close()
    }

    /// Ids of events decide nothing where no two events of a conversation are of one time, and else their order.
    @Test func idsAreReadWhereTheyDecide() throws {
        let store = try store(days: 3)
        #expect(try store.verify().idReadings == 0)
        try store.close()
        let other = try EventStore.open(
            at: "/data", context: context(SimulatedFileSystem(seed: 93)), options: EventStoreTests.options())
        var events = SampleEvents()
        // Two questions of one time: the answer is that to the later one.
        for id in ["b", "a"] {
            events.add(
                "message.received", id: id, at: -60,
                ["conversation_id": .text("c"), "author": .text("user"), "channel": .text("from \(id)")])
        }
        events.add("message.sent", id: "c", at: -50, ["conversation_id": .text("c"), "author": .text("agent")])
        events.addTurn("d", 1, at: -40)
        _ = try other.append([events.batch])
        try other.seal()
        let found = try other.verify()
        #expect(found.findings == [] && found.idReadings == 2, "\(found.idReadings)")
        try other.close()
    }

    /// Rollups of one table read its pages together, and compare what they find text by text.
    @Test func eachPageIsReadOnceForAllRollups() throws {
        let store = try store(days: 4)
        let found = try store.verify()
        let (snapshot, statistics) = (store.snapshot(), ScanStatistics())
        for name in [QuestionRule.question.table, QuestionRule.answer.table, "llm_call"] {
            let table = try #require(snapshot.table(named: name))
            let all = Array(table.columns.indices)
            for morsel in try table.morsels(for: ScanRequest(columns: all, statistics: statistics)) {
                for column in all { _ = try morsel.column(column) }
            }
        }
        let pages = statistics.pagesRead.load(ordering: .relaxed)
        #expect(found.findings == [] && found.readRollupPages > 0)
        #expect(found.readRollupPages <= pages, "\(found.readRollupPages) of \(pages)")
        try store.close()
    }

    @Test(arguments: [1, 7, 60, 240, 1 << 20]) func howItIsPartedNeverShows(eventsAtOnce: Int) throws {
        for workers in [InlineWorkers(), ThreadWorkers(parallelism: 3)] as [any Workers] {
            let store = try store(days: 3, eventsAtOnce: eventsAtOnce, workers: workers)
            let verified = try store.verify()
            #expect(verified.findings == [])
            #expect(verified.turns == 3 * (Self.turnsPerDay + 1) && verified.conversations == 3 * Self.turnsPerDay + 1)
            #expect(verified.readEvents == events(3))
            try store.close()
        }
    }

    /// Bytes limit what stays of a large conversation, as its number of events does.
    @Test func aLargeConversationStaysAsFarAsItsRowsAreMadeOfIt() throws {
        var options = EventStoreTests.options()
        options.foldLimits.verifiedEventsAtOnce = 60
        options.foldLimits.conversationBytesMax = 3_200
        let store = try EventStore.open(at: "/data", context: context(SimulatedFileSystem(seed: 92)), options: options)
        for turn in 0..<60 {
            var events = SampleEvents()
            events.addTurn("for-ever", Int64(turn + 1), at: Double(turn * 60) - 86_400)
            _ = try store.append([events.batch])
            if turn % 7 == 0 { try store.seal() }
        }
        let verified = try store.verify()
        #expect(verified.findings == [] && verified.readEvents == 180)
        // Each takes 256 bytes at least.
        #expect((1...2 * 3_200 / 256 + 2).contains(verified.heldEvents), "\(verified.heldEvents)")
        try store.close()
    }

    /// A seal folds rows, a verification columns: of events that come in any order, some of them again, some late, with
    /// prices that come late and calls that are booked again, both make the same, however it is parted.
    @Test(arguments: 0..<8 as Range<UInt64>) func columnsComeToWhatRowsCameTo(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var options = EventStoreTests.options()
        options.foldLimits.verifiedEventsAtOnce = [36, 240, 1 << 20][Int(seed % 3)]
        if seed % 2 == 0 { options.foldLimits.bytesAtOnce = 700 }
        if seed % 4 == 1 { options.foldLimits.conversationEventsMax = 12 }
        let disk = SimulatedFileSystem(seed: seed)
        var store = try EventStore.open(at: "/data", context: context(disk), options: options)
        var told: [IngestBatch] = []
        for step in 0..<24 {
            var events = SampleEvents()
            for place in 0..<Int.random(in: 1...12, using: &random) {
                addEvent(to: &events, "\(step)/\(place)", &random)
            }
            if step % 7 == 3 { events.addPrice("other", "input", picoPerToken: Int64(step), at: Double(step)) }
            told.append(events.batch)
            _ = try store.append([events.batch])
            let again = told[Int.random(in: told.indices, using: &random)]
            if Bool.random(using: &random) { _ = try store.append([again]) }
            if step == 11 { _ = try store.rebook(provider: "openai", model: nil, times: .min ..< .max) }
            if Int.random(in: 0..<4, using: &random) == 0 { try store.seal() }
            if step == 17 {
                try store.close()
                store = try EventStore.open(at: "/data", context: context(disk), options: options)
            }
        }
        let verified = try store.verify()
        #expect(verified.findings == [], "seed \(seed)")
        #expect(verified.conversations > 1 && verified.turns > 1 && verified.readEvents > 60)
        try store.seal()
        let sealed = try store.verify()
        #expect(sealed.findings == [], "seed \(seed), sealed")
        #expect(sealed.turns == verified.turns && sealed.conversations == verified.conversations)
        #expect(sealed.readEvents == verified.readEvents)
        try store.close()
    }

    /// Of one of few conversations, at one of few times.
    private func addEvent(to events: inout SampleEvents, _ id: String, _ random: inout SeededGenerator) {
        func once(in times: Int) -> Bool { Int.random(in: 0..<times, using: &random) == 0 }
        let conversation = Int.random(in: 0..<9, using: &random)
        var fields: [String: EventValue] = ["conversation_id": .text("c\(conversation)")]
        // Those of two tenants have one name.
        let tenant = conversation == 0 && once(in: 2) ? "other" : "default"
        if once(in: 8) { fields["conversation_id"] = nil }
        if once(in: 2) { fields["turn"] = .integer(Int64.random(in: 0..<3, using: &random)) }
        if once(in: 3) { fields["trace_id"] = .text(String(repeating: once(in: 2) ? "a" : "b", count: 32)) }
        if once(in: 3) { fields["channel"] = .text(once(in: 2) ? "web" : "mail") }
        let types = [
            "message.received", "message.received", "message.sent", "message.sent", "llm.call", "llm.call", "tool.call",
            "feedback.submitted", "conversation.resolved", "conversation.closed", "escalation.raised",
        ]
        let type = types[Int.random(in: types.indices, using: &random)]
        switch type {
        case "llm.call":
            fields["provider"] = .text("openai")
            fields["request_model"] = .text(once(in: 3) ? "other" : "gpt-4o")
            fields["input_tokens"] = .integer(Int64.random(in: 0..<5_000, using: &random))
            fields["output_tokens"] = .integer(7)
        case "message.sent": fields["status"] = .text(once(in: 4) ? "error" : "ok")
        case "feedback.submitted": fields["score"] = .integer(Int64.random(in: 1...5, using: &random))
        case "conversation.resolved": fields["by"] = .text("human")
        default: break
        }
        let seconds: Double? = once(in: 9) ? nil : Double(Int.random(in: 0..<40, using: &random)) * 90
        events.add(type, id: id, at: seconds, fields, tenant: tenant)
    }

    @Test func howFarItIsIsToldToTheEnd() throws {
        let store = try store(days: 3)
        let told = Mutex<[VerificationProgress]>([])
        _ = try store.verify { progress in told.withLock { $0.append(progress) } }
        try store.close()
        let all = told.withLock { $0 }
        #expect(all.last?.done == 2 * events(3) && all.allSatisfy { $0.total == 2 * events(3) })
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.done <= $1.done })
    }
}
