/// Series in memory.
package struct MemorySeries: SeriesSource {
    private var runs: [LabelSet: SampleRun] = [:]

    /// No series.
    package init() {}

    /// Takes the place of what the series was.
    package mutating func set(_ labels: LabelSet, to samples: SampleRun) { runs[labels] = samples }

    /// Takes a description, whose first value is of time zero.
    /// - Parameter step: ms from one value to the next.
    package mutating func load(_ description: SeriesDescription, step: Int64) {
        var run = SampleRun()
        for (index, value) in description.values.enumerated() {
            guard case .sample(let sample, _) = value else { continue }
            let (time, overflows) = Int64(index).multipliedReportingOverflow(by: step)
            // Beyond all times there is nothing to ask for.
            if overflows { break }
            run.append(time, sample)
        }
        set(description.labels, to: run)
    }

    /// Takes everything away.
    package mutating func clear() { runs = [:] }

    /// See ``SeriesSource``.
    package func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] {
        var found: [Series] = []
        var samples = 0
        for labels in runs.keys.sorted() where request.matchers.passes(labels) {
            guard let run = runs[labels]?.between(after: request.after, through: request.through) else { continue }
            if run.times.isEmpty { continue }
            samples += run.times.count
            guard samples <= request.samplesMax else { throw .tooManySamples(max: request.samplesMax) }
            found.append(Series(labels: labels, samples: run))
        }
        return found
    }
}
