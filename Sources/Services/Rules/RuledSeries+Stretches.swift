import Bytes
import MetricHistory
import PromQLEvaluation
import PromQLText

// A panel asks for the same hours of a month whenever it is drawn, and its ends move on with the clock. So what a rule
// said is kept by stretches between multiples of so many steps, each with the marks of all that it stands on.

extension RuledSeries {
    /// What a rule says to who asks about a past that may have been asked for before.
    /// - Parameter reads: all that the rule looks at.
    /// - Complexity: as the rule's expression over those times that are not known, and O(times).
    func stretches(
        of rule: RecordedRules.Recorded, reading reads: [SeriesMatchers], at times: PromQLQuestion.Times
    ) throws(EvaluationError) -> [RecordedAnswers.Answer] {
        let whole = RecordedAnswers.Key(rule: rule.place, times: times)
        if let known = answers.answer(whole) { return [known] }
        var found: [RecordedAnswers.Answer] = []
        var open: [Stretch] = []
        for times in RecordedTimes.stretches(of: times) {
            let key = RecordedAnswers.Key(rule: rule.place, times: times)
            let marks = marks(of: rule, reading: reads, over: times)
            guard let marks, let known = rules.asked.answer(key, marks) else {
                open.append(Stretch(key: key, marks: marks))
                continue
            }
            found += try evaluated(open, of: rule)
            open = []
            found.append(known)
        }
        return found + (try evaluated(open, of: rule))
    }

    /// Times that are not known.
    private struct Stretch {
        let key: RecordedAnswers.Key
        let marks: [SeriesMark]?
    }

    /// Stretches that follow each other are one question.
    private func evaluated(
        _ open: [Stretch], of rule: RecordedRules.Recorded
    ) throws(EvaluationError) -> [RecordedAnswers.Answer] {
        guard let first = open.first, let last = open.last else { return [] }
        let answer = try answer(of: rule, at: first.key.times.joined(with: last.key.times), over: self)
        for stretch in open {
            guard let marks = stretch.marks else { continue }
            rules.asked.keep(answer.part(of: stretch.key.times), as: stretch.key, marks)
        }
        return [answer]
    }

    /// Stands for all that a rule looks at over a stretch; nil where it is not known.
    private func marks(
        of rule: RecordedRules.Recorded, reading reads: [SeriesMatchers], over times: PromQLQuestion.Times
    ) -> [SeriesMark]? {
        // Stretches of many questions end together, if a little later than each of them.
        let (end, last) = (RecordedTimes.stretchEnd(of: times), times.last)
        let through = end <= reached.saturatingSubtract(StoreSeries.stepMilliseconds) ? end : last
        return answers.marks(of: rule.place, through: through) { marks(of: reads, through: through) }
    }
}

extension PromQLQuestion.Times {
    /// ms since 1970; no time is earlier.
    fileprivate var first: Int64 {
        switch self {
        case .instant(let time): time
        case .range(let first, _, _): first
        }
    }

    /// ms since 1970; no time is later.
    fileprivate var last: Int64 {
        switch self {
        case .instant(let time): time
        case .range(_, let end, _): end
        }
    }

    /// From the first of these to the last of others that follow them with the same step.
    fileprivate func joined(with later: PromQLQuestion.Times) -> PromQLQuestion.Times {
        if self == later { return self }
        let step =
            switch (self, later) {
            case (.range(_, _, let step), _), (.instant, .range(_, _, let step)): step
            case (.instant(let first), .instant(let end)): end - first
            }
        return .range(from: first, through: later.last, step: step)
    }
}

extension RecordedAnswers.Answer {
    /// What was said at some of the times, none between them left out.
    fileprivate func part(of times: PromQLQuestion.Times) -> RecordedAnswers.Answer {
        let (begin, end) = (times.first, times.last)
        let parts = series.compactMap { one -> Series? in
            let run = one.samples.between(after: begin.saturatingSubtract(1), through: end)
            return run.times.isEmpty ? nil : Series(labels: one.labels, samples: run)
        }
        return RecordedAnswers.Answer(series: parts, failed: failed.filter { $0 >= begin && $0 <= end })
    }
}
