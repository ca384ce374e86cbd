import AlertRules
import Bytes
import EventStores
import Platform
import PromQLEvaluation
import PromQLText
import RuleFiles
import Rules

/// Rules over series in memory and a store on a simulated disk; the process may end at any step.
struct RuleWorld {
    /// When what happens to an evaluation whose process ends.
    enum End { case beforeCommit, afterCommit }

    /// What somebody was told: once, however often.
    struct Told: Hashable {
        let labels: LabelSet
        let startsAt: Int64
        let isResolved: Bool
    }

    /// ms since 1970, a multiple of a minute.
    static let start: Int64 = 1_785_574_800_000

    private(set) var rules: RuleSet
    let series: MemorySeries
    private let disk = SimulatedFileSystem(seed: 3)
    private var store: EventStore
    private(set) var manager: RuleManager
    private(set) var told: Set<Told> = []
    /// When what somebody was told of was over (ms since 1970).
    private(set) var ends: Set<Int64> = []
    /// What the log says of alerts that are over without a rule.
    private(set) var endings: [String] = []
    /// ms since 1970 of each evaluation.
    private(set) var evaluations: [Int64] = []

    init(_ text: String, _ series: MemorySeries) throws {
        rules = try Self.rules(text)
        self.series = series
        store = try Self.open(disk)
        manager = Self.manager(rules, store)
    }

    static func rules(_ text: String) throws -> RuleSet {
        RuleSet([try RuleFile(Array(text.utf8), name: "test.yaml")], RuleOptions())
    }

    private static func open(_ disk: SimulatedFileSystem) throws -> EventStore {
        let context = StoreContext(
            fileSystem: disk, clock: SimulatedClock(wallNanoseconds: start * 1_000_000),
            randomness: SeededRandomness(seed: 1), workers: InlineWorkers())
        return try EventStore.open(at: "/data", context: context, options: StoreOptions())
    }

    private static func manager(_ rules: RuleSet, _ store: EventStore) -> RuleManager {
        RuleManager(rules, from: store.snapshot().rules) {
            try store.snapshot().notes(ofType: "alert.changed").map(\.data)
        }
    }

    /// How groups stood when that was logged last.
    var records: [RuleStateRecord] { store.snapshot().rules }

    /// What became of alerts: the data of the notes.
    func notes() throws -> [String] { try notes(of: "alert.changed") }

    /// The data of the notes of a type.
    func notes(of type: String) throws -> [String] { try store.snapshot().notes(ofType: type).map(\.data) }

    /// Evaluates all that is due.
    /// - Parameter end: the first evaluation is the last of its process.
    mutating func advance(to now: Int64, end: End? = nil) throws {
        while true {
            var opened: Int64?
            let step = manager.step(at: now, monotonic: { 0 }) { time in
                opened = time
                return (series, UnboundedBudget())
            }
            guard let step else { return }
            if end == .beforeCommit { return try restart() }
            if let opened { evaluations.append(opened) }
            if let batch = step.batch {
                _ = try store.append([batch])
                manager.committed(step)
            }
            if end == .afterCommit { return try restart() }
            endings += step.endings
            for message in step.messages {
                if message.isResolved { ends.insert(message.endsAt) }
                told.insert(
                    Told(labels: message.labels, startsAt: message.startsAt, isResolved: message.isResolved))
            }
        }
    }

    /// The process ends and another one begins, perhaps with other rules.
    mutating func restart(_ text: String? = nil) throws {
        if let text { rules = try Self.rules(text) }
        disk.crash()
        store = try Self.open(disk)
        manager = Self.manager(rules, store)
    }

    /// A metric that says a value in each minute since the start, a sample every 15 s.
    static func minutes(_ name: String, _ values: [Double]) -> MemorySeries {
        var run = SampleRun()
        for (minute, value) in values.enumerated() {
            for quarter in 0..<4 {
                run.append(start + Int64(minute) * 60_000 + Int64(quarter) * 15_000, .float(value))
            }
        }
        var series = MemorySeries()
        series.set(LabelSet([("__name__", .init(name.utf8)), ("job", "plimsoll")]), to: run)
        return series
    }
}
