import Bytes
import Domain
import PromQLText

/// Makes series of cells, within the samples that the answer may have.
struct SeriesBuilder {
    private let samplesMax: Int
    private var samplesLeft: Int
    private(set) var series: [Series] = []
    /// Of each series its place among those of its metric; −1: not known.
    private var ranks: [Int] = []
    private var metrics = 0
    /// What they hold, roughly.
    private(set) var memoryBytes = 0

    init(samplesMax: Int) { (self.samplesMax, samplesLeft) = (samplesMax, samplesMax) }

    /// Takes a series that is there already.
    mutating func add(_ labels: LabelSet, _ samples: SampleRun) throws(SeriesSourceError) {
        if samples.times.isEmpty { return }
        try take(samples.times.count)
        series.append(Series(labels: labels, samples: samples))
        ranks.append(-1)
    }

    /// The series in the order of their labels.
    /// - Parameter compared: takes how many had to be put in order by their texts.
    func ordered(_ compared: (Int) -> Void) -> [Series] {
        if series.count < 2 { return series }
        if metrics == 1, !ranks.contains(-1) {
            return series.indices.sorted { ranks[$0] < ranks[$1] }.map { series[$0] }
        }
        compared(series.count)
        return series.sorted { $0.labels < $1.labels }
    }

    private mutating func take(_ count: Int) throws(SeriesSourceError) {
        guard count <= samplesLeft else { throw .tooManySamples(max: samplesMax) }
        samplesLeft -= count
        memoryBytes += 512 + count * SampleRun.sampleBytes
    }

    /// All wanted times from a number on, where that many samples may be.
    func times(_ points: SamplePoints, from number: Int64) throws(SeriesSourceError) -> [Int64] {
        guard let times = points.all(from: number, countMax: samplesLeft) else {
            throw .tooManySamples(max: samplesMax)
        }
        return times
    }

    /// Adds the wanted series of a metric.
    /// - Parameter hold: takes the bytes that are held now; throws where they are not to be had, and where nobody waits
    ///   any more.
    mutating func add(_ cells: LabelledCells, hold: (Int) throws -> Void) throws {
        let (shown, places) = cells.shown()
        metrics += 1
        guard let first = shown.filter({ !$0.outputs.isEmpty }).map(\.start).min() else { return }
        let times = try times(cells.points, from: first)
        let placed = PlacedCells(cells.cells, places, shown)
        // Those of the set before: most have the same.
        var own: [Int64] = []
        var stamps: [Int64] = []
        for (place, set) in shown.enumerated() where !set.outputs.isEmpty {
            let order = placed.cells(of: place)
            if !Self.isOwn(own, times, from: set.start, cells.points) {
                own = Self.own(times, from: set.start, cells.points)
                stamps = own.map { $0 * StoreSeries.stepMilliseconds }
            }
            let cellsBytes = cells.memoryBytes + placed.memoryBytes
            let buckets = Self.buckets(set.outputs)
            try hold(memoryBytes + cellsBytes + buckets.count * own.count * 16)
            let counts = Self.counts(in: buckets, cells.cells, order, own)
            for output in set.outputs {
                try take(own.count)
                try hold(memoryBytes + cellsBytes)
                let run = run(output.shape, cells.cells, order, own, stamps, counts)
                if run.times.isEmpty { continue }
                let spacing = cells.points.isThinned ? StoreSeries.stepMilliseconds : nil
                series.append(Series(labels: output.labels, samples: run, spacing: spacing))
                ranks.append(output.rank)
            }
        }
    }

    /// The wanted times of a series that begins at a number: where others may be left out, that one is not.
    private static func own(_ times: [Int64], from start: Int64, _ points: SamplePoints) -> [Int64] {
        let own = Array(times[times.partitioningIndex { $0 >= start }...])
        let isInside = start >= points.lower && start <= points.upper
        return points.isThinned && isInside && own.first != start ? [start] + own : own
    }

    /// Whether some are ``own(_:from:_:)``: all of them end together.
    private static func isOwn(_ own: [Int64], _ times: [Int64], from start: Int64, _ points: SamplePoints) -> Bool {
        let first = times.partitioningIndex { $0 >= start }
        let isInside = start >= points.lower && start <= points.upper
        let isAdded = points.isThinned && isInside && (first == times.count || times[first] != start)
        let begin: Int64? = isAdded ? start : first < times.count ? times[first] : nil
        return own.first == begin && own.count == times.count - first + (isAdded ? 1 : 0)
    }

