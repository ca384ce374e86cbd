import Columnar
import Domain
import EventStores
import Platform
import Projections
import Testing

@Suite struct EventStoreTests {
    static let turnColumns = [
        "conversation_id", "turn", "status", "input_tokens", "cost_usd", "price_state", "llm_calls",
    ]
    static let conversationColumns = ["conversation_id", "outcome", "turns", "answers", "errors", "cost_usd"]
    static let callColumns = [
        "id", "time", "position", "request_model", "model", "cost_usd", "cost_low_usd", "price_state",
    ]

    static func options(sealEvents: Int = 1 << 30) -> StoreOptions {
        var options = StoreOptions()
        options.logFileBytes = 1 << 20
        options.sealEventsMax = sealEvents
        return options
    }

    /// No day begins before the first times that 64 bits hold; a store that took such an event in goes on.
    @Test(arguments: [Int64.min, Int64.min + 1, Int64.min + 86_399_999_999_999, Int64.min + 86_400_000_000_000])
    func anEventOfTheFirstDayThereIsIsSealed(time: Int64) throws {
        let disk = SimulatedFileSystem(seed: 4)
        let store = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        var events = SampleEvents()
        let fields: [String: EventValue] = ["conversation_id": .text("old"), "turn": .integer(1)]
        for type in ["message.received", "llm.call", "message.sent"] {
            events.add(type, id: type, at: 0, fields, exactly: time)
        }
        events.addTurn("new", 1, at: 10)
        #expect(try store.append([events.batch])[0].accepted == 6)
        try store.seal()
        #expect(try store.verify().findings == [])
        try store.close()
        let again = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        try again.seal()
        #expect(again.status.position == 6)
        #expect(try rows(again, "conversations", ["conversation_id"]).count == 2)
        try again.close()
    }

    /// What no clock has seen yet is refused at the door, the last times that 64 bits hold as well; nothing else is.
    @Test(arguments: [Int64.max, Int64.max - 1, Limits.times.upperBound, Limits.times.upperBound - 1])
    func anEventOfTheLastDayThereIsIsRefused(time: Int64) throws {
        let disk = SimulatedFileSystem(seed: 4)
        let store = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        var events = SampleEvents()
        events.add("message.received", id: "late", at: 0, ["conversation_id": .text("late")], exactly: time)
        events.addTurn("now", 1, at: 10)
        #expect(try store.append([events.batch])[0].verdicts.first == .tooNew)
        try store.seal()
        #expect(try store.verify().findings == [] && store.status.position == 3)
        try store.close()
        let again = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        #expect(again.status.position == 3)
        try again.close()
    }

    /// Numbers at both ends of 64 bits, of which some are added up.
    @Test func numbersAtTheEndsAreSealed() throws {
        let disk = SimulatedFileSystem(seed: 4)
        let store = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        var events = SampleEvents()
        for (place, number) in [Int64.max, .max - 1, .min, .min + 1, 0].enumerated() {
            let context: [String: EventValue] = ["conversation_id": .text("c\(place % 2)"), "turn": .integer(number)]
            events.add("message.received", id: "q\(place)", at: Double(place), context)
            events.add(
                "message.sent", id: "a\(place)", at: Double(place) + 0.5,
                context.merging(["duration_ns": .integer(.max)]) { $1 })
            events.add(
                "feedback.submitted", id: "f\(place)", at: Double(place) + 0.75,
                context.merging(["score": .integer(number)]) { $1 })
        }
        #expect(try store.append([events.batch])[0].accepted == 15)
        let unsealed = try rows(store, "turns", ["conversation_id", "turn", "score"])
        #expect(unsealed.count == 5)
        try store.seal()
        #expect(try store.verify().findings == [])
        let counted = store.snapshot().counters.families
        try store.close()
        let again = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        #expect(try rows(again, "turns", ["conversation_id", "turn", "score"]) == unsealed)
        #expect(again.snapshot().counters.families == counted)
        try again.close()
    }

    /// Behind the last id there is none: a file whose name no store gave is named, and nothing is removed.
    @Test(arguments: ["ffffffffffffffff.segment", "state-18446744073709551615", "state-18446744073709551614"])
    func aFileBeyondAllIdsIsRefused(name: String) throws {
        let disk = SimulatedFileSystem(seed: 4)
        let path = "/data/segments/" + name
        func open() throws -> EventStore {
            try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        }
        let store = try open()
        var events = SampleEvents()
        events.addTurn("c", 1, at: 10)
        _ = try store.append([events.batch])
        try store.seal()
        try store.close()
        try disk.replace(path, with: [1, 2, 3])
        let error = #expect(throws: CorruptionError.self) { _ = try open() }
        #expect(error?.file == path && disk.snapshot(of: path) == [1, 2, 3])
        try disk.remove(path)
        // One that a store may have left is removed, and its id passed over.
        let left = "/data/segments/00000000000000ff.segment"
        try disk.replace(left, with: [1, 2, 3])
        let again = try open()
        _ = try again.append([IngestBatch(notes: [SystemNote(type: "n", data: "{}")])])
        try again.seal()
        #expect(disk.snapshot(of: left) == nil && disk.snapshot(of: "/data/segments/0000000000000100.segment") != nil)
        try again.close()
    }

