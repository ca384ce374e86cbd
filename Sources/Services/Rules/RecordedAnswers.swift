import AlertRules
import PromQLEvaluation
import PromQLText
import RuleFiles
import Synchronization

/// What rules said over one state of things, each at the times at which it was asked, so that none is evaluated twice
/// for the same times: rules name each other, and many ask for one.
///
/// It lives as long as that state of things is asked, for a question or a cycle of evaluations, and is never carried to
/// another one: so nothing in it can be of before. What it holds is booked, and given back when it goes.
final class RecordedAnswers: Sendable {
    /// A rule's place in the set, and when it was evaluated.
    struct Key: Hashable {
        let rule: Int
        let times: PromQLQuestion.Times
    }

    /// What a rule said.
    struct Answer {
        /// With the rule's name and labels, each series once.
        let series: [Series]
        /// ms since 1970: of its times those at which the evaluation fails, and writes nothing: the expression makes
        /// no sense of what there is, two series came to the same labels, or there were more than the group may have.
        let failed: Set<Int64>

        /// What it takes to hold it.
        var bytes: Int { RecordedAnswers.bytes(of: series) + 16 * failed.count }
    }

    /// What it takes to hold series.
    static func bytes(of series: [Series]) -> Int { series.reduce(128) { $0 + $1.heldBytes } }

    private static let bytesMax = 16 << 20

    private struct MarkKey: Hashable {
        let rule: Int
        let through: Int64
    }

    private struct State {
        var known: [Key: Answer] = [:]
        var bytes = 0
        var marks: [MarkKey: [SeriesMark]?] = [:]
    }

    /// Of so many times of rules it is remembered what stands for all that they look at.
    private static let marksMax = 1024

    private let state = Mutex(State())
    private let budget: any QuestionBudget

    /// What parts of rules said: several ask for quantiles of the same buckets.
    let parts: SharedParts

    init(within budget: any QuestionBudget) { (self.budget, parts) = (budget, SharedParts(within: budget)) }

    deinit { budget.giveBack(bytes: state.withLock { $0.bytes }) }

    /// nil where it is not known.
    func answer(_ key: Key) -> Answer? { state.withLock { $0.known[key] } }

    /// What stands for all that a rule looks at up to a time, found out once where there is room.
    func marks(of rule: Int, through: Int64, _ find: () -> [SeriesMark]?) -> [SeriesMark]? {
        let key = MarkKey(rule: rule, through: through)
        if let known = state.withLock({ $0.marks[key] }) { return known }
        let found = find()
        state.withLock { state in
            if state.marks.count < Self.marksMax { state.marks[key] = .some(found) }
        }
        return found
    }

    /// Keeps an answer where there is room for it.
    func keep(_ answer: Answer, as key: Key) {
        let bytes = answer.bytes
        state.withLock { state in
            guard state.known[key] == nil, state.bytes + bytes <= Self.bytesMax else { return }
            // Without room it is evaluated again.
            guard (try? budget.take(bytes: bytes)) != nil else { return }
            state.known[key] = answer
            state.bytes += bytes
        }
    }
}

extension RecordedAnswers.Answer {
    /// What a rule writes of what its expression says, each evaluation by itself.
    /// - Parameter limit: how many series an evaluation of its group may write; 0: any number.
    /// - Complexity: O(samples · log(samples)).
    init(_ said: [Series], of rule: Rule, limit: Int) {
        let found = said.map { Series(labels: rule.recordedLabels($0.labels), samples: $0.samples) }
        var failed: Set<Int64> = []
        var runs: [LabelSet: [SampleRun]] = [:]
        for one in found { runs[one.labels, default: []].append(one.samples) }
        // order: times are put into a set.
        for several in runs.values where several.count > 1 {
            var seen: Set<Int64> = []
            for time in several.map(\.times).joined() where !seen.insert(time).inserted { failed.insert(time) }
        }
        if limit > 0, found.count > limit {
            var counts: [Int64: Int] = [:]
            for time in found.map(\.samples.times).joined() { counts[time, default: 0] += 1 }
            // order: likewise.
            for (time, count) in counts where count > limit { failed.insert(time) }
        }
        let isPlain = failed.isEmpty && runs.count == found.count
        self.init(series: isPlain ? found : Self.joined(found, without: failed), failed: failed)
    }

