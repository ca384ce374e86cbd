import AlertRules
import Asking
import Bytes
import PromQLEvaluation
import PromQLText
import RuleFiles

/// The series of a source, and those that rules make of them: what recording rules record, `ALERTS`, and
/// `ALERTS_FOR_STATE`.
///
/// Nothing that is recorded is kept. Who asks for a recorded series has the rule's expression evaluated at the times at
/// which its group is: so the past is exact, also from before there was the rule. How alerts stood follows from the
/// notes of their changes.
struct RuledSeries: SeriesSource {
    /// Rules may stand on rules so far; beyond it one leads to itself.
    private static let depthMax = 8
    /// Evaluations of one rule for one request.
    private static let pointsMax: Int64 = 50_000
    /// ms between samples of `up`.
    private static let runningStep: Int64 = 15_000

    private let base: any SeriesSource
    private let rules: RecordedRules
    private let alerts: AlertHistory
    private let reached: Int64
    private let budget: any QuestionBudget
    private var depth = 0
    /// For who evaluates rules: alerts before `reached` alone, since those at that time are being worked out; and that
    /// the server runs although the source has no event yet.
    private var isEvaluation = false

    /// - Parameters:
    ///   - reached: ms since 1970; nothing is later.
    ///   - budget: bounds the evaluation of rules.
    init(
        _ base: any SeriesSource, _ rules: RecordedRules, _ alerts: AlertHistory, reached: Int64,
        within budget: any QuestionBudget
    ) {
        (self.base, self.rules, self.alerts) = (base, rules, alerts)
        (self.reached, self.budget) = (reached, budget)
    }

    /// The same for an evaluation at the last time.
    var forEvaluation: RuledSeries {
        var series = self
        series.isEvaluation = true
        return series
    }

