/// What was counted, by label set and code, in the order of these.
protocol CountedGroups {
    /// How many cells and groups were looked at so far.
    var steps: Int { get }
    /// How many cells the code at hand has.
    var count: Int { get }

    /// Goes on to the next code of a label set; sets are asked for in the order of their numbers.
    /// - Returns: the code; nil where there is none any more.
    mutating func next(ofSet set: Int) -> Int?

    /// Calls `body` with the points at which something was counted, ascending, each once, and with what there is from
    /// each of them on.
    mutating func walk(_ body: (_ point: Int64, _ count: Int64, _ sum: Int128) -> Void)
}

/// Cells at wanted times that stand in their order.
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

    mutating func walk(_ body: (_ point: Int64, _ count: Int64, _ sum: Int128) -> Void) {
        var (count, sum): (Int64, Int128) = (0, 0)
        for cell in current {
            count &+= cells.counts[cell]
            if !cells.sums.isEmpty { sum &+= cells.sums[cell] }
            body(cells.point(of: cell), count, sum)
        }
        steps += current.count
    }
}

/// All cells of a run.
struct RunCells: CountedGroups {
    private let run: CellRun
    /// The first group that was not met yet.
    private var head = 0
    private var current = 0..<0
    private(set) var steps = 0

    init(_ run: CellRun) { self.run = run }

    var count: Int { current.count }

    mutating func next(ofSet set: Int) -> Int? {
        let wanted = UInt64(set) << CellTable.codeBits
        while head < run.groupCount, run.number(ofGroup: head) < wanted {
            head += 1
            steps += 1
        }
        current = 0..<0
        guard head < run.groupCount else { return nil }
        let number = run.number(ofGroup: head)
        guard number >> CellTable.codeBits == UInt64(set) else { return nil }
        current = run.cells(of: head)
        head += 1
        return Int(number - wanted)
    }

    mutating func walk(_ body: (_ point: Int64, _ count: Int64, _ sum: Int128) -> Void) {
        for cell in current {
            let total = run.total(cell)
            body(run.point(cell), total.count, total.sum)
        }
        steps += current.count
    }
}
