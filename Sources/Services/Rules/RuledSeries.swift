import AlertRules
import Asking
import Bytes
import MetricHistory
import PromQLEvaluation
import PromQLText
import RuleFiles

/// The series of a source, and those that rules make of them: what recording rules record, `ALERTS`, and
/// `ALERTS_FOR_STATE`.
///
/// Nothing that is recorded is kept, but for what cycles and panels ask again and again of a past that does not change
/// (``RecordedPast``). Who asks for a recorded series has the rule's expression evaluated at the times at
/// which its group is: so the past is exact, also from before there was the rule. How alerts stood follows from the
/// notes of their changes. Where a rule or an alert no longer gives a series, that ends with the stale marker.
struct RuledSeries: SeriesSource {
    let base: any SeriesSource
    let rules: RecordedRules
    private let alerts: AlertHistory
    let reached: Int64
    private let budget: any QuestionBudget
    let answers: RecordedAnswers
    /// What rules said that look at alerts: for one request of who evaluates, as alerts change from one to the next.
    private var moving: RecordedAnswers?
    /// For who evaluates rules: alerts before `reached` alone, since those at that time are being worked out; and that
    /// the server runs although the source has no event yet.
    private var isEvaluation = false
    /// For who asks about many evaluations at once: where they may not say the same, they fail.
    private var isStretch = false
    /// By the places of rules that look at alerts: what the evaluation under way has come to. Notes of its alerts are
    /// still to come.
    private var settled: [Int: (time: Int64, answer: RecordedAnswers.Answer)] = [:]
    /// What is known of evaluations of this time and later ones.
    var ahead: AnswersAhead?
    /// Hears of rules that were asked for and have no samples.
    var remark: (@Sendable (String) -> Void)?

    /// - Parameters:
    ///   - base: of one state of things: what rules said over it is kept as long as these series.
    ///   - reached: ms since 1970; nothing is later.
    ///   - budget: bounds the evaluation of rules, and what is kept of it.
    init(
        _ base: any SeriesSource, _ rules: RecordedRules, _ alerts: AlertHistory, reached: Int64,
        within budget: any QuestionBudget
    ) {
        (self.base, self.rules, self.alerts) = (base, rules, alerts)
        (self.reached, self.budget) = (reached, budget)
        answers = RecordedAnswers(within: budget)
    }

    /// The same for an evaluation at the last time.
    var forEvaluation: RuledSeries {
        var series = self
        series.isEvaluation = true
        return series
    }

    /// The same for evaluations up to the last time, asked all at once: of rules that ``StretchRules`` lets through.
    var forStretches: RuledSeries {
        var series = forEvaluation
        series.isStretch = true
        return series
    }