    /// See ``SeriesSource``.
    /// - Complexity: as the base, and for each rule that a name asks for as its expression over those times.
    func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] {
        guard request.after < reached else { return [] }
        var asked = request
        if isEvaluation, request.through > reached {
            // Windows would let a source leave out what comes before.
            asked = SeriesRequest(
                request.matchers, after: request.after, through: reached, samplesMax: request.samplesMax)
        }
        var found = try base.series(asked)
        for rule in rules.named(by: request.matchers) { found += try recorded(rule, request) }
        found += try alerts.series(request, reached: isEvaluation ? reached.saturatingSubtract(1) : reached)
        return try joined(found + (isEvaluation ? running(asked) : []), request.samplesMax)
    }

    /// See ``SeriesSource``. Of what rules make, only what the last evaluation of those times gave is listed.
    func labelSets(
        _ matchers: SeriesMatchers, after: Int64, through: Int64
    ) throws(SeriesSourceError) -> [LabelSet] {
        var found = Set(try base.labelSets(matchers, after: after, through: through))
        let end = min(through, reached)
        func last(_ milliseconds: Int64) -> SeriesRequest? {
            let start = max(after, end.saturatingSubtract(milliseconds))
            return start < end ? SeriesRequest(matchers, after: start, through: end, samplesMax: .max) : nil
        }
        for rule in rules.named(by: matchers) {
            guard let request = last(rule.interval) else { continue }
            found.formUnion(try recorded(rule, request).map(\.labels))
        }
        if let request = last(rules.options.interval) {
            found.formUnion(try alerts.series(request, reached: reached).map(\.labels))
        }
        return found.sorted()
    }

    /// In the order of their labels, each once; what the source has stands before what rules make.
    private func joined(_ found: [Series], _ samplesMax: Int) throws(SeriesSourceError) -> [Series] {
        var (seen, all, samples): (Set<LabelSet>, [Series], Int) = ([], [], 0)
        for series in found where seen.insert(series.labels).inserted {
            samples += series.samples.times.count
            guard samples <= samplesMax else { throw .tooManySamples(max: samplesMax) }
            all.append(series)
        }
        return all.sorted { $0.labels < $1.labels }
    }

    // MARK: Recorded

    private func recorded(
        _ rule: RecordedRules.Recorded, _ request: SeriesRequest
    ) throws(SeriesSourceError) -> [Series] {
        guard let times = try times(of: rule, request) else { return [] }
        guard depth < Self.depthMax else {
            throw .unavailable("the recording rule \(rule.rule.name) leads to itself")
        }
        var question = PromQLQuestion(rule.rule.expression, at: times)
        question.lookback = rules.options.lookback
        question.defaultStep = rules.options.defaultStep
        question.samplesMax = rules.options.samplesMax
        var deeper = self
        deeper.depth += 1
        guard case .matrix(let matrix) = try deeper.answer(question) else { return [] }
        let added = [(LabelMatcher.metricName, rule.rule.name)] + rule.rule.labels.map { ($0.name, $0.text) }
        var found: [Series] = []
        var seen: Set<LabelSet> = []
        for series in matrix {
            let labels = LabelSet(series.labels.labels.map { ($0.name, $0.value) } + added)
            // As its evaluation fails then, it has none.
            guard seen.insert(labels).inserted else { return [] }
            if request.matchers.passes(labels) { found.append(Series(labels: labels, samples: series.samples)) }
        }
        return found
    }

    private func answer(_ question: PromQLQuestion) throws(SeriesSourceError) -> PromQLAnswer.Value {
        do throws(EvaluationError) {
            return try PromQLEvaluator.answer(question, over: self, within: budget).value
        } catch {
            switch error {
            case .tooManySamples: throw .tooManySamples(max: question.samplesMax)
            case .cancelled, .timedOut: throw .cancelled
            case .refused(let reason), .unavailable(let reason): throw .unavailable(reason)
            case .outOfMemory, .seriesTooLarge: throw .outOfMemory(error.description)
            }
        }
    }

    /// The times of evaluations that the request looks at; nil: there are none.
    private func times(
        of rule: RecordedRules.Recorded, _ request: SeriesRequest
    ) throws(SeriesSourceError) -> PromQLQuestion.Times? {
        let (interval, offset) = (rule.interval, rule.queryOffset)
        func last(through time: Int64) -> Int64 {
            (floorDivide(time.saturatingAdd(offset), interval) * interval).saturatingSubtract(offset)
        }
        var (first, end, step) = (
            last(through: request.after).saturatingAdd(interval), min(request.through, reached), interval
        )
        if let windows = request.windows, windows.look == .last,
            windows.count == 1 || windows.step % interval == 0
        {
            // The last before each end: they lie as evenly as the ends do.
            first = last(through: windows.count == 1 ? min(windows.firstEnd, reached) : windows.firstEnd)
            guard first > windows.firstEnd.saturatingSubtract(windows.length) else { return nil }
            (end, step) = (min(end, first.saturatingAdd(Self.span(of: windows))), max(interval, windows.step))
        }
        guard first <= end else { return nil }
        guard end.saturatingSubtract(first) / step < Self.pointsMax else {
            throw .tooManySamples(max: Int(Self.pointsMax))
        }
        return .range(from: first, through: end, step: step)
    }

    /// ms from the first end to the last.
    private static func span(of windows: SeriesWindows) -> Int64 {
        let (span, isBeyond) = Int64(windows.count - 1).multipliedReportingOverflow(by: windows.step)
        return isBeyond ? .max : span
    }

    // MARK: Running

    /// `up`, which is one: whoever asks is running.
    private func running(_ request: SeriesRequest) -> [Series] {
        let labels = LabelSet(PinnedSeries.target + [(LabelMatcher.metricName, "up")])
        guard request.matchers.passes(labels) else { return [] }
        let after = max(request.after, request.through.saturatingSubtract(86_400_000))
        var run = SampleRun()
        var time = floorDivide(after, Self.runningStep) * Self.runningStep + Self.runningStep
        while time <= request.through {
            run.append(time, .float(1))
            time += Self.runningStep
        }
        return run.times.isEmpty ? [] : [Series(labels: labels, samples: run)]
    }
}

/// The recording rules of a set, by the names that they give.
struct RecordedRules: Sendable {
    /// A rule, and when its group is evaluated.
    struct Recorded: Sendable {
        let rule: Rule
        /// ms.
        let interval: Int64
        /// ms.
        let queryOffset: Int64
    }

    let options: RuleOptions
    private let all: [Recorded]

    init(_ set: RuleSet) {
        options = set.options
        all = set.files.flatMap(\.groups).flatMap { group in
            group.rules.filter { $0.kind == .record }.map { rule in
                Recorded(
                    rule: rule, interval: set.interval(of: group), queryOffset: set.queryOffset(of: group))
            }
        }
    }

    /// Those whose name can be wanted.
    func named(by matchers: SeriesMatchers) -> [Recorded] { all.filter { matchers.passesName($0.rule.name) } }
}