    @Test func answersAreEqualBeforeAndAfterSealAndRestart() throws {
        let disk = SimulatedFileSystem(seed: 3)
        let store = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        var events = SampleEvents()
        for conversation in 0..<5 {
            for turn in 0..<3 {
                events.addTurn(
                    "c\(conversation)", Int64(turn), at: Double(conversation * 100 + turn * 10),
                    status: turn == 1 ? "error" : "ok")
            }
        }
        events.add("conversation.closed", id: "close", at: 900, ["conversation_id": .text("c0")])
        let result = try store.append([events.batch])[0]
        #expect(result.accepted == 46 && result.lastPosition == 46)
        func everything() throws -> [[String]] {
            [
                try rows(store, "turns", Self.turnColumns), try rows(store, "conversations", Self.conversationColumns),
                try rows(store, "llm_call", Self.callColumns),
                try rows(store, "events", ["id", "type", "position", "turn"]),
            ]
        }
        let before = try everything()
        #expect(before[0].count == 15 && before[1].count == 5 && before[2].count == 15 && before[3].count == 46)
        #expect(before[1].contains { $0.contains("abandoned") })
        try store.seal()
        #expect(try everything() == before)
        try store.close()
        let again = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        #expect(try rows(again, "turns", Self.turnColumns) == before[0])
        #expect(try rows(again, "llm_call", Self.callColumns) == before[2])
        #expect(again.recovery.replayedEvents == 0)
        try again.close()
    }

    /// More than one record of the log holds is refused by its size; nothing of it is kept, and the store goes on.
    @Test func whatNoRecordHoldsIsRefused() throws {
        let disk = SimulatedFileSystem(seed: 9)
        let store = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        var events = SampleEvents()
        events.addTurn("c", 1, at: 5)
        var batch = events.batch
        batch.notes = [SystemNote(type: "test", data: String(repeating: "x", count: IngestBatch.bytesMax + 1))]
        do {
            _ = try store.append([batch])
            Issue.record("it was taken")
        } catch StoreError.recordTooLarge(let bytes) {
            #expect(bytes > IngestBatch.bytesMax)
        }
        #expect(store.snapshot().position == 0)
        batch.notes = []
        #expect(try store.append([batch])[0].accepted == 3)
        try store.close()
    }

    /// Users and repeats are recognised by the key: a store with events never gets another one by itself.
    @Test func aKeyThatIsGoneOrDamagedIsTold() throws {
        let disk = SimulatedFileSystem(seed: 9)
        let store = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        var events = SampleEvents()
        events.addTurn("c", 1, at: 5)
        _ = try store.append([events.batch])
        try store.close()
        func openAgain() throws {
            try EventStore.open(at: "/data", context: context(disk), options: Self.options()).close()
        }
        disk.damage("/data/keys/store.key") { $0[3] ^= 1 }
        #expect(throws: CorruptionError.self) { try openAgain() }
        disk.damage("/data/keys/store.key") { $0[3] ^= 1 }
        try openAgain()
        try disk.remove("/data/keys/store.key")
        #expect(throws: StoreError.self) { try openAgain() }
        #expect(disk.snapshot(of: "/data/keys/store.key") == nil)
    }

    @Test func aDamagedManifestIsFound() throws {
        let disk = SimulatedFileSystem(seed: 10)
        let store = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        for conversation in ["a", "b"] {
            var events = SampleEvents()
            events.addTurn(conversation, 1, at: 5)
            _ = try store.append([events.batch])
            try store.seal()
        }
        try store.close()
        let newest = try #require(disk.snapshot().map(\.path).filter { $0.contains("manifest-") }.max())
        disk.damage(newest) { $0[$0.count / 2] ^= 1 }
        do {
            let again = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
            #expect(try again.verify().findings.contains { $0.contains("manifest-") })
            try again.close()
        } catch is CorruptionError {
            // The log no longer reaches back to the manifest before: told at once.
        }
    }

