internal import Bytes

/// A histogram for each group, filled with values or with rows of rollups.
struct GroupHistograms: Sendable {
    private static let integerScaleMax = 12
    private let scale: Int
    let kind: ExponentialHistogram.Kind
    /// By group.
    private(set) var all: [ExponentialHistogram] = []
    /// An upper bound of what the buckets can have grown to.
    private var buckets = 0

    /// Of values of a type: whole numbers and decimals of a few places are counted as integers, all others as doubles.
    init(_ type: ColumnType) {
        scale = type.scale
        kind = type == .double || type.scale > Self.integerScaleMax ? .doubles : .integers
    }

    /// A few hundred buckets a group are usual; small groups hold one bucket a row at most.
    var memoryBytes: Int { all.capacity * 256 + min(buckets * 16, all.count * 8192) }

    mutating func grow(to count: Int) { all.pad(to: count, with: ExponentialHistogram(kind: kind)) }

    /// Takes in values, or rows of rollups: histogram, count, sum.
    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) throws(KernelError) {
        if arguments.count == 3 { return try merge(arguments, assignment) }
        let value = arguments[0]
        if value.isAllNull { return }
        buckets += value.count
        switch (value.storage, kind) {
        case (.int64(let values), .integers) where value.type.scale == scale:
            ExponentialHistogram.count(values, validity: value.validity, assignment, into: &all)
        case (.double(let values), .doubles):
            ExponentialHistogram.count(values, validity: value.validity, groups: assignment.groups, into: &all)
        default: try assignment.forEach { (row, group) throws(KernelError) in try count(value.scalar(at: row), group) }
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
        let (texts, counts, sums) = (arguments[0], arguments[1], arguments[2])
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
        buckets += other.buckets
    }
}

/// One histogram as text for each group, of values or of rows of rollups: null of fewer than two values.
struct HistogramAccumulator: Accumulator {
    private var histograms: GroupHistograms

    /// - Precondition: whole numbers.
    init(_ argument: ColumnType) { histograms = GroupHistograms(argument) }

    var memoryBytes: Int { histograms.memoryBytes }

    mutating func grow(to count: Int) { histograms.grow(to: count) }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) throws(KernelError) {
        try histograms.update(arguments, assignment)
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) { histograms.absorb(other.histograms, mapping) }

    func finish(_ groups: [UInt32]) -> Vector {
        var builder = ColumnBuilder(type: .text)
        for (row, group) in groups.enumerated() where histograms.all[Int(group)].count > 1 {
            let text = histograms.all[Int(group)].text
            builder.padNulls(to: row)
            builder.append(utf8: 0..<text.count, of: text)
        }
        builder.padNulls(to: groups.count)
        return builder.finish()
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