    /// All of them, which are of other times each.
    init(_ parts: [RecordedAnswers.Answer]) {
        guard parts.count != 1 else {
            self = parts[0]
            return
        }
        self.init(
            series: Self.joined(parts.flatMap(\.series), without: []),
            failed: parts.reduce(into: []) { $0.formUnion($1.failed) })
    }

    /// The same where one of its evaluations came to something else.
    func replaced(at time: Int64, by other: RecordedAnswers.Answer) -> RecordedAnswers.Answer {
        RecordedAnswers.Answer(
            series: Self.joined(Self.joined(series, without: [time]) + other.series, without: []),
            failed: failed.subtracting([time]).union(other.failed))
    }

    /// Series of the same labels, which have other times, as one.
    /// - Parameter times: at which none says anything.
    static func joined(_ series: [Series], without times: Set<Int64>) -> [Series] {
        var runs: [LabelSet: [SampleRun]] = [:]
        for one in series { runs[one.labels, default: []].append(one.samples) }
        // order: whoever asked puts series in the order of their labels.
        return runs.compactMap { labels, runs in
            let run = joined(runs, without: times)
            return run.times.isEmpty ? nil : Series(labels: labels, samples: run)
        }
    }

    private static func joined(_ runs: [SampleRun], without times: Set<Int64>) -> SampleRun {
        guard runs.allSatisfy({ $0.histograms.isEmpty }) else { return joinedMixed(runs, without: times) }
        // Numbers alone are a tenth of what a sample takes that may be a histogram.
        var left = times.isEmpty ? runs : runs.map { run in
            let kept = run.times.indices.filter { !times.contains(run.times[$0]) }
            return SampleRun(kept.map { run.times[$0] }, kept.map { run.floats[$0] })
        }
        while left.count > 1 {
            left = stride(from: 0, to: left.count, by: 2).map {
                $0 + 1 < left.count ? merged(left[$0], left[$0 + 1]) : left[$0]
            }
        }
        return left.first ?? SampleRun()
    }

    /// Two runs of numbers, of other times each, as one. Those of stretches follow each other, those of evaluations
    /// within windows lie between each other.
    private static func merged(_ one: SampleRun, _ other: SampleRun) -> SampleRun {
        let (times, floats, moreTimes, moreFloats) = (one.times, one.floats, other.times, other.floats)
        if let last = times.last, let first = moreTimes.first, last < first {
            return SampleRun(times + moreTimes, floats + moreFloats)
        }
        var (allTimes, allFloats): ([Int64], [Double]) = ([], [])
        allTimes.reserveCapacity(times.count + moreTimes.count)
        allFloats.reserveCapacity(times.count + moreTimes.count)
        var next = 0
        for (place, time) in moreTimes.enumerated() {
            while next < times.count, times[next] < time {
                allTimes.append(times[next])
                allFloats.append(floats[next])
                next += 1
            }
            allTimes.append(time)
            allFloats.append(moreFloats[place])
        }
        return SampleRun(allTimes + times[next...], allFloats + floats[next...])
    }

    private static func joinedMixed(_ runs: [SampleRun], without times: Set<Int64>) -> SampleRun {
        var samples: [(time: Int64, value: SampleValue)] = []
        for run in runs {
            for (index, time) in run.times.enumerated() where !times.contains(time) {
                samples.append((time: time, value: run[index]))
            }
        }
        var result = SampleRun()
        for sample in samples.sorted(by: { $0.time < $1.time }) { result.append(sample.time, sample.value) }
        return result
    }
}
