import Bytes
import PromQLText

/// Makes counters of cells, as ``SeriesBuilder`` makes series of them, within the samples that the answer may have.
struct CounterBuilder {
    private let cells: CountedCells
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
    /// The first cell that belongs to no set before.
    private var next = 0
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

        /// The place of a sample at a wanted point.
        func place(_ place: Int32) -> Int32 { place - Int32(first) + (start == nil ? 0 : 1) }
    }

    /// What came at wanted points: their places, and how many.
    private struct Rises {
        var places: [Int32] = []
        var counts: [Int64] = []
    }

    /// - Parameters:
    ///   - cells: in their order.
    ///   - times: all wanted points.
    init(_ cells: CountedCells, at points: SamplePoints, _ times: [Int64], samplesMax: Int) {
        (self.cells, self.points, self.times, self.samplesMax) = (cells, points, times, samplesMax)
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
    ///   - outputs: none that is a distribution or always zero.
    ///   - start: the point of its first sample.
    mutating func add(_ outputs: [SeriesOutput], ofSet set: Int, from start: Int64) throws(SeriesSourceError) {
        let begin = next < cells.count ? cells.first(ofSet: set, from: next) : next
        let end = begin < cells.count ? cells.first(ofSet: set + 1, from: begin) : begin
        next = end
        find(from: start)
        if own.stamps.isEmpty { return }
        let (taken, isBeyond) = outputs.count.multipliedReportingOverflow(by: own.stamps.count)
        guard !isBeyond, taken <= samplesMax - samples else { throw .tooManySamples(max: samplesMax) }
        samples += taken
        // What lies in a bucket or below it, of the cells so far; several outputs that differ in nothing share it.
        var (below, cell) = (Rises(), begin)
        var known: (places: [Int32], values: [Double])?
        for output in outputs {
            switch output.shape {
            case .bucket(let bucket):
                while cell < end, ObservedCode.classic(of: cells.code(of: cell)) <= bucket {
                    let code = codeEnd(cell, end)
                    below = merged(below, cell..<code)
                    (cell, known) = (code, nil)
                }
                let (places, values) = known ?? changes(below)
                known = (places, values)
                add(output, places, values)
            case .sum(let unitsPerBase):
                assert(begin == end || codeEnd(begin, end) == end, "what is summed has no codes")
                let (places, values) = sums(begin..<end, unitsPerBase)
                add(output, places, values)
            case .category(let code):
                let (places, values) = changes(cellsOf(code, begin..<end))
                add(output, places, values)
            case .count, .native, .zero:
                let isOneCode = begin == end || codeEnd(begin, end) == end
                let (places, values) = isOneCode ? changes(begin..<end) : changes(counted(begin..<end))
                add(output, places, values)
            }
        }
    }

    /// Whether it makes series of a shape.
    static func makes(_ shape: SeriesOutput.Shape) -> Bool {
        switch shape {
        case .count, .category, .sum, .bucket: true
        case .native, .zero: false
        }
    }

    private mutating func add(_ output: SeriesOutput, _ places: [Int32], _ values: [Double]) {
        let counter = CounterSeries(
            labels: output.labels, times: own.stamps, spacing: StoreSeries.stepMilliseconds, places: places,
            values: values)
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

    /// Where the cells of one code end.
    private func codeEnd(_ cell: Int, _ end: Int) -> Int {
        let code = cells.code(of: cell)
        var next = cell + 1
        while next < end, cells.code(of: next) == code { next += 1 }
        return next
    }

    /// The cells of a code among those of a set.
    private func cellsOf(_ code: Int, _ range: Range<Int>) -> Range<Int> {
        var cell = range.lowerBound
        while cell < range.upperBound, cells.code(of: cell) < code { cell = codeEnd(cell, range.upperBound) }
        guard cell < range.upperBound, cells.code(of: cell) == code else { return cell..<cell }
        return cell..<codeEnd(cell, range.upperBound)
    }

    /// What cells of all codes count.
    private func counted(_ range: Range<Int>) -> Rises {
        var (rises, cell) = (Rises(), range.lowerBound)
        while cell < range.upperBound {
            let end = codeEnd(cell, range.upperBound)
            rises = merged(rises, cell..<end)
            cell = end
        }
        return rises
    }

    /// What both count.
    /// - Parameter own: cells of one code.
    private func merged(_ before: Rises, _ own: Range<Int>) -> Rises {
        var (rises, left) = (Rises(), 0)
        let count = before.places.count
        rises.places.reserveCapacity(count + own.count)
        rises.counts.reserveCapacity(count + own.count)
        for cell in own {
            let place = cells.place(of: cell)
            while left < count, before.places[left] < place {
                rises.places.append(before.places[left])
                rises.counts.append(before.counts[left])
                left += 1
            }
            var rise = cells.counts[cell]
            if left < count, before.places[left] == place {
                rise &+= before.counts[left]
                left += 1
            }
            rises.places.append(place)
            rises.counts.append(rise)
        }
        rises.places += before.places[left...]
        rises.counts += before.counts[left...]
        return rises
    }

    /// Where what came shows, and what there is from there on.
    private func changes(_ rises: Rises) -> (places: [Int32], values: [Double]) {
        var (places, values): ([Int32], [Double]) = ([0], [0])
        places.reserveCapacity(rises.places.count + 1)
        values.reserveCapacity(rises.places.count + 1)
        var total: Int64 = 0
        for (index, rise) in rises.counts.enumerated() where rise != 0 {
            total &+= rise
            Self.say(Double(total), at: own.place(rises.places[index]), &places, &values)
        }
        return (places, values)
    }

    /// The same of cells of one code.
    private func changes(_ range: Range<Int>) -> (places: [Int32], values: [Double]) {
        var (places, values): ([Int32], [Double]) = ([0], [0])
        places.reserveCapacity(range.count + 1)
        values.reserveCapacity(range.count + 1)
        var total: Int64 = 0
        for cell in range where cells.counts[cell] != 0 {
            total &+= cells.counts[cell]
            Self.say(Double(total), at: own.place(cells.place(of: cell)), &places, &values)
        }
        return (places, values)
    }

    /// The same of sums; each becomes a number once.
    private func sums(_ range: Range<Int>, _ unitsPerBase: Double) -> (places: [Int32], values: [Double]) {
        var (places, values): ([Int32], [Double]) = ([0], [0])
        places.reserveCapacity(range.count + 1)
        values.reserveCapacity(range.count + 1)
        var total: Int128 = 0
        for cell in range where cells.sums[cell] != 0 {
            total &+= cells.sums[cell]
            Self.say(
                SeriesBuilder.double(total) / unitsPerBase, at: own.place(cells.place(of: cell)), &places, &values)
        }
        return (places, values)
    }

    private static func say(_ value: Double, at place: Int32, _ places: inout [Int32], _ values: inout [Double]) {
        assert(place >= places[places.count - 1], "what counts comes behind a set's first sample, in its order")
        if places[places.count - 1] == place {
            values[values.count - 1] = value
        } else {
            places.append(place)
            values.append(value)
        }
    }
}
