// tests: ranks are compared with a histogram's, and steps are counted.
/// Finds the values of a few ranks among whole numbers, as an ``ExponentialHistogram`` of them would, but without one:
/// the values are counted by their cells, in memory that serves one group after the other.
package struct CellRanks: Sendable {
    /// So few are put in order.
    private static let sortedMax = 48
    /// So many values are told their cells at a time, which then lie in the nearest memory.
    private static let stripe = 1_024
    /// So many cells below a rank are added up without a look at each.
    private static let block = 64

    private var parts: [ArraySlice<Int64>] = []
    private var count = 0
    /// Where few are put in order.
    private var sorted: [Int64] = []
    private var cells: [Int16] = []
    /// By cell; zeros but while ranks are looked for.
    private var counts: [UInt32] = []

    /// How often a value was looked at, but for putting few in order.
    package private(set) var looks = 0

    /// No values.
    package init() {}

    /// Whether it takes in all of some values: from 1 to below 2^52.
    package static func takes(_ values: Span<Int64>) -> Bool { HistogramScale.haveCells(values) }

    /// Begins with the values of another group.
    package mutating func removeAll() {
        parts.removeAll(keepingCapacity: true)
        count = 0
    }

    /// Takes in values, which it is known to take.
    package mutating func add(_ values: ArraySlice<Int64>) {
        assert(Self.takes(values.span), "whole numbers that have cells")
        if values.isEmpty { return }
        parts.append(values)
        count += values.count
    }

    /// For each share what ``ExponentialHistogram/quantile(_:)`` gives of a histogram of all values; none of no values.
    /// - Precondition: shares lie in `0...1`.
    /// - Complexity: O(values) for each share, and for all together, several at a time.
    package mutating func quantiles(_ fractions: [Double]) -> [Double] {
        if count == 0 { return [] }
        let ranks = fractions.map { Int(ExponentialHistogram.rank($0, of: UInt64(count))) }
        if count <= Self.sortedMax { return inOrder(ranks) }
        let bounds = countCells()
        var place = Place(first: bounds.lowerBound)
        // Only of the outermost buckets, and for the outermost ranks, it matters which values are the outermost ones.
        let inner = HistogramScale.bucket(ofCell: bounds.lowerBound).bucket + 2
        let outer = HistogramScale.bucket(ofCell: bounds.upperBound).bucket
        var ends: (least: Double, greatest: Double)?
        var found: [Double] = []
        for rank in ranks {
            var value = 0.0
            if rank > 1, rank < count {
                let bucket = bucket(of: rank, from: &place)
                value = HistogramScale.representative(bucket)
                if bucket >= inner, bucket < outer {
                    found.append(value)
                    continue
                }
            }
            let known = ends ?? valueEnds()
            ends = known
            found.append(
                rank == 1 ? known.least : rank == count ? known.greatest : min(max(value, known.least), known.greatest))
        }
        clear(bounds)
        return found
    }

    /// The same of few values.
    private mutating func inOrder(_ ranks: [Int]) -> [Double] {
        sorted.removeAll(keepingCapacity: true)
        for part in parts { sorted.append(contentsOf: part) }
        sorted.sort()
        let (least, greatest) = (Double(sorted[0]), Double(sorted[count - 1]))
        return ranks.map { rank in
            let value = Double(sorted[rank - 1])
            if rank == 1 || rank == count { return value }
            return min(max(HistogramScale.representative(HistogramScale.index(of: value)), least), greatest)
        }
    }

    /// Counts the values by their cells.
    /// - Returns: the first of the cells, and the last.
    private mutating func countCells() -> ClosedRange<Int> {
        if counts.isEmpty {
            counts = [UInt32](repeating: 0, count: HistogramScale.cellCount)
            cells = [Int16](repeating: 0, count: Self.stripe)
        }
        looks += count
        var (first, last) = (Int16.max, Int16.min)
        for part in parts {
            let values = part.span
            var start = 0
            while start < values.count {
                let end = min(start + Self.stripe, values.count)
                let bounds = Self.count(values.extracting(start..<end), by: &cells, in: &counts)
                (first, last) = (min(first, bounds.first), max(last, bounds.last))
                start = end
            }
        }
        return Int(first)...Int(last)
    }

    /// - Parameter cells: where those of the values are put.
    private static func count(
        _ values: Span<Int64>, by cells: inout [Int16], in counts: inout [UInt32]
    ) -> (first: Int16, last: Int16) {
        var places = cells.mutableSpan
        let bounds = HistogramScale.putCells(of: values, into: &places)
        precondition(places.count >= values.count, "a cell for each value")
        var numbers = counts.mutableSpan
        for row in 0..<values.count { numbers[Int(places[row])] &+= 1 }
        return bounds
    }

    /// Leaves zeros behind.
    private mutating func clear(_ bounds: ClosedRange<Int>) {
        let (first, end) = (bounds.lowerBound, bounds.upperBound + 1)
        var numbers = counts.mutableSpan
        precondition(first >= 0 && end <= numbers.count, "cells that were counted")
        for cell in first..<end { numbers[cell] = 0 }
    }

    /// A cell, and how many values lie in those before it.
    private struct Place {
        let first: Int
        var cell: Int
        var before = 0

        init(first: Int) { (self.first, cell) = (first, first) }
    }

    /// The bucket of a rank, which is not beyond the values.
    /// - Parameter place: where the search begins; afterwards where the rank is, so that ranks which ascend go through
    ///   the cells once.
    private mutating func bucket(of rank: Int, from place: inout Place) -> Int32 {
        if rank <= place.before { place = Place(first: place.first) }
        do {
            let numbers = counts.span
            while place.cell + Self.block <= numbers.count {
                let block = numbers.extracting(place.cell..<place.cell + Self.block)
                var sum: UInt32 = 0
                for cell in 0..<block.count { sum &+= block[cell] }
                if place.before + Int(sum) >= rank { break }
                place.before += Int(sum)
                place.cell += Self.block
            }
            while place.before + Int(numbers[place.cell]) < rank {
                place.before += Int(numbers[place.cell])
                place.cell += 1
            }
        }
        let (bucket, last) = HistogramScale.bucket(ofCell: place.cell)
        guard let last else { return bucket }
        return rank <= countValues(upTo: last) ? bucket : bucket + 1
    }

    /// How many values are not above one.
    private mutating func countValues(upTo last: Int64) -> Int {
        looks += count
        var above: UInt64 = 0
        for part in parts {
            let values = part.span
            // Below 2^52 the distance has a sign bit exactly where a value is greater.
            for row in 0..<values.count { above &+= UInt64(bitPattern: last &- values[row]) &>> 63 }
        }
        return count - Int(above)
    }

    private mutating func valueEnds() -> (least: Double, greatest: Double) {
        looks += count
        var (least, greatest) = (Int64.max, Int64.min)
        for part in parts {
            let range = part.span.range
            (least, greatest) = (min(least, range.least), max(greatest, range.greatest))
        }
        return (Double(least), Double(greatest))
    }
}
