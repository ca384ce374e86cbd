import Columnar
import Domain
import EventStores
import Platform
import Projections
import Segments
import Testing

/// Small segments become one: whatever is asked is answered as before, whatever comes beside it is kept.
@Suite struct CompactionTests {
    private let disk = SimulatedFileSystem(seed: 41)
    private let queue = HeldBackgroundQueue()
    private let clock = SimulatedClock(wallNanoseconds: SampleEvents.start + 3_600_000_000_000)
    private static let limits = CompactionLimits(fanIn: 3, levelEvents: 16, newestLeft: 0)

    private func open(
        _ disk: SimulatedFileSystem? = nil, limits: CompactionLimits? = CompactionTests.limits, sealEvents: Int = 1_000
    ) throws -> EventStore {
        var options = EventStoreTests.options(sealEvents: sealEvents)
        options.compaction = limits
        let context = StoreContext(
            fileSystem: disk ?? self.disk, clock: clock, randomness: SeededRandomness(seed: 1),
            workers: InlineWorkers(), sideQueue: queue)
        return try EventStore.open(at: "/data", context: context, options: options)
    }

    /// Turns, some of them of conversations of before, some at one time, and events without a time.
    private static func batch(_ number: Int) -> IngestBatch {
        var events = SampleEvents()
        for turn in 1...3 {
            let model = turn == 2 ? "late-model" : "gpt-4o"
            events.addTurn("own \(number)", Int64(turn), at: Double(1_000 * (number % 4) + turn), model: model)
        }
        events.addTurn("shared \(number % 2)", Int64(number + 1), at: Double(40 + number))
        events.add(
            "feedback.submitted", id: "f\(number)", at: nil,
            ["conversation_id": .text("own \(number)"), "score": .integer(Int64(number % 5) + 1)])
        if number == 4 { events.addPrice("late-model", "input", picoPerToken: 2_000, at: -10_000) }
        return events.batch
    }

    /// A store with so many segments.
    private func filled(_ count: Int, _ disk: SimulatedFileSystem? = nil) throws -> EventStore {
        let store = try open(disk)
        for number in 0..<count {
            _ = try store.append([Self.batch(number)])
            try store.seal()
        }
        #expect(store.status.segments == count)
        return store
    }

    /// All rows of all tables, every column.
    private func answers(_ store: EventStore) throws -> [String: [String]] { try answers(store.snapshot()) }

    private func answers(_ snapshot: StoreSnapshot) throws -> [String: [String]] {
        var all: [String: [String]] = [:]
        for name in ["events", "llm_call", "feedback_submitted", "turns", "conversations", "dead_letters"] {
            let columns = try #require(snapshot.table(named: name)).columns.map(\.name)
            all[name] = try rows(snapshot, name, columns)
        }
        return all
    }

    /// Whatever is due, one after the other.
    private func compact(_ store: EventStore) throws -> Int {
        var count = 0
        while try store.startCompaction() {
            try store.finishJobs()
            count += 1
        }
        return count
    }

    /// Before, during and after it, whatever form the pages have that it reads and writes.
    @Test(arguments: [nil] + PageForm.allCases.map { $0 as PageForm? })
    func answersAreTheSame(form: PageForm?) throws {
        let plain = try answers(filled(9, SimulatedFileSystem(seed: 42)))
        try PageForm.$forced.withValue(form) { try compareAnswers(plain) }
    }

