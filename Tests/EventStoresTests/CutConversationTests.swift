import Columnar
import Domain
import EventStores
import Platform
import Projections
import Testing

/// Conversations that are beyond what is folded of one: that they are is known and told, nothing is claimed of what was
/// left out, and what is counted from events stays exact.
@Suite struct CutConversationTests {
    private static let standing = [
        "conversation_id", "cut_after", "turns", "answers", "errors", "outcome", "outcome_intercom_fin",
        "outcome_silence_resolves", "closed_time", "closed_reason", "last_activity_time", "last_message", "reopened",
        "score", "resolved_time", "cost_usd", "cost_high_usd",
    ]
    private static let bigTurns: Int64 = 40

    private static func options(events: Int = .max, bytes: Int = .max, bytesAtOnce: Int = .max) -> StoreOptions {
        var options = EventStoreTests.options(sealEvents: 1 << 20)
        options.foldLimits.conversationEventsMax = min(events, Limits.conversationEventsMax)
        options.foldLimits.conversationBytesMax = min(bytes, Limits.conversationBytesMax)
        options.foldLimits.bytesAtOnce = min(bytesAtOnce, Limits.conversationBytesMax)
        return options
    }

    /// One of the three events of a turn.
    private static func add(_ place: Int, of conversation: String, to events: inout SampleEvents) {
        let (turn, part) = (place / 3 + 1, place % 3)
        let (id, seconds) = ("\(conversation)/\(place)", Double(turn * 10 + part))
        let context: [String: EventValue] = [
            "conversation_id": .text(conversation), "turn": .integer(Int64(turn)), "channel": .text("web"),
        ]
        func with(_ more: [String: EventValue]) -> [String: EventValue] { context.merging(more) { $1 } }
        switch part {
        case 0: events.add("message.received", id: id, at: seconds, with(["author": .text("user")]))
        case 1:
            events.add(
                "llm.call", id: id, at: seconds,
                with([
                    "provider": .text("openai"), "request_model": .text("gpt-4o"), "input_tokens": .integer(1_000),
                    "output_tokens": .integer(Int64(place)), "status": .text("ok"),
                ]))
        default:
            events.add(
                "message.sent", id: id, at: seconds,
                with(["author": .text("agent"), "status": .text(turn % 9 == 0 ? "error" : "ok")]))
        }
    }

    private static func batch(_ conversation: String, _ places: some Sequence<Int>) -> IngestBatch {
        var events = SampleEvents()
        for place in places { add(place, of: conversation, to: &events) }
        return events.batch
    }

    /// Samples of what is counted from events, in an order that is always the same.
    private static func counted(_ store: EventStore) -> [String] {
        let names = [
            "support_messages_total", "support_answers_total", "support_llm_calls_total",
            "support_llm_input_tokens_total", "support_llm_output_tokens_total", "support_llm_cost_usd_total",
        ]
        let families = store.snapshot().counters.families.filter { names.contains($0.definition.name) }
        return families.flatMap { family in
            family.series.map { "\(family.definition.name) \($0.labels) \($0.value)" }
        }.sorted()
    }

