import Bytes
import Columnar
import Domain
import EventStores
import Execution
import Plans
import Platform
import Reports

/// A store in memory, filled by field name.
struct SampleStore {
    static let registry = SchemaRegistry.builtIn
    /// 2026-08-01T09:00:00Z
    static let start: Int64 = 1_785_574_800_000_000_000
    let store: EventStore
    private let clock: SimulatedClock
    private var writer = EventRowWriter()
    private var offsets: [UInt32] = []
    private var count = 0

    /// The store's clock stands an hour after the start.
    init(
        nowSeconds: Int64 = 3600, foldLimits: FoldLimits = FoldLimits(), retention: RetentionLimits = RetentionLimits()
    ) throws {
        clock = SimulatedClock(wallNanoseconds: Self.start + nowSeconds * 1_000_000_000)
        let context = StoreContext(
            fileSystem: SimulatedFileSystem(seed: 1), clock: clock,
            randomness: SeededRandomness(seed: 1), workers: InlineWorkers())
        var options = StoreOptions()
        options.foldLimits = foldLimits
        options.retention = retention
        store = try EventStore.open(at: "/data", context: context, options: options)
    }

    mutating func add(_ type: String, at seconds: Double, _ fields: [String: EventValue], tenant: String = "acme") {
        let registry = Self.registry
        count += 1
        var values: [(UInt16, EventValue)] = [
            (registry.wellKnown.id, .text("e\(count)")), (registry.wellKnown.source, fields["source"] ?? .text("test")),
            (registry.wellKnown.tenant, .text(tenant)),
        ]
        for (name, value) in fields where name != "source" { values.append((registry.column(named: name)!, value)) }
        offsets.append(UInt32(writer.sink.count))
        writer.begin(type: registry.type(named: type)!, time: Self.start + Int64(seconds * 1e9), isTimeAbsent: false)
        for (column, value) in values.sorted(by: { $0.0 < $1.0 }) { writer.add(column, value) }
        writer.end()
    }

    /// A question, its model call and, unless `answerAfter` is nil, its answer.
    mutating func addTurn(
        _ conversation: String, _ turn: Int64, at seconds: Double, answerAfter: Double? = 1.5, status: String = "ok",
        model: String = "big",
        route: String = "cloud", channel: String = "web", variant: String? = nil
    ) {
        var context: [String: EventValue] = [
            "conversation_id": .text(conversation), "turn": .integer(turn), "channel": .text(channel),
        ]
        if let variant { (context["experiment"], context["variant"]) = (.text("tone"), .text(variant)) }
        func with(_ more: [String: EventValue]) -> [String: EventValue] { context.merging(more) { $1 } }
        add("message.received", at: seconds, with(["author": .text("user")]))
        add(
            "llm.call", at: seconds + 1,
            with([
                "provider": .text("maker"), "request_model": .text(model), "route": .text(route),
                "input_tokens": .integer(1_000),
                "output_tokens": .integer(100), "cache_read_tokens": .integer(200),
                "duration_ns": .integer(900_000_000), "status": .text("ok"),
            ]))
        guard let answerAfter else { return }
        add(
            "message.sent", at: seconds + answerAfter,
            with([
                "author": .text("agent"), "status": .text(status), "duration_ns": .integer(Int64(answerAfter * 1e9)),
                "time_to_first_token_ns": .integer(400_000_000),
            ]))
    }

    mutating func addPrice(_ model: String, _ tokenClass: String, picoPerToken: Int64) {
        add(
            "price.set", at: -3600,
            [
                "provider": .text("maker"), "model": .text(model), "token_class": .text(tokenClass),
                "usd_per_million_tokens": .integer(picoPerToken),
            ])
    }

    /// Takes everything added so far in.
    private mutating func takeIn() throws {
        guard !offsets.isEmpty else { return }
        _ = try store.append([IngestBatch(events: EventRows(bytes: writer.sink.bytes, starts: offsets))])
        (writer, offsets) = (EventRowWriter(), [])
    }

    /// Takes everything added so far in, and what is added from now on so much later.
    mutating func pass(seconds: Int64) throws {
        try takeIn()
        clock.advance(nanoseconds: seconds * 1_000_000_000)
    }

    /// Takes everything added so far in and answers from it.
    mutating func runner(
        within options: QueryOptions = QueryOptions(), limits: ListingLimits = ListingLimits()
    ) throws -> ReportRunner {
        try takeIn()
        return ReportRunner(
            catalog: store.snapshot(), engine: LocalEngine(clock: SimulatedClock()), options: options, limits: limits)
    }
}

extension ReportSection {
    /// What a column of counts adds up to.
    func count(_ column: String) -> Int128 {
        rows.indices.reduce(0) { sum, row in
            if case .count(let count)? = value(column, row: row) { sum + count } else { sum }
        }
    }
}

extension SampleStore {
    /// Four conversations with everything that reports show.
    static func filled(retention: RetentionLimits = RetentionLimits()) throws -> SampleStore {
        var sample = try SampleStore(retention: retention)
        for (tokenClass, price) in [("input", 2_500_000), ("output", 10_000_000), ("cache_read", 37_500)]
            as [(String, Int64)]
        {
            sample.addPrice("big", tokenClass, picoPerToken: price)
        }
        sample.addPrice("half", "input", picoPerToken: 1_000_000)
        sample.addPrice("half", "output", picoPerToken: 2_000_000)
        sample.addTurn("c1", 1, at: 0, variant: "a")
        sample.addTurn("c1", 2, at: 60, answerAfter: 3, variant: "a")
        sample.addTurn("c2", 1, at: 100, answerAfter: 31, channel: "email, \"slow\"", variant: "b")
        sample.addTurn("c2", 2, at: 200, status: "error", channel: "email, \"slow\"", variant: "b")
        sample.addTurn("c3", 1, at: 300, answerAfter: nil, model: "half", route: "local")
        sample.addTurn("c4", 1, at: 3590, answerAfter: nil, model: "nobody")
        func of(_ conversation: String, _ more: [String: EventValue]) -> [String: EventValue] {
            more.merging(["conversation_id": .text(conversation)]) { $1 }
        }
        sample.add("conversation.classified", at: 70, of("c1", ["topic": .text("refund")]))
        sample.add("conversation.resolved", at: 80, of("c1", ["by": .text("agent"), "certainty": .text("confirmed")]))
        sample.add("conversation.closed", at: 90, of("c1", ["reason": .text("completed")]))
        sample.add("feedback.requested", at: 91, of("c1", ["channel": .text("web")]))
        sample.add("feedback.submitted", at: 92, of("c1", ["score": .integer(5), "channel": .text("web")]))
        sample.add("escalation.raised", at: 210, of("c2", ["reason": .text("failure")]))
        sample.add("conversation.closed", at: 220, of("c2", ["reason": .text("handed_over")]))
        sample.add("feedback.requested", at: 221, of("c2", [:]))
        sample.add("feedback.submitted", at: 222, of("c2", ["score": .integer(2)]))
        sample.add("conversation.closed", at: 900, of("c3", ["reason": .text("abandoned")]))
        sample.add("tool.call", at: 20, of("c1", ["tool": .text("lookup"), "cost_usd": .integer(1_250_000_001)]))
        sample.add("cost.recorded", at: 30, ["category": .text("gpu"), "amount_usd": .integer(12_500_000_000_000)])
        return sample
    }
}