    /// Coarse clocks give many events one time: looking them up must not take each with each.
    @Test func repeatsOfOneTimeAreFound() throws {
        let disk = SimulatedFileSystem(seed: 6)
        let store = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        var events = SampleEvents()
        for number in 0..<20_000 { events.add("probe.checked", id: "same/\(number)", at: 5, ["target": .text("a")]) }
        #expect(try store.append([events.batch])[0].accepted == 20_000)
        try store.seal()
        events.add("probe.checked", id: "same/new", at: 5, ["target": .text("a")])
        let again = try store.append([events.batch])[0]
        #expect(again.duplicates == 20_000 && again.accepted == 1)
        try store.close()
    }

    @Test func repeatsAreDuplicatesAndChangesConflicts() throws {
        let disk = SimulatedFileSystem(seed: 4)
        let store = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        var events = SampleEvents()
        events.addTurn("c", 1, at: 5)
        events.add("probe.checked", id: "no time", at: nil, ["target": .text("a")])
        _ = try store.append([events.batch])
        var other = SampleEvents()
        other.add("probe.checked", id: "c/1/q", at: 5)
        other.add("probe.checked", id: "no time", at: nil, ["target": .text("b")])
        func expectRepeats(_ note: Comment) throws {
            #expect(try store.append([events.batch])[0].verdicts == Array(repeating: .duplicate, count: 4), note)
            #expect(try store.append([other.batch])[0].verdicts == [.conflict, .conflict], note)
        }
        try expectRepeats("unsealed")
        try store.seal()
        try expectRepeats("sealed")
        try store.close()
        let again = try EventStore.open(at: "/data", context: context(disk), options: Self.options())
        #expect(try again.append([events.batch])[0].duplicates == 4)
        try again.close()
    }

    @Test func aBatchWithRepeatsInItselfAcceptsEachOnce() throws {
        let store = try EventStore.open(
            at: "/data", context: context(SimulatedFileSystem(seed: 5)), options: Self.options())
        var events = SampleEvents()
        for _ in 0..<3 { events.add("probe.checked", id: "same", at: 1) }
        events.add("probe.checked", id: "future", at: 3_600 + 86_400 + 1)
        let verdicts = try store.append([events.batch])[0].verdicts
        #expect(verdicts == [.accepted(position: 1), .duplicate, .duplicate, .tooNew])
        try store.close()
    }

    @Test func aLatePriceBooksWhatWaitedSealedOrNot() throws {
        var answers: [[String]] = []
        for sealsFirst in [false, true] {
            let store = try EventStore.open(
                at: "/data", context: context(SimulatedFileSystem(seed: 6)), options: Self.options())
            var events = SampleEvents()
            events.addTurn("c", 1, at: 50, model: "unheard-of")
            events.addTurn("c", 2, at: 60, model: "unheard-of")
            _ = try store.append([events.batch])
            #expect(try rows(store, "turns", ["cost_usd"]) == ["null", "null"])
            if sealsFirst { try store.seal() }
            var prices = SampleEvents()
            prices.addPrice("unheard-of", "input", picoPerToken: 37_500, at: 10)
            _ = try store.append([prices.batch])
            #expect(try rows(store, "llm_call", ["price_state"]).allSatisfy { $0.contains("partly") })
            prices = SampleEvents()
            prices.addPrice("unheard-of", "output", picoPerToken: 18_750, at: 10)
            _ = try store.append([prices.batch])
            answers.append(
                try rows(store, "llm_call", ["cost_usd", "price_state"])
                    + rows(store, "turns", ["turn", "cost_usd", "price_state"])
                    + rows(store, "conversations", ["cost_usd"]))
            try store.seal()
            #expect(try rows(store, "conversations", ["cost_usd"]) == answers.last?.suffix(1).map { $0 })
            try store.close()
        }
        #expect(answers[0] == answers[1])
        #expect(answers[0][0].contains("\(1_000 * 37_500 + 100 * 18_750)"))
    }

    @Test func importedEventsEqualAppendedOnes() throws {
        var answers: [[String]] = []
        for isBulk in [false, true] {
            let store = try EventStore.open(
                at: "/data", context: context(SimulatedFileSystem(seed: 7)), options: Self.options())
            for half in 0..<2 {
                var events = SampleEvents()
                for turn in 0..<4 { events.addTurn("c", Int64(half * 4 + turn), at: Double(half * 1_000 + turn * 10)) }
                _ = isBulk ? try store.importBulk([events.batch]) : try store.append([events.batch])
            }
            answers.append(
                try rows(store, "turns", Self.turnColumns) + rows(store, "conversations", Self.conversationColumns))
            try store.close()
        }
        #expect(answers[0].count == 9)
        #expect(answers[0] == answers[1])
    }
}
