import Bytes
import PromQLText

/// Makes counters of courses, as ``SeriesBuilder`` makes series of cells, within the samples that the answer may have.
struct CounterBuilder {
    private let points: SamplePoints
    /// All wanted points.
    private let times: [Int64]
    private let samplesMax: Int
    private var samples = 0
    private var counters: [CounterSeries] = []
    /// Of each counter its place among those of the metric; −1: not known.
    private var ranks: [Int] = []
    /// What they hold, roughly.
    private(set) var memoryBytes = 0
    /// Those of the set before: most have the same.
    private var own = Samples()

    /// When the samples of a label set are.
    private struct Samples {
        /// The first of the wanted points that it has.
        var first = 0
        /// Its first sample's point, where that is wanted by this set alone.
        var start: Int64?
        /// ms; empty: none are made yet.
        var stamps: [Int64] = []
    }

    /// - Parameter times: all wanted points.
    init(at points: SamplePoints, _ times: [Int64], samplesMax: Int) {
        (self.points, self.times, self.samplesMax) = (points, times, samplesMax)
    }

    /// The counters in the order of their labels.
    /// - Parameter compared: takes how many had to be put in order by their texts.
    func ordered(_ compared: (Int) -> Void) -> [CounterSeries] {
        if counters.count < 2 { return counters }
        if !ranks.contains(-1) { return ranks.indices.sorted { ranks[$0] < ranks[$1] }.map { counters[$0] } }
        compared(counters.count)
        return counters.sorted { $0.labels < $1.labels }
    }

    /// Adds series of a label set with their courses.
    /// - Parameter start: the point of their first sample.
    mutating func add(
        _ outputs: some Collection<(output: SeriesOutput, course: CellCourse)>, from start: Int64
    ) throws(SeriesSourceError) {
        find(from: start)
        if own.stamps.isEmpty { return }
        let (taken, isBeyond) = outputs.count.multipliedReportingOverflow(by: own.stamps.count)
        guard !isBeyond, taken <= samplesMax - samples else { throw .tooManySamples(max: samplesMax) }
        samples += taken
        for (output, course) in outputs {
            let counter = CounterSeries(
                labels: output.labels, times: own.stamps, spacing: StoreSeries.stepMilliseconds,
                changes: course.changes, values: course.values)
            memoryBytes += counter.listedBytes
            counters.append(counter)
            ranks.append(output.rank)
        }
    }

    /// The wanted times of a series that begins at a point: where others may be left out, that one is not.
    private mutating func find(from start: Int64) {
        let first = times.partitioningIndex { $0 >= start }
        let isInside = start >= points.lower && start <= points.upper
        let added = isInside && (first == times.count || times[first] != start) ? start : nil
        if first == own.first, added == own.start, !own.stamps.isEmpty { return }
        let wanted = (added.map { [$0] } ?? []) + times[first...]
        own = Samples(first: first, start: added, stamps: wanted.map { $0 * StoreSeries.stepMilliseconds })
    }
}
