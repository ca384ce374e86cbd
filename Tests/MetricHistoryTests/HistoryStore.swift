import Bytes
import Domain
import EventStores
import MetricHistory
import Platform
import PromQLText

/// One event of a test, by field name.
struct HistoryEvent {
    let id: String
    let type: String
    /// ns since 1970 UTC.
    let time: Int64
    let fields: [String: EventValue]

    /// A field as text; nil where there is none.
    func text(_ name: String) -> String? {
        switch fields[name] {
        case .text(let text)?: text
        case .integer(let number)?: String(number)
        default: nil
        }
    }

    func integer(_ name: String) -> Int64? {
        if case .integer(let number)? = fields[name] { number } else { nil }
    }
}

/// A store in memory whose events the test knows, too.
struct HistoryStore {
    static let registry = SchemaRegistry.builtIn
    /// 2026-08-01T09:00:00Z, a multiple of 15 s.
    static let start: Int64 = 1_785_574_800_000_000_000
    static let startMilliseconds = start / 1_000_000
    let clock: SimulatedClock
    let store: EventStore
    private(set) var events: [HistoryEvent] = []

    /// - Parameters:
    ///   - nowSeconds: from the start to where the store's clock stands.
    ///   - sideQueue: where seals run that begin by themselves.
    init(
        nowSeconds: Int64, options: StoreOptions = StoreOptions(),
        sideQueue: any BackgroundQueue = InlineBackgroundQueue()
    ) throws {
        clock = SimulatedClock(wallNanoseconds: Self.start + nowSeconds * 1_000_000_000)
        let context = StoreContext(
            fileSystem: SimulatedFileSystem(seed: 1), clock: clock, randomness: SeededRandomness(seed: 1),
            workers: InlineWorkers(), sideQueue: sideQueue)
        store = try EventStore.open(at: "/data", context: context, options: options)
    }

    static func event(
        _ type: String, at seconds: Double, _ fields: [String: EventValue] = [:], id: String, tenant: String = "default"
    ) -> HistoryEvent {
        HistoryEvent(
            id: id, type: type, time: start + Int64(seconds * 1e9),
            fields: fields.merging(["tenant": .text(tenant)]) { $1 })
    }

    /// Takes events in with one append; those that are known already are duplicates.
    mutating func append(_ new: [HistoryEvent]) throws {
        let result = try store.append([IngestBatch(events: Self.rows(new))])[0]
        let known = Set(events.map(\.id))
        let fresh = new.filter { !known.contains($0.id) }
        precondition(result.accepted == fresh.count && result.duplicates == new.count - fresh.count)
        events += fresh
    }

    /// Puts another row in the place of an event; what the test knows of it stays.
    func replace(_ place: Int, with fields: [String: EventValue]) throws {
        let old = events[place]
        let new = HistoryEvent(
            id: old.id, type: old.type, time: old.time, fields: old.fields.merging(fields) { $1 })
        let replacement = EventReplacement(position: Int64(place + 1), row: Self.rows([new]).bytes)
        _ = try store.append([IngestBatch(replacements: [replacement])])
    }

    private static func rows(_ new: [HistoryEvent]) -> EventRows {
        let registry = Self.registry
        var writer = EventRowWriter()
        var offsets: [UInt32] = []
        for event in new {
            var values: [(UInt16, EventValue)] = [
                (registry.wellKnown.id, .text(event.id)), (registry.wellKnown.source, .text("test")),
            ]
            for (name, value) in event.fields { values.append((registry.column(named: name)!, value)) }
            offsets.append(UInt32(writer.sink.count))
            writer.begin(type: registry.type(named: event.type)!, time: event.time, isTimeAbsent: false)
            for (column, value) in values.sorted(by: { $0.0 < $1.0 }) { writer.add(column, value) }
            writer.end()
        }
        return EventRows(bytes: writer.sink.bytes, starts: offsets)
    }

    /// - Parameter seconds: from the start to the last time.
    func series(
        reached seconds: Int64, workers: any Workers = InlineWorkers(), cache: SeriesCache? = nil
    ) -> StoreSeries {
        StoreSeries(
            catalog: store.snapshot(), reached: Self.start + seconds * 1_000_000_000, workers: workers, cache: cache)
    }

    static func matchers(_ selector: String) throws -> SeriesMatchers {
        try SeriesMatchers(selector: Array(selector.utf8))
    }

    /// All samples of what a selector names, times in seconds from the start.
    static func samples(
        _ source: some SeriesSource, _ selector: String, after: Int64 = -20_000, through: Int64 = 20_000,
        windows: SeriesWindows? = nil
    ) throws -> [Series] {
        try source.series(
            SeriesRequest(
                try matchers(selector), after: startMilliseconds + after * 1000,
                through: startMilliseconds + through * 1000, samplesMax: 10_000_000, windows: windows))
    }

    /// A series as a line: its labels, then value@seconds.
    static func line(_ series: Series) -> String {
        "\(series.labels)"
            + series.samples.times.indices.map { place in
                guard case .float(let value) = series.samples[place] else { return " ?" }
                return " \(value)@\((series.samples.times[place] - startMilliseconds) / 1000)"
            }.joined()
    }
}

/// As many as are said to be there, one after the other.
final class SuccessiveWorkers: Workers {
    let parallelism: Int

    init(_ parallelism: Int) { self.parallelism = parallelism }

    func run(count: Int, _ job: @Sendable (Int) throws -> Void) throws {
        for index in 0..<count { try job(index) }
    }
}

/// Chance that is the same in every run.
struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func below(_ count: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        word ^= word >> 31
        return Int(word % UInt64(count))
    }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

    mutating func mixed<Value>(_ values: [Value]) -> [Value] {
        var values = values
        for place in values.indices.dropFirst() { values.swapAt(place, below(place + 1)) }
        return values
    }
}
