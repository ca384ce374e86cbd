internal import Bytes

/// A histogram for each group, filled with values or with rows of rollups.
struct GroupHistograms: Sendable {
    private static let integerScaleMax = 12
    /// So many values of a group in a chunk do not wait once others had to be counted for want of room.
    private static let waitingRowsMax = 1_024
    /// What waits takes no more, or is counted: a million values.
    private static let waitingBytesMax = 8 << 20
    private let scale: Int
    let kind: ExponentialHistogram.Kind
    /// Whether values may wait for who asks for their group.
    private let mayWait: Bool
    /// By group, without the values that wait.
    private var all: [ExponentialHistogram] = []
    private var waiting = WaitingValues()
    /// Whether all that may wait has found room so far.
    private var hasRoom = true
    /// An upper bound of what the buckets can have grown to.
    private var buckets = 0

    /// Of values of a type: whole numbers and decimals of a few places are counted as integers, all others as doubles.
    /// - Parameter mayWait: for who asks for shares of each group once, and for no histogram itself.
    init(_ type: ColumnType, mayWait: Bool) {
        scale = type.scale
        kind = type == .double || type.scale > Self.integerScaleMax ? .doubles : .integers
        self.mayWait = mayWait
    }

    /// A few hundred buckets a group are usual; small groups hold one bucket a row at most.
    var memoryBytes: Int { all.capacity * 256 + min(buckets * 16, all.count * 8192) + waiting.memoryBytes }

    mutating func grow(to count: Int) { all.pad(to: count, with: ExponentialHistogram(kind: kind)) }

    /// The histograms, to be read.
    struct Reader: Sendable {
        fileprivate let histograms: GroupHistograms
        fileprivate let places: WaitingValues.Places

        /// A group's.
        func histogram(of group: UInt32) -> ExponentialHistogram {
            var histogram = histograms.all[Int(group)]
            histograms.waiting.forEach(of: Int(group), at: places) { histogram.take($0.span) }
            return histogram
        }

        /// For each share what a group's histogram gives; none of no values.
        /// - Parameter ranks: finds them where all of the group's values wait.
        func quantiles(_ fractions: [Double], of group: UInt32, by ranks: inout CellRanks) -> [Double] {
            if histograms.all[Int(group)].count == 0 {
                ranks.removeAll()
                histograms.waiting.forEach(of: Int(group), at: places) { ranks.add($0) }
                return ranks.quantiles(fractions)
            }
            let histogram = histogram(of: group)
            var place = BucketCounts.Place()
            return fractions.compactMap { histogram.quantile($0, from: &place) }
        }
    }

    /// Whether so many values wait that few groups are much work.
    var isMuchLeft: Bool { waiting.memoryBytes > Self.waitingBytesMax / 32 }

    /// - Complexity: O(groups, shares that wait).
    var reader: Reader { Reader(histograms: self, places: waiting.places(groups: all.count)) }

