import Domain
import EventStores
import Platform
import Testing

/// A disk that is full at any byte of a group refuses the whole group, and the store goes on once there is room.
@Suite struct FullDiskTests {
    private static func options() -> StoreOptions {
        var options = StoreOptions()
        options.logFileBytes = 16 << 10
        options.sealEventsMax = 1 << 30
        return options
    }

    private func group(_ name: String) -> IngestBatch {
        var events = SampleEvents()
        events.addTurn(name, 1, at: 10)
        events.addPrice("gpt-4o", "input", picoPerToken: 1, at: 5)
        var batch = events.batch
        batch.deadLetters = (0..<100).map {
            DeadLetter(
                id: "\(name)/\($0)", source: "test", type: "unknown.type", time: nil, error: "no such type",
                fields: "{}")
        }
        return batch
    }

    @Test(arguments: Array(stride(from: 0, through: 40 << 10, by: 1_021))) func noByteOfAGroupIsTheWrongOne(room: Int)
        throws
    {
        let disk = SimulatedFileSystem(seed: 8)
        let store = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        _ = try store.append([group("first")])
        let used = disk.snapshot().reduce(0) { $0 + $1.bytes.count }
        disk.setQuota(bytes: used + room)
        var accepted = ["first"]
        for number in 0..<6 {
            if number == 4 { disk.setQuota(bytes: .max) }
            do {
                let result = try store.append([group("g\(number)")])[0]
                // The price is the same event each time.
                #expect(result.accepted == 3)
                accepted.append("g\(number)")
            } catch StoreError.noSpace {
                #expect(number < 4, "there is room again")
            }
        }
        #expect(accepted.suffix(2) == ["g4", "g5"])
        func everything(_ store: EventStore) throws -> [[String]] {
            [
                try rows(store, "events", ["id", "position"]), try rows(store, "dead_letters", ["id"]),
                try rows(store, "turns", ["conversation_id"]),
            ]
        }
        let before = try everything(store)
        #expect(before[0].count == 3 * accepted.count + 1)
        #expect(before[1].count == 100 * accepted.count)
        try store.close()
        let again = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        #expect(try everything(again) == before)
        try again.close()
    }

    /// A note that finds no room is no record of the store, and the same one is taken once there is room.
    @Test func aNoteWithoutRoomIsNone() throws {
        let disk = SimulatedFileSystem(seed: 8)
        let store = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        disk.setQuota(bytes: disk.snapshot().reduce(0) { $0 + $1.bytes.count })
        var (noted, refused) = (0, 0)
        for number in 1...120 {
            if number == 100 { disk.setQuota(bytes: .max) }
            var set = ObjectiveSet.builtIn
            set.answerLimits = AnswerLimits(nanoseconds: Int64(number) * 1_000_000_000)
            do {
                if try store.putInForce(set) != nil { noted += 1 }
            } catch StoreError.noSpace {
                refused += 1
                #expect(number < 100, "there is room again")
            }
            #expect(try rows(store, "system_events", ["type"]).count == noted)
        }
        #expect(refused > 0 && noted > 20)
        #expect(store.snapshot().objectives.current.set.answerLimits.nanoseconds == 120 * 1_000_000_000)
        let before = try rows(store, "system_events", ["type", "data"])
        try store.close()
        let again = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        #expect(try rows(again, "system_events", ["type", "data"]) == before)
        try again.close()
    }

    /// Fills the log's file: by notes as far as these may, then by records without a payload, so that no record with
    /// one has room.
    private func fill(_ store: EventStore, _ clock: SimulatedClock) throws {
        func repeating(atMost times: Int, _ step: () throws -> Void) throws {
            var isFull = false
            for _ in 0..<times where !isFull {
                do {
                    try step()
                } catch StoreError.noSpace {
                    isFull = true
                }
            }
            #expect(isFull)
        }
        for size in [32 << 10, 1 << 10, 0] {
            let note = SystemNote(type: "n", data: "\"" + String(repeating: "x", count: size) + "\"")
            try repeating(atMost: 1_000) { _ = try store.append([IngestBatch(notes: [note])]) }
        }
        try repeating(atMost: 16) {
            clock.advance(nanoseconds: 601_000_000_000)
            try store.tick()
        }
    }

