import Bytes
import Columnar

/// Cells in the order of their label sets, codes and points, and what they come to from the first one of their set and
/// code on. Adding up what lies before a point is one look-up. Never changes once it is made.
struct CellRun: Sendable {
    /// Of cells, in 32 bits: see ``PackedPoint``.
    private var places: [Int32] = []
    /// Up to each cell, that one included.
    private var counts = NarrowNumbers()
    /// Likewise; empty where nothing is summed.
    private var sums = NarrowNumbers()
    /// Set above and code below of each group of cells, ascending.
    private var groups: [UInt32] = []
    /// Where each of them begins.
    private var starts: [Int] = []
    private let hasSums: Bool

    /// Label sets have smaller numbers.
    static let setsMax = 1 << 16

    init(hasSums: Bool) { self.hasSums = hasSums }

    /// What a fold counted at every point of time.
    /// - Parameter numbers: of its label sets.
    init(_ cells: CellTable, numbers: [Int], hasSums: Bool) {
        self.init(hasSums: hasSums)
        let keys = (0..<cells.count).map { cell in
            Self.key(numbers[Int(cells.sets[cell])], cells.code(of: cell), cells.point(of: cell))
        }
        places.reserveCapacity(keys.count)
        for row in RadixOrder.ascending(keys) {
            let cell = Int(row)
            add(keys[cell], cells.counts[cell], cells.sums[cell])
        }
        trim()
    }

    private static func key(_ set: Int, _ code: Int, _ point: Int64) -> UInt64 {
        assert(set < setsMax && code < 1 << CellTable.codeBits, "each in its bits")
        return (UInt64(set) << CellTable.codeBits | UInt64(code)) << PackedPoint.bits | PackedPoint.packed(point)
    }