    /// Takes in values, or rows of rollups: histogram, count, sum.
    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) throws(KernelError) {
        if arguments.count == 3 { return try merge(arguments, assignment) }
        let value = arguments[0]
        if value.isAllNull { return }
        buckets += value.count
        switch (value.storage, kind) {
        case (.int64(let values), .integers) where value.type.scale == scale:
            count(values, value.validity, assignment)
        case (.double(let values), .doubles):
            ExponentialHistogram.count(values, validity: value.validity, groups: assignment.groups, into: &all)
        default: try assignment.forEach { (row, group) throws(KernelError) in try count(value.scalar(at: row), group) }
        }
    }

    /// Counts each valid integer for its group.
    /// - Complexity: O(rows), and O(groups) where they are not more than the rows.
    private mutating func count(_ values: [Int64], _ validity: Validity?, _ assignment: GroupAssignment) {
        assert(assignment.rowCount == values.count, "a group for each row")
        if let runs = assignment.runs, validity == nil { return count(values, runs) }
        let groups = assignment.groups
        if groups.isEmpty {
            let valid = values.indices.filter { validity?[$0] ?? true }.map { values[$0] }
            count(valid, [GroupAssignment.Run(group: 0, rows: 0..<valid.count)])
        } else if all.count > values.count {
            for row in values.indices where validity?[row] ?? true { all[Int(groups[row])].add(values[row]) }
        } else {
            let (sorted, parts) = assignment.byGroup(values, validity, groups: all.count)
            count(sorted, parts)
        }
    }

    /// Counts integers of which those of a group lie together, or has them wait.
    private mutating func count(_ values: [Int64], _ parts: [GroupAssignment.Run]) {
        guard mayWait else { return countNow(values.span, parts) }
        let largest = hasRoom ? Int.max : Self.waitingRowsMax
        let brief = parts.filter { $0.rows.count < largest }
        // A chunk's values are not kept for few of them.
        guard brief.reduce(0, { $0 + $1.rows.count }) > values.count / 2, CellRanks.takes(values.span) else {
            return countNow(values.span, parts)
        }
        if brief.count < parts.count { countNow(values.span, parts.filter { $0.rows.count >= largest }) }
        waiting.add(values, brief.map { WaitingValues.Share($0) })
        if waiting.memoryBytes > Self.waitingBytesMax { settle() }
    }

    private mutating func countNow(_ values: Span<Int64>, _ parts: [GroupAssignment.Run]) {
        let buckets = HistogramScale.indices(of: values)
        for part in parts { all[part.group].take(values, part.rows, buckets.span, isAddedUp: !mayWait) }
    }

    /// Counts all that waits.
    private mutating func settle() {
        let waited = waiting
        (waiting, hasRoom) = (WaitingValues(), false)
        waited.forEach { values, shares in
            countNow(values, shares.map { GroupAssignment.Run(group: Int($0.group), rows: $0.rows) })
        }
    }

    private mutating func count(_ value: Scalar, _ group: Int) throws(KernelError) {
        let mantissa: Int128
        let places: Int
        switch value {
        case .double(let number):
            all[group].add(number)
            return
        case .integer(let number): (mantissa, places) = (Int128(number), 0)
        case .numeric(let own, let ownScale): (mantissa, places) = (own, ownScale)
        default: return
        }
        if kind == .doubles {
            all[group].add(Decimal128.toDouble(mantissa, scale: places))
            return
        }
        guard let scaled = Decimal128.rescale(mantissa, from: places, to: scale), let narrow = Int64(exactly: scaled)
        else { throw KernelError.uncountable }
        all[group].add(narrow)
    }

    /// A row of one value has no histogram, its sum is the value.
    private mutating func merge(_ arguments: [Vector], _ assignment: GroupAssignment) throws(KernelError) {
        // Of rows that are alike, or of an only one, the text may come as a constant.
        let texts = arguments[0].isAllNull ? arguments[0] : arguments[0].expanded()
        let (counts, sums) = (arguments[1], arguments[2])
        var read = ExponentialHistogram.ReadBuckets()
        try assignment.forEach { (row, group) throws(KernelError) in
            if case .text(let codes, let dictionary) = texts.storage, texts.validity?[row] ?? true {
                let text = dictionary.utf8(Int(codes[row]))
                buckets += text.count / 2
                do throws(DecodingError) {
                    try all[group].merge(text: text, by: &read)
                } catch {
                    throw KernelError.damagedHistogram(expected: error.expectation)
                }
            } else if counts.wholeNumber(at: row) == 1, let value = sums.mantissa(at: row) {
                all[group].add(value)
                buckets += 1
            }
        }
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) {
        for (group, histogram) in other.all.enumerated() { all[Int(mapping[group])].merge(histogram) }
        // However much it is together: it was held before.
        waiting.absorb(other.waiting, mapping)
        hasRoom = hasRoom && other.hasRoom
        buckets += other.buckets
    }
}

/// One histogram as text for each group, of values or of rows of rollups: null of fewer than two values.
struct HistogramAccumulator: Accumulator {
    private var histograms: GroupHistograms

    /// - Precondition: whole numbers.
    init(_ argument: ColumnType) { histograms = GroupHistograms(argument, mayWait: false) }

    var memoryBytes: Int { histograms.memoryBytes }

    mutating func grow(to count: Int) { histograms.grow(to: count) }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) throws(KernelError) {
        try histograms.update(arguments, assignment)
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) { histograms.absorb(other.histograms, mapping) }

    func finish(_ groups: [UInt32]) -> Vector {
        let reader = histograms.reader
        var builder = ColumnBuilder(type: .text)
        for (row, group) in groups.enumerated() {
            let histogram = reader.histogram(of: group)
            if histogram.count < 2 { continue }
            let text = histogram.text
            builder.padNulls(to: row)
            builder.append(utf8: 0..<text.count, of: text)
        }
        builder.padNulls(to: groups.count)
        return builder.finish()
    }
}

extension ExponentialHistogram {
    /// Counts integers for who asks for shares alone.
    fileprivate mutating func take(_ values: Span<Int64>) {
        take(values, 0..<values.count, HistogramScale.indices(of: values).span, isAddedUp: false)
    }

    /// Counts the integers of some rows of a chunk.
    /// - Parameters:
    ///   - buckets: of all rows of the chunk.
    ///   - isAddedUp: whether ``sum`` counts for anything.
    fileprivate mutating func take(
        _ values: Span<Int64>, _ rows: Range<Int>, _ buckets: Span<Int32>, isAddedUp: Bool
    ) {
        guard let positives = note(values, rows, isAddedUp: isAddedUp) else { return }
        positive.add(buckets, rows, within: positives.bounds, isEveryRow: positives.areAll)
    }
}

extension Vector {
    /// The whole number below a numeric of a row; nil where it has none that fits.
    fileprivate func mantissa(at row: Int) -> Int64? {
        if case .int64(let values) = storage { return validity?[row] ?? true ? values[row] : nil }
        switch scalar(at: row) {
        case .numeric(let value, _): return Int64(exactly: value)
        case .integer(let value): return value
        default: return nil
        }
    }
}
