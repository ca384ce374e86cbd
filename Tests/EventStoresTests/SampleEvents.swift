import Bytes
import Columnar
import Domain
import EventStores
import Platform
import Testing

/// Builds event rows by field name, for tests of the store.
struct SampleEvents {
    static let registry = SchemaRegistry.builtIn
    static let start: Int64 = 1_785_574_800_000_000_000
    private var writer = EventRowWriter()
    private var offsets: [UInt32] = []

    mutating func add(
        _ type: String, id: String, at seconds: Double?, _ fields: [String: EventValue] = [:],
        tenant: String = "default",
        exactly nanoseconds: Int64? = nil
    ) {
        let registry = Self.registry
        var values: [(UInt16, EventValue)] = [
            (registry.wellKnown.id, .text(id)), (registry.wellKnown.source, .text("test")),
            (registry.wellKnown.tenant, .text(tenant)),
        ]
        for (name, value) in fields { values.append((registry.column(named: name)!, value)) }
        offsets.append(UInt32(writer.sink.count))
        let time = nanoseconds ?? seconds.map { Self.start + Int64($0 * 1e9) } ?? 0
        writer.begin(type: registry.type(named: type)!, time: time, isTimeAbsent: seconds == nil)
        for (column, value) in values.sorted(by: { $0.0 < $1.0 }) { writer.add(column, value) }
        writer.end()
    }

    /// One turn of a conversation: question, call, answer.
    mutating func addTurn(
        _ conversation: String, _ turn: Int64, at seconds: Double, model: String = "gpt-4o",
        provider: String = "openai",
        status: String = "ok", tenant: String = "default"
    ) {
        let context: [String: EventValue] = [
            "conversation_id": .text(conversation), "turn": .integer(turn), "channel": .text("web"),
        ]
        func with(_ more: [String: EventValue]) -> [String: EventValue] { context.merging(more) { $1 } }
        let id = "\(conversation)/\(turn)"
        add("message.received", id: id + "/q", at: seconds, with(["author": .text("user")]), tenant: tenant)
        add(
            "llm.call", id: id + "/c", at: seconds + 1,
            with([
                "provider": .text(provider), "request_model": .text(model), "route": .text("cloud"),
                "input_tokens": .integer(1_000),
                "output_tokens": .integer(100), "duration_ns": .integer(900_000_000), "status": .text("ok"),
            ]), tenant: tenant)
        add(
            "message.sent", id: id + "/a", at: seconds + 1.5,
            with(["author": .text("agent"), "status": .text(status), "duration_ns": .integer(1_500_000_000)]),
            tenant: tenant)
    }

    mutating func addPrice(
        _ model: String, _ tokenClass: String, picoPerToken: Int64, at seconds: Double, provider: String = "openai"
    ) {
        add(
            "price.set", id: "\(model)/\(tokenClass)/\(seconds)", at: seconds,
            [
                "provider": .text(provider), "model": .text(model), "token_class": .text(tokenClass),
                "usd_per_million_tokens": .integer(picoPerToken),
            ])
    }

    var batch: IngestBatch { IngestBatch(events: EventRows(bytes: writer.sink.bytes, starts: offsets)) }
}

/// Rows of a table as text, sorted: equal exactly where the tables are.
func rows(_ store: EventStore, _ table: String, _ columns: [String]) throws -> [String] {
    try rows(store.snapshot(), table, columns)
}

/// All rows of the read models.
func readModels(_ store: EventStore) throws -> [[String]] {
    try ["turns", "conversations"].map { name in
        let columns = try #require(store.snapshot().table(named: name)).columns.map(\.name)
        return try rows(store, name, columns)
    }
}

/// Has what is old enough go, once the pause between two looks is over: whether anything was.
func dropOldEvents(of store: EventStore, _ clock: SimulatedClock) throws -> Bool {
    clock.advance(nanoseconds: 120_000_000_000)
    guard try store.startRetention() else { return false }
    try store.finishJobs()
    return true
}

/// The same of a snapshot.
func rows(_ snapshot: StoreSnapshot, _ table: String, _ columns: [String]) throws -> [String] {
    let source = snapshot.table(named: table)!
    let indices = columns.map { name in source.columns.firstIndex { $0.name == name }! }
    var rows: [String] = []
    for morsel in try source.morsels(for: ScanRequest(columns: indices)) {
        let vectors = try indices.map { try morsel.column($0) }
        for row in 0..<morsel.rowCount { rows.append(vectors.map { "\($0.scalar(at: row))" }.joined(separator: "|")) }
    }
    return rows.sorted()
}

func context(_ fileSystem: any FileSystem, seed: UInt64 = 1, sideQueue: any BackgroundQueue = InlineBackgroundQueue())
    -> StoreContext
{
    StoreContext(
        fileSystem: fileSystem, clock: SimulatedClock(wallNanoseconds: SampleEvents.start + 3_600_000_000_000),
        randomness: SeededRandomness(seed: seed), workers: InlineWorkers(), sideQueue: sideQueue)
}

/// Where the log is damaged that something is refused for.
func logDamage(_ body: () throws -> Void) -> CorruptionError? {
    guard case .logDamaged(let damage) = #expect(throws: StoreError.self, performing: body) else { return nil }
    return damage
}

/// The same of a log that cannot go on.
func logLoss(_ body: () throws -> Void) -> CorruptionError? {
    guard case .logLost(let damage) = #expect(throws: StoreError.self, performing: body) else { return nil }
    return damage
}
