package import Bytes
package import Plans
package import PromQLEvaluation
package import PromQLText
import Synchronization

/// Questions about series, over one source: what fronts of PromQL and `plimsoll promql` share. Each keeps to the
/// memory, the time and the cancellation of its options, as questions in SQL do.
package struct SeriesRunner: Sendable {
    private let now: @Sendable () -> Int64

    /// - Parameter now: the monotonic clock.
    package init(now: @escaping @Sendable () -> Int64) { self.now = now }

    /// What an expression says.
    /// - Parameter parts: what other questions over the same source said; nil: nothing is shared with them.
    /// - Throws: ``SeriesRefusal``.
    package func answer(
        _ question: SeriesQuestion, over source: any SeriesSource, within options: QueryOptions,
        sharing parts: SharedParts? = nil
    ) throws(SeriesRefusal) -> SeriesAnswer {
        let begun = now()
        let checked = try question.checked()
        let prepared = now()
        let (counted, budget) = (CountedSource(source), SeriesBudget(options.startingClock(now)))
        do throws(EvaluationError) {
            let answer = try PromQLEvaluator.answer(checked, over: counted, within: budget, sharing: parts)
            var result = SeriesAnswer(answer, at: question.times)
            result.samplesRead = counted.samples
            (result.preparationNanoseconds, result.evaluationNanoseconds) = (prepared - begun, now() - prepared)
            if let most = question.seriesMax, most > 0 { result.show(atMost: most) }
            return result
        } catch {
            throw SeriesRefusal(Self.reason(error, budget))
        }
    }

    /// The labels of series that have a sample in some times, each once, in their order.
    /// - Parameters:
    ///   - selectors: a series that passes one of them is wanted; none: all are. One that stands there several times is
    ///     asked once.
    ///   - times: ms since 1970.
    /// - Throws: ``SeriesRefusal``.
    package func labels(
        _ selectors: [[UInt8]], in times: ClosedRange<Int64>, over source: any SeriesSource,
        within options: QueryOptions
    ) throws(SeriesRefusal) -> [LabelSet] {
        try listed(try Self.matchers(selectors), in: times, of: source, within: options, \.heldBytes) { [$0] }
    }

    /// The names of the labels of such series, each once, in their order.
    /// - Parameters: as of ``labels(_:in:over:within:)``.
    /// - Throws: ``SeriesRefusal``.
    package func labelNames(
        _ selectors: [[UInt8]], in times: ClosedRange<Int64>, over source: any SeriesSource,
        within options: QueryOptions
    ) throws(SeriesRefusal) -> [ByteText] {
        try listed(try Self.matchers(selectors), in: times, of: source, within: options, \.heldBytes) {
            $0.labels.map(\.name)
        }
    }

    /// What a label of such series says, each value once, in their order.
    /// - Parameters:
    ///   - label: its name.
    ///   - selectors: as of ``labels(_:in:over:within:)``, like the other ones.
    /// - Throws: ``SeriesRefusal``.
    package func labelValues(
        of label: ByteText, _ selectors: [[UInt8]], in times: ClosedRange<Int64>, over source: any SeriesSource,
        within options: QueryOptions
    ) throws(SeriesRefusal) -> [ByteText] {
        // Series without it are never listed.
        let wanted = try Self.matchers(selectors).map { $0.having(label) }
        return try listed(wanted, in: times, of: source, within: options, \.heldBytes) { [$0[label]] }
    }

    /// What the labels of wanted series say, selector by selector, each once, in their order. Both are booked as long
    /// as they are held here.
    /// - Parameters:
    ///   - bytes: what it takes to hold one.
    ///   - said: by the labels of a series.
    private func listed<Found: Hashable & Comparable>(
        _ wanted: [SeriesMatchers], in times: ClosedRange<Int64>, of source: any SeriesSource,
        within options: QueryOptions, _ bytes: (Found) -> Int, _ said: (LabelSet) -> [Found]
    ) throws(SeriesRefusal) -> [Found] {
        let budget = SeriesBudget(options.startingClock(now))
        do throws(EvaluationError) {
            var found: Set<Found> = []
            for matchers in wanted {
                try budget.lookAtClock()
                let listed = try Self.labelSets(matchers, in: times, of: source)
                let listedBytes = listed.reduce(0) { $0 + $1.listedBytes }
                try budget.take(bytes: listedBytes)
                for labels in listed {
                    for one in said(labels) where !found.contains(one) {
                        try budget.take(bytes: bytes(one))
                        found.insert(one)
                    }
                }
                budget.giveBack(bytes: listedBytes)
            }
            try budget.lookAtClock()
            return found.sorted()
        } catch {
            throw SeriesRefusal(Self.reason(error, budget))
        }
    }

    /// Examples of the series that the selectors of an expression want, whatever it makes of them; of each series once,
    /// in the order of their labels.
    /// - Parameters:
    ///   - text: the expression.
    ///   - times: ms since 1970.
    /// - Throws: ``SeriesRefusal``.
    package func exemplars(
        _ text: [UInt8], in times: ClosedRange<Int64>, over source: any SeriesSource, within options: QueryOptions
    ) throws(SeriesRefusal) -> [SeriesExemplars] {
        let selectors = try SeriesQuestion.expression(text).root.selectors
        let budget = SeriesBudget(options.startingClock(now))
        do throws(EvaluationError) {
            var found: [LabelSet: SeriesExemplars] = [:]
            for selector in selectors {
                try budget.lookAtClock()
                for one in try Self.exemplars(selector, in: times, of: source) where found[one.labels] == nil {
                    try budget.take(bytes: one.heldBytes)
                    found[one.labels] = one
                }
            }
            return found.sorted { $0.key < $1.key }.map { $0.value }
        } catch {
            throw SeriesRefusal(Self.reason(error, budget))
        }
    }

    private static func exemplars(
        _ selector: VectorSelector, in times: ClosedRange<Int64>, of source: any SeriesSource
    ) throws(EvaluationError) -> [SeriesExemplars] {
        let matchers: SeriesMatchers
        do throws(PromQLError) { matchers = try SeriesMatchers(selector) } catch { throw .refused("\(error)") }
        do throws(SeriesSourceError) {
            return try source.exemplars(matchers, in: times)
        } catch {
            throw EvaluationError(error)
        }
    }

    /// A source that gives up does not say whether it had no time left or nobody waits any more.
    private static func reason(_ error: EvaluationError, _ budget: SeriesBudget) -> EvaluationError {
        guard error == .cancelled else { return error }
        do throws(EvaluationError) {
            try budget.lookAtClock()
            return error
        } catch {
            return error
        }
    }

    private static func labelSets(
        _ matchers: SeriesMatchers, in times: ClosedRange<Int64>, of source: any SeriesSource
    ) throws(EvaluationError) -> [LabelSet] {
        let (after, isFirst) = times.lowerBound.subtractingReportingOverflow(1)
        do throws(SeriesSourceError) {
            return try source.labelSets(matchers, after: isFirst ? .min : after, through: times.upperBound)
        } catch {
            throw EvaluationError(error)
        }
    }

    /// What selectors ask for, each once; without one all series.
    private static func matchers(_ selectors: [[UInt8]]) throws(SeriesRefusal) -> [SeriesMatchers] {
        if selectors.isEmpty { return [.everything] }
        var known: Set<[UInt8]> = []
        var wanted: [SeriesMatchers] = []
        for text in selectors where known.insert(text).inserted { wanted.append(try matchers(text)) }
        return wanted
    }

    private static func matchers(_ text: [UInt8]) throws(SeriesRefusal) -> SeriesMatchers {
        do throws(PromQLError) {
            return try SeriesMatchers(selector: text)
        } catch {
            throw SeriesRefusal(parameter: "match[]", error.description)
        }
    }
}

/// A source that counts what is read of it.
private final class CountedSource: SeriesSource {
    private let source: any SeriesSource
    private let read = Atomic<Int>(0)

    init(_ source: any SeriesSource) { self.source = source }

    var samples: Int { read.load(ordering: .relaxed) }

    func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] {
        let found = try source.series(request)
        read.wrappingAdd(found.reduce(0) { $0 + $1.samples.times.count }, ordering: .relaxed)
        return found
    }
    func counters(_ request: SeriesRequest) throws(SeriesSourceError) -> [CounterSeries]? {
        let found = try source.counters(request)
        read.wrappingAdd((found ?? []).reduce(0) { $0 + $1.times.count }, ordering: .relaxed)
        return found
    }
}
