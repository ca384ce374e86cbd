import Bytes
import Columnar
import Domain
import Platform
import PromQLText
import Synchronization

/// The cells of one metric over one snapshot, where they are kept.
final class CachedCells: Sendable {
    let index: CellIndex
    private let key: IndexKey
    /// The pieces that the index was made of.
    private let sources: [FoldPiece]
    private let cache: SeriesCache
    /// Counts pieces at every point of time.
    private let reader: HistoryReader
    private let fold: MetricFold

    private init(
        _ index: CellIndex, as key: IndexKey, _ sources: [FoldPiece], _ cache: SeriesCache, _ reader: HistoryReader,
        _ fold: MetricFold
    ) {
        self.key = key
        (self.index, self.sources, self.cache, self.reader, self.fold) = (index, sources, cache, reader, fold)
    }

    /// Reads what is not known yet.
    /// - Parameters:
    ///   - sources: all pieces of the fold's tables.
    ///   - reader: counts every event at its own point.
    /// - Returns: nil where nothing can be kept: a piece says not which it is, or there are too many label sets.
    static func reading(
        _ fold: MetricFold, _ sources: [FoldPiece], as key: IndexKey, _ cache: SeriesCache, _ reader: HistoryReader
    ) throws -> CachedCells? {
        var keys: [PieceKey] = []
        keys.reserveCapacity(sources.count)
        for source in sources {
            guard let identity = source.morsel.identity else { return nil }
            keys.append(PieceKey(table: source.place, identity: identity))
        }
        let old = cache.index(key)
        if let old, old.keys == keys { return CachedCells(old, as: key, sources, cache, reader, fold) }
        if fold.countsTogether { return try together(fold, sources, keys, old: old, as: key, cache, reader) }
        let sets = old?.sets ?? LabelNumbers()
        var known: [PieceKey: CellPiece] = [:]
        if let old { for (place, key) in old.keys.enumerated() { known[key] = old.pieces[place] } }
        let found = keys.map { known[$0] }
        let missing = found.indices.filter { found[$0] == nil }
        let parts = max(1, min(reader.source.workers.parallelism, missing.count))
        let made = Mutex(found)
        do {
            try reader.source.workers.run(count: parts) { part in
                for place in stride(from: part, to: missing.count, by: parts) {
                    try reader.check()
                    let source = sources[missing[place]]
                    guard let (run, firsts) = try Self.run(fold, source, sets, cache, reader, part: part) else {
                        return
                    }
                    let piece = CellPiece(run, firsts: firsts)
                    cache.keep(run, of: piece)
                    made.withLock { $0[missing[place]] = piece }
                }
                try reader.holdRead(0, part: part)
            }
        } catch {
            // Whoever asks again has less to read.
            let there = made.withLock { $0 }
            let places = there.indices.filter { there[$0] != nil }
            cache.keep(CellIndex(places.map { keys[$0] }, places.compactMap { there[$0] }, sets, old: old), as: key)
            throw error
        }
        let pieces = made.withLock { $0 }.compactMap { $0 }
        guard pieces.count == keys.count else {
            cache.giveUp(key)
            return nil
        }
        let index = CellIndex(keys, pieces, sets, old: old)
        cache.keep(index, as: key)
        return CachedCells(index, as: key, sources, cache, reader, fold)
    }

    /// The same of pieces that count together.
    private static func together(
        _ fold: MetricFold, _ sources: [FoldPiece], _ keys: [PieceKey], old: CellIndex?, as key: IndexKey,
        _ cache: SeriesCache, _ reader: HistoryReader
    ) throws -> CachedCells? {
        let ratings = cache.ratings(key)
        let (pieces, steps) = try ratings.pieces(of: sources, as: keys, fold.exposition, reader)
        cache.count(steps: steps)
        try reader.holdRead(0)
        guard let pieces else {
            cache.giveUp(key)
            return nil
        }
        cache.hold(ratings, as: key)
        // Numbers of label sets that were given up mean nothing.
        let index = CellIndex(keys, pieces, ratings.sets, old: old?.sets === ratings.sets ? old : nil)
        cache.keep(index, as: key)
        return CachedCells(index, as: key, sources, cache, reader, fold)
    }

    /// The cells of a piece at every point, and when its label sets begin; nil where there are too many of these.
    private static func run(
        _ fold: MetricFold, _ source: FoldPiece, _ sets: LabelNumbers, _ cache: SeriesCache, _ reader: HistoryReader,
        part: Int
    ) throws -> (CellRun, firsts: [(set: Int, time: Int64)])? {
        var cells = LabelledCells(fold.exposition.ofEverything, reader.points, keepsCells: true)
        try reader.count(fold, [source], into: &cells, part: part)
        cache.count(steps: source.morsel.rowCount)
        var numbers: [Int] = []
        var firsts: [(set: Int, time: Int64)] = []
        for (values, first) in cells.counted {
            guard let number = sets.number(of: values) else { return nil }
            numbers.append(number)
            if first < .max { firsts.append((number, first)) }
        }
        return (CellRun(cells.cells, numbers: numbers, hasSums: fold.hasSums), firsts)
    }