    private func compareAnswers(_ plain: [String: [String]]) throws {
        let store = try filled(9)
        let before = try answers(store)
        #expect(before == plain)
        #expect(before["events"]?.count == 9 * 13 + 1 && before["feedback_submitted"]?.count == 9)
        let counters = store.snapshot().counters.families
        var held: StoreSnapshot? = store.snapshot()
        // Six at once at most, then those that are left: of 13 events each, on the first level.
        var count = 0
        while try store.startCompaction() {
            #expect(try answers(store) == before)
            // Its files are there, and no manifest names them.
            queue.runNext()
            #expect(try answers(store) == before)
            try store.finishJobs()
            #expect(try answers(store) == before)
            count += 1
        }
        #expect(count == 2)
        #expect(store.status.segments == 2)
        #expect(try held.map(answers) == before)
        held = nil
        // What became one is gone, without another seal.
        try store.tick()
        #expect(try disk.list("/data/segments").filter { $0.name.hasSuffix(".segment") }.count == 2)
        #expect(store.snapshot().counters.families == counters)
        #expect(try store.verify().findings == [])
        // Each event is known again, those without a time, too.
        for number in 0..<9 {
            let result = try store.append([Self.batch(number)])[0]
            #expect(result.duplicates == (number == 4 ? 14 : 13))
        }
        disk.crash()
        let again = try open()
        #expect(again.status.segments == 2)
        #expect(try answers(again) == before)
        #expect(try again.verify().findings == [])
        try again.close()
    }

    /// Many of them become one at once, and not some of them again and again.
    @Test func smallSealsAreWrittenAgainOnce() throws {
        let store = try open(limits: CompactionLimits())
        var lengths: [String: Int] = [:]
        /// Bytes of the segments that came since the last look.
        func fresh() throws -> Int {
            var bytes = 0
            for name in try disk.list("/data/segments").map(\.name)
            where name.hasSuffix(".segment") && lengths[name] == nil {
                let length = try #require(try disk.lengthBytes(of: "/data/segments/" + name))
                lengths[name] = length
                bytes += length
            }
            return bytes
        }
        var (sealed, rewritten, count) = (0, 0, 0)
        for number in 0..<68 {
            _ = try store.append([Self.batch(number)])
            try store.seal()
            sealed += try fresh()
            count += try compact(store)
            rewritten += try fresh()
        }
        #expect(count == 2 && store.status.segments == 68 - 2 * 31)
        #expect(rewritten > 0 && rewritten <= sealed)
        #expect(store.status.segmentBytes < sealed)
        try store.close()
    }

