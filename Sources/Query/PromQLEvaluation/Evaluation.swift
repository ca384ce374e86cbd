import Bytes
import PromQLText

/// One question on its way: what is read, held and remarked.
///
/// Expressions are walked by recursion, which the parser's bounds allow; each kind of node has a function of its own,
/// so that a level takes little stack.
final class Evaluation {
    let question: PromQLQuestion
    let source: any SeriesSource
    let ledger: Ledger
    var remarks = Remarks()
    /// The times of the question, whose first is what `start()` means wherever it stands.
    let timeline: Timeline
    /// What `end()` means likewise: the end that the question names, ms since 1970; its last step may come before.
    let end: Int64
    /// Where the selectors begin of which only counts and sums of histograms are asked.
    let statistics: Set<Int>
    /// ms between the question's steps; 0 where it is asked once.
    let step: Int64
    /// What parts said, of this question or of others as well.
    private let parts: SharedParts
    /// The parts that are kept; nil: all.
    private let keptParts: Set<Aggregation>?

    /// - Parameter parts: what other questions over the same series share with this one; nil: nothing.
    init(
        _ question: PromQLQuestion, _ source: some SeriesSource, _ budget: some QuestionBudget, _ parts: SharedParts?
    ) throws(EvaluationError) {
        (self.question, self.source) = (question, source)
        self.parts = parts ?? SharedParts(within: budget)
        keptParts = parts == nil ? question.expression.root.repeatedAggregations : nil
        ledger = Ledger(question, budget)
        statistics = StatisticSelectors.starts(in: question.expression.root)
        switch question.times {
        case .instant(let time): (timeline, end, step) = (Timeline(at: time), time, 0)
        case .range(let start, let end, let step):
            guard step > 0 else { throw .refused("zero or negative query resolution step widths are not accepted") }
            guard let timeline = Timeline(from: start, through: end, step: step) else {
                throw .refused("end timestamp must not be before start time")
            }
            (self.timeline, self.end, self.step) = (timeline, end, step)
        }
        try ledger.take(steps: timeline.count)
    }

    var isRange: Bool { step > 0 }

    /// How long the question's times last, in ms.
    var span: Int64 { end.subtracting(timeline.start) }

    /// What was asked for.
    func value() throws(EvaluationError) -> PromQLAnswer.Value {
        try ledger.budget.lookAtClock()
        let root = question.expression.root
        switch question.expression.type {
        case .string:
            guard !isRange, case .string(let literal) = root.inner else { throw Self.noRange("string") }
            return .string(literal.value)
        case .scalar:
            let values = try scalar(root, timeline)
            if !isRange { return .scalar(time: timeline.start, values[0]) }
            return .matrix(try answered([StepSeries(labels: .empty, floats: values)]))
        case .matrix:
            guard !isRange else { throw Self.noRange("range vector") }
            return .matrix(try rangeVector(root))
        case .vector:
            let series = try withoutDroppedNames(vector(root, timeline).series)
            if isRange { return .matrix(try answered(series)) }
            return .vector(
                series.compactMap { one in
                    one[0].map { InstantSample(labels: one.labels, time: timeline.start, value: $0) }
                })
        }
    }

    private static func noRange(_ type: String) -> EvaluationError {
        .refused("invalid expression type \"\(type)\" for range query, must be Scalar or instant Vector")
    }

    /// Names that were to go go now, which may make one series of two.
    private func withoutDroppedNames(_ series: [StepSeries]) throws(EvaluationError) -> [StepSeries] {
        guard question.delaysNameRemoval, series.contains(where: \.dropsName) else { return series }
        var collector = SeriesCollector(ledger)
        for var one in series where !one.isEmpty {
            if one.dropsName { one.labels = one.labels.withoutMetric }
            try collector.add(one)
        }
        return collector.matrix.series
    }

    /// Steps become times; series without samples are none.
    private func answered(_ series: [StepSeries]) throws(EvaluationError) -> [Series] {
        var result: [Series] = []
        var times = AnswerTimes(timeline)
        for one in series {
            try ledger.take(Holding(samples: 0, bytes: 16 * one.floats.count))
            try ledger.spend(one.floats.count)
            let run = run(of: one, &times)
            if !run.times.isEmpty { result.append(Series(labels: one.labels, samples: run)) }
        }
        return result.sorted { $0.labels < $1.labels }
    }

    private func run(of series: StepSeries, _ times: inout AnswerTimes) -> SampleRun {
        if series.histograms.isEmpty { return times.run(of: series) }
        var run = SampleRun()
        for step in series.first..<series.end {
            if let value = series[step] { run.append(timeline[step], value) }
        }
        return run
    }
}

/// The times of an answer's series: most have those of the one before.
private struct AnswerTimes {
    private let timeline: Timeline
    private var steps = 0..<0
    private var times: [Int64] = []

    init(_ timeline: Timeline) { self.timeline = timeline }

    /// - Parameter series: without histograms.
    mutating func run(of series: StepSeries) -> SampleRun {
        let floats = series.floats
        guard !floats.contains(where: \.isNothing) else {
            let said = floats.indices.filter { !floats[$0].isNothing }
            return SampleRun(said.map { timeline[series.first + $0] }, said.map { floats[$0] })
        }
        if steps != series.first..<series.end {
            steps = series.first..<series.end
            times = steps.map { timeline[$0] }
        }
        return SampleRun(times, floats)
    }
}