    /// Buckets up to the last that is wanted, and whether each is; none where so few are that each is counted by
    /// itself.
    private static func buckets(_ outputs: [SeriesOutput]) -> [Bool] {
        var wanted: [Bool] = []
        var count = 0
        for output in outputs {
            guard case .bucket(let bucket) = output.shape else { continue }
            while wanted.count <= bucket { wanted.append(false) }
            wanted[bucket] = true
            count += 1
        }
        return count > 2 ? wanted : []
    }

    /// What lies in each wanted bucket and those below it at each time, counted for all buckets together.
    /// - Parameter order: the cells of one label set, like all others below.
    /// - Returns: by bucket; empty for those that are not wanted.
    /// - Complexity: O(cells + buckets · times).
    private static func counts(
        in buckets: [Bool], _ cells: CellTable, _ order: ArraySlice<UInt32>, _ times: [Int64]
    ) -> [[Double]] {
        if buckets.isEmpty || times.isEmpty { return [] }
        var counts = [Int64](repeating: 0, count: buckets.count * times.count)
        var isCounted = [Bool](repeating: false, count: buckets.count)
        var places = TimePlaces(times)
        let (keys, added) = (cells.places, cells.counts)
        for cell in order {
            let key = keys[Int(cell)]
            let bucket = ObservedCode.classic(of: CellTable.code(in: key))
            guard bucket < buckets.count, let place = places.place(of: CellTable.point(in: key)) else { continue }
            counts[bucket * times.count + place] &+= added[Int(cell)]
            isCounted[bucket] = true
        }
        // What came at each time in a bucket or below it, and what there is of that: the same where a bucket is empty.
        var (below, totals) = ([Int64](repeating: 0, count: times.count), [Double]())
        var isKnown = false
        return buckets.indices.map { bucket in
            if isCounted[bucket] {
                let row = bucket * times.count
                for place in 0..<times.count { below[place] &+= counts[row + place] }
                isKnown = false
            }
            guard buckets[bucket] else { return [] }
            if !isKnown { (totals, isKnown) = (Self.totals(below), true) }
            return totals
        }
    }

    private static func totals(_ counts: [Int64]) -> [Double] {
        var total: Int64 = 0
        return counts.map { count in
            total &+= count
            return Double(total)
        }
    }

    /// - Parameters:
    ///   - stamps: the times in ms.
    ///   - counts: by bucket, where buckets were counted together.
    private mutating func run(
        _ shape: SeriesOutput.Shape, _ cells: CellTable, _ order: ArraySlice<UInt32>, _ times: [Int64],
        _ stamps: [Int64], _ counts: [[Double]]
    ) -> SampleRun {
        switch shape {
        case .native: return native(cells, order, times)
        case .zero: return SampleRun(stamps, [Double](repeating: 0, count: stamps.count))
        case .bucket(let bucket):
            if bucket < counts.count { return SampleRun(stamps, counts[bucket]) }
        case .count, .category, .sum: break
        }
        if case .sum(let unitsPerBase) = shape {
            return SampleRun(stamps, Self.sums(cells, order, times) { Self.double($0) / unitsPerBase })
        }
        return SampleRun(stamps, Self.counts(shape, cells, order, times))
    }

    /// How many there are at each time.
    private static func counts(
        _ shape: SeriesOutput.Shape, _ cells: CellTable, _ order: ArraySlice<UInt32>, _ times: [Int64]
    ) -> [Double] {
        var counts = [Int64](repeating: 0, count: times.count)
        var places = TimePlaces(times)
        let (keys, added) = (cells.places, cells.counts)
        for cell in order {
            let key = keys[Int(cell)]
            guard Self.counts(shape, CellTable.code(in: key)),
                let place = places.place(of: CellTable.point(in: key))
            else { continue }
            counts[place] &+= added[Int(cell)]
        }
        return totals(counts)
    }

