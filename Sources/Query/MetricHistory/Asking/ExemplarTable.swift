import Bytes
import Domain
import PromQLText

/// The examples of series, the last one of each stretch of time.
struct ExemplarTable {
    /// A series that examples go to.
    struct Target {
        fileprivate let series: Int
        /// Which examples it takes: those of a classic bucket; nil: all.
        let bucket: Int?
        /// Of the numbers of events, so many make one of the series.
        let unitsPerBase: Double
    }

    private struct Key: Hashable {
        let series: Int
        let stretch: Int64
    }

    private struct Example {
        /// ns.
        let time: Int64
        let exemplar: SeriesExemplars.Exemplar
    }

    private let times: ClosedRange<Int64>
    private let width: Int64
    private var labels: [LabelSet] = []
    private var numbers: [LabelSet: Int] = [:]
    private var examples: [Key: Example] = [:]

    /// - Parameter times: ms since 1970.
    init(in times: ClosedRange<Int64>) {
        self.times = times
        width = times.upperBound.saturatingSubtract(times.lowerBound) / HistoryReader.exemplarsMax + 1
    }

    /// Roughly.
    var memoryBytes: Int { labels.count * 512 + examples.count * 512 }

    /// Which of the series of a label set have examples.
    mutating func targets(_ outputs: [SeriesOutput], of definition: MetricDefinition) -> [Target] {
        outputs.compactMap { output in
            let isHistogram = definition.kind == .histogram
            switch output.shape {
            case .native: return Target(series: number(output.labels), bucket: nil, unitsPerBase: 1e9)
            case .bucket(let bucket): return Target(series: number(output.labels), bucket: bucket, unitsPerBase: 1e9)
            case .count where !isHistogram: return Target(series: number(output.labels), bucket: nil, unitsPerBase: 1)
            case .sum(let unitsPerBase) where !isHistogram:
                return Target(series: number(output.labels), bucket: nil, unitsPerBase: unitsPerBase)
            case .count, .sum, .category, .zero: return nil
            }
        }
    }

    private mutating func number(_ labels: LabelSet) -> Int {
        if let known = numbers[labels] { return known }
        numbers[labels] = self.labels.count
        self.labels.append(labels)
        return self.labels.count - 1
    }

    /// Takes an example where none of its stretch is later; of one time that with the greater labels stays, so that it
    /// does not matter in which order they come.
    /// - Parameter time: ns.
    mutating func add(_ target: Target, at time: Int64, _ value: Double, _ labels: () -> LabelSet) {
        let milliseconds = floorDivide(time, 1_000_000)
        let key = Key(series: target.series, stretch: (milliseconds - times.lowerBound) / width)
        let known = examples[key]
        if let known, known.time > time { return }
        let labels = labels()
        if let known, known.time == time, !(known.exemplar.labels < labels) { return }
        examples[key] = Example(
            time: time, exemplar: SeriesExemplars.Exemplar(labels: labels, value: value, time: milliseconds))
    }

    /// Those with examples, in the order of their labels.
    var series: [SeriesExemplars] {
        var found = [[Example]](repeating: [], count: labels.count)
        // order: sorted below.
        for (key, example) in examples { found[key.series].append(example) }
        return labels.indices.filter { !found[$0].isEmpty }.sorted { labels[$0] < labels[$1] }.map { place in
            SeriesExemplars(
                labels: labels[place], exemplars: found[place].sorted { $0.time < $1.time }.map(\.exemplar))
        }
    }
}
