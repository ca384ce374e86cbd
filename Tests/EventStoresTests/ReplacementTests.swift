import Domain
import EventStores
import Glibc
import Platform
import Projections
import Testing

/// Rows that take the place of others.
@Suite struct ReplacementTests {
    private let disk = SimulatedFileSystem(seed: 31)
    private static let trace = "0f5ee02a2e35937b3c6537cfcc16b38d"
    private static let columns = ["id", "conversation_id", "input_tokens", "cost_usd", "position"]

    private func open(_ queue: any BackgroundQueue = InlineBackgroundQueue()) throws -> EventStore {
        try EventStore.open(at: "/data", context: context(disk, sideQueue: queue), options: EventStoreTests.options())
    }

    private static func call(_ conversation: String?) -> IngestBatch {
        var events = SampleEvents()
        var fields: [String: EventValue] = [
            "trace_id": .text(trace), "provider": .text("openai"), "request_model": .text("gpt-4o"),
            "input_tokens": .integer(1_000),
        ]
        if let conversation { fields["conversation_id"] = .text(conversation) }
        events.add("llm.call", id: "late", at: 3_500, fields)
        return events.batch
    }

    private static func replacement(of position: Int64, _ conversation: String) -> IngestBatch {
        IngestBatch(
            replacements: [EventReplacement(position: position, row: call(conversation).events.bytes)],
            notes: [SystemNote(type: "trace.settled", data: "{}")])
    }

    @Test func aReplacedRowIsReadEverywhereAndSurvivesACrashAndASeal() throws {
        let store = try open()
        var before = SampleEvents()
        before.addTurn("c", 1, at: 3_490)
        _ = try store.append([before.batch, Self.call(nil)])
        _ = try store.append([Self.replacement(of: 4, "c")])
        let calls = try rows(store, "llm_call", Self.columns)
        let conversations = try rows(store, "conversations", ["conversation_id", "input_tokens", "cost_usd"])
        #expect(calls.count == 2)
        #expect(conversations.count == 1 && conversations[0].contains("2000"))
        #expect(try rows(store, "system_events", ["type"]).count == 1)
        disk.crash()
        let again = try open()
        #expect(try rows(again, "llm_call", Self.columns) == calls)
        #expect(try rows(again, "conversations", ["conversation_id", "input_tokens", "cost_usd"]) == conversations)
        #expect(try again.append([Self.call("c")])[0].duplicates == 1)
        try again.seal()
        #expect(try rows(again, "llm_call", Self.columns) == calls)
        #expect(try again.verify().findings == [])
        // What a segment holds is replaced, too.
        _ = try again.append([Self.replacement(of: 4, "other")])
        let moved = try rows(again, "llm_call", Self.columns)
        #expect(moved.count == 2 && moved.filter { $0.contains("other") }.count == 1)
        #expect(try rows(again, "conversations", ["conversation_id"]).count == 2)
        #expect(try again.verify().findings == [])
        try again.seal()
        let found = try again.snapshot().events(ofTraces: [Self.trace], sourcePrefix: "test")
        #expect(found.isEmpty, "a trace without a span has nothing that was derived from one")
        try again.close()
    }

