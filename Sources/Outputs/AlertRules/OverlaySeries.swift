import Bytes
import PromQLText

/// Series with samples on top that are not in their source yet: what earlier rules of an evaluation wrote.
struct OverlaySeries<Source: SeriesSource>: SeriesSource {
    var source: Source
    /// By the name of the metric, each series once; all at one time.
    private var written: [ByteText: [LabelSet: SampleValue]] = [:]
    private let time: Int64

    init(_ source: Source, at time: Int64) { (self.source, self.time) = (source, time) }

    /// A series keeps the first sample that it gets.
    /// - Returns: whether it is the first.
    mutating func write(_ labels: LabelSet, _ value: SampleValue) -> Bool {
        let name = labels[LabelMatcher.metricName]
        guard written[name]?[labels] == nil else { return false }
        written[name, default: [:]][labels] = value
        return true
    }

    func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] {
        let below = try source.series(request)
        guard time > request.after, time <= request.through, !written.isEmpty else { return below }
        var fresh = fresh(request.matchers)
        guard !fresh.isEmpty else { return below }
        var samples = 0
        var found: [Series] = []
        for series in below {
            var run = series.samples
            // Where the source has a sample of the time or later, that one holds.
            if let value = fresh.removeValue(forKey: series.labels), (run.times.last ?? .min) < time {
                run.append(time, value)
            }
            samples += run.times.count
            found.append(Series(labels: series.labels, samples: run, spacing: series.spacing))
        }
        for (labels, value) in fresh {  // order: what is found is sorted below
            var run = SampleRun()
            run.append(time, value)
            samples += 1
            found.append(Series(labels: labels, samples: run))
        }
        guard samples <= request.samplesMax else { throw .tooManySamples(max: request.samplesMax) }
        return found.sorted { $0.labels < $1.labels }
    }

    private func fresh(_ matchers: SeriesMatchers) -> [LabelSet: SampleValue] {
        let ofName = matchers.matchers.filter { $0.label == LabelMatcher.metricName }
        var fresh: [LabelSet: SampleValue] = [:]
        // order: what passes is put into a dictionary.
        for (name, series) in written where ofName.allSatisfy({ $0.passes(name) }) {
            // order: likewise.
            for (labels, value) in series where matchers.passes(labels) { fresh[labels] = value }
        }
        return fresh
    }
}