    /// Set and code alone.
    private static func group(of key: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: key >> PackedPoint.bits) }
    private func set(ofGroup group: Int) -> Int { Int(groups[group] >> UInt32(CellTable.codeBits)) }
    private func code(ofGroup group: Int) -> Int { Int(groups[group] & (1 << UInt32(CellTable.codeBits) - 1)) }
    func point(_ cell: Int) -> Int64 { Int64(places[cell]) }

    var count: Int { places.count }
    /// How many sets and codes there are, together.
    var groupCount: Int { starts.count }
    /// The set above, the code below; these ascend.
    func number(ofGroup group: Int) -> UInt64 { UInt64(groups[group]) }
    /// Roughly.
    var memoryBytes: Int {
        places.capacity * 4 + counts.memoryBytes + sums.memoryBytes + groups.capacity * 4 + starts.capacity * 8 + 128
    }

    /// The first and the last point; nil where there is no cell.
    /// - Complexity: O(sets and codes).
    var points: ClosedRange<Int64>? {
        var (first, last) = (Int64.max, Int64.min)
        for group in starts.indices {
            let cells = cells(of: group)
            first = min(first, point(cells.lowerBound))
            last = max(last, point(cells.upperBound - 1))
        }
        return first <= last ? first...last : nil
    }

    /// The cells of a set and code.
    func cells(of group: Int) -> Range<Int> {
        starts[group]..<(group + 1 < starts.count ? starts[group + 1] : places.count)
    }

    /// Adds to the last cell, or one behind it.
    private mutating func add(_ key: UInt64, _ count: Int64, _ sum: Int128) {
        let (group, place) = (Self.group(of: key), Int32(PackedPoint.point(in: key)))
        guard let last = places.last, groups.last == group else {
            assert(groups.last ?? 0 <= group, "cells ascend")
            groups.append(group)
            starts.append(places.count)
            append(place, Int128(count), sum)
            return
        }
        assert(last <= place, "cells ascend")
        let total = total(places.count - 1)
        let (newCount, newSum) = (Int128(total.count &+ count), total.sum &+ sum)
        if last == place {
            counts.replaceLast(by: newCount)
            if hasSums { sums.replaceLast(by: newSum) }
        } else {
            append(place, newCount, newSum)
        }
    }

    private mutating func append(_ place: Int32, _ count: Int128, _ sum: Int128) {
        places.append(place)
        counts.append(count)
        if hasSums { sums.append(sum) }
    }

    /// It is kept as long as there is room: nothing in it is reserved for more.
    private mutating func trim() {
        (places, groups, starts) = (places.trimmed, groups.trimmed, starts.trimmed)
        counts.trim()
        sums.trim()
    }

    /// By coarse point a number for all that counts there, at whichever point of those that it stands for: numbers of
    /// runs add up to that of what they count together.
    /// - Complexity: O(cells).
    var marks: [Int64: UInt64] {
        var marks: [Int64: UInt64] = [:]
        var reader = Reader(self)
        // Cells that follow each other are mostly of one coarse point.
        var (last, mark): (Int64?, UInt64) = (nil, 0)
        while let key = reader.key {
            let (count, sum) = reader.next()
            let coarse = CoarsePoint.containing(PackedPoint.point(in: key))
            if coarse != last {
                if let last { marks[last, default: 0] &+= mark }
                (last, mark) = (coarse, 0)
            }
            let (one, other) = (Mixing.mixed(key) | 1, Mixing.mixed(~key) | 1)
            mark &+= one &* UInt64(bitPattern: count) &+ other &* UInt64(truncatingIfNeeded: sum)
        }
        if let last { marks[last, default: 0] &+= mark }
        return marks
    }

    // MARK: Making others

    /// What it takes away where it is taken away.
    var negated: CellRun {
        var run = self
        run.counts = counts.negated
        run.sums = sums.negated
        return run
    }

    /// The same cells at coarse points.
    var coarse: CellRun {
        var run = CellRun(hasSums: hasSums)
        var reader = Reader(self)
        while let key = reader.key {
            let (count, sum) = reader.next()
            let point = CoarsePoint.containing(PackedPoint.point(in: key))
            run.add(UInt64(Self.group(of: key)) << PackedPoint.bits | PackedPoint.packed(point), count, sum)
        }
        run.trim()
        return run
    }

    /// What both count, without what comes to nothing.
    /// - Complexity: O(cells of both).
    func merged(with other: CellRun) -> CellRun {
        assert(hasSums == other.hasSums, "cells of one metric have sums or have none")
        var run = CellRun(hasSums: hasSums)
        run.places.reserveCapacity(count + other.count)
        var (one, two) = (Reader(self), Reader(other))
        while true {
            let key: UInt64
            switch (one.key, two.key) {
            case (let left?, let right?): key = min(left, right)
            case (let left?, nil): key = left
            case (nil, let right?): key = right
            case (nil, nil):
                run.trim()
                return run
            }
            var (count, sum): (Int64, Int128) = (0, 0)
            if one.key == key { (count, sum) = one.next() }
            if two.key == key {
                let more = two.next()
                (count, sum) = (count &+ more.count, sum &+ more.sum)
            }
            if count != 0 || sum != 0 { run.add(key, count, sum) }
        }
    }

    /// Reads cells one by one.
    private struct Reader {
        private let run: CellRun
        private var cell = 0
        private var group = 0
        private var before: (count: Int64, sum: Int128) = (0, 0)

        init(_ run: CellRun) { self.run = run }

        /// That of the next cell; nil behind the last one.
        var key: UInt64? {
            guard cell < run.places.count else { return nil }
            return UInt64(run.groups[group]) << PackedPoint.bits | PackedPoint.packed(run.point(cell))
        }

        /// What the next cell alone counts.
        mutating func next() -> (count: Int64, sum: Int128) {
            let total = run.total(cell)
            let own = (total.count &- before.count, total.sum &- before.sum)
            (cell, before) = (cell + 1, total)
            if group + 1 < run.starts.count, run.starts[group + 1] == cell { (group, before) = (group + 1, (0, 0)) }
            return own
        }
    }

    /// What a cell and all before it of its set and code count.
    func total(_ cell: Int) -> (count: Int64, sum: Int128) {
        (Int64(truncatingIfNeeded: counts[cell]), hasSums ? sums[cell] : 0)
    }

    // MARK: Answering

    /// Adds what lies at all points but some to the cells of an answer, at the wanted times.
    /// - Parameters:
    ///   - wanted: those times.
    ///   - numbers: by label set: its number there, or −1 where it is left out.
    ///   - splits: points that are left out, ascending.
    /// - Returns: how many steps that took.
    /// - Complexity: for each set and code O(wanted times + splits) and the logarithms of the cells between them.
    func add(
        to cells: inout some CellSink, at wanted: inout WantedPoints, numbers: [Int], without splits: [Int64]
    ) -> Int {
        var steps = 0
        for group in starts.indices {
            let number = numbers[set(ofGroup: group)]
            steps += 1
            if number < 0 { continue }
            steps += add(
                self.cells(of: group), (0, 0), code: code(ofGroup: group), number, to: &cells, at: &wanted,
                without: splits)
        }
        return steps
    }

    /// The same of the points alone that some coarse ones stand for.
    /// - Parameter splits: the coarse ones, ascending.
    /// - Complexity: for each set and code O(wanted times), and for each of the splits between its cells the logarithms
    ///   of both.
    func add(
        to cells: inout some CellSink, at wanted: inout WantedPoints, numbers: [Int], inside splits: ArraySlice<Int64>
    ) -> Int {
        var steps = 0
        for group in starts.indices {
            let start = starts[group]
            let number = numbers[set(ofGroup: group)]
            steps += 1
            if number < 0 { continue }
            let own = self.cells(of: group)
            var (cell, left) = (own.lowerBound, splits)
            while cell < own.upperBound {
                let coarse = CoarsePoint.containing(point(cell))
                left = left[left.partitioningIndex { $0 >= coarse }...]
                guard let split = left.first else { break }
                steps += 1
                let points = CoarsePoint.points(of: split)
                if split > coarse {
                    cell = leap(from: cell, to: own.upperBound, beyond: points.lowerBound - 1)
                    continue
                }
                let end = leap(from: cell, to: own.upperBound, beyond: points.upperBound)
                let before = cell > start ? total(cell - 1) : (0, 0)
                steps += add(
                    cell..<end, before, code: code(ofGroup: group), number, to: &cells, at: &wanted, without: [])
                (cell, left) = (end, left.dropFirst())
            }
        }
        return steps
    }

    private func add(
        _ range: Range<Int>, _ before: (count: Int64, sum: Int128), code: Int, _ number: Int,
        to cells: inout some CellSink, at wanted: inout WantedPoints, without splits: [Int64]
    ) -> Int {
        var (cell, before, split, steps) = (range.lowerBound, before, 0, 0)
        while cell < range.upperBound {
            steps += 1
            let point = point(cell)
            while split < splits.count, splits[split] < point { split += 1 }
            let next = split < splits.count ? splits[split] : .max
            if next == point {
                before = total(cell)
                cell += 1
                continue
            }
            guard let time = wanted.wanted(from: point) else { break }
            let last = min(time, next - 1)
            cell = leap(from: cell, to: range.upperBound, beyond: last)
            let total = total(cell - 1)
            cells.add(
                number, point: time, code: code, count: total.count &- before.count, sum: total.sum &- before.sum)
            before = total
        }
        return steps
    }

    /// The first cell of a range that lies beyond a point; the one that is begun with does not.
    func leap(from cell: Int, to end: Int, beyond point: Int64) -> Int {
        var (first, length) = (cell, 1)
        while first + length < end, self.point(first + length) <= point {
            first += length
            length *= 2
        }
        return index(in: (first + 1)..<min(first + length, end)) { $0 > point }
    }

    /// The first cell of a range whose point fulfils what all later ones do, too; the range's end where none does.
    private func index(in range: Range<Int>, where holds: (Int64) -> Bool) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            if holds(point(middle)) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
