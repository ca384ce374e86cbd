import Bytes
import Columnar
import Domain
import Projections
import Testing

extension SeededNumbers {
    /// One of some values.
    mutating func pick<Value>(_ values: [Value]) -> Value { values[next(below: values.count)] }
    /// True once in so many times.
    mutating func isOnce(in times: Int) -> Bool { next(below: times) == 0 }
    /// An order of so many places.
    mutating func order(_ count: Int) -> [Int] {
        var places = Array(0..<count)
        for index in places.indices.dropFirst().reversed() { places.swapAt(index, next(below: index + 1)) }
        return places
    }
}

/// Conversations of random events: few instants, so that many are equal, few traces and numbers, so that they meet.
struct RandomConversations {
    var random: SeededNumbers

    private static let types = [
        "message.received", "message.received", "message.received", "message.sent", "message.sent", "message.sent",
        "llm.call", "llm.call",
        "embedding.call", "tool.call", "retrieval.query", "cache.lookup", "escalation.raised", "escalation.accepted",
        "escalation.closed", "conversation.started", "conversation.resolved", "conversation.reopened",
        "conversation.closed",
        "conversation.classified", "feedback.requested", "feedback.submitted", "agent.run", "workflow.step",
        "probe.checked",
    ]
    private static let edges: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]

    mutating func next() -> [ReferenceEvent] {
        let hasEdges = random.isOnce(in: 4)
        // Of four events so many say their turn, so many their trace.
        let (numbered, traced) = (random.next(below: 5), random.next(below: 5))
        let instants = 1 + random.next(below: 12)
        return (0..<(1 + random.next(below: 24))).map { place in
            var event = ReferenceEvent(id: "e\(place)", type: random.pick(Self.types), time: 0)
            event.time =
                hasEdges
                ? random.pick(Self.edges)
                : 1_785_574_800_000_000_000 + Int64(random.next(below: instants)) * 999_999_999
            event.isTimeAbsent = random.isOnce(in: 8)
            event.fields["tenant"] = .text("default")
            if random.next(below: 4) < numbered {
                event.fields["turn"] = .integer(
                    random.isOnce(in: 12) ? random.pick(Self.edges) : Int64(random.next(below: 4)))
            }
            if random.next(below: 4) < traced {
                event.fields["trace_id"] = .text(String(repeating: random.pick(["a", "b", "c"]), count: 32))
            }
            for name in ["channel", "user_id", "agent", "experiment"] where random.isOnce(in: 4) {
                event.fields[name] = .text("\(name) \(random.next(below: 2))")
            }
            addFields(to: &event)
            return event
        }
    }

    private mutating func addText(_ name: String, _ values: [String], to event: inout ReferenceEvent) {
        let place = random.next(below: values.count + 1)
        if place < values.count { event.fields[name] = .text(values[place]) }
    }

    private mutating func addFields(to event: inout ReferenceEvent) {
        switch event.type {
        case "message.received": addText("author", ["user", "user", "agent", "human", "system"], to: &event)
        case "message.sent":
            addText("author", ["agent", "agent", "user", "human", "system"], to: &event)
            addText("status", ["ok", "error"], to: &event)
            addText("error_type", ["timeout"], to: &event)
            addText("answered_from", ["model", "cache"], to: &event)
            for name in ["duration_ns", "time_to_first_token_ns"] where random.isOnce(in: 2) {
                event.fields[name] = .integer(random.pick(Self.edges))
            }
        case "llm.call", "embedding.call": addCall(to: &event)
        case "cache.lookup": if random.isOnce(in: 2) { event.fields["hit"] = .boolean(random.isOnce(in: 2)) }
        case "escalation.raised": addText("reason", ["policy", "failure"], to: &event)
        case "conversation.resolved":
            addText("by", ["agent", "human"], to: &event)
            addText("certainty", ["confirmed", "assumed"], to: &event)
        case "conversation.closed": addText("reason", ["completed", "idle", "abandoned"], to: &event)
        case "conversation.classified": addText("topic", ["billing", "refund"], to: &event)
        case "feedback.submitted":
            if !random.isOnce(in: 4) { event.fields["score"] = .integer(Int64(1 + random.next(below: 5))) }
        default: break
        }
    }

    private mutating func addCall(to event: inout ReferenceEvent) {
        if event.type == "llm.call" { addText("purpose", ["answer", "answer", "judge"], to: &event) }
        for (name, values) in [
            ("provider", ["p", "q"]), ("request_model", ["asked"]), ("response_model", ["told"]), ("route", ["cloud"]),
        ] {
            addText(name, values, to: &event)
        }
        for name in ConversationReference.tokens where random.isOnce(in: 2) {
            event.fields[name] = .integer(
                random.isOnce(in: 10) ? random.pick(Self.edges) : Int64(random.next(below: 1_000)))
        }
        let low = Int128(random.isOnce(in: 10) ? Int64.max : Int64(random.next(below: 1_000_000)))
        switch random.next(below: 6) {
        case 0: break
        case 1: event.cost = CallCost(costPicoUSD: nil, lowPicoUSD: 0, highPicoUSD: nil, state: .unpriced)
        case 2:
            event.cost = CallCost(
                costPicoUSD: nil, lowPicoUSD: low, highPicoUSD: low + 7, state: .partly, gaps: "cache_read")
        case 3:
            event.cost = CallCost(costPicoUSD: nil, lowPicoUSD: low, highPicoUSD: nil, state: .partly, gaps: "output")
        default: event.cost = CallCost(costPicoUSD: low, lowPicoUSD: low, highPicoUSD: low, state: .priced)
        }
    }
}

