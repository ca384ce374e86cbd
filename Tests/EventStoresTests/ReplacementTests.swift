import Domain
import EventStores
import Platform
import Testing

/// Rows that take the place of others.
@Suite struct ReplacementTests {
    private let disk = SimulatedFileSystem(seed: 31)
    private static let trace = "0f5ee02a2e35937b3c6537cfcc16b38d"
    private static let columns = ["id", "conversation_id", "input_tokens", "cost_usd", "position"]

    private func open(_ queue: any SideQueue = InlineSideQueue()) throws -> EventStore {
        try EventStore.open(at: "/data", context: context(disk, sideQueue: queue), options: EventStoreTests.options())
    }

    private static func call(_ conversation: String?) -> IngestBatch {
        var events = SampleEvents()
        var fields: [String: EventValue] = [
            "trace_id": .text(trace), "provider": .text("openai"), "request_model": .text("gpt-4o"), "input_tokens": .integer(1_000),
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
        // What a segment holds stays.
        _ = try again.append([Self.replacement(of: 4, "other")])
        #expect(try rows(again, "llm_call", Self.columns) == calls)
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
            #expect(found.allSatisfy { $0.isReplaceable == !isSealed })
            #expect(try snapshot.events(ofTraces: [Self.trace], sourcePrefix: "no")[Self.trace]?.count == 1)
            let received = try snapshot.spans(receivedSince: snapshot.watermark)
            #expect(received.map(\.traceID).sorted() == [Self.trace, "another"] && received.filter(\.isRoot).count == 1)
            #expect(try snapshot.spans(receivedSince: snapshot.watermark + 1).isEmpty)
        }
        try store.close()
    }

    @Test func whatASealTakesUpIsNotReplaced() throws {
        let queue = HeldSideQueue()
        var options = EventStoreTests.options()
        options.sealEventsMax = 1
        let store = try EventStore.open(at: "/data", context: context(disk, sideQueue: queue), options: options)
        _ = try store.append([Self.call(nil)])
        #expect(queue.heldCount == 1)
        let before = try rows(store, "llm_call", Self.columns)
        _ = try store.append([Self.replacement(of: 1, "c")])
        #expect(try rows(store, "llm_call", Self.columns) == before)
        queue.runNext()
        try store.tick()
        #expect(try rows(store, "llm_call", Self.columns) == before)
        try store.close()
    }
}
