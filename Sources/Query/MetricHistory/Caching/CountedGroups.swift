import Bytes

/// What was counted, by label set and code, in the order of these, as it stands at wanted times.
protocol CountedGroups {
    /// How many cells and label sets were looked at so far.
    var steps: Int { get }
    /// Places at which ``walk(_:)`` will call are no more than these.
    var count: Int { get }

    /// Goes on to the next code of a label set; sets are asked for in the order of their numbers.
    /// - Returns: the code; nil where there is none any more.
    mutating func next(ofSet set: Int) -> Int?

    /// Calls `body` with the places of wanted times at which something was counted, ascending, and with what there is
    /// from each of them on.
    mutating func walk(_ body: (_ place: Int, _ count: Int64, _ sum: Int128) -> Void)
}

/// Cells that stand in their order.
struct OrderedCells: CountedGroups {
    private let cells: CountedCells
    private var current = 0..<0
    private(set) var steps = 0

    /// - Parameter cells: one stretch.
    init(_ cells: CountedCells) { self.cells = cells }

    var count: Int { current.count }

    mutating func next(ofSet set: Int) -> Int? {
        let wanted = UInt64(set) << CellTable.codeBits
        var begin = current.upperBound
        while begin < cells.count, cells.group(of: begin) < wanted { begin += 1 }
        current = begin..<begin
        guard begin < cells.count, cells.group(of: begin) >> CellTable.codeBits == UInt64(set) else { return nil }
        var end = begin + 1
        while end < cells.count, cells.group(of: end) == cells.group(of: begin) { end += 1 }
        current = begin..<end
        return Int(cells.group(of: begin) - wanted)
    }

    mutating func walk(_ body: (_ place: Int, _ count: Int64, _ sum: Int128) -> Void) {
        var (count, sum): (Int64, Int128) = (0, 0)
        for cell in current {
            count &+= cells.counts[cell]
            if !cells.sums.isEmpty { sum &+= cells.sums[cell] }
            body(cells.place(of: cell), count, sum)
        }
        steps += current.count
    }
}

/// Cells of several runs, of which none has to be told apart from those before a wanted time: they are added up where
/// they lie.
struct RunGroups: CountedGroups {
    private let runs: [CellRun]
    private let times: [Int64]
    /// By run the first group that was not met yet.
    private var heads: [Int]
    /// The runs that have cells of the group at hand, and which.
    private var parts: [(run: CellRun, cells: Range<Int>)] = []
    private(set) var steps = 0

    /// - Parameter times: wanted points, ascending.
    init(_ runs: [CellRun], at times: [Int64]) {
        (self.runs, self.times) = (runs, times)
        heads = [Int](repeating: 0, count: runs.count)
    }

    var count: Int { min(parts.reduce(0) { $0 + $1.cells.count }, times.count) }

    mutating func next(ofSet set: Int) -> Int? {
        let wanted = UInt64(set) << CellTable.codeBits
        var least = UInt64.max
        for (place, run) in runs.enumerated() {
            while heads[place] < run.groupCount, run.number(ofGroup: heads[place]) < wanted {
                heads[place] += 1
                steps += 1
            }
            if heads[place] < run.groupCount { least = min(least, run.number(ofGroup: heads[place])) }
        }
        parts.removeAll(keepingCapacity: true)
        guard least >> CellTable.codeBits == UInt64(set) else { return nil }
        for (place, run) in runs.enumerated()
        where heads[place] < run.groupCount && run.number(ofGroup: heads[place]) == least {
            parts.append((run, run.cells(of: heads[place])))
            heads[place] += 1
            steps += 1
        }
        return Int(least - wanted)
    }

    mutating func walk(_ body: (_ place: Int, _ count: Int64, _ sum: Int128) -> Void) {
        if parts.count == 1 {
            steps += parts[0].run.walk(parts[0].cells, at: times, body)
            return
        }
        var cells = parts.map(\.cells.lowerBound)
        var place = -1
        while true {
            steps += parts.count
            var point = Int64.max
            for (index, part) in parts.enumerated() where cells[index] < part.cells.upperBound {
                point = min(point, part.run.point(cells[index]))
            }
            guard point < .max else { return }
            place = times.place(atOrAfter: point, near: place + 1)
            guard place < times.count else { return }
            var (count, sum): (Int64, Int128) = (0, 0)
            for (index, part) in parts.enumerated() {
                if cells[index] < part.cells.upperBound, part.run.point(cells[index]) <= times[place] {
                    cells[index] = part.run.leap(
                        from: cells[index], to: part.cells.upperBound, beyond: times[place])
                }
                guard cells[index] > part.cells.lowerBound else { continue }
                let total = part.run.total(cells[index] - 1)
                (count, sum) = (count &+ total.count, sum &+ total.sum)
            }
            body(place, count, sum)
        }
    }
}

extension CellRun {
    /// What there is of a set and code at wanted times.
    /// - Parameters:
    ///   - own: its cells.
    ///   - times: wanted points, ascending.
    /// - Returns: how many steps that took.
    /// - Complexity: O(cells that show), with the logarithms of the cells and times between them.
    fileprivate func walk(
        _ own: Range<Int>, at times: [Int64], _ body: (_ place: Int, _ count: Int64, _ sum: Int128) -> Void
    ) -> Int {
        var (cell, place, steps) = (own.lowerBound, -1, 0)
        while cell < own.upperBound {
            steps += 1
            // The wanted time of a cell lies behind that of the cell before.
            place = times.place(atOrAfter: point(cell), near: place + 1)
            guard place < times.count else { break }
            // Mostly there is one cell for a time.
            let next = cell + 1
            cell = next < own.upperBound && point(next) <= times[place]
                ? leap(from: cell, to: own.upperBound, beyond: times[place]) : next
            let total = total(cell - 1)
            body(place, total.count, total.sum)
        }
        return steps
    }
}
