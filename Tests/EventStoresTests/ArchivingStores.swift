import Columnar
import Domain
import EventStores
import Platform
import Testing

/// Stores of which some segments are old enough to be archived, for tests of that.
struct ArchivingStores {
    static let day: Int64 = 86_400_000_000_000
    static let tables = ["events", "llm_call", "feedback_submitted", "turns", "conversations", "dead_letters"]
    let queue = HeldBackgroundQueue()
    /// Where segments become one and are archived; nil: that one.
    var compaction: HeldBackgroundQueue?
    /// nil: that of each start is the same.
    var randomness: (any Randomness)?
    let clock = SimulatedClock(wallNanoseconds: SampleEvents.start + 3_600_000_000_000)

    func context(_ disk: any FileSystem) -> StoreContext {
        StoreContext(
            fileSystem: disk, clock: clock, randomness: randomness ?? SeededRandomness(seed: 1),
            workers: InlineWorkers(), sideQueue: queue, compactionQueue: compaction)
    }

    /// - Parameters:
    ///   - afterDays: nil: nothing is archived.
    ///   - keptDays: nil: events are kept for ever.
    ///   - budgetBytes: of the data directory, for what is older than a week.
    func open(
        _ disk: any FileSystem, at path: String = "/data", afterDays: Int64? = 7, directory: String? = nil,
        keptDays: Int64? = nil, compacts: Bool = false, budgetBytes: Int? = nil
    ) throws -> EventStore {
        var options = EventStoreTests.options()
        options.archive.afterNanoseconds = afterDays.map { $0 * Self.day }
        options.archive.directory = directory
        if let keptDays { options.retention = RetentionLimits(eventsNanoseconds: keptDays * Self.day) }
        options.retention.budget = budgetBytes.map { DiskBudget(bytes: $0, keptNanoseconds: 7 * Self.day) }
        if compacts { options.compaction = CompactionLimits(fanIn: 2, levelEvents: 1_000, newestLeft: 0) }
        return try EventStore.open(at: path, context: context(disk), options: options)
    }

    /// Three turns of a conversation and a rating; a price comes with the last of three.
    static func batch(_ number: Int) -> IngestBatch {
        var events = SampleEvents()
        for turn in 1...3 {
            let model = turn == 2 ? "late-model" : "gpt-4o"
            events.addTurn("own \(number)", Int64(turn), at: Double(1_000 * number + turn), model: model)
        }
        events.add(
            "feedback.submitted", id: "f\(number)", at: Double(1_000 * number + 50),
            ["conversation_id": .text("own \(number)"), "score": .integer(Int64(number % 5) + 1)])
        if number == 2 { events.addPrice("late-model", "input", picoPerToken: 2_000, at: -10_000) }
        return events.batch
    }

    static func turn(_ conversation: String, _ turn: Int64, day: Int) -> IngestBatch {
        var events = SampleEvents()
        events.addTurn(conversation, turn, at: Double(day) * 86_400)
        return events.batch
    }

    /// A store whose first three segments are old enough on the tenth day, when it gets an event.
    func filled(
        _ disk: any FileSystem, at path: String = "/data", directory: String? = nil, keptDays: Int64? = nil,
        compacts: Bool = false
    ) throws -> EventStore {
        let store = try open(disk, at: path, directory: directory, keptDays: keptDays, compacts: compacts)
        for number in 0..<3 {
            _ = try store.append([Self.batch(number)])
            try store.seal()
        }
        clock.advance(nanoseconds: 5 * Self.day)
        _ = try store.append([Self.turn("goes on", 1, day: 5)])
        try store.seal()
        clock.advance(nanoseconds: 5 * Self.day)
        _ = try store.append([Self.turn("newest", 1, day: 10)])
        #expect(store.status.segments == 4)
        return store
    }

    /// Archives what is due, if anything is.
    func run(_ store: EventStore) throws -> Bool {
        clock.advance(nanoseconds: 120_000_000_000)
        guard try store.startArchiving() else { return false }
        try store.finishJobs()
        return true
    }

    /// All rows of a table, every column.
    func rowsOf(_ table: String, _ snapshot: StoreSnapshot) throws -> [String] {
        try rows(snapshot, table, try #require(snapshot.table(named: table)).columns.map(\.name))
    }

    /// All rows of all tables.
    func answers(_ store: EventStore) throws -> [String: [String]] {
        let snapshot = store.snapshot()
        var all: [String: [String]] = [:]
        for name in Self.tables { all[name] = try rowsOf(name, snapshot) }
        return all
    }
}