    /// Wherever in a turn the limit lies, no question stands half in, and nothing is said that the others may change.
    @Test(arguments: [30, 31, 32]) func theCutIsAtTheEndOfATurn(events: Int) throws {
        let disk = SimulatedFileSystem(seed: 61)
        let store = try EventStore.open(at: "/data", context: context(disk), options: Self.options(events: events))
        _ = try store.append([Self.batch("big", 0..<120), Self.batch("small", 0..<9)])
        func expectRows() throws {
            let turns = try rows(store, "turns", ["conversation_id", "turn", "status"]).filter { $0.contains("big") }
            #expect(turns.count == 10 && !turns.contains { $0.contains("null") })
            let found = try rows(store, "conversations", Self.standing)
            let nulls = String(repeating: "|null", count: Self.standing.count - 5)
            let big = [Scalar.text("big"), .integer(Int64(events)), .integer(10), .integer(10), .integer(1)]
            #expect(found.first == big.map { "\($0)" }.joined(separator: "|") + nulls)
            #expect(found.count == 2 && found.last?.contains("\(Scalar.text("small"))|null") == true)
            // From the first event to the last of all.
            let times = try rows(store, "conversations", ["conversation_id", "start_time", "last_time"])
            let ends = [10, 402].map { Scalar.timestamptz(SampleEvents.start + Int64($0) * 1_000_000_000) }
            #expect(times.first == "\(Scalar.text("big"))|\(ends[0])|\(ends[1])")
        }
        try expectRows()
        try store.seal()
        try expectRows()
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// What is counted from events, and that a conversation is cut, is the same in any order, cut into any batches,
    /// sealed anywhere and told twice.
    @Test(arguments: 0..<6) func anyOrderCutAndRepeatGivesTheSameFigures(seed: UInt64) throws {
        struct Steps: RandomNumberGenerator {
            var state: UInt64
            mutating func next() -> UInt64 {
                state &+= 0x9E37_79B9_7F4A_7C15
                let mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
                return mixed ^ (mixed >> 29)
            }
        }
        let places = Array(0..<Int(3 * Self.bigTurns))
        func figures(_ order: [Int], _ random: inout Steps, bytesAtOnce: Int, isPlain: Bool) throws -> [[String]] {
            let disk = SimulatedFileSystem(seed: 62)
            let options = Self.options(events: 31, bytesAtOnce: bytesAtOnce)
            var store = try EventStore.open(at: "/data", context: context(disk), options: options)
            _ = try store.append([Self.batch("small", 0..<6)])
            var rest = order[...]
            while !rest.isEmpty {
                let part = rest.prefix(isPlain ? rest.count : Int.random(in: 1...20, using: &random))
                rest = rest.dropFirst(part.count)
                _ = try store.append([Self.batch("big", part)])
                if !isPlain, Bool.random(using: &random) {
                    let again = part.shuffled(using: &random)
                    #expect(try store.append([Self.batch("big", again)])[0].accepted == 0)
                }
                if !isPlain, Int.random(in: 0..<3, using: &random) == 0 { try store.seal() }
                if !isPlain, Int.random(in: 0..<4, using: &random) == 0 {
                    try store.close()
                    store = try EventStore.open(at: "/data", context: context(disk), options: options)
                }
            }
            func now() throws -> [[String]] {
                let turns = try rows(store, "turns", ["conversation_id", "asked_time", "status"])
                #expect(!turns.contains { $0.contains("big") && $0.hasSuffix("|null") }, "none counts as unanswered")
                return [
                    try rows(store, "llm_call", ["id", "time", "input_tokens", "output_tokens", "cost_usd"]),
                    try rows(store, "message_sent", ["id", "time", "status"]),
                    try rows(store, "message_received", ["id", "time"]),
                    try rows(
                        store, "conversations",
                        ["conversation_id", "cut_after", "start_time", "last_time", "outcome", "closed_time"]),
                    Self.counted(store),
                ]
            }
            let unsealed = try now()
            try store.seal()
            #expect(try now() == unsealed)
            #expect(try store.verify().findings == [])
            let cut = store.status.cutConversations
            try store.close()
            return unsealed + [["\(cut)"]]
        }
        var random = Steps(state: seed)
        let expected = try figures(places, &random, bytesAtOnce: .max, isPlain: true)
        #expect(expected[0].count == 42 && expected[4].count >= 6 && expected[5] == ["1"])
        for bytesAtOnce in [Int.max, 1] {
            let order = places.shuffled(using: &random)
            let found = try figures(order, &random, bytesAtOnce: bytesAtOnce, isPlain: false)
            #expect(found == expected, "seed \(seed), \(bytesAtOnce) bytes at once")
        }
    }

    /// What lies behind the cut stays behind it: a light event that comes after one too heavy to be folded.
    @Test func aLightEventBehindAHeavyOneIsLeftOutHoweverItWasSealed() throws {
        func found(sealing: Bool) throws -> [[String]] {
            let store = try EventStore.open(
                at: "/data", context: context(SimulatedFileSystem(seed: 63)), options: Self.options(bytes: 20_000))
            var heavy = SampleEvents()
            heavy.add(
                "message.received", id: "heavy", at: 1_000,
                ["conversation_id": .text("c"), "channel": .text(String(repeating: "x", count: 30_000))])
            for batch in [Self.batch("c", 0..<3), heavy.batch, Self.batch("c", 3..<9), Self.batch("c", 9..<12)] {
                _ = try store.append([batch])
                if sealing { try store.seal() }
            }
            let found = [
                try rows(store, "turns", EventStoreTests.turnColumns), try rows(store, "conversations", Self.standing),
                try rows(store, "conversations", ["start_time", "last_time"]),
            ]
            #expect(try store.verify().findings == [])
            try store.close()
            return found
        }
        let whole = try found(sealing: false)
        let kept = [Scalar.text("c"), .integer(3), .integer(1), .integer(1)].map { "\($0)" }.joined(separator: "|")
        #expect(whole[0].count == 1 && whole[1][0].hasPrefix(kept))
        #expect(try found(sealing: true) == whole)
    }

    /// They are counted by seals, so whoever asks for rows in between changes nothing, nor does a restart; some of them
    /// are named.
    @Test func thatConversationsAreCutIsKeptAndTold() throws {
        let disk = SimulatedFileSystem(seed: 64)
        func open() throws -> EventStore {
            try EventStore.open(at: "/data", context: context(disk), options: Self.options(events: 3))
        }
        var store = try open()
        func name(_ number: Int) -> String { String("c\(1_000 + number)") }
        func expectCut(_ count: Int, inRows: Int, from first: Int = 0) throws {
            for _ in 0..<2 {
                #expect(store.status.cutConversations == count)
                #expect(store.troubles == store.status.troubles)
                let told = store.status.troubles.map(\.line)
                let lines = told.filter { $0.contains("made of the first ones") }
                #expect(lines.count == min(count, 10))
                for (place, line) in lines.enumerated() {
                    #expect(line.contains("conversation \(name(first + place)) of tenant"))
                }
                let others = told.filter { $0.contains("more conversations have rows of their first") }
                #expect(count <= 10 ? others.isEmpty : others.count == 1 && others[0].hasPrefix("\(count - 10) "))
                let cut = try rows(store, "conversations", ["cut_after"]).filter { !$0.contains("null") }
                #expect(cut.count == inRows)
            }
        }
        _ = try store.append((0..<200).map { Self.batch(name($0), 0..<3) })
        try expectCut(0, inRows: 0)
        _ = try store.append([5, 6].map { Self.batch(name($0), 3..<4) })
        try expectCut(0, inRows: 2)
        try store.seal()
        try expectCut(2, inRows: 2, from: 5)
        _ = try store.append((5..<17).map { Self.batch(name($0), 4..<6) })
        try expectCut(2, inRows: 12, from: 5)
        try store.close()
        store = try open()
        try expectCut(2, inRows: 12, from: 5)
        try store.seal()
        try store.close()
        store = try open()
        try expectCut(12, inRows: 12, from: 5)
        _ = try store.append((0..<130).map { Self.batch(name($0), 3..<9) })
        try store.seal()
        try expectCut(130, inRows: 130)
        try store.close()
        store = try open()
        try expectCut(130, inRows: 130)
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// A price for sealed calls has the conversation folded again, though nothing new came of it.
    @Test(arguments: [Int.max, 1]) func aLatePriceLeavesItCut(bytesAtOnce: Int) throws {
        let options = Self.options(events: 9, bytesAtOnce: bytesAtOnce)
        let store = try EventStore.open(
            at: "/data", context: context(SimulatedFileSystem(seed: 65)), options: options)
        for first in stride(from: Int64(1), through: 9, by: 3) {
            var events = SampleEvents()
            for turn in first..<(first + 3) { events.addTurn("c", turn, at: Double(turn) * 10, model: "unheard-of") }
            _ = try store.append([events.batch])
            try store.seal()
        }
        let columns = ["cut_after", "turns", "start_time", "last_time", "cost_low_usd"]
        let before = try rows(store, "conversations", columns)
        var prices = SampleEvents()
        for name in ["input", "output"] { prices.addPrice("unheard-of", name, picoPerToken: 37_500, at: 1) }
        _ = try store.append([prices.batch])
        let after = try rows(store, "conversations", columns)
        #expect(before.count == 1 && after.count == 1 && before != after)
        #expect(before[0].hasPrefix("\(Scalar.integer(9))|") && after[0].hasPrefix("\(Scalar.integer(9))|"))
        try store.seal()
        #expect(try rows(store, "conversations", columns) == after)
        #expect(store.status.cutConversations == 1)
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// Silence does not close what nobody knows the end of.
    @Test func silenceIsNotJudgedByTheFirstEvents() throws {
        let clock = SimulatedClock(wallNanoseconds: SampleEvents.start + 3_600_000_000_000)
        let context = StoreContext(
            fileSystem: SimulatedFileSystem(seed: 66), clock: clock, randomness: SeededRandomness(seed: 1),
            workers: InlineWorkers())
        let store = try EventStore.open(at: "/data", context: context, options: Self.options(events: 6))
        _ = try store.append([Self.batch("big", 0..<9), Self.batch("small", 0..<6)])
        func expectStanding() throws {
            let columns = [
                "conversation_id", "closed_reason", "outcome", "outcome_intercom_fin", "outcome_silence_resolves",
            ]
            #expect(
                try rows(store, "conversations", columns) == [
                    "\(Scalar.text("big"))|null|null|null|null",
                    ["small", "idle", "abandoned", "abandoned", "resolved"].map { "\(Scalar.text($0))" }
                        .joined(separator: "|"),
                ])
        }
        clock.advance(nanoseconds: 3 * 86_400_000_000_000)
        try store.tick()
        try expectStanding()
        try store.seal()
        try expectStanding()
        #expect(try store.verify().findings == [])
        try store.close()
    }
}