    @Test func theSameSegmentsMakeTheSameBytes() throws {
        func bytes(_ disk: SimulatedFileSystem) throws -> [[UInt8]?] {
            let store = try filled(6, disk)
            #expect(try compact(store) == 1)
            let names = try disk.list("/data/segments").map(\.name).filter { $0.hasSuffix(".segment") }.sorted()
            let path = "/data/segments/" + (try #require(names.last))
            let content = disk.snapshot(of: path)
            try store.close()
            return [Array(path.utf8), content]
        }
        let one = try bytes(SimulatedFileSystem(seed: 5))
        #expect(try one == bytes(SimulatedFileSystem(seed: 6)) && one[1] != nil)
    }

    private static let words = ["answer", "order", "refund", "invoice", "please", "address", "parcel", "late", "again"]

    /// What lies more than a day behind what came last is seldom read: Zstandard lies over its texts.
    @Test func textsOfDaysAgoTakeLess() throws {
        func merged(
            from start: Double = -200_000, lastAt seconds: Double, letterAt letterTime: Int64? = nil
        ) throws -> (byteCount: Int, answers: [String: [String]]) {
            let disk = SimulatedFileSystem(seed: 43)
            let store = try open(disk, limits: CompactionLimits(fanIn: 3, levelEvents: 16, newestLeft: 1))
            var generator = SeededGenerator(seed: 9)
            for number in 0..<4 {
                var events = SampleEvents()
                for row in 0..<200 {
                    let words = (0..<9).map { _ in Self.words[generator.next(below: Self.words.count)] }
                    events.add(
                        "feedback.submitted", id: "\(number) \(row) " + words.joined(separator: " "),
                        at: number < 3 ? Double(row) + start : seconds,
                        ["conversation_id": .text("c"), "score": .integer(Int64(row % 5))])
                }
                var batch = events.batch
                if number == 3, let letterTime {
                    batch.deadLetters = [
                        DeadLetter(
                            id: "1", source: "test", type: "unknown.type", time: letterTime, error: "no", fields: "{}")
                    ]
                }
                _ = try store.append([batch])
                try store.seal()
            }
            let before = try answers(store)
            #expect(try compact(store) == 1)
            #expect(store.status.segments == 2)
            #expect(try answers(store) == before)
            #expect(try store.verify().findings == [])
            let names = try disk.list("/data/segments").map(\.name).filter { $0.hasSuffix(".segment") }.sorted()
            let name = try #require(names.last)
            let bytes = try #require(disk.snapshot(of: "/data/segments/" + name))
            try store.close()
            return (bytes.count, before)
        }
        // The three that become one are the same.
        let (lately, daysAgo) = (try merged(lastAt: -190_000), try merged(lastAt: 0))
        #expect(daysAgo.byteCount * 10 <= lately.byteCount * 9)
        #expect(daysAgo.answers["feedback_submitted"]?.count == 800)
        // What somebody sent under a type that nobody knows makes nothing old, whatever time it says.
        let letterTime = SampleEvents.start + 3_650 * 86_400_000_000_000
        let beside = try merged(from: -1_000, lastAt: 0, letterAt: letterTime)
        #expect(try beside.byteCount == merged(from: -1_000, lastAt: 0).byteCount)
        #expect(beside.answers["dead_letters"]?.count == 1)
    }

    /// Rows that later ones stand for are left out, and those that lie beside each other in time are in one group.
    @Test func whatNoLongerCountsIsLeftOut() throws {
        let store = try filled(6)
        let turns = try rows(store, "turns", ["turn"]).count
        func rowCount(_ table: String, _ names: [String]) throws -> Int {
            try names.reduce(0) { count, name in
                let reader = try SegmentReader.open(fileSystem: disk, path: "/data/segments/" + name)
                return count + reader.groups(table: table).reduce(0) { $0 + $1.rowCount }
            }
        }
        func segmentNames() throws -> [String] {
            try disk.list("/data/segments").map(\.name).filter { $0.hasSuffix(".segment") }.sorted()
        }
        let before = try segmentNames()
        #expect(try rowCount("turns", before) > turns)
        #expect(try compact(store) == 1)
        let fresh = try segmentNames().filter { !before.contains($0) }
        #expect(try fresh.count == 1 && rowCount("turns", fresh) == turns)
        #expect(try rowCount("llm_call", fresh) == 6 * 4)
        #expect(try rows(store, "turns", ["turn"]).count == turns)
        try store.close()
    }

    /// A seal marks rows of segments that are becoming one: the marks follow them.
    @Test func rowsThatAreMarkedMeanwhileAreMarkedWhereTheyAre() throws {
        try filled(3).close()
        let store = try open(sealEvents: 3)
        var events = SampleEvents()
        events.addTurn("shared 0", 9, at: 2_000)
        _ = try store.append([events.batch])
        #expect(try store.startCompaction() && queue.heldCount == 2)
        let before = try answers(store)
        queue.runNext()
        try store.tick()
        #expect(try answers(store) == before)
        try store.finishJobs()
        // It is not for nothing, and not done again.
        #expect(try store.status.segments == 2 && answers(store) == before)
        #expect(try compact(store) == 0)
        #expect(try store.verify().findings == [])
        disk.crash()
        let again = try open(limits: CompactionLimits(fanIn: 3, levelEvents: 1_000, newestLeft: 0))
        #expect(try again.status.segments == 2 && answers(again) == before)
        // The marks are those of rows that count no longer: the next one leaves these out.
        _ = try again.append([Self.batch(3)])
        try again.seal()
        let after = try answers(again)
        #expect(try compact(again) == 1)
        #expect(try again.status.segments == 1 && answers(again) == after)
        #expect(try again.verify().findings == [])
        try again.close()
    }

    /// So do marks that wait for a seal, whether it comes or power goes first.
    @Test(arguments: [true, false]) func rowsThatWaitForASealToDieAreNotLost(isSealed: Bool) throws {
        let store = try open()
        _ = try store.append([Self.batch(0)])
        _ = try store.append([Self.call(nil)])
        for number in 1...3 {
            try store.seal()
            if number < 3 { _ = try store.append([Self.batch(number)]) }
        }
        #expect(try store.status.segments == 3 && store.startCompaction())
        try Self.replace(store, by: "own 0")
        let (before, told) = (try answers(store), try said(store))
        try store.finishJobs()
        #expect(try store.status.segments == 1 && answers(store) == before)
        let after = try said(store)
        #expect(after.sent == told.sent && after.exported == told.exported)
        if isSealed {
            try store.seal()
            #expect(try store.status.segments == 2 && answers(store) == before)
        }
        disk.crash()
        let again = try open()
        #expect(try answers(again) == before)
        #expect(try again.verify().findings == [])
        let calls = try rows(again, "llm_call", ["id", "conversation_id"]).filter { $0.contains("late") }
        #expect(calls.count == 1 && calls[0].contains("own 0"))
        try again.close()
    }

    /// What becomes of rows that wait is known when they are sealed: until then theirs stay as they are.
    @Test func noneBeginsWhileRowsWaitForASealToDie() throws {
        let store = try open()
        _ = try store.append([Self.batch(0)])
        _ = try store.append([Self.call(nil)])
        for number in 1...3 {
            try store.seal()
            if number < 3 { _ = try store.append([Self.batch(number)]) }
        }
        try Self.replace(store, by: "own 0")
        let before = try answers(store)
        #expect(try !store.startCompaction())
        try store.seal()
        #expect(try compact(store) == 1)
        #expect(try answers(store) == before)
        try store.close()
    }

    /// A call of batch 0's time, the fourteenth event of a store that begins with that batch.
    private static func call(_ conversation: String?) -> IngestBatch {
        var events = SampleEvents()
        var fields: [String: EventValue] = [
            "provider": .text("openai"), "request_model": .text("gpt-4o"), "input_tokens": .integer(1_000),
        ]
        if let conversation { fields["conversation_id"] = .text(conversation) }
        events.add("llm.call", id: "late", at: 3_500, fields)
        return events.batch
    }

    private static func replace(_ store: EventStore, by conversation: String) throws {
        let row = EventReplacement(position: 14, row: call(conversation).events.bytes)
        _ = try store.append([
            IngestBatch(replacements: [row], notes: [SystemNote(type: "trace.settled", data: "{}")])
        ])
    }

    /// What is sent on, and what an export says: events as they came, and the rows that count.
    private func said(_ store: EventStore) throws -> (sent: [PagedEvent], exported: [[UInt8]]) {
        let snapshot = store.snapshot()
        var (sent, after): ([PagedEvent], Int64) = ([], 0)
        while after < snapshot.position {
            let request = EventPageRequest(
                types: Set(SampleEvents.registry.types.map(\.id)), after: after, countMax: 7)
            let page = try snapshot.page(request)
            sent += page.events
            #expect(page.coveredPosition > after)
            after = max(after + 1, page.coveredPosition)
        }
        var export = try store.exportReader(in: .min ..< .max)
        var exported: [[UInt8]] = []
        while let page = try export.next() { exported += page.events.map(\.copy) }
        return (sent, exported)
    }

    /// Rows that stand for others of before keep their position, and others their place, whatever becomes one.
    @Test func replacedEventsAreSentAsTheyCameAndExportedAsTheyAre() throws {
        func seal(_ store: EventStore, _ numbers: Int...) throws {
            for number in numbers {
                if number >= 0 { _ = try store.append([Self.batch(number)]) }
                try store.seal()
            }
        }
        func check(_ store: EventStore, rounds: Int = 1, segments: Int) throws {
            let (before, told) = (try answers(store), try said(store))
            #expect(told.sent.filter { $0.position == 14 }.count == 1)
            #expect(Int64(told.exported.count) == store.snapshot().position)
            #expect(try compact(store) == rounds)
            #expect(store.status.segments == segments)
            let after = try said(store)
            #expect(try answers(store) == before)
            #expect(after.sent == told.sent && after.exported == told.exported)
            #expect(try store.verify().findings == [])
        }
        let store = try open()
        _ = try store.append([Self.batch(0)])
        _ = try store.append([Self.call(nil)])
        try seal(store, -1, 1)
        try Self.replace(store, by: "own 0")
        try seal(store, 2)
        try check(store, segments: 1)
        // Again, by a segment that has no events of its own, beside which others become one.
        try Self.replace(store, by: "own 1")
        try seal(store, -1, 3, 5)
        try check(store, segments: 2)
        // And once more, with those that have become one before.
        try seal(store, 6, 7, 8)
        try check(store, rounds: 2, segments: 1)
        let calls = try rows(store, "llm_call", ["id", "conversation_id"]).filter { $0.contains("late") }
        #expect(calls.count == 1 && calls[0].contains("own 1"))
        try store.close()
    }

    @Test func aCompactionThatFailsLeavesAllAsItWas() throws {
        let store = try filled(3)
        let before = try answers(store)
        #expect(try store.startCompaction())
        disk.arm(SimulatedFault(.failure(28), atCall: 2))
        #expect(throws: StoreError.self) { try store.finishJobs() }
        #expect(try answers(store) == before)
        // The next one waits.
        #expect(try !store.startCompaction())
        #expect(store.status.segments == 3)
        try store.close()
    }

    /// A segment that cannot be read stays, and those beside it become one without it.
    @Test func aDamagedSegmentIsPassedOver() throws {
        let store = try filled(7)
        let names = try disk.list("/data/segments").map(\.name).filter { $0.hasSuffix(".segment") }.sorted()
        let path = "/data/segments/" + names[3]
        let reader = try SegmentReader.open(fileSystem: disk, path: path)
        let page = try #require(reader.pagePlaces(table: "llm_call", column: 0).first)
        disk.damage(path) { $0[page.lowerBound + 20] ^= 1 }
        #expect(try store.startCompaction())
        #expect(throws: (any Error).self) { try store.finishJobs() }
        // Three before it and three behind it.
        #expect(try compact(store) == 2)
        #expect(store.status.segments == 3)
        #expect(try disk.list("/data/segments").map(\.name).contains(names[3]))
        try store.close()
    }

    /// A close does not wait until it is done.
    @Test func aCloseEndsIt() throws {
        let store = try filled(3)
        let before = try answers(store)
        #expect(try store.startCompaction())
        try store.close()
        let again = try open()
        #expect(again.status.segments == 3)
        #expect(try answers(again) == before)
        #expect(try disk.list("/data/segments").filter { $0.name.contains(".segment") }.count == 3)
        try again.close()
    }

    /// Segments become larger level by level, and are left alone in between.
    @Test func segmentsGrowByLevels() throws {
        let store = try open()
        var counts: [Int] = []
        for number in 0..<12 {
            _ = try store.append([Self.batch(number)])
            try store.seal()
            _ = try compact(store)
            counts.append(store.status.segments)
        }
        // Three of 13 make one of 39, three of those one of more: that is of the third level.
        #expect(counts == [1, 2, 1, 2, 3, 2, 3, 4, 1, 2, 3, 2])
        #expect(try store.verify().findings == [])
        try store.close()
    }

    @Test func withoutLimitsNothingBecomesOne() throws {
        let store = try open(limits: nil)
        for number in 0..<8 {
            _ = try store.append([Self.batch(number)])
            try store.seal()
            try store.tick()
        }
        #expect(try !store.startCompaction() && store.status.segments == 8)
        try store.close()
    }
}
