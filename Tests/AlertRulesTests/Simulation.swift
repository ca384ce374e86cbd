import AlertRules
import Bytes
import PromQLText
import RuleFiles

/// Groups of one file on a simulated clock: samples every 15 s, an evaluation every 30 s, and whoever is told.
struct Simulation {
    /// An alert that came to a stage, by the number of 15 s steps since the start.
    struct Arrival: Hashable, CustomStringConvertible {
        let alert: String
        let stage: RuleAlert.Stage
        let step: Int64

        var description: String { "\(alert) \(stage) at \(step)" }
    }

    private let group: RuleGroup
    private let options: RuleOptions
    private var series = MemorySeries()
    private var runs: [LabelSet: SampleRun] = [:]
    private(set) var state: RuleGroupState
    private(set) var arrivals: [Arrival] = []
    private(set) var messages: [(time: Int64, message: AlertMessage)] = []
    private(set) var samples: [RuleSample] = []
    /// Whether nothing but the bytes of the state lives from one evaluation to the next.
    var isKilledEachTime = false

    init(_ group: RuleGroup, _ options: RuleOptions = RuleOptions()) {
        (self.group, self.options) = (group, options)
        state = RuleGroupState(group)
    }

    /// Takes values in the words of timelines: `V` is one sample, `AxB` are B more, each A above the one before.
    mutating func load(_ labels: LabelSet, _ values: [String]) throws {
        var all: [Double] = []
        for value in values {
            let parts = value.split(separator: "x").compactMap { Double($0) }
            guard let first = parts.first else { throw Unreadable(value: value) }
            if parts.count == 1 {
                all.append(first)
            } else {
                for _ in 0..<Int(parts[1]) { all.append((all.last ?? 0) + first) }
            }
        }
        var run = SampleRun()
        for (index, value) in all.enumerated() { run.append(Int64(index) * 15_000, .float(value)) }
        put(labels, run)
    }

    struct Unreadable: Error { let value: String }

    private mutating func put(_ labels: LabelSet, _ run: SampleRun) {
        runs[labels] = run
        series.set(labels, to: run)
    }

    /// Evaluates, keeps what was written, and tells.
    /// - Parameter time: ms.
    mutating func evaluate(at time: Int64) throws {
        let evaluation = try GroupEvaluator(group, options).evaluate(state, over: series, at: time)
        for sample in evaluation.samples {
            var run = runs[sample.labels] ?? SampleRun()
            if let last = run.times.last, last >= sample.time { continue }
            run.append(sample.time, sample.value)
            put(sample.labels, run)
        }
        samples += evaluation.samples
        for change in evaluation.changes {
            guard let stage = change.after else { continue }
            let name = "\(change.labels["alertname"])"
            let variant = "\(change.labels["variant"])"
            arrivals.append(
                Arrival(
                    alert: variant.isEmpty ? name : name + " " + variant, stage: stage, step: time / 15_000))
        }
        let sending = evaluation.state.sending(group, options, at: time)
        messages += sending.messages.map { (time, $0) }
        state = sending.state
        if isKilledEachTime { state = try RuleGroupState(state.bytes[...]) }
    }

    /// - Parameter steps: of 15 s; an evaluation at every other one.
    mutating func run(through steps: Int64) throws {
        for step in stride(from: Int64(0), through: steps, by: 2) { try evaluate(at: step * 15_000) }
    }
}
