/// Rows that come into frames and go out of them, partition after partition. By row of the input.
struct SlidingRows {
    private let rows: WindowRows
    private let frames: WindowFrames
    /// A bit for each row that counts; empty: all do.
    private let mask: [UInt64]

    init(_ rows: WindowRows, _ frames: WindowFrames, included: Validity?) {
        assert(included?.count ?? rows.count == rows.count, "a bit for each row")
        self.rows = rows
        self.frames = frames
        mask = included?.words ?? []
    }

    @inline(__always)
    private func counts(_ row: Int, _ mask: Span<UInt64>) -> Bool {
        mask.isEmpty || (mask[row >> 6] &>> UInt64(row & 63)) & 1 == 1
    }

    /// How many rows count.
    func counts() -> [UInt32] {
        let zeros = [Int64](repeating: 0, count: rows.count)
        return totals(zeros.span, as: Int64.self).counts
    }

    /// Sums of values that cannot leave `Sum`, and how many they are.
    func totals<Sum: FixedWidthInteger & SignedInteger>(
        _ values: Span<Int64>, as: Sum.Type
    ) -> (sums: [Sum], counts: [UInt32]) {
        var sums = [Sum](repeating: 0, count: rows.count)
        var counts = [UInt32](repeating: 0, count: rows.count)
        var ofSums = sums.mutableSpan
        var ofCounts = counts.mutableSpan
        let (sequence, starts, ends) = (rows.rows.span, frames.starts.span, frames.ends.span)
        let mask = mask.span
        for partition in rows.numbers {
            let places = rows.places(partition)
            var (first, next) = (places.lowerBound, places.lowerBound)
            var (sum, count): (Sum, UInt32) = (0, 0)
            for place in places {
                let (start, end) = (Int(starts[place]), Int(ends[place]))
                while next < end {
                    let row = Int(sequence[next])
                    if self.counts(row, mask) {
                        sum &+= Sum(truncatingIfNeeded: values[row])
                        count &+= 1
                    }
                    next &+= 1
                }
                while first < start {
                    let row = Int(sequence[first])
                    if self.counts(row, mask) {
                        sum &-= Sum(truncatingIfNeeded: values[row])
                        count &-= 1
                    }
                    first &+= 1
                }
                let row = Int(sequence[place])
                ofSums[row] = sum
                ofCounts[row] = count
            }
        }
        return (sums, counts)
    }

    /// Sums of wide values, in two halves, neither of which can leave its bits.
    /// - Throws: `.decimalOverflow` for a frame whose sum 128 bits do not hold.
    func wideTotals(_ values: Span<Int128>) throws(KernelError) -> (sums: [Int128], counts: [UInt32]) {
        var sums = [Int128](repeating: 0, count: rows.count)
        var counts = [UInt32](repeating: 0, count: rows.count)
        let mask = mask.span
        for partition in rows.numbers {
            let places = rows.places(partition)
            var (first, next) = (places.lowerBound, places.lowerBound)
            var (high, low, count): (Int128, Int128, UInt32) = (0, 0, 0)
            for place in places {
                while next < Int(frames.ends[place]) {
                    let row = Int(rows.rows[next])
                    if self.counts(row, mask) {
                        high += values[row] >> 64
                        low += values[row] & Self.lowHalf
                        count += 1
                    }
                    next += 1
                }
                while first < Int(frames.starts[place]) {
                    let row = Int(rows.rows[first])
                    if self.counts(row, mask) {
                        high -= values[row] >> 64
                        low -= values[row] & Self.lowHalf
                        count -= 1
                    }
                    first += 1
                }
                let (upper, isBeyond) = (high + (low >> 64)).multipliedReportingOverflow(by: Self.lowHalf + 1)
                // The lower half fills zeros.
                if isBeyond { throw .decimalOverflow }
                let row = Int(rows.rows[place])
                sums[row] = upper | (low & Self.lowHalf)
                counts[row] = count
            }
        }
        return (sums, counts)
    }

    private static let lowHalf = Int128(UInt64.max)

