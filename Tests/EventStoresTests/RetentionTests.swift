import Columnar
import Domain
import EventStores
import Platform
import Projections
import Segments
import Testing

/// Events go once they are old enough; what was made of them stays as it was, whatever comes later.
@Suite struct RetentionTests {
    private let disk = SimulatedFileSystem(seed: 61)
    private let queue = HeldBackgroundQueue()
    private let clock = SimulatedClock(wallNanoseconds: SampleEvents.start + 3_600_000_000_000)
    private static let day: Int64 = 86_400_000_000_000

    private func context(_ disk: SimulatedFileSystem? = nil) -> StoreContext {
        StoreContext(
            fileSystem: disk ?? self.disk, clock: clock, randomness: SeededRandomness(seed: 1),
            workers: InlineWorkers(), sideQueue: queue)
    }

    private func open(
        _ disk: SimulatedFileSystem? = nil, at path: String = "/data", compacts: Bool = false
    ) throws -> EventStore {
        var options = EventStoreTests.options()
        options.retention = RetentionLimits(eventsNanoseconds: 7 * Self.day)
        if compacts { options.compaction = CompactionLimits(fanIn: 2, levelEvents: 8, newestLeft: 0) }
        return try EventStore.open(at: path, context: context(disk), options: options)
    }

    /// Paths of the segments, by name.
    private func segmentPaths(_ disk: SimulatedFileSystem? = nil) throws -> [String] {
        try (disk ?? self.disk).list("/data/segments").map(\.name).filter { $0.hasSuffix(".segment") }.sorted()
            .map { "/data/segments/" + $0 }
    }