    /// See ``SeriesSource``.
    /// - Complexity: as the base, and for each rule that a name asks for as its expression over those times, unless it
    ///   was asked for them before.
    func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] {
        guard request.after < reached else { return [] }
        var asked = request
        if isEvaluation, request.through > reached {
            // Windows would let a source leave out what comes before.
            asked = SeriesRequest(
                request.matchers, after: request.after, through: reached, samplesMax: request.samplesMax)
        }
        let found = try base.series(asked)
        var made: [Series] = []
        for rule in rules.named(by: request.matchers) { made += try recorded(rule, request) }
        made += try alerts.series(request, reached: isEvaluation ? reached.saturatingSubtract(1) : reached)
        if isEvaluation { made += running(asked) }
        return try joined(found, made, request.samplesMax)
    }

    /// See ``SeriesSource``. Of what rules make nothing is known so.
    func counters(_ request: SeriesRequest) throws(SeriesSourceError) -> [CounterSeries]? {
        guard request.after < reached else { return [] }
        guard !isEvaluation, rules.named(by: request.matchers).isEmpty,
            !AlertHistory.names.contains(where: request.matchers.passesName)
        else { return nil }
        return try base.counters(request)
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

    /// See ``SeriesSource``. Of alerts nothing is known so, and nothing while rules are evaluated; other rules are
    /// another state of things.
    func mark(_ matchers: SeriesMatchers, through: Int64) -> SeriesMark? {
        let isPast = through <= reached.saturatingSubtract(StoreSeries.stepMilliseconds)
        guard isPast, !isEvaluation, !AlertHistory.names.contains(where: matchers.passesName) else { return nil }
        var wanted = [matchers]
        for rule in rules.named(by: matchers) {
            guard !rule.readsAlerts, let reads = rules.reads(of: rule) else { return nil }
            wanted += reads
        }
        guard let marks = marks(of: wanted, through: through) else { return nil }
        return SeriesMark([rules.number] + marks.flatMap(\.numbers))
    }

    /// In the order of their labels, each once; what the source has, in that order already, stands before what rules
    /// make.
    private func joined(
        _ found: [Series], _ made: [Series], _ samplesMax: Int
    ) throws(SeriesSourceError) -> [Series] {
        var all = found
        if !made.isEmpty {
            var seen = Set(found.map(\.labels))
            for series in made {
                guard seen.insert(series.labels).inserted else {
                    // At some evaluations the one may be there, at others the other.
                    if isStretch { throw .unavailable("a rule records a series that there is") }
                    continue
                }
                all.append(series)
            }
            all.sort { $0.labels < $1.labels }
        }
        var samples = 0
        for series in all { samples += series.samples.times.count }
        guard samples <= samplesMax else { throw .tooManySamples(max: samplesMax) }
        return all
    }

    // MARK: Recorded

    private func recorded(
        _ rule: RecordedRules.Recorded, _ request: SeriesRequest
    ) throws(SeriesSourceError) -> [Series] {
        // A range or a text is refused by the group, and so never recorded.
        guard rule.rule.expression.type == .vector || rule.rule.expression.type == .scalar else { return [] }
        let times = RecordedTimes(rule, request, reached: reached)
        let asked = try times.all()
        if asked.isEmpty { return [] }
        if let fault = rule.fault {
            remark?(fault)
            return []
        }
        var (found, questions) = (try answers(of: rule, at: asked), asked)
        // Where an evaluation wrote nothing, those before it are looked at.
        var earlier = times.earlier(than: found.failed)
        while !found.failed.isEmpty,
            let more = try earlier.next(after: found.failed, Set(RecordedTimes.each(of: questions)))
        {
            found = RecordedAnswers.Answer([found, try answers(of: rule, at: more)])
            questions += more
        }
        let wanted = found.series.filter { request.matchers.passes($0.labels) }
        // What says something at every evaluation does not end between them. One that failed ends nothing either.
        let count = RecordedTimes.count(of: questions) - found.failed.count
        if wanted.allSatisfy({ $0.samples.times.count == count }) { return wanted }
        let evaluations = RecordedTimes.each(of: questions).filter { !found.failed.contains($0) }
        return wanted.map { $0.ended(among: evaluations) }
    }

    /// What a rule says at all times of some questions.
    private func answers(
        of rule: RecordedRules.Recorded, at asked: [PromQLQuestion.Times]
    ) throws(SeriesSourceError) -> RecordedAnswers.Answer {
        var deeper = self
        if isEvaluation, rule.readsAlerts, moving == nil { deeper.moving = RecordedAnswers(within: budget) }
        var parts: [RecordedAnswers.Answer] = []
        let reads = isEvaluation || rule.readsAlerts ? nil : rules.reads(of: rule)
        for times in asked {
            do throws(EvaluationError) {
                if let reads {
                    parts += try stretches(of: rule, reading: reads, at: times)
                } else {
                    parts.append(try answer(of: rule, at: times, over: deeper))
                }
            } catch {
                throw SeriesSourceError(error, samplesMax: rules.options.samplesMax)
            }
        }
        return RecordedAnswers.Answer(parts)
    }

    /// What an expression says; as a stretch it may have no warnings.
    /// - Parameter parts: what rules share; nil: nothing.
    private func value(
        of expression: PromQLExpression, at times: PromQLQuestion.Times, over source: RuledSeries,
        sharing parts: SharedParts? = nil
    ) throws(EvaluationError) -> [Series] {
        let question = rules.options.question(expression, at: times)
        let answer = try PromQLEvaluator.answer(question, over: source, within: budget, sharing: parts)
        if isStretch, let warning = answer.warnings.first { throw .refused(warning) }
        return Self.series(of: answer.value)
    }

    /// Where it is kept what a rule said; nil: nowhere.
    private func memory(of rule: RecordedRules.Recorded) -> RecordedAnswers? {
        isEvaluation && rule.readsAlerts ? moving : answers
    }

    /// What a rule says, evaluated over some series unless that is known.
    /// - Parameter ahead: the same, where it was asked for before.
    func answer(
        of rule: RecordedRules.Recorded, at times: PromQLQuestion.Times, over source: RuledSeries,
        ahead: [Series]? = nil
    ) throws(EvaluationError) -> RecordedAnswers.Answer {
        let (memory, settled) = (memory(of: rule), settled[rule.place])
        if let settled, times == .instant(settled.time) { return settled.answer }
        let key = RecordedAnswers.Key(rule: rule.place, times: times)
        if let known = memory?.answer(key) { return known }
        if let ahead {
            // Others that name it know it, too, as if it had been evaluated.
            let answer = RecordedAnswers.Answer(series: ahead, failed: [])
            memory?.keep(answer, as: key)
            return answer
        }
        let marks = marks(of: rule, at: times)
        if let known = marks.flatMap({ rules.past.answer(key, $0) }) {
            memory?.keep(known, as: key)
            return known
        }
        var answer = try evaluations(of: rule, at: times, over: source)
        // Who asks about single evaluations is told why they fail.
        if isStretch, !answer.failed.isEmpty { throw .refused("evaluations of \(rule.rule.name) fail") }
        if let settled, RecordedTimes.each(of: [times]).contains(settled.time) {
            answer = answer.replaced(at: settled.time, by: settled.answer)
        }
        memory?.keep(answer, as: key)
        if let marks { rules.past.keep(answer, as: key, marks) }
        return answer
    }

    /// What a rule's evaluations say, each by itself: where a question about several of them fails, each half of it is
    /// asked, until it is known which ones fail.
    /// - Complexity: for each that fails at most log(evaluations) questions more.
    private func evaluations(
        of rule: RecordedRules.Recorded, at times: PromQLQuestion.Times, over source: RuledSeries
    ) throws(EvaluationError) -> RecordedAnswers.Answer {
        // What a group has come to is not among what is kept of halves.
        let memory = settled[rule.place] == nil ? memory(of: rule) : nil
        var left = [times]
        if rule.namesEnds { left = RecordedTimes.each(of: [times]).reversed().map { .instant($0) } }
        var parts: [RecordedAnswers.Answer] = []
        while let next = left.popLast() {
            let key = RecordedAnswers.Key(rule: rule.place, times: next)
            if let known = memory?.answer(key) {
                parts.append(known)
                continue
            }
            let part: RecordedAnswers.Answer
            do throws(EvaluationError) {
                let said = try value(of: rule.rule.expression, at: next, over: source, sharing: memory?.parts)
                part = RecordedAnswers.Answer(said, of: rule.rule, limit: rule.limit)
            } catch {
                guard !isStretch, error.isOfExpression else { throw error }
                if let (first, second) = RecordedTimes.halves(of: next) {
                    left += [second, first]
                    continue
                }
                part = RecordedAnswers.Answer(series: [], failed: Set(RecordedTimes.each(of: [next])))
            }
            parts.append(part)
            // Rules that name this one and fail as well ask for the same halves.
            if next != times { memory?.keep(part, as: key) }
        }
        return RecordedAnswers.Answer(parts)
    }

    /// Stands for all that a rule looks at over some times; nil where it is not known, or not worth to be kept: what is
    /// asked at one time is not asked again in the next cycle.
    private func marks(of rule: RecordedRules.Recorded, at times: PromQLQuestion.Times) -> [SeriesMark]? {
        guard isEvaluation, !isStretch, !rule.readsAlerts, let reads = rules.reads(of: rule),
            case .range(_, let end, _) = times
        else { return nil }
        return marks(of: reads, through: end)
    }

    /// The same of some selectors.
    func marks(of reads: [SeriesMatchers], through end: Int64) -> [SeriesMark]? {
        var marks: [SeriesMark] = []
        for matchers in reads {
            guard let mark = base.mark(matchers, through: end) else { return nil }
            marks.append(mark)
        }
        return marks
    }

    private static func series(of value: PromQLAnswer.Value) -> [Series] {
        func once(_ labels: LabelSet, _ time: Int64, _ value: SampleValue) -> Series {
            var run = SampleRun()
            run.append(time, value)
            return Series(labels: labels, samples: run)
        }
        switch value {
        case .matrix(let series): return series
        case .vector(let samples): return samples.map { once($0.labels, $0.time, $0.value) }
        case .scalar(let time, let number): return [once(LabelSet([]), time, .float(number))]
        case .string: return []
        }
    }

    // MARK: Running

    /// `up`, which is one: whoever asks is running.
    private func running(_ request: SeriesRequest) -> [Series] {
        let (labels, step) = (StoreSeries.up(of: PinnedSeries.target), StoreSeries.stepMilliseconds)
        guard request.matchers.passes(labels) else { return [] }
        let after = max(request.after, request.through.saturatingSubtract(86_400_000))
        var run = SampleRun()
        var time = floorDivide(after, step) * step + step
        while time <= request.through {
            run.append(time, .float(1))
            time += step
        }
        return run.times.isEmpty ? [] : [Series(labels: labels, samples: run)]
    }
}

