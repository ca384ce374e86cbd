import Bytes
import PromQLText

/// The series of a test: what it describes, and what rules write. Nothing is seen that is later than now.
struct TrialSeries: SeriesSource {
    private struct Family {
        var labels: [LabelSet] = []
        var runs: [SampleRun] = []
    }

    private var families: [ByteText: Family] = [:]
    /// In their order.
    private var names: [ByteText] = []
    /// ms since 1970.
    var now: Int64 = .min

    /// Takes a description; of one series that is described twice the later holds.
    mutating func load(_ description: SeriesDescription, from start: Int64, step: Int64) {
        var run = SampleRun()
        for (index, value) in description.values.enumerated() {
            guard case .sample(let sample, _) = value else { continue }
            let (distance, overflows) = Int64(index).multipliedReportingOverflow(by: step)
            let (time, isBeyond) = start.addingReportingOverflow(distance)
            // Beyond all times there is nothing to ask for.
            if overflows || isBeyond { break }
            run.append(time, sample)
        }
        let place = place(of: description.labels)
        families[place.name]?.runs[place.index] = run
    }

    /// Takes a sample; one that is not later than those before is none, as in Prometheus' store.
    mutating func append(_ labels: LabelSet, _ time: Int64, _ value: SampleValue) {
        let place = place(of: labels)
        if let last = families[place.name]?.runs[place.index].times.last, last >= time { return }
        families[place.name]?.runs[place.index].append(time, value)
    }

    private mutating func place(of labels: LabelSet) -> (name: ByteText, index: Int) {
        let name = labels[LabelMatcher.metricName]
        if families[name] == nil {
            families[name] = Family()
            names.insert(name, at: names.partitioningIndex { !($0 < name) })
        }
        let known = families[name]?.labels ?? []
        let index = known.partitioningIndex { !($0 < labels) }
        if index == known.count || known[index] != labels {
            families[name]?.labels.insert(labels, at: index)
            families[name]?.runs.insert(SampleRun(), at: index)
        }
        return (name, index)
    }

    func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] {
        let ofName = request.matchers.matchers.filter { $0.label == LabelMatcher.metricName }
        let through = min(request.through, now)
        var found: [Series] = []
        var samples = 0
        for name in names where ofName.allSatisfy({ $0.passes(name) }) {
            guard let family = families[name] else { continue }
            for (labels, all) in zip(family.labels, family.runs) where request.matchers.passes(labels) {
                let run = all.between(after: request.after, through: through)
                if run.times.isEmpty { continue }
                samples += run.times.count
                guard samples <= request.samplesMax else { throw .tooManySamples(max: request.samplesMax) }
                found.append(Series(labels: labels, samples: run))
            }
        }
        // Labels that come before the name decide first.
        return found.sorted { $0.labels < $1.labels }
    }
}
