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
        let order = Self.order(cells.cells, places, shown)
        var next = 0
        // Those of the wanted times of the set before: most have the same.
        var (stamps, stamped): ([Int64], [Int64]) = ([], [])
        for (place, set) in shown.enumerated() where !set.outputs.isEmpty {
            let begin = next
            while next < order.count, Int(order[next].key >> PackedPoint.bits) == place { next += 1 }
            let own = Self.own(times, from: set.start, cells.points)
            if own != stamped { (stamped, stamps) = (own, own.map { $0 * StoreSeries.stepMilliseconds }) }
            let cellsBytes = cells.memoryBytes + order.count * 16
            let buckets = Self.buckets(set.outputs)
            try hold(memoryBytes + cellsBytes + buckets.count * own.count * 16)
            let counts = Self.counts(in: buckets, cells.cells, order[begin..<next], own)
            for output in set.outputs {
                try take(own.count)
                try hold(memoryBytes + cellsBytes)
                let run = run(output.shape, cells.cells, order[begin..<next], own, stamps, counts)
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

    /// A cell by the place of its label set, then by its point.
    private struct PlacedCell {
        let key: UInt64
        let cell: UInt32
    }

    private static func order(
        _ cells: CellTable, _ places: [Int], _ shown: [LabelledCells.ShownSet]
    ) -> [PlacedCell] {
        var order: [PlacedCell] = []
        order.reserveCapacity(cells.count)
        for cell in 0..<cells.count {
            let place = places[Int(cells.sets[cell])]
            // What was counted and taken away again counts nothing.
            guard place >= 0, !shown[place].outputs.isEmpty, cells.counts[cell] != 0 else { continue }
            let key = UInt64(place) << PackedPoint.bits | PackedPoint.packed(cells.point(of: cell))
            order.append(PlacedCell(key: key, cell: UInt32(cell)))
        }
        // Cells of one key are added up, in whatever order they come.
        order.sort { $0.key < $1.key }
        return order
    }

    private static func point(_ placed: PlacedCell) -> Int64 { PackedPoint.point(in: placed.key) }

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
    /// - Returns: by bucket; empty for those that are not wanted.
    /// - Complexity: O(cells + buckets · times).
    private static func counts(
        in buckets: [Bool], _ cells: CellTable, _ order: ArraySlice<PlacedCell>, _ times: [Int64]
    ) -> [[Double]] {
        if buckets.isEmpty || times.isEmpty { return [] }
        var counts = [Int64](repeating: 0, count: buckets.count * times.count)
        var place = 0
        for placed in order {
            let point = point(placed)
            while place < times.count, times[place] < point { place += 1 }
            if place == times.count { break }
            let bucket = ObservedCode.classic(of: cells.code(of: Int(placed.cell)))
            if bucket < buckets.count { counts[bucket * times.count + place] &+= cells.counts[Int(placed.cell)] }
        }
        var below = [Int64](repeating: 0, count: times.count)
        return buckets.enumerated().map { bucket, isWanted in
            var total: Int64 = 0
            for place in times.indices {
                total &+= counts[bucket * times.count + place]
                below[place] &+= total
            }
            return isWanted ? below.map { Double($0) } : []
        }
    }

    /// - Parameters:
    ///   - stamps: the times in ms.
    ///   - counts: by bucket, where buckets were counted together.
    private mutating func run(
        _ shape: SeriesOutput.Shape, _ cells: CellTable, _ order: ArraySlice<PlacedCell>, _ times: [Int64],
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
        _ shape: SeriesOutput.Shape, _ cells: CellTable, _ order: ArraySlice<PlacedCell>, _ times: [Int64]
    ) -> [Double] {
        var (total, next) = (0 as Int64, order.startIndex)
        return times.map { time in
            while next < order.endIndex, point(order[next]) <= time {
                total &+= count(shape, cells, Int(order[next].cell))
                next += 1
            }
            return Double(total)
        }
    }

    /// What the sums come to at each time: each sum becomes a number once, however many times say it.
    private static func sums(
        _ cells: CellTable, _ order: ArraySlice<PlacedCell>, _ times: [Int64], _ number: (Int128) -> Double
    ) -> [Double] {
        var (total, next) = (0 as Int128, order.startIndex)
        var shown = 0.0
        return times.map { time in
            let before = next
            while next < order.endIndex, point(order[next]) <= time {
                total &+= cells.sums[Int(order[next].cell)]
                next += 1
            }
            if next > before { shown = number(total) }
            return shown
        }
    }

    /// The nearest double: where 64 bits hold the number, the machine knows it.
    private static func double(_ number: Int128) -> Double {
        Int64(exactly: number).map { Double($0) } ?? Double(number)
    }

    /// What a cell counts.
    private static func count(_ shape: SeriesOutput.Shape, _ cells: CellTable, _ cell: Int) -> Int64 {
        switch shape {
        case .count: cells.counts[cell]
        case .category(let code): cells.code(of: cell) == code ? cells.counts[cell] : 0
        case .bucket(let bucket): ObservedCode.classic(of: cells.code(of: cell)) <= bucket ? cells.counts[cell] : 0
        case .native, .zero, .sum: 0
        }
    }

    private mutating func native(
        _ cells: CellTable, _ order: ArraySlice<PlacedCell>, _ times: [Int64]
    ) -> SampleRun {
        var run = SampleRun()
        var counted = ObservedHistogram()
        var next = order.startIndex
        var shown = counted.histogram
        // Where nothing changed, buckets are shared.
        memoryBytes += times.count * NativeHistogram.ownBytes
        for time in times {
            let before = next
            while next < order.endIndex, Self.point(order[next]) <= time {
                let cell = Int(order[next].cell)
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
