import Asking
import Bytes
import PromQLEvaluation
import PromQLText
import RuleFiles
import Synchronization

/// What rules say at evaluations of a replay that are still to come: a rule is asked about many of its times at once,
/// since each time alone would have the same series read again.
///
/// A stretch of times is as long as its answer is small; where a question about it fails, or has something to remark,
/// it is halved, and at last its times are left to be asked one by one. Asked by one evaluation after the other. What
/// is held is booked.
final class AnswersAhead: Sendable {
    /// Times of a stretch.
    private enum Lengths {
        static let max: Int64 = 240
        /// Shorter ones are not worth a question of their own.
        static let min: Int64 = 8
    }

    /// Of one stretch.
    private static let samplesMax = 100_000
    /// Of all stretches.
    private static let bytesMax = 16 << 20

    private struct Stretch: Sendable {
        /// ms since 1970.
        let times: ClosedRange<Int64>
        /// nil: to be asked one by one.
        let series: [Series]?
        let bytes: Int
    }

    private struct State {
        var stretches: [Rule: Stretch] = [:]
        var lengths: [Rule: Int64] = [:]
        var bytes = 0
        /// Rules that are evaluated at the same times share what those said that they name.
        var shared: (reached: Int64, series: RuledSeries)?
    }

    private let state = Mutex(State())
    private let base: any SeriesSource
    private let recorded: RecordedRules
    private let rules: StretchRules
    private let end: Int64
    private let budget: any QuestionBudget

    /// - Parameters:
    ///   - base: of one state of things, at all times.
    ///   - end: ms since 1970; no evaluation is later.
    ///   - budget: bounds questions and what is held.
    init(_ set: RuleSet, over base: any SeriesSource, through end: Int64, within budget: any QuestionBudget) {
        recorded = RecordedRules(set)
        rules = StretchRules(set, recorded)
        (self.base, self.end, self.budget) = (base, end, budget)
    }

    deinit { budget.giveBack(bytes: state.withLock { $0.bytes }) }

    /// What a rule says at a time (ms since 1970) that its questions are about: series with one sample.
    /// - Returns: nil where it has to be asked at this time.
    /// - Throws: where the work is to end.
    /// - Complexity: O(series · log(times)) where it is known.
    func said(by rule: Rule, at time: Int64) throws(EvaluationError) -> [Series]? {
        guard let asked = rules.asked(rule) else { return nil }
        var stretch = state.withLock { $0.stretches[rule] }
        if stretch?.times.contains(time) != true { stretch = try fresh(rule, asked, from: time) }
        return stretch?.series?.compactMap { series -> Series? in
            let index = series.samples.count(through: time) - 1
            guard index >= 0, series.samples.times[index] == time else { return nil }
            var run = SampleRun()
            run.append(time, series.samples[index])
            return Series(labels: series.labels, samples: run)
        }
    }

    private func fresh(
        _ rule: Rule, _ asked: StretchRules.Asked, from time: Int64
    ) throws(EvaluationError) -> Stretch {
        forget(rule)
        let evaluation = time.saturatingAdd(asked.queryOffset)
        let left = max(0, end.saturatingSubtract(evaluation)) / asked.interval + 1
        func last(_ count: Int64) -> Int64 { time + (count - 1) * asked.interval }
        var count = min(left, state.withLock { $0.lengths[rule] } ?? Lengths.max)
        while count >= Lengths.min {
            let times = time...last(count)
            if let stretch = try answer(rule, asked, times) {
                state.withLock { state in
                    state.stretches[rule] = stretch
                    state.bytes += stretch.bytes
                    state.lengths[rule] = min(Lengths.max, count * 2)
                }
                return stretch
            }
            count /= 2
        }
        let single = Stretch(times: time...last(min(left, Lengths.min)), series: nil, bytes: 0)
        state.withLock { state in
            state.stretches[rule] = single
            state.lengths[rule] = Lengths.min
        }
        return single
    }

    private func forget(_ rule: Rule) {
        let bytes = state.withLock { state in
            let bytes = state.stretches.removeValue(forKey: rule)?.bytes ?? 0
            state.bytes -= bytes
            return bytes
        }
        budget.giveBack(bytes: bytes)
    }

    /// nil where there is no answer, or none that may be held.
    private func answer(
        _ rule: Rule, _ asked: StretchRules.Asked, _ times: ClosedRange<Int64>
    ) throws(EvaluationError) -> Stretch? {
        let source = source(reached: times.upperBound.saturatingAdd(asked.queryOffset))
        let found: [Series]
        do throws(EvaluationError) {
            found = try source.said(
                by: rule, over: .range(from: times.lowerBound, through: times.upperBound, step: asked.interval))
        } catch {
            switch error {
            case .cancelled, .timedOut: throw error
            // Perhaps at one time alone, which then says so itself.
            case .refused, .unavailable, .tooManySamples, .outOfMemory, .seriesTooLarge: return nil
            }
        }
        let samples = found.reduce(0) { $0 + $1.samples.times.count }
        let bytes = RecordedAnswers.bytes(of: found)
        guard samples <= Self.samplesMax, state.withLock({ $0.bytes }) + bytes <= Self.bytesMax,
            (try? budget.take(bytes: bytes)) != nil
        else { return nil }
        return Stretch(times: times, series: found, bytes: bytes)
    }

    private func source(reached: Int64) -> RuledSeries {
        if let known = state.withLock({ $0.shared }), known.reached == reached { return known.series }
        // What was asked before is not held beside what is asked now.
        state.withLock { $0.shared = nil }
        let history = AlertHistory(paces: [:]) { [] }
        let series = RuledSeries(base, recorded, history, reached: reached, within: budget).forStretches
        state.withLock { $0.shared = (reached, series) }
        return series
    }
}