    /// Adds what was counted up to the wanted times.
    /// - Parameter last: label sets that begin later than that (ns) are not there yet.
    /// - Complexity: O(label sets and codes · wanted times), with logarithms of the cells, or O(label sets) where
    ///   nothing counted shows; pieces of hours in which wanted times lie are looked at, and read again where their
    ///   cells are no longer kept.
    func add(to cells: inout LabelledCells, through last: Int64) throws {
        let numbers = note(in: &cells, through: last)
        // Corrections are zeros, whatever was counted.
        guard cells.exposition.needsCells else { return }
        var wanted = WantedPoints(cells.points)
        try add(to: &cells, at: &wanted, numbers)
    }

    /// The wanted series as counters, in the order of their labels; nil where they have to be made sample by sample.
    /// - Parameters:
    ///   - points: of windows of which the ends are looked at.
    ///   - last: as above.
    ///   - hold: takes the bytes that are held now; throws where they are not to be had, and where nobody waits any
    ///     more.
    /// - Complexity: as above; where most cells show, and no hour has to be told apart, O(cells) once an index, and
    ///   O(series) from then on.
    func counters(
        _ exposition: Exposition, at points: SamplePoints, through last: Int64, samplesMax: Int,
        hold: (Int) throws -> Void
    ) throws -> [CounterSeries]? {
        var wanted = WantedPoints(points)
        guard exposition.needsCells, let times = wanted.known else { return nil }
        let (begun, values, outputs) = begun(exposition, through: last)
        // What is other stands for several label sets.
        guard begun.count <= exposition.definition.labelSetsMax else { return nil }
        var numbers = [Int](repeating: -1, count: values.count)
        var shown: [ShownSet] = []
        for set in begun {
            let all = outputs[set] ?? []
            guard all.allSatisfy({ $0.shape.isOfCounter }) else { return nil }
            let places = all.indices.filter { exposition.wants(all[$0]) }
            if places.isEmpty { continue }
            numbers[set] = set
            let start = SamplePoints.number(atOrAfter: index.firsts[set]) - 1
            shown.append(ShownSet(number: set, outputs: all, places: places, start: start))
        }
        if shown.isEmpty { return [] }
        var builder = CounterBuilder(at: points, times, samplesMax: samplesMax)
        let splits = index.points.map { CoarsePoint.splits(wanted, within: $0) } ?? []
        if splits.isEmpty, let courses = try courses(of: shown, exposition, at: times, hold: hold) {
            for set in shown {
                let own = courses[set.number] ?? []
                try builder.add(set.places.map { (set.outputs[$0], own[$0]) }, from: set.start)
                try hold(builder.memoryBytes)
            }
            return builder.ordered { cache.count(ordered: $0) }
        }
        var cells = CountedCells(times, hasSums: fold.hasSums)
        try add(to: &cells, at: &wanted, numbers, splits)
        let heldBytes = cells.memoryBytes
        try hold(heldBytes)
        cells.order()
        var fresh = CourseBuilder(OrderedCells(cells))
        for set in shown {
            let wanted = set.places.map { set.outputs[$0] }
            let own = fresh.courses(of: wanted, ofSet: set.number)
            try builder.add(wanted.indices.map { (wanted[$0], own[$0]) }, from: set.start)
            try hold(heldBytes + builder.memoryBytes)
        }
        cache.count(steps: fresh.groups.steps)
        return builder.ordered { cache.count(ordered: $0) }
    }

    /// A label set of which series are wanted.
    private struct ShownSet {
        let number: Int
        /// All of its series.
        let outputs: [SeriesOutput]
        /// Those that are wanted.
        let places: [Int]
        /// The point of their first sample.
        let start: Int64
    }

    /// Of metrics that may change more often no courses are kept.
    private static let changesMax = 1 << 21