/// One way in which events come: in which order, and in how many buffers they lie.
struct Arrival {
    var order: [Int]
    var buffers: Int

    /// As they stand, in one buffer.
    init(_ events: [ReferenceEvent]) { (order, buffers) = (Array(events.indices), 1) }

    /// Any; events without a time stay in their order, which is all that is known of them.
    init(_ events: [ReferenceEvent], _ random: inout SeededNumbers) {
        var order = random.order(events.count)
        let places = order.indices.filter { events[order[$0]].isTimeAbsent }
        for (place, event) in zip(places, events.indices.filter { events[$0].isTimeAbsent }) { order[place] = event }
        self.order = order
        buffers = 1 + random.next(below: 4)
    }
}

/// The tables that one fold makes of conversations, one after the other.
struct FoldedTables {
    private var fold = ConversationFold(columns: FoldColumns(FoldEvents.registry))
    private var builder = ReadModelBuilder(registry: FoldEvents.registry)

    mutating func add(_ name: String, _ events: [ReferenceEvent], _ arrival: Arrival, firstPosition: Int64 = 1) {
        var writers = [EventRowWriter](repeating: EventRowWriter(), count: arrival.buffers)
        var places: [(buffer: Int, start: Int, cost: Int32)] = []
        var costs = [[CallCost]](repeating: [], count: arrival.buffers)
        for (place, index) in arrival.order.enumerated() {
            let buffer = (place * 7 + index) % arrival.buffers
            let cost = events[index].cost.map { _ in Int32(costs[buffer].count) } ?? -1
            if let cost = events[index].cost { costs[buffer].append(cost) }
            places.append((buffer, writers[buffer].sink.count, cost))
            Self.write(events[index], of: name, into: &writers[buffer])
        }
        let buffers = writers.map(\.sink.bytes)
        var references = places.enumerated().map { number, place in
            EventReference(
                EventRow(buffers[place.buffer], at: place.start), buffer: Int32(place.buffer),
                position: firstPosition + Int64(number), cost: place.cost)
        }
        FoldColumns(FoldEvents.registry).sort(&references, buffers: buffers)
        fold.fold(references, buffers: buffers, costs: costs, into: &builder)
    }

