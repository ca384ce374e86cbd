import Bytes
import Domain
package import Projections

/// The last answer with a trace for each bucket of the histograms of answers: what leads from a bad bucket to a trace.
/// Kept by the running process only.
package struct ExemplarReservoir: Sendable {
    /// Label sets with examples at one time; further ones have none.
    private static let labelSetsMax = 500

    private struct Key: Hashable {
        let metric: ExactText
        let labels: [ExactText]

        init(metric: String, labels: [String]) {
            (self.metric, self.labels) = (ExactText(metric), labels.map(ExactText.init(_:)))
        }
    }

    private var exemplars: [Key: [MetricExemplar?]] = [:]
    private let boundsNanoseconds: [Int64]

    /// No examples.
    package init() {
        boundsNanoseconds = MetricCatalogue.metric(named: TracedAnswers.duration)?.bucketBoundsNanoseconds ?? []
    }

    /// Notes an answer whose trace can be looked up.
    package mutating func add(_ answer: TracedAnswer) {
        add(answer.durationNanoseconds, TracedAnswers.duration, answer)
        add(answer.firstTokenNanoseconds, TracedAnswers.firstToken, answer)
    }

    private mutating func add(_ nanoseconds: Int64?, _ metric: String, _ answer: TracedAnswer) {
        guard let nanoseconds else { return }
        let key = Key(metric: metric, labels: answer.labels)
        guard exemplars[key] != nil || exemplars.count < Self.labelSetsMax else { return }
        let bucket = boundsNanoseconds.firstIndex { nanoseconds <= $0 } ?? boundsNanoseconds.count
        let exemplar = MetricExemplar(traceID: answer.traceID, nanoseconds: nanoseconds, time: answer.time)
        exemplars[key, default: Array(repeating: nil, count: boundsNanoseconds.count + 1)][bucket] = exemplar
    }

    /// The families with the examples that are known of their series.
    package func added(to families: [MetricFamily]) -> [MetricFamily] {
        guard !exemplars.isEmpty else { return families }
        return families.map { family in
            let name = family.definition.name
            guard name == TracedAnswers.duration || name == TracedAnswers.firstToken else { return family }
            var family = family
            let bounds = family.definition.bucketBoundsNanoseconds
            for place in family.series.indices {
                guard let known = exemplars[Key(metric: name, labels: family.series[place].labels)] else { continue }
                // Objectives in force may have added buckets to those of the catalogue.
                var placed = [MetricExemplar?](repeating: nil, count: bounds.count + 1)
                for exemplar in known.compactMap({ $0 }) {
                    placed[bounds.firstIndex { exemplar.nanoseconds <= $0 } ?? bounds.count] = exemplar
                }
                family.series[place].exemplars = placed
            }
            return family
        }
    }
}