    /// The segment that has what is left of events that went.
    private func pathOfWhatIsLeft() throws -> String {
        try #require(
            try segmentPaths().first { path in
                try SegmentReader.open(fileSystem: disk, path: path).tableNames.contains("dropped_events")
            })
    }

    /// Seconds from the beginning of the first day.
    private static func seconds(_ day: Int) -> Double { Double(day) * 86_400 }

    /// Conversations that end on the first day, one that goes on, and an event outside any.
    private static var firstDay: IngestBatch {
        var events = SampleEvents()
        events.addTurn("one", 1, at: 10)
        events.addTurn("two", 1, at: 20, model: "late-model")
        events.addTurn("goes on", 1, at: 30)
        events.add("probe.checked", id: "probe", at: 40, ["target": .text("a")])
        return events.batch
    }

    private static func turn(_ conversation: String, _ turn: Int64, day: Int) -> IngestBatch {
        var events = SampleEvents()
        events.addTurn(conversation, turn, at: seconds(day))
        return events.batch
    }

    /// A store whose first segment is old enough on the tenth day, when it gets an event.
    private func filled(_ disk: SimulatedFileSystem? = nil, compacts: Bool = false) throws -> EventStore {
        let store = try open(disk, compacts: compacts)
        let began = clock.wallNanoseconds()
        _ = try store.append([Self.firstDay])
        try store.seal()
        clock.advance(nanoseconds: 5 * Self.day)
        _ = try store.append([Self.turn("goes on", 2, day: 5), Self.turn("new", 1, day: 5)])
        try store.seal()
        clock.advance(nanoseconds: 5 * Self.day)
        _ = try store.append([Self.turn("newest", 1, day: 10)])
        #expect(clock.wallNanoseconds() == began + 10 * Self.day && store.status.segments == 2)
        return store
    }

    private func drop(_ store: EventStore) throws -> Bool { try dropOldEvents(of: store, clock) }

    /// What rows of a rollup add up to.
    private func sums(_ store: EventStore, _ table: String, _ columns: [String]) throws -> [Int128] {
        let source = try #require(store.snapshot().table(named: table))
        let places = try columns.map { name in try #require(source.columns.firstIndex { $0.name == name }) }
        var sums = places.map { _ in Int128(0) }
        for morsel in try source.morsels(for: ScanRequest(columns: places)) {
            for (index, place) in places.enumerated() {
                let column = try morsel.column(place)
                for row in 0..<morsel.rowCount {
                    switch column.scalar(at: row) {
                    case .integer(let value): sums[index] += Int128(value)
                    case .numeric(let value, _): sums[index] += value
                    default: break
                    }
                }
            }
        }
        return sums
    }

    private func rollups(_ store: EventStore) throws -> [[Int128]] {
        [
            try sums(store, "rollup_llm_call_1d", ["events", "cost_usd_count", "cost_usd_sum", "input_tokens_sum"]),
            try sums(store, "rollup_llm_call_1h", ["events", "cost_usd_count", "cost_usd_sum", "input_tokens_sum"]),
            try sums(store, "rollup_message_sent_1d", ["events", "duration_ns_sum", "duration_ns_at_most_2s"]),
            try sums(store, "rollup_events_users_1d", ["events"]),
        ]
    }

    private func notices(_ store: EventStore, _ table: String, since time: Int64? = nil) throws -> [String] {
        let source = try #require(store.snapshot().table(named: table))
        var request = ScanRequest(columns: [0], statistics: ScanStatistics())
        let place = try #require(source.columns.firstIndex { $0.name == "time" })
        if let time {
            request.predicates = [ColumnPredicate(column: place, comparison: .greaterOrEqual(.timestamptz(time)))]
        }
        _ = try source.morsels(for: request)
        return request.statistics.notices
    }

    /// What is left of them is nowhere else: who gives it up is told what goes, which is no count of events.
    @Test func whatIsLeftOfEventsIsGivenUpByWhoIsTold() throws {
        let store = try filled()
        #expect(try drop(store))
        try store.close()
        let path = try pathOfWhatIsLeft()
        disk.damage(path) { for offset in $0.count - 40..<$0.count - 10 { $0[offset] = 7 } }
        let context = context(disk)
        let told = try EventStore.repairPlan(at: "/data", context: context).steps.map { "\($0)" }
        #expect(told.count == 1 && told[0].contains("retention dropped") && !told[0].contains("0 events"), "\(told)")
        _ = try EventStore.repair(at: "/data", context: context, acceptsLoss: true)
        let again = try open()
        #expect(again.snapshot().lossNotice != nil)
        #expect(try again.verify().findings == [])
        try again.close()
    }

    @Test func whatWasMadeOfEventsStays() throws {
        let store = try filled()
        let (models, sums) = (try readModels(store), try rollups(store))
        let counters = store.snapshot().counters.families
        #expect(try rows(store, "events", ["id"]).count == 10 + 6 + 3)
        #expect(try notices(store, "llm_call").isEmpty && store.verify().droppedUntil == nil)
        #expect(try drop(store))
        func check(_ store: EventStore) throws {
            #expect(try readModels(store) == models)
            #expect(try rollups(store) == sums)
            #expect(store.snapshot().counters.families == counters)
            // Six of the two that ended, and the one outside any conversation.
            let ids = try rows(store, "events", ["id"])
            #expect(ids.count == 3 + 6 + 3 && !ids.contains { $0.contains("one/1") || $0.contains("probe") })
            let told = try notices(store, "llm_call")
            #expect(told.count == 1 && told[0].contains("7 events"), "\(told)")
            #expect(try notices(store, "events").count == 1)
            #expect(try notices(store, "turns").isEmpty && notices(store, "rollup_llm_call_1d").isEmpty)
            // Who asks for later times misses nothing.
            #expect(try notices(store, "llm_call", since: SampleEvents.start + Self.day).isEmpty)
            #expect(try notices(store, "llm_call", since: SampleEvents.start).count == 1)
            let verification = try store.verify()
            #expect(verification.findings == [])
            #expect(verification.droppedEvents == 7 && verification.droppedUntil != nil)
            #expect(store.status.droppedEvents == 7 && store.status.droppedUntil == verification.droppedUntil)
            #expect(verification.turns == models[0].count && verification.conversations == models[1].count)
            let records = try rows(store, "system_events", ["type", "data"]).filter {
                $0.contains("retention.dropped")
            }
            #expect(records.count == 1 && records[0].contains("last_position"))
        }
        try check(store)
        // What goes on alone is no reason for another one.
        #expect(try !drop(store))
        disk.crash()
        let again = try open()
        try check(again)
        try again.seal()
        try check(again)
        try again.close()
    }

    @Test func nothingGoesUnlessItIsSaid() throws {
        let store = try filled()
        try store.close()
        var options = EventStoreTests.options()
        options.compaction = nil
        let again = try EventStore.open(at: "/data", context: context(), options: options)
        #expect(try !again.startRetention())
        #expect(try rows(again, "events", ["id"]).count == 19)
        try again.close()
    }

    /// Whether an event is a repeat of one that is gone nobody knows: it is refused, and what is there is known.
    @Test func repeatsOfWhatIsGoneAreTooOld() throws {
        let store = try filled()
        #expect(try drop(store))
        let verdicts = try store.append([Self.firstDay])[0].verdicts
        #expect(verdicts.count == 10)
        for (row, verdict) in verdicts.enumerated() {
            #expect(verdict == ((6...8).contains(row) ? .duplicate : .tooOld), "\(row)")
        }
        #expect(store.refused.tooOld == 7)
        // A late one of after the last that is gone comes in.
        let late = try store.append([Self.turn("late", 1, day: 1)])[0]
        #expect(late.accepted == 3)
        #expect(try store.append([Self.turn("late", 1, day: 1)])[0].duplicates == 3)
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// Who comes back after his events went gets rows of his own, and no row of before changes.
    @Test func whoComesBackHasRowsOfHisOwn() throws {
        let store = try filled()
        let before = try readModels(store)
        #expect(try drop(store))
        _ = try store.append([Self.turn("one", 2, day: 10)])
        func check(_ store: EventStore) throws {
            let after = try readModels(store)
            #expect(Set(before[0]).isSubset(of: Set(after[0])) && after[0].count == before[0].count + 1)
            #expect(Set(before[1]).isSubset(of: Set(after[1])) && after[1].count == before[1].count + 1)
            #expect(try store.verify().findings == [])
        }
        try check(store)
        try store.seal()
        try check(store)
        // What goes on is folded from all of its events.
        _ = try store.append([Self.turn("goes on", 3, day: 10)])
        let whole = try rows(store, "conversations", ["conversation_id", "turns", "answers"])
        #expect(whole.contains { $0.contains("goes on") && $0.contains("3") }, "\(whole)")
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// What calls cost is fixed when they go: a later price passes them over, and a correction of them is refused.
    @Test func costsThatAreFixedStay() throws {
        let store = try filled()
        #expect(try drop(store))
        let (models, sums) = (try readModels(store), try rollups(store))
        var events = SampleEvents()
        events.addPrice("late-model", "input", picoPerToken: 2_000, at: -10_000)
        // A price of before may be a repeat of one that is gone.
        #expect(try store.append([events.batch])[0].verdicts == [.tooOld])
        events = SampleEvents()
        events.addPrice("gpt-4o", "input", picoPerToken: 9_000, at: Self.seconds(9))
        _ = try store.append([events.batch])
        #expect(throws: StoreError.self) {
            try store.rebook(provider: "openai", model: nil, times: .min ..< .max)
        }
        #expect(throws: StoreError.self) {
            try store.snapshot().rebookingPreview(provider: "openai", model: nil, times: .min ..< .max)
        }
        let from = try #require(store.snapshot().horizon)
        #expect(from > SampleEvents.start && from < SampleEvents.start + Self.day)
        let rebooked = try store.rebook(provider: "openai", model: nil, times: from ..< .max)
        #expect(rebooked.calls == 1)
        #expect(try readModels(store) != models && rollups(store) != sums)
        #expect(try store.verify().findings == [])
        disk.crash()
        let again = try open()
        #expect(try again.verify().findings == [])
        try again.close()
    }

    /// A price that comes while a job is under way makes it one of before: it is done again, with the price.
    @Test func aPriceThatComesMeanwhileCounts() throws {
        let store = try filled()
        clock.advance(nanoseconds: 120_000_000_000)
        #expect(try store.startRetention() && queue.heldCount == 1)
        var events = SampleEvents()
        events.addPrice("late-model", "input", picoPerToken: 2_000, at: -10_000)
        events.addPrice("late-model", "output", picoPerToken: 3_000, at: -10_000)
        _ = try store.append([events.batch])
        try store.finishJobs()
        #expect(try rows(store, "events", ["id"]).count == 19 + 2)
        // Not before a seal knows of it, either.
        #expect(try !drop(store))
        try store.seal()
        let (models, sums) = (try readModels(store), try rollups(store))
        // The seal folded the conversation of the call again, so that its events stay for as long as what came then.
        #expect(try drop(store))
        #expect(try rows(store, "events", ["id"]).count == 19 - 4 + 2)
        #expect(try readModels(store) == models && rollups(store) == sums)
        #expect(sums[0][1] == 6)
        clock.advance(nanoseconds: 8 * Self.day)
        _ = try store.append([Self.turn("last", 1, day: 18)])
        let last = (try readModels(store), try rollups(store))
        #expect(try drop(store))
        #expect(try rows(store, "events", ["id"]).count == 3)
        #expect(try readModels(store) == last.0 && rollups(store) == last.1)
        disk.crash()
        let again = try open()
        #expect(try readModels(again) == last.0 && rollups(again) == last.1)
        #expect(try again.verify().findings == [])
        try again.close()
    }

    /// A segment of what is left is no segment of events: a version that does not know of it must not open the store.
    @Test func manifestsOfFrozenSegmentsHaveAFormatOfTheirOwn() throws {
        func format() throws -> UInt8? {
            let names = try disk.list("/data/segments").map(\.name).filter { $0.hasPrefix("manifest-") }
            return try disk.contents(of: "/data/segments/" + (try #require(names.max())))[8]
        }
        let store = try filled()
        #expect(try format() == 1)
        #expect(try drop(store))
        #expect(try format() == 2)
        try store.close()
    }

    @Test func theSameEventsLeaveTheSameBytes() throws {
        func bytes(_ disk: SimulatedFileSystem) throws -> [[UInt8]] {
            let began = clock.wallNanoseconds()
            let store = try filled(disk)
            #expect(try drop(store))
            // What went goes from the disk with the step that reads it no more.
            try store.tick()
            try store.close()
            clock.step(toWallNanoseconds: began)
            return try segmentPaths(disk).map { try disk.contents(of: $0) }
        }
        let one = try bytes(SimulatedFileSystem(seed: 5))
        #expect(try one == bytes(SimulatedFileSystem(seed: 6)) && one.count == 3)
    }

    /// Compaction goes on beside what stays as it is, and what had been left goes in the end.
    @Test func whatIsLeftBecomesOneWithWhatComes() throws {
        let store = try filled(compacts: true)
        try store.seal()
        #expect(try drop(store))
        let (models, sums) = (try readModels(store), try rollups(store))
        var count = 0
        while try store.startCompaction() {
            try store.finishJobs()
            count += 1
        }
        #expect(count > 0)
        #expect(try readModels(store) == models && rollups(store) == sums)
        #expect(try store.verify().findings == [])
        clock.advance(nanoseconds: 8 * Self.day)
        _ = try store.append([Self.turn("last", 1, day: 18)])
        let last = (try readModels(store), try rollups(store))
        #expect(try drop(store))
        #expect(try readModels(store) == last.0 && rollups(store) == last.1)
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// An export of what is left is a part of the store, and says so.
    @Test func anExportSaysThatItIsAPart() throws {
        let store = try filled()
        #expect(try store.exportReader(in: .min ..< .max).beginning.isWhole)
        #expect(try drop(store))
        var reader = try store.exportReader(in: .min ..< .max)
        #expect(!reader.beginning.isWhole && reader.beginning.notice?.contains("7 events") == true)
        var count = 0
        while let page = try reader.next() { count += page.events.count }
        #expect(count == 12)
        try store.close()
    }

    /// Power goes at any step: the events are there, or all that was made of them.
    @Test func itIsWholeOrNotAtAll() throws {
        var (call, hasEnded, dropped) = (1, false, 0)
        while !hasEnded {
            let disk = SimulatedFileSystem(seed: UInt64(call))
            let began = clock.wallNanoseconds()
            let store = try filled(disk)
            let (models, sums) = (try readModels(store), try rollups(store))
            let counters = store.snapshot().counters.families
            disk.arm(SimulatedFault(.powerCut, atCall: call))
            hasEnded = (try? drop(store)) == true
            disk.crash(.power)
            let again = try open(disk)
            let count = try rows(again, "events", ["id"]).count
            #expect(count == 19 || count == 12, "at call \(call)")
            dropped += count == 12 ? 1 : 0
            #expect(try readModels(again) == models && rollups(again) == sums, "at call \(call)")
            #expect(again.snapshot().counters.families == counters)
            #expect(try again.verify().findings == [], "at call \(call)")
            try again.close()
            clock.step(toWallNanoseconds: began)
            call += 1
        }
        #expect(call > 10 && dropped > 1)
    }

    /// What cannot be read stays, is told, and goes once it can be.
    @Test func whatCannotBeReadStaysAndIsTold() throws {
        let store = try filled()
        let path = try #require(try segmentPaths().first)
        let reader = try SegmentReader.open(fileSystem: disk, path: path)
        let page = try #require(reader.pagePlaces(table: "llm_call", column: 0).first)
        disk.damage(path) { $0[page.lowerBound + 20] ^= 1 }
        clock.advance(nanoseconds: 120_000_000_000)
        #expect(try store.startRetention())
        #expect(throws: (any Error).self) { try store.finishJobs() }
        #expect(store.status.troubles.contains { $0.line.contains("old enough stay") }, "\(store.status.troubles)")
        #expect(store.status.droppedEvents == 0 && store.status.segments == 2)
        // Not again at once.
        #expect(try !store.startRetention())
        disk.damage(path) { $0[page.lowerBound + 20] ^= 1 }
        clock.advance(nanoseconds: 900_000_000_000)
        #expect(try store.startRetention())
        try store.finishJobs()
        #expect(store.status.droppedEvents == 7)
        #expect(!store.status.troubles.contains { $0.line.contains("old enough stay") })
        try store.close()
    }

    /// A disk that refuses any one step: answers are as before, and what came to nothing is done after a start.
    @Test(arguments: [5, 28] as [Int32]) func aFailureAtAnyStepLeavesTheStoreWhole(code: Int32) throws {
        var (call, hasEnded) = (1, false)
        while !hasEnded {
            let disk = SimulatedFileSystem(seed: UInt64(call))
            let began = clock.wallNanoseconds()
            let store = try filled(disk)
            let (models, sums) = (try readModels(store), try rollups(store))
            let before = disk.counts.faults
            disk.arm(SimulatedFault(.failure(code), atCall: call))
            // Of some calls nobody minds that they fail.
            hasEnded = (try? drop(store)) == true && disk.counts.faults == before
            disk.disarm()
            #expect(try readModels(store) == models && rollups(store) == sums, "at call \(call)")
            disk.crash()
            let again = try open(disk)
            if try rows(again, "events", ["id"]).count == 19 { #expect(try drop(again), "at call \(call)") }
            #expect(try rows(again, "events", ["id"]).count == 12)
            #expect(try readModels(again) == models && rollups(again) == sums, "at call \(call)")
            #expect(try again.verify().findings == [], "at call \(call)")
            try again.close()
            clock.step(toWallNanoseconds: began)
            call += 1
        }
        #expect(call > 10)
    }

    /// A clock that runs a year ahead takes nothing along, whether it was seen to jump or a start found it there, and
    /// neither while it is set right.
    @Test(arguments: [false, true]) func aClockThatRunsAwayTakesNothingAlong(restarts: Bool) throws {
        var store = try filled()
        var turn: Int64 = 0
        func step(by nanoseconds: Int64) throws {
            clock.step(toWallNanoseconds: clock.wallNanoseconds() + nanoseconds)
            if restarts {
                try store.close()
                store = try open()
            }
        }
        /// Longer than steps of the clock are doubted.
        func goOn() throws {
            turn += 1
            clock.advance(nanoseconds: 400_000_000_000)
            _ = try store.append([Self.turn("goes on and on", turn, day: 10)])
        }
        let right = clock.wallNanoseconds()
        try step(by: 365 * Self.day)
        for _ in 0..<3 {
            try goOn()
            #expect(try !drop(store))
        }
        #expect(store.watermark > right + 300 * Self.day && store.status.droppedEvents == 0)
        try step(by: -365 * Self.day)
        try goOn()
        if restarts { #expect(try !drop(store)) }
        for _ in 0..<3 { try goOn() }
        #expect(try drop(store))
        #expect(store.status.droppedEvents == 7)
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// Whoever was away for a year finds the clock a year ahead, and is believed after some days.
    @Test func whoWasAwayWaitsForSomeDays() throws {
        let store = try filled()
        try store.close()
        clock.step(toWallNanoseconds: clock.wallNanoseconds() + 365 * Self.day)
        let again = try open()
        _ = try again.append([Self.turn("back", 1, day: 375)])
        #expect(try !drop(again))
        clock.advance(nanoseconds: 3 * Self.day)
        _ = try again.append([Self.turn("back", 2, day: 378)])
        #expect(try drop(again))
        #expect(again.status.droppedEvents == 16)
        #expect(try again.verify().findings == [])
        try again.close()
    }

    /// A segment that was given up leaves positions that none has; what stands on both sides of them goes all the same.
    @Test func aSegmentThatWasGivenUpIsNoObstacle() throws {
        let store = try open()
        _ = try store.append([Self.firstDay])
        try store.seal()
        _ = try store.append([Self.turn("lost", 1, day: 0)])
        try store.seal()
        _ = try store.append([Self.turn("goes on", 2, day: 0)])
        try store.seal()
        try store.close()
        disk.damage(try segmentPaths()[1]) { $0.removeLast(9) }
        #expect(try EventStore.repair(at: "/data", context: context(), acceptsLoss: true).setAside.count == 1)
        let again = try open()
        _ = try again.append([Self.turn("later", 1, day: 0)])
        clock.advance(nanoseconds: 10 * Self.day)
        _ = try again.append([Self.turn("newest", 1, day: 10)])
        try again.seal()
        let (models, sums) = (try readModels(again), try rollups(again))
        #expect(try drop(again))
        #expect(again.status.droppedEvents >= 7)
        #expect(try readModels(again) == models && rollups(again) == sums)
        #expect(try again.verify().findings == [])
        try again.close()
    }

    /// What went stands twice in a segment. Where neither can be read answers say that some did.
    @Test func whatWentIsSaidWhereItCannotBeCounted() throws {
        let store = try filled()
        #expect(try drop(store))
        try store.close()
        let path = try pathOfWhatIsLeft()
        func damage(_ table: String) throws {
            let reader = try SegmentReader.open(fileSystem: disk, path: path)
            let column = try #require(reader.columns(table: table).firstIndex { $0.name == "data" })
            let place = try #require(reader.pagePlaces(table: table, column: column).last)
            disk.damage(path) { for offset in place { $0[offset] ^= 0x55 } }
        }
        func told() throws -> String {
            let again = try open()
            defer { try? again.close() }
            #expect(try !again.exportReader(in: .min ..< .max).beginning.isWhole)
            let told = try notices(again, "llm_call")
            #expect(told.count == 1, "\(told)")
            return told.joined()
        }
        try damage("dropped_events")
        #expect(try told().contains("7 events"))
        try damage("system_events")
        #expect(try told().contains("cannot be read of 1 segment"))
        // Who gives it up is told what that is, and nothing of events that it never had.
        let plan = try EventStore.repairPlan(at: "/data", context: context(), givingUp: [fileName(of: path)])
        #expect(plan.steps.map { "\($0)" }.contains { $0.contains("events that retention dropped") }, "\(plan.steps)")
    }

    /// What was set holds until something else is, however long ago that was.
    @Test func budgetsStay() throws {
        let store = try open()
        var events = SampleEvents()
        events.addTurn("one", 1, at: 10)
        events.add("budget.set", id: "year", at: 20, ["amount_usd": .integer(5), "period": .text("year")])
        // That of a conversation goes with it.
        events.add("budget.set", id: "own", at: 30, ["amount_usd": .integer(7), "conversation_id": .text("one")])
        _ = try store.append([events.batch])
        try store.seal()
        for day in [10, 20] {
            clock.advance(nanoseconds: 10 * Self.day)
            _ = try store.append([Self.turn("of day \(day)", 1, day: day)])
            let sums = try rollups(store)
            #expect(try drop(store))
            #expect(try rollups(store) == sums)
            let budgets = try rows(store, "budget_set", ["id"])
            #expect(budgets.count == 1 && budgets[0].contains("year"), "\(budgets)")
            #expect(try rows(store, "events", ["id"]).count == 4)
            #expect(try store.verify().findings == [])
            try store.seal()
        }
        #expect(store.status.droppedEvents == 4 + 3)
        try store.close()
    }

    /// A backup has all that is left, and no earlier moment of it.
    @Test func aBackupHasWhatIsLeft() throws {
        let store = try filled()
        #expect(try drop(store))
        _ = try EventStore.backUp("/data", into: "/backups", context: context(), options: BackupOptions())
        #expect(try EventStore.verifyBackup("/backups", context: context()).findings == [])
        let (models, sums) = (try readModels(store), try rollups(store))
        try store.close()
        var wanted = BackupRestoring()
        wanted.keyFile = "/data/keys/store.key"
        _ = try EventStore.restoreBackup("/backups", into: "/restored", context: context(), wanted)
        let made = try open(at: "/restored")
        #expect(try readModels(made) == models && rollups(made) == sums)
        #expect(made.status.droppedEvents == 7)
        #expect(try made.verify().findings == [])
        try made.close()
        wanted.moment = .position(15)
        #expect(throws: BackupRefusal.self) {
            _ = try EventStore.restoreBackup("/backups", into: "/earlier", context: context(), wanted)
        }
        #expect(try !disk.isDirectory("/earlier"))
    }
}