    /// A seal whose segment is written and whose record finds no room in the log is not published: rows that were
    /// replaced meanwhile stay replaced, and once there is room everything is there, once.
    @Test func rowsThatAreReplacedDuringASealWithoutRoomStay() throws {
        let (disk, queue) = (SimulatedFileSystem(seed: 8), HeldBackgroundQueue())
        let clock = SimulatedClock(wallNanoseconds: SampleEvents.start + 3_600_000_000_000)
        let context = StoreContext(
            fileSystem: disk, clock: clock, randomness: SeededRandomness(seed: 1), workers: InlineWorkers(),
            sideQueue: queue)
        var options = Self.options()
        options.logFileBytes = 1 << 20
        // The notes below come to fewer than what would be too much to keep.
        options.sealEventsMax = 30
        let store = try EventStore.open(at: "/data", context: context, options: options)
        var events = SampleEvents()
        for turn in 1...10 { events.addTurn("c", Int64(turn), at: 3_500 + Double(turn)) }
        _ = try store.append([events.batch])
        #expect(queue.heldCount == 1)
        var changed = SampleEvents()
        changed.add(
            "llm.call", id: "c/1/c", at: 3_502,
            ["provider": .text("openai"), "request_model": .text("gpt-4o"), "input_tokens": .integer(77)])
        let replacement = EventReplacement(position: 2, row: changed.batch.events.bytes)
        _ = try store.append([IngestBatch(replacements: [replacement])])
        let columns = ["id", "position", "input_tokens", "cost_usd"]
        let before = try rows(store, "llm_call", columns)
        #expect(before.contains { $0.contains("77") })
        func used() -> Int { disk.snapshot().reduce(0) { $0 + $1.bytes.count } }
        disk.setQuota(bytes: used())
        try fill(store, clock)
        func segmentFiles() -> [String] { disk.snapshot().map(\.path).filter { $0.hasSuffix(".segment") } }
        func everything(_ store: EventStore) throws -> [String] { try rows(store, "events", ["id", "position"]) }
        let (notes, all) = (try rows(store, "system_events", ["type"]), try everything(store))
        #expect(all.count == 30)
        // There is room for a segment, and none for another file of the log.
        disk.setQuota(bytes: used() + (512 << 10))
        queue.runNext()
        #expect(segmentFiles().count == 1, "the segment is written")
        try store.finishJobs()
        #expect(store.status.segments == 0)
        #expect(segmentFiles() == [], "what was not published is gone")
        #expect(try rows(store, "llm_call", columns) == before)
        #expect(try everything(store) == all)
        disk.setQuota(bytes: .max)
        try store.seal()
        #expect(store.status.segments == 1)
        #expect(try rows(store, "llm_call", columns) == before)
        #expect(try everything(store) == all)
        disk.crash()
        let again = try EventStore.open(at: "/data", context: context, options: options)
        #expect(again.status.segments == 1)
        #expect(try rows(again, "llm_call", columns) == before)
        #expect(try everything(again) == all)
        let told = try rows(again, "system_events", ["type"])
        #expect(told.count == notes.count + 1 && told.filter { $0.contains("segment.attached") }.count == 1)
        #expect(try again.verify().findings == [])
        try again.close()
    }

    /// Everything that one append may log has room, or nothing of it is taken: what marks say, and what prices with
    /// long names leave behind.
    @Test(arguments: [false, true], Array(stride(from: 0, through: 96 << 10, by: 4_093)))
    func longNotesHaveRoomOrAreNotBegun(isOfPrices: Bool, room: Int) throws {
        let disk = SimulatedFileSystem(seed: 8)
        let store = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        // In a record each of these takes two bytes.
        let name = String(repeating: "\"", count: 4_000)
        var call = SampleEvents()
        call.addTurn("c", 1, at: 3_500, model: name, provider: name)
        _ = try store.append([call.batch])
        var batch = IngestBatch()
        if isOfPrices {
            var prices = SampleEvents()
            for tokenClass in ["input", "output"] {
                prices.addPrice(name, tokenClass, picoPerToken: 1, at: 1, provider: name)
            }
            batch = prices.batch
        } else {
            batch.marks = (0..<4).map { DeliveryMark(destination: "\($0)" + name, position: 1, receivedTime: 1) }
        }
        disk.setQuota(bytes: disk.snapshot().reduce(0) { $0 + $1.bytes.count } + room)
        do {
            _ = try store.append([batch])
        } catch StoreError.noSpace {
            #expect(try rows(store, "system_events", ["type"]).isEmpty)
            disk.setQuota(bytes: .max)
            _ = try store.append([batch])
        }
        let notes = try rows(store, "system_events", ["type"])
        #expect(notes.count == (isOfPrices ? 2 : 4))
        try store.close()
        let again = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        #expect(try rows(again, "system_events", ["type"]) == notes)
        try again.close()
    }
}