    @Test func eventsOfATraceAreFoundBeforeAndAfterASeal() throws {
        let store = try open()
        var spans = SampleEvents()
        spans.add("span.received", id: "s1", at: 3_499, ["trace_id": .text(Self.trace), "span_id": .text("a")])
        spans.add("span.received", id: "s2", at: 3_499, ["trace_id": .text("another"), "parent_span_id": .text("a")])
        _ = try store.append([spans.batch, Self.call(nil)])
        for isSealed in [false, true] {
            if isSealed { try store.seal() }
            let snapshot = store.snapshot()
            let found = try snapshot.events(ofTraces: [Self.trace], sourcePrefix: "te")[Self.trace] ?? []
            #expect(found.map(\.position) == [1, 3] && found.map(\.id) == ["s1", "late"])
            #expect(try snapshot.events(ofTraces: [Self.trace], sourcePrefix: "no")[Self.trace]?.count == 1)
            let received = try snapshot.spans(receivedSince: snapshot.watermark)
            #expect(
                received.map(\.traceID).sorted() == [Self.trace, "another"] && received.filter(\.isRoot).count == 1)
            #expect(try snapshot.spans(receivedSince: snapshot.watermark + 1).isEmpty)
        }
        try store.close()
    }

    @Test(arguments: [false, true]) func whatASealTakesUpIsReplacedWhenItIsPublished(crashes: Bool) throws {
        let queue = HeldBackgroundQueue()
        var options = EventStoreTests.options()
        options.sealEventsMax = 1
        var store = try EventStore.open(at: "/data", context: context(disk, sideQueue: queue), options: options)
        _ = try store.append([Self.call(nil)])
        #expect(queue.heldCount == 1)
        _ = try store.append([Self.replacement(of: 1, "c")])
        let after = try rows(store, "llm_call", Self.columns)
        #expect(after.count == 1 && after[0].contains("\"c\""))
        queue.runNext()
        if crashes {
            disk.crash()
            store = try open()
        } else {
            try store.tick()
        }
        #expect(try rows(store, "llm_call", Self.columns) == after)
        #expect(try rows(store, "conversations", ["conversation_id"]).count == 1)
        try store.seal()
        #expect(try rows(store, "llm_call", Self.columns) == after)
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// A trace that settles again after the prices changed: what was booked stays booked until somebody corrects it.
    @Test(arguments: [false, true]) func aRowInAnothersPlaceCostsWhatThatOneCost(isSealed: Bool) throws {
        let store = try open()
        var first = SampleEvents()
        first.addPrice("m1", "input", picoPerToken: 1_000_000, at: 10)
        first.add("llm.call", id: "late", at: 3_500, Self.priced(nil))
        _ = try store.append([first.batch])
        var second = SampleEvents()
        second.addPrice("m1", "input", picoPerToken: 5_000_000, at: 20)
        _ = try store.append([second.batch])
        if isSealed { try store.seal() }
        let costs = try rows(store, "llm_call", ["cost_usd", "price_state"])
        var again = SampleEvents()
        again.add("llm.call", id: "late", at: 3_500, Self.priced("c"))
        _ = try store.append([IngestBatch(replacements: [EventReplacement(position: 2, row: again.batch.events.bytes)])]
        )
        #expect(try rows(store, "llm_call", ["conversation_id"]).first?.contains("c") == true)
        #expect(try rows(store, "llm_call", ["cost_usd", "price_state"]) == costs)
        #expect(try store.verify().findings == [])
        disk.crash()
        let reopened = try open()
        #expect(try rows(reopened, "llm_call", ["cost_usd", "price_state"]) == costs)
        try reopened.close()
    }

    private static func priced(_ conversation: String?) -> [String: EventValue] {
        var fields: [String: EventValue] = [
            "provider": .text("openai"), "request_model": .text("m1"), "input_tokens": .integer(1_000),
            "output_tokens": .integer(0),
            "status": .text("ok"),
        ]
        if let conversation { fields["conversation_id"] = .text(conversation) }
        return fields
    }

    // MARK: Any order of seals, replacements and crashes

    /// A history from a seed: events, replacements of any of them, seals beside the writer, crashes. What comes out is
    /// what a store gives that took the last rows in at once.
    @Test(arguments: 0..<12 as Range<UInt64>) func anyOrderGivesWhatTheLastRowsGive(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let queue = HeldBackgroundQueue()
        var options = EventStoreTests.options()
        options.sealEventsMax = 12
        var store = try EventStore.open(at: "/data", context: context(disk, sideQueue: queue), options: options)
        var current: [IngestBatch] = []
        /// Of the event at each place; nil of a price, which nothing takes the place of.
        var numbers: [Int?] = []
        for number in 0..<40 {
            let place = current.isEmpty || generator.oneIn(2) ? nil : generator.next(below: current.count)
            if place == nil || numbers[place ?? 0] == nil {
                let isPrice = generator.oneIn(5)
                let batch = isPrice ? Self.anyPrice(number, &generator) : Self.anyEvent(number, &generator)
                current.append(batch)
                numbers.append(isPrice ? nil : number)
                _ = try store.append([batch])
            } else if let place, let number = numbers[place] {
                // What takes an event's place keeps its id.
                current[place] = Self.anyEvent(number, &generator)
                let replacement = EventReplacement(position: Int64(place + 1), row: current[place].events.bytes)
                _ = try store.append([IngestBatch(replacements: [replacement])])
            }
            switch generator.next(below: 8) {
            case 0: try store.seal()
            case 1: queue.runNext()
            case 2:
                disk.crash()
                queue.waitUntilIdle()
                store = try EventStore.open(at: "/data", context: context(disk, sideQueue: queue), options: options)
            default: try store.tick()
            }
        }
        let plain = try EventStore.open(
            at: "/data", context: context(SimulatedFileSystem(seed: 1)), options: EventStoreTests.options())
        for batch in current { _ = try plain.append([batch]) }
        for round in 0..<2 {
            for (table, columns) in Self.compared {
                let (found, expected) = (try rows(store, table, columns), try rows(plain, table, columns))
                #expect(found == expected, "seed \(seed) round \(round) \(table)")
            }
            #expect(Self.net(store) == Self.net(plain), "seed \(seed) round \(round)")
            #expect(try store.verify().findings == [])
            try store.seal()
        }
        try store.close()
        try plain.close()
    }

    private static let compared: [(String, [String])] = [
        ("llm_call", ["id", "conversation_id", "input_tokens", "cost_usd", "price_state", "position", "time"]),
        ("message_sent", ["id", "conversation_id", "turn", "status", "position"]),
        ("message_received", ["id", "conversation_id", "turn"]),
        ("events", ["id", "type", "position"]),
        ("turns", ["conversation_id", "turn", "asked_time", "status", "input_tokens", "cost_usd", "llm_calls"]),
        ("conversations", ["conversation_id", "turns", "answers", "errors", "input_tokens", "cost_usd"]),
        ("usage_reported", ["id", "position"]),
    ]

    /// Counters less what was taken back of them; histograms as counts and sums.
    private static func net(_ store: EventStore) -> [String: Int128] {
        var result: [String: Int128] = [:]
        for family in store.snapshot().counters.families where family.definition.name.hasPrefix("support_") {
            let isTakenBack = family.definition.name.contains("_corrected")
            let name = family.definition.name.replacing("_corrected", with: "")
            func add(_ key: String, _ value: Int128) {
                result[key, default: 0] += isTakenBack ? -value : value
                if result[key] == 0 { result[key] = nil }
            }
            for series in family.series {
                let key = "\(name){\(series.labels.joined(separator: ","))}"
                switch series.value {
                case .number(let value), .picoUSD(let value): add(key, value)
                case .histogram(let counts, let sum):
                    for (bucket, count) in counts.enumerated() { add("\(key)[\(bucket)]", Int128(count)) }
                    add("\(key) sum", sum)
                }
            }
        }
        return result
    }

    private static let models = ["gpt-4o", "gpt-4o-mini", "nobody-s"]

    /// A price that may come after calls of its time, of models with and without a price in the list.
    private static func anyPrice(_ number: Int, _ generator: inout SeededGenerator) -> IngestBatch {
        var events = SampleEvents()
        events.addPrice(
            models[generator.next(below: 3)], generator.oneIn(2) ? "input" : "output",
            picoPerToken: Int64(1 + generator.next(below: 9)) * 1_000_000,
            at: Double(number) - (generator.oneIn(2) ? 0 : 5_000))
        return events.batch
    }

    /// A call, a question, an answer, or a repetition that counts nowhere; of the last hour or older.
    private static func anyEvent(_ number: Int, _ generator: inout SeededGenerator) -> IngestBatch {
        var events = SampleEvents()
        let turn = Int64(generator.next(below: 4))
        var fields: [String: EventValue] = ["trace_id": .text(trace), "channel": .text("web")]
        if !generator.oneIn(6) { fields["conversation_id"] = .text("c\(generator.next(below: 3))") }
        let type = ["llm.call", "message.received", "message.sent", "usage.reported"][generator.next(below: 4)]
        // An answer that comes an hour late and before its question is not remembered for it.
        let isOld = generator.oneIn(8) && type != "message.sent"
        let time = Double(isOld ? -3_000 : 3_500) + Double(turn * 20) + Double(number) / 100
        switch type {
        case "llm.call":
            fields.merge(
                [
                    "provider": .text("openai"), "request_model": .text(models[generator.next(below: 3)]),
                    "input_tokens": .integer(Int64(generator.next(below: 2_000))), "output_tokens": .integer(10),
                    "duration_ns": .integer(Int64(generator.next(below: 9)) * 1_000_000_000), "status": .text("ok"),
                    "turn": .integer(turn),
                ]) { $1 }
        case "message.received": fields["turn"] = .integer(turn)
        case "message.sent":
            fields["turn"] = .integer(turn)
            fields["status"] = .text(generator.oneIn(3) ? "error" : "ok")
            fields["duration_ns"] = .integer(1_000_000_000)
        default: fields["scope"] = .text("repetition")
        }
        events.add(type, id: "e\(number)", at: time, fields)
        return events.batch
    }
}