    /// Sums of doubles, without taking any away: what is left of values that came together is summed from behind.
    /// - Parameter isAverage: whether each is divided by the number of its values.
    /// - Throws: `.outOfRange` where finite values make an infinite sum.
    func doubleTotals(_ values: Span<Double>, isAverage: Bool) throws(KernelError) -> Vector {
        var sums = [Double](repeating: 0, count: rows.count)
        var present = Validity(count: rows.count, allValid: true)
        // By place: the sum from there up to `middle`.
        var rests = sums
        let mask = mask.span
        for partition in rows.numbers {
            let places = rows.places(partition)
            var (first, middle, next) = (places.lowerBound, places.lowerBound, places.lowerBound)
            var (sum, count, unbounded) = (0.0, 0, 0)
            for place in places {
                let (start, end) = (Int(frames.starts[place]), Int(frames.ends[place]))
                while next < end {
                    let row = Int(rows.rows[next])
                    if self.counts(row, mask) {
                        sum += values[row]
                        count += 1
                        if !values[row].isFinite { unbounded += 1 }
                    }
                    next += 1
                }
                while first < start {
                    let row = Int(rows.rows[first])
                    if self.counts(row, mask) {
                        count -= 1
                        if !values[row].isFinite { unbounded -= 1 }
                    }
                    first += 1
                }
                if start > middle {
                    var rest = 0.0
                    for other in (start..<next).reversed() {
                        let row = Int(rows.rows[other])
                        if self.counts(row, mask) { rest += values[row] }
                        rests[other] = rest
                    }
                    (middle, sum) = (next, 0)
                }
                let row = Int(rows.rows[place])
                guard count > 0 else {
                    present[row] = false
                    continue
                }
                let total = start < middle ? rests[start] + sum : sum
                if !total.isFinite, unbounded == 0 { throw .outOfRange(.double) }
                sums[row] = isAverage ? total / Double(count) : total
            }
        }
        return Vector(
            type: .double, count: rows.count, storage: .double(sums), validity: present.unlessWhole)
    }

    /// Sums of intervals, part by part.
    /// - Parameter isAverage: whether each is divided by the number of its values.
    /// - Throws: `.intervalOverflow` for a frame whose sum an interval does not hold.
    func intervalTotals(_ values: Span<Interval>, isAverage: Bool) throws(KernelError) -> Vector {
        var sums = [Interval](repeating: Interval(), count: rows.count)
        var present = Validity(count: rows.count, allValid: true)
        let mask = mask.span
        for partition in rows.numbers {
            let places = rows.places(partition)
            var (first, next) = (places.lowerBound, places.lowerBound)
            var parts = IntervalParts()
            var count = 0
            for place in places {
                while next < Int(frames.ends[place]) {
                    let row = Int(rows.rows[next])
                    if self.counts(row, mask) {
                        parts.add(values[row], sign: 1)
                        count += 1
                    }
                    next += 1
                }
                while first < Int(frames.starts[place]) {
                    let row = Int(rows.rows[first])
                    if self.counts(row, mask) {
                        parts.add(values[row], sign: -1)
                        count -= 1
                    }
                    first += 1
                }
                let row = Int(rows.rows[place])
                guard count > 0 else {
                    present[row] = false
                    continue
                }
                guard let sum = parts.interval else { throw .intervalOverflow }
                guard let value = isAverage ? IntervalMath.divide(sum, by: Double(count)) : sum else {
                    throw .intervalOverflow
                }
                sums[row] = value
            }
        }
        return Vector(
            type: .interval, count: rows.count, storage: .interval(sums), validity: present.unlessWhole)
    }
}

/// The parts of a sum of intervals, which may leave those of an interval on the way.
private struct IntervalParts {
    private var months: Int128 = 0
    private var days: Int128 = 0
    private var nanoseconds: Int128 = 0

    mutating func add(_ value: Interval, sign: Int128) {
        months += sign * Int128(value.months)
        days += sign * Int128(value.days)
        nanoseconds += sign * Int128(value.nanoseconds)
    }

    /// nil where an interval does not hold it.
    var interval: Interval? {
        guard let months = Int64(exactly: months), let days = Int64(exactly: days),
            let nanoseconds = Int64(exactly: nanoseconds)
        else { return nil }
        return Interval(months: months, days: days, nanoseconds: nanoseconds)
    }
}
