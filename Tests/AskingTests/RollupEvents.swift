import Asking
import Bytes
import Domain
import EventStores
import Execution
import Plans
import Platform

/// Random events of the types that rollups fold, for tests that compare answers.
struct RollupEvents {
    static let registry = SchemaRegistry.builtIn
    /// 2026-08-01 09:00 UTC.
    static let start: Int64 = 1_785_574_800_000_000_000
    static let hour: Int64 = 3_600_000_000_000
    private var writer = EventRowWriter()
    private var offsets: [UInt32] = []

    mutating func add(_ type: String, id: String, time: Int64, _ fields: [String: EventValue]) {
        let registry = Self.registry
        var values: [(UInt16, EventValue)] = [
            (registry.wellKnown.id, .text(id)), (registry.wellKnown.source, .text("test")),
        ]
        for (name, value) in fields { values.append((registry.column(named: name)!, value)) }
        offsets.append(UInt32(writer.sink.count))
        writer.begin(type: registry.type(named: type)!, time: time, isTimeAbsent: false)
        for (column, value) in values.sorted(by: { $0.0 < $1.0 }) { writer.add(column, value) }
        writer.end()
    }

    mutating func addPrice(_ model: String, _ tokenClass: String, picoPerToken: Int64, at time: Int64) {
        add(
            "price.set", id: "\(model)/\(tokenClass)/\(time)", time: time,
            [
                "tenant": .text("default"), "provider": .text("house"), "model": .text(model),
                "token_class": .text(tokenClass),
                "usd_per_million_tokens": .integer(picoPerToken), "valid_from": .integer(Self.start - 100 * Self.hour),
            ])
    }

    /// Any event of any type, some fields missing, times crowded around the edges of buckets.
    mutating func addRandom(id: String, _ random: inout some RandomNumberGenerator) {
        func maybe(_ texts: [String]) -> EventValue? {
            Int.random(in: 0..<6, using: &random) == 0
                ? nil : .text(texts[Int.random(in: 0..<texts.count, using: &random)])
        }
        func number(_ range: ClosedRange<Int64>) -> EventValue? {
            Int.random(in: 0..<5, using: &random) == 0 ? nil : .integer(Int64.random(in: range, using: &random))
        }
        var time = Self.start + Int64.random(in: -40...40, using: &random) * Self.hour
        switch Int.random(in: 0..<4, using: &random) {
        case 0: break
        case 1: time -= 1
        default: time += Int64.random(in: 0..<Self.hour, using: &random)
        }
        var fields: [String: EventValue] = [
            "tenant": .text(["acme", "umbrella"][Int.random(in: 0..<2, using: &random)])
        ]
        fields["channel"] = maybe(["web", "email"])
        fields["status"] = maybe(["ok", "error"])
        fields["duration_ns"] = number(0...9_000_000_000)
        let type = ["llm.call", "message.sent", "tool.call", "feedback.submitted"][
            Int.random(in: 0..<4, using: &random)]
        switch type {
        case "llm.call":
            fields["provider"] = .text("house")
            fields["request_model"] = maybe(["small", "large", "unknown"])
            fields["route"] = maybe(["local", "cloud"])
            fields["input_tokens"] = number(0...5_000)
            fields["output_tokens"] = number(0...900)
        case "message.sent":
            fields["author"] = maybe(["agent", "human"])
            fields["time_to_first_token_ns"] = number(2_000_000_000...2_000_000_001)
            fields["error_type"] = maybe(["timeout"])
        case "tool.call":
            fields["tool"] = maybe(["search", "refund"])
        default:
            fields = [
                "tenant": .text("acme"), "variant": maybe(["a", "b"]) ?? .text("c"),
                "score": number(1...5) ?? .integer(3),
            ]
        }
        fields["user_id"] = Self.user(of: id)
        add(type, id: id, time: time, fields)
    }

    /// One of eight, or none.
    static func user(of id: String) -> EventValue? {
        let number = id.utf8.reduce(0) { $0 + Int($1) } % 9
        return number == 0 ? nil : .text("user \(number)")
    }

    var batch: IngestBatch { IngestBatch(events: EventRows(bytes: writer.sink.bytes, starts: offsets)) }
}

/// A store on a simulated disk, asked in SQL.
struct AskedStore {
    let store: EventStore
    let clock: SimulatedClock
    private let runner = StatementRunner(engine: LocalEngine(clock: SimulatedClock(wallNanoseconds: 0)))

    init(
        _ disk: SimulatedFileSystem, hoursLater: Int64 = 41, archive: ArchiveLimits = ArchiveLimits()
    ) throws {
        clock = SimulatedClock(wallNanoseconds: RollupEvents.start + hoursLater * RollupEvents.hour)
        let context = StoreContext(
            fileSystem: disk, clock: clock, randomness: SeededRandomness(seed: 1), workers: InlineWorkers())
        var options = StoreOptions()
        options.logFileBytes = 1 << 20
        options.archive = archive
        store = try EventStore.open(at: "/data", context: context, options: options)
    }

    /// Lines of CSV, heading first.
    func ask(_ sql: String, usesRollups: Bool = true, usesSummaries: Bool = true) throws -> [String] {
        var options = QueryOptions()
        options.usesRollups = usesRollups
        options.usesSummaries = usesSummaries
        let result = try runner.run(sql, over: store.snapshot(), options: options)
        return result.rendered(.csv).split(separator: "\r\n").map(String.init)
    }

    /// How many rows a question reads.
    func rowsScanned(_ sql: String, usesRollups: Bool = true) throws -> Int {
        var options = QueryOptions()
        options.usesRollups = usesRollups
        return try runner.run(sql, over: store.snapshot(), options: options).statistics.rowsScanned
    }
}
