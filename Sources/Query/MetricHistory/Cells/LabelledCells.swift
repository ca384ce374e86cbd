import Bytes
import Domain
import PromQLText

/// What one metric counted, by label set and wanted time.
///
/// A metric has at most as many label sets as its definition says. The first ones stay, by the time of the first event
/// that counted under them, at one time in the order of their labels; all others are one, whose labels say `other`. So
/// which stay follows from the events alone, and not from what is asked.
struct LabelledCells: CellSink {
    struct CountedSet {
        let values: [ByteText]
        /// When something first counted under it (ns); the greatest number: never.
        var first = Int64.max
        /// Whether cells are kept.
        let isKept: Bool
        /// The wanted series; nil: not looked at yet.
        let outputs: [SeriesOutput]?
    }

    let exposition: Exposition
    let points: SamplePoints
    private var sets: [CountedSet] = []
    private(set) var cells = CellTable()
    private var finder: PointFinder
    private var known: [[ByteText]: Int] = [:]
    private let keepsCells: Bool
    /// Whether series of what is `other` are wanted: asked of few requests.
    private lazy var isOtherWanted = !exposition.outputs(Self.other(exposition)).isEmpty
    private var labelBytes = 0

    /// - Parameter keepsCells: false where only the first times are asked for.
    init(_ exposition: Exposition, _ points: SamplePoints, keepsCells: Bool) {
        (self.exposition, self.points, self.keepsCells) = (exposition, points, keepsCells)
        finder = PointFinder(points)
    }

    private static func other(_ exposition: Exposition) -> [ByteText] {
        Array(repeating: ByteText(MetricCatalogue.otherLabel.utf8), count: exposition.width)
    }

    /// Roughly.
    var memoryBytes: Int { cells.memoryBytes + sets.count * 256 + labelBytes }

    /// The number of a label set; texts longer than labels may be are `other`.
    mutating func set(_ texts: [ByteText]) -> Int {
        let values = texts.map {
            $0.bytes.count <= Limits.labelBytesMax ? $0 : ByteText(MetricCatalogue.otherLabel.utf8)
        }
        if let set = known[values] { return set }
        let outputs = isOtherWanted ? nil : exposition.outputs(values)
        let isWanted = outputs.map { !$0.isEmpty } ?? true
        sets.append(CountedSet(values: values, isKept: keepsCells && isWanted, outputs: outputs))
        known[values] = sets.count - 1
        labelBytes += values.reduce(0) { $0 + $1.bytes.count + 32 }
        return sets.count - 1
    }

    /// Counts something at a time.
    mutating func count(_ set: Int, at time: Int64, code: Int = 0, sum: Int128 = 0) {
        if time < sets[set].first { sets[set].first = time }
        guard sets[set].isKept, let point = finder.point(of: time) else { return }
        cells.add(set, point: point, code: code, count: 1, sum: sum)
    }

    /// The number of a label set under which something counted that was added up elsewhere, as all of it was.
    /// - Parameters:
    ///   - values: of no other set here, and no longer than labels may be.
    ///   - outputs: the wanted series.
    ///   - first: the time (ns) of the first of it.
    /// - Returns: nil where no cells of it are kept.
    mutating func note(_ values: [ByteText], _ outputs: [SeriesOutput], since first: Int64) -> Int? {
        assert(known.isEmpty, "sets are noted, or looked for by their texts")
        let isKept = keepsCells && (!outputs.isEmpty || isOtherWanted)
        sets.append(CountedSet(values: values, first: first, isKept: isKept, outputs: outputs))
        return isKept ? sets.count - 1 : nil
    }

    /// Adds what was added up elsewhere, at a wanted time.
    mutating func add(_ set: Int, point: Int64, code: Int, count: Int64, sum: Int128) {
        assert(known.isEmpty, "cells are added to sets that are noted")
        // A bucket of an exponential histogram is there where it counts anything, all in all.
        if exposition.needsNative {
            cells.add(set, point: point, code: code, count: count, sum: sum)
        } else {
            cells.append(set, point: point, code: code, count: count, sum: sum)
        }
    }

    /// The label sets in the order of their numbers, and when something first counted under each.
    var counted: [(values: [ByteText], first: Int64)] { sets.map { ($0.values, $0.first) } }

    /// The same with nothing counted.
    var emptied: LabelledCells { LabelledCells(exposition, points, keepsCells: keepsCells) }

    /// Adds what another one counted of the same metric.
    mutating func absorb(_ other: LabelledCells) {
        if sets.isEmpty {
            self = other
            return
        }
        var numbers: [Int] = []
        numbers.reserveCapacity(other.sets.count)
        for one in other.sets {
            let number = set(one.values)
            sets[number].first = min(sets[number].first, one.first)
            numbers.append(number)
        }
        for cell in 0..<other.cells.count {
            cells.add(
                numbers[Int(other.cells.sets[cell])], point: other.cells.point(of: cell),
                code: other.cells.code(of: cell), count: other.cells.counts[cell], sum: other.cells.sums[cell])
        }
    }

    // MARK: What stays

    /// Label sets as they are shown.
    struct ShownSet {
        let values: [ByteText]
        var first: Int64
        var outputs: [SeriesOutput]
        /// The time of its first sample, a step before the first one that counts something.
        var start: Int64 { SamplePoints.number(atOrAfter: first) - 1 }
    }

    /// The sets that are shown, and for each number of a set its place among them; −1: nothing counted under it.
    /// - Complexity: O(n) in label sets; O(n log n) where they are more than may be.
    func shown() -> (sets: [ShownSet], places: [Int]) {
        var shown: [ShownSet] = []
        var places = [Int](repeating: -1, count: sets.count)
        var byValues: [[ByteText]: Int] = [:]
        var counted = sets.indices.filter { sets[$0].first < .max }
        let countMax = exposition.definition.labelSetsMax
        // The order decides only where there are too many.
        if counted.count > countMax {
            counted.sort { left, right in
                let (one, other) = (sets[left], sets[right])
                return one.first == other.first
                    ? one.values.lexicographicallyPrecedes(other.values) : one.first < other.first
            }
        }
        for (rank, set) in counted.enumerated() {
            let isShown = rank < countMax
            if counted.count <= countMax {
                // No two have the same values, and none is `other` to the others.
                places[set] = shown.count
                let (values, outputs) = (sets[set].values, sets[set].outputs)
                shown.append(
                    ShownSet(values: values, first: sets[set].first, outputs: outputs ?? exposition.outputs(values)))
                continue
            }
            let values = isShown ? sets[set].values : Self.other(exposition)
            if let place = byValues[values] {
                shown[place].first = min(shown[place].first, sets[set].first)
                places[set] = place
            } else {
                places[set] = shown.count
                byValues[values] = shown.count
                let outputs = isShown ? sets[set].outputs : nil
                shown.append(
                    ShownSet(
                        values: values, first: sets[set].first, outputs: outputs ?? exposition.outputs(values)))
            }
        }
        return (shown, places)
    }
}
