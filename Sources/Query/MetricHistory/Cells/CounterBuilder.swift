import Bytes
import PromQLText

/// Makes counters of what was counted, as ``SeriesBuilder`` makes series of cells, within the samples that the answer
/// may have.
struct CounterBuilder<Groups: CountedGroups> {
    private(set) var groups: Groups
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

        /// What the place of a wanted point is more than that of the sample there.
        var shift: Int { first - (start == nil ? 0 : 1) }
    }

    /// Where values change, and what they are from there on.
    private struct Changes {
        /// The first sample is always there.
        private(set) var places: [Int32] = [0]
        private(set) var values = [0.0]

        init(upTo count: Int) {
            places.reserveCapacity(count + 1)
            values.reserveCapacity(count + 1)
        }

        mutating func say(_ value: Double, at place: Int) {
            let place = Int32(truncatingIfNeeded: place)
            assert(place >= places[places.count - 1], "what counts comes behind a set's first sample, in its order")
            if place == places[places.count - 1] {
                values[values.count - 1] = value
            } else {
                places.append(place)
                values.append(value)
            }
        }
    }

    /// What came at wanted points: their places, and how many.
    private struct Rises {
        var places: [Int] = []
        var counts: [Int64] = []
    }

    /// - Parameters:
    ///   - groups: at all wanted points.
    ///   - times: these.
    init(_ groups: Groups, at points: SamplePoints, _ times: [Int64], samplesMax: Int) {
        (self.groups, self.points, self.times, self.samplesMax) = (groups, points, times, samplesMax)
    }

    /// The counters in the order of their labels.
    /// - Parameter compared: takes how many had to be put in order by their texts.
    func ordered(_ compared: (Int) -> Void) -> [CounterSeries] {
        if counters.count < 2 { return counters }
        if !ranks.contains(-1) { return ranks.indices.sorted { ranks[$0] < ranks[$1] }.map { counters[$0] } }
        compared(counters.count)
        return counters.sorted { $0.labels < $1.labels }
    }

    /// Adds the wanted series of a label set; sets come in the order of their numbers.
    /// - Parameters:
    ///   - outputs: in the order of their codes; all are buckets, or of one code each, or it is one of all that was
    ///     counted, which has one code then.
    ///   - start: the point of its first sample.
    mutating func add(_ outputs: [SeriesOutput], ofSet set: Int, from start: Int64) throws(SeriesSourceError) {
        find(from: start)
        if own.stamps.isEmpty { return }
        let (taken, isBeyond) = outputs.count.multipliedReportingOverflow(by: own.stamps.count)
        guard !isBeyond, taken <= samplesMax - samples else { throw .tooManySamples(max: samplesMax) }
        samples += taken
        var code = groups.next(ofSet: set)
        // What lies in a bucket or below it, of the codes so far; several outputs that differ in nothing share it.
        var (below, known) = (Rises(), nil as Changes?)
        for output in outputs {
            switch output.shape {
            case .bucket(let bucket):
                while let own = code, ObservedCode.classic(of: own) <= bucket {
                    below = Self.merged(below, rises())
                    (code, known) = (groups.next(ofSet: set), nil)
                }
                let changes = known ?? changes(of: below)
                known = changes
                add(output, changes)
            case .category(let category):
                while let own = code, own < category { code = groups.next(ofSet: set) }
                add(output, code == category ? counts() : Changes(upTo: 0))
            case .sum(let unitsPerBase): add(output, code == nil ? Changes(upTo: 0) : sums(unitsPerBase))
            case .count, .native, .zero: add(output, code == nil ? Changes(upTo: 0) : counts())
            }
        }
    }

    private mutating func add(_ output: SeriesOutput, _ changes: Changes) {
        let counter = CounterSeries(
            labels: output.labels, times: own.stamps, spacing: StoreSeries.stepMilliseconds,
            places: changes.places, values: changes.values)
        memoryBytes += counter.listedBytes
        counters.append(counter)
        ranks.append(output.rank)
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

    // MARK: Changes

    /// Of the code at hand, how many there are.
    private mutating func counts() -> Changes {
        var (changes, before, shift) = (Changes(upTo: groups.count), 0 as Int64, own.shift)
        groups.walk { place, count, _ in
            guard count != before else { return }
            before = count
            changes.say(Double(count), at: place - shift)
        }
        return changes
    }

    /// The same of sums; each becomes a number once.
    private mutating func sums(_ unitsPerBase: Double) -> Changes {
        var (changes, before, shift) = (Changes(upTo: groups.count), 0 as Int128, own.shift)
        groups.walk { place, _, sum in
            guard sum != before else { return }
            before = sum
            changes.say(SeriesBuilder.double(sum) / unitsPerBase, at: place - shift)
        }
        return changes
    }

    /// Of the code at hand, how many came.
    private mutating func rises() -> Rises {
        var (rises, before) = (Rises(), 0 as Int64)
        rises.places.reserveCapacity(groups.count)
        rises.counts.reserveCapacity(groups.count)
        groups.walk { place, count, _ in
            guard count != before else { return }
            rises.places.append(place)
            rises.counts.append(count &- before)
            before = count
        }
        return rises
    }

    /// What came of both.
    private static func merged(_ one: Rises, _ other: Rises) -> Rises {
        if one.places.isEmpty { return other }
        var (rises, left) = (Rises(), 0)
        rises.places.reserveCapacity(one.places.count + other.places.count)
        rises.counts.reserveCapacity(one.places.count + other.places.count)
        for (index, place) in other.places.enumerated() {
            while left < one.places.count, one.places[left] < place {
                rises.places.append(one.places[left])
                rises.counts.append(one.counts[left])
                left += 1
            }
            var count = other.counts[index]
            if left < one.places.count, one.places[left] == place {
                count &+= one.counts[left]
                left += 1
            }
            rises.places.append(place)
            rises.counts.append(count)
        }
        rises.places += one.places[left...]
        rises.counts += one.counts[left...]
        return rises
    }

    /// What there is where so many came.
    private func changes(of rises: Rises) -> Changes {
        var (changes, total) = (Changes(upTo: rises.places.count), 0 as Int64)
        for (index, count) in rises.counts.enumerated() where count != 0 {
            total &+= count
            changes.say(Double(total), at: rises.places[index] - own.shift)
        }
        return changes
    }
}

extension SeriesOutput.Shape {
    /// Whether it is a counter's, made of what was counted.
    var isOfCounter: Bool {
        switch self {
        case .count, .category, .sum, .bucket: true
        case .native, .zero: false
        }
    }
}
