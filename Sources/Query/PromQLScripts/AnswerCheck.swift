import PromQLEvaluation
import PromQLText
import RegularExpressions

/// Holds an answer against what a script expects.
struct AnswerCheck {
    private let question: Question

    init(_ question: Question) { self.question = question }

    var expectsFailure: Bool { question.expectations.contains { $0.kind == .fail } }
    var expectsOrder: Bool { question.expectations.contains { $0.kind == .ordered } }

    /// - Parameter message: the reason without its place.
    func fault(ofRefusal reason: String, message: String) -> ScriptFault? {
        guard expectsFailure else { return ScriptFault(expected.shown, "failure: \(reason)") }
        for expectation in question.expectations where expectation.kind == .fail {
            guard let words = expectation.words, !words.fit(reason), !words.fit(message) else { continue }
            return ScriptFault("failure: \(words.shown)", "failure: \(reason)")
        }
        return nil
    }

    func fault(of answer: PromQLAnswer) -> ScriptFault? {
        if let fault = remarksFault(answer) { return fault }
        switch answer.value {
        case .scalar(_, let value): return fault(ofScalar: value)
        case .string(let text):
            guard case .string(let literal) = question.answer else { return ScriptFault(expected.shown, "a text") }
            let isSame = (try? PromQLEvaluator.answer(PromQLQuestion(literal, at: .instant(0)), over: MemorySeries()))?
                .value == .string(text)
            return isSame ? nil : ScriptFault("\(literal)", "\(text)")
        case .vector(let samples): return fault(ofVector: samples)
        case .matrix(let series): return fault(ofMatrix: series)
        }
    }

    /// What a range says at the time at which the question was asked once.
    func fault(ofMiddle answer: PromQLAnswer, at time: Int64, isScalar: Bool) -> ScriptFault? {
        guard case .matrix(let series) = answer.value else { return ScriptFault("a range", answer.value.shown) }
        let samples = series.compactMap { one in
            one.samples.times.firstIndex(of: time).map { Sample(labels: one.labels, value: one.samples[$0]) }
        }
        let fault: ScriptFault?
        if isScalar {
            guard case .float(let value)? = samples.first?.value else { return ScriptFault("a number", "none") }
            fault = self.fault(ofScalar: value)
        } else {
            fault = self.fault(of: samples, isOrdered: false)
        }
        return fault.map { ScriptFault($0.expected, $0.got + " (in a range)") }
    }
}

// Remarks.
extension AnswerCheck {
    private func remarksFault(_ answer: PromQLAnswer) -> ScriptFault? {
        remarksFault(answer.warnings, .warn, .noWarn) ?? remarksFault(answer.infos, .info, .noInfo)
    }

    private func remarksFault(
        _ remarks: [String], _ wanted: Expectation.Kind, _ unwanted: Expectation.Kind
    ) -> ScriptFault? {
        if question.expectations.contains(where: { $0.kind == unwanted }), !remarks.isEmpty {
            return ScriptFault(unwanted.rawValue, "\(remarks)")
        }
        let expectations = question.expectations.filter { $0.kind == wanted }
        if expectations.isEmpty { return nil }
        if remarks.isEmpty { return ScriptFault(wanted.rawValue, "no remark of this kind") }
        for expectation in expectations {
            guard let words = expectation.words, !remarks.contains(where: words.fitRemark) else { continue }
            return ScriptFault("\(wanted.rawValue) \(words.shown)", "\(remarks)")
        }
        let unexpected = remarks.first { remark in
            !expectations.contains { $0.words?.fitRemark(remark) ?? true }
        }
        return unexpected.map { ScriptFault("no other \(wanted.rawValue)", $0) }
    }
}

extension Expectation.Words {
    func fit(_ text: String) -> Bool {
        switch self {
        case .exact(let words): text == words
        case .pattern(let pattern): (try? RegularExpression(pattern))?.matches(text) ?? false
        }
    }

    /// Exact words may leave out how much and where.
    func fitRemark(_ remark: String) -> Bool {
        if fit(remark) { return true }
        guard case .exact(let words) = self else { return false }
        return remark.hasPrefix(words + " (") || remark.hasPrefix(words + ", from buckets ")
    }

    var shown: String {
        switch self {
        case .exact(let words): words
        case .pattern(let pattern): "/\(pattern)/"
        }
    }
}

// Values.
extension AnswerCheck {
    struct Sample {
        let labels: LabelSet
        let value: SampleValue
    }

    private var expected: Question.Answer { question.answer }

    private func fault(ofScalar value: Double) -> ScriptFault? {
        guard case .scalar(.sample(.float(let wanted), _)) = expected else {
            return ScriptFault(expected.shown, "\(value)")
        }
        return Closeness.same(wanted, value) ? nil : ScriptFault("\(wanted)", "\(value)")
    }

    private func fault(ofVector samples: [InstantSample]) -> ScriptFault? {
        fault(of: samples.map { Sample(labels: $0.labels, value: $0.value) }, isOrdered: expectsOrder)
    }

    private func fault(of samples: [Sample], isOrdered: Bool) -> ScriptFault? {
        guard case .series(let wanted) = expected else { return ScriptFault(expected.shown, shown(samples)) }
        var places: [LabelSet: Int] = [:]
        for (index, one) in wanted.enumerated() { places[one.labels] = index }
        func fault() -> ScriptFault { ScriptFault(expected.shown, shown(samples)) }
        guard places.count == samples.count else { return fault() }
        for (index, sample) in samples.enumerated() {
            guard let place = places[sample.labels], let value = wanted[place].values.first else { return fault() }
            if isOrdered, place != index { return fault() }
            guard Closeness.same(value, sample.value) else { return fault() }
        }
        return nil
    }

    private func shown(_ samples: [Sample]) -> String {
        samples.isEmpty ? "nothing" : samples.map { "\($0.labels) \($0.value.shown)" }.joined(separator: "; ")
    }

    private func fault(ofMatrix series: [Series]) -> ScriptFault? {
        let (wanted, times): ([SeriesDescription], (start: Int64, step: Int64))
        switch (expected, question.times) {
        case (.ranges(let series, let start, _, let step), _): (wanted, times) = (series, (start, step))
        case (.series(let series), .range(let start, _, let step)): (wanted, times) = (series, (start, step))
        default: return ScriptFault(expected.shown, shown(series))
        }
        func fault() -> ScriptFault { ScriptFault(expected.shown, shown(series)) }
        var byLabels: [LabelSet: SeriesDescription] = [:]
        for one in wanted { byLabels[one.labels] = one }
        guard byLabels.count == series.count else { return fault() }
        for one in series {
            guard let description = byLabels[one.labels], isSame(one.samples, description, times) else {
                return fault()
            }
        }
        return nil
    }

    private func isSame(
        _ run: SampleRun, _ description: SeriesDescription, _ times: (start: Int64, step: Int64)
    ) -> Bool {
        var next = 0
        for (index, value) in description.values.enumerated() {
            guard case .sample = value else { continue }
            guard next < run.times.count, run.times[next] == times.start + Int64(index) * times.step,
                Closeness.same(value, run[next])
            else { return false }
            next += 1
        }
        return next == run.times.count
    }

    private func shown(_ series: [Series]) -> String {
        if series.isEmpty { return "nothing" }
        return series.map { one in
            let samples = one.samples.times.indices.prefix(50).map {
                "\(one.samples[$0].shown)@\(one.samples.times[$0])"
            }
            return "\(one.labels) " + samples.joined(separator: " ")
        }.joined(separator: "; ")
    }
}