extension RuledSeries: RecordingSource {
    /// See `RecordingSource`. What the rule says here is what it says over the group's own samples: of those that it
    /// may name, recorded ones are evaluated for it at the same time, whichever come first. Alerts of that time are
    /// among the group's alone.
    func said(by rule: Rule, at time: Int64) throws(EvaluationError) -> [Series]? {
        let recorded = rules.recorded(rule)
        if let fault = recorded?.fault { throw .refused(fault) }
        let known = try ahead?.said(by: rule, at: time)
        guard let rule = recorded, !rule.readsAlerts else { return known }
        switch rule.rule.expression.type {
        case .vector, .scalar: break
        // Those are refused, which is the group's to say.
        case .matrix, .string: return nil
        }
        let answer = try answer(of: rule, at: .instant(time), over: self, ahead: known)
        return answer.failed.isEmpty ? answer.series : nil
    }

    /// See `RecordingSource`. Other groups have what they see from the notes of alerts, as before.
    func settled(_ rule: Rule, as written: [Series]?, at time: Int64) -> RuledSeries {
        guard let rule = rules.recorded(rule), rule.readsAlerts else { return self }
        var next = self
        let answer = RecordedAnswers.Answer(series: written ?? [], failed: written == nil ? [time] : [])
        next.settled[rule.place] = (time, answer)
        return next
    }