extension Evaluation {
    /// A vector at each time of a timeline.
    func vector(_ expression: Expression, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        try ledger.spend(timeline.count)
        if !timeline.isInstant, Invariance.isFixed(expression) {
            return try spread(vector(expression, timeline.first), over: timeline)
        }
        switch expression {
        case .parentheses(let node): return try vector(node.inner, timeline)
        case .selector(let node): return try select(node, timeline)
        case .unary(let node): return try negated(node, timeline)
        case .binary(let node): return try binary(node, timeline)
        case .call(let node): return try call(node, timeline)
        case .aggregation(let node): return try part(node, timeline)
        case .number, .string, .range, .subquery: throw Self.wrongType
        }
    }

    /// What an aggregation says, which may be known.
    private func part(_ node: Aggregation, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        // What is read for statistics alone is read otherwise.
        guard keptParts?.contains(node) ?? true,
            statistics.isEmpty || !node.expression.selectors.contains(where: isForStatistics)
        else { return try aggregate(node, timeline) }
        let key = SharedParts.Key(
            part: node, timeline: timeline, times: question.times, lookback: question.lookback,
            defaultStep: question.defaultStep, delaysNameRemoval: question.delaysNameRemoval)
        if let known = parts.series(key) { return try StepMatrix(known, ledger) }
        let remarked = remarks.made
        let matrix = try aggregate(node, timeline)
        if remarks.made == remarked { parts.keep(matrix, as: key) }
        return matrix
    }

    private func isForStatistics(_ selector: VectorSelector) -> Bool {
        statistics.contains(selector.place.range.lowerBound)
    }

    /// A number at each time of a timeline.
    func scalar(_ expression: Expression, _ timeline: Timeline) throws(EvaluationError) -> [Double] {
        try ledger.spend(timeline.count)
        try ledger.take(scratch: timeline.count)
        switch expression {
        case .number(let node): return [Double](repeating: node.value, count: timeline.count)
        case .parentheses(let node): return try scalar(node.inner, timeline)
        case .unary(let node):
            let values = try scalar(node.operand, timeline)
            return node.isNegative ? values.map { -$0 } : values
        case .binary(let node): return try scalarBinary(node, timeline)
        case .call(let node): return try scalarCall(node, timeline)
        case .string, .selector, .range, .subquery, .aggregation: throw Self.wrongType
        }
    }

    /// The parser has checked the types.
    static let wrongType = EvaluationError.refused("an expression of another type stands here")

    /// The same at every step.
    func spread(_ matrix: StepMatrix, over timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        var result = StepMatrix()
        for one in matrix.series {
            var wide = StepSeries(labels: one.labels, dropsName: one.dropsName)
            switch one[0] {
            case .float(let float)?: wide.floats = [Double](repeating: float, count: timeline.count)
            case .histogram(let histogram)?:
                wide.floats = [Double](repeating: .nothing, count: timeline.count)
                wide.histograms = [NativeHistogram?](repeating: histogram, count: timeline.count)
            case nil: continue
            }
            try ledger.spend(timeline.count)
            try result.append(wide, ledger)
        }
        matrix.done(ledger)
        return result
    }

    private func negated(_ node: UnaryOperation, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        let matrix = try vector(node.operand, timeline)
        return node.isNegative ? try mapped(matrix, { -$0 }, { .histogram($0.multiplied(by: -1)) }) : matrix
    }

    /// Sample by sample, which is no longer the metric that it was.
    /// - Parameters:
    ///   - float: of a float; nil where floats go.
    ///   - histogram: of a histogram; nil where histograms go.
    func mapped(
        _ matrix: StepMatrix, _ float: ((Double) -> Double)?, _ histogram: ((NativeHistogram) -> SampleValue)?
    ) throws(EvaluationError) -> StepMatrix {
        var collector = SeriesCollector(ledger)
        for one in matrix.series {
            try ledger.spend(one.floats.count)
            guard let result = Self.mapped(one, float, histogram) else { continue }
            try collector.add(nameless(result))
        }
        matrix.done(ledger)
        return collector.matrix
    }

    private static func mapped(
        _ one: StepSeries, _ float: ((Double) -> Double)?, _ histogram: ((NativeHistogram) -> SampleValue)?
    ) -> StepSeries? {
        if one.histograms.isEmpty {
            guard let float else { return nil }
            return one.with(floats: one.floats.map { $0.isNothing ? $0 : float($0) })
        }
        var result = StepSeries(labels: one.labels, dropsName: one.dropsName)
        for step in one.first..<one.end {
            switch one[step] {
            case .float(let value)?: if let float { result.append(float(value), at: step) }
            case .histogram(let value)?: if let histogram { result.append(histogram(value), at: step) }
            case nil: break
            }
        }
        return result.floats.isEmpty ? nil : result
    }

    /// Without its name, now or at the end.
    func nameless(_ series: StepSeries) -> StepSeries {
        var result = series
        if question.delaysNameRemoval {
            result.dropsName = true
        } else {
            result.labels = series.labels.withoutMetric
        }
        return result
    }

    /// The name that remarks show: none where it is gone already.
    func remarkedName(_ labels: LabelSet) -> ByteText { labels.metricName }
}