    /// What the sums come to at each time: each sum becomes a number once, however many times say it.
    private static func sums(
        _ cells: CellTable, _ order: ArraySlice<UInt32>, _ times: [Int64], _ number: (Int128) -> Double
    ) -> [Double] {
        var sums = [Int128](repeating: 0, count: times.count)
        var places = TimePlaces(times)
        let (keys, added) = (cells.places, cells.sums)
        for cell in order {
            guard let place = places.place(of: CellTable.point(in: keys[Int(cell)])) else { continue }
            sums[place] &+= added[Int(cell)]
        }
        var (total, shown) = (0 as Int128, 0.0)
        return sums.map { sum in
            if sum != 0 {
                total &+= sum
                shown = number(total)
            }
            return shown
        }
    }

    /// The nearest double: where 64 bits hold the number, the machine knows it.
    static func double(_ number: Int128) -> Double {
        Int64(exactly: number).map { Double($0) } ?? Double(number)
    }

    /// Whether cells of a code count.
    private static func counts(_ shape: SeriesOutput.Shape, _ code: Int) -> Bool {
        switch shape {
        case .count: true
        case .category(let own): code == own
        case .bucket(let bucket): ObservedCode.classic(of: code) <= bucket
        case .native, .zero, .sum: false
        }
    }

    private mutating func native(
        _ cells: CellTable, _ order: ArraySlice<UInt32>, _ times: [Int64]
    ) -> SampleRun {
        var run = SampleRun()
        var counted = ObservedHistogram()
        // Cells of one time are added up, in whatever order they come.
        let ordered = order.map { (point: cells.point(of: Int($0)), cell: Int($0)) }.sorted { $0.point < $1.point }
        var next = 0
        var shown = counted.histogram
        // Where nothing changed, buckets are shared.
        memoryBytes += times.count * NativeHistogram.ownBytes
        for time in times {
            let before = next
            while next < ordered.count, ordered[next].point <= time {
                let cell = ordered[next].cell
                counted.add(
                    cells.counts[cell], bucket: ObservedCode.index(of: cells.code(of: cell)), sum: cells.sums[cell])
                next += 1
            }
            if next > before {
                shown = counted.histogram
                memoryBytes += shown.bucketBytes
            }
            run.append(time * StoreSeries.stepMilliseconds, .histogram(shown))
        }
        return run
    }
}

/// Cells by the label set that they belong to; within a set in any order, since they are added up.
private struct PlacedCells {
    private var cells: [UInt32] = []
    /// Where those of each set begin, and where the last ones end.
    private var starts: [Int]

    /// - Parameter places: by number of a label set its place among those that are shown; −1: it is none.
    /// - Complexity: O(cells + label sets).
    init(_ table: CellTable, _ places: [Int], _ shown: [LabelledCells.ShownSet]) {
        let wanted = places.map { $0 >= 0 && !shown[$0].outputs.isEmpty ? $0 : -1 }
        let (sets, counts, sums) = (table.sets, table.counts, table.sums)
        func shownPlace(_ cell: Int) -> Int? {
            let place = wanted[Int(sets[cell])]
            // What was counted and taken away again counts nothing.
            return place >= 0 && (counts[cell] != 0 || sums[cell] != 0) ? place : nil
        }
        starts = [Int](repeating: 0, count: shown.count + 1)
        for cell in 0..<table.count {
            if let place = shownPlace(cell) { starts[place + 1] += 1 }
        }
        for place in shown.indices { starts[place + 1] += starts[place] }
        var next = starts
        cells = [UInt32](repeating: 0, count: starts[shown.count])
        for cell in 0..<table.count {
            guard let place = shownPlace(cell) else { continue }
            cells[next[place]] = UInt32(cell)
            next[place] += 1
        }
    }

    var memoryBytes: Int { cells.count * 4 + starts.count * 8 }

    func cells(of place: Int) -> ArraySlice<UInt32> { cells[starts[place]..<starts[place + 1]] }
}

/// Finds the times at which something counts: the first that is not before it.
private struct TimePlaces {
    private let times: [Int64]
    private var last = 0

    /// - Parameter times: ascending.
    init(_ times: [Int64]) { self.times = times }

    /// nil where all times are before it.
    mutating func place(of point: Int64) -> Int? {
        // Cells of one code mostly ascend.
        last = times.place(atOrAfter: point, near: last)
        return last < times.count ? last : nil
    }
}