    /// What a rule says at many times of its own: of one that records, with its name and labels.
    /// - Throws: as the evaluation; also where single evaluations may say something else.
    func said(by rule: Rule, over times: PromQLQuestion.Times) throws(EvaluationError) -> [Series] {
        guard let recorded = rules.recorded(rule) else { return try value(of: rule.expression, at: times, over: self) }
        if let fault = recorded.fault { throw .refused(fault) }
        return try answer(of: recorded, at: times, over: self).series
    }
}

extension EvaluationError {
    /// Whether it says something of the expression at the times that were asked, and nothing of others, nor of the
    /// series as such or of who waits.
    fileprivate var isOfExpression: Bool {
        switch self {
        case .refused, .tooManySamples: true
        case .outOfMemory, .seriesTooLarge, .timedOut, .cancelled, .unavailable: false
        }
    }
}

extension SeriesSourceError {
    fileprivate init(_ error: EvaluationError, samplesMax: Int) {
        switch error {
        case .tooManySamples: self = .tooManySamples(max: samplesMax)
        case .cancelled, .timedOut: self = .cancelled
        case .refused(let reason), .unavailable(let reason): self = .unavailable(reason)
        case .outOfMemory, .seriesTooLarge: self = .outOfMemory(error.description)
        }
    }
}