    /// Adds a conversation whose events lie as columns, or some of them.
    mutating func add(_ tables: ColumnTables) {
        var references = tables.references
        ColumnTables.columns.sort(&references, buffers: tables.buffers, tables: tables.tables, ids: tables.ids)
        fold.fold(
            references, buffers: tables.buffers, costs: tables.costs, tables: tables.tables, into: &builder)
    }

    /// The rows so far, in the order of the fold.
    mutating func chunks() -> (turns: Chunk, conversations: Chunk) { builder.finish() }

    /// One row as a line, with its columns in the order of their names; sorted, since rows of a table have no order.
    mutating func lines() -> (turns: [String], conversations: [String]) {
        let (turns, conversations) = builder.finish()
        func lines(_ chunk: Chunk, _ columns: [TableColumn]) -> [String] { rows(chunk, columns).map(line).sorted() }
        return (lines(turns, ReadModelColumns.turns), lines(conversations, ReadModelColumns.conversations))
    }

    static func write(_ event: ReferenceEvent, of conversation: String, into writer: inout EventRowWriter) {
        let registry = FoldEvents.registry
        var fields = event.fields
        fields["id"] = .text(event.id)
        fields["source"] = .text("test")
        fields["conversation_id"] = .text(conversation)
        let ascending = fields.map { (column: registry.column(named: $0.key)!, value: $0.value) }
            .sorted { $0.column < $1.column }
        writer.begin(type: registry.type(named: event.type)!, time: event.time, isTimeAbsent: event.isTimeAbsent)
        for (column, value) in ascending { writer.add(column, value) }
        writer.end()
    }
}

/// A row as text, equal exactly where rows are: also composed and decomposed letters stay apart.
func line(_ row: [String: Scalar]) -> String {
    let text = row.map { "\($0.key) \($0.value)" }.sorted().joined(separator: " | ")
    return text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined()
}

@Suite struct ConversationFoldRandomTests {
    @Test(arguments: 0..<16) func theFoldGivesWhatTheDefinitionsSay(seed: Int) {
        var conversations = RandomConversations(random: SeededNumbers(seed: UInt64(seed)))
        for round in 0..<120 {
            let events = conversations.next()
            let expected = ConversationReference("c", events)
            var tables = FoldedTables()
            tables.add("c", events, Arrival(events))
            let found = tables.lines()
            #expect(found.conversations == [line(expected.row())], "seed \(seed), round \(round)")
            #expect(found.turns == expected.turns().map(line).sorted(), "seed \(seed), round \(round)")
        }
    }

    /// Whatever the order, the buffers, the positions, and what was folded before: the rows are those of the events.
    @Test(arguments: 16..<32) func anyOrderCutAndRepeatGivesTheSameRows(seed: Int) {
        var conversations = RandomConversations(random: SeededNumbers(seed: UInt64(seed)))
        let told = (0..<20).map { _ in conversations.next() }
        var tables = FoldedTables()
        for (number, events) in told.enumerated() { tables.add("c\(number)", events, Arrival(events)) }
        let expected = tables.lines()
        #expect(expected.conversations.count == told.count)
        for round in 0..<12 {
            var tables = FoldedTables()
            for number in conversations.random.order(told.count) {
                let first = Int64(1 + conversations.random.next(below: 1_000_000))
                tables.add(
                    "c\(number)", told[number], Arrival(told[number], &conversations.random), firstPosition: first)
            }
            let found = tables.lines()
            #expect(found == expected, "seed \(seed), round \(round)")
        }
        // Folded twice by one fold, each row is there twice.
        var twice = FoldedTables()
        for _ in 0..<2 {
            for (number, events) in told.enumerated() { twice.add("c\(number)", events, Arrival(events)) }
        }
        let found = twice.lines()
        #expect(
            found.turns == expected.turns.flatMap { [$0, $0] }
                && found.conversations == expected.conversations.flatMap { [$0, $0] })
    }
}
