import Columnar
import Plans

/// `approx_percentile`: an exponential histogram a group, within 0.54 % of `percentile_disc`. Whole numbers and decimals of at most
/// twelve places are counted as integers, the same way rollups count them, so that both give one answer. Rows of rollups come as three
/// arguments: histogram, count, sum.
struct ApproximatePercentileAccumulator: Accumulator {
    private static let integerScaleMax = 12
    private let fractions: [Double]
    private let asArray: Bool
    private let scale: Int
    private let kind: ExponentialHistogram.Kind
    private let type: ColumnType
    private var histograms: [ExponentialHistogram] = []
    /// Rows counted so far: an upper bound of what the buckets can have grown to.
    private var rows = 0

    /// - Throws: `.numberOutOfRange` for a fraction outside 0...1.
    init(argument: ColumnType, fractions: [Double], asArray: Bool, type: ColumnType) throws {
        if let wrong = fractions.first(where: { !($0 >= 0 && $0 <= 1) }) {
            throw QueryError(.numberOutOfRange, "percentile value \(wrong) is not between 0 and 1")
        }
        self.fractions = fractions
        self.asArray = asArray
        self.type = type
        scale = argument.scale
        kind = argument == .double || argument.scale > Self.integerScaleMax ? .doubles : .integers
    }

    /// A few hundred buckets a group are usual; small groups hold one bucket a row at most.
    var memoryBytes: Int { histograms.capacity * 256 + min(rows * 16, histograms.count * 8192) }

    mutating func grow(to count: Int) { histograms.pad(to: count, with: ExponentialHistogram(kind: kind)) }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) throws {
        if arguments.count == 3 {
            rows += try HistogramMerging.merge(arguments, assignment, into: &histograms)
            return
        }
        let value = arguments[0]
        if value.isAllNull { return }
        rows += value.count
        switch (value.storage, kind) {
        case (.int64(let values), .integers) where value.type.scale == scale:
            ExponentialHistogram.count(values, validity: value.validity, groups: assignment.groups, into: &histograms)
        case (.double(let values), .doubles):
            ExponentialHistogram.count(values, validity: value.validity, groups: assignment.groups, into: &histograms)
        default: try assignment.forEach { row, group in try count(value.scalar(at: row), group) }
        }
    }

    private mutating func count(_ value: Scalar, _ group: Int) throws {
        let mantissa: Int128
        let places: Int
        switch value {
        case .double(let number):
            histograms[group].add(number)
            return
        case .integer(let number): (mantissa, places) = (Int128(number), 0)
        case .numeric(let own, let ownScale): (mantissa, places) = (own, ownScale)
        default: return
        }
        if kind == .doubles {
            histograms[group].add(Decimal128.toDouble(mantissa, scale: places))
            return
        }
        guard let scaled = Decimal128.rescale(mantissa, from: places, to: scale), let narrow = Int64(exactly: scaled) else {
            throw QueryError(
                .numberOutOfRange, "value out of range for approx_percentile",
                hint: "cast the argument to double precision")
        }
        histograms[group].add(narrow)
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) {
        for (group, histogram) in other.histograms.enumerated() { histograms[Int(mapping[group])].merge(histogram) }
        rows += other.rows
    }

    func finish(_ wanted: [UInt32]) -> Vector {
        Vector(type: type, scalars: wanted.map { group in
            let histogram = histograms[Int(group)]
            let results = fractions.compactMap { histogram.quantile($0) }.map { value -> Scalar in
                guard kind == .integers, let unit = Decimal128.power(scale) else { return .double(value) }
                return .double(value / Double(unit))
            }
            if results.isEmpty { return .null }
            return asArray ? .array(results) : results[0]
        })
    }
}