    /// The courses of all series of some label sets, by number of the set: what all wanted times have in common where
    /// no hour has to be told apart. They are made of the index alone, once, and go with it. nil where they are not
    /// known and most of what they are made of does not show.
    private func courses(
        of sets: [ShownSet], _ exposition: Exposition, at times: [Int64], hold: (Int) throws -> Void
    ) throws -> [[CellCourse]?]? {
        let key = exposition.outputsKey
        var known = index.courses.of(key)
        if known.count < index.firsts.count {
            known += [[CellCourse]?](repeating: nil, count: index.firsts.count - known.count)
        }
        let missing = sets.filter { known[$0.number] == nil }
        if missing.isEmpty { return known }
        guard index.cellCount <= Self.changesMax / exposition.seriesOfCell, showsMost(at: times) else { return nil }
        try hold(index.wholeBytes)
        var builder = CourseBuilder(RunCells(index.whole ?? CellRun(hasSums: fold.hasSums)))
        var bytes = 0
        for set in missing {
            let own = builder.courses(of: set.outputs, ofSet: set.number)
            known[set.number] = own
            bytes += own.reduce(32) { $0 + $1.memoryBytes }
            try hold(index.wholeBytes + bytes)
        }
        cache.count(steps: builder.groups.steps)
        index.courses.keep(known, as: key)
        cache.hold(bytes, with: index, as: self.key)
        return known
    }

    /// Whether wanted times reach over a fourth of the time that the cells lie in, and lie as close as every fourth
    /// hour.
    private func showsMost(at times: [Int64]) -> Bool {
        guard let points = index.points, let first = times.first, let last = times.last else { return true }
        let all = points.upperBound - points.lowerBound
        let seen = min(last, points.upperBound) - max(first, points.lowerBound)
        return seen >= all / 4 && Int64(times.count) * CoarsePoint.perHour >= all / 4
    }

    private func add(to cells: inout LabelledCells, at wanted: inout WantedPoints, _ numbers: [Int]) throws {
        guard let points = index.points, numbers.contains(where: { $0 >= 0 }) else { return }
        try add(to: &cells, at: &wanted, numbers, CoarsePoint.splits(wanted, within: points))
    }

    private func add(
        to cells: inout some CellSink, at wanted: inout WantedPoints, _ numbers: [Int], _ splits: [Int64]
    ) throws {
        var steps = 0
        for run in index.runs { steps += run.add(to: &cells, at: &wanted, numbers: numbers, without: splits) }
        for (place, piece) in index.pieces.enumerated() {
            guard let own = piece.points else { continue }
            let first = splits.partitioningIndex { $0 >= own.lowerBound }
            let end = CoarsePoint.containing(own.upperBound)
            guard first < splits.count, splits[first] <= end else { continue }
            try reader.check()
            let run = try fine(piece, place)
            let inside = splits[first...].prefix { $0 <= end }
            steps += run.add(to: &cells, at: &wanted, numbers: numbers, inside: inside)
        }
        cache.count(steps: steps)
    }

    /// - Returns: by number of the label set here: its number there, or −1 where no cells of it are wanted.
    private func note(in cells: inout LabelledCells, through last: Int64) -> [Int] {
        let exposition = cells.exposition
        let (begun, values, outputs) = begun(exposition, through: last)
        var numbers = [Int](repeating: -1, count: values.count)
        for set in begun {
            let wanted = exposition.wanted(outputs[set] ?? [])
            numbers[set] = cells.note(values[set], wanted, since: index.firsts[set]) ?? -1
        }
        return numbers
    }

    /// - Returns: the numbers of the label sets that begin up to a time (ns), and by number what each says and its
    ///   series.
    private func begun(
        _ exposition: Exposition, through last: Int64
    ) -> (begun: [Int], values: [[ByteText]], outputs: [[SeriesOutput]?]) {
        let (values, key) = (index.sets.values, exposition.outputsKey)
        var outputs = index.sets.outputs(key)
        if outputs.count < values.count {
            outputs += [[SeriesOutput]?](repeating: nil, count: values.count - outputs.count)
        }
        let begun = index.firsts.indices.filter { index.firsts[$0] <= last && index.firsts[$0] < .max }
        let fresh = begun.filter { outputs[$0] == nil }
        if !fresh.isEmpty {
            let everything = exposition.ofEverything
            for set in fresh { outputs[set] = everything.outputs(values[set]) }
            // Beyond the most label sets others are shown than those that are kept.
            if values.count <= exposition.definition.labelSetsMax {
                cache.count(ordered: LabelNumbers.rank(&outputs))
            }
            cache.hold(index.sets.keep(outputs, as: key), with: index, as: self.key)
        }
        return (begun, values, outputs)
    }

    private func fine(_ piece: CellPiece, _ place: Int) throws -> CellRun {
        if let known = piece.fine ?? cache.run(of: piece) { return known }
        guard let (run, _) = try Self.run(fold, sources[place], index.sets, cache, reader, part: 0) else {
            preconditionFailure("label sets that had numbers have them")
        }
        try reader.holdRead(0)
        cache.keep(run, of: piece)
        return run
    }
}
